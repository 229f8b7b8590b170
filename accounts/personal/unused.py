"""Unused: who has not used an account for long is told, and erased a month later; who was only entered by staff is not told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Person
from accounts.personal.erasing import Erased, end_unused
from accounts.personal.held import Personal
from accounts.personal.own import ACCOUNT, CALLER, unused
from accounts.personal.retention import days_of
from database.audit import Act, record
from database.outbox import post

A_MONTH = timedelta(days=30)
MOST_AT_ONCE = 100


def ending(session: Session, now: datetime) -> Sequence[int]:
    """Whom to tell that the account ends in a month, and whom to erase: who was told a month ago, or never could sign in."""
    days = days_of(session, (ACCOUNT, CALLER))
    of_account, of_caller = (now - timedelta(days=days[period.name]) for period in (ACCOUNT, CALLER))
    is_due = or_(
        and_(Person.password_hash.is_(None), unused(of_caller)),
        and_(Person.password_hash.is_not(None), Person.warned_at.is_(None), unused(of_account + A_MONTH)),
        and_(Person.password_hash.is_not(None), Person.warned_at <= now - A_MONTH, unused(of_account)),
    )
    return session.scalars(select(Person.id).where(is_due).order_by(Person.id).limit(MOST_AT_ONCE)).all()


def end_account(session: Session, person_id: int, *, personal: Personal, by: Actor, now: datetime) -> Erased | None:
    """Tell who has not used the account, or erase where that was told or could not be."""
    by.require(by.is_administrator, "administrator")
    person = session.get_one(Person, person_id)
    if person.password_hash is None or person.warned_at is not None:
        return end_unused(session, person_id, personal=personal, by=by, now=now)
    person.warned_at = now
    post(session, "account-unused", person_id=person_id, now=now)
    record(session, Act("warn_unused", "person", person_id, {}, holder_id=person_id), by=by, now=now)
    session.flush()
    return None
