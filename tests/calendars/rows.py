"""Rows of bookings and closures as the verbs leave them, for tests of what feeds tell of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking.models import Booking, Occurrence
from booking.states import BookingKind, BookingState, OccurrenceState
from kernel.wallclock import WallSpan
from tests.cast import BEGINNING
from venues.models import Closure, Origin, Room, Venue

NUMBERS = count(100)


def book(
    session: Session,
    room: Room,
    holder: Person,
    walls: Iterable[WallSpan],
    *,
    organisation: Organisation | None = None,
    state: OccurrenceState = OccurrenceState.BOOKED,
    kind: BookingKind = BookingKind.ORDINARY,
    buffers: tuple[int, int] = (0, 0),
    **told: object,
) -> Booking:
    """A booking with a date for each wall-clock span."""
    booking = Booking(
        reference=f"BAKOLI-{next(NUMBERS)}",
        kind=kind,
        state=BookingState(str(state)),
        room_id=room.id,
        organisation_id=organisation.id if organisation else None,
        holder_id=holder.id,
        hand_id=holder.id,
        applicant_class="organisation",
        contact_name=holder.name,
        contact_phone=holder.phone,
        created_at=BEGINNING,
        changed_at=BEGINNING,
        **{"purpose": "Øving", "activity": "culture.music", **told},
    )
    for number, wall in enumerate(walls, start=1):
        booking.occurrences.append(_date(number, wall, room, state, buffers))
    session.add(booking)
    session.flush()
    return booking


def close(
    session: Session, venue: Venue, start: datetime, end: datetime, *, room: Room | None = None, reason: str = "gulvsliping"
) -> Closure:
    """A closure; all-day when it begins and ends at midnight."""
    interval = WallSpan(start, end, venue.zone).interval()
    closure = Closure(
        venue_id=venue.id,
        room_id=room.id if room else None,
        local_start=start,
        local_end=end,
        all_day=start.time() == end.time() == datetime.min.time(),
        starts_at=interval.start,
        ends_at=interval.end,
        reason=reason,
        created_at=BEGINNING,
        changed_at=BEGINNING,
        origin=Origin.STAFF,
    )
    session.add(closure)
    session.flush()
    return closure


def evening(day: str, start: str = "18:00", end: str = "19:30", *, weeks: int = 1, zone: str = "Europe/Oslo") -> list[WallSpan]:
    """The same clock times on a day and, when asked, the weeks after it."""
    first = WallSpan(datetime.fromisoformat(f"{day} {start}"), datetime.fromisoformat(f"{day} {end}"), zone)
    return [first.on(first.start.date() + timedelta(weeks=week)) for week in range(weeks)]


def _date(number: int, wall: WallSpan, room: Room, state: OccurrenceState, buffers: tuple[int, int]) -> Occurrence:
    interval = wall.interval()
    return Occurrence(
        number=number,
        room_id=room.id,
        state=state,
        local_start=wall.start,
        local_end=wall.end,
        zone=wall.zone,
        starts_at=interval.start,
        ends_at=interval.end,
        before_minutes=buffers[0],
        after_minutes=buffers[1],
        list_price=None,
        charged_price=None,
        created_at=BEGINNING,
        changed_at=BEGINNING,
    )
