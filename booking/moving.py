"""Moving: one date of a booking to another time or room, through the same gate as a new one."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import lifecycle
from booking.case import in_use
from booking.cases import booking_for, occurrence_of, require_holder
from booking.images import before, undoable
from booking.models import Booking
from booking.resettle import Plan, resettle
from booking.revisions import touch
from booking.states import BookingKind
from booking.telling import tell
from booking.waiving import drop
from booking.wish import wall_span
from database.audit import Act, record
from kernel.errors import Conflict, refuse
from kernel.interval import Interval
from venues.queries import room_at


def move(
    session: Session,
    booking_id: int,
    number: int,
    *,
    start: datetime,
    end: datetime,
    room: str | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Booking:
    """Move a date to other times, on the wall clock or with an offset, and to another room (``venue/room``) when one is named.

    Where the policy wants a decision on the new time and no officer moves it, the date waits for that decision. Exceptions
    that were granted go with a date that an officer moves, and not with one that its holder moves.
    Raises Declined, Taken, Conflict (``in-the-past``), Stale, Missing, Forbidden; on refusal the date stays where it was.
    """
    booking = booking_for(session, booking_id, version=version)
    require_holder(booking, by)
    date = occurrence_of(booking, number)
    lifecycle.require(lifecycle.Act.MOVE, date.state)
    if date.starts_at <= now:
        raise refuse(Conflict, "in-the-past", "booking", booking.reference)
    place = in_use(room_at(session, room) if room else date.room)
    if booking.kind is BookingKind.BLOCK:
        by.require(by.is_officer or by.is_caretaker_of(place.venue_id), "caretaker")
    was, left, time = before(session, [booking]), date.room_id, Interval(date.starts_at, date.ends_at)
    wall = wall_span(start, end, place.venue.zone)
    if not by.is_officer:
        drop(booking, number)
    plan = Plan(act="move", dates=(date,), room=place, walls={date.id: wall}, by_staff=by.is_officer)
    resettle(session, booking, plan, now=now)
    touch(session, booking, left={left})
    times = {"from": time.start.isoformat(), "until": time.end.isoformat(), "to": date.starts_at.isoformat()}
    facts = {"number": number, "room": left, "to_room": place.id, **times}
    act = Act("move", "booking", booking.id, facts, booking.holder_id)
    record(session, act, by=by, now=now)
    tell(session, booking, "date-moved", lost=[time.start], facts={"number": number}, by=by, now=now)
    undoable(session, act, was, by=by, now=now)
    return booking
