"""Shown: a venue or room as its page shows it - readings, access, weeks of opening, closures, photos - in few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from venues.access import AccessAnswer, answers
from venues.models import Closure, OnSite, OpeningHours, Origin, Photo, Room, SchoolPeriod, Venue
from venues.opening import Openness
from venues.queries import photos_of, statements_about
from venues.statements import ACCESS, CAPACITY, SEATED, SOURCES, STANDING, UNKNOWN, Reading, Statement, capacity_reading, reading, readings

WEEK = 7
OF_ROOM = (
    CAPACITY,
    SEATED,
    STANDING,
    "facilities",
    "size_m",
    "area_m2",
    "spectators",
    "conduct",
    "condition",
    "price_note",
    "price_nok_per_hour",
)
OF_VENUE = ("address", "district", "built", "area_m2", "facilities", "daytime_users")
ALWAYS_OF_ROOM = (CAPACITY, "facilities")
ALWAYS_OF_VENUE = ("address", "district")
ELSEWHERE = {"name", "kind", "location", "entrance", "getting_in", "minutes_before", "follows_school_calendar", UNKNOWN, SOURCES}


@dataclass(frozen=True, slots=True)
class Window:
    """A line of a weekly table, in minutes of the local day."""

    from_minute: int
    to_minute: int
    openness: Openness


@dataclass(frozen=True, slots=True)
class Week:
    """A weekly table and its period; ``days`` are Monday to Sunday and, where it has a line, public holidays."""

    first_day: date | None
    last_day: date | None
    days: tuple[tuple[int, tuple[Window, ...]], ...]
    is_fictional: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a venue or room shows beside its columns; ``weeks`` are empty where nobody has stated hours.

    ``capacities`` are those of the venue's rooms by their id.
    """

    venue: Venue
    room: Room | None
    facts: tuple[Reading, ...]
    access: tuple[AccessAnswer, ...]
    weeks: tuple[Week, ...]
    has_own_hours: bool
    closures: tuple[Closure, ...]
    photos: tuple[Photo, ...]
    notes: tuple[str, ...]
    statements: tuple[Statement, ...]
    capacities: Mapping[int, Reading]

    def reading(self, key: str) -> Reading:
        return reading(self.statements, key)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(said.source for said in self.statements if said.source))


def room_shown(session: Session, room: Room, now: datetime) -> Shown:
    """All that is known of a room, for its page; four statements when room and venue are loaded."""
    said = statements_about(session, [room.venue_id])
    own, venues = said.get((room.venue_id, room.id), ()), said.get((room.venue_id, None), ())
    hours = _hours(session, room.venue_id)
    its_own = [row for row in hours if row.room_id == room.id]
    pictures = [photo for photo in photos_of(session, room.venue_id) if photo.room_id in (room.id, None)]
    return Shown(
        venue=room.venue,
        room=room,
        facts=tuple(_ordered(own, OF_ROOM, ALWAYS_OF_ROOM)),
        access=answers(own, venues),
        weeks=weeks(its_own or [row for row in hours if row.room_id is None]),
        has_own_hours=bool(its_own),
        closures=tuple(closed for closed in coming_closures(session, room.venue_id, now) if closed.room_id in (room.id, None)),
        photos=tuple(sorted(pictures, key=lambda photo: photo.room_id is None)),
        notes=_notes(own) + _notes(venues),
        statements=own,
        capacities={room.id: capacity_reading(own)},
    )


def venue_shown(session: Session, venue: Venue, now: datetime) -> Shown:
    """All that is known of a venue, for its page; four statements when the venue is loaded."""
    everything = statements_about(session, [venue.id])
    said = everything.get((venue.id, None), ())
    hours = [row for row in _hours(session, venue.id) if row.room_id is None]
    return Shown(
        venue=venue,
        room=None,
        facts=tuple(_ordered(said, OF_VENUE, ALWAYS_OF_VENUE)),
        access=answers(said),
        weeks=weeks(hours),
        has_own_hours=bool(hours),
        closures=tuple(coming_closures(session, venue.id, now)),
        photos=tuple(photos_of(session, venue.id)),
        notes=_notes(said),
        statements=said,
        capacities={room.id: capacity_reading(everything.get((venue.id, room.id), ())) for room in venue.rooms},
    )


def weeks(rows: Iterable[OpeningHours]) -> tuple[Week, ...]:
    """Rows of opening hours as weekly tables, the one that always holds first."""
    periods: dict[tuple[date | None, date | None], list[OpeningHours]] = {}
    for row in rows:
        periods.setdefault((row.first_day, row.last_day), []).append(row)
    ordered = sorted(periods.items(), key=lambda item: (item[0][0] or date.min, item[0][1] or date.max))
    return tuple(Week(*period, _days(several), any(row.origin is Origin.DEMO for row in several)) for period, several in ordered)


def contacts(session: Session, venue_id: int) -> Sequence[OnSite]:
    """Who answers at a venue, by weekday and hour."""
    return session.scalars(select(OnSite).where(OnSite.venue_id == venue_id).order_by(OnSite.weekday, OnSite.from_minute, OnSite.id)).all()


def coming_closures(session: Session, venue_id: int, now: datetime) -> Sequence[Closure]:
    """The closures of a venue and its rooms that are not over."""
    wanted = (Closure.venue_id == venue_id, Closure.withdrawn_at.is_(None), Closure.ends_at > now)
    return session.scalars(select(Closure).where(*wanted).order_by(Closure.starts_at, Closure.id)).all()


def school_periods(session: Session, venue_id: int | None, from_day: date) -> Sequence[SchoolPeriod]:
    """The school calendar from a day on: the municipality's (None) or a venue's own."""
    of_this = SchoolPeriod.venue_id.is_(None) if venue_id is None else SchoolPeriod.venue_id == venue_id
    return session.scalars(select(SchoolPeriod).where(of_this, SchoolPeriod.last_day >= from_day).order_by(SchoolPeriod.first_day)).all()


def _hours(session: Session, venue_id: int) -> Sequence[OpeningHours]:
    return session.scalars(select(OpeningHours).where(OpeningHours.venue_id == venue_id).order_by(OpeningHours.from_minute)).all()


def _days(rows: Sequence[OpeningHours]) -> tuple[tuple[int, tuple[Window, ...]], ...]:
    shown = [*range(WEEK), *([WEEK] if any(row.weekday == WEEK for row in rows) else [])]
    of_day = {day: [row for row in rows if row.weekday == day] for day in shown}
    return tuple((day, tuple(Window(row.from_minute, row.to_minute, row.openness) for row in of_day[day])) for day in shown)


def _ordered(said: Sequence[Statement], first: Sequence[str], always: Sequence[str]) -> Iterable[Reading]:
    """The readings in the order of their keys, then those of keys that are not known here."""
    found = [one for one in readings(said) if one.key not in ELSEWHERE and not one.key.startswith(ACCESS)]
    keys = {one.key for one in found}
    for key in first:
        if key in keys:
            yield from (one for one in found if one.key == key)
        elif key in always and not (key == CAPACITY and keys & {SEATED, STANDING}):
            yield Reading(key)
    yield from (one for one in found if one.key not in first)


def _notes(said: Sequence[Statement]) -> tuple[str, ...]:
    return tuple(reading(said, UNKNOWN).value or ())
