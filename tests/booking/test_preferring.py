"""Competing requests: who meets whom, in a fixed number of statements, and what becomes of those that were not preferred."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.alternatives import offers_instead
from booking.competing import rivals_of, time_of
from booking.decisions import decline
from booking.displacing import sign_of
from booking.models import Booking
from booking.pages.rows import Wanted, rows
from booking.preferring import Choice, lost_by, offers_after, prefer
from booking.reservations import reserve
from booking.shown import shown_booking
from booking.states import BookingState
from database.audit import Audit
from database.outbox import Notice
from database.transact import Database
from kernel.errors import Conflict, Invalid
from tests.booking.conftest import NOW, REASON, Hall, again, furnish, move, publish_with, wish

CONCERT = {"activity": "culture.concert"}
CLUBS_FIRST = {"kind": "priority", "id": "order", "order": [{"name": REASON, "applicants": ["organisation"]}], "reason": REASON}
PRIVATE = {"organisation": None}
HALF = "oren-flerbrukshall/gymsal-1"
Ask = Callable[..., Booking]


@pytest.fixture
def ask(session: Session, hall: Hall) -> Ask:
    """Asks for a concert in the half hall on a Tuesday evening, with what is changed of it."""

    def ask(by: Actor, **changes: Any) -> Booking:
        again(session)
        booking = reserve(session, wish(**{**CONCERT, **changes}), by=by, now=NOW)
        again(session)
        return booking

    return ask


def test_one_is_preferred_by_rank_and_the_other_keeps_waiting_for_its_other_date(session: Session, hall: Hall, ask: Ask) -> None:
    publish_with(session, CLUBS_FIRST)
    band = ask(hall.berit)
    party = ask(hall.per, room="oren-flerbrukshall/hel-hall", recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}, **PRIVATE)

    prefer(session, band.id, Choice(), by=hall.kari, now=NOW)

    again(session)
    assert [str(date.state) for date in party.occurrences] == ["refused", "requested"]
    assert (band.state, party.state, party.decision_reason) == (BookingState.BOOKED, BookingState.REQUESTED, "")
    (lost,) = lost_by(session, party)
    assert (lost.name, lost.is_by_rank, lost.rank.place if lost.rank else 0) == ("Skiold turn", True, 1)
    assert session.scalars(select(Notice.kind).where(Notice.booking_id == party.id)).all() == ["booking-requested", "booking-refused"]
    assert session.scalars(select(Audit.facts).where(Audit.verb == "refuse")).one()["preferred"] == band.id


def test_who_moves_a_wish_stands_behind_those_who_wanted_that_time_before(session: Session, hall: Hall, ask: Ask) -> None:
    later = {"start": "2026-09-16T18:00", "end": "2026-09-16T20:00"}
    third = ask(hall.nils, **later, **PRIVATE)
    first = ask(hall.per, **PRIVATE)
    second = ask(hall.siri, **later, **PRIVATE)

    move(
        session, first.id, 1, by=hall.per, now=NOW + timedelta(hours=1), **{name: datetime.fromisoformat(at) for name, at in later.items()}
    )
    again(session)

    assert [one.booking.id for one in rivals_of(session, third, now=NOW + timedelta(hours=1))] == [second.id, first.id]


def test_against_the_order_of_the_rules_one_says_why(session: Session, hall: Hall, ask: Ask) -> None:
    publish_with(session, CLUBS_FIRST)
    band, party = ask(hall.berit), ask(hall.per, **PRIVATE)

    with pytest.raises(Invalid) as refused, session.begin_nested():
        prefer(session, party.id, Choice(), by=hall.kari, now=NOW)
    again(session)
    prefer(session, party.id, Choice(others="Festen var lovet."), by=hall.kari, now=NOW)

    again(session)
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("reason-missing", "others")]
    assert (band.state, band.decision_reason, party.state) == (BookingState.REFUSED, "Festen var lovet.", BookingState.BOOKED)


def test_who_asked_meanwhile_is_not_refused_unseen(session: Session, hall: Hall, ask: Ask) -> None:
    band = ask(hall.berit)
    seen = sign_of([])
    party = ask(hall.per, **PRIVATE)

    with pytest.raises(Conflict) as refused:
        prefer(session, band.id, Choice(others="Fullt.", seen=seen), by=hall.kari, now=NOW)

    assert [fault.code for fault in refused.value.faults] == ["others-compete"]
    assert party.state is BookingState.REQUESTED


def test_a_caretaker_refuses_nobody_on_whom_an_officer_decides(session: Session, hall: Hall, ask: Ask) -> None:
    by_caretaker = {
        "kind": "decision_route",
        "id": "plays",
        "route": "by-role",
        "role": "caretaker",
        "promise": {"amount": 2, "unit": "working-days"},
    }
    publish_with(session, {**by_caretaker, "scope": {"activities": ["culture.theatre"]}, "reason": REASON})
    play, concert = ask(hall.berit, activity="culture.theatre"), ask(hall.per, **PRIVATE)

    prefer(session, play.id, Choice(), by=hall.olav, now=NOW)

    again(session)
    assert (play.state, concert.state) == (BookingState.BOOKED, BookingState.REQUESTED)


def test_what_is_offered_instead_is_free_and_in_another_room_or_at_another_time(session: Session, hall: Hall, ask: Ask) -> None:
    band, party = ask(hall.berit), ask(hall.per, **PRIVATE)
    prefer(session, band.id, Choice(others="Fullt."), by=hall.kari, now=NOW)
    again(session)

    offers = [(offer.room, offer.wall.start.hour) for offer in offers_after(session, party, now=NOW)]

    assert offers == [
        ("oren-flerbrukshall/gymsal-2", 18),
        ("oren-flerbrukshall/gymsal-1", 20),
        ("oren-flerbrukshall/gymsal-1", 16),
        ("oren-flerbrukshall/gymsal-1", 20),
        ("oren-flerbrukshall/gymsal-1", 18),
    ]


def test_a_refusal_proposes_what_the_officer_saw_and_nothing_of_the_refused_time(session: Session, hall: Hall, ask: Ask) -> None:
    """The request holds its time until the refusal: what is free since then was not shown."""
    plain = ask(hall.per, **PRIVATE, activity="sport.training")
    decline(session, plain.id, reason="Salen slipes.", by=hall.kari, now=NOW)
    again(session)
    kind = ask(hall.per, **PRIVATE, activity="sport.training")
    seen = offers_instead(session, kind, kind.occurrences[0], apart=True, now=NOW)

    decline(session, kind.id, reason="Salen slipes.", proposes=[offer.mark for offer in seen], by=hall.kari, now=NOW)
    again(session)

    told = offers_after(session, kind, now=NOW)
    assert [[one.mark for one in offers] for offers in (told, offers_after(session, plain, now=NOW))] == [[one.mark for one in seen], []]
    refused = kind.occurrences[0]
    assert len(told) == 5
    assert not any(one.room == HALF and one.wall.interval().overlaps(time_of(refused)) for one in told)

    taken = next(one for one in told if one.room == HALF)
    reserve(session, wish(room=taken.room, start=taken.wall.start, end=taken.wall.end), by=hall.berit, now=NOW)
    again(session)

    left = [one.mark for one in offers_after(session, kind, now=NOW)]
    assert set(left) < {one.mark for one in seen} - {taken.mark}


def test_a_time_that_is_refused_itself_is_not_proposed_moved_by_half_an_hour(session: Session, hall: Hall, ask: Ask) -> None:
    """It competes, and so keeps nobody from the time around it."""
    asked = ask(hall.per, **PRIVATE)
    (date,) = asked.occurrences

    meets = [
        any(
            one.room == HALF and one.wall.interval().overlaps(time_of(date))
            for one in offers_instead(session, asked, date, apart=apart, now=NOW)
        )
        for apart in (False, True)
    ]

    assert meets == [True, False]


def test_nothing_is_offered_to_who_was_refused_whose_answer_would_come_too_late(session: Session, hall: Hall, ask: Ask) -> None:
    """All answers are promised within two working days: on Thursday that is after Saturday."""
    again(session)
    saturday = {"start": "2026-09-12T18:00", "end": "2026-09-12T20:00"}
    asked = ask(hall.per, **saturday, **PRIVATE)
    thursday = datetime(2026, 9, 10, 9, tzinfo=UTC)

    found = [offers_instead(session, asked, asked.occurrences[0], apart=True, now=moment) for moment in (NOW, thursday)]

    days = [{one.wall.start.day for one in offers} for offers in found]
    assert 12 in days[0]
    assert days[1]
    assert min(days[1]) >= 14


def test_who_is_refused_with_another_s_yes_is_told_what_was_shown_with_it(session: Session, hall: Hall, ask: Ask) -> None:
    band, party, choir, dance = ask(hall.berit), *(ask(by, **PRIVATE) for by in (hall.per, hall.nils, hall.siri))
    shown = offers_instead(session, party, party.occurrences[0], now=NOW)[1:3]

    offered = [*(f"{party.id}/{one.mark}" for one in shown), f"{choir.id}/"]
    prefer(session, band.id, Choice(others="Fullt.", offered=offered), by=hall.kari, now=NOW)
    again(session)

    told = [[one.mark for one in offers_after(session, booking, now=NOW)] for booking in (party, choir, dance)]
    assert told[:2] == [[one.mark for one in shown], []]
    assert told[2]
    assert [lost.name for lost in lost_by(session, party)] == ["Skiold turn"]


def test_what_a_request_meets_is_told_in_eight_statements(session: Session, hall: Hall, ask: Ask) -> None:
    asked = ask(hall.berit, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    numbers, met = [], []

    for start, end in (("17:00", "18:30"), ("18:30", "19:30"), ("19:30", "20:30")):
        ask(hall.per, room="oren-flerbrukshall/hel-hall", recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}, **PRIVATE)
        ask(hall.nils, start=f"2026-09-29T{start}", end=f"2026-09-29T{end}", activity="sport.training")
        booking = session.scalars(select(Booking).where(Booking.id == asked.id)).one()
        [date.local_start for date in booking.occurrences]
        statements: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *given, to=statements: to.append(given[2]))
        met.append([(one.holds, len(one.met)) for one in rivals_of(session, booking, now=NOW)])
        numbers.append(len(statements))

    assert met[-1] == [(True, 1)] * 3 + [(False, 2)] * 3
    assert numbers == [8, 8, 8]


def test_of_three_that_are_preferred_at_once_one_gets_the_time_and_nobody_is_forgotten(database: Database) -> None:
    hall = database.transact(furnish)
    hands = (hall.berit, hall.nils, hall.per)
    wishes = [wish(**CONCERT, **({} if by is not hall.per else PRIVATE)) for by in hands]
    asked = [database.transact(reserve, one, by=by, now=NOW).id for one, by in zip(wishes, hands, strict=True)]

    def choose(number: int) -> str:
        try:
            return str(database.transact(prefer, number, Choice(others="Fullt."), by=hall.kari, now=NOW).state)
        except Conflict as refusal:
            return refusal.faults[0].code

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(choose, asked))

    with database.reading() as session:
        states = sorted(str(state) for state in session.scalars(select(Booking.state)))
    assert (answers, states) == (["booked", "wrong-state", "wrong-state"], ["booked", "refused", "refused"])


def test_what_is_kept_of_proposals_is_bounded_and_no_reader_of_the_api_sees_it(session: Session, hall: Hall, ask: Ask) -> None:
    granted, lost = ask(hall.berit), ask(hall.per, **PRIVATE)
    marks = [f"{lost.id}/{100_000_000 + number}:{10_000_000_000}-{20_000_000_000}" for number in range(20)]

    prefer(session, granted.id, Choice(others="Fullt.", offered=marks), by=hall.kari, now=NOW)

    again(session)
    (date,) = lost.occurrences
    shown = shown_booking(lost).model_dump(mode="json")
    assert (len(date.reason) < 200, [one["reason"] for one in shown["occurrences"]]) == (True, ["preferred"])


@pytest.mark.parametrize(("mark", "is_ahead"), [("", False), ("2:1789495200-1789502400", True)])
def test_a_refusal_lies_ahead_only_with_something_to_ask_for(session: Session, hall: Hall, ask: Ask, mark: str, is_ahead: bool) -> None:
    granted, lost = ask(hall.berit), ask(hall.per, **PRIVATE)

    prefer(session, granted.id, Choice(others="Fullt.", offered=[f"{lost.id}/{mark}"]), by=hall.kari, now=NOW)

    again(session)
    (row,) = rows(session, Wanted([Booking.id == lost.id]), now=NOW)
    assert bool(row.instead) is is_ahead
