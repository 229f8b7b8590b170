"""A hall of two halves that was open for one week, and what was booked in it that year and the year before, row by row."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.models import Booking, Occurrence, Sought, Usage
from booking.states import BookingKind, BookingState, OccurrenceState, UsageKind
from kernel.wallclock import WallSpan
from tests.booking.conftest import Hall, furnish
from venues.models import Closure, OpeningHours, Origin, Room
from venues.opening import Openness

TODAY = datetime(2026, 11, 26, 9, tzinfo=UTC)
PRICED = {"list_price": 40000, "charged_price": 40000, "tariff": "2026"}


@pytest.fixture
def year(session: Session) -> Hall:
    return give(session)


def give(session: Session) -> Hall:
    """Open Monday 2 to Sunday 8 March 2026: on weekdays 16-22, at the weekend 10-16."""
    hall = furnish(session)
    session.execute(delete(OpeningHours))
    for weekday in range(7):
        opens, closes = (16, 22) if weekday < 5 else (10, 16)
        open_for(session, hall, weekday, opens * 60, closes * 60, first_day=date(2026, 3, 2), last_day=date(2026, 3, 8))
    close(session, hall, datetime(2026, 3, 8, 10), datetime(2026, 3, 8, 12))
    skiold, strommen = {"organisation_id": hall.cast.skiold.id}, {"organisation_id": hall.cast.strommen.id}
    whole = book(session, hall, "hel-hall", "2026-03-03T18:00", "2026-03-03T20:00", **skiold, list_price=80000, charged_price=0)
    book(
        session, hall, "gymsal-1", "2026-03-07T15:00", "2026-03-07T17:00", **skiold, list_price=40000, charged_price=10000, absent_at=TODAY
    )
    private = {"applicant_class": "person", "participants": {"20-66": 6}}
    book(session, hall, "gymsal-2", "2026-03-04T21:00", "2026-03-04T23:00", **private)
    choir = {**strommen, "participants": {"13-19": 10, "20-66": 5}, "activity": "culture.music"}
    book(session, hall, "gymsal-1", "2026-03-28T23:00", "2026-03-29T04:00", **choir, list_price=100000, charged_price=50000)
    for day, end, state in (("05", "18:00", "cancelled"), ("06", "18:30", "displaced"), ("02", "18:00", "refused")):
        book(session, hall, "gymsal-1", f"2026-03-{day}T17:00", f"2026-03-{day}T{end}", **skiold, state=state, **PRICED)
    book(session, hall, "gymsal-2", "2026-03-05T16:00", "2026-03-05T17:00", kind="block")
    book(session, hall, "gymsal-1", "2025-03-04T18:00", "2025-03-04T19:00", **skiold, **PRICED)
    tuesday: dict[str, Any] = {"on_day": date(2026, 3, 3), "wanted_day": date(2026, 3, 3), "weekday": 1, "reasons": ["taken"]}
    session.add(Sought(**tuesday, from_minute=18 * 60))
    session.add(Sought(**tuesday, from_minute=19 * 60, room="oren-flerbrukshall/gymsal-1"))
    confirmed = {"participants": {"6-12": 20}, "heads": 20, "at": TODAY}
    session.add(Usage(occurrence_id=whole.id, kind=UsageKind.USED, **confirmed))
    session.flush()
    session.info.pop("locked", None)
    return hall


NUMBERS = count(1)


def open_for(session: Session, hall: Hall, weekday: int, start: int, end: int, **period: Any) -> None:
    """Opening hours of the hall."""
    row = OpeningHours(venue_id=hall.cast.oren.id, weekday=weekday, from_minute=start, to_minute=end, origin=Origin.STAFF, **period)
    row.openness = period.get("openness", Openness.OPEN)
    session.add(row)


def close(session: Session, hall: Hall, start: datetime, end: datetime) -> None:
    """The hall closed for a time."""
    span = WallSpan(start, end, "Europe/Oslo").interval()
    walls = {"local_start": start, "local_end": end, "starts_at": span.start, "ends_at": span.end}
    stamps = {"created_at": TODAY, "changed_at": TODAY, "origin": Origin.STAFF}
    session.add(Closure(venue_id=hall.cast.oren.id, reason="Tett tak", **walls, **stamps))


def book(session: Session, hall: Hall, room: str, start: str, end: str, **more: Any) -> Occurrence:
    """A booking of one date, as it may stand after years."""
    where = next(one for one in hall.cast.oren.rooms if one.slug == room)
    fields = {key: more.pop(key) for key in ("list_price", "charged_price", "tariff", "absent_at") if key in more}
    state, kind = OccurrenceState(more.pop("state", "booked")), BookingKind(more.pop("kind", "ordinary"))
    known = {"applicant_class": "organisation", "purpose": "Trening", "activity": "sport.training", "participants": {"6-12": 18}}
    booking = Booking(**{**known, **more}, room=where, kind=kind, state=BookingState.BOOKED, holder=hall.cast.per)
    booking.reference, booking.created_at, booking.changed_at = f"BY-HAND-{next(NUMBERS)}", TODAY, TODAY
    date_ = _date(where, WallSpan(datetime.fromisoformat(start), datetime.fromisoformat(end), "Europe/Oslo"))
    date_.booking, date_.state = booking, state
    for name, value in fields.items():
        setattr(date_, name, value)
    session.add(booking)
    session.add(date_)
    session.flush()
    return date_


def _date(room: Room, wall: WallSpan) -> Occurrence:
    span = wall.interval()
    walls = {"local_start": wall.start, "local_end": wall.end, "zone": wall.zone}
    return Occurrence(number=1, room=room, **walls, starts_at=span.start, ends_at=span.end, created_at=TODAY, changed_at=TODAY)
