"""Compared (pure): the verdicts on many dates under two policies side by side, and what their differences come to."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kernel.money import Ore
from policies.stored import Stored
from policies.verdict import Decider, Objection, Outcome, Price, Verdict


class Kind(StrEnum):
    """How a date would be decided otherwise, the worst for who has it first.

    LISTED has another list price at the same price to pay, AMENDED is what none of the others says.
    """

    REFUSED = "refused"
    REVIEWED = "reviewed"
    DEARER = "dearer"
    AMENDED = "amended"
    LISTED = "listed"
    CHEAPER = "cheaper"
    AT_ONCE = "at-once"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side(Stored):
    """A verdict as it is told: without the promised moment, which is another for each date, and priced where it is not refused."""

    outcome: Outcome
    objections: tuple[Objection, ...] = ()
    warnings: tuple[Objection, ...] = ()
    decider: Decider | None = None
    charged: Ore | None = None
    listed: Ore | None = None

    @property
    def is_refused(self) -> bool:
        return self.outcome is Outcome.REFUSED


def side_of(verdict: Verdict) -> Side:
    """What is told of a verdict."""
    price = _price(verdict)
    return Side(
        outcome=verdict.outcome,
        objections=verdict.objections,
        warnings=verdict.warnings,
        decider=_decider(verdict),
        charged=price.charged if price else None,
        listed=price.listed if price else None,
    )


def _codes(objections: Iterable[Objection]) -> tuple[str, ...]:
    return tuple(sorted({objection.code for objection in objections}))


def _decider(verdict: Verdict) -> Decider | None:
    return replace(verdict.decider, promised_by=None, rule="") if verdict.decider else None


def _price(verdict: Verdict) -> Price | None:
    return None if verdict.outcome is Outcome.REFUSED else verdict.price


def _rise(now: Side, then: Side) -> Ore:
    """How much more is paid, nothing for what is refused; nothing can be said where a side that is granted has no price."""
    before, after = (0 if side.is_refused else side.charged for side in (now, then))
    return 0 if before is None or after is None else after - before


# What makes a difference, a line for each part of a verdict; limits and reasons alone make none.
PARTS: tuple[Callable[[Verdict], Hashable], ...] = (
    lambda verdict: verdict.outcome,
    lambda verdict: _codes(verdict.objections),
    lambda verdict: _codes(verdict.warnings),
    _decider,
    lambda verdict: price.charged if (price := _price(verdict)) else None,
    lambda verdict: price.listed if (price := _price(verdict)) else None,
)

KINDS: Mapping[Kind, Callable[[Side, Side], bool]] = {
    Kind.REFUSED: lambda now, then: then.is_refused and not now.is_refused,
    Kind.REVIEWED: lambda now, then: (now.outcome, then.outcome) == (Outcome.ACCEPTED, Outcome.REVIEW),
    Kind.DEARER: lambda now, then: _rise(now, then) > 0 and not now.is_refused,
    Kind.LISTED: lambda now, then: now.charged == then.charged and now.listed != then.listed,
    Kind.CHEAPER: lambda now, then: _rise(now, then) < 0 and not then.is_refused,
    Kind.AT_ONCE: lambda now, then: (now.outcome, then.outcome) == (Outcome.REVIEW, Outcome.ACCEPTED),
    Kind.ALLOWED: lambda now, then: now.is_refused and not then.is_refused,
}
PAID = {Kind.REFUSED, Kind.DEARER, Kind.CHEAPER, Kind.ALLOWED}
WORST = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Difference:
    """In what way one date is decided otherwise, and how many øre more (less than nothing: fewer) would be paid for it."""

    kind: Kind
    ore: Ore


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One dated use of a room by ids; ``start`` and ``end`` by the wall clock, ``minutes`` as they pass."""

    reference: str
    number: int
    start: datetime
    end: datetime
    minutes: int
    room: int
    organisation: int | None
    person: int


@dataclass(frozen=True, slots=True)
class Differing:
    """A date that is decided otherwise; ``now`` and ``then`` are places in the list of sides."""

    use: Use
    now: int
    then: int
    differences: tuple[Difference, ...]

    @property
    def weight(self) -> tuple[int, Ore, int, datetime]:
        """The worst sorts first: by kind, then by money and time lost."""
        worst = self.differences[0]
        return WORST[worst.kind], -abs(worst.ore), -self.use.minutes, self.use.start


@dataclass(frozen=True, slots=True)
class Sum:
    """What the differences of one kind come to: dates, minutes of use, and øre paid more."""

    kind: Kind
    dates: int
    minutes: int
    ore: Ore


@dataclass(frozen=True, slots=True)
class Party:
    """Who is concerned, an organisation or else a person by id, and how."""

    organisation: int | None
    person: int | None
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Stored):
    """What a draft would change: dates judged, dates without facts to judge, and those decided otherwise, the worst first.

    ``sides`` hold each way in which a date was judged once.
    """

    judged: int
    unknown: int
    sides: tuple[Side, ...] = ()
    differing: tuple[Differing, ...] = ()

    def sums(self) -> tuple[Sum, ...]:
        """What the differences come to by kind, the worst first."""
        return _summed(self.differing)

    def parties(self) -> tuple[Party, ...]:
        """Who is concerned, the worst hit first."""
        found: dict[tuple[int | None, int | None], list[Differing]] = {}
        for one in self.differing:
            organisation = one.use.organisation
            found.setdefault((organisation, None if organisation else one.use.person), []).append(one)
        parties = [Party(*who, _summed(theirs)) for who, theirs in found.items()]
        return tuple(sorted(parties, key=_hit))


class Comparison:
    """Gathers dates as they are judged; ``compared`` is what they come to."""

    def __init__(self) -> None:
        self.judged = 0
        self.unknown = 0
        self._sides: dict[Side, int] = {}
        self._differing: list[Differing] = []

    def add(self, use: Use, now: Verdict, then: Verdict) -> None:
        """Note a date with both verdicts."""
        self.judged += 1
        if any(part(now) != part(then) for part in PARTS):
            before, after = side_of(now), side_of(then)
            found = tuple(differences(before, after))
            self._differing.append(Differing(use, self._place(before), self._place(after), found))

    def compared(self) -> Compared:
        ordered = sorted(self._differing, key=lambda one: one.weight)
        return Compared(judged=self.judged, unknown=self.unknown, sides=tuple(self._sides), differing=tuple(ordered))

    def _place(self, side: Side) -> int:
        return self._sides.setdefault(side, len(self._sides))


def differences(now: Side, then: Side) -> Iterable[Difference]:
    """The kinds of difference between two sides that do differ, the worst first."""
    kinds = [kind for kind, is_it in KINDS.items() if is_it(now, then)] or [Kind.AMENDED]
    return (Difference(kind, _rise(now, then) if kind in PAID else 0) for kind in sorted(kinds, key=WORST.__getitem__))


def _summed(differing: Iterable[Differing]) -> tuple[Sum, ...]:
    found: dict[Kind, tuple[int, int, Ore]] = {}
    for one in differing:
        for difference in one.differences:
            dates, minutes, ore = found.get(difference.kind, (0, 0, 0))
            found[difference.kind] = (dates + 1, minutes + one.use.minutes, ore + difference.ore)
    return tuple(Sum(kind, *found[kind]) for kind in Kind if kind in found)


def _hit(party: Party) -> tuple[int, Ore, int]:
    worst = party.sums[0]
    return WORST[worst.kind], -abs(worst.ore), -worst.minutes
