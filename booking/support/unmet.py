"""Unmet: what was sought in vain, counted by place, hour and reason for those who plan rooms; nobody is named."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Sought
from venues.models import District, Room, Venue

K = TypeVar("K", bound=tuple[Any, ...])
MOST_SHOWN = 25


class Place(NamedTuple):
    """The names of a district and a room; empty where none was sought or known."""

    district: str = ""
    room: str = ""


class Hour(NamedTuple):
    """A weekday (0 is Monday) and the hour of its day at which the wish begins; -1 where none was sought."""

    weekday: int = -1
    hour: int = -1


class Why(NamedTuple):
    """The code of what stood in the way."""

    code: str


class Wanted(NamedTuple):
    """One place, hour and reason together."""

    place: Place
    hour: Hour
    why: Why


@dataclass(frozen=True, slots=True)
class Unmet:
    """How many wishes found nothing, and how they spread, the most frequent first; a wish may have several reasons."""

    wishes: int
    places: Sequence[tuple[Place, int]]
    hours: Sequence[tuple[Hour, int]]
    reasons: Sequence[tuple[Why, int]]
    together: Sequence[tuple[Wanted, int]]


def unmet(session: Session, *, since: date, by: Actor) -> Unmet:
    """What was sought in vain from a date on, for officers; three queries."""
    by.require(by.is_officer, "officer")
    places = _places(session)
    query = select(Sought.room, Sought.district, Sought.weekday, Sought.from_minute, Sought.reasons).where(Sought.on_day >= since)
    wanted = [
        [Wanted(_place(places, room, district), _hour(weekday, minute), Why(code)) for code in reasons]
        for room, district, weekday, minute, reasons in session.execute(query)
    ]
    every = [one for group in wanted for one in group]
    return Unmet(
        wishes=len(wanted),
        places=_counted(group[0].place for group in wanted if group),
        hours=_counted(group[0].hour for group in wanted if group),
        reasons=_counted(one.why for one in every),
        together=_counted(every),
    )


def _places(session: Session) -> dict[str, Place]:
    """The names of districts by slug and of rooms by path; the two cannot be mixed up, for a path has a slash."""
    districts = {row.slug: Place(row.name) for row in session.execute(select(District.slug, District.name))}
    query = select(Venue.slug, Venue.name, Room.slug, Room.name, District.name).select_from(Room).join(Room.venue).outerjoin(Venue.district)
    rooms = {f"{venue}/{slug}": Place(district or "", f"{name}, {room}") for venue, name, slug, room, district in session.execute(query)}
    return districts | rooms


def _place(places: dict[str, Place], room: str, district: str) -> Place:
    return places.get(room or district) or Place(district, room)


def _hour(weekday: int | None, minute: int | None) -> Hour:
    return Hour(-1 if weekday is None else weekday, -1 if minute is None else minute // 60)


def _counted(found: Iterable[K]) -> Sequence[tuple[K, int]]:
    return sorted(Counter(found).items(), key=lambda counted: (-counted[1], counted[0]))[:MOST_SHOWN]
