"""Upkeep: names, signatures and documents are forgotten a month after nothing can ask for them any more."""

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.conditions.models import Condition, Met
from booking.models import Occurrence
from policies.verdict import Whose

KEPT = timedelta(days=30)
AT_ONCE = 100


def forget_past(session: Session, *, by: Actor, now: datetime) -> list[str]:
    """Empty what names people where it was for a booking that is over, no longer holds, or was taken back, a month ago.

    That it was done stays, by ids. Returns the names of the files that nothing names any more, to be deleted by the caller.
    """
    by.require(by.is_administrator, "administrator")
    before = now - KEPT
    goes_on = exists().where(Occurrence.booking_id == Met.booking_id, Occurrence.ends_at > before)
    is_over = or_(
        and_(Condition.whose == Whose.BOOKING, ~goes_on),
        Met.valid_until < before.date(),
        Met.withdrawn_at < before,
    )
    query = select(Met).join(Condition, Met.condition_digest == Condition.digest).where(Met.forgotten_at.is_(None), is_over)
    rows = session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True, of=Met)).all()
    files = [row.file for row in rows if row.file]
    for row in rows:
        row.people, row.signed_as, row.note, row.file, row.forgotten_at = [], "", "", "", now
    session.flush()
    return files
