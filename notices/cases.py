"""Letters about cases: what the other side said, that a promise was broken, and that a case is somebody's now, or that they stand in."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Person
from booking.billing.models import Dispute
from booking.casework.models import Message
from booking.models import Booking
from booking.states import Answer, BookingState, Visibility
from database.outbox import Notice
from notices.bookings import about, read
from notices.letter import Letter, one_line
from settings import Settings

# These are about a question as long as it waits for its answer.
WAITS = {"case-ask", "case-remind", "case-unanswered"}
TO_OFFICE = {"case-unanswered", "case-yours", "case-deputy", "case-raised"}


def of_message(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """What was said, to the other side; None for notes, and for a question that waits for no answer any more."""
    said = session.get(Message, notice.facts["message"])
    if said is None or said.visibility is not Visibility.SHARED or (notice.kind in WAITS and said.answer is not Answer.OPEN):
        return None
    writer = session.get(Person, said.by_id) if said.by_id else None
    values = {"said": said.text.splitlines(), "writer": one_line(writer.name) if writer else "", "asked_at": said.at}
    return _letter(session, notice, values, to_office=notice.kind in TO_OFFICE or not said.from_staff)


def of_case(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """That a case is the reader's now, or they stand in for its owner, was raised to them, or that its promise was broken; None when it
    is not so any more."""
    return _letter(session, notice, {}, to_office=notice.kind in TO_OFFICE)


def of_price(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """What was answered to whom did not agree with what a date costs."""
    answered = session.get_one(Dispute, notice.facts["dispute"])
    date = answered.occurrence
    values = {
        "said": answered.answer.splitlines(),
        "day": date.local_start.date(),
        "page": f"bookings/{date.booking.reference}/occurrences/{date.number}/cost",
    }
    return _letter(session, notice, values, to_office=False)


def _letter(session: Session, notice: Notice, values: dict[str, object], *, to_office: bool) -> Letter | None:
    found, person = read(session, notice.booking_id), session.get(Person, notice.person_id)
    if found is None or person is None or person.email is None or not _is_so(found, notice):
        return None
    is_desk = to_office and found.state is BookingState.REQUESTED
    page = f"office/requests/{found.reference}" if is_desk else f"bookings/{found.reference}"
    who = {"holder": one_line(found.holder.name), "holder_phone": found.holder.phone, "to_office": to_office, "page": page}
    who |= {"owner": one_line(found.owner.name) if found.owner else "", "deputy_until": found.deputy_until}
    return Letter(person.email, person.language, "case", {**about(session, found, found.occurrences), **who, **values})


def _is_so(booking: Booking, notice: Notice) -> bool:
    """Whether what the notice says is still true."""
    match notice.kind:
        case "case-yours":
            return notice.person_id == booking.owner_id
        case "case-deputy":
            return notice.person_id == booking.deputy_id
        case "promise-broken" | "case-raised" | "case-ask" | "case-remind" | "case-unanswered":
            return booking.state is BookingState.REQUESTED
        case _:
            return True
