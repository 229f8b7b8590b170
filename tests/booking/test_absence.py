"""That nobody came: noted once it has begun, priced, told, taken back, and counted against the next request."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.absence import answer_by, note_absence, withdraw_absence
from booking.ending import cancel
from booking.models import Booking
from booking.outcome import Declined
from booking.reasons import verdicts_of
from booking.replay import replay
from booking.reservations import reserve
from booking.states import BookingState
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden
from tests.booking.conftest import LADDER, NO_SHOW, NOW, Hall, again, publish_with, wish

AFTER = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)
# The last day to answer is 30 September, by the clock on the wall.
HEARD = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)


@pytest.fixture
def hall(session: Session, hall: Hall) -> Hall:
    publish_with(session, NO_SHOW)
    return hall


def booked(session: Session, hall: Hall, day: int = 15, *, now: datetime = NOW, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**{"start": f"2026-09-{day}T18:00", "end": f"2026-09-{day}T20:00", **changes}), by=hall.berit, now=now)
    again(session)
    return made


def note(session: Session, booking: Booking, hall: Hall, *, now: datetime = AFTER) -> Booking:
    again(session)
    noted = note_absence(session, booking.id, 1, by=hall.olav, now=now)
    again(session)
    return noted


def test_the_caretaker_notes_it_and_it_costs_its_share_of_the_list_price(session: Session, hall: Hall) -> None:
    booking = note(session, booked(session, hall), hall)

    (missed,) = booking.occurrences
    assert (missed.absent_at, missed.absent_by, missed.fee, booking.state) == (AFTER, hall.olav.person_id, 80_000, BookingState.BOOKED)
    audited = session.execute(select(Audit.hand_id, Audit.holder_id, Audit.facts).where(Audit.verb == "note_absence")).one()
    assert tuple(audited) == (hall.olav.person_id, hall.berit.person_id, {"dates": [1], "fee": 80_000, "version": 2})
    told = session.execute(select(Notice.person_id, Notice.facts).where(Notice.kind == "absence-noted")).one()
    assert tuple(told) == (hall.berit.person_id, {"number": 1})


def test_its_holder_can_answer_within_the_days_of_the_rule_by_which_it_was_judged(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    publish_with(session, {**NO_SHOW, "hearing_days": 1})
    (missed,) = note(session, booking, hall).occurrences

    rule = verdicts_of(session, booking)[missed.local_start].absence

    assert rule is not None
    assert answer_by(missed, rule) == date(2026, 9, 30)


def test_noting_it_twice_is_noting_it_once_and_taking_it_back_is_told_too(session: Session, hall: Hall) -> None:
    booking = note(session, note(session, booked(session, hall), hall), hall, now=AFTER + timedelta(hours=1))
    noted = booking.occurrences[0].absent_at

    for _ in range(2):
        again(session)
        withdraw_absence(session, booking.id, 1, by=hall.kari, now=AFTER + timedelta(hours=2))

    (missed,) = booking.occurrences
    assert (noted, missed.absent_at, missed.absent_by, missed.fee) == (AFTER, None, None, None)
    kinds = session.scalars(select(Notice.kind).where(Notice.kind.startswith("absence")).order_by(Notice.id)).all()
    assert kinds == ["absence-noted", "absence-withdrawn"]


def test_only_those_who_look_after_the_house_or_decide_note_it(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)

    for verb in (note_absence, withdraw_absence):
        again(session)
        with pytest.raises(Forbidden):
            verb(session, booking.id, 1, by=hall.berit, now=AFTER)


@pytest.mark.parametrize(
    ("changes", "now", "code"),
    [
        ({}, datetime(2026, 9, 15, 15, 59, tzinfo=UTC), "not-begun"),
        ({"kind": "block", "organisation": None}, AFTER, "nobody-expected"),
        ({"organisation": None}, AFTER, "wrong-state"),
    ],
)
def test_what_has_not_begun_is_kept_empty_or_was_never_granted_is_missed_by_nobody(
    session: Session, hall: Hall, changes: dict[str, Any], now: datetime, code: str
) -> None:
    again(session)
    booking = reserve(session, wish(**changes), by=hall.kari if "kind" in changes else hall.per if changes else hall.berit, now=NOW)

    with pytest.raises(Conflict) as refused:
        note(session, booking, hall, now=now)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_without_a_rule_about_it_it_is_noted_and_costs_nothing(session: Session, hall: Hall) -> None:
    publish_with(session)

    assert note(session, booked(session, hall), hall).occurrences[0].fee is None


@pytest.mark.parametrize(("effect", "state"), [("review", "requested"), ("refuse", "refused")])
def test_the_third_time_makes_the_next_request_wait_or_be_refused_once_its_holder_was_heard(
    session: Session, hall: Hall, effect: str, state: str
) -> None:
    publish_with(session, {**NO_SHOW, "effect": effect})
    for day in (10, 11, 12):
        note(session, booked(session, hall, day), hall)
    last_day = booked(session, hall, now=HEARD - timedelta(seconds=1), start="2026-10-12T18:00", end="2026-10-12T20:00")

    assert last_day.state is BookingState.BOOKED
    changes = {"start": "2026-10-13T18:00", "end": "2026-10-13T20:00"}
    if state == "refused":
        with pytest.raises(Declined) as refused:
            booked(session, hall, now=HEARD, **changes)
        assert [(fault.code, fault.value, fault.facts["limit"]) for fault in refused.value.faults] == [("policy:too-many-no-shows", 3, 3)]
    else:
        third = booked(session, hall, now=HEARD, **changes)
        assert (third.state.value, [one.is_same for one in replay(session, third.reference)]) == (state, [True])


def test_two_times_have_no_consequence(session: Session, hall: Hall) -> None:
    for day in (10, 11):
        note(session, booked(session, hall, day), hall)

    assert booked(session, hall, now=HEARD, start="2026-10-13T18:00", end="2026-10-13T20:00").state is BookingState.BOOKED


@pytest.mark.parametrize(
    ("by", "given", "moment", "fee", "counts"),
    [
        ("berit", {}, datetime(2026, 9, 14, 16, 0, tzinfo=UTC), 0, False),
        ("berit", {}, datetime(2026, 9, 14, 16, 1, tzinfo=UTC), 80_000, True),
        ("kari", {"without_fee": True, "reason": "Syk trener."}, datetime(2026, 9, 15, 15, 0, tzinfo=UTC), 0, False),
    ],
)
def test_what_is_given_back_too_late_counts_as_missed(
    session: Session, hall: Hall, by: str, given: dict[str, Any], moment: datetime, fee: int, counts: bool
) -> None:
    publish_with(session, {**NO_SHOW, "release_hours": 24})
    booking = booked(session, hall)

    again(session)
    (date,) = cancel(session, booking.id, by=getattr(hall, by), now=moment, **given).occurrences
    again(session)

    assert (date.fee, date.absent_at) == (fee, moment if counts else None)


def test_a_late_cancellation_is_counted_and_can_be_forgiven_at_the_price_of_the_ladder(session: Session, hall: Hall) -> None:
    publish_with(session, {**NO_SHOW, "release_hours": 24, "times": 1}, LADDER)
    booking = booked(session, hall)
    again(session)
    cancel(session, booking.id, by=hall.berit, now=datetime(2026, 9, 15, 8, tzinfo=UTC))

    later = booked(session, hall, now=HEARD, start="2026-10-13T18:00", end="2026-10-13T20:00")
    again(session)
    forgiven = withdraw_absence(session, booking.id, 1, by=hall.kari, now=HEARD).occurrences[0]
    again(session)
    at_last = booked(session, hall, now=HEARD, start="2026-10-14T18:00", end="2026-10-14T20:00")

    assert (later.state, at_last.state) == (BookingState.REQUESTED, BookingState.BOOKED)
    assert (forgiven.absent_at, forgiven.fee) == (None, booking.occurrences[0].charged_price)


def test_what_was_taken_back_counts_no_more(session: Session, hall: Hall) -> None:
    missed = [note(session, booked(session, hall, day), hall) for day in (10, 11, 12)]
    again(session)
    withdraw_absence(session, missed[0].id, 1, by=hall.olav, now=AFTER)

    assert booked(session, hall, now=HEARD, start="2026-10-13T18:00", end="2026-10-13T20:00").state is BookingState.BOOKED
