"""What applicant and office say to each other: the clock of the promise stops for a question and goes on with its answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking.cases import changes_for
from booking.casework import messages, reminders
from booking.casework.models import Message
from booking.changing import Change, change
from booking.decisions import approve, confirm
from booking.models import Booking
from booking.reservations import reserve
from booking.states import Answer, BookingState
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Invalid, Missing
from tests.booking.conftest import NOW, Hall, again, wish

PROMISED = datetime(2026, 9, 4, 13, 30, tzinfo=UTC)  # a Friday, when the office closes
THURSDAY = datetime(2026, 9, 3, 12, 0, tzinfo=UTC)  # an hour and a half before it closes, and a day is left
SATURDAY = datetime(2026, 9, 5, 10, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 9, 8, 7, 30, tzinfo=UTC)  # nine office hours after Saturday


@pytest.fixture
def asked(session: Session, hall: Hall) -> Booking:
    """A request of Per's, on which an officer decides."""
    booking = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    return booking


def told(session: Session, booking: Booking) -> Sequence[tuple[str, int | None]]:
    """The notices about the case, each with its reader."""
    found = select(Notice.kind, Notice.person_id).where(Notice.booking_id == booking.id, Notice.kind.like("case-%"))
    return [tuple(row) for row in session.execute(found.order_by(Notice.id))]


def test_a_question_stops_the_clock_and_its_answer_moves_the_promise_on_by_the_office_time_that_was_left(
    session: Session, hall: Hall, asked: Booking
) -> None:
    messages.write(session, asked.id, "Hvor mange kommer?", must_answer=True, by=hall.kari, now=THURSDAY)
    again(session)
    stopped = (asked.is_paused, asked.decide_by)
    messages.write(session, asked.id, "Tolv", by=hall.per, now=SATURDAY)
    again(session)

    assert stopped == (True, PROMISED)
    assert (asked.is_paused, asked.decide_by) == (False, TUESDAY)
    assert [one.answer for one in messages.messages_of(session, asked, by=hall.per)] == [Answer.GIVEN, None]
    assert told(session, asked) == [("case-ask", hall.per.person_id), ("case-answer", hall.kari.person_id)]
    acts = select(Audit.verb, Audit.hand_id).where(Audit.subject_id == asked.id, Audit.subject == "booking").order_by(Audit.id)
    assert [tuple(row) for row in session.execute(acts)][1:] == [("ask", hall.kari.person_id), ("answer", hall.per.person_id)]
    assert asked.version == 3


@pytest.mark.parametrize(
    ("start", "end", "due"),
    [
        ("2026-09-08T18:00", "2026-09-08T20:00", TUESDAY),  # the day on which it is due anyway
        ("2026-09-07T18:00", "2026-09-07T20:00", datetime(2026, 9, 7, 13, 30, tzinfo=UTC)),  # the office closes before
        ("2026-09-07T14:00", "2026-09-07T16:00", datetime(2026, 9, 7, 12, 0, tzinfo=UTC)),  # it begins while the office is open
        ("2026-09-07T08:00", "2026-09-07T10:00", datetime(2026, 9, 7, 6, 0, tzinfo=UTC)),  # the office is closed until then
        ("2026-09-04T08:00", "2026-09-04T10:00", TUESDAY),  # the answer was promised after it
    ],
)
def test_what_was_promised_before_the_use_is_promised_before_it_after_a_question_too(
    session: Session, hall: Hall, start: str, end: str, due: datetime
) -> None:
    asked = reserve(session, wish(organisation=None, start=start, end=end), by=hall.per, now=NOW)
    again(session)
    promised = asked.decide_by
    messages.write(session, asked.id, "Hvor mange kommer?", must_answer=True, by=hall.kari, now=THURSDAY)
    again(session)
    messages.write(session, asked.id, "Tolv", by=hall.per, now=SATURDAY)
    again(session)

    assert (promised, asked.decide_by) == (PROMISED, due)


def test_the_clock_stands_still_until_nothing_is_asked_any_more(session: Session, hall: Hall, asked: Booking) -> None:
    first, second = (messages.write(session, asked.id, f"{n}?", must_answer=True, by=hall.kari, now=THURSDAY) for n in (1, 2))
    messages.withdraw(session, first.id, by=hall.kari, now=THURSDAY)
    still = asked.is_paused
    messages.withdraw(session, second.id, by=hall.kari, now=SATURDAY)

    with pytest.raises(Conflict) as refused:
        messages.withdraw(session, second.id, by=hall.kari, now=SATURDAY)

    assert (still, asked.is_paused, asked.decide_by) == (True, False, TUESDAY)
    assert refused.value.faults[0].code == "not-asked"


def test_silence_is_told_to_the_applicant_then_to_the_officer_and_decides_nothing(session: Session, hall: Hall, asked: Booking) -> None:
    question = messages.write(session, asked.id, "Hvor mange kommer?", must_answer=True, by=hall.kari, now=THURSDAY)
    due = []

    for days in range(30):
        now = THURSDAY + timedelta(days=days)
        again(session)
        for message in reminders.unanswered(session, now):
            due.append(days)
            reminders.remind(session, message, by=SERVICE, now=now)
            reminders.remind(session, message, by=SERVICE, now=now)

    assert due == [3, 7]
    assert told(session, asked)[1:] == [("case-remind", hall.per.person_id), ("case-unanswered", hall.kari.person_id)]
    assert (asked.state, asked.is_paused, question.answer) == (BookingState.REQUESTED, True, Answer.OPEN)


def test_what_is_decided_needs_no_answer_and_is_not_paused_when_it_waits_again(session: Session, hall: Hall, asked: Booking) -> None:
    messages.write(session, asked.id, "Hvor mange kommer?", must_answer=True, by=hall.kari, now=THURSDAY)
    again(session)
    approve(session, asked.id, by=hall.kari, now=THURSDAY)
    again(session)
    messages.write(session, asked.id, "Takk!", by=hall.per, now=THURSDAY)
    again(session)
    start, end = datetime(2026, 9, 16, 18, 0), datetime(2026, 9, 16, 20, 0)
    change(session, asked.id, Change(number=1, start=start, end=end), by=hall.per, now=SATURDAY)

    assert told(session, asked)[1:] == [("case-write", hall.kari.person_id)], "no answer that lets a clock go on"
    assert reminders.unanswered(session, SATURDAY + timedelta(days=9)) == []
    assert (asked.state, asked.is_paused) == (BookingState.REQUESTED, False)
    assert asked.decide_by == datetime(2026, 9, 9, 13, 30, tzinfo=UTC), "three office days from when it waits again"


def test_a_promise_counts_from_when_somebody_can_answer_and_moving_a_date_does_not_renew_it(session: Session, hall: Hall) -> None:
    waits = reserve(session, wish(activity="culture.concert"), by=hall.siri, now=NOW)
    again(session)
    confirm(session, waits.id, by=hall.berit, now=SATURDAY)
    again(session)
    first = waits.decide_by
    start, end = datetime(2026, 9, 16, 18, 0), datetime(2026, 9, 16, 20, 0)
    change(session, waits.id, Change(number=1, start=start, end=end), by=hall.berit, now=SATURDAY + timedelta(days=2))

    assert (first, waits.decide_by) == (datetime(2026, 9, 9, 13, 30, tzinfo=UTC),) * 2


def test_notes_are_read_by_those_who_work_on_the_case_and_by_nobody_on_the_applicants_side(
    session: Session, hall: Hall, asked: Booking
) -> None:
    messages.note(session, asked.id, "Hun ringte i fjor også.", by=hall.olav, now=NOW)
    asked.organisation_id, asked.hand_id = hall.cast.skiold.id, hall.siri.person_id
    session.flush()

    read = {name: len(messages.messages_of(session, asked, by=getattr(hall, name))) for name in ("kari", "olav", "per", "nils", "siri")}

    assert read == {"kari": 1, "olav": 1, "per": 0, "nils": 0, "siri": 0}
    assert told(session, asked) == []
    assert [len(changes_for(session, asked, 1, by=by)) for by in (hall.kari, hall.per, hall.nils)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("text", "by", "must_answer", "refusal", "code"),
    [
        (" \n ", "per", False, Invalid, "message-missing"),
        ("x" * 2001, "per", False, Invalid, "too-long-text"),
        ("Når?", "per", True, Forbidden, "not-your-role"),
        ("Når?", "olav", False, Forbidden, "not-your-role"),
        ("Når?", "berit", False, Missing, "unknown-booking"),
    ],
)
def test_what_cannot_be_said_is_refused(
    session: Session, hall: Hall, asked: Booking, text: str, by: str, must_answer: bool, refusal: type[Exception], code: str
) -> None:
    with pytest.raises(refusal) as refused:
        messages.write(session, asked.id, text, must_answer=must_answer, by=getattr(hall, by), now=NOW)

    assert refused.value.faults[0].code == code
    assert session.scalars(select(Message)).all() == []


def test_nothing_is_asked_that_stops_a_clock_where_none_runs(session: Session, hall: Hall) -> None:
    booked = reserve(session, wish(), by=hall.berit, now=NOW)

    with pytest.raises(Conflict):
        messages.write(session, booked.id, "Hvor mange?", must_answer=True, by=hall.kari, now=NOW)
    said = messages.write(session, booked.id, "Hvor mange?", by=hall.kari, now=NOW)

    assert (said.answer, told(session, booked)) == (None, [("case-write", hall.berit.person_id)])
