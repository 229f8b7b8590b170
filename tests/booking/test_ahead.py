"""What lies ahead where a policy is published: booked dates and waiting requests, by place."""

from sqlalchemy.orm import Session

from booking.ahead import bookings_ahead
from booking.reservations import reserve
from policies.ahead import Ahead
from policies.places import place_at
from tests.booking.conftest import NOW, Hall, again, wish


def test_booked_dates_and_waiting_requests_are_counted_by_place(session: Session, hall: Hall) -> None:
    weekly = {"rrule": "FREQ=WEEKLY;COUNT=3"}
    for given, by in (
        (wish(recurrence=weekly), hall.berit),
        (wish(room="oren-flerbrukshall/gymsal-2"), hall.berit),
        (wish(organisation=None, start="2026-11-16T18:00", end="2026-11-16T20:00", recurrence=weekly), hall.per),
        (wish(kind="block", organisation=None, participants={}, start="2026-12-16T18:00", end="2026-12-16T20:00"), hall.kari),
    ):
        again(session)
        reserve(session, given, by=by, now=NOW)
    again(session)

    paths = ("", "oren-flerbrukshall", "oren-flerbrukshall/gymsal-1", "oren-flerbrukshall/gymsal-2", "oren-flerbrukshall/hel-hall")
    counted = [bookings_ahead(session, place_at(session, path), now=NOW) for path in paths]

    assert counted == [Ahead(4, 1), Ahead(4, 1), Ahead(3, 1), Ahead(1, 0), Ahead(0, 0)]
