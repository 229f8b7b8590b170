"""Agreements: making and ending them, and the meter of hours that shows how many are used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor
from accounts.models import Organisation
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.support.models import Agreement
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.sql import epoch
from kernel.errors import Fault, Invalid, Missing, refuse
from venues.queries import room_at


class AgreementTerms(BaseModel):
    """What an agreement gives and asks; ``hours`` may be a fraction of a quarter of an hour."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: int
    title: str = Field(min_length=1, max_length=200)
    price_class: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    hours: float = Field(gt=0, le=10_000, multiple_of=0.25)
    first_day: date
    last_day: date
    rooms: tuple[str, ...] = Field(min_length=1, max_length=200)
    duties: str = Field(default="", max_length=2000)


@dataclass(frozen=True, slots=True)
class Meter:
    """Minutes granted, used by dates that have been, and kept by dates to come or waiting."""

    agreement: Agreement
    used: int
    ahead: int

    @property
    def left(self) -> int:
        return self.agreement.minutes - self.used - self.ahead


def make_agreement(session: Session, terms: AgreementTerms, *, by: Actor, now: datetime) -> Agreement:
    """Make an agreement; officers only. Raises Invalid for a period that ends before it begins, Missing for rooms."""
    by.require(by.is_officer, "officer")
    if terms.last_day < terms.first_day:
        raise Invalid(Fault("end-before-start", "last_day", terms.last_day.isoformat(), {"start": terms.first_day.isoformat()}))
    if session.get(Organisation, terms.organisation) is None:
        raise refuse(Missing, "unknown-organisation", "organisation", terms.organisation)
    agreement = Agreement(
        organisation_id=terms.organisation,
        title=terms.title,
        price_class=terms.price_class,
        minutes=round(terms.hours * 60),
        first_day=terms.first_day,
        last_day=terms.last_day,
        duties=terms.duties,
        created_at=now,
        changed_at=now,
        rooms=[room_at(session, path) for path in dict.fromkeys(terms.rooms)],
    )
    session.add(agreement)
    session.flush()
    facts = {"organisation": terms.organisation, "minutes": agreement.minutes}
    record(session, Act("make", "agreement", agreement.id, facts), by=by, now=now)
    return agreement


def end_agreement(session: Session, agreement_id: int, *, by: Actor, now: datetime) -> Agreement:
    """End an agreement: bookings under it stand, new ones are refused."""
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.AGREEMENT, agreement_id))
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or agreement.ended_at is not None:
        raise refuse(Missing, "unknown-agreement", "agreement", agreement_id)
    agreement.ended_at = agreement.changed_at = now
    agreement.version += 1
    record(session, Act("end", "agreement", agreement.id, {}), by=by, now=now)
    session.flush()
    return agreement


def meters(session: Session, *, by: Actor, now: datetime, organisation_id: int | None = None) -> Sequence[Meter]:
    """The agreements with their meters: all for staff, an organisation's own for its delegates; two queries."""
    by.require(by.is_officer or (organisation_id is not None and by.acts_for(organisation_id)), "delegate")
    query = select(Agreement).options(selectinload(Agreement.organisation), selectinload(Agreement.rooms)).order_by(Agreement.id)
    if organisation_id is not None:
        query = query.where(Agreement.organisation_id == organisation_id)
    agreements = session.scalars(query).all()
    used = _minutes(session, [agreement.id for agreement in agreements], now)
    return [Meter(agreement, used.get((agreement.id, True), 0), used.get((agreement.id, False), 0)) for agreement in agreements]


def _minutes(session: Session, ids: Sequence[int], now: datetime) -> dict[tuple[int, bool], int]:
    has_been = Occurrence.ends_at <= now
    total = func.sum(epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) / 60
    rows = select(Booking.agreement_id, has_been, total).join(Occurrence, Occurrence.booking_id == Booking.id)
    rows = rows.where(Booking.agreement_id.in_(ids), Occurrence.state.in_(sorted(LIVE))).group_by(Booking.agreement_id, has_been)
    return {(agreement, bool(past)): int(minutes) for agreement, past, minutes in session.execute(rows)}
