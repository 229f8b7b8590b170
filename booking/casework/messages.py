"""Messages: questions and answers between applicant and office about a booking, and notes that stay inside the office."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import lifecycle, promise
from booking.cases import booking_for, is_applicant, require_decider, require_holder, require_sight, works_on
from booking.casework.charge import in_charge
from booking.casework.models import Message
from booking.models import Booking
from booking.states import Answer, Visibility
from booking.telling import readers, tell
from database.audit import Act, record
from database.outbox import post
from kernel.errors import Conflict, Invalid, Missing, refuse

LONGEST = 2000
MOST = 500


def write(session: Session, booking_id: int, text: str, *, must_answer: bool = False, by: Actor, now: datetime) -> Message:
    """Say something to the other side: what the applicant's side says answers all that was asked of it.

    A question that must be answered stops the clock of the promise until it is; it is for those who decide on a request
    that waits. Raises Invalid, Conflict (``wrong-state``, ``too-many-messages``), Missing, Forbidden.
    """
    booking = booking_for(session, booking_id)
    require_sight(booking, by)
    is_theirs = is_applicant(booking, by)
    if is_theirs:
        require_holder(booking, by)
    if must_answer or not is_theirs:
        by.require(not is_theirs, "officer")
        require_decider(booking, by)
    if must_answer:
        lifecycle.require(lifecycle.Act.ASK, booking.state)
    message = _kept(session, booking, text, Visibility.SHARED, by=by, now=now)
    if must_answer:
        message.answer = Answer.OPEN
        promise.stop(booking, now=now)
    was_asked = is_theirs and booking.is_paused
    answered = _end(session, booking, open_questions(session, booking), Answer.GIVEN, now=now) if was_asked else []
    verb = "answer" if was_asked else "ask" if must_answer else "write"
    _changed(session, booking, verb, {"message": message.id, "answers": answered}, by=by, now=now)
    for reader in in_charge(session, booking, now=now) if is_theirs else readers(session, booking, by=by):
        post(session, f"case-{verb}", person_id=reader, booking_id=booking.id, now=now, facts={"message": message.id})
    return message


def note(session: Session, booking_id: int, text: str, *, by: Actor, now: datetime) -> Message:
    """Write down what only those who work on the case read; raises Invalid, Missing, Forbidden."""
    booking = booking_for(session, booking_id)
    require_sight(booking, by)
    by.require(works_on(booking, by), "caretaker")
    message = _kept(session, booking, text, Visibility.INTERNAL, by=by, now=now)
    booking.version += 1
    record(session, Act("note", "case", booking.id, {"message": message.id}, booking.holder_id), by=by, now=now)
    return message


def withdraw(session: Session, message_id: int, *, by: Actor, now: datetime) -> Message:
    """Take back that a question must be answered, which its applicant is told; the clock goes on when nothing else is asked.

    Raises Conflict (``not-asked``) for what waits for no answer, Missing, Forbidden.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise refuse(Missing, "unknown-message", "message", message_id)
    booking = booking_for(session, message.booking_id)
    require_decider(booking, by)
    by.require(works_on(booking, by), "officer")
    session.refresh(message)
    if message.answer is not Answer.OPEN:
        raise refuse(Conflict, "not-asked", "message", message_id)
    _end(session, booking, [message], Answer.WITHDRAWN, now=now)
    _changed(session, booking, "withdraw_question", {"message": message.id}, by=by, now=now)
    tell(session, booking, "case-withdrawn", facts={"message": message.id}, by=by, now=now)
    return message


def messages_of(session: Session, booking: Booking, *, by: Actor) -> Sequence[Message]:
    """What was said, oldest first, with the notes for those who work on the case and for nobody else."""
    require_sight(booking, by)
    said = select(Message).where(Message.booking_id == booking.id).order_by(Message.id)
    return session.scalars(said if works_on(booking, by) else said.where(Message.visibility == Visibility.SHARED)).all()


def spoken_to(session: Session, bookings: Collection[int]) -> Collection[int]:
    """Those of the bookings, by id, about which their applicant's side said the last word."""
    shared = (Message.booking_id.in_(bookings), Message.visibility == Visibility.SHARED)
    last = select(func.max(Message.id)).where(*shared).group_by(Message.booking_id)
    return set(session.scalars(select(Message.booking_id).where(Message.id.in_(last), Message.from_staff.is_(False))))


def noted(session: Session, bookings: Collection[int]) -> Collection[int]:
    """Those of the bookings, by id, about which somebody wrote an internal note."""
    notes = (Message.booking_id.in_(bookings), Message.visibility == Visibility.INTERNAL)
    return set(session.scalars(select(Message.booking_id).where(*notes)))


def open_questions(session: Session, booking: Booking) -> Sequence[Message]:
    """What the applicant has still to answer."""
    return session.scalars(select(Message).where(Message.booking_id == booking.id, Message.answer == Answer.OPEN)).all()


def _kept(session: Session, booking: Booking, text: str, visibility: Visibility, *, by: Actor, now: datetime) -> Message:
    said = "\n".join(text.strip().splitlines())
    if not said:
        raise refuse(Invalid, "message-missing", "text")
    if len(said) > LONGEST:
        raise refuse(Invalid, "too-long-text", "text", most=LONGEST)
    if (session.scalar(select(func.count()).where(Message.booking_id == booking.id)) or 0) >= MOST:
        raise refuse(Conflict, "too-many-messages", "text", most=MOST)
    message = Message(
        booking_id=booking.id, visibility=visibility, from_staff=not is_applicant(booking, by), by_id=by.person_id, at=now, text=said
    )
    session.add(message)
    session.flush()
    return message


def _end(session: Session, booking: Booking, questions: Sequence[Message], answer: Answer, *, now: datetime) -> list[int]:
    """Write what became of questions, and let the clock go on when none is left; their ids."""
    for question in questions:
        question.answer = answer
    session.flush()
    if questions and not open_questions(session, booking):
        promise.go_on(session, booking, now=now)
    return [question.id for question in questions]


def _changed(session: Session, booking: Booking, verb: str, facts: dict[str, object], *, by: Actor, now: datetime) -> None:
    booking.version += 1
    record(session, Act(verb, "booking", booking.id, facts, booking.holder_id), by=by, now=now)
    session.flush()
