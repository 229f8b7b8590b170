"""The officer's desk: the inbox by deadline, the harmless granted together, and one search box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import ColumnElement, or_, select

from accounts import edge, queries
from accounts.identity import Actor
from accounts.personal import looks
from accounts.register.queries import open_reviews
from booking.cases import booking_seen
from booking.casework.charge import is_nobodys, is_of
from booking.casework.messages import noted, spoken_to
from booking.conditions.queries import withdrawable
from booking.displacing import sign_of
from booking.models import Booking
from booking.pages.blueprint import routes
from booking.pages.board import MOST, harmless, waiting
from booking.pages.rows import Wanted, rows
from booking.pages.undo import ways_back
from booking.preferring import Choice, prefer
from booking.references import normalised
from booking.states import BookingState
from booking.tasks import calls, finish, meeting, reports
from kernel.clock import now
from kernel.errors import Invalid, Refusal
from kernel.wallclock import to_wall
from web import problems
from web.formats import HOME_ZONE
from web.forms import Form, Input, parse, refused
from web.hooks import hooks
from web.pages import done
from web.texts import gettext as _
from web.texts import ngettext

MOST_FOUND = 50


class Batch(Input):
    """The requests that are to be granted, each with the version that was seen: ``BAKOLI-274:1``."""

    approve: Annotated[list[Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,20}:[0-9]{1,9}$")]], Field(min_length=1, max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one of several that were to be granted; no refusal when it was."""

    reference: str
    refusal: Refusal | None


@routes.get("/office")
def office() -> str:
    """Whom to call, what waits for a decision and for organisations, and whose time may be withdrawn.

    Broken promises come first, then the soonest deadline, and last what waits for its applicant.
    """
    edge.actor().require(edge.actor().is_staff, "officer")
    return _page(Form({}))


@routes.post("/office/approvals")
def approve_several() -> ResponseReturnValue:
    """Grant the requests that are ticked, each by itself: one that cannot be granted says why, the others go on."""
    edge.actor().require(edge.actor().is_staff, "officer")
    try:
        given = parse(Batch, request.form)
    except Invalid as refusal:
        return _page(refused(request.form, refusal.faults)), refusal.status
    answered = [_granted(*one.split(":")) for one in given.approve]
    failed = [one.refusal for one in answered if one.refusal]
    if failed:
        return _page(Form({}), answered), problems.status_of(failed[0])
    said = ngettext("%(num)d forespørsel er innvilget.", "%(num)d forespørsler er innvilget.", len(answered))
    return done(said, url_for("booking.office"), back=next(iter(ways_back()), None))


@routes.post("/office/tasks/<int:number>/completion")
def finish_task(number: int) -> ResponseReturnValue:
    """Say that somebody was called, or that what was said of a use was looked at."""
    edge.transact(finish, number)
    return done(_("Oppgaven er gjort."), url_for("booking.office"))


@routes.get("/office/search")
def search() -> ResponseReturnValue:
    """One box for a reference, a person, a telephone number, an organisation; a reference leads straight to its booking or complaint."""
    actor, session, wanted = edge.actor(), edge.reading(), request.args.get("q", "").strip()[:200]
    actor.require(actor.is_officer, "officer")
    reference = session.scalar(select(Booking.reference).where(Booking.reference == normalised(wanted))) if wanted else None
    if reference:
        return redirect(url_for("booking.case_page", reference=reference))
    if place := next(filter(None, (lead(wanted) for lead in hooks().lead)), None) if wanted else None:
        return redirect(place)
    people = queries.find_people(session, wanted, by=actor) if wanted else ()
    looks.shown(*(one.id for one in people))
    organisations = queries.find_organisations(session, wanted, by=actor) if wanted else ()
    held = or_(Booking.holder_id.in_([one.id for one in people]), Booking.organisation_id.in_([one.id for one in organisations]))
    found = (
        {ahead: rows(session, Wanted((held,), is_ahead=ahead, limit=MOST_FOUND), now=now()) for ahead in (True, False)} if wanted else {}
    )
    return render_template(
        "booking/search.html", form=Form(request.args), wanted=wanted, people=people, organisations=organisations, found=found
    )


def _of(actor: Actor, whose: str, today: date) -> ColumnElement[bool]:
    """All cases, those of the person, or those that nobody who may decide has taken."""
    match whose, actor.person_id:
        case "mine", int(person_id):
            return is_of(person_id, today)
        case "nobody", _:
            return is_nobodys()
        case _:
            return Booking.id.is_not(None)


def _granted(reference: str, version: str) -> Answered:
    """Grant one in a transaction of its own, as it was seen: with nobody else for its time."""
    try:
        booking = booking_seen(edge.reading(), reference, by=edge.actor())
        edge.transact(prefer, booking.id, Choice(version=int(version), seen=sign_of(())))
    except Refusal as refusal:
        return Answered(reference, refusal)
    return Answered(reference, None)


def _page(form: Form, answered: Sequence[Answered] = ()) -> str:
    actor, session = edge.actor(), edge.reading()
    today, whose = to_wall(now(), HOME_ZONE).date(), request.args.get("whose", "")
    listed = waiting(session, actor, _of(actor, whose, today), now=now())
    unconfirmed = (Booking.state == BookingState.UNCONFIRMED,) if actor.is_officer else ()
    others = rows(session, Wanted(unconfirmed, order=(Booking.confirm_by,), limit=MOST), now=now()) if unconfirmed else []
    late = withdrawable(session, today=today, now=now()) if actor.is_officer else {}
    spoken = spoken_to(session, [one.booking.id for one in listed])
    alone = harmless(session, listed, actor, now=now())
    to_read = {*spoken, *noted(session, [one.booking.id for one in alone])}
    held = rows(session, Wanted((Booking.id.in_(late),), is_ahead=True, limit=MOST), now=now()) if late else []
    to_call = calls(session, by=actor) if actor.is_officer else []
    looks.shown(*(one.person.id for one in to_call if one.person))
    return render_template(
        "booking/office.html",
        calls=to_call,
        reports=reports(session, by=actor),
        reviews=open_reviews(session, by=actor) if actor.is_officer else [],
        meetings=meeting(session, by=actor) if actor.is_officer else [],
        waiting=listed,
        spoken=spoken,
        whose=whose,
        harmless=[one for one in alone if one.booking.id not in to_read],
        to_read=[one.booking for one in alone if one.booking.id in to_read],
        answered=answered,
        unconfirmed=others,
        held=held,
        late=late,
        now=now(),
        actor=actor,
        form=form,
    )
