"""What lies outside: dates ahead that a room no longer offers since its hours, capacity or use changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from booking import ending
from booking.models import Booking
from booking.outside import bookings_outside
from booking.reservations import reserve
from tests.booking.conftest import NOW, Hall, again, wish
from venues.models import OpeningHours
from venues.outside import Outside, Why
from venues.queries import room_at, venue_named

ROOM = "oren-flerbrukshall/gymsal-1"
START = datetime(2026, 9, 15, 16, tzinfo=UTC)


def book(session: Session, hall: Hall, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**changes), by=hall.berit, now=NOW)
    again(session)
    return made


def found(session: Session, room: str = "", now: datetime = NOW) -> list[tuple[str, int, Why]]:
    venue = venue_named(session, "oren-flerbrukshall")
    dates = bookings_outside(session, venue, room_at(session, room) if room else None, now=now)
    return [(date.reference, date.number, date.why) for date in dates]


def shut_at(session: Session, hour: int) -> None:
    session.execute(update(OpeningHours).values(to_minute=hour * 60))
    again(session)


def test_nothing_lies_outside_of_what_was_booked_by_the_rules(session: Session, hall: Hall) -> None:
    book(session, hall, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})

    assert found(session) == []


def test_dates_after_the_new_closing_time_are_told_with_room_and_time(session: Session, hall: Hall) -> None:
    early = book(session, hall, start="2026-09-15T16:00", end="2026-09-15T18:00")
    late = book(session, hall)
    shut_at(session, 19)

    dates = bookings_outside(session, hall.cast.oren, None, now=NOW)

    assert early.reference != late.reference
    assert dates == (Outside(START, START + timedelta(hours=2), late.reference, 1, "Gymsal 1", Why.CLOSED),)


def test_only_live_dates_ahead_count_and_requests_that_wait_among_them(session: Session, hall: Hall) -> None:
    series = book(session, hall, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    ending.cancel(session, series.id, number=2, by=hall.berit, now=NOW)
    again(session)
    waiting = reserve(session, wish(organisation=None, start="2026-09-16T18:00", end="2026-09-16T20:00"), by=hall.per, now=NOW)
    again(session)
    shut_at(session, 19)

    ahead = found(session, now=START + timedelta(hours=3))

    assert ahead == [(waiting.reference, 1, Why.CLOSED), (series.reference, 3, Why.CLOSED)]


def test_hours_that_nobody_knows_any_more_put_nothing_outside(session: Session, hall: Hall) -> None:
    book(session, hall)
    session.execute(delete(OpeningHours))
    again(session)

    assert found(session) == []


def test_a_room_out_of_use_and_one_that_takes_fewer_are_told_and_its_neighbours_are_not(session: Session, hall: Hall) -> None:
    booking = book(session, hall)
    book(session, hall, room="oren-flerbrukshall/gymsal-2")
    room = room_at(session, ROOM)
    room.retired_at, room.capacity = NOW, 17
    again(session)

    assert found(session, ROOM) == [(booking.reference, 1, Why.RETIRED), (booking.reference, 1, Why.CROWDED)]
    assert found(session) == found(session, ROOM)
    assert found(session, "oren-flerbrukshall/gymsal-2") == []


def test_time_that_staff_block_is_nobodys_use(session: Session, hall: Hall) -> None:
    again(session)
    reserve(session, wish(kind="block", organisation=None, participants={}), by=hall.kari, now=NOW)
    again(session)
    shut_at(session, 19)

    assert found(session) == []
