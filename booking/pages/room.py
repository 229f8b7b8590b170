"""The page of a room: facts, its week, the price and the rules, before anybody signs in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for

from accounts import edge
from booking.pages.blueprint import routes
from booking.pages.rules import told
from booking.pages.week import Looking, week_of
from kernel.clock import now
from kernel.errors import Invalid
from kernel.wallclock import parse_day, to_wall
from policies.queries import in_force
from venues.models import Room
from venues.queries import municipality, room_named
from venues.shown import room_shown

USUAL = timedelta(hours=2)
WEEK = timedelta(days=7)
FURTHEST = timedelta(days=800)


@routes.get("/rooms/<venue>/<room>")
def room_page(venue: str, room: str) -> str:
    """A room's facts, week, price and rules."""
    session, actor = edge.reading(), edge.actor()
    found = room_named(session, venue, room)
    today = to_wall(now(), found.venue.zone).date()
    monday = monday_of(request.args.get("week", ""), today)
    return render_template(
        "booking/room.html",
        room=found,
        shown=room_shown(session, found, now()),
        told=told(in_force(session, found, today, today), today),
        monday=monday,
        sunday=monday + WEEK - timedelta(days=1),
        today=today,
        grid=week_of(session, found, monday, looking_at(found)),
        previous=_week(found, monday - WEEK) if actor.is_staff or monday > today else "",
        following=_week(found, monday + WEEK) if monday - today < FURTHEST else "",
        may_edit=actor.is_officer,
        home=municipality(session),
        feed=url_for("feeds.room", venue=venue, slug=room, form="ics"),
    )


def looking_at(room: Room) -> Looking:
    """How whoever asks sees a room's week now."""
    actor = edge.actor()
    why = why_of(room) if actor.is_officer or actor.is_caretaker_of(room.venue_id) else None
    return Looking(actor, now(), booking_of(room), lambda reference: url_for("booking.case_page", reference=reference), why)


def why_of(room: Room) -> Callable[[datetime], str]:
    """The address of how a time of a room came to be taken or closed."""
    return lambda start: url_for("booking.why_page", venue=room.venue.slug, room=room.slug, at=f"{start:%Y-%m-%dT%H:%M}")


def booking_of(room: Room) -> Callable[[datetime, datetime], str]:
    """The address of the form for a free time, at most two hours of it to begin with."""

    def address(start: datetime, end: datetime) -> str:
        until = min(end, start + USUAL)
        time: dict[str, Any] = {"date": f"{start:%Y-%m-%d}", "from": f"{start:%H:%M}", "to": f"{until:%H:%M}"}
        return url_for("booking.book_form", venue=room.venue.slug, room=room.slug, **time)

    return address


def monday_of(written: str, today: date) -> date:
    """The Monday of the week of a date as an address says it, of today when it says none that can be read."""
    try:
        day = parse_day(written, "week") if written else today
    except Invalid:
        day = today
    return day - timedelta(days=day.weekday())


def _week(room: Room, monday: date) -> str:
    return url_for("booking.room_page", venue=room.venue.slug, room=room.slug, week=monday.isoformat(), _anchor="week")
