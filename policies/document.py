"""Document: the policy of a municipality, venue or room as data, read strictly, with every fault located."""

import difflib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from kernel.errors import Fault, Invalid
from policies.rules import KINDS, AnyRule
from policies.rules.base import Model, Slug, Text
from policies.verdict import Layer, Reason

LONGEST = 1_000_000
MOST_RULES = 500
LONGEST_REGULATION = 200_000
CODES = {
    "missing": "value-missing",
    "extra_forbidden": "unknown-field",
    "union_tag_invalid": "unknown-rule-kind",
    "union_tag_not_found": "rule-kind-missing",
    "enum": "unknown-choice",
    "literal_error": "unknown-choice",
    "int_type": "not-a-number",
    "int_from_float": "not-a-number",
    "bool_type": "not-yes-or-no",
    "string_type": "not-text",
    "tuple_type": "not-a-list",
    "string_too_long": "too-long-text",
    "too_long": "too-many",
    "string_pattern_mismatch": "bad-form",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "date_type": "bad-date",
    "date_parsing": "bad-date",
    "date_from_datetime_parsing": "bad-date",
    "date_from_datetime_inexact": "bad-date",
}
VALUE_ERRORS = {"clock": "bad-clock", "band": "end-before-start", "dates": "end-before-start"}


class Regulation(Model):
    """The adopted text that the rules encode, and the language it is written in."""

    language: Literal["nb", "nn", "en"] = "nb"
    text: Annotated[str, Field(max_length=LONGEST_REGULATION)]
    address: Text = ""


class Document(Model):
    """One policy document; ``layer`` and ``place`` say what it is about: nothing for the municipality, ``venue`` or ``venue/room``."""

    format: Literal[1] = 1
    title: Reason
    layer: Literal[Layer.MUNICIPALITY, Layer.VENUE, Layer.ROOM]
    place: Annotated[str, Field(pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)?)?$", max_length=200)] = ""
    regulation: Regulation | None = None
    price_classes: dict[Slug, Reason] = Field(default_factory=dict)
    rules: Annotated[tuple[AnyRule, ...], Field(max_length=MOST_RULES)]

    def written(self) -> str:
        """The document as text; what is not stated is left out."""
        return self.model_dump_json(indent=2, exclude_defaults=False, exclude_none=True)


def read(text: str | bytes) -> Document:
    """The document that a text holds.

    Raises Invalid with every fault found: ``field`` is a JSON pointer (RFC 6901) into the text, ``value`` what
    stands there, ``facts`` the way out.
    """
    if len(text) > LONGEST:
        raise Invalid(Fault("document-too-large", "", len(text), {"most": LONGEST}))
    data = _parsed(text)
    try:
        document = Document.model_validate_json(json.dumps(data))
    except ValidationError as failure:
        raise Invalid(*_faults(failure.errors(include_url=False), data)) from None
    faults = [*_repeated_ids(document), *_wrong_place(document)]
    if faults:
        raise Invalid(*faults)
    return document


def schema() -> dict[str, Any]:
    """The JSON Schema of a document (draft 2020-12), for editors and for other programs."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema(mode="validation")}


def _parsed(text: str | bytes) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unrepeated, parse_constant=_no_constant)
    except json.JSONDecodeError as failure:
        raise Invalid(Fault("not-json", "", None, {"line": failure.lineno, "column": failure.colno})) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise Invalid(Fault("not-json", "", None, {"line": 1, "column": 1})) from None


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    repeated = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if repeated:
        raise Invalid(*(Fault("repeated-field", name, name) for name in repeated))
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _faults(errors: Sequence[ErrorDetails], data: object) -> Iterator[Fault]:
    for error in errors:
        pointer, value = _located(error["loc"], data, missing=error["type"] in ("missing", "extra_forbidden"))
        yield Fault(_code(error), pointer, value, _way_out(error, data))


def _code(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return VALUE_ERRORS.get(str(error.get("ctx", {}).get("error", "")), "no-such-date")
    return CODES.get(error["type"], "bad-value")


def _located(loc: Sequence[int | str], data: Any, *, missing: bool) -> tuple[str, object]:
    """The JSON pointer of an error, and what stands there; pydantic's names of union members are not in the data."""
    path: list[str] = []
    for step in loc:
        if step in _steps(data):
            data = data[step]
        elif missing and step == loc[-1]:
            data = None
        else:
            continue
        path.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in path), data if isinstance(data, str | int | float | bool | None) else None


def _steps(data: Any) -> Collection[int | str]:
    """Where one can go from here: the names of an object, the places of a list."""
    if isinstance(data, dict):
        return data.keys()
    return range(len(data)) if isinstance(data, list) else ()


def _way_out(error: ErrorDetails, data: object) -> dict[str, object]:
    """What would do: the known names, the bounds or the form, as the kind of fault asks."""
    context = error.get("ctx", {})
    match error["type"]:
        case "union_tag_invalid" | "union_tag_not_found":
            known = [kind.model_fields["kind"].default for kind in KINDS]
            return {"known": known, "nearest": _nearest(str(context.get("tag", "")), known)}
        case "enum" | "literal_error":
            return {"known": str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")}
        case "string_pattern_mismatch":
            return {"form": context.get("pattern", "")}
        case _:
            return {name: value for name, value in context.items() if isinstance(value, str | int)}


def _nearest(written: str, known: list[str]) -> str:
    return next(iter(difflib.get_close_matches(written, known, n=1)), "")


def _repeated_ids(document: Document) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for number, rule in enumerate(document.rules):
        if rule.id in first:
            yield Fault("repeated-rule-id", f"/rules/{number}/id", rule.id, {"first": f"/rules/{first[rule.id]}/id"})
        first.setdefault(rule.id, number)


def _wrong_place(document: Document) -> Iterator[Fault]:
    steps = {Layer.MUNICIPALITY: 0, Layer.VENUE: 1, Layer.ROOM: 2}[document.layer]
    if len([step for step in document.place.split("/") if step]) != steps:
        yield Fault("wrong-place", "/place", document.place, {"layer": document.layer.value})
