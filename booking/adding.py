"""Adding: a date that was cancelled or left out comes back, or a booking gets one more, through the same gate as a new one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import lifecycle
from booking.applicants import require_kind
from booking.case import in_use
from booking.cases import booking_at, occurrence_of, require_holder
from booking.images import Before, before, undoable
from booking.models import Booking, Occurrence
from booking.reservations import ask_longer, require_few_unconfirmed
from booking.resettle import Plan, resettle
from booking.revisions import touch
from booking.states import OccurrenceState
from booking.telling import tell
from booking.waiving import drop
from booking.wish import wall_span
from database.audit import Act, Audit, record
from kernel.errors import Conflict, Invalid, refuse
from kernel.recurrence import LONGEST
from venues.queries import room_at


def readd(session: Session, booking_id: int, number: int, *, version: int | None = None, by: Actor, now: datetime) -> Booking:
    """Take a date back that was cancelled or left out, where it was; what cancelling it cost is taken away once it is booked.

    Raises Declined, Taken, Conflict (``wrong-state``, ``in-the-past``, and as ``require_few_unconfirmed``), Stale, Missing,
    Forbidden.
    """
    booking = _growing(session, booking_id, version=version, by=by)
    date, was = occurrence_of(booking, number), before(session, [booking])
    lifecycle.require(lifecycle.Act.READD, date.state)
    if date.starts_at <= now:
        raise refuse(Conflict, "in-the-past", "booking", booking.reference)
    require_kind(booking.kind, in_use(date.room), by)
    return _settled(session, booking, date, "readd", was, by=by, now=now)


def add(
    session: Session,
    booking_id: int,
    *,
    start: datetime,
    end: datetime,
    room: str | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Booking:
    """Give a booking one more date, in its own room where no other (``venue/room``) is named.

    Raises Declined, Taken, Conflict (``room-retired``, and as ``readd``), Invalid (``too-many-dates``), Stale, Missing, Forbidden.
    """
    booking = _growing(session, booking_id, version=version, by=by)
    place = in_use(room_at(session, room) if room else booking.room)
    require_kind(booking.kind, place, by)
    wall, was = wall_span(start, end, place.venue.zone), before(session, [booking])
    interval = wall.interval()
    if len(booking.occurrences) >= LONGEST:
        raise refuse(Invalid, "too-many-dates", "start", f"{wall.start:%Y-%m-%dT%H:%M}", most=LONGEST)
    date = Occurrence(
        number=_next_number(session, booking),
        room=place,
        state=OccurrenceState.SKIPPED,
        local_start=wall.start,
        local_end=wall.end,
        zone=wall.zone,
        starts_at=interval.start,
        ends_at=interval.end,
        created_at=now,
        changed_at=now,
    )
    booking.occurrences.append(date)
    session.flush()
    return _settled(session, booking, date, "add", was, by=by, now=now)


def _growing(session: Session, booking_id: int, *, version: int | None, by: Actor) -> Booking:
    booking = booking_at(session, booking_id, version, by=by)
    require_holder(booking, by)
    return booking


def _next_number(session: Session, booking: Booking) -> int:
    """One that no date of the booking ever had, those among them that were split from it: calendars and the log know them by it."""
    left = select(Audit.facts).where(Audit.subject == "booking", Audit.subject_id == booking.id, Audit.verb == "split")
    had: list[int] = [number for facts in session.scalars(left) for number in facts["dates"]]
    return max(0, *had, *(date.number for date in booking.occurrences)) + 1


def _settled(session: Session, booking: Booking, date: Occurrence, act: str, was: Before, *, by: Actor, now: datetime) -> Booking:
    if not by.is_officer:
        drop(booking, [date.number])
    ask_longer(booking, date.starts_at, now=now)
    plan = Plan(act=act, dates=(date,), by_staff=by.is_officer, asked_at=now, not_before=now)
    resettle(session, booking, plan, now=now)
    if booking.confirm_by is not None:
        require_few_unconfirmed(session, booking.holder_id)
    touch(session, booking)
    facts = {"dates": [date.number], "starts_at": date.starts_at.isoformat(), "room": date.room_id, "version": booking.version}
    done = Act(act, "booking", booking.id, facts, booking.holder_id)
    record(session, done, by=by, now=now)
    tell(session, booking, "dates-added", facts={"dates": [date.number]}, by=by, now=now)
    undoable(session, done, was, by=by, now=now)
    return booking
