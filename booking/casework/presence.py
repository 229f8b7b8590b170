"""Presence: who has the page of a case open now, so that two do not decide on it unseen by each other."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Person
from booking.cases import booking_shown, works_on
from booking.casework.models import Look

AWAY_AFTER = timedelta(minutes=2)


def look(session: Session, booking_id: int, *, by: Actor, now: datetime) -> Sequence[Person]:
    """Say that one has a case open, for those who work on it; the others who have, by name. No change of the case."""
    me = by.require_known()
    booking = booking_shown(session, booking_id, by=by)
    by.require(works_on(booking, by), "caretaker")
    mine = and_(Look.booking_id == booking_id, Look.person_id == me)
    session.execute(delete(Look).where(or_(mine, Look.seen_at <= now - AWAY_AFTER)))
    session.add(Look(booking_id=booking_id, person_id=me, seen_at=now))
    session.flush()
    others = select(Person).join(Look, Look.person_id == Person.id).where(Look.booking_id == booking_id, Look.person_id != me)
    return session.scalars(others.order_by(Person.name, Person.id)).all()


def forget_gone(session: Session, *, by: Actor, now: datetime) -> None:
    """Forget who has left."""
    by.require(by.is_administrator, "administrator")
    session.execute(delete(Look).where(Look.seen_at <= now - AWAY_AFTER))
