"""Lapsing: whoever acts for an organisation is reminded, at the days that an agreement states, before it has to be renewed or runs out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.support.grants.telling import tell_delegates
from booking.support.models import Agreement
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.wallclock import to_wall
from venues.queries import municipality

FURTHEST = timedelta(days=366)


def to_remind(session: Session, now: datetime) -> Sequence[int]:
    """The agreements, by id, of which somebody is to be reminded today."""
    today = to_wall(now, municipality(session).zone).date()
    due = func.coalesce(Agreement.renew_by, Agreement.last_day)
    near = (Agreement.ended_at.is_(None), due >= today, due <= today + FURTHEST)
    return [one.id for one in session.scalars(select(Agreement).where(*near).order_by(Agreement.id)) if is_due(one, today)]


def is_due(agreement: Agreement, today: date) -> bool:
    """Whether one of its days has come since it was last reminded of; one that was renewed is not, and what was missed is told once."""
    reached = [day for before in agreement.remind_days if (day := agreement.due_on - timedelta(days=before)) <= today]
    is_new = agreement.reminded_on is None or any(day > agreement.reminded_on for day in reached)
    return bool(reached) and is_new and today <= agreement.due_on


def remind(session: Session, agreement_id: int, *, by: Actor, now: datetime) -> None:
    """Remind those who act for the organisation of an agreement; nobody where another goes on from it already."""
    by.require(by.is_administrator, "administrator")
    agreement = session.get_one(Agreement, agreement_id)
    lock(session, Key(Subject.ORGANISATION, agreement.organisation_id))
    session.refresh(agreement)
    today = to_wall(now, municipality(session).zone).date()
    if agreement.ended_at is not None or not is_due(agreement, today):
        return
    agreement.reminded_on = today
    renewed = select(func.count()).where(Agreement.renews == agreement_id, Agreement.ended_at.is_(None))
    if not session.scalar(renewed):
        record(session, Act("remind", "agreement", agreement.id, {}), by=by, now=now)
        tell_delegates(session, agreement.organisation_id, "agreement-lapses", {"agreement": agreement.id}, now=now)
    session.flush()
