"""Neighbours: what stands in the way of a request just now, and which other requests want the same time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload
from sqlalchemy.sql.base import ExecutableOption

from booking.case import occupied, span_of
from booking.conflicts import Want
from booking.lifecycle import WAITING
from booking.models import Booking, Occurrence
from booking.occupy import peek
from booking.pages.week import Held
from kernel.interval import Interval
from venues.models import RoomSpace
from web.texts import gettext as _
from web.weekgrid import SlotState


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another booking's date that meets one of the request's; ``holds`` when it has the time, else it waits too."""

    wanted: Occurrence
    other: Occurrence
    holds: bool


def neighbours(session: Session, booking: Booking, *, now: datetime) -> list[Neighbour]:
    """What the waiting dates of a request meet, soonest first; four statements."""
    waiting = [date for date in booking.occurrences if date.state in WAITING]
    if not waiting:
        return []
    return sorted([*_holding(session, waiting, now), *_waiting(session, booking, waiting)], key=lambda one: one.wanted.starts_at)


def asked(booking: Booking, others: Sequence[Neighbour]) -> list[Held]:
    """The waiting dates of a request and of those that compete with it, as a week draws what has no claim."""
    kept = SlotState.WANTED if booking.hold_minutes is None else SlotState.HELD
    own = [Held(_time(date), kept, _("Denne forespørselen")) for date in booking.occurrences if date.state in WAITING]
    rivals = [one.other for one in others if not one.holds]
    return own + [Held(_time(date), SlotState.WANTED, _("Også ønsket: %(who)s", who=_who(date))) for date in rivals]


def _holding(session: Session, waiting: Sequence[Occurrence], now: datetime) -> Iterator[Neighbour]:
    wants = [Want(tuple(space.id for space in date.room.spaces), _time(date)) for date in waiting]
    answer = peek(session, wants, now=now, alone=True)
    own = {date.id for date in waiting}
    met = {(want, one.occurrence_id) for want, found in answer.collisions.items() for one in found if one.occurrence_id not in own}
    others = {date.id: date for date in _dates(session, {number for _want, number in met if number})}
    yield from (Neighbour(waiting[want], others[number], holds=True) for want, number in sorted(met, key=str) if number in others)


def _waiting(session: Session, booking: Booking, waiting: Sequence[Occurrence]) -> Iterator[Neighbour]:
    """Other requests without the time for the same parts of the room."""
    spaces = {space.id for date in waiting for space in date.room.spaces}
    rooms = select(RoomSpace.room_id).where(RoomSpace.space_id.in_(spaces))
    first, last = min(date.starts_at for date in waiting), max(date.ends_at for date in waiting)
    query = select(Occurrence).join(Occurrence.booking).where(Occurrence.room_id.in_(rooms), Occurrence.state.in_(sorted(WAITING)))
    query = query.where(
        Occurrence.booking_id != booking.id, Occurrence.starts_at < last, Occurrence.ends_at > first, Booking.hold_minutes.is_(None)
    )
    for other in session.scalars(query.options(*_whole())).unique():
        for date in waiting:
            if _time(date).overlaps(_time(other)):
                yield Neighbour(date, other, holds=False)


def _dates(session: Session, ids: set[int]) -> Sequence[Occurrence]:
    if not ids:
        return ()
    return session.scalars(select(Occurrence).join(Occurrence.booking).where(Occurrence.id.in_(ids)).options(*_whole())).unique().all()


def _whole() -> tuple[ExecutableOption, ...]:
    return contains_eager(Occurrence.booking).joinedload(Booking.organisation), joinedload(Occurrence.room)


def _time(date: Occurrence) -> Interval:
    return occupied(span_of(date).wall, date.before_minutes, date.after_minutes)


def _who(date: Occurrence) -> str:
    return date.booking.organisation.name if date.booking.organisation else date.booking.contact_name
