"""What is asked for now is judged as now: a new time lies ahead and keeps the notice, and what was given up is owed until it is had."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking import adding, decisions, ending, undo
from booking.billing.owed import OWED
from booking.changing import Change, Said, change
from booking.closures import Closing, close
from booking.line import offer_instead
from booking.models import Booking, Occurrence, Offer
from booking.offers import accept
from booking.outcome import Declined
from booking.reasons import judged_last
from booking.reservations import reserve
from booking.states import BookingState, OccurrenceState, OfferState
from booking.waiving import exceptions_of
from kernel.errors import Conflict, Refusal
from policies.request import Request
from tests import cast
from tests.booking.conftest import LADDER, NO_SHOW, NOW, PRICES, REASON, TWO_HOURS, Hall, again, move, publish_with, wish
from venues.inputs import ClosureInput
from venues.queries import venue_named

LATER = NOW + timedelta(days=9)
# Two days before the date of the usual wish, a Tuesday in September.
NOTICE = {"kind": "lead_time", "id": "notice", "notice": {"amount": 2, "unit": "days"}, "reason": REASON}
HORIZON = {"kind": "horizon", "id": "thirty", "ahead": {"amount": 30, "unit": "days"}, "reason": REASON}
BEEN = {"start": datetime(2026, 9, 8, 18, 0), "end": datetime(2026, 9, 8, 20, 0)}
SOON = {"start": datetime(2026, 9, 11, 18, 0), "end": datetime(2026, 9, 11, 20, 0)}
IN_TIME = {"start": datetime(2026, 9, 17, 18, 0), "end": datetime(2026, 9, 17, 20, 0)}
AT_NIGHT = {"start": "2026-10-25T02:15+01:00", "end": "2026-10-25T02:45+01:00"}
DRY_DAYS = {"start": datetime(2026, 9, 14), "end": datetime(2026, 9, 18)}
BLOCK: dict[str, Any] = {"kind": "block", "organisation": None, "participants": {}}


def booked(session: Session, hall: Hall, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**changes), by=hall.berit, now=NOW)
    again(session)
    return made


def granted(session: Session, hall: Hall) -> Booking:
    """A private tenant's booking, which an officer has said yes to."""
    again(session)
    asked = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    decisions.approve(session, asked.id, by=hall.kari, now=NOW)
    again(session)
    return asked


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [fault.code for fault in refusal.value.faults]


def owed(session: Session, booking: Booking) -> int:
    again(session)
    return session.scalars(select(OWED).select_from(Occurrence).where(Occurrence.booking_id == booking.id)).one()


@pytest.mark.parametrize(("who", "code"), [("berit", "policy:in-the-past"), ("kari", "has-begun")])
def test_nobody_moves_a_date_to_what_has_been(session: Session, hall: Hall, who: str, code: str) -> None:
    booking = booked(session, hall)

    with pytest.raises(Declined) as refused, session.begin_nested():
        move(session, booking.id, 1, by=getattr(hall, who), now=LATER, **BEEN)

    again(session)
    assert (codes(refused), booking.occurrences[0].local_start) == ([code], datetime(2026, 9, 15, 18, 0))


@pytest.mark.parametrize("who", ["berit", "kari"])
def test_nobody_adds_a_date_that_has_been(session: Session, hall: Hall, who: str) -> None:
    booking = booked(session, hall)

    with pytest.raises(Declined) as refused:
        adding.add(session, booking.id, **BEEN, by=getattr(hall, who), now=LATER)

    assert codes(refused) == ["policy:in-the-past"]


@pytest.mark.parametrize(("changes", "code"), [({}, "policy:in-the-past"), (BLOCK, "has-begun")])
def test_nobody_asks_for_what_has_been(session: Session, hall: Hall, changes: dict[str, Any], code: str) -> None:
    again(session)

    with pytest.raises(Declined) as refused:
        reserve(session, wish(**changes), by=hall.kari, now=NOW + timedelta(days=30))

    assert codes(refused) == [code]


def test_of_a_series_that_has_begun_the_dates_ahead_are_booked(session: Session, hall: Hall) -> None:
    again(session)

    made = reserve(
        session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}, on_conflict="skip"), by=hall.berit, now=NOW + timedelta(days=15)
    )

    assert [date.state for date in made.occurrences] == [OccurrenceState.SKIPPED, OccurrenceState.BOOKED, OccurrenceState.BOOKED]


def test_who_moves_a_date_keeps_the_notice_of_today_and_an_officer_need_not(session: Session, hall: Hall) -> None:
    publish_with(session, NOTICE)
    booking = booked(session, hall)

    with pytest.raises(Declined) as refused, session.begin_nested():
        move(session, booking.id, 1, by=hall.berit, now=LATER, **SOON)
    again(session)
    move(session, booking.id, 1, by=hall.kari, now=LATER, **SOON)

    assert (codes(refused), booking.occurrences[0].local_start) == (["policy:too-short-notice"], SOON["start"])


@pytest.mark.parametrize(
    "act", [lambda *given, **more: adding.add(*given, **SOON, **more), lambda *given, **more: adding.readd(*given, 1, **more)]
)
def test_who_adds_a_date_keeps_the_notice_of_today(session: Session, hall: Hall, act: Callable[..., Booking]) -> None:
    publish_with(session, {**NOTICE, "notice": {"amount": 6, "unit": "days"}})
    booking = booked(session, hall, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})
    ending.cancel(session, booking.id, number=1, by=hall.berit, now=LATER)
    again(session)

    with pytest.raises(Declined) as refused:
        act(session, booking.id, by=hall.berit, now=LATER + timedelta(hours=1))

    assert codes(refused) == ["policy:too-short-notice"]


def test_a_date_is_added_as_far_ahead_as_a_new_one_may_be(session: Session, hall: Hall) -> None:
    publish_with(session, HORIZON)
    booking = booked(session, hall)
    ahead = {"start": datetime(2026, 10, 2, 18, 0), "end": datetime(2026, 10, 2, 20, 0)}

    with pytest.raises(Declined), session.begin_nested():
        adding.add(session, booking.id, **ahead, by=hall.berit, now=NOW)
    again(session)
    adding.add(session, booking.id, **ahead, by=hall.berit, now=LATER)

    assert [date.state for date in booking.occurrences] == [OccurrenceState.BOOKED] * 2


def test_another_time_offered_for_what_was_lost_is_judged_as_of_the_offer(session: Session, hall: Hall) -> None:
    """Where the office has moved its window on since the booking, nothing else was found."""
    booking = booked(session, hall, start="2026-09-30T18:00", end="2026-09-30T20:00")
    publish_with(session, {**HORIZON, "ahead": {"amount": 20, "unit": "days"}})
    match = {"kind": "municipal", "organisation": "313000044", "start": "2026-09-30T17:00", "end": "2026-09-30T23:00"}
    with pytest.raises(Conflict) as shown, session.begin_nested():
        reserve(session, wish(**match, displace={"reason": "Kamp"}), by=hall.kari, now=LATER)
    again(session)
    reserve(session, wish(**match, displace={"reason": "Kamp", "seen": str(shown.value.details["seen"])}), by=hall.kari, now=LATER)
    again(session)
    sought = session.scalars(select(Offer).where(Offer.state == OfferState.SOUGHT)).one()

    found = offer_instead(session, sought.id, by=cast.actor(session, hall.cast.ada), now=LATER + timedelta(minutes=3))
    again(session)
    (offer,) = session.scalars(select(Offer).where(Offer.state == OfferState.OPEN))
    accept(session, offer.id, by=hall.berit, now=LATER + timedelta(hours=9))

    assert (found, booking.state) == (True, BookingState.BOOKED)


def test_a_booked_date_that_would_wait_is_not_given_up_unless_that_was_said(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    booking = granted(session, hall)

    with pytest.raises(Conflict) as refused, session.begin_nested():
        move(session, booking.id, 1, by=hall.per, now=LATER, ready_to_wait=False, **IN_TIME)

    again(session)
    assert [(fault.code, fault.facts["cost"]) for fault in refused.value.faults] == [("gives-up-time-for", PRICES[0]["ore"] * 2)]
    assert (booking.state, booking.occurrences[0].fee) == (BookingState.BOOKED, None)


def test_what_giving_up_a_date_costs_is_owed_until_the_new_time_is_had(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    booking = granted(session, hall)
    price = PRICES[0]["ore"] * 2

    move(session, booking.id, 1, by=hall.per, now=LATER, **IN_TIME)
    waiting = (booking.state, booking.occurrences[0].fee, owed(session, booking))
    decisions.approve(session, booking.id, by=hall.kari, now=LATER)

    assert waiting == (BookingState.REQUESTED, price, price)
    assert (booking.occurrences[0].fee, owed(session, booking)) == (None, price)


@pytest.mark.parametrize("changes", [IN_TIME, {"said": Said(participants={"6-12": 19})}], ids=["another time", "another number"])
@pytest.mark.parametrize("end", ["cancel", "refuse", "close"])
def test_nobody_gets_out_of_a_fee_by_asking_for_something_else(session: Session, hall: Hall, changes: dict[str, Any], end: str) -> None:
    publish_with(session, LADDER, NO_SHOW | {"release_hours": 24 * 7, "per": "person"})
    booking = granted(session, hall)
    change(session, booking.id, Change(number=1, **changes), by=hall.per, now=LATER)
    again(session)

    if end == "cancel":
        ending.cancel(session, booking.id, by=hall.per, now=LATER)
    elif end == "close":
        closed = ClosureInput(room="", reason="Vannlekkasje", **DRY_DAYS)
        close(
            session,
            Closing(venue=venue_named(session, "oren-flerbrukshall"), room=None, given=closed),
            confirmed=True,
            by=hall.kari,
            now=LATER,
        )
    else:
        decisions.decline(session, booking.id, reason="Opptatt.", by=hall.kari, now=LATER)

    date = booking.occurrences[0]
    assert (date.fee, date.absent_at, owed(session, booking)) == (PRICES[0]["ore"] * 2, LATER, PRICES[0]["ore"] * 2)


def test_what_was_cancelled_for_a_fee_and_is_asked_for_again_costs_it_until_there_is_a_yes(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    booking = granted(session, hall)
    ending.cancel(session, booking.id, by=hall.per, now=LATER)
    again(session)

    adding.readd(session, booking.id, 1, by=hall.per, now=LATER)
    asked = (booking.state, owed(session, booking))
    ending.cancel(session, booking.id, by=hall.per, now=LATER)
    withdrawn = (booking.state, owed(session, booking))

    assert (asked, withdrawn) == ((BookingState.REQUESTED, 80000), (BookingState.CANCELLED, 80000))


def test_what_is_owed_for_what_was_given_up_is_undone_with_it(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    booking = granted(session, hall)
    move(session, booking.id, 1, by=hall.per, now=LATER, **IN_TIME)
    again(session)

    act = undo.last_act(session, "booking", booking.id, by=hall.per, now=LATER)
    undo.undo(session, act.id if act else 0, by=hall.per, now=LATER)

    assert (booking.state, booking.occurrences[0].fee, owed(session, booking)) == (BookingState.BOOKED, None, PRICES[0]["ore"] * 2)


def test_an_exception_is_for_as_many_as_it_was_granted_for(session: Session, hall: Hall) -> None:
    publish_with(session, TWO_HOURS)
    booking = booked(session, hall, end="2026-09-15T21:00", exceptions=["two-hours"], exception_reason="Cup for fire.")
    decisions.approve(session, booking.id, grounds="Bare fire.", by=hall.kari, now=NOW)
    again(session)

    with pytest.raises(Declined) as refused, session.begin_nested():
        change(session, booking.id, Change(number=1, said=Said(participants={"6-12": 150})), by=hall.berit, now=NOW)
    again(session)
    change(session, booking.id, Change(number=1, said=Said(participants={"6-12": 20})), by=hall.kari, now=NOW)

    assert (codes(refused), exceptions_of(booking).not_for) == (["policy:too-long"], ())


def test_the_start_of_a_date_in_the_hour_that_comes_twice_stays_where_it_is(session: Session, hall: Hall) -> None:
    again(session)
    booking = reserve(session, wish(**AT_NIGHT, **BLOCK), by=hall.kari, now=NOW)
    again(session)

    move(session, booking.id, 1, by=hall.kari, now=NOW, end=datetime(2026, 10, 25, 2, 50, tzinfo=UTC) - timedelta(hours=1))

    date = booking.occurrences[0]
    assert (date.starts_at, date.ends_at) == (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 50, tzinfo=UTC))


def test_that_another_team_needs_the_same_terms_is_told_before_anything_is_asked(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    clubs = {"kind": "decision_route", "id": "clubs", "scope": {"applicants": ["organisation"]}, "route": "by-role", "reason": REASON}
    publish_with(session, {**clubs, "promise": {"amount": 2, "unit": "working-days"}})

    with pytest.raises(Conflict) as refused:
        change(session, booking.id, Change(number=1, said=Said(team="P2"), ready_to_wait=False), by=hall.berit, now=NOW)

    assert codes(refused) == ["team-needs-decision"]


def test_what_was_asked_for_now_is_decided_on_as_of_then(session: Session, hall: Hall) -> None:
    publish_with(session, HORIZON)
    booking = granted(session, hall)
    ahead = {"start": datetime(2026, 10, 2, 18, 0), "end": datetime(2026, 10, 2, 20, 0)}

    move(session, booking.id, 1, by=hall.per, now=LATER, **ahead)
    again(session)
    decisions.approve(session, booking.id, by=hall.kari, now=LATER + timedelta(days=1))

    date = booking.occurrences[0]
    assert (date.state, date.local_start, date.asked_at) == (OccurrenceState.BOOKED, ahead["start"], LATER)


def test_each_date_is_decided_on_as_of_when_it_was_asked_for(session: Session, hall: Hall) -> None:
    """What has to be decided within a day of asking: each date says its own day."""
    again(session)
    booking = reserve(session, wish(organisation=None, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}), by=hall.per, now=NOW)
    for number, days in ((2, 3), (3, 6)):
        again(session)
        start = booking.occurrences[number - 1].local_start + timedelta(days=1)
        moved = {"start": start, "end": start + timedelta(hours=2)}
        move(session, booking.id, number, by=hall.per, now=NOW + timedelta(days=days), **moved)
    again(session)

    decisions.approve(session, booking.id, by=hall.kari, now=LATER)
    again(session)

    judged = judged_last(session, booking)[booking.id]
    asked = [Request.from_json(judged[date.local_start]["request"]).submitted for date in booking.occurrences]
    assert asked == [NOW, NOW + timedelta(days=3), NOW + timedelta(days=6)]


def test_undoing_a_move_asks_for_its_time_as_before(session: Session, hall: Hall) -> None:
    again(session)
    booking = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    move(session, booking.id, 1, by=hall.per, now=LATER, **IN_TIME)
    again(session)

    act = undo.last_act(session, "booking", booking.id, by=hall.per, now=LATER)
    undo.undo(session, act.id if act else 0, by=hall.per, now=LATER)

    assert (booking.occurrences[0].asked_at, booking.occurrences[0].submitted) == (None, booking.created_at)
