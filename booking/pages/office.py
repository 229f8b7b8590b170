"""The officer's desk: the inbox by deadline, and one search box."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, or_, select

from accounts import edge, queries
from accounts.identity import Actor
from booking.conditions.queries import withdrawable
from booking.models import Booking
from booking.pages.blueprint import routes
from booking.pages.rows import Wanted, rows
from booking.references import normalised
from booking.states import BookingState
from booking.tasks import calls, finish, reports
from kernel.clock import now
from kernel.wallclock import to_wall
from venues.models import Room
from web.formats import HOME_ZONE
from web.forms import Form
from web.pages import done
from web.texts import gettext as _

MOST = 100
MOST_FOUND = 50


@routes.get("/office")
def office() -> str:
    """Whom to call, what was said of uses, what waits for a decision or an organisation, soonest first, and who may lose their time."""
    actor, session = edge.actor(), edge.reading()
    actor.require(actor.is_staff, "officer")
    order = (Booking.decide_by.is_(None), Booking.decide_by, Booking.created_at)
    waiting = rows(session, Wanted((Booking.state == BookingState.REQUESTED, _decides(actor)), order=order, limit=MOST), now=now())
    unconfirmed = (Booking.state == BookingState.UNCONFIRMED,) if actor.is_officer else ()
    others = rows(session, Wanted(unconfirmed, order=(Booking.confirm_by,), limit=MOST), now=now()) if unconfirmed else []
    late = withdrawable(session, today=to_wall(now(), HOME_ZONE).date(), now=now()) if actor.is_officer else {}
    held = rows(session, Wanted((Booking.id.in_(late),), is_ahead=True, limit=MOST), now=now()) if late else []
    return render_template(
        "booking/office.html",
        calls=calls(session, by=actor) if actor.is_officer else [],
        reports=reports(session, by=actor),
        waiting=waiting,
        unconfirmed=others,
        held=held,
        late=late,
        now=now(),
        actor=actor,
        form=Form({}),
    )


@routes.post("/office/tasks/<int:number>/completion")
def finish_task(number: int) -> ResponseReturnValue:
    """Say that somebody was called, or that what was said of a use was looked at."""
    edge.transact(finish, number)
    return done(_("Oppgaven er gjort."), url_for("booking.office"))


@routes.get("/office/search")
def search() -> ResponseReturnValue:
    """One box for a reference, a person, a telephone number, an organisation; a reference leads straight to its booking."""
    actor, session, wanted = edge.actor(), edge.reading(), request.args.get("q", "").strip()[:200]
    actor.require(actor.is_officer, "officer")
    reference = session.scalar(select(Booking.reference).where(Booking.reference == normalised(wanted))) if wanted else None
    if reference:
        return redirect(url_for("booking.case_page", reference=reference))
    people = queries.find_people(session, wanted, by=actor) if wanted else ()
    organisations = queries.find_organisations(session, wanted, by=actor) if wanted else ()
    held = or_(Booking.holder_id.in_([one.id for one in people]), Booking.organisation_id.in_([one.id for one in organisations]))
    found = (
        {ahead: rows(session, Wanted((held,), is_ahead=ahead, limit=MOST_FOUND), now=now()) for ahead in (True, False)} if wanted else {}
    )
    return render_template(
        "booking/search.html", form=Form(request.args), wanted=wanted, people=people, organisations=organisations, found=found
    )


def _decides(actor: Actor) -> ColumnElement[bool]:
    """Officers see all that waits, caretakers what the policy leaves to them in their venues."""
    if actor.is_officer:
        return Booking.id.is_not(None)
    theirs = select(Room.id).where(Room.venue_id.in_(sorted(actor.venues)))
    return and_(Booking.decider == "caretaker", Booking.room_id.in_(theirs))
