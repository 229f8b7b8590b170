"""Document: the policy of a municipality, venue or room as data, read strictly, with every fault located."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from kernel.errors import Fault, Invalid
from policies.baseline import BASELINE
from policies.possible import impossible
from policies.reading import as_json, parsed, unsound
from policies.rules import KINDS, AnyRule
from policies.rules.base import SLUG, LocalDate, Model, Scope, Slug, Text
from policies.seasons import Calendar, Season
from policies.verdict import Layer, Reason
from web.faults import fault_of, name_of, shown

MOST_RULES = 500
LONGEST_REGULATION = 200_000
# So many faults at once are more than anybody mends.
MOST_FAULTS = 1000
RESERVED = "baseline-"
# Where what is wrong with a whole rule or row is mended.
WHERE = {"safety-not-waived": "waiver", "degression-without-days": "degression"}
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=80)]


class Regulation(Model):
    """The adopted text that the rules encode, and the language it is written in."""

    language: Literal["nb", "nn", "en"] = "nb"
    text: Annotated[str, Field(max_length=LONGEST_REGULATION)]
    address: Text = ""


class Document(Model):
    """One policy document; ``layer`` and ``place`` say what it is about: nothing for the municipality, ``venue`` or ``venue/room``.

    ``events`` are dates that regulations name without dating them (``school-start``), one a year; ``periods`` are
    stretches of the year that rules refer to by name.
    """

    format: Literal[1] = 1
    title: Reason
    layer: Literal[Layer.MUNICIPALITY, Layer.VENUE, Layer.ROOM]
    place: Annotated[str, Field(pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)?)?$", max_length=200)] = ""
    regulation: Regulation | None = None
    price_classes: dict[Slug, Reason] = Field(default_factory=dict)
    events: dict[EventName, tuple[LocalDate, ...]] = Field(default_factory=dict)
    periods: dict[Slug, Season] = Field(default_factory=dict)
    rules: Annotated[tuple[AnyRule, ...], Field(max_length=MOST_RULES)]

    @property
    def calendar(self) -> Calendar:
        """What its events and periods are in dates."""
        return Calendar(self.events, self.periods)

    def data(self) -> dict[str, Any]:
        """The document as JSON values in full, so that a default changed later does not change what was published."""
        return self.model_dump(mode="json", exclude_none=True)


def read(text: str) -> Document:
    """The document that a text holds.

    Raises Invalid with every fault found: ``field`` is the place in the text (``rules[3].tariffs[0].first``),
    ``value`` what stands there, code and facts (with the ``rule`` concerned) the way out.
    """
    return checked(parsed(text))


def checked(data: object) -> Document:
    """The document that JSON values are; raises Invalid as ``read`` does."""
    document, faults = inspected(data)
    if document is None or faults:
        raise Invalid(*faults)
    return document


def inspected(data: object) -> tuple[Document | None, tuple[Fault, ...]]:
    """The document that JSON values are, None where they are none, and all that keeps it from being used."""
    faults = {fault.field: fault for fault in unsound(data)}
    try:
        # Strict validation knows JSON's own types only on the way in from JSON: a date is a string there.
        document = Document.model_validate_json(as_json(data))
    except ValidationError as failure:
        found = [_fault(error, data) for error in failure.errors(include_url=False)[:MOST_FAULTS]]
        return None, (*faults.values(), *(fault for fault in found if fault.field not in faults and not _is_counted_short(fault, found)))
    return document, (*faults.values(), *misfits(document, range(len(document.rules))))


def misfits(document: Document, numbers: Sequence[int]) -> Iterator[Fault]:
    """What keeps a readable document from being used; ``numbers`` are those of its rules in the text."""
    yield from _repeated_ids(document, numbers)
    yield from _reserved_ids(document, numbers)
    yield from _wrong_place(document)
    yield from _impossible(document, numbers)


def schema() -> dict[str, Any]:
    """The JSON Schema of a document (draft 2020-12), for editors and for other programs."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema(mode="validation")}


def _fault(error: ErrorDetails, data: object) -> Fault:
    match error["type"]:
        case "union_tag_invalid":
            fault = _unknown_kind(error, data)
        case "extra_forbidden" | "unexpected_keyword_argument":
            fault = _unknown_field(error, data)
        case "string_pattern_mismatch" if error["ctx"]["pattern"] == SLUG:
            fault = replace(fault_of(error, data), code="bad-name")
        case "union_tag_not_found":
            fault = Fault("missing-field", f"{name_of(error['loc'], data)}.kind")
        case _:
            fault = at_field(fault_of(error, data))
            # A document says its dates in ISO form, whatever people may type in a form.
            fault = replace(fault, code="bad-iso-date") if fault.code == "bad-date" else fault
    rule = _rule_at(error["loc"], data)
    return Fault(fault.code, fault.field, fault.value, {**fault.facts, "rule": rule}) if rule else fault


def _is_counted_short(fault: Fault, found: Sequence[Fault]) -> bool:
    """Whether a list has too few entries only because one that is there cannot be read."""
    return fault.code == "too-few-items" and any(other.field.startswith(f"{fault.field}[") for other in found)


def _unknown_field(error: ErrorDetails, data: object) -> Fault:
    """The fault with the name of ours that is most like the one written."""
    fault = fault_of(error, data)
    nearest = next(iter(get_close_matches(str(error["loc"][-1]), _names(), n=1, cutoff=0.7)), "")
    return Fault("misspelt-field", fault.field, fault.value, {"nearest": nearest}) if nearest else fault


@cache
def _names() -> tuple[str, ...]:
    """The names of all fields that a document can have anywhere."""
    found = Document.model_json_schema(mode="validation")
    return tuple(sorted({name for part in (found, *found["$defs"].values()) for name in part.get("properties", ())}))


def at_field(fault: Fault) -> Fault:
    """The fault of a whole at the field that mends it."""
    field = WHERE.get(fault.code) or fault.facts.get("missing")
    return replace(fault, field=f"{fault.field}.{field}".removeprefix("."), value=None) if field else fault


def _unknown_kind(error: ErrorDetails, data: object) -> Fault:
    """The place of an unknown kind is the rule's; people look for the word itself."""
    written, known = str(error["ctx"]["tag"]), [kind.model_fields["kind"].default for kind in KINDS]
    nearest = next(iter(get_close_matches(written, known, n=1)), "")
    return Fault("unknown-rule-kind", f"{name_of(error['loc'], data)}.kind", shown(written), {"choices": known, "nearest": nearest})


def _rule_at(place: Sequence[int | str], data: object) -> str:
    """The id of the rule that a place lies in, as far as it has one."""
    rules = data.get("rules") if isinstance(data, Mapping) and place[:1] == ("rules",) else None
    found = rules[place[1]] if isinstance(rules, list) and len(place) > 1 and isinstance(place[1], int) else None
    return str(shown(found.get("id", ""))) if isinstance(found, Mapping) else ""


def _repeated_ids(document: Document, numbers: Sequence[int]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for number, rule in zip(numbers, document.rules, strict=True):
        if rule.id in first:
            yield Fault("repeated-rule-id", f"rules[{number}].id", rule.id, {"first": f"rules[{first[rule.id]}].id"})
        first.setdefault(rule.id, number)


def _reserved_ids(document: Document, numbers: Sequence[int]) -> Iterator[Fault]:
    """A rule of the baseline is replaced by one of its kind for everybody: a narrower one would leave the others without."""
    known = {rule.id: type(rule) for rule in BASELINE}
    for number, rule in zip(numbers, document.rules, strict=True):
        stands_for = isinstance(rule, known.get(rule.id, NoneType)) and rule.scope == Scope()
        if rule.id.startswith(RESERVED) and not stands_for:
            yield Fault("reserved-rule-id", f"rules[{number}].id", rule.id, {"reserved": RESERVED})


def _impossible(document: Document, numbers: Sequence[int]) -> Iterator[Fault]:
    yield from impossible(document.model_copy(update={"rules": ()}))
    for number, rule in zip(numbers, document.rules, strict=True):
        for fault in impossible(rule, f"rules[{number}]"):
            yield replace(fault, facts={**fault.facts, "rule": rule.id})


def _wrong_place(document: Document) -> Iterator[Fault]:
    steps = {Layer.MUNICIPALITY: 0, Layer.VENUE: 1, Layer.ROOM: 2}[document.layer]
    if len([step for step in document.place.split("/") if step]) != steps:
        yield Fault("wrong-place", "place", document.place, {"layer": document.layer.value})
