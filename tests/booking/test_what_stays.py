"""What does not move stays as it was: its place, its hold and its answer; what moves is decided where it goes to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import decisions, ending, splitting
from booking.billing.owed import OWED
from booking.changing import Change, Said, change
from booking.closures import Closing, close
from booking.models import Booking, Claim, Occurrence
from booking.outcome import Declined
from booking.reservations import reserve
from booking.scope import Scope
from booking.states import BookingState, OccurrenceState
from kernel.errors import Forbidden, Missing
from tests.booking.conftest import LADDER, NOW, PRICES, REASON, Hall, again, move, publish_with, wish
from tests.cast import ZONE
from venues.inputs import ClosureInput
from venues.models import OpeningHours, Origin, Room, Space, Venue
from venues.opening import Openness
from venues.queries import venue_named

OURS = "oren-flerbrukshall/gymsal-1"
LATER = NOW + timedelta(days=9)
HORIZON = {"kind": "horizon", "id": "thirty", "ahead": {"amount": 30, "unit": "days"}, "reason": REASON}
BY_CARETAKER = {
    "kind": "decision_route",
    "id": "clubs",
    "scope": {"applicants": ["organisation"]},
    "route": "by-role",
    "role": "caretaker",
    "promise": {"amount": 2, "unit": "working-days"},
    "hold": {"amount": 2, "unit": "days"},
    "reason": REASON,
}
WEEKLY = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
MORE = Said(participants={"6-12": 19})


def asked(session: Session, hall: Hall, *, who: str = "per", **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**{"organisation": None, **changes}), by=getattr(hall, who), now=NOW)
    again(session)
    return made


def another_hall(session: Session) -> Venue:
    """Another building, with one room that is open all day."""
    space = Space(slug="sal", name="Sal")
    venue = Venue(slug="fjell", name="Fjellhallen", kind="sports hall", zone=ZONE, changed_at=NOW, spaces=[space])
    session.add_all([venue, Room(venue=venue, slug="sal", name="Sal", kind="gym", changed_at=NOW, spaces=[space])])
    session.flush()
    for weekday in range(7):
        row = OpeningHours(venue_id=venue.id, weekday=weekday, from_minute=0, to_minute=24 * 60, origin=Origin.STAFF)
        row.openness = Openness.OPEN
        session.add(row)
    session.flush()
    return venue


def holds(session: Session, booking: Booking) -> list[datetime | None]:
    """Until when its dates keep their time, in their order."""
    of = select(Claim.expires_at).join(Occurrence, Claim.occurrence_id == Occurrence.id).where(Occurrence.booking_id == booking.id)
    return list(session.scalars(of.order_by(Occurrence.number)))


@pytest.mark.parametrize("act", ["approve", "decline"])
def test_a_request_that_moves_to_another_building_is_decided_there(session: Session, hall: Hall, act: str) -> None:
    publish_with(session, BY_CARETAKER)
    there = another_hall(session)
    booking = asked(session, hall, who="berit", organisation="313000001")
    move(session, booking.id, 1, by=hall.berit, now=NOW, room="fjell/sal")
    again(session)
    decide = decisions.approve if act == "approve" else lambda *given, **more: decisions.decline(*given, reason="Nei.", **more)
    theirs = replace(hall.olav, venues=frozenset({there.id}))

    with pytest.raises(Missing) as refused, session.begin_nested():
        decide(session, booking.id, by=hall.olav, now=NOW)
    again(session)
    decide(session, booking.id, by=theirs, now=NOW)

    assert [fault.code for fault in refused.value.faults] == ["unknown-booking"]
    assert booking.state is (BookingState.BOOKED if act == "approve" else BookingState.REFUSED)


def test_what_waits_in_two_buildings_is_an_officers(session: Session, hall: Hall) -> None:
    publish_with(session, BY_CARETAKER)
    theirs = replace(hall.olav, venues=frozenset({another_hall(session).id}))
    booking = asked(session, hall, who="berit", organisation="313000001", **WEEKLY)
    here = booking.decider
    move(session, booking.id, 2, by=hall.berit, now=NOW, room="fjell/sal")
    again(session)

    for caretaker in (hall.olav, theirs):
        with pytest.raises(Forbidden), session.begin_nested():
            decisions.approve(session, booking.id, by=caretaker, now=NOW)
    again(session)
    made = splitting.split(session, booking.id, 2, by=hall.berit, now=NOW)

    assert (here, booking.decider, booking.room.venue.slug) == ("caretaker", "officer", "oren-flerbrukshall")
    assert made.room.venue.slug == "oren-flerbrukshall"


def test_dates_that_are_split_off_are_where_they_are(session: Session, hall: Hall) -> None:
    another_hall(session)
    booking = asked(session, hall, who="berit", organisation="313000001", **WEEKLY)
    move(session, booking.id, 3, by=hall.berit, now=NOW, room="fjell/sal")
    again(session)

    made = splitting.split(session, booking.id, 3, by=hall.berit, now=NOW)

    assert (booking.room.venue.slug, made.room.venue.slug) == ("oren-flerbrukshall", "fjell")


@pytest.mark.parametrize("same", [{"room": OURS}, {"start": datetime(2026, 9, 15, 18, 0), "end": datetime(2026, 9, 15, 20, 0)}])
def test_saying_where_a_request_is_already_grants_nothing(session: Session, hall: Hall, same: dict[str, Any]) -> None:
    booking = asked(session, hall)

    change(session, booking.id, Change(number=1, said=MORE, **same), by=hall.kari, now=NOW)

    assert (booking.state, booking.decided_by, booking.participants) == (BookingState.REQUESTED, None, {"6-12": 19})


def test_an_officer_may_let_what_was_lost_cost_nothing(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    booking = asked(session, hall)
    decisions.approve(session, booking.id, by=hall.kari, now=NOW)
    again(session)
    move(session, booking.id, 1, by=hall.per, now=LATER, start=datetime(2026, 9, 17, 18, 0), end=datetime(2026, 9, 17, 20, 0))
    again(session)
    shut = ClosureInput(room="", start=datetime(2026, 9, 14), end=datetime(2026, 9, 18), reason="Vannlekkasje")
    close(
        session, Closing(venue=venue_named(session, "oren-flerbrukshall"), room=None, given=shut), confirmed=True, by=hall.kari, now=LATER
    )
    again(session)
    of = select(OWED).select_from(Occurrence).where(Occurrence.booking_id == booking.id)
    lost = (booking.state, session.scalar(of))

    ending.cancel(session, booking.id, without_fee=True, reason="Hallen ble stengt.", by=hall.kari, now=LATER)
    again(session)

    assert (lost, session.scalar(of)) == ((BookingState.DISPLACED, PRICES[0]["ore"] * 2), 0)


def test_an_officer_moves_a_date_as_far_as_its_holder(session: Session, hall: Hall) -> None:
    publish_with(session, HORIZON)
    booking = asked(session, hall, who="berit", organisation="313000001")
    ahead = {"start": datetime(2026, 10, 2, 18, 0), "end": datetime(2026, 10, 2, 20, 0)}
    beyond = {"start": datetime(2026, 10, 20, 18, 0), "end": datetime(2026, 10, 20, 20, 0)}

    with pytest.raises(Declined) as refused, session.begin_nested():
        move(session, booking.id, 1, by=hall.kari, now=LATER, **beyond)
    again(session)
    move(session, booking.id, 1, by=hall.kari, now=LATER, **ahead)

    assert [fault.code for fault in refused.value.faults] == ["policy:too-far-ahead"]
    assert (booking.state, booking.occurrences[0].local_start) == (BookingState.BOOKED, ahead["start"])


def test_who_begins_to_wait_is_promised_an_answer_from_then_on(session: Session, hall: Hall) -> None:
    """Booked for two weeks, moved, and a little later for more than may be had without being asked for: two working days from then."""
    booking = asked(session, hall, who="berit", organisation="313000001", start="2026-09-29T18:00", end="2026-09-29T20:00")
    monday = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
    move(session, booking.id, 1, by=hall.berit, now=monday, start=datetime(2026, 9, 30, 18, 0), end=datetime(2026, 9, 30, 20, 0))
    publish_with(session, {**BY_CARETAKER, "role": "officer"})

    change(session, booking.id, Change(number=1, said=MORE), by=hall.berit, now=monday + timedelta(hours=1))

    assert booking.state is BookingState.REQUESTED
    assert booking.decide_by and booking.decide_by < datetime(2026, 9, 18, tzinfo=UTC)


def test_a_date_that_stays_while_another_moves_keeps_its_place_and_its_notice(session: Session, hall: Hall) -> None:
    booking = asked(session, hall, **WEEKLY)
    move(session, booking.id, 2, by=hall.per, now=NOW, room="oren-flerbrukshall/gymsal-2")
    publish_with(session, {"kind": "lead_time", "id": "notice", "notice": {"amount": 7, "unit": "days"}, "reason": REASON})

    change(session, booking.id, Change(number=1, scope=Scope.ALL, room=OURS, said=MORE), by=hall.per, now=LATER)

    assert [date.room.slug for date in booking.occurrences] == ["gymsal-1"] * 3
    assert [date.submitted for date in booking.occurrences] == [NOW, LATER, NOW]


def test_touching_a_request_keeps_its_time_no_longer(session: Session, hall: Hall) -> None:
    booking = asked(session, hall)
    until = holds(session, booking)
    for day in (1, 3):
        again(session)
        said = Said(participants={"6-12": 18 + day})
        change(session, booking.id, Change(number=1, said=said), by=hall.per, now=NOW + timedelta(days=day))
        again(session)
        until += holds(session, booking)

    theirs = asked_at(session, hall, NOW + timedelta(days=3))

    assert until == [NOW + timedelta(days=2)] * 2
    assert [date.state for date in (*booking.occurrences, *theirs.occurrences)] == [OccurrenceState.REQUESTED, OccurrenceState.BOOKED]


def asked_at(session: Session, hall: Hall, now: datetime) -> Booking:
    """A club's booking of the usual time, made then."""
    again(session)
    return reserve(session, wish(), by=hall.berit, now=now)


def test_moving_a_request_keeps_the_new_time_as_long_as_a_new_one(session: Session, hall: Hall) -> None:
    booking = asked(session, hall)

    move(session, booking.id, 1, by=hall.per, now=NOW + timedelta(days=1), room="oren-flerbrukshall/gymsal-2")

    assert holds(session, booking) == [NOW + timedelta(days=3)]
