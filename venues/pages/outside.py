"""The page of bookings ahead that a venue or room no longer offers, and the way there from what staff saved."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Annotated, Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from werkzeug.datastructures import MultiDict

from accounts import edge
from kernel.clock import now
from kernel.errors import Conflict, Fault, Invalid
from venues.models import Room, Venue
from venues.outside import BOOKINGS_OUTSIDE, NARROW, FindOutside, Outside, Why
from venues.pages.blueprint import routes
from venues.pages.guards import require_carer
from venues.queries import subject_of
from web.forms import Form, Input, parse, refused
from web.hooks import hooks
from web.pages import done
from web.texts import gettext as _

DISPLACE_OUTSIDE = "displace_outside"
# What the page of whom a change puts outside says beside the change.
DECIDING = {"then", "reason"}


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
    find: FindOutside = current_app.extensions[BOOKINGS_OUTSIDE]
    dates: Sequence[Outside] = find(edge.reading(), venue, room, now=now())
    movable = [date for date in dates if date.why is not Why.CROWDED and date.starts_at > now()]
    return render_template("venues/outside.html", venue=venue, room=room, form=form, dates=dates, movable=movable, **shown)


def save(
    change: Callable[..., Venue | Room], venue: str, room: str, message: str, onward: str, *, form: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue:
    """Change hours, a capacity or a use, and go on; whom that puts outside is shown first, by a page that sends the same once more
    with what becomes of them, or leads back to the ``form`` as it was typed."""
    then, seen = request.form.get("then"), request.args.get("confirmed", "")
    if then == "back":
        return form()
    answer, reason = Form(request.form), None
    if then == "displace":
        try:
            reason = parse(Displacement, MultiDict({"reason": request.form.get("reason", "")})).reason
        except Invalid as refusal:
            answer, seen = refused(request.form, refusal.faults), ""
    try:
        changed = edge.transact(current_app.extensions[NARROW], change, venue, room, seen=seen, reason=reason)
    except Conflict as refusal:
        if "seen" not in refusal.details:
            raise
        return _question(venue, room, answer, refusal)
    if reason is not None:
        message += " " + _("De som mistet tid, får beskjed om to minutter, med tilbud om noe annet.")
    elif seen:
        onward = url_for("venues.outside_page", venue=venue, room=room or None)
    return done(message, onward, back=hooks().undo(changed.__tablename__, changed.id))


def said() -> MultiDict[str, str]:
    """What a form says of the hours or the room, without what becomes of those outside."""
    return MultiDict(pair for pair in request.form.items(multi=True) if pair[0] not in DECIDING)


def _question(venue: str, room: str, form: Form, refusal: Conflict) -> Response:
    place, one = subject_of(edge.reading(), venue, room)
    address: dict[str, Any] = {**(request.view_args or {}), **request.args, "confirmed": refusal.details["seen"]}
    again = url_for(request.endpoint or "", **address)
    kept = [pair for pair in said().items(multi=True) if pair[0] != "csrf_token"]
    bookings = [list(dates) for _reference, dates in groupby(sorted(refusal.faults, key=_reference), key=_reference)]
    context = {"venue": place, "room": one, "form": form, "bookings": bookings, "again": again, "said": kept}
    return Response(render_template("venues/narrowing.html", **context), status=422 if form.faults else refusal.status)


def _reference(fault: Fault) -> str:
    return str(fault.facts["reference"])
