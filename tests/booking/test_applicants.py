"""What an applicant is known for on the day of use: a series is judged date by date by what then holds."""

from datetime import date
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts.inputs import StandingInput
from accounts.standings import note_standing
from booking import decisions
from booking.judging import unfolded
from booking.models import Booking, Judgement
from booking.replay import replay
from booking.reservations import reserve
from booking.states import BookingState
from tests.booking.conftest import NOW, REASON, Hall, again, publish_with, wish

STATUS_A = {"kind": "eligibility", "id": "status-a", "any_status": ["lease-status-a"], "no_status": ["own-hall"], "reason": REASON}
MEMBERS = {"kind": "eligibility", "id": "members", "figures": [{"figure": "active-members", "value": 100}], "reason": REASON}
THREE = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}, "on_conflict": "skip"}


def note(session: Session, hall: Hall, name: str, **given: Any) -> None:
    again(session)
    said = StandingInput(**{"name": name, "first_day": date(2026, 1, 1), "source": "Vedtak", **given})
    note_standing(session, hall.cast.skiold.id, said, by=hall.kari, now=NOW)


def book(session: Session, hall: Hall, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**changes), by=hall.berit, now=NOW)
    again(session)
    return made


def test_a_status_counts_on_the_days_on_which_it_holds(session: Session, hall: Hall) -> None:
    publish_with(session, STATUS_A)
    note(session, hall, "lease-status-a", last_day=date(2026, 9, 22))
    note(session, hall, "own-hall", first_day=date(2026, 9, 22))

    booking = book(session, hall, **THREE)

    assert [(one.state.value, one.reason) for one in booking.occurrences] == [
        ("booked", ""),
        ("skipped", "policy:status-barred"),
        ("skipped", "policy:status-barred policy:status-missing"),
    ]
    assert [one.is_same for one in replay(session, booking.reference)] == [True] * 3


def test_a_figure_counts_and_where_nobody_knows_it_somebody_looks(session: Session, hall: Hall) -> None:
    publish_with(session, MEMBERS)
    unknown = book(session, hall, start="2026-09-16T18:00", end="2026-09-16T20:00")
    note(session, hall, "active-members", value=100)

    enough = book(session, hall)

    assert (unknown.state, enough.state) == (BookingState.REQUESTED, BookingState.BOOKED)
    stored = unfolded(session.query(Judgement).filter_by(booking_id=enough.id).one().judged)
    assert stored[0]["facts"]["applicant"]["figures"] == [{"name": "active-members", "value": 100}]


def test_a_request_is_decided_by_what_is_known_then(session: Session, hall: Hall) -> None:
    publish_with(session, MEMBERS)
    booking = book(session, hall)
    note(session, hall, "active-members", value=100)
    again(session)

    decisions.approve(session, booking.id, by=hall.kari, now=NOW)

    rows = session.query(Judgement).filter_by(booking_id=booking.id).order_by(Judgement.id)
    assert [len(unfolded(row.judged)[0]["verdict"]["objections"]) for row in rows] == [1, 0]


def test_it_is_read_once_whatever_the_number_of_dates(session: Session, hall: Hall) -> None:
    note(session, hall, "lease-status-a")
    seen: list[str] = []
    engine = session.get_bind().engine

    event.listen(engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    book(session, hall, recurrence={"rrule": "FREQ=WEEKLY;COUNT=20"}, on_conflict="skip")

    assert sum("JOIN standing" in statement for statement in seen) == 1
