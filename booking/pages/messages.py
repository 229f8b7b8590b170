"""Messages: saying something about a booking, noting something, taking its case, and looking at it - each a resource."""

from collections.abc import Callable
from typing import Annotated

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from accounts import edge, labels
from accounts.models import Person
from accounts.queries import roles_of
from booking.cases import booking_seen, works_on
from booking.casework import charge, messages, presence
from booking.casework.charge import Charge
from booking.casework.models import Message
from booking.models import Booking
from booking.pages import case, decide
from booking.pages.blueprint import routes
from booking.states import BookingState
from kernel.errors import Missing, Refusal, refuse
from web import problems
from web.fields import Prose
from web.forms import Input, parse, refused
from web.pages import done
from web.texts import gettext as _


class Said(Input):
    """What is said to the other side, and whether the clock stops until it is answered."""

    text: Annotated[Prose, Field(max_length=messages.LONGEST)] = ""
    must_answer: bool = False


class Noted(Input):
    """What is written down for those who work on the case."""

    internal: Annotated[Prose, Field(max_length=messages.LONGEST)] = ""


@routes.post("/bookings/<reference>/messages")
def write_message(reference: str) -> ResponseReturnValue:
    """Say something to the other side, or answer what was asked."""

    def write(booking: Booking) -> None:
        edge.transact(messages.write, booking.id, **parse(Said, request.form).model_dump())

    return _act(reference, write, _("Meldingen er sendt."))


@routes.post("/bookings/<reference>/notes")
def write_note(reference: str) -> ResponseReturnValue:
    """Note something that stays in the office."""

    def note(booking: Booking) -> None:
        edge.transact(messages.note, booking.id, parse(Noted, request.form).internal)

    return _act(reference, note, _("Notatet er lagret."), names={"text": "internal"})


@routes.post("/bookings/<reference>/messages/<int:message>/withdrawal")
def withdraw_question(reference: str, message: int) -> ResponseReturnValue:
    """Take back that a question must be answered."""

    def withdraw(booking: Booking) -> None:
        found = edge.reading().get(Message, message)
        if found is None or found.booking_id != booking.id:
            raise refuse(Missing, "unknown-message", "message", message)
        edge.transact(messages.withdraw, message)

    return _act(reference, withdraw, _("Spørsmålet er trukket tilbake, og fristen går videre."))


@routes.post("/bookings/<reference>/owner")
def assign_case(reference: str) -> ResponseReturnValue:
    """Take a case, hand it over, or name who stands in."""

    def assign(booking: Booking) -> None:
        edge.transact(charge.assign, booking.id, parse(Charge, request.form))

    return _act(reference, assign, _("Det er lagret hvem som har saken."), anchor="owner")


@routes.post("/bookings/<reference>/presence")
def look_at_case(reference: str) -> Response:
    """Say that one looks at a case; who else does, in a sentence."""
    others = edge.transact(presence.look, _seen(reference).id)
    return Response(" ".join(_looks_too(person) for person in others), mimetype="text/plain")


def _looks_too(person: Person) -> str:
    role = next((labels.role(grant.role).lower() for grant in roles_of(edge.reading(), [person.id])), "")
    return _("%(name)s (%(role)s) ser også på denne saken.", name=person.name, role=role)


def _seen(reference: str) -> Booking:
    return booking_seen(edge.reading(), reference, by=edge.actor())


def _act(
    reference: str, act: Callable[[Booking], None], message: str, *, names: dict[str, str] | None = None, anchor: str = "messages"
) -> ResponseReturnValue:
    """Do it and go back: staff to the request as long as it waits, all others to the booking; there too when it is refused."""
    booking = _seen(reference)
    is_desk = works_on(booking, edge.actor()) and booking.state is BookingState.REQUESTED
    try:
        act(booking)
    except case.REFUSALS as refusal:
        return _refused(_seen(reference), refusal, names, is_desk=is_desk)
    page = "booking.request_page" if is_desk else "booking.case_page"
    return done(message, url_for(page, reference=booking.reference, _anchor=anchor))


def _refused(booking: Booking, refusal: Refusal, names: dict[str, str] | None, *, is_desk: bool) -> Response:
    form = refused(request.form, refusal.faults, names)
    page = decide.page_of(booking, form, refusal) if is_desk else case.page_of(booking, form, refusal=refusal)
    return Response(page, status=problems.status_of(refusal))
