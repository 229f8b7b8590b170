"""Search: which rooms suit and are free at the wanted time; freedom only, rules are tried for the rooms shown (``ordinary``)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

import venues.search
from booking.freedom import Free, Freedom, Spot, freedom_of
from kernel.errors import Invalid, refuse
from kernel.interval import Interval
from kernel.recurrence import LONGEST
from kernel.wallclock import WallSpan, at
from venues.models import Room
from venues.search import RoomFilter

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is sought: ``from_minute`` and ``to_minute`` of the local day on ``day`` and the ``weeks`` - 1 weeks after it.

    ``needs`` are facilities or access features (``access.lift``); everything left empty does not limit.
    """

    day: date | None = None
    from_minute: int | None = None
    to_minute: int | None = None
    weeks: int = 1
    capacity: int | None = None
    district: str = ""
    kind: str = ""
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.weeks < 1 or self.weeks > LONGEST:
            raise refuse(Invalid, "out-of-range", "weeks", self.weeks, least=1, most=LONGEST)
        if self.from_minute is not None and self.to_minute is not None and self.to_minute <= self.from_minute:
            raise refuse(Invalid, "end-before-start", "to", self.to_minute, start=self.from_minute)

    @property
    def has_time(self) -> bool:
        return None not in (self.day, self.from_minute, self.to_minute)

    def walls(self, zone: str) -> tuple[WallSpan, ...]:
        """The wanted wall-clock spans, none when no time is sought."""
        if self.day is None or self.from_minute is None or self.to_minute is None:
            return ()
        start, end = timedelta(minutes=self.from_minute), timedelta(minutes=self.to_minute)
        days = [self.day + timedelta(weeks=n) for n in range(self.weeks)]
        return tuple(WallSpan(at(day, start), at(day, end), zone) for day in days)


@dataclass(frozen=True, slots=True)
class Found:
    """A room that may suit: how many dates are wanted, on which it is open and free, and what is not known of it.

    ``spot`` knows the hours and the policies of the wanted dates; None when no time is sought.
    """

    room: Room
    unknown: tuple[str, ...]
    wanted: int = 0
    free_spans: tuple[WallSpan, ...] = ()
    by_agreement: int = 0
    spot: Spot | None = None

    @property
    def free(self) -> int:
        return len(self.free_spans)

    @property
    def is_free(self) -> bool:
        return self.free == self.wanted


def find_rooms(session: Session, search: Search, *, now: datetime) -> tuple[Found, ...]:
    """The rooms that suit, those free on most dates first, those with unknown capacity or access last among equals.

    Rooms of which it is known that they do not suit are left out; the number of queries grows with neither.
    """
    suiting = [Found(room, tuple(unknown)) for room, unknown in suiting_rooms(session, search)]
    found = _freedom(session, suiting, search, now) if search.has_time and suiting else suiting
    return tuple(sorted(found, key=_order))


def suiting_rooms(session: Session, search: Search) -> list[tuple[Room, list[str]]]:
    """The rooms not known to be unsuitable, each with what was asked for and is not known of it."""
    wanted = RoomFilter.of(district=search.district, kind=search.kind, capacity=search.capacity, needs=search.needs)
    return [(one.room, list(one.unknown)) for one in venues.search.find_rooms(session, wanted)]


def _order(found: Found) -> tuple[int, bool, int, str, str]:
    return -found.free, bool(found.unknown), found.room.capacity or 0, found.room.venue.name, found.room.name


def _freedom(session: Session, suiting: Sequence[Found], search: Search, now: datetime) -> list[Found]:
    """The rooms with the wanted dates on which they are free and open, and how many of these by agreement only."""
    walls = {zone: search.walls(zone) for zone in {one.room.venue.zone for one in suiting}}
    times = {zone: [wall.interval() for wall in found] for zone, found in walls.items()}
    span = Interval(min(one[0].start for one in times.values()), max(one[-1].end for one in times.values()))
    freedom = freedom_of(session, [one.room.id for one in suiting], span, now=now)
    free = {zone: freedom.at(one) for zone, one in times.items()}
    return [_found(one, freedom, walls[one.room.venue.zone], free[one.room.venue.zone]) for one in suiting]


def _found(one: Found, freedom: Freedom, walls: Sequence[WallSpan], free: Free) -> Found:
    on = free.on(one.room.id)
    return replace(
        one,
        spot=freedom.spots[one.room.id],
        wanted=len(walls),
        free_spans=tuple(walls[number] for number in on),
        by_agreement=len(on) - len(free.by_right_on(one.room.id)),
    )
