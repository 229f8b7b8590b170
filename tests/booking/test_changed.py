"""What was done to a booking since a version of it was seen, told from the audit."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.orm import Session

from accounts.identity import Role
from booking.absence import note_absence
from booking.casework import messages
from booking.changed import changes_since
from booking.changing import Change, Said, change
from booking.decisions import approve
from booking.ending import cancel
from booking.reservations import reserve
from tests.booking.conftest import NOW, Hall, again, wish

DAY = timedelta(days=1)
START, END = datetime(2026, 9, 15, 18), datetime(2026, 9, 15, 20)
OFFSET = timezone(timedelta(hours=2))
HEADS = Said(participants={"6-12": 9})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_act_that_made_a_booking_newer_is_told(session: Session, hall: Hall) -> None:
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

    assert changes_since(session, booking, 1)[0].verb == "note"
    told = [(one.verb, one.numbers, one.name, one.role) for one in changes_since(session, booking, 2)]

    assert told == [
        ("approve", (), "Kari Nordby", Role.OFFICER),
        ("move", (2,), "Kari Nordby", Role.OFFICER),
        ("cancel", (3,), "Per Solli", None),
        ("note_absence", (1,), "Olav Haugen", Role.CARETAKER),
    ]
    assert [one.verb for one in changes_since(session, booking, 5)] == ["note_absence"]
    assert [list(changes_since(session, booking, version)) for version in (6, 99)] == [[], []]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Change(number=1, start=START, end=END, room="oren-flerbrukshall/gymsal-1"), []),
        (Change(number=1, start=START.replace(tzinfo=OFFSET), end=END.replace(tzinfo=OFFSET)), []),
        (Change(number=1, end=END + timedelta(hours=1)), ["move"]),
        (Change(number=1, said=Said(purpose="Kamp")), ["restate"]),
        (Change(number=1, said=HEADS), ["restate"]),
        (Change(number=1, said=HEADS, start=START + DAY, end=END + DAY), ["restate", "move"]),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_change_makes_a_booking_newer_by_the_acts_that_are_told_of_it(
    session: Session, hall: Hall, wanted: Change, told: list[str]
) -> None:
    booking = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)

    change(session, booking.id, wanted, by=hall.berit, now=NOW)
    again(session)

    assert [one.verb for one in changes_since(session, booking, 1)] == told
    assert booking.version == 1 + len(told)
