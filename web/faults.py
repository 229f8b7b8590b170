"""Faults of validation: what pydantic found, as codes of our own with the limits and choices as facts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from kernel.characters import composed, legible, unseen
from kernel.errors import Fault

SECRET_WORDS = ("password", "token", "secret")
LONGEST_VALUE = 200
NUMERAL = re.compile(r"-?\d+", re.ASCII)

# What stands on the left is pydantic_core.core_schema.ErrorType; a test sees that all of it is here.
CODES: Mapping[str, str] = {
    "missing": "missing-field",
    "missing_argument": "missing-field",
    "missing_keyword_only_argument": "missing-field",
    "missing_positional_only_argument": "missing-field",
    "union_tag_not_found": "missing-field",
    "extra_forbidden": "unknown-field",
    "no_such_attribute": "unknown-field",
    "unexpected_keyword_argument": "unknown-field",
    "unexpected_positional_argument": "unknown-field",
    "invalid_key": "unknown-field",
    "int_type": "not-a-number",
    "int_parsing": "not-a-number",
    "int_parsing_size": "too-many-digits",
    "int_from_float": "not-a-whole-number",
    "float_type": "not-a-number",
    "float_parsing": "not-a-number",
    "decimal_type": "not-a-number",
    "decimal_parsing": "not-a-number",
    "complex_type": "not-a-number",
    "complex_str_parsing": "not-a-number",
    "finite_number": "not-a-number",
    "decimal_max_digits": "too-many-digits",
    "decimal_max_places": "too-many-digits",
    "decimal_whole_digits": "too-many-digits",
    "greater_than_equal": "too-small",
    "less_than_equal": "too-large",
    "greater_than": "not-above",
    "less_than": "not-below",
    "multiple_of": "not-a-step",
    "enum": "not-a-choice",
    "literal_error": "not-a-choice",
    "union_tag_invalid": "not-a-choice",
    "string_type": "not-text",
    "string_unicode": "not-text",
    "string_not_ascii": "not-text",
    "string_too_short": "too-short-text",
    "string_too_long": "too-long-text",
    "bytes_too_short": "too-short-text",
    "bytes_too_long": "too-long-text",
    "string_pattern_mismatch": "bad-format",
    "value_error": "bad-format",
    "assertion_error": "bad-format",
    "list_type": "not-a-list",
    "tuple_type": "not-a-list",
    "dict_type": "not-fields",
    "mapping_type": "not-fields",
    "model_type": "not-fields",
    "model_attributes_type": "not-fields",
    "too_short": "too-few-items",
    "too_long": "too-many-items",
    "date_type": "bad-date",
    "date_parsing": "bad-date",
    "date_from_datetime_parsing": "bad-date",
    "date_from_datetime_inexact": "bad-date",
    "time_type": "bad-clock",
    "time_parsing": "bad-clock",
    "datetime_type": "bad-time",
    "datetime_parsing": "bad-time",
    "datetime_object_invalid": "bad-time",
    "datetime_from_date_parsing": "bad-time",
    "timezone_aware": "no-offset",
    "timezone_naive": "unwanted-offset",
    "timezone_offset": "no-offset",
    "date_past": "not-in-the-past",
    "datetime_past": "not-in-the-past",
    "date_future": "not-in-the-future",
    "datetime_future": "not-in-the-future",
    "time_delta_type": "bad-length",
    "time_delta_parsing": "bad-length",
    "bool_type": "not-yes-or-no",
    "bool_parsing": "not-yes-or-no",
    "url_type": "bad-address",
    "url_parsing": "bad-address",
    "url_syntax_violation": "bad-address",
    "url_too_long": "too-long-text",
    "url_scheme": "bad-address",
    "uuid_type": "bad-identifier",
    "uuid_parsing": "bad-identifier",
    "uuid_version": "bad-identifier",
    "json_invalid": "bad-json",
    "json_type": "bad-json",
}
WRONG_KIND = "wrong-kind"
# What a text is that has this shape, where a sentence says it better than the shape.
SHAPES: Mapping[str, str] = {r"^[a-z0-9-]+/[a-z0-9-]+$": "bad-room", r"^[a-z0-9]+(-[a-z0-9]+)*$": "bad-name"}
FACTS = {
    "too-small": {"ge": "least"},
    "too-large": {"le": "most"},
    "not-above": {"gt": "limit"},
    "not-below": {"lt": "limit"},
    "not-a-step": {"multiple_of": "step"},
    "too-short-text": {"min_length": "least"},
    "too-long-text": {"max_length": "most"},
    "too-few-items": {"min_length": "least"},
    "too-many-items": {"max_length": "most"},
    "not-a-choice": {"expected": "choices", "expected_tags": "choices"},
    "bad-json": {"error": "where"},
    "bad-format": {"pattern": "pattern"},
}


def fault_of(error: ErrorDetails, given: object) -> Fault:
    """The fault for one of pydantic's findings in what was ``given``; a validator's own hyphenated code is kept."""
    kind, context = error["type"], error.get("ctx", {})
    field = name_of(error["loc"], given, missing=kind == "missing")
    value = None if CODES.get(kind) == "missing-field" or is_secret(field) else shown(error["input"])
    if kind == "int_type" and not isinstance(error["input"], list | dict | None):
        return Fault(_code_of_number(error["input"]), field, value)
    if "-" in kind:
        return Fault(kind, field, value, context)
    code = SHAPES.get(context.get("pattern", "")) or CODES.get(kind, WRONG_KIND)
    facts = {
        ours: _choices(context[theirs]) if ours == "choices" else context[theirs]
        for theirs, ours in FACTS.get(code, {}).items()
        if theirs in context
    }
    return Fault(code, field, value, facts)


def _code_of_number(given: object) -> str:
    """Of what JSON does not write as a whole number, though it reads like one."""
    if isinstance(given, str) and NUMERAL.fullmatch(given.strip()):
        return "quoted-number"
    return "not-a-whole-number" if isinstance(given, float) else "not-a-number"


def name_of(place: Sequence[int | str], given: object, *, missing: bool = False) -> str:
    """The place of a finding as a form writes it (``rules[0].most``), without the tags that pydantic adds for unions."""
    name, here = "", given
    for number, step in enumerate(place):
        if isinstance(here, Mapping) and (step in here or (missing and number == len(place) - 1)):
            name, here = f"{name}.{step}" if name else str(step), here.get(step)
        elif isinstance(here, list | tuple) and isinstance(step, int) and step < len(here):
            name, here = f"{name}[{step}]", here[step]
    return name


def unwritten(given: object, field: str = "", *, breaks: Callable[[str], bool] = lambda _name: True) -> Iterator[Fault]:
    """A fault for each text with a sign that does not show, or with a break of lines where the field ``breaks`` none."""
    waiting: list[tuple[str, object]] = [(field, given)]
    while waiting:
        name, here = waiting.pop()
        if isinstance(here, str):
            yield from _signs(here, name, may_break=breaks(name))
        elif isinstance(here, Mapping):
            yield from (fault for key in here for fault in _signs(str(key), _within(name, key), may_break=False))
            waiting += [(_within(name, key), here[key]) for key in reversed(list(here))]
        elif isinstance(here, list | tuple):
            waiting += [(f"{name}[{number}]", here[number]) for number in reversed(range(len(here)))]


def composed_in(given: Any) -> Any:
    """Texts, wherever they are in what was given, in the one spelling that is counted and kept."""
    if isinstance(given, str):
        return composed(given)
    if isinstance(given, Mapping):
        return {composed_in(name): composed_in(value) for name, value in given.items()}
    return [composed_in(item) for item in given] if isinstance(given, list) else given


def _within(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


def _signs(text: str, name: str, *, may_break: bool) -> Iterator[Fault]:
    sign = unseen(text)
    if sign:
        yield Fault("unseen-sign", legible(name), f"U+{ord(sign):04X}", {"place": text.index(sign) + 1})
    elif not may_break and not {"\n", "\t"}.isdisjoint(text.strip()):
        yield Fault("several-lines", legible(name))


def is_secret(field: str) -> bool:
    """Whether the value of the field must never be shown again."""
    return any(word in field.lower() for word in SECRET_WORDS)


def shown(value: object) -> object:
    """The value as it is given back: simple, cut where it grows long, with a mark for what does not show."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = legible(str(value))
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _choices(expected: Any) -> list[str]:
    """pydantic names choices in one English sentence, ``'a', 'b' or 'c'``, those of an enumeration as ``<Layer.ROOM: 'room'>``."""
    return re.findall(r"'([^']*)'", str(expected)) or str(expected).replace(" or ", ", ").split(", ")
