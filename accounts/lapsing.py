"""Lapsing: who has not used the right to act for an organisation is told, and then has it no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, column, func, or_, select, table
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Delegation, DelegationState, Organisation
from accounts.organisations import end_delegation
from database.audit import Act, record
from database.base import Instant
from database.outbox import post

A_MONTH = timedelta(days=30)
MOST_AT_ONCE = 100
# What was done by whom for which organisation; bookings lie above this package.
BOOKING = table("booking", column("holder_id", Integer), column("organisation_id", Integer), column("created_at", Instant))


@dataclass(frozen=True, slots=True)
class Unused:
    """A delegation that was not used for as long as makes it lapse, or nearly."""

    id: int
    is_warned: bool


def unused(session: Session, after: timedelta, now: datetime) -> Sequence[Unused]:
    """Whom to tell that their right lapses in a month, and whom to take it from who were told a month ago; groups keep theirs.

    It is used by booking for the organisation, by being confirmed, and by saying that it holds.
    """
    used = select(func.max(BOOKING.c.created_at)).where(
        BOOKING.c.holder_id == Delegation.person_id, BOOKING.c.organisation_id == Delegation.organisation_id
    )
    last, stated = used.scalar_subquery(), func.coalesce(Delegation.kept_at, Delegation.created_at)

    def before(moment: datetime) -> ColumnElement[bool]:
        return and_(stated < moment, or_(last.is_(None), last < moment))

    to_warn = and_(before(now - after + A_MONTH), or_(Delegation.warned_at.is_(None), Delegation.warned_at < last))
    to_end = and_(before(now - after), Delegation.warned_at <= now - A_MONTH, or_(last.is_(None), last < Delegation.warned_at))
    found = select(Delegation.id, to_end.label("is_warned")).join(Organisation, Organisation.id == Delegation.organisation_id)
    held = (Delegation.state == DelegationState.CONFIRMED, Organisation.number.is_not(None), or_(to_warn, to_end))
    return [Unused(row.id, bool(row.is_warned)) for row in session.execute(found.where(*held).order_by(Delegation.id).limit(MOST_AT_ONCE))]


def lapse_delegation(session: Session, found: Unused, *, by: Actor, now: datetime) -> None:
    """Tell who has not used it, or end it where that was told."""
    if found.is_warned:
        end_delegation(session, found.id, why="unused", by=by, now=now)
        return
    delegation = session.get_one(Delegation, found.id)
    delegation.warned_at = now
    post(session, "delegation-lapsing", person_id=delegation.person_id, now=now, facts={"delegation": delegation.id})
    record(session, Act("warn_unused", "delegation", delegation.id, {"organisation": delegation.organisation_id}), by=by, now=now)
    session.flush()
