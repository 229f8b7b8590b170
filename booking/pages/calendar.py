"""The calendar: all rooms of a venue by day and a room by week, what a shared part keeps from them included."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import edge
from accounts.identity import Actor, Role
from booking.ordinary import places_on
from booking.pages.blueprint import routes
from booking.pages.room import FURTHEST, looking_at, monday_of
from booking.pages.week import DAY, Held, held_in, slots_on, week_of
from kernel.clock import now
from kernel.errors import Invalid
from kernel.texts import order_of
from kernel.wallclock import local_day, parse_day, to_wall
from venues.models import Room, Venue
from venues.queries import room_named, venue_named
from web.formats import HOME_ZONE
from web.weekgrid import Line, SlotState, WeekGrid, grid_of

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked date of a day, for the list that says the same as the grid; ``blocks`` are the rooms that it keeps others from."""

    span: tuple[datetime, datetime]
    room: str
    held: Held
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The rooms of a venue on a day, as a grid and as a list."""

    grid: WeekGrid
    entries: tuple[Entry, ...]


@routes.get("/office/calendar")
def calendar() -> str:
    """For staff: the rooms of one of their venues on a day, or one of its rooms in the week of that day."""
    actor = edge.actor()
    actor.require(actor.is_officer or Role.CARETAKER in actor.roles, "caretaker")
    mine = venues_of(edge.reading(), actor)
    today = to_wall(now(), HOME_ZONE).date()
    day, chosen = day_of(request.args.get("day", ""), today), request.args.get("venue", "")
    venue = next((venue for venue in mine if venue.slug == chosen), mine[0] if mine else None)
    if venue is None:
        return render_template("booking/calendar.html", venues=(), venue=None, day=day)
    room = request.args.get("room", "")
    return _room_week(venue, room, day, mine) if room else _venue_day(venue, day, mine)


@routes.get("/venues/<venue>/days")
def venue_days(venue: str) -> str:
    """For everybody: the rooms of a venue on a day, told as the public may read it."""
    found = venue_named(edge.reading(), venue)
    return _venue_day(found, day_of(request.args.get("day", ""), to_wall(now(), found.zone).date()))


def venues_of(session: Session, actor: Actor) -> Sequence[Venue]:
    """A caretaker's own venues, all of them for officers."""
    query = select(Venue).where(Venue.retired_at.is_(None))
    found = session.scalars(query if actor.is_officer else query.where(Venue.id.in_(sorted(actor.venues))))
    return sorted(found, key=lambda venue: order_of(venue.name))


def day_of(written: str, today: date) -> date:
    """The day as an address says it, today when it says none that can be read."""
    try:
        return parse_day(written, "day") if written else today
    except Invalid:
        return today


def venue_day(session: Session, rooms: Sequence[Room], day: date, to: Mapping[int, str]) -> Day:
    """The rooms on a day, each leading to an address; five statements, one more where rooms are closed."""
    places = places_on(session, rooms, [day])
    held = held_in(session, rooms, local_day(day, rooms[0].venue.zone), looking_at) if rooms else {}
    lines = [Line(day, slots_on(day, places[room.id], held[room.id], looking_at(room)), room.name, to[room.id]) for room in rooms]
    return Day(grid_of(lines), tuple(sorted(_entries(rooms, held), key=lambda one: (one.span, one.room))))


def _entries(rooms: Sequence[Room], held: Mapping[int, Sequence[Held]]) -> Iterator[Entry]:
    """Each booked date once, in its own room where that is among these."""
    dates: dict[int, list[tuple[Room, Held]]] = {}
    for room in rooms:
        for one in held[room.id]:
            dates.setdefault(one.date, []).append((room, one))
    for found in dates.values():
        (room, one), *others = sorted(found, key=lambda pair: pair[1].is_through)
        span = (to_wall(one.time.start, room.venue.zone), to_wall(one.time.end, room.venue.zone))
        yield Entry(span, room.name, one, tuple(other.name for other, _held in others))


def _venue_day(venue: Venue, day: date, venues: Sequence[Venue] = ()) -> str:
    session, public, today = edge.reading(), not venues, to_wall(now(), venue.zone).date()
    rooms = [room for room in venue_named(session, venue.slug).rooms if room.retired_at is None and room.spaces]

    def at(other: date) -> str:
        return url_for("booking.venue_days" if public else "booking.calendar", venue=venue.slug, day=other.isoformat())

    def week(room: Room) -> str:
        if public:
            return url_for("booking.room_page", venue=venue.slug, room=room.slug, week=day.isoformat(), _anchor="week")
        return url_for("booking.calendar", venue=venue.slug, room=room.slug, day=day.isoformat())

    return render_template(
        "booking/calendar.html",
        venues=venues,
        venue=venue,
        day=day,
        today=today,
        told=venue_day(session, rooms, day, {room.id: week(room) for room in rooms}),
        held=SlotState.HELD,
        previous=at(day - DAY) if day > today or not public else "",
        following=at(day + DAY) if day - today < FURTHEST else "",
        at_today=at(today),
    )


def _room_week(venue: Venue, slug: str, day: date, venues: Sequence[Venue]) -> str:
    room, monday = room_named(edge.reading(), venue.slug, slug), monday_of("", day)

    def at(other: date) -> str:
        return url_for("booking.calendar", venue=venue.slug, room=slug, day=other.isoformat())

    return render_template(
        "booking/calendar.html",
        venues=venues,
        venue=venue,
        room=room,
        day=day,
        monday=monday,
        sunday=monday + 6 * DAY,
        grid=week_of(edge.reading(), room, monday, looking_at(room)),
        previous=at(monday - WEEK),
        following=at(monday + WEEK),
        whole_day=url_for("booking.calendar", venue=venue.slug, day=day.isoformat()),
    )
