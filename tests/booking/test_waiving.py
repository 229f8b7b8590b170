"""Exceptions: asked for, granted on grounds by the role that the rule names, judged the same again, and dropped by a move."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from booking import decisions
from booking.models import Booking, Judgement
from booking.outcome import Declined, Taken
from booking.reasons import excepted, verdicts_of
from booking.replay import replay
from booking.reservations import preview, reserve
from booking.states import BookingState, OccurrenceState
from booking.waiving import Exceptions, exceptions_of
from database.audit import Audit
from kernel.errors import Forbidden, Invalid
from policies.request import Waiver
from tests import cast
from tests.booking.conftest import NO_TRADE, NOW, POLICY, REASON, TWO_HOURS, Hall, again, furnish, move, publish_with, wish
from venues.inputs import ClosureInput
from venues.scheduling import add_closure_row

FAR = {
    "kind": "horizon",
    "id": "half-a-year",
    "ahead": {"amount": 6, "unit": "months"},
    "reason": REASON,
    "waiver": {"by": "administrator"},
}
HOURS = {"kind": "opening", "id": "opening", "public_holiday": "refuse", "school_break": "refuse", "reason": REASON, "waiver": {}}
LONG = {"end": "2026-09-15T21:00", "exceptions": ["two-hours"], "exception_reason": "Cupen varer i tre timer."}
GROUNDS = "Cupen er for barn i hele kommunen."


@pytest.fixture
def hall(session: Session) -> Hall:
    rules = [rule for rule in POLICY["rules"] if rule["id"] != "opening"]  # type: ignore[index, union-attr]
    return furnish(session, {**POLICY, "rules": [*rules, HOURS, FAR, TWO_HOURS, NO_TRADE]})


def book(session: Session, hall: Hall, *, by: Actor | None = None, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**changes), by=by or hall.berit, now=NOW)
    again(session)
    return made


def approve(session: Session, booking: Booking, *, by: Actor, grounds: str = GROUNDS) -> Booking:
    again(session)
    done = decisions.approve(session, booking.id, grounds=grounds, by=by, now=NOW + timedelta(hours=1))
    again(session)
    return done


def to_six(session: Session, booking: Booking, *, by: Actor, until: int, day: int = 16, number: int = 1) -> Booking:
    """To six in the evening of another day."""
    again(session)
    there = {"start": datetime(2026, 9, day, 18), "end": datetime(2026, 9, day, until)}
    moved = move(session, booking.id, number, **there, by=by, now=NOW + timedelta(hours=2))
    again(session)
    return moved


def codes(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, object]]:
    return [(fault.code, fault.value) for fault in refused.value.faults]


def test_without_asking_the_rule_refuses_and_says_who_may_except_from_it(session: Session, hall: Hall) -> None:
    with pytest.raises(Declined) as refused:
        book(session, hall, end="2026-09-15T21:00")

    (fault,) = refused.value.faults
    assert (fault.code, fault.facts["waivable_by"], fault.facts["is_asked"]) == ("policy:too-long", "officer", False)


def test_asked_for_it_waits_for_the_role_with_rule_and_reason(session: Session, hall: Hall) -> None:
    booking = book(session, hall, **LONG)

    assert (booking.state, booking.decider) == (BookingState.REQUESTED, "officer")
    assert exceptions_of(booking) == Exceptions(asked=("two-hours",), reason="Cupen varer i tre timer.")
    (one,) = excepted(verdicts_of(session, booking))
    assert (one.fault.code, one.fault.facts["paragraph"], one.waivable_by, one.waiver) == ("policy:too-long", "§ 4", Role.OFFICER, None)


def test_granting_needs_grounds_and_keeps_who_in_what_role_when_and_why(session: Session, hall: Hall) -> None:
    booking = book(session, hall, **LONG)
    with pytest.raises(Invalid) as refused:
        approve(session, booking, by=hall.kari, grounds=" ")

    approved = approve(session, booking, by=hall.kari)

    waiver = Waiver("two-hours", "length", "", str(hall.kari.person_id), Role.OFFICER, NOW + timedelta(hours=1), GROUNDS)
    assert codes(refused) == [("grounds-missing", None)]
    assert (approved.state, exceptions_of(approved).waivers) == (BookingState.BOOKED, (waiver,))
    (one,) = excepted(verdicts_of(session, approved))
    assert (one.fault.code, one.waiver) == ("policy:too-long", waiver)
    assert session.scalars(select(Audit.facts).where(Audit.verb == "approve")).one()["waived"] == ["two-hours"]


def test_what_was_judged_with_a_waiver_is_judged_the_same_again(session: Session, hall: Hall) -> None:
    approved = approve(session, book(session, hall, **LONG), by=hall.kari)

    assert [(one.act, one.is_same) for one in replay(session, approved.reference)] == [("reserve", True), ("approve", True)]
    rows = session.scalars(select(Judgement).order_by(Judgement.id)).all()
    assert [row.judged["facts"]["common"]["waivers"] == [] for row in rows] == [True, False]


def test_refusing_works_as_usual(session: Session, hall: Hall) -> None:
    booking = book(session, hall, **LONG)

    refused = decisions.decline(session, booking.id, reason="Nei.", by=hall.kari, now=NOW)

    assert (refused.state, exceptions_of(refused).waivers) == (BookingState.REFUSED, ())


def test_the_highest_role_that_a_date_or_a_rule_names_decides(session: Session, hall: Hall) -> None:
    far = {"start": "2027-03-09T18:00", "end": "2027-03-09T21:00", "exceptions": ["two-hours", "half-a-year"]}
    booking = book(session, hall, **far, exception_reason="Jubileum.")
    with pytest.raises(Forbidden):
        approve(session, booking, by=hall.kari)

    approved = approve(session, booking, by=cast.actor(session, hall.cast.ada))

    assert (booking.decider or "", [waiver.role for waiver in exceptions_of(approved).waivers]) == ("", [Role.ADMINISTRATOR] * 2)
    assert approved.state is BookingState.BOOKED


def test_of_a_series_the_date_that_needs_the_higher_role_decides_who_answers(session: Session, hall: Hall) -> None:
    series = {"recurrence": {"rrule": "FREQ=WEEKLY;INTERVAL=13;COUNT=3"}, "end": "2026-09-15T21:00"}

    booking = book(session, hall, **series, exceptions=["two-hours", "half-a-year"], exception_reason="Jubileum.")

    assert ([date.local_start.date() for date in booking.occurrences][-1], booking.decider) == (date(2027, 3, 16), "administrator")


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"exceptions": ["no-such-rule"]}, [("unknown-exception", "no-such-rule")]),
        ({"commercial": True, "exceptions": ["no-trade"]}, [("exception-not-possible", "no-trade")]),
        ({"exceptions": ["no-trade"]}, [("exception-not-possible", "no-trade")]),
        ({"exceptions": ["prices", "x"]}, [("exception-not-possible", "prices"), ("unknown-exception", "x")]),
    ],
)
def test_a_rule_that_is_not_there_or_never_waived_is_no_exception(
    session: Session, hall: Hall, changes: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    for verb in (reserve, preview):
        again(session)
        with pytest.raises(Invalid) as refused:
            verb(session, wish(**changes, exception_reason="Fordi."), by=hall.berit, now=NOW)  # type: ignore[operator]
        assert codes(refused) == faults


def test_a_rule_that_is_not_broken_needs_no_exception(session: Session, hall: Hall) -> None:
    booking = book(session, hall, exceptions=["two-hours"], exception_reason="For sikkerhets skyld.")

    assert (booking.state, booking.exceptions) == (BookingState.BOOKED, None)


def test_a_closed_room_is_not_opened_by_an_exception(session: Session, hall: Hall) -> None:
    """The rule about opening hours can be waived, and is; a closure is nothing to be excepted from."""
    asked = {"exceptions": ["opening"], "exception_reason": "Vi vil så gjerne."}
    early = book(session, hall, start="2026-09-15T06:00", end="2026-09-15T07:00", **asked)
    closed = ClosureInput(start="2026-09-16T08:00", end="2026-09-16T23:00", reason="Vask")
    add_closure_row(session, "oren-flerbrukshall", closed, by=hall.kari, now=NOW)
    with pytest.raises(Invalid) as refused:
        book(session, hall, start="2026-09-16T18:00", end="2026-09-16T20:00", **asked)

    assert (early.state, codes(refused)) == (BookingState.REQUESTED, [("exception-not-possible", "opening")])


def test_a_taken_time_is_not_given_by_an_exception(session: Session, hall: Hall) -> None:
    book(session, hall, start="2026-09-15T20:00", end="2026-09-15T22:00")

    with pytest.raises(Taken):
        book(session, hall, **LONG)


def test_an_officer_who_asks_for_a_caller_waits_for_the_decision_too(session: Session, hall: Hall) -> None:
    booking = book(session, hall, by=hall.kari, organisation=None, on_behalf_of=hall.per.person_id, **LONG)

    assert booking.state is BookingState.REQUESTED


def test_an_exception_is_asked_on_after_the_organisation_confirmed(session: Session, hall: Hall) -> None:
    booking = book(session, hall, by=hall.siri, **LONG)
    states = [booking.state]

    confirmed = decisions.confirm(session, booking.id, by=hall.berit, now=NOW)

    states.append(confirmed.state)
    assert states == [BookingState.UNCONFIRMED, BookingState.REQUESTED]
    assert approve(session, confirmed, by=hall.kari).state is BookingState.BOOKED


def test_an_officer_moves_a_date_with_its_waiver_as_far_as_it_breaks_the_same_rules(session: Session, hall: Hall) -> None:
    booking = approve(session, book(session, hall, **LONG), by=hall.kari)

    moved = to_six(session, booking, by=hall.kari, until=21)

    assert (moved.state, moved.occurrences[0].local_start) == (BookingState.BOOKED, datetime(2026, 9, 16, 18))
    assert [one.is_same for one in replay(session, moved.reference)] == [True, True, True]
    a_year_on = {"start": datetime(2027, 9, 16, 18), "end": datetime(2027, 9, 16, 21)}
    with pytest.raises(Declined) as refused:
        move(session, moved.id, 1, **a_year_on, by=hall.kari, now=NOW)
    told = [(fault.facts["rule"], fault.facts["is_waived"]) for fault in refused.value.faults]
    assert told == [("half-a-year", False), ("two-hours", True)]


def test_a_date_that_its_holder_moves_leaves_its_waiver_behind(session: Session, hall: Hall) -> None:
    series = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=2"}}
    booking = approve(session, book(session, hall, **LONG, **series), by=hall.kari)
    step = session.begin_nested()
    with pytest.raises(Declined):
        to_six(session, booking, by=hall.berit, until=21)
    step.rollback()

    moved = to_six(session, booking, by=hall.berit, until=20)

    assert (moved.occurrences[0].state, exceptions_of(moved).not_for) == (OccurrenceState.BOOKED, (1,))
    with pytest.raises(Declined):
        to_six(session, moved, by=hall.kari, until=21)
    again(session)
    assert to_six(session, moved, by=hall.kari, until=21, day=23, number=2).occurrences[1].state is OccurrenceState.BOOKED


def test_what_waits_still_asks_for_its_exception_when_its_holder_moves_it(session: Session, hall: Hall) -> None:
    booking = book(session, hall, **LONG)

    moved = to_six(session, booking, by=hall.berit, until=21)

    assert (moved.state, exceptions_of(moved).unanswered) == (BookingState.REQUESTED, ("two-hours",))
    assert approve(session, moved, by=hall.kari).state is BookingState.BOOKED


def test_what_is_granted_and_no_longer_needed_is_not_kept(session: Session, hall: Hall) -> None:
    booking = book(session, hall, by=hall.per, organisation=None, **LONG)
    publish_with(session, NO_TRADE)

    approved = approve(session, booking, by=hall.kari)

    assert (approved.state, exceptions_of(approved).asked, exceptions_of(approved).waivers) == (BookingState.BOOKED, (), ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exceptions": ["two-hours"]}, "missing"),
        ({"exceptions": ["two-hours"], "exception_reason": "  "}, "missing"),
        ({"exception_reason": "Fordi."}, "exception-without-rule"),
    ],
)
def test_rules_and_reason_belong_together(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        wish(**changes)

    assert [error["type"] for error in refused.value.errors()] == [code]
