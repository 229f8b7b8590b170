"""What was done to a booking since a version of it was seen, told from the audit."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.identity import Role
from booking.absence import note_absence
from booking.casework import messages
from booking.changed import changes_since
from booking.changing import Change, change
from booking.decisions import approve
from booking.ending import cancel
from booking.reservations import reserve
from tests.booking.conftest import NOW, Hall, again, wish

DAY = timedelta(days=1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_act_that_made_a_booking_newer_is_told_and_what_left_it_as_it_was_is_not(session: Session, hall: Hall) -> None:
    booking = reserve(session, wish(organisation=None, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}), by=hall.per, now=NOW)
    again(session)
    messages.note(session, booking.id, "Ringte.", by=hall.kari, now=NOW)
    again(session)
    approve(session, booking.id, by=hall.kari, now=NOW)
    again(session)
    start, end = datetime(2026, 9, 23, 18, 0), datetime(2026, 9, 23, 20, 0)
    change(session, booking.id, Change(number=2, start=start, end=end), by=hall.kari, now=NOW + DAY)
    again(session)
    cancel(session, booking.id, number=3, by=hall.per, now=NOW + 2 * DAY)
    again(session)
    note_absence(session, booking.id, 1, by=hall.olav, now=NOW + 20 * DAY)
    again(session)

    told = [(one.verb, one.numbers, one.name, one.role) for one in changes_since(session, booking, 1)]

    assert told == [
        ("approve", (), "Kari Nordby", Role.OFFICER),
        ("move", (2,), "Kari Nordby", Role.OFFICER),
        ("cancel", (3,), "Per Solli", None),
        ("note_absence", (1,), "Olav Haugen", Role.CARETAKER),
    ]
    assert [one.verb for one in changes_since(session, booking, 4)] == ["note_absence"]
    assert [list(changes_since(session, booking, version)) for version in (5, 99)] == [[], []]
