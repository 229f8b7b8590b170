"""Counted (pure): minutes of use summed in memory as the quotas of policies ask for them, in the order of asking."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from policies.layers import PlacedCount
from policies.request import Usage
from policies.rules.counts import Subject
from policies.verdict import Layer


@dataclass(frozen=True, slots=True)
class Spot:
    """A room as counts know it: by its ids and its kind."""

    room_id: int
    venue_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Spent:
    """Minutes of a room's use on a local date, by ids of whom they count for."""

    day: date
    minutes: int
    spot: Spot
    organisation: int | None
    person: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A count within the rooms it is about: ``where`` is a room's or a venue's id, None everywhere."""

    placed: PlacedCount
    where: int | None

    def holds(self, spent: Spent) -> bool:
        count = self.placed.count
        return (
            count.first <= spent.day <= count.last
            and (not count.room_kinds or spent.spot.kind in count.room_kinds)
            and self.where == _area(self.placed.layer, spent.spot)
        )


class Counts:
    """What was used so far; a sum is made when it is first asked for and kept up from then on."""

    def __init__(self) -> None:
        self._spent: dict[tuple[Subject, int], list[Spent]] = defaultdict(list)
        self._sums: dict[tuple[Subject, int], dict[Asked, int]] = defaultdict(dict)

    def usage(self, wanted: Iterable[PlacedCount], spot: Spot) -> tuple[Usage, ...]:
        """The answers to the counts that are wanted for use of a room, in a settled order."""
        ordered = sorted(set(wanted), key=lambda placed: (placed.count.key, placed.count.first))
        return tuple(self._usage(Asked(placed, _area(placed.layer, spot))) for placed in ordered)

    def add(self, granted: Iterable[Spent]) -> None:
        """Count use for the person who has it, and for the organisation."""
        for spent in granted:
            self._add((Subject.PERSON, spent.person), spent)
            if spent.organisation is not None:
                self._add((Subject.ORGANISATION, spent.organisation), spent)

    def _usage(self, asked: Asked) -> Usage:
        count = asked.placed.count
        who = (count.subject, int(count.holder))
        sums = self._sums[who]
        if asked not in sums:
            sums[asked] = sum(spent.minutes for spent in self._spent[who] if asked.holds(spent))
        return Usage(count.key, count.first, count.last, sums[asked])

    def _add(self, who: tuple[Subject, int], spent: Spent) -> None:
        self._spent[who].append(spent)
        sums = self._sums[who]
        for asked in sums:
            if asked.holds(spent):
                sums[asked] += spent.minutes


def _area(layer: Layer, spot: Spot) -> int | None:
    match layer:
        case Layer.ROOM:
            return spot.room_id
        case Layer.VENUE:
            return spot.venue_id
        case _:
            return None
