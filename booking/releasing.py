"""Releasing: an organisation gives back all its dates of a period, of all teams or some, in one act across its bookings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date as day_of
from datetime import datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor
from accounts.models import Organisation
from booking.cases import bookings_for
from booking.displacing import sign_of
from booking.ending import give_up, keys_of, require_free_of_charge
from booking.images import before, undoable
from booking.lifecycle import FROM
from booking.lifecycle import Act as Doing
from booking.models import Booking, Occurrence
from database.audit import Act, record
from database.locks import lock
from kernel.errors import Conflict, Invalid, Missing, Stale, refuse

LONGEST_PERIOD = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The first and the last day of what is given back, by the date's own start; no ``teams`` means all dates, "" those of none."""

    first: day_of
    last: day_of
    teams: Collection[str] = ()

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise refuse(Invalid, "period-backwards", "last_day", self.last.isoformat(), first=self.first)
        if self.last - self.first > LONGEST_PERIOD:
            raise refuse(Invalid, "too-long-span", "last_day", self.last.isoformat(), days=LONGEST_PERIOD.days)


def releasable(session: Session, organisation_id: int, period: Period, *, by: Actor, now: datetime) -> Sequence[Occurrence]:
    """The dates ahead that would be given back, soonest first; raises Missing, Forbidden to others than delegates and officers."""
    _authorise(session, organisation_id, by)
    dates = session.scalars(_dates(organisation_id, period, now).options(selectinload(Occurrence.booking)))
    return dates.all()


def release(
    session: Session,
    organisation_id: int,
    period: Period,
    *,
    reason: str = "",
    without_fee: bool = False,
    seen: str | None = None,
    told_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Sequence[Booking]:
    """Give the dates back, for what cancelling each of them costs; returns the bookings that they were of.

    ``seen`` is ``sign_of`` the dates that were shown: none but these are given back, and for what was ``told_at`` a moment. Raises
    Stale (``other-dates-meanwhile``), Conflict (``nothing-to-release``, ``dearer-meanwhile``), Invalid, Missing, Forbidden.
    """
    _authorise(session, organisation_id, by)
    require_free_of_charge(reason, without_fee=without_fee, by=by)
    bookings = _locked(session, organisation_id, period, now)
    dates = session.scalars(_dates(organisation_id, period, now)).all()
    if seen is not None and seen != sign_of(dates):
        raise refuse(Stale, "other-dates-meanwhile", "first_day", period.first.isoformat())
    if not dates:
        raise refuse(Conflict, "nothing-to-release", "first_day", period.first.isoformat(), last=period.last.isoformat())
    met = [booking for booking in bookings if any(date.booking_id == booking.id for date in dates)]
    was = before(session, met)
    for booking in met:
        theirs = [date for date in dates if date.booking_id == booking.id]
        give_up(session, booking, theirs, reason=reason, without_fee=without_fee, released=True, told_at=told_at, by=by, now=now)
    facts = {"bookings": [booking.id for booking in met], "from": period.first.isoformat(), "to": period.last.isoformat()}
    act = Act("release", "organisation", organisation_id, facts)
    record(session, act, by=by, now=now)
    undoable(session, act, was, by=by, now=now)
    return met


def _authorise(session: Session, organisation_id: int, by: Actor) -> None:
    by.require(by.is_officer or by.acts_for(organisation_id), "delegate")
    if session.get(Organisation, organisation_id) is None:
        raise refuse(Missing, "unknown-organisation", "organisation", organisation_id)


def _locked(session: Session, organisation_id: int, period: Period, now: datetime) -> Sequence[Booking]:
    """The bookings, each locked for an act in the order of their ids, and then all that they count and hold."""
    of_dates = _dates(organisation_id, period, now).with_only_columns(Occurrence.booking_id).order_by(None)
    bookings = bookings_for(session, session.scalars(of_dates.distinct()).all())
    lock(session, *keys_of(session, *bookings))
    return bookings


def _dates(organisation_id: int, period: Period, now: datetime) -> Select[Occurrence]:
    first, after = (datetime.combine(day, time.min) for day in (period.first, period.last + timedelta(days=1)))
    found = select(Occurrence).join(Booking).where(Booking.organisation_id == organisation_id, Occurrence.starts_at > now)
    found = found.where(Occurrence.local_start >= first, Occurrence.local_start < after, Occurrence.state.in_(sorted(FROM[Doing.CANCEL])))
    if period.teams:
        found = found.where(Booking.team.in_(sorted(period.teams)))
    return found.order_by(Occurrence.starts_at, Occurrence.id)
