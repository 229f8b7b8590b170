"""Moving a date: by the wall clock or with an offset, within the hours that are left, and never beyond reason."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking import adding, ending
from booking.models import Booking
from booking.outcome import Declined
from booking.reservations import reserve
from booking.states import BookingState, OccurrenceState
from booking.support.agreements import make_agreement
from booking.support.terms import AgreementTerms
from database.audit import Audit
from database.outbox import Notice, last_posted
from kernel.errors import Conflict, Forbidden, Invalid
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests.booking.conftest import NOW, POLICY, REASON, Hall, again, move, wish
from tests.booking.test_what_stays import another_hall
from tests.cast import ZONE
from venues.models import Room, Space, Venue

ROOM = "oren-flerbrukshall/gymsal-1"
FOUR_HOURS_A_MONTH = {"kind": "quota", "id": "month", "per": "organisation", "period": "month", "minutes": 240, "reason": REASON}


def two_dates(session: Session, hall: Hall, **changes: object) -> Booking:
    """Two hours on each of two Tuesdays."""
    again(session)
    booking = reserve(session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}, **changes), by=hall.berit, now=NOW)
    again(session)
    return booking


def first_moved(session: Session, hall: Hall, booking: Booking, start: str, end: str) -> Booking:
    found = move(session, booking.id, 1, start=datetime.fromisoformat(start), end=datetime.fromisoformat(end), by=hall.berit, now=NOW)
    again(session)
    return found


def test_a_longer_date_is_counted_with_the_other_dates_of_its_booking_under_the_agreement(session: Session, hall: Hall) -> None:
    days = {"first_day": date(2026, 9, 1), "last_day": date(2026, 12, 31)}
    terms = AgreementTerms(organisation=hall.cast.skiold.id, title="Fire timer", price_class="partner", hours=4, rooms=(ROOM,), **days)
    agreement = make_agreement(session, terms, by=hall.kari, now=NOW)
    booking = two_dates(session, hall, agreement=agreement.id)

    first_moved(session, hall, booking, "2026-09-16T18:00", "2026-09-16T20:00")
    with pytest.raises(Declined) as refused:
        first_moved(session, hall, booking, "2026-09-16T18:00", "2026-09-16T21:00")

    assert [fault.code for fault in refused.value.faults] == ["policy:agreement-hours-used"]


def test_a_longer_date_is_counted_with_the_other_dates_of_its_booking_in_a_quota(session: Session, hall: Hall) -> None:
    document = checked({**POLICY, "rules": [*POLICY["rules"], FOUR_HOURS_A_MONTH]})
    again(session)
    publish(session, place_at(session, ""), document, date(2026, 9, 1), by=SERVICE, now=NOW)
    booking = two_dates(session, hall)

    with pytest.raises(Declined) as refused:
        first_moved(session, hall, booking, "2026-09-16T18:00", "2026-09-16T21:00")

    assert [fault.code for fault in refused.value.faults] == ["policy:quota-used"]


def test_a_date_that_only_ends_earlier_is_told_and_one_that_is_moved_nowhere_stays_as_it_is(session: Session, hall: Hall) -> None:
    asked = two_dates(session, hall, activity="culture.concert")
    posted, version = last_posted(session), asked.version

    for _ in range(2):
        found = move(session, asked.id, 1, end=datetime.fromisoformat("2026-09-15T19:00"), by=hall.berit, now=NOW)
        again(session)
    stays = move(session, asked.id, 2, start=datetime.fromisoformat("2026-09-22T18:00"), by=hall.kari, now=NOW)

    told = session.execute(select(Notice.kind, Notice.facts).where(Notice.id > posted)).all()
    acts = session.execute(select(Audit.subject, Audit.facts).where(Audit.verb == "move").order_by(Audit.id)).all()
    assert [(kind, facts["dates"]) for kind, facts in told] == [("dates-moved", [1])]
    assert [(subject, facts.get("ends", facts.get("dates"))) for subject, facts in acts] == [
        ("occurrence", "2026-09-15T17:00:00+00:00"),
        ("booking", [1]),
    ]
    assert (found.version, stays.version, stays.state) == (version + 1, version + 1, BookingState.REQUESTED)


def test_times_with_an_offset_are_read_as_the_same_times_on_the_wall_clock(session: Session, hall: Hall) -> None:
    booking = two_dates(session, hall)

    moved = first_moved(session, hall, booking, "2026-09-16T16:00:00+00:00", "2026-09-16T20:00:00+02:00")

    date_moved = moved.occurrences[0]
    assert (date_moved.local_start, date_moved.local_end) == (datetime(2026, 9, 16, 18), datetime(2026, 9, 16, 20))
    assert (date_moved.starts_at, date_moved.ends_at) == (datetime(2026, 9, 16, 16, tzinfo=UTC), datetime(2026, 9, 16, 18, tzinfo=UTC))


def test_no_date_is_longer_than_a_month(session: Session, hall: Hall) -> None:
    booking = two_dates(session, hall)

    with pytest.raises(Invalid) as moved:
        first_moved(session, hall, booking, "2026-09-16T18:00", "2199-09-16T20:00")
    with pytest.raises(Invalid) as asked:
        reserve(session, wish(end="2026-10-16T18:01"), by=hall.berit, now=NOW)

    assert [(fault.code, fault.field, fault.facts) for fault in (moved.value.faults[0], asked.value.faults[0])] == [
        ("too-long-span", "end", {"days": 31}),
        ("too-long-span", "end", {"days": 31}),
    ]


def test_a_caretaker_moves_blocked_time_within_the_own_venue_only(session: Session, hall: Hall) -> None:
    elsewhere = Venue(slug="fjell-skole", name="Fjell skole", kind="school", zone=ZONE, changed_at=NOW)
    space = Space(venue=elsewhere, slug="aula", name="Aula")
    session.add(Room(venue=elsewhere, slug="aula", name="Aula", kind="auditorium", changed_at=NOW, spaces=[space]))
    again(session)
    blocked = reserve(session, wish(kind="block", organisation=None), by=hall.olav, now=NOW)
    times = {"start": datetime(2026, 9, 16, 18), "end": datetime(2026, 9, 16, 20)}

    again(session)
    with pytest.raises(Forbidden) as refused:
        move(session, blocked.id, 1, **times, room="fjell-skole/aula", by=hall.olav, now=NOW)
    again(session)
    moved = move(session, blocked.id, 1, **times, room="oren-flerbrukshall/gymsal-2", by=hall.olav, now=NOW)

    assert [(fault.code, fault.facts) for fault in refused.value.faults] == [("not-your-role", {"need": "caretaker"})]
    assert moved.occurrences[0].room.slug == "gymsal-2"


def test_a_room_out_of_use_is_neither_booked_nor_moved_into(session: Session, hall: Hall) -> None:
    booking = two_dates(session, hall)
    retired = next(room for room in hall.cast.oren.rooms if room.slug == "gymsal-2")
    retired.retired_at = NOW
    times = {"start": datetime(2026, 9, 16, 18), "end": datetime(2026, 9, 16, 20)}

    again(session)
    with pytest.raises(Conflict) as asked:
        reserve(session, wish(room="oren-flerbrukshall/gymsal-2"), by=hall.berit, now=NOW)
    again(session)
    with pytest.raises(Conflict) as moved:
        move(session, booking.id, 1, **times, room="oren-flerbrukshall/gymsal-2", by=hall.berit, now=NOW)

    assert [(refused.value.faults[0].code, refused.value.faults[0].value) for refused in (asked, moved)] == [
        ("room-retired", "oren-flerbrukshall/gymsal-2"),
        ("room-retired", "oren-flerbrukshall/gymsal-2"),
    ]


def test_blocked_time_grows_within_the_own_venue_only_and_for_staff_only(session: Session, hall: Hall) -> None:
    another_hall(session)
    again(session)
    blocked = reserve(session, wish(kind="block", organisation=None), by=hall.olav, now=NOW)
    again(session)
    event = reserve(session, wish(kind="municipal", organisation=None, room="oren-flerbrukshall/gymsal-2"), by=hall.kari, now=NOW)
    day = {"start": datetime(2026, 9, 16, 18), "end": datetime(2026, 9, 16, 20)}
    for booking, hand in ((blocked, hall.olav), (event, hall.kari)):
        again(session)
        ending.cancel(session, booking.id, by=hand, now=NOW)
    left = [replace(hand, roles=frozenset(), venues=frozenset()) for hand in (hall.olav, hall.kari)]

    refused = []
    for act in (
        lambda: adding.add(session, blocked.id, **day, room="fjell/sal", by=hall.olav, now=NOW),
        lambda: adding.add(session, blocked.id, **day, by=left[0], now=NOW),
        lambda: adding.readd(session, blocked.id, 1, by=left[0], now=NOW),
        lambda: adding.add(session, event.id, **day, by=left[1], now=NOW),
        lambda: adding.readd(session, event.id, 1, by=left[1], now=NOW),
    ):
        again(session)
        with pytest.raises(Forbidden) as found, session.begin_nested():
            act()
        refused.append(found.value.faults[0].facts["need"])
    again(session)
    added = adding.add(session, blocked.id, **day, by=hall.olav, now=NOW)

    assert refused == ["caretaker"] * 3 + ["officer"] * 2
    assert [date.state for date in added.occurrences] == [OccurrenceState.CANCELLED, OccurrenceState.BOOKED]
