"""Rows: dates with what they are worth - by the list, else by the rate of their kind of room - and what rules read of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date as day_of
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session, joinedload

from booking.models import Booking, Occurrence
from booking.support.grants.awarding import given
from booking.support.grants.models import Part, Rate
from booking.support.grants.rules import Given, Priced, Use
from booking.support.models import Grant
from database.sql import epoch
from policies.request import bands_of
from venues.models import Room


class Row(NamedTuple):
    """A date with its booking and room, its price as far as one is known, and what rules read."""

    date: Occurrence
    price: Priced
    use: Use

    @property
    def day(self) -> day_of:
        """The local day on which it begins."""
        return self.date.local_start.date()


def within(first: day_of, last: day_of) -> tuple[ColumnElement[bool], ...]:
    """The dates that begin on these days, by the clock on the wall."""
    begin, end = datetime.combine(first, time.min), datetime.combine(last + timedelta(days=1), time.min)
    return Occurrence.local_start >= begin, Occurrence.local_start < end


def priced(*wanted: ColumnElement[bool]) -> Subquery:
    """Dates with ``minutes``, ``listed`` øre (None where neither price nor rate is known), ``charged`` øre, and the rate's first day."""
    of_room = select(Rate.id).join(Room, Room.kind == Rate.room_kind).where(Room.id == Occurrence.room_id)
    since = of_room.where(Rate.first_day <= Occurrence.local_start).order_by(Rate.first_day.desc()).limit(1)
    rate = since.correlate(Occurrence).scalar_subquery()
    raw = (
        select(
            Occurrence.id,
            Occurrence.booking_id,
            Occurrence.room_id,
            Occurrence.local_start,
            Occurrence.tariff,
            Occurrence.list_price,
            Occurrence.charged_price,
            ((epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) // 60).label("minutes"),
            case((Occurrence.list_price.is_(None), rate)).label("rate_id"),
        )
        .where(*wanted)
        .subquery()
    )
    listed = func.coalesce(raw.c.list_price, (raw.c.minutes * Rate.per_hour + 30) // 60)
    columns = (raw.c.id, raw.c.booking_id, raw.c.local_start, raw.c.tariff, raw.c.room_id, raw.c.minutes)
    charged = func.coalesce(raw.c.charged_price, 0).label("charged")
    query = select(*columns, listed.label("listed"), charged, Rate.first_day.label("rate_from"))
    return query.outerjoin(Rate, Rate.id == raw.c.rate_id).subquery()


def rows(session: Session, *wanted: ColumnElement[bool]) -> Sequence[Row]:
    """Dates with all that is told of them, in order of time; two statements."""
    worth = priced(*wanted)
    parts = (joinedload(Occurrence.booking), joinedload(Occurrence.room).joinedload(Room.venue))
    query = select(Occurrence, Part, worth.c.minutes, worth.c.listed, worth.c.charged).join(worth, worth.c.id == Occurrence.id)
    query = query.outerjoin(Part, Part.booking_id == Occurrence.booking_id).options(*parts)
    found = session.execute(query.order_by(Occurrence.starts_at, Occurrence.id)).all()
    return [
        Row(date, Priced(minutes, listed, charged), use_of(date.booking, date.room.venue.slug, part))
        for date, part, minutes, listed, charged in found
    ]


def use_of(booking: Booking, venue: str, part: Part | None) -> Use:
    """What rules read of a booking in a venue."""
    stated = (part.young, part.local) if part else (None, 100)
    return Use(booking.activity, bands_of(booking.participants), booking.open_to_all, venue, *stated)


def grants_of(session: Session, first: day_of, last: day_of, organisations: Collection[int] | None = None) -> Mapping[int, list[Grant]]:
    """The grants that hold on any of these days, by organisation, with their schemes; of some organisations or all."""
    query = select(Grant).where(Grant.first_day <= last, Grant.last_day >= first)
    if organisations is not None:
        query = query.where(Grant.organisation_id.in_(organisations))
    found: dict[int, list[Grant]] = {}
    parts = (joinedload(Grant.scheme), joinedload(Grant.organisation))
    for grant in session.scalars(query.options(*parts).order_by(Grant.id)):
        found.setdefault(grant.organisation_id, []).append(grant)
    return found


def as_given(grants: Mapping[int, Sequence[Grant]]) -> dict[int, list[Given]]:
    """The same as rules read them."""
    return {organisation: [given(grant) for grant in theirs] for organisation, theirs in grants.items()}
