"""Subject: a document as the linter's checkers read it, each rule with its place in the text and the values in it that they look at."""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar, cast

from pydantic import BaseModel

from kernel.errors import Fault
from policies.document import Document
from policies.rules.base import Rule, When
from policies.scopes import Extent, can_meet, contains, extent_of
from policies.seasons import Calendar, Season, merged
from policies.verdict import Layer, Reason

R = TypeVar("R", bound=Rule)
R_co = TypeVar("R_co", bound=Rule, covariant=True)
# What two rules may differ in and yet say the same.
BESIDE = {"id", "scope", "reason", "source", "valid_from", "valid_until"}
# The fields of rules that hold one yearly date, written as an anchor.
ANCHORED = ("due", "opens", "closes")


@dataclass(frozen=True, slots=True)
class Node:
    """A value inside a rule or document: its place, the name of its field, and whether it has to be stated."""

    place: str
    name: str
    value: object
    is_required: bool = True


@dataclass(frozen=True)
class Located(Generic[R_co]):
    """A rule and where it stands: ``rules[3]``."""

    place: str
    rule: R_co

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Texts, stretches of time, seasons and yearly dates anywhere in the rule, each with its place."""
        return tuple(nodes_in(self.rule, self.place))

    @cached_property
    def anchors(self) -> tuple[Node, ...]:
        """The yearly dates that the rule names."""
        return tuple(anchors_in(self.nodes))

    @property
    def whens(self) -> Iterator[tuple[Node, When]]:
        """The stretches of time and scopes in the rule, its own scope first."""
        return ((node, node.value) for node in self.nodes if isinstance(node.value, When))

    @cached_property
    def extent(self) -> Extent:
        """The rule's scope as it is compared."""
        return extent_of(self.rule.scope)

    def covers(self, other: "Located[Rule]") -> bool:
        """Whether the rule applies wherever and whenever the other does."""
        return contains(self.extent, other.extent) and self.holds_validity_of(other)

    def meets(self, other: "Located[Rule]") -> bool:
        """Whether some moment of some request may be one that both rules are about."""
        return can_meet(self.extent, other.extent) and self.meets_validity_of(other)

    def holds_validity_of(self, other: "Located[Rule]") -> bool:
        """Whether the rule is in force on every date on which the other is."""
        return _starts(self.rule) <= _starts(other.rule) and _ends(other.rule) <= _ends(self.rule)

    def meets_validity_of(self, other: "Located[Rule]") -> bool:
        """Whether both are in force on some date."""
        return max(_starts(self.rule), _starts(other.rule)) <= min(_ends(self.rule), _ends(other.rule))


@dataclass(frozen=True)
class Subject:
    """A document, its sound rules by place, the documents of wider layers as far as they are known, and the local date.

    ``today`` None leaves out what depends on the day on which somebody looks.
    """

    document: Document
    rules: tuple[Located[Rule], ...]
    wider: tuple[Document, ...] = ()
    today: date | None = None

    @cached_property
    def calendar(self) -> Calendar:
        """What events and periods are in dates, those of the wider layers with the document's own."""
        return merged(document.calendar for document in (*self.wider, self.document))

    def of(self, kind: type[R]) -> tuple[Located[R], ...]:
        """The rules of a kind."""
        return tuple(cast("Located[R]", found) for found in self.rules if isinstance(found.rule, kind))

    @property
    def knows_widest(self) -> bool:
        """Whether the municipality's document is among them, so that what nobody names is named nowhere."""
        return any(document.layer is Layer.MUNICIPALITY for document in (*self.wider, self.document))


def located(document: Document, numbers: Sequence[int]) -> tuple[Located[Rule], ...]:
    """The rules of a document with the numbers that they have in its text."""
    return tuple(Located(f"rules[{number}]", rule) for number, rule in zip(numbers, document.rules, strict=True))


def substance(rule: Rule, left_out: Collection[str] = ()) -> Hashable:
    """All that a rule says beside where and when it applies, why, and the fields left out; equal where two say the same."""
    return type(rule), tuple(getattr(rule, name) for name in type(rule).model_fields if name not in BESIDE and name not in left_out)


def fault_in(found: Located[Rule], code: str, field: str, value: object = None, **facts: object) -> Fault:
    """A fault of a rule; ``field`` is the place within it, empty for the whole."""
    return fault_at(found, code, f"{found.place}.{field}" if field else found.place, value, **facts)


def fault_at(found: Located[Rule], code: str, place: str, value: object = None, **facts: object) -> Fault:
    """A fault of a rule at a place in the document."""
    return Fault(code, place, value, {"rule": found.rule.id, **facts})


def nodes_in(value: object, place: str, name: str = "", *, is_required: bool = True) -> Iterator[Node]:
    """The texts, stretches of time, seasons and yearly dates of a value, itself among them, in order."""
    if isinstance(value, Reason | When | Season) or (name in ANCHORED and isinstance(value, str)):
        yield Node(place, name, value, is_required)
    if isinstance(value, BaseModel):
        for inner, field in type(value).model_fields.items():
            yield from nodes_in(getattr(value, inner), f"{place}.{inner}", inner, is_required=field.is_required())
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from nodes_in(item, f"{place}[{number}]", name)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from nodes_in(item, f"{place}.{key}", name)


def anchors_in(nodes: Sequence[Node]) -> Iterator[Node]:
    """The yearly dates among the values, those of seasons apart."""
    for node in nodes:
        if isinstance(node.value, Season):
            yield Node(f"{node.place}.first", "first", node.value.first)
            yield Node(f"{node.place}.last", "last", node.value.last)
        elif isinstance(node.value, str):
            yield node


def _starts(rule: Rule) -> date:
    return rule.valid_from or date.min


def _ends(rule: Rule) -> date:
    return rule.valid_until or date.max
