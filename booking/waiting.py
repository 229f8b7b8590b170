"""Waiting: the dates whose time others have, and when they want which spaces."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, literal, or_, select
from sqlalchemy.orm import Session, selectinload

from booking.models import WAITS, Booking, Occurrence, Offer
from booking.resources import may_need
from booking.states import Accepts, BookingState, OccurrenceState, OfferState
from kernel.interval import Interval
from kernel.wallclock import local_day
from policies.request import LONGEST
from venues.models import Closure, Resource, Room, RoomSpace, Space

DAY = timedelta(days=1)
# Who has given up a booking, or was refused it, waits for none of its dates.
OVER = (BookingState.CANCELLED, BookingState.REFUSED, BookingState.LAPSED)
_IS_OWN = and_(Offer.room_id == Occurrence.room_id, Offer.starts_at == Occurrence.starts_at, Offer.ends_at == Occurrence.ends_at)
# Who has something to answer to is offered nothing else, but who lost time its own.
ANSWERS = exists().where(
    Offer.occurrence_id == Occurrence.id,
    Offer.state == OfferState.OPEN,
    or_(Occurrence.state != OccurrenceState.DISPLACED, _IS_OWN),
)


def rooms_with(spaces: Collection[int]) -> Select[int]:
    """The rooms that have any of these spaces: as a part, or as what can be had beside them."""
    beside = select(Resource.venue_id).join(Space, Space.resource_id == Resource.id).where(Space.id.in_(spaces))
    parts = select(RoomSpace.room_id).where(RoomSpace.space_id.in_(spaces))
    return select(Room.id).where(or_(Room.id.in_(parts), Room.venue_id.in_(beside)))


def line_for(spaces: Collection[int], time: Interval, *, now: datetime) -> Select[Occurrence]:
    """The dates ahead that wait and might have any of these spaces about that time, with their bookings and rooms."""
    rooms = rooms_with(spaces)
    kindred = select(Room.id).where(Room.kind.in_(select(Room.kind).where(Room.id.in_(rooms))))
    start, end = max(now, time.start - LONGEST), time.end + DAY
    # By an index of few rows: whoever gives up time asks.
    waits = select(Occurrence.id).where(WAITS, Occurrence.starts_at > start, Occurrence.starts_at < end)
    return (
        select(Occurrence)
        .join(Occurrence.booking)
        .where(Occurrence.id.in_(waits), Occurrence.ends_at > time.start - DAY, Booking.state.not_in(OVER))
        .where(or_(Occurrence.room_id.in_(rooms), and_(Booking.accepts == Accepts.ANY, Occurrence.room_id.in_(kindred))))
        .options(selectinload(Occurrence.booking).selectinload(Booking.occurrences))
        .options(selectinload(Occurrence.room).selectinload(Room.spaces))
    )


def wanted_in(
    session: Session, spaces: Collection[int], time: Interval, *, but: Collection[int], now: datetime
) -> Mapping[int, Sequence[Interval]]:
    """When those who stand in line want which of these spaces, without the dates ``but``; one statement where nobody does."""
    found = session.scalars(line_for(spaces, time, now=now).where(~ANSWERS, ~_lost_to_closure())).all()
    dates = [date for date in found if date.id not in but]
    if not dates:
        return {}
    of_space = select(RoomSpace.space_id, Room.kind).join(Room, RoomSpace.room_id == Room.id).where(RoomSpace.space_id.in_(spaces))
    kinds = {(row.space_id, row.kind) for row in session.execute(of_space)}
    of_unit = select(Space.id, Resource).join(Resource, Space.resource_id == Resource.id).where(Space.id.in_(spaces))
    units = {row.id: row.Resource for row in session.execute(of_unit)}
    return {
        space: [_wanted(date, units.get(space)) for date in dates if _may_have(date, space, kinds, units.get(space))] for space in spaces
    }


def _lost_to_closure() -> ColumnElement[bool]:
    """What a closure took stands in line for other time as long as that stands."""
    takes = (Closure.withdrawn_at.is_(None), Closure.starts_at < Occurrence.ends_at, Closure.ends_at > Occurrence.starts_at)
    return exists().where(Occurrence.lost_to == literal("closure:") + cast(Closure.id, String), *takes)


def _may_have(date: Occurrence, space: int, kinds: Collection[tuple[int, str]], unit: Resource | None) -> bool:
    if unit is not None:
        return unit.venue_id == date.room.venue_id and may_need(date.booking, unit)
    is_kindred = date.booking.accepts is Accepts.ANY and (space, date.room.kind) in kinds
    return is_kindred or any(own.id == space for own in date.room.spaces)


def _wanted(date: Occurrence, unit: Resource | None) -> Interval:
    """When a date could have a space: in its own time with what is set up and cleaned up, or on all of its day."""
    if date.booking.accepts is Accepts.ROOM:
        return local_day(date.local_start.date(), date.zone)
    before, after = date.before_minutes, date.after_minutes
    if unit is not None:
        before, after = before + unit.before_minutes, after + unit.after_minutes
    return Interval(date.starts_at, date.ends_at).widened(before=timedelta(minutes=before), after=timedelta(minutes=after))
