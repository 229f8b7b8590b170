"""Outside: bookings ahead that a room no longer offers, because its hours, its capacity or its use changed under them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.states import JUDGED
from database.audit import Audit
from kernel.interval import Interval
from venues.models import Room, Venue
from venues.opening import Opening, Openness
from venues.outside import Outside, Why
from venues.queries import openings_of

DAY = timedelta(days=1)
HOURS = ("set_opening_hours", "forget_opening_hours")


def bookings_outside(session: Session, venue: Venue, room: Room | None, *, now: datetime) -> Sequence[Outside]:
    """The live dates ahead in a venue, or in one room, that are not open, too many for the room, or in a room out of use.

    Open is what a search calls open, so unknown hours put nothing outside. Time that staff block is nobody's use.
    """
    return tuple(_told(date, why) for date, why in lying_outside(session, venue, room, now=now))


def lying_outside(session: Session, venue: Venue, room: Room | None, *, now: datetime) -> list[tuple[Occurrence, Why]]:
    """The same as rows, each with its reason, once for each."""
    dates = _ahead(session, venue, room, now)
    return _why_outside(session, dates) if dates else []


def cannot_be(found: Iterable[tuple[Occurrence, Why]], *, now: datetime) -> list[Occurrence]:
    """Those of the dates that cannot be at all and have not begun, each once."""
    return list(dict.fromkeys(date for date, why in found if why is not Why.CROWDED and date.starts_at > now))


def closed_by_hours(session: Session, dates: Sequence[Occurrence], *, since: datetime) -> list[Occurrence]:
    """Those of the dates that are not open, where the hours of their rooms changed since then."""
    asked = [date for date in dates if date.booking.kind.is_judged]
    rooms = and_(Audit.subject == Room.__tablename__, Audit.subject_id.in_({date.room_id for date in asked}))
    venues = and_(Audit.subject == Venue.__tablename__, Audit.subject_id.in_({date.room.venue_id for date in asked}))
    changed = select(Audit.id).where(or_(rooms, venues), Audit.verb.in_(HOURS), Audit.at > since)
    if not asked or session.scalar(changed.limit(1)) is None:
        return []
    return [date for date, why in _why_outside(session, asked) if why is Why.CLOSED]


def _why_outside(session: Session, dates: Sequence[Occurrence]) -> list[tuple[Occurrence, Why]]:
    rooms = {date.room_id: date.room for date in dates}
    first, last = min(date.local_start for date in dates).date(), max(date.local_end for date in dates).date()
    openings = openings_of(session, rooms.values(), first - DAY, last + DAY)
    return [(date, why) for date in dates for why in _reasons(date, openings[date.room_id])]


def _ahead(session: Session, venue: Venue, room: Room | None, now: datetime) -> Sequence[Occurrence]:
    here = Occurrence.room_id == room.id if room else Occurrence.room_id.in_(select(Room.id).where(Room.venue_id == venue.id))
    whose = (selectinload(Booking.occurrences), joinedload(Booking.organisation), joinedload(Booking.holder))
    query = (
        select(Occurrence)
        .join(Booking)
        .where(here, Occurrence.state.in_(sorted(LIVE)), Occurrence.ends_at > now, Booking.kind.in_(JUDGED))
        .options(joinedload(Occurrence.booking).options(*whose), joinedload(Occurrence.room).joinedload(Room.venue))
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return session.scalars(query).all()


def _reasons(date: Occurrence, opening: Opening) -> Iterator[Why]:
    if date.room.retired_at is not None:
        yield Why.RETIRED
    if opening.through(Interval(date.starts_at, date.ends_at)) is Openness.CLOSED:
        yield Why.CLOSED
    if date.room.capacity is not None and sum(date.booking.participants.values()) > date.room.capacity:
        yield Why.CROWDED


def _told(date: Occurrence, why: Why) -> Outside:
    return Outside(date.starts_at, date.ends_at, date.booking.reference, date.number, date.room.name, why)
