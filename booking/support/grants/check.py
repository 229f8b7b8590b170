"""Check: which dates stand under a grant, what it pays for each, and why it pays no more, gathered into lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from booking.support.grants.awarding import given
from booking.support.grants.rows import Row, as_given, grants_of, rows, within
from booking.support.grants.rules import Given, Paid, missed, rent_of, standing_under
from booking.support.models import Grant, SchemeKind, is_shown
from kernel.errors import Missing, refuse
from kernel.money import Ore

Dated = tuple[Row, Given | None]


@dataclass(frozen=True, slots=True)
class Line:
    """Dates of one booking of which a grant says the same: why, over how many minutes, at what price, and what it pays."""

    booking: Booking
    why: Paid
    dates: int
    minutes: int
    listed: Ore
    charged: Ore
    paid: Ore
    unvalued: int
    first: date
    last: date

    def per_hour(self, amount: Ore) -> Ore:
        """An amount of these dates by the hour, in whole øre."""
        return (amount * 60 + self.minutes // 2) // self.minutes


@dataclass(frozen=True, slots=True)
class Checked:
    """A grant with the lines that say what it pays: what stands under it, and what would but for another grant."""

    grant: Grant
    lines: Sequence[Line]

    @property
    def reckoned(self) -> Ore:
        """What the hours come to, whatever the ceiling is."""
        return sum(line.paid for line in self.lines)

    @property
    def paid(self) -> Ore:
        """What the grant pays: nothing beyond its ceiling."""
        return self.reckoned if self.grant.ceiling is None else min(self.reckoned, self.grant.ceiling)


def grant_for(session: Session, grant_id: int, *, by: Actor) -> Grant:
    """A grant; raises Unidentified, and Missing (``unknown-grant``) also for those to whom it is not shown."""
    by.require_known()
    grant = session.get(Grant, grant_id)
    if grant is None or not is_shown(grant, by):
        raise refuse(Missing, "unknown-grant", "grant", grant_id)
    return grant


def checked(session: Session, grants: Sequence[Grant]) -> dict[int, Checked]:
    """What of their organisations' booked dates grants pay for, and why not more; a booking's dates in lines of equal verdicts."""
    met = dated(session, grants)
    return {grant.id: Checked(grant, _lines(given(grant), met[grant.id])) for grant in grants}


def dated(session: Session, grants: Sequence[Grant]) -> dict[int, list[Dated]]:
    """By grant all dates of its organisation on its days, each with the grant that it stands under; two statements."""
    if not grants:
        return {}
    first, last = min(grant.first_day for grant in grants), max(grant.last_day for grant in grants)
    owners = {grant.organisation_id for grant in grants}
    theirs = as_given(grants_of(session, first, last, owners))
    met: dict[int | None, list[Dated]] = {}
    bookings = select(Booking.id).where(Booking.organisation_id.in_(owners))
    for row in rows(session, *within(first, last), Occurrence.booking_id.in_(bookings)):
        booking = row.date.booking
        under = standing_under(theirs.get(booking.organisation_id or 0, ()), row.use, booking.grant_id, row.day)
        met.setdefault(booking.organisation_id, []).append((row, under))
    return {
        grant.id: [one for one in met.get(grant.organisation_id, ()) if grant.first_day <= one[0].day <= grant.last_day] for grant in grants
    }


def _lines(grant: Given, met: Sequence[Dated]) -> list[Line]:
    found: dict[tuple[Any, ...], Line] = {}
    for row, under in met:
        if row.date.state is OccurrenceState.BOOKED and (verdict := _verdict(grant, under, row)):
            key = (row.date.booking_id, verdict.code, repr(verdict.facts), row.price)
            line = _line(row, verdict)
            found[key] = _joined(found[key], line) if key in found else line
    return sorted(found.values(), key=lambda line: (line.paid == 0, line.booking.reference, line.first))


def _verdict(grant: Given, under: Given | None, row: Row) -> Paid | None:
    """What the grant says of a date; None where it has nothing to do with it."""
    if under is not None and under.id == grant.id:
        return _own_verdict(grant, row)
    if grant.kind is not SchemeKind.RENT:
        return None
    miss = missed(grant.rules, row.use)
    return Paid(0, miss, {"age": grant.rules.under_age}) if miss or under is None else Paid(0, "under-another", {"grant": under.id})


def _own_verdict(grant: Given, row: Row) -> Paid:
    """The same of a date that stands under it."""
    if grant.kind is SchemeKind.ROOMS:
        return Paid(0, "stands-under")
    return Paid(0, "nobody-came") if row.date.absent_at else rent_of(grant, row.use, row.price)


def _line(row: Row, why: Paid) -> Line:
    price, day = row.price, row.day
    unvalued = price.minutes if price.listed is None else 0
    return Line(row.date.booking, why, 1, price.minutes, price.listed or 0, price.charged, why.ore, unvalued, day, day)


def _joined(line: Line, other: Line) -> Line:
    sums: dict[str, Any] = {
        name: getattr(line, name) + getattr(other, name) for name in ("dates", "minutes", "listed", "charged", "paid", "unvalued")
    }
    return replace(line, **sums, last=other.last)
