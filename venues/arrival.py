"""Arrival: how the holder of a time gets in - which entrance, from when, who is on site, which number answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is on site, or answers the telephone, in a window of a weekday, in minutes of the local day."""

    weekday: int
    from_minute: int
    to_minute: int
    role: str
    phone: str
    is_present: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the holder of one time needs to know; ``on_site`` are those present while it lasts, ``answers`` the number
    to call at that hour (None when none is known)."""

    entrance: str
    getting_in: str
    opens_at: datetime
    on_site: tuple[Watch, ...]
    answers: Watch | None


@dataclass(frozen=True, slots=True)
class Door:
    """A venue as arrival knows it; ``fallback`` is the municipality's own telephone, for hours without a watch."""

    entrance: str
    getting_in: str
    minutes_before: int
    watches: tuple[Watch, ...]
    fallback: str
    fallback_role: str


def arrival_for(door: Door, start: datetime, end: datetime) -> Arrival:
    """How one gets in for the wall-clock time from ``start`` to ``end``."""
    during = tuple(_during(door.watches, start, end))
    present = tuple(watch for watch in during if watch.is_present)
    at_start = tuple(_during(door.watches, start, start + timedelta(minutes=1)))
    answering = next((watch for watch in (*at_start, *during) if watch.phone), None)
    if answering is None and door.fallback:
        answering = Watch(start.weekday(), 0, MINUTES_OF_DAY, door.fallback_role, door.fallback, is_present=False)
    opens_at = start - timedelta(minutes=door.minutes_before)
    return Arrival(door.entrance, door.getting_in, opens_at, present, answering)


def _during(watches: Iterable[Watch], start: datetime, end: datetime) -> Iterator[Watch]:
    """The watches that overlap the time, in the order they begin; those of the first day before those of the next."""
    day = start.replace(hour=0, minute=0)
    while day < end:
        first, last = (start - day) // timedelta(minutes=1), (end - day) // timedelta(minutes=1)
        todays = [watch for watch in watches if watch.weekday == day.weekday()]
        yield from sorted((watch for watch in todays if watch.from_minute < last and first < watch.to_minute), key=_begin)
        day += timedelta(days=1)


def _begin(watch: Watch) -> tuple[int, int, str]:
    return watch.from_minute, watch.to_minute, watch.role
