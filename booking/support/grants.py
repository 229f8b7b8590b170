"""Grants: support in the form of rooms, worth what the list says less what was charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor
from accounts.models import Organisation
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from booking.support.models import LARGEST_ID, Grant
from database.audit import Act, record
from kernel.errors import Invalid, refuse
from kernel.money import Ore
from web.forms import Input


def without_spaces(value: object) -> object:
    """``50 000`` as a number is written in code, also with the space that does not break."""
    return "".join(value.split()) if isinstance(value, str) else value


class GrantTerms(Input):
    """An organisation's support under a scheme in a year; ``ceiling`` in whole kroner, None without one."""

    organisation: int = Field(ge=1, le=LARGEST_ID)
    scheme: str = Field(min_length=1, max_length=120)
    year: int = Field(ge=2000, le=2100)
    # A ceiling in øre must be a number that the database keeps.
    ceiling: Annotated[int | None, BeforeValidator(without_spaces), Field(ge=0, le=20_000_000)] = None


@dataclass(frozen=True, slots=True)
class Worth:
    """A grant and what it is worth: list price, what was charged, over how many dates; all in øre."""

    grant: Grant
    listed: Ore
    charged: Ore
    dates: int

    @property
    def value(self) -> Ore:
        return self.listed - self.charged

    @property
    def is_above(self) -> bool:
        """Whether more was given than the ceiling allows."""
        return self.grant.ceiling is not None and self.value > self.grant.ceiling


def make_grant(session: Session, terms: GrantTerms, *, by: Actor, now: datetime) -> Grant:
    """Register a grant; officers only. Raises Invalid for an unknown organisation."""
    by.require(by.is_officer, "officer")
    if session.get(Organisation, terms.organisation) is None:
        raise refuse(Invalid, "no-such-organisation", "organisation", terms.organisation)
    grant = Grant(
        organisation_id=terms.organisation,
        scheme=terms.scheme,
        year=terms.year,
        ceiling=None if terms.ceiling is None else terms.ceiling * 100,
        created_at=now,
        changed_at=now,
    )
    session.add(grant)
    session.flush()
    facts = {"organisation": terms.organisation, "scheme": terms.scheme, "year": terms.year}
    record(session, Act("make", "grant", grant.id, facts), by=by, now=now)
    return grant


def worths(session: Session, *, by: Actor, organisation_id: int | None = None) -> Sequence[Worth]:
    """The grants with what they are worth, counted over booked dates in the grant's year; two queries."""
    by.require(by.is_officer or (organisation_id is not None and by.acts_for(organisation_id)), "delegate")
    query = select(Grant).options(selectinload(Grant.organisation)).order_by(Grant.year.desc(), Grant.id)
    if organisation_id is not None:
        query = query.where(Grant.organisation_id == organisation_id)
    grants = session.scalars(query).all()
    sums = _sums(session, grants)
    return [Worth(grant, *sums.get(grant.id, (0, 0, 0))) for grant in grants]


def _sums(session: Session, grants: Sequence[Grant]) -> dict[int | None, tuple[Ore, Ore, int]]:
    listed, charged = func.sum(Occurrence.list_price), func.sum(Occurrence.charged_price)
    rows = (
        select(Booking.grant_id, listed, charged, func.count())
        .join(Occurrence, Occurrence.booking_id == Booking.id)
        .join(Grant, Grant.id == Booking.grant_id)
        .where(Booking.grant_id.in_([grant.id for grant in grants]), Occurrence.state == OccurrenceState.BOOKED)
        .where(Occurrence.charged_price.is_not(None), extract("year", Occurrence.local_start) == Grant.year)
        .group_by(Booking.grant_id)
    )
    return {grant: (int(full or 0), int(paid or 0), dates) for grant, full, paid, dates in session.execute(rows)}
