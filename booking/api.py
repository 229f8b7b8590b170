"""The API of bookings: dry run, booking, decisions, cancellation, moving, availability and closures."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from flask import Flask
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, StrictBool, StringConstraints
from sqlalchemy.orm import Session

from accounts.edge import actor, reading, transact
from accounts.identity import Actor
from booking import absence, decisions, ending, moving, offers
from booking.ahead import bookings_ahead
from booking.availability import Availability, AvailabilityQuery, availability
from booking.cases import booking_shown
from booking.casework import messages
from booking.casework.shown import ShownMessage, ShownMessages, shown_messages
from booking.closures import Closing, affected, close_rooms, displace_outside, open_again
from booking.edge import book, instead_of
from booking.models import Booking
from booking.outside import bookings_outside
from booking.reservations import preview
from booking.shown import ShownBooking, ShownVerdict, shown_booking, shown_preview
from booking.wish import Wish
from kernel.clock import now as clock_now
from policies.ahead import BOOKINGS_AHEAD
from venues.inputs import ClosureInput
from venues.outside import BOOKINGS_OUTSIDE
from venues.queries import room_at, venue_named
from web.api import Answer, Api, expected_version, idempotency_key
from web.fields import Local

api = Api("bookings", __name__)


class Body(BaseModel):
    """A body in which nothing unknown may stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(Body):
    """Why a request is refused, as its holder will read it."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Cancellation(Body):
    """Why, which the holder is told; officers may ask for no fee, and say why."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    without_fee: StrictBool = False


class Approval(Body):
    """A word to the holder; ``grounds`` are asked for where the request asks for exceptions."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    grounds: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class Saying(Body):
    """What is said to the other side; staff may ask a question that must be answered, or note what stays in the office."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=messages.LONGEST)]
    kind: Literal["message", "question", "note"] = "message"


class Change(Body):
    """Another time or room for one date."""

    scope: Literal["one"] = "one"
    number: int = Field(ge=1)
    start: Local
    end: Local
    room: Annotated[str, StringConstraints(max_length=170)] | None = None


class ClosureBody(Body):
    """A venue or a room of it is closed in its own wall-clock time, or what is ``out_of_order`` in it; ``dry_run`` only tells
    whom it meets, ``cancel_affected`` lets them lose their time."""

    start: NaiveDatetime
    end: NaiveDatetime
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    room: Annotated[str, StringConstraints(max_length=80)] | None = None
    dry_run: bool = True
    cancel_affected: bool = False
    out_of_order: Annotated[str, StringConstraints(max_length=80)] = ""


class ShownClosure(BaseModel):
    """What was closed, or would be: the references of the bookings that it meets."""

    closed: bool
    affected: list[str]


@api.operation("POST", "/verdicts", body=Wish, answers={200: ShownVerdict}, public=True)
def verdict(body: Wish) -> ShownVerdict:
    """Try a wish: verdict, conflicts and price per date, and what to take instead; nothing is booked."""
    found = preview(reading(), body, by=actor(), now=clock_now())
    lost = next((date.judged.wall for date in found.dates if not date.is_kept and date.judged.fault is None), None)
    return shown_preview(found, instead_of(found.case, lost) if lost else ())


@api.operation("POST", "/bookings", body=Wish, answers={201: ShownBooking}, idempotent=True)
def make(body: Wish) -> Answer:
    """Book a room, or put a request forward, once or as a series."""
    made = ShownBooking.model_validate(book(body, key=idempotency_key()))
    return Answer(made, 201, {"Location": f"/api/v1/bookings/{made.id}"}, etag=str(made.version))


@api.operation("GET", "/bookings/<int:booking_id>", answers={200: ShownBooking})
def show(booking_id: int) -> Answer:
    """One booking with its dates."""
    return _answer(shown_booking(booking_shown(reading(), booking_id, by=actor())))


@api.operation("PATCH", "/bookings/<int:booking_id>", body=Change, answers={200: ShownBooking}, versioned=True)
def change(booking_id: int, body: Change) -> Answer:
    """Move one date of a booking."""
    moved = {"start": body.start, "end": body.end, "room": body.room, "version": expected_version()}
    return _answer(transact(_shown, moving.move, booking_id, body.number, **moved))


@api.operation("POST", "/bookings/<int:booking_id>/cancellation", body=Cancellation, answers={200: ShownBooking})
def cancel(booking_id: int, body: Cancellation) -> Answer:
    """Cancel all dates that lie ahead, for what that costs."""
    return _answer(transact(_shown, ending.cancel, booking_id, **body.model_dump()))


@api.operation("POST", "/bookings/<int:booking_id>/occurrences/<int:number>/cancellation", body=Cancellation, answers={200: ShownBooking})
def cancel_date(booking_id: int, number: int, body: Cancellation) -> Answer:
    """Cancel one date, for what that costs."""
    return _answer(transact(_shown, ending.cancel, booking_id, number=number, **body.model_dump()))


@api.operation("POST", "/bookings/<int:booking_id>/occurrences/<int:number>/absence", answers={200: ShownBooking})
def note_absence(booking_id: int, number: int) -> Answer:
    """Note that nobody came to a date."""
    return _answer(transact(_shown, absence.note_absence, booking_id, number))


@api.operation("POST", "/bookings/<int:booking_id>/occurrences/<int:number>/absence/withdrawal", answers={200: ShownBooking})
def withdraw_absence(booking_id: int, number: int) -> Answer:
    """Take back that nobody came to a date."""
    return _answer(transact(_shown, absence.withdraw_absence, booking_id, number))


@api.operation("POST", "/bookings/<int:booking_id>/confirmation", answers={200: ShownBooking})
def confirm(booking_id: int) -> Answer:
    """Stand by a request made in the organisation's name."""
    return _answer(transact(_shown, decisions.confirm, booking_id))


@api.operation("POST", "/bookings/<int:booking_id>/approval", body=Approval, answers={200: ShownBooking})
def approve(booking_id: int, body: Approval) -> Answer:
    """Grant a request, with the exceptions that it asks for."""
    return _answer(transact(_shown, decisions.approve, booking_id, note=body.note, grounds=body.grounds))


@api.operation("POST", "/bookings/<int:booking_id>/refusal", body=Reason, answers={200: ShownBooking})
def decline(booking_id: int, body: Reason) -> Answer:
    """Refuse a request with a reason."""
    return _answer(transact(_shown, decisions.decline, booking_id, reason=body.reason))


@api.operation("GET", "/bookings/<int:booking_id>/messages", answers={200: ShownMessages})
def show_messages(booking_id: int) -> ShownMessages:
    """What was said about a booking, oldest first; notes of the office for the office alone."""
    booking = booking_shown(reading(), booking_id, by=actor())
    return shown_messages(reading(), messages.messages_of(reading(), booking, by=actor()))


@api.operation("POST", "/bookings/<int:booking_id>/messages", body=Saying, answers={201: ShownMessage})
def say(booking_id: int, body: Saying) -> Answer:
    """Say something about a booking to the other side, answer what was asked, or note it."""
    return Answer(transact(_said, booking_id, body), 201)


@api.operation("POST", "/offers/<int:offer_id>/acceptance", answers={200: ShownBooking})
def accept_offer(offer_id: int) -> Answer:
    """Take what is offered for a date that waits or was displaced."""
    return _answer(transact(_shown, offers.accept, offer_id))


@api.operation("POST", "/offers/<int:offer_id>/refusal", answers={200: ShownBooking})
def decline_offer(offer_id: int) -> Answer:
    """Say no to what is offered."""
    return _answer(transact(_shown, offers.decline, offer_id))


@api.operation("GET", "/availability", query=AvailabilityQuery, answers={200: Availability}, public=True)
def free_times(query: AvailabilityQuery) -> Availability:
    """Rooms that fit: their free times, soonest first; with a recurrence, per date."""
    return availability(reading(), query, now=clock_now())


@api.operation("POST", "/venues/<venue>/closures", body=ClosureBody, answers={200: ShownClosure})
def close_venue(venue: str, body: ClosureBody) -> ShownClosure:
    """Close a venue or a room of it, after a look at whom that meets."""
    return transact(_closed, venue, body)


def _closed(session: Session, venue: str, body: ClosureBody, *, by: Actor, now: datetime) -> ShownClosure:
    place = venue_named(session, venue)
    by.require(by.is_officer or by.is_caretaker_of(place.id), "caretaker")
    given = ClosureInput(room=body.room or "", start=body.start, end=body.end, reason=body.reason, out_of_order=body.out_of_order)
    room = room_at(session, f"{venue}/{body.room}") if body.room else None
    closing = Closing(venue=place, room=room, given=given)
    met = [date for date in affected(session, closing, now=now) if closing.needs_it(date)]
    references = sorted({date.booking.reference for date in met})
    if not body.dry_run:
        close_rooms(session, venue, given, confirmed=body.cancel_affected, by=by, now=now)
    return ShownClosure(closed=not body.dry_run, affected=references)


def _said(session: Session, booking_id: int, body: Saying, *, by: Actor, now: datetime) -> ShownMessage:
    if body.kind == "note":
        said = messages.note(session, booking_id, body.text, by=by, now=now)
    else:
        said = messages.write(session, booking_id, body.text, must_answer=body.kind == "question", by=by, now=now)
    return shown_messages(session, [said]).items[0]


def _shown(session: Session, verb: Callable[..., Booking], *args: object, by: Actor, now: datetime, **kwargs: object) -> ShownBooking:
    return shown_booking(verb(session, *args, by=by, now=now, **kwargs))


def _answer(shown: ShownBooking) -> Answer:
    return Answer(shown, etag=str(shown.version))


def install(app: Flask) -> None:
    """Serve the API of bookings; let the pages of venues close rooms by the verb that ends what it meets and tell what lies
    outside, and those of policies tell what lies ahead.
    """
    app.extensions["close_rooms"] = close_rooms
    app.extensions["open_rooms"] = open_again
    app.extensions["displace_outside"] = displace_outside
    app.extensions[BOOKINGS_OUTSIDE] = bookings_outside
    app.extensions[BOOKINGS_AHEAD] = bookings_ahead
    app.register_blueprint(api)
