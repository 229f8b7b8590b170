"""Undoing what one has just done, by the button that stands on every page as long as it can be undone."""

from collections.abc import Sequence

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts import edge
from booking.models import Booking, Occurrence, Undo
from booking.narrowing import offering
from booking.pages.blueprint import routes
from booking.pages.labels import ACTS
from booking.undo import last_act, own_acts, undo
from kernel.clock import now
from venues.models import Closure, Room, Venue
from web.formats import day_month
from web.hooks import Back
from web.pages import done
from web.texts import gettext as _

MOST_NAMED = 3


@routes.post("/acts/<int:number>/undoing")
def undo_act(number: int) -> ResponseReturnValue:
    """Make all as it was before an act of one's own."""
    undone = edge.transact(undo, number)
    act = f"{_called(undone)}: {_few([name for name, _href in _things(undone)])}"
    return done(_("Det er angret: «%(act)s». Alt er som rett før det ble gjort.", act=act), _place(undone.subject, undone.subject_id))


def way_back(subject: str, subject_id: int) -> Back | None:
    """The way back from the latest act on something, while it is open to this person."""
    act = last_act(edge.reading(), subject, subject_id, by=edge.actor(), now=now())
    return Back(_undoing(act), act.until) if act else None


def ways_back() -> Sequence[Back]:
    """The ways back from all that this person did and may still undo, newest first; two statements, one where there is nothing."""
    acts = own_acts(edge.reading(), by=edge.actor(), now=now()) if edge.actor().person_id else ()
    return [Back(_undoing(act), act.until, _called(act), _things(act)) for act in acts]


def _called(act: Undo) -> str:
    """What was done; where hours or a room's use were changed and nobody lost any time, that alone."""
    if act.subject == "closure" and edge.reading().get_one(Closure, act.subject_id).out_of_order:
        return _("Meldt ute av drift")
    meets_nobody = act.subject in ("venue", "room") and not act.before["bookings"]
    verb = "change" if meets_nobody else act.verb
    return _(ACTS.get(verb, ACTS["change"]))


def _undoing(act: Undo) -> str:
    return url_for("booking.undo_act", number=act.id)


def _things(act: Undo) -> list[tuple[str, str]]:
    """What was closed, the booking that an act was on, with its dates, or all that it met, else the venue or the room."""
    if act.subject == "closure":
        closure = edge.reading().get_one(Closure, act.subject_id)
        venue = edge.reading().get_one(Venue, closure.venue_id)
        where = edge.reading().get_one(Room, closure.room_id).whole_name if closure.room_id else venue.name
        return [(f"{where}, {day_month(closure.starts_at, venue.zone)}", _place(act.subject, act.subject_id))]
    if act.subject in ("venue", "room") and not act.before["bookings"]:
        row = offering(edge.reading(), act.subject, act.subject_id)
        return [(row.name, _place(act.subject, act.subject_id))]
    if act.subject == "booking":
        return [(", ".join([_reference(act.subject_id), *_days(act)]), _place(act.subject, act.subject_id))]
    names = [_reference(one["id"]) for one in act.before["bookings"]]
    return [(name, url_for("booking.case_page", reference=name)) for name in names]


def _few(names: Sequence[str]) -> str:
    named = ", ".join(names[:MOST_NAMED])
    return f"{named} {_('og %(num)s til', num=len(names) - MOST_NAMED)}" if len(names) > MOST_NAMED else named


def _reference(booking: int) -> str:
    return edge.reading().get_one(Booking, booking).reference


def _days(act: Undo) -> Sequence[str]:
    """The dates that an act on a booking was about, as they are now, the first few by name."""
    ids = [one["id"] for one in act.before["dates"]]
    theirs = select(Occurrence).where(Occurrence.id.in_(ids), Occurrence.booking_id == act.subject_id)
    dates = edge.reading().scalars(theirs.order_by(Occurrence.starts_at)).all() if ids else ()
    return [_few([day_month(date.local_start) for date in dates])] if dates else ()


def _place(subject: str, subject_id: int) -> str:
    session = edge.reading()
    match subject:
        case "closure":
            venue = session.get_one(Venue, session.get_one(Closure, subject_id).venue_id)
            return url_for("venues.closures_page", venue=venue.slug)
        case "organisation":
            return url_for("booking.release_page", organisation_id=subject_id)
        case "venue":
            return url_for("venues.outside_page", venue=session.get_one(Venue, subject_id).slug)
        case "room":
            room = session.get_one(Room, subject_id)
            return url_for("venues.outside_page", venue=room.venue.slug, room=room.slug)
        case _:
            return url_for("booking.case_page", reference=session.get_one(Booking, subject_id).reference)
