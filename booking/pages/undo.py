"""Undoing what one has just done, by the button beside the message that says so."""

from flask import url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from booking.models import Booking
from booking.pages.blueprint import routes
from booking.undo import last_act, undo
from kernel.clock import now
from venues.models import Closure, Venue
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
    return Back(url_for("booking.undo_act", number=act.id), act.until) if act else None


def _place(subject: str, subject_id: int) -> str:
    session = edge.reading()
    match subject:
        case "closure":
            venue = session.get_one(Venue, session.get_one(Closure, subject_id).venue_id)
            return url_for("venues.closures_page", venue=venue.slug)
        case "organisation":
            return url_for("booking.release_page", organisation_id=subject_id)
        case _:
            return url_for("booking.case_page", reference=session.get_one(Booking, subject_id).reference)
