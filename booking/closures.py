"""Closures: closing a venue or room for a time, with the bookings that it meets shown first and ended with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from booking.lifecycle import LIVE, state_of
from booking.models import Booking, Occurrence
from booking.occupy import free
from booking.revisions import touch_holder
from booking.states import BookingState, Cause, OccurrenceState
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Conflict, Fault
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from venues.inputs import ClosureInput
from venues.models import Closure, Room, RoomSpace, Space, Venue
from venues.queries import room_at, venue_named
from venues.scheduling import add_closure_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What is to be closed: a venue or one of its rooms, and what was said of it: from when to when and why."""

    venue: Venue
    room: Room | None
    given: ClosureInput

    @property
    def interval(self) -> Interval:
        return WallSpan(self.given.start, self.given.end, self.venue.zone).interval()


def affected(session: Session, closing: Closing) -> Sequence[Occurrence]:
    """The live dates that a closure would meet, in order; rooms that share a space with the closed one count too."""
    rooms = select(RoomSpace.room_id).where(RoomSpace.space_id.in_([space.id for space in _spaces(closing)]))
    time = closing.interval
    query = (
        select(Occurrence)
        .where(Occurrence.room_id.in_(rooms), Occurrence.state.in_(sorted(LIVE)))
        .where(Occurrence.starts_at < time.end, Occurrence.ends_at > time.start)
        .options(joinedload(Occurrence.booking).selectinload(Booking.occurrences), joinedload(Occurrence.room).selectinload(Room.spaces))
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return session.scalars(query).unique().all()


def close(session: Session, closing: Closing, *, cancel_affected: bool, seen: str | None = None, by: Actor, now: datetime) -> Closure:
    """Close, in one transaction with the end of every booking that the closure meets.

    Raises Conflict (``closure-meets-bookings``), naming them, unless they are to be cancelled; its details carry a sign of
    them, and whoever gives that as ``seen`` ends those and no others: when others are met by then it is raised again.
    Raises Forbidden for others than officers and the venue's caretakers.
    """
    by.require(by.is_officer or by.is_caretaker_of(closing.venue.id), "caretaker")
    keys = [Key(Subject.SPACE, space.id) for space in _spaces(closing)]
    people = [Key(Subject.PERSON, date.booking.holder_id) for date in affected(session, closing)]
    lock(session, *keys, *people)
    session.expire_all()
    dates = affected(session, closing)
    if dates and (not cancel_affected or seen not in (None, sign_of(dates))):
        raise Conflict(*(_met(date) for date in dates), details={"seen": sign_of(dates)})
    closure = add_closure_row(session, closing.venue.slug, closing.given, by=by, now=now)
    _end(session, dates, closing.given.reason, by=by, now=now)
    facts = {"venue": closing.venue.id, "room": closure.room_id, "ended": [date.id for date in dates]}
    record(session, Act("close", "closure", closure.id, facts), by=by, now=now)
    session.flush()
    return closure


def sign_of(dates: Sequence[Occurrence]) -> str:
    """A short sign of these dates as they stand now, by which one knows whether they are the ones that were shown."""
    told = ",".join(f"{date.id}:{date.sequence}" for date in sorted(dates, key=lambda date: date.id))
    return sha256(told.encode()).hexdigest()[:16]


def close_rooms(
    session: Session, venue: str, given: ClosureInput, *, confirmed: bool, seen: str | None = None, by: Actor, now: datetime
) -> Closure:
    """Close what a form or a request names; what it meets is ended once that is ``confirmed``, and is what was ``seen``."""
    place, room = venue_named(session, venue), room_at(session, f"{venue}/{given.room}") if given.room else None
    return close(session, Closing(venue=place, room=room, given=given), cancel_affected=confirmed, seen=seen, by=by, now=now)


def _spaces(closing: Closing) -> Sequence[Space]:
    return closing.room.spaces if closing.room else closing.venue.spaces


def _met(date: Occurrence) -> Fault:
    booking = date.booking
    who = booking.organisation.name if booking.organisation else booking.contact_name
    facts = {"reference": booking.reference, "to": f"{date.local_end:%Y-%m-%dT%H:%M}", "room": date.room.name, "who": who}
    return Fault("closure-meets-bookings", "start", f"{date.local_start:%Y-%m-%dT%H:%M}", facts)


def _end(session: Session, dates: Sequence[Occurrence], reason: str, *, by: Actor, now: datetime) -> None:
    free(session, [date.id for date in dates])
    for date in dates:
        date.state, date.reason = OccurrenceState.CANCELLED, f"closed: {reason}"[:500]
        date.sequence += 1
        date.changed_at = now
    for booking in {date.booking_id: date.booking for date in dates}.values():
        numbers = [date.number for date in dates if date.booking_id == booking.id]
        booking.state = state_of([date.state for date in booking.occurrences], fallback=BookingState.CANCELLED)
        booking.version += 1
        booking.changed_at = now
        record(
            session,
            Act("cancel", "booking", booking.id, {"dates": numbers, "closed": True, "version": booking.version}, booking.holder_id),
            by=by,
            now=now,
        )
        told = {"dates": numbers, "cause": Cause.CLOSURE}
        touch_holder(session, booking)
        post(session, "dates-cancelled", person_id=booking.holder_id, booking_id=booking.id, now=now, facts=told)
