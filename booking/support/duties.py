"""Duties: what an organisation does in return, planned against held, and the officer's word that it was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from booking.support.models import Agreement, Duty, DutyKind
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Missing, refuse
from kernel.wallclock import local_day
from venues.queries import municipality


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


@dataclass(frozen=True, slots=True)
class Kept:
    """What an agreement asks of a kind in all of its period, and how much of that was held."""

    title: str
    kind: DutyKind
    amount: int
    held: int


def duties_kept(session: Session, organisation_id: int, first: date, last: date, *, now: datetime) -> tuple[Kept, ...]:
    """The duties by agreement and kind of an organisation's agreements that held on some of these days; four statements."""
    began = local_day(first, municipality(session).zone).start
    days = (Agreement.first_day <= last, Agreement.last_day >= first, or_(Agreement.ended_at.is_(None), Agreement.ended_at >= began))
    held_then = (Agreement.organisation_id == organisation_id, *days)
    query = select(Agreement).where(*held_then).options(selectinload(Agreement.promised)).order_by(Agreement.first_day, Agreement.id)
    found = [one for one in session.scalars(query) if one.promised]
    opened = _open_dates(session, [one.id for one in found], now)
    return tuple(Kept(one.title, kind, amount, _held(one, opened)[kind]) for one in found for kind, amount in planned(one).items())


def planned(agreement: Agreement) -> Mapping[DutyKind, int]:
    """How much of each kind is promised."""
    kinds = dict.fromkeys(duty.kind for duty in agreement.promised)
    return {kind: sum(duty.amount for duty in agreement.promised if duty.kind is kind) for kind in kinds}


def held(session: Session, agreement: Agreement, *, now: datetime) -> Mapping[DutyKind, int]:
    """How much of each kind that is promised was held: open activity as the bookings of its period say, else what was seen done."""
    return _held(agreement, _open_dates(session, [agreement.id], now))


def _held(agreement: Agreement, opened: Mapping[int, int]) -> dict[DutyKind, int]:
    done = {kind: sum(duty.amount for duty in agreement.promised if duty.kind is kind and duty.done_at) for kind in planned(agreement)}
    return {kind: opened.get(agreement.id, 0) if kind is DutyKind.OPEN else amount for kind, amount in done.items()}


def _open_dates(session: Session, agreements: Sequence[int], now: datetime) -> dict[int, int]:
    """By agreement the dates under it that were open to all, and held."""
    was_held = (Occurrence.state == OccurrenceState.BOOKED, Occurrence.absent_at.is_(None), Occurrence.ends_at <= now)
    query = select(Occurrence.agreement_id, func.count()).join(Occurrence.booking)
    query = query.where(Occurrence.agreement_id.in_(agreements), Booking.open_to_all, *was_held).group_by(Occurrence.agreement_id)
    return {agreement: count for agreement, count in session.execute(query) if agreement is not None}
