"""The officer's desk: the inbox by deadline, a request beside its week and verdict, and one search box."""

from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, or_, select

from accounts import edge, queries
from accounts.identity import Actor
from booking.cases import booking_seen
from booking.lifecycle import WAITING
from booking.models import Booking
from booking.pages.blueprint import routes
from booking.pages.neighbours import asked, neighbours
from booking.pages.room import looking_at, monday_of
from booking.pages.rows import Wanted, rows
from booking.pages.told import told_booking
from booking.pages.week import week_of
from booking.references import normalised
from booking.states import BookingState
from kernel.clock import now
from venues.models import Room
from web import language
from web.forms import Form

WEEK = timedelta(days=7)
MOST = 100
MOST_FOUND = 50


@routes.get("/office")
def office() -> str:
    """What waits for a decision, soonest deadline first, and what waits for organisations."""
    actor, session = edge.actor(), edge.reading()
    actor.require(actor.is_staff, "officer")
    order = (Booking.decide_by.is_(None), Booking.decide_by, Booking.created_at)
    waiting = rows(session, Wanted((Booking.state == BookingState.REQUESTED, _decides(actor)), order=order, limit=MOST), now=now())
    unconfirmed = (Booking.state == BookingState.UNCONFIRMED,) if actor.is_officer else ()
    others = rows(session, Wanted(unconfirmed, order=(Booking.confirm_by,), limit=MOST), now=now()) if unconfirmed else []
    return render_template("booking/office.html", waiting=waiting, unconfirmed=others, now=now(), actor=actor, form=Form({}))


@routes.get("/office/requests/<reference>")
def request_page(reference: str) -> str:
    """A request beside the room's week, what the policy says of it, and whom it meets."""
    actor, session = edge.actor(), edge.reading()
    actor.require(actor.is_staff, "officer")
    booking = booking_seen(session, reference, by=actor)
    told = told_booking(session, booking, by=actor, language=language.choose(), now=now())
    met = neighbours(session, booking, now=now())
    first = next((date for date in booking.occurrences if date.state in WAITING), booking.occurrences[0])
    monday = monday_of(request.args.get("week", ""), first.local_start.date())
    looking = looking_at(first.room)
    return render_template(
        "booking/request.html",
        booking=booking,
        told=told,
        met=met,
        monday=monday,
        sunday=monday + WEEK - timedelta(days=1),
        grid=week_of(session, first.room, monday, looking, also=asked(booking, met)),
        previous=_week(booking, monday - WEEK),
        following=_week(booking, monday + WEEK),
        room=first.room,
        form=Form({}),
        now=now(),
        actor=actor,
    )


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


def _week(booking: Booking, monday: date) -> str:
    return url_for("booking.request_page", reference=booking.reference, week=monday.isoformat(), _anchor="week")
