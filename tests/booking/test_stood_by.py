"""In whose hands an organisation's bookings are: of those who act for it now, and of whoever asked until one of them has stood by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from accounts.models import Delegation
from accounts.organisations import end_delegation
from booking import adding, decisions, ending, undo
from booking.billing.prices import Objection, dispute
from booking.cases import booking_shown, works_on
from booking.casework import messages
from booking.casework.promises import escalate
from booking.complaints.contested import decisions_on
from booking.displacing import Loss, lose
from booking.models import Booking, Undo
from booking.pages.talk import talk_of
from booking.pages.told import told_booking
from booking.reservations import reserve
from booking.splitting import split
from booking.states import BookingState, Cause, OccurrenceState, UsageKind
from booking.usage import UsageInput, note_usage
from booking.wish import Wish
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Missing
from tests.booking.conftest import NOW, Hall, again, move, wish

Act = Callable[[Session, Booking, Actor], Any]
AFTER = datetime(2026, 9, 15, 20, 0, tzinfo=UTC)
WEEKLY = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
OTHER = "oren-flerbrukshall/gymsal-2"
EARLIER = {"start": datetime(2026, 9, 15, 12, 0), "end": datetime(2026, 9, 15, 13, 0)}
ACTS: dict[str, Act] = {
    "move": lambda session, booking, by: move(session, booking.id, 1, by=by, now=NOW, **EARLIER),
    "cancel a date": lambda session, booking, by: ending.cancel(session, booking.id, number=2, by=by, now=NOW),
    "cancel all": lambda session, booking, by: ending.cancel(session, booking.id, by=by, now=NOW),
    "split": lambda session, booking, by: split(session, booking.id, 2, by=by, now=NOW),
    "add": lambda session, booking, by: adding.add(session, booking.id, **EARLIER, by=by, now=NOW),
    "write": lambda session, booking, by: messages.write(session, booking.id, "Vi kommer ikke.", by=by, now=NOW),
    "say": lambda session, booking, by: note_usage(session, booking.id, 1, UsageInput(kind=UsageKind.UNUSED), by=by, now=AFTER),
    "dispute": lambda session, booking, by: dispute(session, booking.id, 1, Objection(reason="For dyrt."), by=by, now=NOW),
}


@pytest.fixture
def booking(session: Session, hall: Hall) -> Booking:
    """Three weeks of Skiold turn's, which Berit holds."""
    made = reserve(session, wish(**WEEKLY), by=hall.berit, now=NOW)
    again(session)
    return made


@pytest.fixture
def former(session: Session, hall: Hall, booking: Booking) -> Actor:
    """Berit, once she acts for Skiold turn no more."""
    _end(session, hall, hall.berit)
    return replace(hall.berit, organisations=frozenset())


def _end(session: Session, hall: Hall, *who: Actor) -> None:
    for one in who:
        theirs = (Delegation.person_id == one.person_id, Delegation.organisation_id == hall.cast.skiold.id)
        end_delegation(session, session.scalars(select(Delegation.id).where(*theirs)).one(), by=hall.kari, now=NOW)
        again(session)


def _daily(count: int, **changes: str) -> Wish:
    autumn = {"start": "2026-10-10T18:00", "end": "2026-10-10T20:00"}
    return wish(**autumn, recurrence={"rrule": f"FREQ=DAILY;COUNT={count}"}, **changes)


def _told(session: Session, booking: Booking, kind: str) -> list[tuple[int | None, bool]]:
    """To whom a notice went, and whether it asks for an answer."""
    found = select(Notice).where(Notice.booking_id == booking.id, Notice.kind == kind).order_by(Notice.id)
    return [(one.person_id, one.answer_by is not None) for one in session.scalars(found)]


@pytest.mark.parametrize("act", ACTS)
def test_a_holder_who_acts_for_the_organisation_no_more_sees_its_booking_and_does_nothing_to_it(
    session: Session, hall: Hall, booking: Booking, former: Actor, act: str
) -> None:
    before = booking.version

    with pytest.raises(Forbidden) as refused:
        ACTS[act](session, booking, former)
    again(session)

    facts = {"name": hall.cast.skiold.name}
    assert [(fault.code, fault.value, fault.facts) for fault in refused.value.faults] == [("not-acting", booking.reference, facts)]
    assert (booking_shown(session, booking.id, by=former).version, works_on(booking, former)) == (before, False)


def test_pages_offer_such_a_holder_no_act(session: Session, booking: Booking, former: Actor) -> None:
    told = told_booking(session, booking, by=former, language="nb", now=NOW)

    offered = [one for date in told.dates for one in (date.may_cancel, date.may_move, date.may_split, date.may_say)]
    assert (told.may_change, told.is_holders, any(offered), talk_of(session, booking, by=former).may_write) == (False, False, False, False)


def test_who_acts_for_it_now_goes_on_with_what_the_former_holder_left(
    session: Session, hall: Hall, booking: Booking, former: Actor
) -> None:
    move(session, booking.id, 1, by=hall.nils, now=NOW, **EARLIER)
    again(session)
    ending.cancel(session, booking.id, by=hall.nils, now=NOW)

    assert booking.state is BookingState.CANCELLED


def test_whose_right_ended_takes_nothing_back_that_they_did_while_they_had_it(session: Session, hall: Hall, booking: Booking) -> None:
    ending.cancel(session, booking.id, by=hall.berit, now=NOW)
    again(session)
    _end(session, hall, hall.berit)

    with pytest.raises(Forbidden) as refused:
        undo.undo(session, session.scalars(select(Undo.id)).one(), by=replace(hall.berit, organisations=frozenset()), now=NOW)

    assert [fault.code for fault in refused.value.faults] == ["not-acting"]


def test_a_decision_on_it_is_contested_by_those_who_act_for_it(session: Session, hall: Hall, booking: Booking, former: Actor) -> None:
    with pytest.raises(Missing):
        decisions_on(session, "booking", booking.id, by=former)

    assert [one.act.verb for one in decisions_on(session, "booking", booking.id, by=hall.nils)] == ["reserve"]


def test_what_is_done_to_it_is_told_to_those_who_act_for_it_and_is_urgent_to_one_of_them(
    session: Session, hall: Hall, former: Actor
) -> None:
    soon = reserve(session, wish(start="2026-09-02T18:00", end="2026-09-02T20:00", on_behalf_of=hall.cast.berit.id), by=hall.kari, now=NOW)
    again(session)
    ending.cancel(session, soon.id, reason="Valg.", by=hall.kari, now=NOW)
    again(session)

    assert _told(session, soon, "dates-cancelled") == [(hall.nils.person_id, True)]


def test_of_several_who_act_for_it_its_leader_is_asked_for_an_answer(session: Session, hall: Hall) -> None:
    soon = {"start": "2026-09-02T18:00", "end": "2026-09-02T20:00"}
    made = reserve(session, wish(**soon, on_behalf_of=hall.cast.per.id), by=hall.kari, now=NOW)
    again(session)
    loss = Loss(Cause.PRECEDENCE, "booking:0", "Valg.")
    lose(session, made.occurrences, loss, by=hall.kari, now=NOW)

    # Per never acted for it: he is told what became of what was booked for him.
    assert _told(session, made, "dates-displaced") == [
        (hall.per.person_id, True),
        (hall.berit.person_id, False),
        (hall.nils.person_id, False),
    ]


def test_where_nobody_acts_for_it_any_more_nobody_is_told(session: Session, hall: Hall, booking: Booking) -> None:
    _end(session, hall, hall.nils, hall.berit)

    ending.cancel(session, booking.id, by=hall.kari, now=NOW)

    assert _told(session, booking, "dates-cancelled") == []


def test_a_promise_that_was_broken_and_a_question_are_told_to_those_who_act(session: Session, hall: Hall) -> None:
    made = reserve(session, wish(activity="culture.concert"), by=hall.berit, now=NOW)
    again(session)
    _end(session, hall, hall.berit)
    messages.write(session, made.id, "Hvor mange?", must_answer=True, by=hall.kari, now=NOW)
    again(session)
    messages.write(session, made.id, "Tolv.", by=hall.nils, now=NOW)
    again(session)
    late = (made.decide_by or NOW) + timedelta(days=1)
    assert escalate(session, made.id, by=SERVICE, now=late)

    assert [_told(session, made, kind) for kind in ("case-ask", "promise-broken")] == [[(hall.nils.person_id, False)]] * 2


def test_whoever_asks_in_anothers_name_has_it_until_that_is_confirmed_and_no_longer(session: Session, hall: Hall) -> None:
    made = reserve(session, wish(start="2026-09-15T18:00", end="2026-09-15T18:30"), by=hall.siri, now=NOW)
    again(session)
    move(session, made.id, 1, by=hall.siri, now=NOW, start=datetime(2026, 9, 15, 19, 0), end=datetime(2026, 9, 15, 19, 30))
    again(session)
    decisions.confirm(session, made.id, by=hall.berit, now=NOW)
    again(session)
    had = (made.state, made.version, [(date.local_start, date.local_end, date.room_id, date.charged_price) for date in made.occurrences])

    # A blank cheque: six hours of the whole hall, which the organisation would pay for.
    whole = {"start": datetime(2026, 9, 15, 16, 0), "end": datetime(2026, 9, 15, 22, 0), "room": "oren-flerbrukshall/hel-hall"}
    for act in (lambda: move(session, made.id, 1, by=hall.siri, now=NOW, **whole), lambda: ACTS["add"](session, made, hall.siri)):
        with pytest.raises(Forbidden) as refused:
            act()
        again(session)
        assert [fault.code for fault in refused.value.faults] == ["not-acting"]

    dates = [(date.local_start, date.local_end, date.room_id, date.charged_price) for date in made.occurrences]
    assert (made.state, made.version, dates) == had
    assert made.state is BookingState.BOOKED
    assert [one for one, _ in _told(session, made, "booking-booked")] == [hall.siri.person_id]


def test_who_gave_up_a_wish_that_nobody_stood_by_asks_again_and_takes_it_back(session: Session, hall: Hall) -> None:
    made = reserve(session, wish(), by=hall.siri, now=NOW)
    again(session)
    ending.cancel(session, made.id, by=hall.siri, now=NOW)
    again(session)
    undo.undo(session, session.scalars(select(Undo.id)).one(), by=hall.siri, now=NOW)
    again(session)
    states = [made.occurrences[0].state]
    ending.cancel(session, made.id, by=hall.siri, now=NOW)
    again(session)
    adding.readd(session, made.id, 1, by=hall.siri, now=NOW)

    assert [*states, made.occurrences[0].state] == [OccurrenceState.UNCONFIRMED] * 2


def test_dates_added_to_a_wish_give_the_organisation_no_more_time_than_a_week_to_confirm_it(session: Session, hall: Hall) -> None:
    made = reserve(session, wish(), by=hall.siri, now=NOW)
    again(session)
    until = [made.confirm_by]
    for day in range(1, 4):
        start = datetime(2026, 9, 20 + day, 18, 0)
        adding.add(session, made.id, start=start, end=start + timedelta(hours=1), by=hall.siri, now=NOW + timedelta(days=2 * day))
        again(session)
        until.append(made.confirm_by)

    assert until == [NOW + timedelta(days=7)] * 4


def test_a_wish_that_comes_back_after_its_week_can_be_confirmed_as_long_as_a_new_one(session: Session, hall: Hall) -> None:
    made = reserve(session, wish(), by=hall.siri, now=NOW)
    again(session)
    later = NOW + timedelta(days=8)
    decisions.lapse(session, made.id, by=SERVICE, now=later)
    again(session)
    adding.add(session, made.id, start=datetime(2026, 9, 20, 18, 0), end=datetime(2026, 9, 20, 19, 0), by=hall.berit, now=later)

    assert (made.state, made.confirm_by) == (BookingState.UNCONFIRMED, later + timedelta(days=7))


def test_nobody_has_more_than_sixty_dates_wait_in_the_names_of_others(session: Session, hall: Hall) -> None:
    made = reserve(session, _daily(41), by=hall.siri, now=NOW)
    again(session)
    with pytest.raises(Conflict) as wished:
        reserve(session, _daily(20, room=OTHER), by=hall.siri, now=NOW)
    again(session)
    reserve(session, _daily(19, room=OTHER), by=hall.siri, now=NOW)
    again(session)
    with pytest.raises(Conflict) as added:
        adding.add(session, made.id, **EARLIER, by=hall.siri, now=NOW)

    faults = [*wished.value.faults, *added.value.faults]
    assert [(fault.code, fault.facts) for fault in faults] == [("too-many-dates-unconfirmed", {"most": 60, "number": 61})] * 2


def test_a_wish_that_was_over_counts_among_the_few_when_it_comes_back(session: Session, hall: Hall) -> None:
    asked = []
    for day in range(14, 19):
        asked.append(reserve(session, wish(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00"), by=hall.siri, now=NOW).id)
        again(session)
    ending.cancel(session, asked[0], by=hall.siri, now=NOW)
    again(session)
    reserve(session, wish(start="2026-09-19T18:00", end="2026-09-19T20:00"), by=hall.siri, now=NOW)
    again(session)

    with pytest.raises(Conflict) as refused:
        adding.readd(session, asked[0], 1, by=hall.siri, now=NOW)

    assert [(fault.code, fault.facts) for fault in refused.value.faults] == [("too-many-unconfirmed", {"most": 5})]
