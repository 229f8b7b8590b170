"""Upkeep: names, signatures, documents and what was said of uses are forgotten a month after nothing asks for them any more."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.identity import Actor
from booking.conditions.models import Condition, Met
from booking.models import Occurrence, Task, Usage
from policies.verdict import Whose

KEPT = timedelta(days=30)
AT_ONCE = 100


def forget_past(session: Session, *, held: Collection[int] = (), by: Actor, now: datetime) -> list[str]:
    """Empty what names people where it was for a booking that is over, no longer holds, or was taken back, a month ago; nothing of
    bookings that are ``held``, by id.

    So is what was said of a use, once all that was to be looked at about its date was, a month ago. That it was done or said
    stays, by ids. Returns the names of the files that nothing names any more, to be deleted by the caller.
    """
    by.require(by.is_administrator, "administrator")
    before = now - KEPT
    goes_on = exists().where(Occurrence.booking_id == Met.booking_id, Occurrence.ends_at > before)
    is_over = or_(
        and_(Condition.whose == Whose.BOOKING, ~goes_on),
        Met.valid_until < before.date(),
        Met.withdrawn_at < before,
    )
    query = (
        select(Met)
        .join(Condition, Met.condition_digest == Condition.digest)
        .where(Met.forgotten_at.is_(None), Met.booking_id.not_in(held), is_over)
    )
    rows = session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True, of=Met)).all()
    files = [row.file for row in rows if row.file]
    for row in rows:
        row.people, row.signed_as, row.note, row.file, row.forgotten_at = [], "", "", "", now
    files += _forget_usage(session, held, before, now)
    session.flush()
    return files


def _forget_usage(session: Session, held: Collection[int], before: datetime, now: datetime) -> list[str]:
    other = aliased(Usage)
    is_looked_at = exists().where(Task.usage_id == other.id, other.occurrence_id == Usage.occurrence_id)
    is_looked_at = is_looked_at.where(or_(Task.done_at.is_(None), Task.done_at > before))
    is_past = (Usage.forgotten_at.is_(None), Occurrence.ends_at < before, Occurrence.booking_id.not_in(held))
    query = select(Usage).join(Usage.occurrence).where(*is_past, ~is_looked_at)
    rows = session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True, of=Usage)).all()
    files = [row.file for row in rows if row.file]
    for row in rows:
        row.note, row.file, row.forgotten_at = "", "", now
    return files
