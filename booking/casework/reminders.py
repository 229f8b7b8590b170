"""Reminders: of a question without an answer its applicant is reminded once, and later whoever works on the case is told.

Nothing is decided by that: silence leaves the case as it is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.cases import booking_for
from booking.casework.charge import in_charge
from booking.casework.models import Message
from booking.models import Booking
from booking.states import Answer, BookingState
from booking.telling import readers
from database.audit import Act, record
from database.outbox import post

REMIND_AFTER = timedelta(days=3)
TELL_AFTER = timedelta(days=4)


def unanswered(session: Session, now: datetime) -> Sequence[int]:
    """The questions without an answer of which somebody is to be told now, by id."""
    asked = select(Message.id).join(Booking, Booking.id == Message.booking_id).where(*_due(now))
    return session.scalars(asked.order_by(Message.id)).all()


def remind(session: Session, message_id: int, *, by: Actor, now: datetime) -> None:
    """Remind the applicant of a question after three days, and tell whoever works on the case four days later; each once."""
    by.require(by.is_administrator, "administrator")
    question = session.get_one(Message, message_id)
    booking = booking_for(session, question.booking_id)
    session.refresh(question)
    if message_id not in unanswered(session, now):
        return
    if question.reminded_at is None:
        question.reminded_at = now
        _tell(session, booking, question, "remind", readers(session, booking, by=by), by=by, now=now)
    else:
        question.told_at = now
        _tell(session, booking, question, "unanswered", in_charge(session, booking, now=now), by=by, now=now)


def _tell(session: Session, booking: Booking, question: Message, verb: str, told: Sequence[int], *, by: Actor, now: datetime) -> None:
    record(session, Act(verb, "case", booking.id, {"message": question.id}, booking.holder_id), by=by, now=now)
    for reader in told:
        post(session, f"case-{verb}", person_id=reader, booking_id=booking.id, now=now, facts={"message": question.id})
    session.flush()


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    unreminded = and_(Message.reminded_at.is_(None), Message.at <= now - REMIND_AFTER)
    untold = and_(Message.told_at.is_(None), Message.reminded_at <= now - TELL_AFTER)
    waits = (Booking.state == BookingState.REQUESTED, Booking.paused_at.is_not(None), Message.answer == Answer.OPEN)
    return (*waits, or_(unreminded, untold))
