"""Duties: what an organisation does in return, planned against held, and the officer's word that it was done."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from booking.support.models import Agreement, Duty, DutyKind
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Missing, refuse


def note_duty(session: Session, agreement_id: int, duty_id: int, *, done: bool, by: Actor, now: datetime) -> Duty:
    """Say that a duty was done, or take that back; officers only. Raises Missing (``unknown-duty``)."""
    by.require(by.is_officer, "officer")
    duty = session.get(Duty, duty_id)
    agreement = session.get(Agreement, agreement_id)
    if duty is None or agreement is None or duty.agreement_id != agreement_id:
        raise refuse(Missing, "unknown-duty", "duty", duty_id)
    lock(session, Key(Subject.ORGANISATION, agreement.organisation_id))
    duty.done_at, duty.done_by = (now, by.person_id) if done else (None, None)
    record(session, Act("note_duty", "agreement", agreement_id, {"duty": duty_id, "done": done}), by=by, now=now)
    session.flush()
    return duty


def planned(agreement: Agreement) -> Mapping[DutyKind, int]:
    """How much of each kind is promised."""
    kinds = {duty.kind for duty in agreement.promised}
    return {kind: sum(duty.amount for duty in agreement.promised if duty.kind is kind) for kind in kinds}


def held(session: Session, agreement: Agreement, *, now: datetime) -> Mapping[DutyKind, int]:
    """How much of each kind that is promised was held: open activity as the bookings of its period say, else what was seen done."""
    done = {kind: sum(duty.amount for duty in agreement.promised if duty.kind is kind and duty.done_at) for kind in planned(agreement)}
    return {kind: _open_dates(session, agreement, now) if kind is DutyKind.OPEN else amount for kind, amount in done.items()}


def _open_dates(session: Session, agreement: Agreement, now: datetime) -> int:
    """The dates under the agreement that were open to all, and held."""
    was_held = (Occurrence.state == OccurrenceState.BOOKED, Occurrence.absent_at.is_(None), Occurrence.ends_at <= now)
    query = select(func.count()).select_from(Occurrence).join(Occurrence.booking)
    return session.scalar(query.where(Occurrence.agreement_id == agreement.id, Booking.open_to_all, *was_held)) or 0
