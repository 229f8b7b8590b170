"""The page of bookings ahead that a venue or room no longer offers, and the way there from what staff saved."""

from collections.abc import Sequence

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from kernel.clock import now
from venues.outside import BOOKINGS_OUTSIDE, FindOutside, Outside
from venues.pages.blueprint import routes
from venues.pages.guards import require_carer
from venues.scheduling import subject_of
from web.pages import done


@routes.get("/venues/<venue>/outside")
def outside_page(venue: str) -> str:
    """The dates ahead that lie outside of what the venue or, with ``?room=``, one of its rooms offers now."""
    room = request.args.get("room", "")
    place, one = subject_of(edge.reading(), venue, room)
    require_carer(place)
    return render_template("venues/outside.html", venue=place, room=one, dates=outside(venue, room))


def outside(venue: str, room: str) -> Sequence[Outside]:
    """What lies outside now."""
    find: FindOutside = current_app.extensions[BOOKINGS_OUTSIDE]
    session = edge.reading()
    return find(session, *subject_of(session, venue, room), now=now())


def done_unless_outside(message: str, onward: str, *, before: Sequence[Outside], venue: str, room: str) -> ResponseReturnValue:
    """On to the next page, or to the dates that lie outside since what was saved."""
    if set(outside(venue, room)) <= set(before):
        return done(message, onward)
    return done(message, url_for("venues.outside_page", venue=venue, room=room or None))
