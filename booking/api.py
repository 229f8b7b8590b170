"""The API of bookings: dry run, booking, decisions, cancellation, moving, availability and closures."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from flask import Flask
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints
from sqlalchemy.orm import Session

from accounts.edge import actor, reading, transact
from accounts.identity import Actor
from accounts.personal import looks
from booking import absence, adding, decisions, ending, offers, splitting
from booking import undo as undoing
from booking.ahead import bookings_ahead
from booking.alternatives import instead_of
from booking.availability import Availability, AvailabilityQuery, availability
from booking.cases import booking_shown
from booking.casework import messages
from booking.casework.shown import ShownMessage, ShownMessages, shown_messages
from booking.changing import Change, Said, change
from booking.closures import Closing, affected, close_rooms, open_again
from booking.edge import accepted, accepted_all, book
from booking.models import Booking
from booking.narrowing import displace_outside, narrow
from booking.outside import bookings_outside
from booking.preferring import Choice, prefer
from booking.public import Public
from booking.releasing import Period, releasable, release
from booking.reservations import preview
from booking.scope import Scope
from booking.shown import ShownBooking, ShownObjection, ShownVerdict, shown_booking, shown_fault, shown_preview
from booking.wish import Line, OnConflict, Participants, Purpose, Resources, RoomPath, Team, Wish
from kernel.clock import now as clock_now
from policies.ahead import BOOKINGS_AHEAD
from venues.inputs import ClosureInput, Feature
from venues.outside import BOOKINGS_OUTSIDE, NARROW
from venues.queries import room_at, venue_named
from web.api import Answer, Api, expected_version, idempotency_key
from web.fields import Day, Local, PhoneOrNone, Prose, RowId, WallTime

api = Api("bookings", __name__)


class Body(BaseModel):
    """A body in which nothing unknown may stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(Body):
    """Why a request is refused, as its holder will read it."""

    reason: Annotated[Prose, StringConstraints(min_length=1, max_length=2000)]


class Cancellation(Body):
    """Why, which the holder is told; officers may ask for no fee, and say why."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    without_fee: bool = False


class DateCancellation(Cancellation):
    """Of the date alone, or of it and those that ``scope`` reaches."""

    scope: Scope = Scope.ONE


class Approval(Body):
    """A word to the holder; ``grounds`` are asked for where the request asks for exceptions, a word to ``others`` that wanted
    the same time where the order of precedence does not say why they do not get it."""

    note: Annotated[Prose, StringConstraints(max_length=2000)] = ""
    grounds: Annotated[Prose, StringConstraints(max_length=2000)] = ""
    others: Annotated[Prose, StringConstraints(max_length=2000)] = ""


class Saying(Body):
    """What is said to the other side; staff may ask a question that must be answered, or note what stays in the office."""

    text: Annotated[Prose, StringConstraints(min_length=1, max_length=messages.LONGEST)]
    kind: Literal["message", "question", "note"] = "message"


class Edit(Body):
    """Another time, room or description of a date and those that ``scope`` reaches, or that stand ``beside`` it.

    ``start`` and ``end`` are the date's own new time: the others are shifted by as many days, and take its clock times where
    these change. Dates that are to say something else than the others of their booking become one of their own, which is the
    answer. With ``on_conflict`` skip, dates that cannot move stay where they were and are told as ``left``.
    """

    scope: Scope = Scope.ONE
    number: RowId
    beside: Annotated[tuple[RowId, ...], Field(max_length=400)] = ()
    start: Local | None = None
    end: Local | None = None
    room: RoomPath | None = None
    team: Team | None = None
    purpose: Purpose | None = None
    participants: Participants | None = None
    resources: Resources | None = None
    contact: Line | None = None
    contact_phone: PhoneOrNone | None = None
    open_to_all: bool | None = None
    public: Public | None = None
    shown_publicly: StrictBool | None = None
    on_conflict: OnConflict = OnConflict.REFUSE
    ready_to_wait: StrictBool = True

    def change(self) -> Change:
        names = {"team", "purpose", "participants", "resources", "contact_phone", "open_to_all", "shown_publicly"}
        public = self.public.said(self.participants or {}) if self.public else None
        said = Said(**self.model_dump(include=names), contact_name=self.contact, public=public)
        where = self.model_dump(include={"scope", "number", "beside", "start", "end", "room", "on_conflict", "ready_to_wait"})
        return Change(**where, said=said)


class Extra(Body):
    """One more date, in the booking's own room where no other is named."""

    start: Local
    end: Local
    room: RoomPath | None = None


class Release(Body):
    """A period whose dates an organisation gives back, of all its teams or some; ``dry_run`` only tells which."""

    first_day: Day
    last_day: Day
    teams: Annotated[tuple[Team, ...], Field(max_length=100)] = ()
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    without_fee: bool = False
    dry_run: bool = True


class ClosureBody(Body):
    """A venue or a room of it is closed in its own wall-clock time, or what is ``out_of_order`` in it; ``dry_run`` only tells
    whom it meets, ``cancel_affected`` lets them lose their time."""

    start: WallTime
    end: WallTime
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    room: Annotated[str, StringConstraints(max_length=80)] | None = None
    dry_run: bool = True
    cancel_affected: bool = False
    out_of_order: Feature = ""


class ShownEdit(ShownBooking):
    """The booking of the changed dates, and what keeps others where they were, by number."""

    left: dict[int, list[ShownObjection]]


class ShownRelease(BaseModel):
    """What was given back, or would be: how many dates, and the references of the bookings that they are of."""

    released: bool
    dates: int
    bookings: list[str]


class ShownAct(BaseModel):
    """What was done (``verb``) to what, until when it can be undone, and when it was."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    verb: str
    subject: str
    subject_id: int
    until: datetime
    undone_at: datetime | None


class ShownActs(BaseModel):
    """Acts, newest first."""

    items: list[ShownAct]


class ShownClosure(BaseModel):
    """What was closed, or would be: the references of the bookings that it meets."""

    closed: bool
    affected: list[str]


@api.operation("POST", "/verdicts", body=Wish, answers={200: ShownVerdict}, public=True)
def verdict(body: Wish) -> ShownVerdict:
    """Try a wish: verdict, conflicts and price per date, and what to take instead; nothing is booked."""
    found = preview(reading(), body, by=actor(), now=clock_now())
    return shown_preview(found, instead_of(reading(), found, now=clock_now()))


@api.operation("POST", "/bookings", body=Wish, answers={201: ShownBooking}, idempotent=True)
def make(body: Wish) -> Answer:
    """Book a room, or put a request forward, once or as a series."""
    made = book(body, key=idempotency_key())
    return Answer(made, 201, {"Location": f"/api/v1/bookings/{made.id}"}, etag=str(made.version))


@api.operation("GET", "/bookings/<int:booking_id>", answers={200: ShownBooking})
def show(booking_id: int) -> Answer:
    """One booking with its dates."""
    booking = booking_shown(reading(), booking_id, by=actor())
    looks.shown(booking.holder_id)
    return _answer(shown_booking(booking))


@api.operation("PATCH", "/bookings/<int:booking_id>", body=Edit, answers={200: ShownEdit}, versioned=True)
def edit(booking_id: int, body: Edit) -> Answer:
    """Change a date, it and the following, or all that lie ahead."""
    return _answer(transact(_edited, booking_id, body.change(), version=expected_version()))


@api.operation("POST", "/bookings/<int:booking_id>/occurrences", body=Extra, answers={201: ShownBooking})
def add_date(booking_id: int, body: Extra) -> Answer:
    """Give a booking one more date."""
    return _answer(transact(_shown, adding.add, booking_id, **body.model_dump()), 201)


@api.operation("POST", "/bookings/<int:booking_id>/occurrences/<int:number>/return", answers={200: ShownBooking})
def readd_date(booking_id: int, number: int) -> Answer:
    """Take back a date that was cancelled or left out."""
    return _answer(transact(_shown, adding.readd, booking_id, number))


@api.operation("POST", "/bookings/<int:booking_id>/occurrences/<int:number>/split", answers={201: ShownBooking})
def split(booking_id: int, number: int) -> Answer:
    """Make a date and those following it a booking of their own."""
    shown = transact(_shown, splitting.split, booking_id, number)
    return Answer(shown, 201, {"Location": f"/api/v1/bookings/{shown.id}"}, etag=str(shown.version))


@api.operation("POST", "/bookings/<int:booking_id>/cancellation", body=Cancellation, answers={200: ShownBooking})
def cancel(booking_id: int, body: Cancellation) -> Answer:
    """Cancel all dates that lie ahead, for what that costs."""
    return _answer(transact(_shown, ending.cancel, booking_id, **body.model_dump()))


@api.operation(
    "POST", "/bookings/<int:booking_id>/occurrences/<int:number>/cancellation", body=DateCancellation, answers={200: ShownBooking}
)
def cancel_date(booking_id: int, number: int, body: DateCancellation) -> Answer:
    """Cancel one date, or it and the following, for what that costs."""
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
    """Grant a request, with the exceptions that it asks for, and refuse others the time that they asked for too."""
    return _answer(transact(_shown, prefer, booking_id, Choice(**body.model_dump())))


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
    return _answer(accepted(_shown, offers.accept, offer_id))


@api.operation("POST", "/bookings/<int:booking_id>/offers/acceptance", answers={200: ShownBooking})
def accept_offers(booking_id: int) -> Answer:
    """Take all that is offered for the dates of a booking; what cannot be had any more stays as it was, with what is sought next."""
    accepted_all(booking_id)
    return _answer(shown_booking(booking_shown(reading(), booking_id, by=actor())))


@api.operation("POST", "/offers/<int:offer_id>/refusal", answers={200: ShownBooking})
def decline_offer(offer_id: int) -> Answer:
    """Say no to what is offered."""
    return _answer(transact(_shown, offers.decline, offer_id))


@api.operation("GET", "/acts", answers={200: ShownActs})
def own_acts() -> ShownActs:
    """What one has done in the last two minutes and can still undo, newest first."""
    return ShownActs(items=[ShownAct.model_validate(act) for act in undoing.own_acts(reading(), by=actor(), now=clock_now())])


@api.operation("POST", "/acts/<int:number>/undoing", answers={200: ShownAct})
def undo(number: int) -> ShownAct:
    """Make all as it was before an act; nobody is told of either."""
    return transact(_undone, number)


def _undone(session: Session, number: int, *, by: Actor, now: datetime) -> ShownAct:
    return ShownAct.model_validate(undoing.undo(session, number, by=by, now=now))


@api.operation("GET", "/availability", query=AvailabilityQuery, answers={200: Availability}, public=True)
def free_times(query: AvailabilityQuery) -> Availability:
    """Rooms that fit: their free times, soonest first; with a recurrence, per date."""
    return availability(reading(), query, now=clock_now())


@api.operation("POST", "/organisations/<int:organisation_id>/releases", body=Release, answers={200: ShownRelease})
def release_period(organisation_id: int, body: Release) -> ShownRelease:
    """Give back an organisation's dates of a period, for what that costs, after a look at which they are."""
    return transact(_released, organisation_id, body)


def _released(session: Session, organisation_id: int, body: Release, *, by: Actor, now: datetime) -> ShownRelease:
    period = Period(first=body.first_day, last=body.last_day, teams=body.teams)
    dates = releasable(session, organisation_id, period, by=by, now=now)
    references = sorted({date.booking.reference for date in dates})
    if not body.dry_run:
        release(session, organisation_id, period, reason=body.reason, without_fee=body.without_fee, by=by, now=now)
    return ShownRelease(released=not body.dry_run, dates=len(dates), bookings=references)


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


def _edited(session: Session, booking_id: int, wanted: Change, *, version: int, by: Actor, now: datetime) -> ShownEdit:
    changed = change(session, booking_id, wanted, version=version, by=by, now=now)
    left = {number: [shown_fault(fault) for fault in faults] for number, faults in changed.left.items()}
    return ShownEdit(**dict(shown_booking(changed.booking)), left=left)


def _answer(shown: ShownBooking, status: int = 200) -> Answer:
    return Answer(shown, status, etag=str(shown.version))


def install(app: Flask) -> None:
    """Serve the API of bookings; let the pages of venues close rooms by the verb that ends what it meets and tell what lies
    outside, and those of policies tell what lies ahead.
    """
    app.extensions["close_rooms"] = close_rooms
    app.extensions["open_rooms"] = open_again
    app.extensions["displace_outside"] = displace_outside
    app.extensions[BOOKINGS_OUTSIDE] = bookings_outside
    app.extensions[NARROW] = narrow
    app.extensions[BOOKINGS_AHEAD] = bookings_ahead
    app.register_blueprint(api)
