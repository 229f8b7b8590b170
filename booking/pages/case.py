"""The page of a booking, and what can be done with it: each act is a resource of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select

from accounts import edge
from booking import absence, decisions, ending, moving, offers
from booking.cases import booking_seen
from booking.models import Booking
from booking.pages.again import same_again
from booking.pages.blueprint import routes
from booking.pages.draft import clock_of
from booking.pages.happened import told_chain
from booking.pages.told import told_booking
from booking.pages.undo import way_back
from booking.why import happened
from kernel.clock import now
from kernel.errors import Conflict, Forbidden, Invalid, Refusal
from kernel.wallclock import at, to_wall
from venues.models import Room
from venues.queries import municipality
from web import language, problems
from web.fields import Clock, Day
from web.forms import Form, Input, parse, refused
from web.pages import done
from web.texts import gettext as _

REFUSALS = (Invalid, Conflict, Forbidden)
MIDNIGHT = timedelta(days=1)


class Version(Input):
    """The version of the booking that the page showed."""

    version: int | None = None


class Cancellation(Version):
    """Why it is cancelled, where another than the holder does it; whether that costs nothing, where an officer does."""

    reason: Annotated[str, Field(max_length=500)] = ""
    without_fee: bool = False


class Noted(Version):
    """Which day of the caretaker's it was noted on; none on the booking's own page."""

    day: Day | None = None


class Moved(Version):
    """Another time or room for one date; an end of 00:00 is midnight at the end of the day, a night stays a night."""

    date: Day
    from_: Annotated[Clock, Field(alias="from")]
    to: Clock
    room: Annotated[str | None, Field(max_length=170)] = None


@routes.get("/bookings/<reference>")
def case_page(reference: str) -> str:
    """A booking: where it stands, its dates, who decides, how one gets in."""
    return _page(_seen(reference), Form({}))


@routes.post("/bookings/<reference>/cancellation")
def cancel(reference: str) -> ResponseReturnValue:
    """Cancel all dates that lie ahead."""
    return _cancel(reference, _("Bookingen er avlyst."))


@routes.post("/bookings/<reference>/occurrences/<int:number>/cancellation")
def cancel_date(reference: str, number: int) -> ResponseReturnValue:
    """Cancel one date."""
    return _cancel(reference, _("Datoen er avlyst."), number=number)


@routes.post("/bookings/<reference>/occurrences/<int:number>/move")
def move_date(reference: str, number: int) -> ResponseReturnValue:
    """Move one date to another time or room."""

    def move(booking: Booking) -> Booking:
        to = parse(Moved, request.form)
        start, end = at(to.date, to.from_), at(to.date, to.to or MIDNIGHT)
        if end <= start and _is_night(booking, number):
            end += MIDNIGHT
        return edge.transact(moving.move, booking.id, number, start=start, end=end, room=to.room, version=to.version)

    return acted(reference, move, _("Datoen er flyttet."), number=number)


@routes.post("/bookings/<reference>/occurrences/<int:number>/absence")
def note_absence(reference: str, number: int) -> ResponseReturnValue:
    """Note that nobody came to a date."""
    return _note(reference, number, absence.note_absence, _("Det er notert at ingen kom."))


@routes.post("/bookings/<reference>/occurrences/<int:number>/absence/withdrawal")
def withdraw_absence(reference: str, number: int) -> ResponseReturnValue:
    """Take back that nobody came to a date."""
    return _note(reference, number, absence.withdraw_absence, _("Det står ikke lenger at ingen kom."))


@routes.post("/bookings/<reference>/confirmation")
def confirm(reference: str) -> ResponseReturnValue:
    """Stand by a request made in the organisation's name."""
    return acted(reference, lambda booking: edge.transact(decisions.confirm, booking.id, version=_version()), _("Bookingen er bekreftet."))


@routes.post("/bookings/<reference>/offers/<int:offer>/acceptance")
def accept_offer(reference: str, offer: int) -> ResponseReturnValue:
    """Take what is offered for a date that waits or was displaced."""
    return acted(reference, lambda _booking: edge.transact(offers.accept, offer), _("Tiden er deres."))


@routes.post("/bookings/<reference>/offers/<int:offer>/refusal")
def decline_offer(reference: str, offer: int) -> ResponseReturnValue:
    """Say no to what is offered; the next in line gets it."""
    return acted(reference, lambda _booking: edge.transact(offers.decline, offer), _("Svaret er notert. Tilbudet går til neste i køen."))


def _is_night(booking: Booking, number: int) -> bool:
    return any(date.number == number and date.local_end.date() > date.local_start.date() for date in booking.occurrences)


def _cancel(reference: str, message: str, *, number: int | None = None) -> ResponseReturnValue:
    def cancel(booking: Booking) -> Booking:
        given = parse(Cancellation, request.form)
        return edge.transact(ending.cancel, booking.id, number=number, **given.model_dump())

    return acted(reference, cancel, message)


def _note(reference: str, number: int, verb: Callable[..., Booking], message: str) -> ResponseReturnValue:
    """Do it and go back to where it was pressed: a caretaker's day, or the booking's page."""
    given = parse(Noted, request.form)
    onward = url_for("booking.caretaker", day=given.day.isoformat()) if given.day else ""
    return acted(reference, lambda booking: edge.transact(verb, booking.id, number, version=given.version), message, onward=onward)


def _seen(reference: str) -> Booking:
    return booking_seen(edge.reading(), reference, by=edge.actor())


def _version() -> int | None:
    return parse(Version, request.form).version


def acted(
    reference: str, act: Callable[[Booking], Booking], message: str, *, number: int | None = None, onward: str = ""
) -> ResponseReturnValue:
    """Do it and go on, to the booking's page where nothing else is said; that page says what is in the way when it was refused."""
    booking = _seen(reference)
    try:
        act(booking)
    except REFUSALS as refusal:
        return _refused(_seen(reference), refusal, number)
    return done(message, onward or url_for("booking.case_page", reference=booking.reference), back=way_back("booking", booking.id))


def _refused(booking: Booking, refusal: Refusal, number: int | None) -> Response:
    form = refused(request.form, refusal.faults, {"start": "from", "end": "to"})
    return Response(_page(booking, form, refusal=refusal, number=number), status=problems.status_of(refusal))


def _page(booking: Booking, form: Form, *, refusal: Refusal | None = None, number: int | None = None) -> str:
    session, actor = edge.reading(), edge.actor()
    told = told_booking(session, booking, by=actor, language=language.choose(), now=now())
    today = to_wall(now(), booking.room.venue.zone).date()
    return render_template(
        "booking/case.html",
        booking=booking,
        told=told,
        lines=told_chain(happened(session, booking), booking, by=actor),
        form=form,
        refusal=refusal,
        moving=number,
        rooms=_rooms(booking) if told.may_change else [],
        again=same_again(booking, told.last_time, by=actor, today=today),
        home=municipality(session),
        actor=actor,
        clock_of=clock_of,
    )


def _rooms(booking: Booking) -> list[tuple[str, str]]:
    """The rooms of the venue, to one of which a date may be moved."""
    venue = booking.room.venue
    found = edge.reading().scalars(select(Room).where(Room.venue_id == venue.id, Room.retired_at.is_(None)).order_by(Room.name))
    return [(f"{venue.slug}/{room.slug}", room.name) for room in found]
