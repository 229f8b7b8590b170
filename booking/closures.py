"""Closures: closing a venue or room for a time, or what is out of order in it, with the bookings that it meets shown first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from booking.cases import bookings_for
from booking.displacing import Loss, lose, met, sign_of
from booking.ending import keys_of
from booking.images import before, undoable
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.occupy import vacate
from booking.revisions import touch_spaces
from booking.states import BookingKind, Cause, OccurrenceState
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Invalid, refuse
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from venues.inputs import ClosureInput
from venues.models import Closure, Room, RoomSpace, Space, Venue
from venues.queries import room_at, venue_named
from venues.scheduling import add_closure_row, closure_for, end_closure, require_near, spaces_of
from venues.vocabulary import keeps_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What is to be closed: a venue or one of its rooms, and what was said of it: from when to when and why."""

    venue: Venue
    room: Room | None
    given: ClosureInput

    @property
    def interval(self) -> Interval:
        return WallSpan(self.given.start, self.given.end, self.venue.zone).interval()

    @property
    def spaces(self) -> Sequence[Space]:
        return self.room.spaces if self.room else self.venue.spaces

    def needs_it(self, date: Occurrence) -> bool:
        """Whether a date cannot be had: everything where all is closed, else what said that it needs what is out of order."""
        return keeps_out(self.given.out_of_order, date.booking.needs)


class Reopened(NamedTuple):
    """The id of a closure that is over, and for how many dates it is asked whether their time is wanted back."""

    id: int
    asked: int


def affected(session: Session, closing: Closing, *, now: datetime) -> Sequence[Occurrence]:
    """The live dates ahead that a closure would meet, in order; rooms that share a space with the closed one count too.

    What has begun is settled, whatever a closure says of earlier hours; what follows a calendar of others stays as that says.
    Raises Invalid for a time that is none, far away, or over (``closure-past``): it would change what has been, and could never be
    opened again.
    """
    require_near(closing.given, now=now)
    if closing.interval.end <= now:
        raise refuse(Invalid, "closure-past", "end", f"{closing.given.end:%Y-%m-%dT%H:%M}")
    rooms = select(RoomSpace.room_id).where(RoomSpace.space_id.in_([space.id for space in closing.spaces]))
    time = closing.interval
    query = (
        select(Occurrence)
        .join(Occurrence.booking)
        .where(Occurrence.room_id.in_(rooms), Occurrence.state.in_(sorted(LIVE)), Booking.kind != BookingKind.INCOMING)
        .where(Occurrence.starts_at < time.end, Occurrence.ends_at > time.start, Occurrence.starts_at > now)
        .options(joinedload(Occurrence.booking).selectinload(Booking.occurrences), joinedload(Occurrence.room).selectinload(Room.spaces))
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return session.scalars(query).unique().all()


def close(
    session: Session,
    closing: Closing,
    *,
    confirmed: bool,
    seen: str | None = None,
    chosen: Collection[int] | None = None,
    by: Actor,
    now: datetime,
) -> Closure:
    """Close, in one transaction with the displacement of every booking that the closure meets.

    Raises Conflict (``closure-meets-bookings``), naming them, unless that is ``confirmed``; its details carry a sign of them,
    and whoever gives that as ``seen`` displaces those and no others: when others are met by then it is raised again. Where
    something is out of order, the ``chosen`` dates are displaced, by id; without a choice, those that said they need it.
    Raises Forbidden for others than officers and the venue's caretakers.
    """
    by.require(by.is_officer or by.is_caretaker_of(closing.venue.id), "caretaker")
    lock_with(session, closing.spaces, affected(session, closing, now=now))
    dates = affected(session, closing, now=now)
    sign = sign_of(dates)
    if dates and (not confirmed or seen not in (None, sign)):
        raise Conflict(*(_met(closing, date) for date in dates), details={"seen": sign})
    was = before(session, {date.booking_id: date.booking for date in dates}.values())
    closure = add_closure_row(session, closing.venue.slug, closing.given, by=by, now=now)
    is_choice = bool(closing.given.out_of_order) and chosen is not None
    lost = [date for date in dates if (date.id in (chosen or ()) if is_choice else closing.needs_it(date))]
    cause = Cause.OUT_OF_ORDER if closing.given.out_of_order else Cause.CLOSURE
    lose(session, lost, Loss(cause, f"closure:{closure.id}", closing.given.reason), by=by, now=now)
    act = Act("close", "closure", closure.id, {"venue": closing.venue.id, "room": closure.room_id, "displaced": [date.id for date in lost]})
    record(session, act, by=by, now=now)
    undoable(session, act, was, by=by, now=now)
    return closure


def close_rooms(
    session: Session,
    venue: str,
    given: ClosureInput,
    *,
    confirmed: bool,
    seen: str | None = None,
    chosen: Collection[int] | None = None,
    by: Actor,
    now: datetime,
) -> Closure:
    """Close what a form or a request names; what it meets is displaced once that is ``confirmed``, and is what was ``seen``."""
    place, room = venue_named(session, venue), room_at(session, f"{venue}/{given.room}") if given.room else None
    closing = Closing(venue=place, room=room, given=given)
    return close(session, closing, confirmed=confirmed, seen=seen, chosen=chosen, by=by, now=now)


def open_again(session: Session, closure_id: int, *, by: Actor, now: datetime) -> Reopened:
    """Open again what was closed, and let those who lost their time to it be asked first whether they want it back; what is kept
    for them elsewhere they keep until then. Who took something else is not asked."""
    closure = closure_for(session, closure_id, by=by)
    spaces, until = spaces_of(session, closure), closure.ends_at
    lock_with(session, spaces, ())
    end_closure(session, closure_id, by=by, now=now)
    vacate(session, [(space.id, max(closure.starts_at, now), until) for space in spaces], now=now)
    touch_spaces(session, [space.id for space in spaces])
    lost = (Occurrence.lost_to == f"closure:{closure_id}", Occurrence.state == OccurrenceState.DISPLACED, Occurrence.starts_at > now)
    return Reopened(closure.id, session.scalars(select(func.count(Occurrence.id)).where(*lost)).one())


def lock_with(session: Session, spaces: Sequence[Space], dates: Sequence[Occurrence]) -> None:
    """Lock the spaces, and all that an act on the bookings of the dates locks; their rows before, as every act on a booking does."""
    bookings = bookings_for(session, {date.booking_id for date in dates})
    lock(session, *(Key(Subject.SPACE, space.id) for space in spaces), *keys_of(session, *bookings))
    session.expire_all()


def _met(closing: Closing, date: Occurrence) -> Fault:
    return met("closure-meets-bookings", date, id=date.id, needs_it=closing.needs_it(date))
