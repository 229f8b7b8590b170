"""Nearness (pure): what may be taken instead of a wish, how far that is from it, and in which order it is offered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from math import asin, ceil, cos, hypot, radians, sin, sqrt

from kernel.errors import Invalid
from kernel.interval import Interval
from kernel.wallclock import WallSpan

STEP, STEPS = timedelta(minutes=30), 8
DAYS = 6
# What is offered shorter is at least an hour and half of what was asked, on a grid of quarters, of longer wishes a sixteenth.
QUARTER, PARTS = timedelta(minutes=15), 16
SHORTEST = timedelta(hours=1)
MOST = 5
EARTH_METRES = 6_371_000


class Change(StrEnum):
    """The one thing in which what is offered differs: its clock times, its room, its length, or its day of the week."""

    TIME = "time"
    ROOM = "room"
    SHORTER = "shorter"
    WEEKDAY = "weekday"


RANKS = {change: rank for rank, change in enumerate(Change)}
# How many of a change are offered at most, so that somebody whom it does not help finds another.
MOST_OF = {Change.TIME: 3, Change.ROOM: 3, Change.SHORTER: 1, Change.WEEKDAY: 2}


class Term(StrEnum):
    """What makes an offer worse; the value is the unit that is counted, always in whole ones."""

    MOVED = "minutes that the start moves by the clock"
    DAYS = "days to the other weekday"
    LOST = "minutes of the asked time that are left out"
    ROOM = "another room than the one asked for"
    DISTANCE = "hundred metres between the venues, begun ones counted"
    SIZE = "percent by which the room takes more or fewer people, of the larger"
    SIZE_UNKNOWN = "number of people that the room takes is not known"
    LACKING = "facilities of the asked room that the other is not known to have"
    DEARER = "ten kroner more than the asked time would have cost, begun ones counted"
    REVIEW = "somebody has to look at it first"
    UNKNOWN = "things that are needed of which nobody knows whether the room has them"


# Points for one unit of each. An offer's cost is their sum; a point is about a minute that everybody has to move.
POINTS: Mapping[Term, int] = {
    Term.MOVED: 1,
    Term.DAYS: 150,
    Term.LOST: 2,
    Term.ROOM: 60,
    Term.DISTANCE: 2,
    Term.SIZE: 1,
    Term.SIZE_UNKNOWN: 40,
    Term.LACKING: 20,
    Term.DEARER: 2,
    Term.REVIEW: 60,
    # A need is no wish: whatever is known to meet it comes first, however far away.
    Term.UNKNOWN: 5000,
}
# Between venues of which not both coordinates are known, in hundred metres: in one district, and else.
NEAR, FAR = 30, 80


@dataclass(frozen=True, slots=True)
class Place:
    """What of a room makes it like another; ``where`` is the latitude and longitude of its venue, in degrees."""

    id: int
    path: str
    name: str
    capacity: int | None
    facilities: frozenset[str]
    venue: int
    district: int | None
    where: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be offered: in which room and when, in what it differs, and what that costs before anybody has judged it."""

    place: Place
    wall: WallSpan
    time: Interval
    change: Change
    cost: int

    @property
    def order(self) -> tuple[int, int, float, str, int]:
        """The one order in which all is offered, of equal cost: by change, later before earlier, by the room's path, longer first."""
        return self.cost, RANKS[self.change], -self.time.start.timestamp(), self.place.path, -self.time.minutes


def points(counted: Mapping[Term, int]) -> int:
    """What so many units of each term cost together."""
    return sum(POINTS[term] * count for term, count in counted.items())


def in_the_room(place: Place, wall: WallSpan) -> Iterator[Candidate]:
    """Other times in the room that was asked for; those that the clock skips are left out."""
    for step in range(1, STEPS + 1):
        for moved in (step * STEP, -step * STEP):
            yield from _candidate(place, wall, moved, moved, Change.TIME, {Term.MOVED: abs(moved) // timedelta(minutes=1)})
    for days in range(1, DAYS + 1):
        for moved in (timedelta(days=days), timedelta(days=-days)):
            yield from _candidate(place, wall, moved, moved, Change.WEEKDAY, {Term.DAYS: days})
    yield from _shorter(place, wall)


def _shorter(place: Place, wall: WallSpan) -> Iterator[Candidate]:
    length = wall.end - wall.start
    step = QUARTER * max(ceil(length / (PARTS * QUARTER)), 1)
    most = (length - max(SHORTEST, length / 2)) // step
    for begins in range(most + 1):
        for ends in range(most + 1 - begins):
            if begins or ends:
                lost = (begins + ends) * step // timedelta(minutes=1)
                yield from _candidate(place, wall, begins * step, -ends * step, Change.SHORTER, {Term.LOST: lost})


def _candidate(
    place: Place, wall: WallSpan, start: timedelta, end: timedelta, change: Change, counted: Mapping[Term, int]
) -> Iterator[Candidate]:
    moved = WallSpan(wall.start + start, wall.end + end, wall.zone, wall.second, wall.end_second)
    try:
        yield Candidate(place, moved, moved.interval(), change, points(counted))
    except Invalid:
        return


def difference(asked: Place, other: Place) -> dict[Term, int]:
    """In what another room is unlike the one that was asked for."""
    counted = {Term.ROOM: 1, Term.DISTANCE: distance(asked, other), Term.LACKING: len(asked.facilities - other.facilities)}
    if other.capacity is None:
        counted[Term.SIZE_UNKNOWN] = 1
    elif asked.capacity is not None:
        larger = max(asked.capacity, other.capacity, 1)
        counted[Term.SIZE] = 100 * abs(asked.capacity - other.capacity) // larger
    return counted


def distance(one: Place, other: Place) -> int:
    """Hundred metres between the venues of two rooms as the crow flies, begun ones counted, or what stands for it."""
    if one.venue == other.venue:
        return 0
    if one.where is None or other.where is None:
        return NEAR if one.district is not None and one.district == other.district else FAR
    return ceil(_metres(one.where, other.where) / 100)


@lru_cache(maxsize=100_000)
def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """On a sphere, by the haversine formula."""
    (north, east), (other_north, other_east) = (tuple(map(radians, where)) for where in (one, other))
    half = hypot(sin((other_north - north) / 2), sqrt(cos(north) * cos(other_north)) * sin((other_east - east) / 2))
    return 2 * EARTH_METRES * asin(min(half, 1.0))


def charged_more(ore: int, asked: int) -> int:
    """So many ten kroner dearer, begun ones counted; a lower price is no gain."""
    return max(-(-(ore - asked) // 1000), 0)
