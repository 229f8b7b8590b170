"""Layers: how the documents of a municipality, a venue and a room become one policy.

How rules combine, stated here once:

1. The layers are baseline, municipality, venue, room; each is more specific than those before it.
2. A rule replaces a rule of a wider layer that it says otherwise: of the same kind, about the same (``topic``), with a
   scope that holds the other's whole scope and the other's id, or with the very same scope. With another id it replaces
   what it states itself and leaves the rest of the wider rule: a least length leaves a greatest one, a word on trade
   leaves one on alcohol. Of the kinds that give many things (5) only the id counts. A rule for Sundays leaves the wider
   one for all other days. What is itself replaced replaces nothing. Only rules that are valid on the date of use take
   part, so a rule that has run out gives the wider one back.
3. Of the kinds that restrict, every rule in scope is applied; the outcome is the strictest of the effects:
   refuse, then review, then accept.
4. Of the kinds that settle one thing (who decides, buffers, price, rank, cancellation, absence) one rule in scope is applied:
   that of the most specific layer, in it that whose scope states most limits, of those the first by id.
5. Of the kinds that give many things (conditions, access, points, surcharges) every rule in scope adds its own.
6. The order of rules in a document never matters. Of events and named periods the more specific layer's hold.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from policies.baseline import BASELINE
from policies.document import Document
from policies.occasion import Occasion
from policies.request import Request
from policies.rules import KINDS
from policies.rules.base import Reads, Rule, Scope
from policies.rules.counts import Count, Counting
from policies.scopes import contains, extent_of
from policies.seasons import UNDATED, Calendar, merged
from policies.verdict import Layer

LAYERS = tuple(Layer)
ORDER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule and the layer whose document it stands in."""

    rule: Rule
    layer: Layer

    def place(self, room: str) -> str:
        """The place whose document it stands in, for a request of ``venue/room``."""
        return place_of(self.layer, room)


def place_of(layer: Layer, room: str) -> str:
    """The place of a layer's document for a request of ``venue/room``: the room, the venue, nothing for the municipality."""
    match layer:
        case Layer.ROOM:
            return room
        case Layer.VENUE:
            return room.partition("/")[0]
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class Group:
    """Restricting rules with one scope that read the same parts of request and facts, so that both are asked once."""

    scope: Scope
    reads: tuple[Reads, ...]
    rules: tuple[Placed, ...]


class Effective:
    """The rules that are in force together on certain dates of use; ``groups`` hold those that restrict."""

    def __init__(self, rules: Sequence[Placed]) -> None:
        self.rules = tuple(sorted(rules, key=_precedence))
        self.restricting = tuple(placed for placed in self.rules if placed.rule.restricts)
        self.counting = tuple((placed.layer, placed.rule) for placed in self.restricting if isinstance(placed.rule, Counting))
        self.giving = tuple(placed for placed in self.rules if placed.rule.gives)
        self.telling_ages_apart = tuple(placed for placed in self.rules if placed.rule.age_cuts)
        self._settling = {
            what: tuple(placed for placed in self.rules if placed.rule.settles == what)
            for what in {placed.rule.settles for placed in self.rules}
        }
        self.reads = tuple(sorted({part.value for placed in self.rules for part in placed.rule.reads}))
        self.groups = grouped(self.restricting)

    def settling(self, what: str, occasion: Occasion) -> Placed | None:
        """The one rule that settles something of this request, by the fourth statement above."""
        return next((placed for placed in self._settling.get(what, ()) if placed.rule.scope.covers(occasion)), None)


def grouped(rules: Iterable[Placed]) -> tuple[Group, ...]:
    """The rules by scope and by what they read, in the order in which they are first met."""
    found: dict[tuple[Scope, tuple[Reads, ...]], list[Placed]] = {}
    for placed in rules:
        found.setdefault((placed.rule.scope, tuple(sorted(placed.rule.reads))), []).append(placed)
    return tuple(Group(scope, reads, tuple(of_it)) for (scope, reads), of_it in found.items())


@dataclass(frozen=True, slots=True)
class PlacedCount:
    """A count and the layer that bounds the rooms it is about: the municipality's, the venue's, or the room alone."""

    count: Count
    layer: Layer


class Policy:
    """The layered documents of one place; ``on`` gives what is in force on a date of use, ``calendar`` dates its names."""

    def __init__(self, rules: Sequence[Placed], calendar: Calendar = UNDATED) -> None:
        self.rules = tuple(rules)
        self.calendar = calendar
        self._turns = sorted({turn for placed in rules for turn in _turns(placed.rule)})
        self._effective: dict[int, Effective] = {}

    def on(self, day: date) -> Effective:
        era = bisect_right(self._turns, day)
        if era not in self._effective:
            self._effective[era] = Effective(_uppermost([placed for placed in self.rules if placed.rule.is_valid_on(day)]))
        return self._effective[era]

    def counts_on(self, day: date) -> bool:
        """Whether anything has to be counted before a request for use on a date can be judged."""
        return bool(self.on(day).counting)

    def counts(self, request: Request) -> tuple[PlacedCount, ...]:
        """What has to be counted before this request can be judged; room kinds are left for the rule to test."""
        counts = [(layer, rule.count(request)) for layer, rule in self.on(request.dates[0]).counting]
        return tuple(PlacedCount(count, layer) for layer, count in counts if count is not None)


def combine(documents: Iterable[Document]) -> Policy:
    """One policy out of the documents of a place, in any order, over the baseline."""
    layered = sorted(documents, key=lambda document: LAYERS.index(document.layer))
    placed = [Placed(rule, document.layer) for document in layered for rule in document.rules]
    calendar = merged(document.calendar for document in layered)
    return Policy([*placed, *(Placed(rule, Layer.BASELINE) for rule in BASELINE)], calendar)


def _uppermost(rules: Sequence[Placed]) -> list[Placed]:
    """What no more specific layer says otherwise."""
    found: list[Placed] = []
    for layer in reversed(LAYERS):
        # In an order of their own: that of the rules in a document never matters.
        nearer = sorted(found, key=_precedence)
        left = [_left_of(placed, nearer) for placed in rules if placed.layer is layer]
        found += [placed for placed in left if placed]
    return found


def _left_of(placed: Placed, nearer: Iterable[Placed]) -> Placed | None:
    """The rule as far as nearer ones leave it; None where they say all of it."""
    rule: Rule | None = placed.rule
    for other in nearer:
        rule = beside(rule, other.rule) if rule else None
    return Placed(rule, placed.layer) if rule else None


def beside(wider: Rule, rule: Rule) -> Rule | None:
    """What a rule of a nearer layer leaves of a wider one, by the second statement above; None where that is nothing."""
    if type(rule) is not type(wider) or any(getattr(rule, name) != getattr(wider, name) for name in rule.topic):
        return wider
    is_same = rule.scope == wider.scope
    if rule.id == wider.id:
        return None if is_same or contains(extent_of(rule.scope), extent_of(wider.scope)) else wider
    if rule.gives or not is_same:
        return wider
    return wider.left_by(rule)


def precedence(rule: Rule) -> tuple[int, int, str]:
    """What rules of one layer are sorted by: of those that settle one thing the first in scope is applied."""
    return -rule.scope.width, ORDER[type(rule)], rule.id


def _precedence(placed: Placed) -> tuple[int, tuple[int, int, str]]:
    return -LAYERS.index(placed.layer), precedence(placed.rule)


def _turns(rule: Rule) -> Iterable[date]:
    """The dates on which a rule begins to hold or no longer holds."""
    if rule.valid_from:
        yield rule.valid_from
    if rule.valid_until and rule.valid_until < date.max:
        yield rule.valid_until + timedelta(days=1)
