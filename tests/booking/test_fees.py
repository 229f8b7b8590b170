"""What a cancellation costs: by days on the wall clock, by the ladder that the date was judged by, and when nothing is asked."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking import decisions, ending
from booking.closures import close_rooms
from booking.fees import cost_of, cost_once_booked
from booking.models import Booking
from booking.pages.terms import Tried
from booking.reasons import verdicts_of
from booking.reservations import reserve
from booking.states import BookingState
from database.audit import Audit
from kernel.errors import Conflict, Forbidden, Invalid
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from policies.verdict import Absence, Ladder, Outcome, Step, Verdict
from tests.booking.conftest import LADDER, NOW, POLICY, REASON, Hall, again, move, publish_with, wish
from venues.inputs import ClosureInput

KRONE = 100
BY_LADDER = Verdict(outcome=Outcome.ACCEPTED, cancellation=Ladder(rule="ladder", steps=(Step(15, 50), Step(8, 100))))
ABSENCE = Absence(rule="absence", times=3, percent=100, release_hours=24, hearing_days=0)
# Lørenskog's case 7: rent 1,000 for a Saturday.
SATURDAY = {"start": "2026-11-14T18:00", "end": "2026-11-14T20:30"}


@pytest.fixture
def hall(session: Session, hall: Hall) -> Hall:
    publish_with(session, LADDER)
    return hall


def dated(starts: datetime) -> Tried:
    """A date of 1,000 kroner that begins at a time by the clock in Oslo, the first of it where it comes twice."""
    return Tried(starts.replace(tzinfo=OSLO).astimezone(UTC), starts, "Europe/Oslo", 1000 * KRONE, 1000 * KRONE)


def booked(session: Session, hall: Hall, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**{**SATURDAY, **changes}), by=hall.berit, now=NOW)
    again(session)
    return made


def cancel(session: Session, booking: Booking, *, by: Actor, now: datetime, **given: Any) -> list[int | None]:
    """Cancels, and tells the fees of its dates."""
    again(session)
    cancelled = ending.cancel(session, booking.id, by=by, now=now, **given)
    again(session)
    return [one.fee for one in cancelled.occurrences]


@pytest.mark.parametrize(
    ("day", "kroner"),
    [
        (datetime(2026, 10, 30, 12), 0),
        (datetime(2026, 10, 31, 12), 500),
        (datetime(2026, 11, 6, 12), 500),
        (datetime(2026, 11, 7, 12), 1000),
    ],
)
def test_a_private_tenant_who_cancels_15_14_8_and_7_days_before(session: Session, hall: Hall, day: datetime, kroner: int) -> None:
    again(session)
    asked = reserve(session, wish(**SATURDAY, organisation=None), by=hall.per, now=NOW)
    again(session)
    decisions.approve(session, asked.id, by=hall.kari, now=NOW)
    assert asked.occurrences[0].charged_price == 1000 * KRONE

    assert cancel(session, asked, by=hall.per, now=day.replace(tzinfo=UTC)) == [kroner * KRONE]


@pytest.mark.parametrize(("moment", "kroner"), [((30, 22, 59), 0), ((30, 23, 0), 500)])
def test_days_are_counted_by_the_clock_on_the_wall(session: Session, hall: Hall, moment: tuple[int, int, int], kroner: int) -> None:
    """Midnight in Oslo is an hour before midnight in UTC."""
    day, hour, minute = moment

    assert cancel(session, booked(session, hall), by=hall.berit, now=datetime(2026, 10, day, hour, minute, tzinfo=UTC)) == [kroner * KRONE]


OSLO = ZoneInfo("Europe/Oslo")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("starts", "dearer_on", "midnight"),
    [
        # 15 days: 14 left is dearer. Winter time begins on the 25th of October 2026, summer time on the 28th of March 2027.
        (datetime(2026, 11, 1, 18), date(2026, 10, 18), datetime(2026, 10, 17, 22, tzinfo=UTC)),
        (datetime(2026, 11, 8, 18), date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (datetime(2026, 11, 9, 18), date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (datetime(2027, 4, 4, 0), date(2027, 3, 21), datetime(2027, 3, 20, 23, tzinfo=UTC)),
        (datetime(2027, 4, 11, 18), date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC)),
        (datetime(2027, 4, 12, 18), date(2027, 3, 29), datetime(2027, 3, 28, 22, tzinfo=UTC)),
    ],
)
def test_it_is_free_to_the_last_second_before_the_day_that_is_told(starts: datetime, dearer_on: date, midnight: datetime) -> None:
    assert midnight.astimezone(OSLO) == datetime.combine(dearer_on, time(), OSLO)
    told = {}
    for apart in (-MINUTE, -SECOND, timedelta(), SECOND, MINUTE):
        cost = cost_once_booked(dated(starts), BY_LADDER, now=midnight + apart)
        assert cost is not None
        told[apart] = (cost.fee, cost.dearer_on, cost.then)

    free, half = (0, dearer_on, 500 * KRONE), (500 * KRONE, starts.date() - timedelta(days=7), 1000 * KRONE)
    assert told == {-MINUTE: free, -SECOND: free, timedelta(): half, SECOND: half, MINUTE: half}


@pytest.mark.parametrize(
    ("starts", "limit"),
    [
        (datetime(2026, 10, 24, 18), "2026-10-23T18:00"),
        (datetime(2026, 10, 25, 18), "2026-10-24T19:00"),  # 25 hours of that day, and so 24 before is an hour later on the clock
        (datetime(2026, 10, 26, 2, 30), "2026-10-25T02:30"),
        (datetime(2027, 3, 28, 18), "2027-03-27T17:00"),
        (datetime(2027, 3, 29, 2, 30), "2027-03-28T01:30"),
    ],
)
def test_what_is_missed_from_is_the_minute_that_is_told_and_the_next_second_counts(starts: datetime, limit: str) -> None:
    verdict = replace(BY_LADDER, absence=ABSENCE, cancellation=None)
    early = cost_once_booked(dated(starts), verdict, now=NOW)
    assert early is not None and early.missed_from is not None
    assert f"{early.missed_from.astimezone(OSLO):%Y-%m-%dT%H:%M}" == limit
    told = [
        cost_once_booked(dated(starts), verdict, now=early.missed_from + apart) for apart in (-MINUTE, -SECOND, timedelta(), SECOND, MINUTE)
    ]

    assert [(one.fee, one.missed is not None) for one in told if one] == [*[(0, False)] * 3, *[(1000 * KRONE, True)] * 2]


def test_a_day_on_which_it_counts_as_missed_already_is_told_at_what_that_costs() -> None:
    """Missed from ten days before at the full price; the ladder asks for half from the seventh day."""
    steps = (Step(15, 10), Step(8, 50))
    verdict = replace(BY_LADDER, cancellation=Ladder(rule="ladder", steps=steps), absence=replace(ABSENCE, release_hours=240))
    cost = cost_once_booked(dated(datetime(2026, 11, 14, 18)), verdict, now=datetime(2026, 11, 2, 12, tzinfo=UTC))

    assert cost is not None
    assert (cost.fee, cost.dearer_on, cost.then) == (100 * KRONE, date(2026, 11, 7), 1000 * KRONE)
    on_the_day = cost_once_booked(dated(datetime(2026, 11, 14, 18)), verdict, now=datetime(2026, 11, 7, 12, tzinfo=UTC))
    assert on_the_day is not None and on_the_day.fee == cost.then


def test_a_step_that_begins_when_the_date_is_over_is_never_told() -> None:
    verdict = replace(BY_LADDER, cancellation=Ladder(rule="ladder", steps=(Step(1, 50), Step(0, 100))))
    told = [cost_once_booked(dated(datetime(2026, 11, 14, 18)), verdict, now=datetime(2026, 11, day, 12, tzinfo=UTC)) for day in (13, 14)]

    assert [(one.fee, one.dearer_on) for one in told if one] == [(0, date(2026, 11, 14)), (500 * KRONE, None)]


@pytest.mark.parametrize(("told", "kroner"), [((22, 58), None), ((23, 0), 500), (None, 500)])
def test_who_was_told_that_it_is_free_does_not_pay_unasked(
    session: Session, hall: Hall, told: tuple[int, int] | None, kroner: int | None
) -> None:
    booking = booked(session, hall)
    at = datetime(2026, 10, 30, *told, tzinfo=UTC) if told else None
    pressed = datetime(2026, 10, 30, 23, 1, tzinfo=UTC)

    if kroner is None:
        with pytest.raises(Conflict, match="dearer-meanwhile"):
            cancel(session, booking, told_at=at, by=hall.berit, now=pressed)
    else:
        assert cancel(session, booking, told_at=at, by=hall.berit, now=pressed) == [kroner * KRONE]


@pytest.mark.parametrize("told", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_a_moment_that_no_page_was_shown_at_breaks_nothing(session: Session, hall: Hall, told: datetime) -> None:
    assert cancel(session, booked(session, hall), told_at=told, by=hall.berit, now=NOW + MINUTE) == [0]


def test_what_it_costs_is_told_beforehand_with_the_day_on_which_it_gets_dearer(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    verdict = verdicts_of(session, booking)[datetime(2026, 11, 14, 18)]

    told = [
        cost_of(booking.occurrences[0], verdict, now=datetime(2026, month, day, 12, tzinfo=UTC))
        for month, day in ((10, 30), (11, 6), (11, 7))
    ]

    assert [(one.fee, one.dearer_on, one.then) for one in told if one] == [
        (0, date(2026, 10, 31), 500 * KRONE),
        (500 * KRONE, date(2026, 11, 7), 1000 * KRONE),
        (1000 * KRONE, None, None),
    ]


def test_a_share_of_nothing_is_nothing_and_never_dearer(session: Session, hall: Hall) -> None:
    free = [{"price_class": "list", "ore": 0}]
    rules = [rule for rule in POLICY["rules"] if rule["kind"] != "price"]  # type: ignore[index, union-attr]
    tariff = {"kind": "price", "id": "prices", "reason": REASON, "tariffs": [{"version": "0", "first": "2026-01-01", "rows": free}]}
    document = checked({**POLICY, "rules": [*rules, tariff, LADDER]})
    publish(session, place_at(session, ""), document, NOW.date(), by=SERVICE, now=NOW)
    booking = booked(session, hall)
    now = datetime(2026, 11, 10, 12, tzinfo=UTC)
    cost = cost_of(booking.occurrences[0], verdicts_of(session, booking)[datetime(2026, 11, 14, 18)], now=now)

    assert cost is not None
    assert (cost.percent, cost.fee, cost.dearer_on) == (100, 0, None)
    assert cancel(session, booking, by=hall.berit, now=now) == [0]


def test_a_share_of_a_price_that_nobody_stated_is_not_known(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    booking.occurrences[0].charged_price = None

    assert cancel(session, booking, by=hall.berit, now=datetime(2026, 11, 10, 12, tzinfo=UTC)) == [None]


def test_where_no_rule_asks_for_anything_nothing_is_owed(session: Session, hall: Hall) -> None:
    publish_with(session)

    assert cancel(session, booked(session, hall), by=hall.berit, now=datetime(2026, 11, 14, 12, tzinfo=UTC)) == [None]


def test_a_request_that_was_never_granted_is_withdrawn_for_nothing(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(**SATURDAY, organisation=None), by=hall.per, now=NOW)

    assert asked.state is BookingState.REQUESTED
    assert cancel(session, asked, by=hall.per, now=datetime(2026, 11, 14, 12, tzinfo=UTC)) == [None]


def test_each_date_of_a_series_costs_by_its_own_days(session: Session, hall: Hall) -> None:
    series = booked(session, hall, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})

    assert cancel(session, series, by=hall.berit, now=datetime(2026, 11, 10, 12, tzinfo=UTC)) == [100_000, 50_000, 0]


def test_the_ladder_is_that_of_the_latest_judgement(session: Session, hall: Hall) -> None:
    kept, moved = booked(session, hall), booked(session, hall, start="2026-11-15T18:00", end="2026-11-15T20:30")
    publish_with(session, {**LADDER, "steps": [{"days": 366, "percent": 10}]})
    move(session, moved.id, 1, start=datetime(2026, 11, 16, 18), end=datetime(2026, 11, 16, 20, 30), by=hall.berit, now=NOW)

    far_ahead = datetime(2026, 9, 10, 12, tzinfo=UTC)
    assert [cancel(session, one, by=hall.berit, now=far_ahead) for one in (kept, moved)] == [[0], [10_000]]


def test_an_officer_asks_for_nothing_and_says_why(session: Session, hall: Hall) -> None:
    late = datetime(2026, 11, 13, 12, tzinfo=UTC)
    first, second = booked(session, hall), booked(session, hall, start="2026-11-14T21:00", end="2026-11-14T23:00")
    for by, refusal, reason in ((hall.kari, Invalid, " "), (hall.berit, Forbidden, "Sykdom.")):
        with pytest.raises(refusal):
            cancel(session, first, by=by, now=late, without_fee=True, reason=reason)

    fees = [
        cancel(session, first, by=hall.kari, now=late, without_fee=True, reason="Begravelse."),
        cancel(session, second, by=hall.kari, now=late, reason="De ringte."),
    ]

    assert fees == [[0], [80_000]]
    audited = session.scalars(select(Audit.facts).where(Audit.verb == "cancel").order_by(Audit.id)).all()
    assert [(facts["cost"], facts["without_fee"]) for facts in audited] == [({"1": 100_000}, True), ({"1": 80_000}, False)]


def test_what_the_municipality_closes_costs_nothing(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    closed = ClosureInput(start="2026-11-14T08:00", end="2026-11-14T23:00", reason="Vannlekkasje")
    close_rooms(session, "oren-flerbrukshall", closed, confirmed=True, by=hall.olav, now=datetime(2026, 11, 13, 12, tzinfo=UTC))

    assert (booking.state, booking.occurrences[0].fee) == (BookingState.DISPLACED, None)
