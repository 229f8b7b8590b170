"""Counted (pure): use summed in memory as the rules of policies ask for it, in the order of asking."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kernel.interval import Interval
from policies.layers import PlacedCount
from policies.occasion import parts_of
from policies.request import Usage, added
from policies.rules.counts import Count, Measure, Subject, adds
from policies.verdict import Layer


@dataclass(frozen=True, slots=True)
class Spot:
    """A room as counts know it: by its ids and its kind."""

    room_id: int
    venue_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Spent:
    """One date of use: its time in UTC and on the wall clock, and whom it counts for, by ids.

    ``absent_at`` is when it was noted that nobody came; what was given back too late is ``absent_at`` and not ``is_used``.
    What nobody has confirmed in an organisation's name counts for its person alone.
    """

    time: Interval
    start: datetime
    end: datetime
    spot: Spot
    organisation: int | None
    person: int
    team: str = ""
    absent_at: datetime | None = None
    is_used: bool = True

    @property
    def minutes(self) -> int:
        return self.time.minutes


@dataclass(frozen=True, slots=True)
class Asked:
    """A count within the rooms it is about: ``where`` is a room's or a venue's id, None everywhere.

    ``beside`` is the id of the room asked for, which is left out of what is had at the same time.
    """

    placed: PlacedCount
    where: int | None
    beside: int | None = None

    @property
    def is_kept_up(self) -> bool:
        """Whether others will ask for the same sum; what is about the moment of asking is asked for once."""
        return self.placed.count.measure is Measure.USED

    def holds(self, spent: Spent) -> bool:
        count = self.placed.count
        return (
            self._is_meant(count, spent)
            and (count.subject is not Subject.TEAM or count.team == spent.team)
            and (not count.room_kinds or spent.spot.kind in count.room_kinds)
            and self.where == _area(self.placed.layer, spent.spot)
            and self.beside != spent.spot.room_id
        )

    def of(self, spent: Spent) -> Usage:
        """What a date adds."""
        return adds(self.placed.count, spent.minutes, parts_of(spent.start, spent.end))

    @staticmethod
    def _is_meant(count: Count, spent: Spent) -> bool:
        in_period = count.first <= spent.start.date() <= count.last
        match count.measure, count.interval, count.moment:
            case Measure.ABSENT, _, datetime() as heard:
                return in_period and spent.absent_at is not None and spent.absent_at < heard
            case Measure.AT_ONCE, Interval() as wanted, _:
                return spent.is_used and wanted.overlaps(spent.time)
            case Measure.AHEAD, _, datetime() as asked:
                return spent.is_used and spent.time.start > asked
            case _:
                return spent.is_used and in_period


class Counts:
    """What was used so far; a sum over a period is made when it is first asked for and kept up from then on."""

    def __init__(self) -> None:
        self._spent: dict[tuple[Subject, int], list[Spent]] = defaultdict(list)
        self._sums: dict[tuple[Subject, int], dict[Asked, Usage]] = defaultdict(dict)

    def usage(self, wanted: Iterable[PlacedCount], spot: Spot) -> tuple[Usage, ...]:
        """The answers to the counts that are wanted for use of a room, in a settled order."""
        ordered = sorted(set(wanted), key=lambda placed: (placed.count.key, placed.count.first))
        return tuple(self._usage(Asked(placed, _area(placed.layer, spot), _beside(placed, spot))) for placed in ordered)

    def add(self, granted: Iterable[Spent]) -> None:
        """Count use for the person who has it, and for the organisation."""
        for spent in granted:
            self._add((Subject.PERSON, spent.person), spent)
            if spent.organisation is not None:
                self._add((Subject.ORGANISATION, spent.organisation), spent)

    def _usage(self, asked: Asked) -> Usage:
        count = asked.placed.count
        # A team's dates are some of its organisation's.
        who = (Subject.PERSON if count.subject is Subject.PERSON else Subject.ORGANISATION, int(count.holder))
        sums = self._sums[who]
        if asked in sums:
            return sums[asked]
        found = Usage(count.key, count.first, count.last)
        for spent in self._spent[who]:
            if asked.holds(spent):
                found = added(found, asked.of(spent))
        if asked.is_kept_up:
            sums[asked] = found
        return found

    def _add(self, who: tuple[Subject, int], spent: Spent) -> None:
        self._spent[who].append(spent)
        sums = self._sums[who]
        for asked, found in sums.items():
            if asked.holds(spent):
                sums[asked] = added(found, asked.of(spent))


def _beside(placed: PlacedCount, spot: Spot) -> int | None:
    return spot.room_id if placed.count.measure is Measure.AT_ONCE else None


def _area(layer: Layer, spot: Spot) -> int | None:
    match layer:
        case Layer.ROOM:
            return spot.room_id
        case Layer.VENUE:
            return spot.venue_id
        case _:
            return None
