"""Promises: an answer that did not come in time is told to whom it was promised, and raises the case to the next role."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.queries import holding
from booking.cases import booking_for, decider_of
from booking.casework.charge import in_charge, roles_from
from booking.models import Booking
from booking.states import BookingState
from booking.telling import tell
from database.audit import Act, record
from database.outbox import post


def broken(session: Session, now: datetime) -> Sequence[int]:
    """The requests whose promised answer did not come, by id, where nobody has seen that yet."""
    return session.scalars(select(Booking.id).where(*_unseen(now)).order_by(Booking.id)).all()


def escalate(session: Session, booking_id: int, *, by: Actor, now: datetime) -> bool:
    """Mark a broken promise, tell the applicant and raise the case to the role above the one that decides.

    Once per promise; False when the answer came, or the clock stopped, meanwhile. It decides nothing.
    """
    by.require(by.is_administrator, "administrator")
    booking = booking_for(session, booking_id)
    if session.scalar(select(Booking.id).where(Booking.id == booking_id, *_unseen(now))) is None:
        return False
    booking.broken_at, booking.raised_to = now, roles_from(decider_of(booking))[:2][-1]
    facts = {"promised": booking.decide_by and booking.decide_by.isoformat(), "to": str(booking.raised_to)}
    record(session, Act("break_promise", "case", booking.id, facts, booking.holder_id), by=by, now=now)
    tell(session, booking, "promise-broken", by=by, now=now)
    raised = {person.id for person in holding(session, [booking.raised_to])}
    for person_id in sorted(raised | ({*in_charge(session, booking, now=now)} if booking.owner_id else set())):
        post(session, "case-raised", person_id=person_id, booking_id=booking.id, now=now)
    session.flush()
    return True


def _unseen(now: datetime) -> tuple[ColumnElement[bool], ...]:
    late = (Booking.state == BookingState.REQUESTED, Booking.decide_by < now, Booking.paused_at.is_(None))
    return (*late, or_(Booking.broken_at.is_(None), Booking.broken_at < Booking.decide_by))
