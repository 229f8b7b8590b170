"""Undoing what one has just done, by the button that stands on every page as long as it can be undone."""

from collections.abc import Sequence

from flask import url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from booking.models import Booking, Undo
from booking.narrowing import offering
from booking.pages.blueprint import routes
from booking.pages.labels import ACTS
from booking.undo import last_act, own_acts, undo
from kernel.clock import now
from venues.models import Closure, Room, Venue
from web.hooks import Back
from web.pages import done
from web.texts import gettext as _


@routes.post("/acts/<int:number>/undoing")
def undo_act(number: int) -> ResponseReturnValue:
    """Make all as it was before an act of one's own."""
    undone = edge.transact(undo, number)
    return done(_("Det er angret. Alt er som det var."), _place(undone.subject, undone.subject_id))


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
    meets_nobody = act.subject in ("venue", "room") and not act.before["bookings"]
    verb = "change" if meets_nobody else act.verb
    return _(ACTS.get(verb, ACTS["change"]))


def _undoing(act: Undo) -> str:
    return url_for("booking.undo_act", number=act.id)


def _things(act: Undo) -> list[tuple[str, str]]:
    """The booking that an act was on, or all that it met, else the venue or the room; the bookings were read when it was seen that they
    are as it left them."""
    if act.subject in ("venue", "room") and not act.before["bookings"]:
        row = offering(edge.reading(), act.subject, act.subject_id)
        return [(row.name, _place(act.subject, act.subject_id))]
    ids = [act.subject_id] if act.subject == "booking" else [one["id"] for one in act.before["bookings"]]
    names = [edge.reading().get_one(Booking, number).reference for number in ids]
    return [(name, url_for("booking.case_page", reference=name)) for name in names]


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
