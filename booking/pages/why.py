"""The page that tells why a room is taken, closed or free at a moment, and how that came about."""

from datetime import datetime

from flask import render_template, request

from accounts import edge
from booking.pages.blueprint import routes
from booking.pages.happened import answers, told_room
from booking.why import why
from kernel.clock import now
from kernel.errors import Invalid, refuse
from kernel.wallclock import to_utc, to_wall
from venues.queries import room_named


@routes.get("/rooms/<venue>/<room>/why")
def why_page(venue: str, room: str) -> str:
    """How it is with a room at a moment of its own clock, past or coming; now when none is asked for."""
    found = room_named(edge.reading(), venue, room)
    zone = found.venue.zone
    wall = local_moment(request.args["at"]) if request.args.get("at") else to_wall(now(), zone)
    told = why(edge.reading(), found, to_utc(wall, zone, field="at"), by=edge.actor(), now=now())
    return render_template("booking/why.html", room=found, wall=wall, why=told, answers=answers(told), lines=told_room(told))


def local_moment(text: str) -> datetime:
    """A wall-clock time as an address or a command says it; raises Invalid (``bad-local-time``)."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise refuse(Invalid, "bad-local-time", "at", text) from None
    if wall.tzinfo is not None:
        raise refuse(Invalid, "unwanted-offset", "at", text)
    return wall
