"""Rows: bookings as lists show them, with their next date and how many there are, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as day_of
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from booking.decisions import PROPOSED
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.preferring import PREFERRED
from booking.states import BookingState, OccurrenceState
from kernel.wallclock import to_wall
from venues.models import Room

IN_LINE = (BookingState.WAITING, BookingState.DISPLACED)


@dataclass(frozen=True, slots=True)
class Row:
    """A booking with the date ``shown`` for it: the next one, else the last; of those to come ``live`` counts the live ones,
    ``waits`` those in line, ``lost`` those that others took and ``instead`` those refused for which something else may be asked."""

    booking: Booking
    shown: Occurrence | None
    live: int
    waits: int
    lost: int
    instead: int
    dates: int
    last_start: datetime

    @property
    def ahead(self) -> int:
        """How many dates are to come: where none is live, those in line or displaced, else those for which something else may be asked."""
        return self.live or self.waits + self.lost or self.instead

    @property
    def state(self) -> BookingState:
        """Where what is still to come of it stands; where nothing is, where it ended."""
        if self.live or not self.ahead:
            return self.booking.state
        if self.waits or self.lost:
            return BookingState.WAITING if self.waits else BookingState.DISPLACED
        return BookingState.REFUSED

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        return (self.shown.local_start, self.shown.local_end) if self.shown else None

    @property
    def room(self) -> Room:
        """Where the date that is shown is."""
        return self.shown.room if self.shown else self.booking.room

    @property
    def last_day(self) -> day_of:
        return to_wall(self.last_start, self.booking.room.venue.zone).date()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bookings a list holds: conditions on them and on their dates ahead, how many, in which order."""

    conditions: Sequence[ColumnElement[bool]]
    order: Sequence[Any] = ()
    is_ahead: bool | None = None
    limit: int = 100
    skip: int = 0


def rows(session: Session, wanted: Wanted, *, now: datetime) -> list[Row]:
    """The bookings that are wanted, with room, venue, organisation, holder and owner; two statements."""
    parts = (
        joinedload(Booking.room).joinedload(Room.venue),
        joinedload(Booking.organisation),
        joinedload(Booking.holder),
        joinedload(Booking.owner),
    )
    times = dated(now)
    counted = (times.c.live, times.c.waits, times.c.lost, times.c.instead, times.c.dates, times.c.last_start)
    query: Select[Any] = select(Booking, times.c.next_start, *counted)
    query = query.join(times, times.c.booking_id == Booking.id).where(*wanted.conditions).options(*parts)
    if wanted.is_ahead is not None:
        query = query.where(times.c.next_start.is_not(None) if wanted.is_ahead else times.c.next_start.is_(None))
    order = wanted.order or ((times.c.next_start,) if wanted.is_ahead else (times.c.last_start.desc(),))
    found = session.execute(query.order_by(*order, Booking.id).limit(wanted.limit).offset(wanted.skip)).all()
    shown = {row.Booking.id: row.next_start or row.last_start for row in found}
    theirs = (Occurrence.booking_id.in_(shown), Occurrence.starts_at.in_(set(shown.values())))
    dates = session.scalars(select(Occurrence).where(*theirs).options(joinedload(Occurrence.room).joinedload(Room.venue)))
    by_booking = {date.booking_id: date for date in dates if date.starts_at == shown[date.booking_id]}
    return [Row(booking, by_booking.get(booking.id), *numbers) for booking, _next, *numbers in found]


def dated(now: datetime) -> Any:
    """Per booking the start of its next live date, of its last date, and how many there are.

    Where nothing is left but dates in line or displaced, those are what lies ahead, and where not even those are, what was refused with
    something else to ask for.
    """
    is_coming = Occurrence.ends_at > now
    is_live = and_(Occurrence.state.in_(sorted(LIVE)), is_coming)
    waits, is_lost = (and_(Occurrence.state == state, is_coming) for state in (OccurrenceState.WAITING, OccurrenceState.DISPLACED))
    is_proposed = and_(
        or_(Occurrence.reason.startswith(PROPOSED), Occurrence.reason.startswith(PREFERRED)), ~Occurrence.reason.endswith("/")
    )
    instead = and_(Occurrence.state == OccurrenceState.REFUSED, is_proposed, Occurrence.starts_at > now)
    columns = (
        Occurrence.booking_id,
        func.coalesce(_first(is_live), _first(or_(waits, is_lost)), _first(instead)).label("next_start"),
        func.max(Occurrence.starts_at).label("last_start"),
        _number(is_live).label("live"),
        _number(waits).label("waits"),
        _number(is_lost).label("lost"),
        _number(instead).label("instead"),
        func.count().label("dates"),
    )
    return select(*columns).group_by(Occurrence.booking_id).subquery("dated")


def _first(condition: ColumnElement[bool]) -> Any:
    return func.min(case((condition, Occurrence.starts_at)))


def _number(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))
