"""Queries: venues and rooms by their names, and all that decides their opening, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from kernel.errors import Missing, refuse
from kernel.interval import Interval
from kernel.wallclock import local_day
from venues.models import Closure, District, Fact, Municipality, OpeningHours, Photo, Room, RoomSpace, SchoolPeriod, Venue
from venues.opening import ClosedSpan, Opening, SchoolSpan, WeeklyHours
from venues.settling import said
from venues.statements import Statement

NEAR = 3
# Put together once: every look at a room and every booking sends it.
ROOM_NAMED = (
    select(Room)
    .join(Venue)
    .where(Venue.slug == bindparam("venue_slug"), Room.slug == bindparam("room_slug"))
    .options(contains_eager(Room.venue).joinedload(Venue.district), joinedload(Room.spaces))
)
DAY = timedelta(days=1)


def municipality(session: Session) -> Municipality:
    """The municipality of this database; raises Missing (``no-municipality``) before the first import."""
    found: Municipality | None = session.scalar(select(Municipality))
    if found is None:
        raise refuse(Missing, "no-municipality")
    return found


def districts(session: Session) -> Sequence[District]:
    """All districts by name."""
    return session.scalars(select(District).order_by(District.name)).all()


def venues_in_use(session: Session) -> Sequence[Venue]:
    """All venues that are not retired, by name."""
    return session.scalars(select(Venue).where(Venue.retired_at.is_(None)).order_by(Venue.name)).all()


def venue_named(session: Session, slug: str, field: str = "venue") -> Venue:
    """The venue of a slug with its district, spaces and rooms.

    Raises Missing (``unknown-venue``) with the nearest slugs, at the ``field`` that names it.
    """
    parts = (joinedload(Venue.district), selectinload(Venue.spaces), selectinload(Venue.rooms).selectinload(Room.spaces))
    found = session.scalar(select(Venue).where(Venue.slug == slug).options(*parts))
    if found is None:
        raise refuse(
            Missing,
            "unknown-venue",
            field,
            slug,
            near=nearest(slug, session.scalars(select(Venue.slug).where(Venue.retired_at.is_(None)))),
        )
    return found


def subject_of(session: Session, venue: str, room: str) -> tuple[Venue, Room | None]:
    """The venue, and the room where one is named; raises Missing."""
    if room:
        found = room_at(session, f"{venue}/{room}")
        return found.venue, found
    return venue_named(session, venue), None


def room_named(session: Session, venue: str, room: str, field: str = "venue") -> Room:
    """The room of two slugs with its venue and spaces; raises Missing (``unknown-venue``, ``unknown-room``) with the nearest."""
    found: Room | None = session.scalars(ROOM_NAMED, {"venue_slug": venue, "room_slug": room}).unique().one_or_none()
    if found is None:
        there = venue_named(session, venue, field)
        raise refuse(
            Missing, "unknown-room", "room", f"{venue}/{room}", near=nearest(room, [one.slug for one in there.rooms]), venue=there.name
        )
    return found


def room_at(session: Session, path: str) -> Room:
    """The room of ``venue/room``, as the API and commands write it; raises Missing."""
    venue, _, room = path.strip("/").partition("/")
    return room_named(session, venue, room, "room")


def nearest(given: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names most like the given one; all of them when there are few."""
    known = sorted(names)
    return tuple(get_close_matches(given, known, n=NEAR, cutoff=0.7)) or tuple(known[:NEAR] if len(known) <= NEAR else ())


def statements_about(session: Session, venues: Iterable[int]) -> dict[tuple[int, int | None], tuple[Statement, ...]]:
    """What is said of the venues and their rooms, by venue id and room id (None: the venue itself); one statement."""
    found: dict[tuple[int, int | None], list[Fact]] = defaultdict(list)
    for fact in session.scalars(select(Fact).where(Fact.venue_id.in_(set(venues))).order_by(Fact.id)):
        found[fact.venue_id, fact.room_id].append(fact)
    return {key: said(facts) for key, facts in found.items()}


def photos_of(session: Session, venue_id: int) -> Sequence[Photo]:
    """The photos of a venue and its rooms, oldest first."""
    return session.scalars(select(Photo).where(Photo.venue_id == venue_id).order_by(Photo.id)).all()


def openings_of(session: Session, rooms: Iterable[Room], first: date, last: date) -> dict[int, Opening]:
    """What decides when each room can be used on the local dates from first to last, by room id.

    Three statements, four where single rooms are closed: a room is closed with every room that shares a space with
    it. The rooms' venues must be loaded, or each costs one statement more.
    """
    session.flush()
    asked = list(rooms)
    venues = {room.venue_id: room.venue for room in asked}
    hours = _hours(session, venues)
    closures = _closures(session, venues, first, last)
    school = _school(session, venues, first, last)
    sharing = _sharing(session, [room for _, room in closures if room is not None], asked)
    found: dict[int, Opening] = {}
    equal: dict[Opening, Opening] = {}
    for room in asked:
        opening = Opening(
            zone=room.venue.zone,
            hours=tuple(hours[room.venue_id, room.id] or hours[room.venue_id, None]),
            closures=tuple(span for closed in (*sharing[room.id], None) for span in closures[room.venue_id, closed]),
            school=tuple(school[None] + school[room.venue_id]),
            follows_school=room.venue.follows_school_calendar,
        )
        found[room.id] = equal.setdefault(opening, opening)
    return found


def _hours(session: Session, venues: Iterable[int]) -> dict[tuple[int, int | None], list[WeeklyHours]]:
    found: dict[tuple[int, int | None], list[WeeklyHours]] = defaultdict(list)
    for row in session.connection().execute(HOURS, {"venues": list(venues)}):
        found[row.venue_id, row.room_id].append(
            WeeklyHours(row.weekday, row.from_minute, row.to_minute, row.openness, row.first_day, row.last_day)
        )
    return found


def _closures(session: Session, venues: Iterable[int], first: date, last: date) -> dict[tuple[int, int | None], list[ClosedSpan]]:
    found: dict[tuple[int, int | None], list[ClosedSpan]] = defaultdict(list)
    # A day to each side, because the zones of the venues may differ.
    around = Interval(local_day(first - DAY, "UTC").start, local_day(last + DAY, "UTC").end)
    for row in session.connection().execute(CLOSURES, {"venues": list(venues), "from": around.start, "to": around.end}):
        found[row.venue_id, row.room_id].append(ClosedSpan(Interval(row.starts_at, row.ends_at), row.reason))
    return found


def _sharing(session: Session, closed: Sequence[int], asked: Sequence[Room]) -> dict[int, list[int]]:
    """For each room asked for, the closed rooms that have a space in common with it."""
    found: dict[int, list[int]] = defaultdict(list)
    if not closed:
        return found
    own, other = aliased(RoomSpace), aliased(RoomSpace)
    shared = select(own.room_id, other.room_id).join(other, own.space_id == other.space_id).distinct()
    wanted = shared.where(own.room_id.in_([room.id for room in asked]), other.room_id.in_(closed))
    for room, with_it in session.execute(wanted.order_by(own.room_id, other.room_id)):
        found[room].append(with_it)
    return found


def _school(session: Session, venues: Iterable[int], first: date, last: date) -> dict[int | None, list[SchoolSpan]]:
    found: dict[int | None, list[SchoolSpan]] = defaultdict(list)
    for row in session.connection().execute(PERIODS, {"venues": list(venues), "first": first, "last": last}):
        found[row.venue_id].append(SchoolSpan(row.first_day, row.last_day, row.name, row.kind, row.venue_id is None))
    return found


# Columns and not rows of the mapper, put together once: every booking and every search reads them.
AT_VENUES: BindParameter[Any] = bindparam("venues", expanding=True)
HOURS = (
    select(OpeningHours.venue_id, OpeningHours.room_id, OpeningHours.weekday, OpeningHours.from_minute, OpeningHours.to_minute)
    .add_columns(OpeningHours.openness, OpeningHours.first_day, OpeningHours.last_day)
    .where(OpeningHours.venue_id.in_(AT_VENUES))
    .order_by(OpeningHours.id)
)
CLOSURES = (
    select(Closure.venue_id, Closure.room_id, Closure.starts_at, Closure.ends_at, Closure.reason)
    .where(Closure.venue_id.in_(AT_VENUES), Closure.withdrawn_at.is_(None), Closure.out_of_order == "")
    .where(Closure.starts_at < bindparam("to"), Closure.ends_at > bindparam("from"))
    .order_by(Closure.starts_at, Closure.id)
)
PERIODS = (
    select(SchoolPeriod.venue_id, SchoolPeriod.first_day, SchoolPeriod.last_day, SchoolPeriod.name, SchoolPeriod.kind)
    .where(or_(SchoolPeriod.venue_id.is_(None), SchoolPeriod.venue_id.in_(AT_VENUES)))
    .where(SchoolPeriod.first_day <= bindparam("last"), SchoolPeriod.last_day >= bindparam("first"))
    .order_by(SchoolPeriod.first_day, SchoolPeriod.id)
)
