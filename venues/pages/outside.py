"""The page of bookings ahead that a venue or room no longer offers, and the way there from what staff saved."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Annotated, Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from accounts import edge
from kernel.clock import now
from kernel.errors import Conflict, Invalid
from venues.models import Room, Venue
from venues.outside import ASK_AGAIN, BOOKINGS_OUTSIDE, FindOutside, Outside, Why
from venues.pages.blueprint import routes
from venues.pages.guards import require_carer
from venues.queries import subject_of
from web.forms import Form, Input, parse, refused
from web.hooks import hooks
from web.pages import done
from web.texts import gettext as _

DISPLACE_OUTSIDE = "displace_outside"


class Displacement(Input):
    """Why those outside lose their time, and the sign of who they are, once that was shown."""

    reason: Annotated[str, Field(min_length=1, max_length=400)]
    seen: Annotated[str, Field(max_length=40)] = ""


@routes.get("/venues/<venue>/outside")
def outside_page(venue: str) -> str:
    """The dates ahead that lie outside of what the venue or, with ``?room=``, one of its rooms offers now."""
    room = request.args.get("room", "")
    place, one = subject_of(edge.reading(), venue, room)
    require_carer(place)
    return _page(place, one, Form({}))


@routes.post("/venues/<venue>/outside/displacement")
def outside_displacement(venue: str) -> ResponseReturnValue:
    """Let those who cannot come lose their time, be told why and offered something else; who they are is shown first."""
    room = request.args.get("room", "")
    place, one = subject_of(edge.reading(), venue, room)
    require_carer(place)
    try:
        given = parse(Displacement, request.form)
        edge.transact(current_app.extensions[DISPLACE_OUTSIDE], venue, room, reason=given.reason, seen=given.seen)
    except Invalid as refusal:
        return Response(_page(place, one, refused(request.form, refusal.faults), seen=request.form.get("seen", "")), refusal.status)
    except Conflict as refusal:
        return Response(_page(place, one, Form(request.form), met=refusal.faults, seen=refusal.details["seen"]), refusal.status)
    onward, row = url_for("venues.outside_page", venue=venue, room=room or None), one or place
    return done(_("De får beskjed og tilbud om noe annet."), onward, back=hooks().undo(row.__tablename__, row.id))


def _page(venue: Venue, room: Room | None, form: Form, **shown: Any) -> str:
    dates = outside(venue.slug, room.slug if room else "")
    movable = [date for date in dates if date.why is not Why.CROWDED and date.starts_at > now()]
    return render_template("venues/outside.html", venue=venue, room=room, form=form, dates=dates, movable=movable, **shown)


def outside(venue: str, room: str) -> Sequence[Outside]:
    """What lies outside now."""
    find: FindOutside = current_app.extensions[BOOKINGS_OUTSIDE]
    session = edge.reading()
    return find(session, *subject_of(session, venue, room), now=now())


def asking_again(verb: Callable[..., Venue | Room]) -> Callable[..., Venue | Room]:
    """A verb on hours or on a room's use, by which those who stand in line may have their time now."""

    @wraps(verb)
    def both(session: Session, *given: Any, now: datetime, **more: Any) -> Venue | Room:
        changed, ask_again = verb(session, *given, now=now, **more), current_app.extensions.get(ASK_AGAIN)
        if ask_again:
            ask_again(session, changed, now=now)
        return changed

    return both


def done_unless_outside(message: str, onward: str, *, before: Sequence[Outside], venue: str, room: str) -> ResponseReturnValue:
    """On to the next page, or to the dates that lie outside since what was saved."""
    if set(outside(venue, room)) <= set(before):
        return done(message, onward)
    return done(message, url_for("venues.outside_page", venue=venue, room=room or None))
