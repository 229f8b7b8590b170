"""Document: the policy of a municipality, venue or room as data, read strictly, with every fault located."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from types import NoneType
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from kernel.errors import Fault, Invalid, refuse
from policies.baseline import BASELINE
from policies.rules import KINDS, AnyRule
from policies.rules.base import Model, Scope, Slug, Text
from policies.seasons import Calendar, Season
from policies.verdict import Layer, Reason
from web.faults import fault_of, name_of, unstorable

LONGEST = 1_000_000
MOST_RULES = 500
LONGEST_REGULATION = 200_000
RESERVED = "baseline-"
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
    events: dict[EventName, tuple[date, ...]] = Field(default_factory=dict)
    periods: dict[Slug, Season] = Field(default_factory=dict)
    rules: Annotated[tuple[AnyRule, ...], Field(max_length=MOST_RULES)]

    @property
    def calendar(self) -> Calendar:
        """What its events and periods are in dates."""
        return Calendar(self.events, self.periods)

    def data(self) -> dict[str, Any]:
        """The document as JSON values in full, so that a default changed later does not change what was published."""
        return self.model_dump(mode="json", exclude_none=True)


def read(text: str | bytes) -> Document:
    """The document that a text holds.

    Raises Invalid with every fault found: ``field`` is the place in the text (``rules[3].tariffs[0].first``),
    ``value`` what stands there, code and facts the way out.
    """
    if len(text) > LONGEST:
        raise refuse(Invalid, "document-too-large", value=len(text), most=LONGEST)
    return checked(parsed(text))


def checked(data: object) -> Document:
    """The document that JSON values are; raises Invalid as ``read`` does."""
    faults = list(unstorable(data))
    try:
        # Strict validation knows JSON's own types only on the way in from JSON: a date is a string there.
        document = Document.model_validate_json(json.dumps(data))
    except ValidationError as failure:
        raise Invalid(*faults, *(_fault(error, data) for error in failure.errors(include_url=False))) from None
    faults += [*_repeated_ids(document), *_reserved_ids(document), *_wrong_place(document)]
    if faults:
        raise Invalid(*faults)
    return document


def schema() -> dict[str, Any]:
    """The JSON Schema of a document (draft 2020-12), for editors and for other programs."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema(mode="validation")}


def _fault(error: ErrorDetails, data: object) -> Fault:
    if error["type"] != "union_tag_invalid":
        return fault_of(error, data)
    # The place of an unknown kind is the rule's; people look for the word itself.
    written, known = str(error["ctx"]["tag"]), [kind.model_fields["kind"].default for kind in KINDS]
    nearest = next(iter(get_close_matches(written, known, n=1)), "")
    return Fault("unknown-rule-kind", f"{name_of(error['loc'], data)}.kind", written, {"choices": known, "nearest": nearest})


def parsed(text: str | bytes) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unrepeated, parse_constant=_no_constant)
    except json.JSONDecodeError as failure:
        raise refuse(Invalid, "bad-json", where=f"line {failure.lineno} column {failure.colno}") from None
    except (ValueError, RecursionError):
        raise refuse(Invalid, "bad-json", where="line 1 column 1") from None


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    repeated = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if repeated:
        raise Invalid(*(Fault("repeated-field", name, name) for name in repeated))
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _repeated_ids(document: Document) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for number, rule in enumerate(document.rules):
        if rule.id in first:
            yield Fault("repeated-rule-id", f"rules[{number}].id", rule.id, {"first": f"rules[{first[rule.id]}].id"})
        first.setdefault(rule.id, number)


def _reserved_ids(document: Document) -> Iterator[Fault]:
    """A rule of the baseline is replaced by one of its kind for everybody: a narrower one would leave the others without."""
    known = {rule.id: type(rule) for rule in BASELINE}
    for number, rule in enumerate(document.rules):
        stands_for = isinstance(rule, known.get(rule.id, NoneType)) and rule.scope == Scope()
        if rule.id.startswith(RESERVED) and not stands_for:
            yield Fault("reserved-rule-id", f"rules[{number}].id", rule.id, {"reserved": RESERVED})


def _wrong_place(document: Document) -> Iterator[Fault]:
    steps = {Layer.MUNICIPALITY: 0, Layer.VENUE: 1, Layer.ROOM: 2}[document.layer]
    if len([step for step in document.place.split("/") if step]) != steps:
        yield Fault("wrong-place", "place", document.place, {"layer": document.layer.value})
