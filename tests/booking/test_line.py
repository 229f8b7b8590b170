"""Standing in line: freed time is kept for the first by the policy's rank, then the next; nobody has it twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking.cases import booking_for
from booking.closures import close_rooms
from booking.ending import cancel
from booking.freedom import freedom_of
from booking.line import end_hold, end_waiting, forget_vacancies, holds_over, in_line, in_vain, offer_vacancy, places, vacancies
from booking.models import Booking, Claim, Occurrence, Offer, Undo
from booking.occupy import peek
from booking.offers import Option, accept, answer_by, decline, expire, passed_over
from booking.outcome import Taken
from booking.reservations import reserve
from booking.resources import want_of
from booking.scope import Scope
from booking.states import BookingState, OccurrenceState, OfferState
from booking.undo import undo
from database.outbox import Notice
from database.transact import Database
from kernel.errors import Conflict, Missing
from kernel.interval import Interval
from kernel.wallclock import WallSpan, to_wall
from tests.booking.conftest import NOW, REASON, Hall, again, furnish, publish_with, wish
from tests.cast import ZONE
from tests.meanwhile import meanwhile
from venues.inputs import ClosureInput
from venues.models import Room

SOON = NOW + timedelta(minutes=3)
CHILDREN_FIRST = {
    "kind": "priority",
    "id": "order",
    "reason": REASON,
    "order": [{"name": REASON, "ages": {"last": 12}}, {"name": REASON}],
}


def booked(session: Session, by: Actor, **changes: Any) -> Booking:
    again(session)
    return reserve(session, wish(**changes), by=by, now=NOW)


def waiting(session: Session, by: Actor, **changes: Any) -> Booking:
    return booked(session, by, on_conflict="wait", **changes)


def attend(session: Session, now: datetime = SOON) -> list[int]:
    """One turn over what became free; returns who was offered something, in order."""
    offered = []
    for vacancy in vacancies(session, now):
        for date in in_line(session, vacancy, now=now):
            again(session)
            if offer_vacancy(session, vacancy, date, by=SERVICE, now=now):
                offered.append(session.get_one(Occurrence, date).booking_id)
        again(session)
        forget_vacancies(session, [vacancy], by=SERVICE, now=now)
    again(session)
    return offered


def given_up(session: Session, booking: Booking, by: Actor) -> None:
    again(session)
    cancel(session, booking.id, by=by, now=NOW)
    again(session)


def open_offer(session: Session, booking: Booking) -> Offer:
    query = select(Offer).join(Offer.occurrence).where(Occurrence.booking_id == booking.id, Offer.state == OfferState.OPEN)
    return session.scalars(query).one()


def states(session: Session, *bookings: Booking) -> list[BookingState]:
    return [booking_for(session, booking.id).state for booking in bookings]


def kinds(session: Session, booking: Booking) -> list[str]:
    return list(session.scalars(select(Notice.kind).where(Notice.booking_id == booking.id).order_by(Notice.id)))


def test_who_waits_keeps_no_time_and_is_offered_it_when_it_is_free(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit)
    line = waiting(session, hall.per, organisation=None)
    assert states(session, first, line) == [BookingState.BOOKED, BookingState.WAITING]
    assert {one.occurrence_id for one in session.scalars(select(Claim))} == {date.id for date in first.occurrences}

    given_up(session, first, hall.berit)
    assert attend(session, NOW) == []  # it may still be taken back
    assert attend(session) == [line.id]
    with pytest.raises(Taken):  # it is kept while an answer is awaited
        booked(session, hall.nils)
    again(session)
    accept(session, open_offer(session, line).id, by=hall.per, now=SOON)

    # A private person's wish is decided on: the time is kept meanwhile.
    assert states(session, line) == [BookingState.REQUESTED]
    assert kinds(session, line) == ["booking-waiting", "date-offered", "booking-requested"]


def kept_away(session: Session, by: Actor, **changes: Any) -> list[tuple[str, dict[str, object]]]:
    """What somebody hears who wants time that is kept for those in line."""
    with pytest.raises(Taken) as refused:
        booked(session, by, **changes)
    again(session)
    return [(fault.code, dict(fault.facts)) for fault in refused.value.faults]


def test_what_is_free_is_kept_for_the_line_until_it_was_asked_and_from_the_undo_by_nobody(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit, end="2026-09-15T21:00")
    line = waiting(session, hall.nils, start="2026-09-15T18:00", end="2026-09-15T20:00")
    given_up(session, first, hall.berit)
    span = Interval(*(datetime(2026, 9, 15, hour, tzinfo=UTC) for hour in (16, 18)))
    start, told = "2026-09-15T18:00", {"from": "2026-09-15T18:00", "to": "2026-09-15T20:00", "until": "2026-09-01T22:42"}
    facts = {"date": start, "space": "Gymsal 1", **told}

    assert kept_away(session, hall.kari) == [("kept-for-line", facts)]
    assert kept_away(session, hall.per, organisation=None, room="oren-flerbrukshall/hel-hall") == [("kept-for-line", facts)]
    beside = booked(session, hall.per, organisation=None, start="2026-09-15T20:00", end="2026-09-15T21:00")
    last_in_line = waiting(session, hall.per, organisation=None)
    room = session.get_one(Room, line.room_id)
    assert not freedom_of(session, [room.id], span, now=NOW).is_untaken(room.id, span)
    given_up(session, beside, hall.per)
    undo(
        session, session.scalars(select(Undo.id).where(Undo.subject_id == first.id)).one(), by=hall.berit, now=NOW + timedelta(seconds=119)
    )
    again(session)

    assert states(session, first, line, last_in_line) == [BookingState.BOOKED, BookingState.WAITING, BookingState.WAITING]
    assert attend(session) == []
    given_up(session, first, hall.berit)
    assert attend(session) == [line.id]
    decline(session, open_offer(session, line).id, by=hall.nils, now=SOON)
    again(session)
    assert [code for code, _facts in kept_away(session, hall.kari)] == ["kept-for-line"]
    given_up(session, last_in_line, hall.per)
    later = SOON + timedelta(minutes=3)
    assert attend(session, later) == []
    assert freedom_of(session, [room.id], span, now=later).is_untaken(room.id, span)
    assert states(session, booked(session, hall.kari)) == [BookingState.BOOKED]


def test_who_gives_up_a_whole_series_waits_for_no_date_of_it_that_met_another(session: Session, hall: Hall) -> None:
    same_evening = {"start": "2026-09-15T19:00", "end": "2026-09-15T21:00"}
    series = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=2"}, "choices": {"2026-09-22": same_evening}}
    first = waiting(session, hall.berit, **series)
    before = [date.state.value for date in first.occurrences]
    again(session)
    cancel(session, first.id, scope=Scope.ALL, by=hall.berit, now=NOW)

    assert before == ["booked", "skipped"]
    assert states(session, first, booked(session, hall.kari)) == [BookingState.CANCELLED, BookingState.BOOKED]


def test_time_that_was_kept_for_a_request_is_kept_for_the_line_and_for_no_longer_than_a_worker_may_stand(
    session: Session, hall: Hall
) -> None:
    wished = booked(session, hall.per, organisation=None)
    line = waiting(session, hall.nils)
    late = NOW + timedelta(days=2)
    (held,) = holds_over(session, late)

    again(session)
    end_hold(session, held, by=SERVICE, now=late)
    again(session)
    answer = peek(
        session, [want_of(wished, wished.room, Interval(wished.occurrences[0].starts_at, wished.occurrences[0].ends_at))], now=late
    )
    assert (holds_over(session, late), [one.code for found in answer.collisions.values() for one in found]) == ([], ["kept-for-line"])
    assert attend(session, late + timedelta(minutes=2)) == [line.id]
    expires = open_offer(session, line).expires_at
    assert expires is not None
    with pytest.raises(Taken):
        reserve(session, wish(), by=hall.kari, now=expires + timedelta(minutes=9))
    again(session)
    assert reserve(session, wish(), by=hall.kari, now=expires + timedelta(minutes=10)).state is BookingState.BOOKED


@pytest.mark.parametrize("is_freed_first", [True, False])
def test_of_who_gives_up_time_and_who_asks_for_it_at_once_the_line_has_the_next_word(database: Database, *, is_freed_first: bool) -> None:
    hall = database.transact(furnish)
    had = database.transact(reserve, wish(), by=hall.berit, now=NOW)
    database.transact(reserve, wish(on_conflict="wait"), by=hall.nils, now=NOW)

    def leave(session: Session) -> object:
        return cancel(session, had.id, by=hall.berit, now=NOW)

    def leave_and_undo(session: Session) -> object:
        leave(session)
        session.info.clear()
        return undo(session, session.scalars(select(Undo.id)).one(), by=hall.berit, now=NOW)

    def book(session: Session) -> object:
        return reserve(session, wish(organisation=None), by=hall.per, now=NOW)

    refused = meanwhile(database, leave if is_freed_first else leave_and_undo, book).exception()

    assert isinstance(refused, Taken)
    assert [fault.code for fault in refused.faults] == ["kept-for-line" if is_freed_first else "time-taken"]


def test_the_line_goes_by_rank_and_then_by_who_asked_first(session: Session, hall: Hall) -> None:
    publish_with(session, CHILDREN_FIRST)
    first = booked(session, hall.berit)
    adults = waiting(session, hall.nils, participants={"20-64": 10})
    children, more = (waiting(session, by, participants={"6-12": 10}) for by in (hall.nils, hall.berit))
    again(session)
    stood = [places(session, booking_for(session, one.id), now=NOW) for one in (first, children, more, adults)]
    given_up(session, first, hall.berit)
    asked = []
    for turn in range(3):
        when = SOON + timedelta(minutes=5 * turn)
        asked += attend(session, when)
        decline(session, open_offer(session, booking_for(session, asked[-1])).id, by=hall.nils, now=when)
        again(session)

    assert stood == [{}, {1: 1}, {1: 2}, {1: 3}]
    assert asked == [children.id, more.id, adults.id]
    assert {date.reason for date in booking_for(session, more.id).occurrences} == {"declined"}


def test_two_times_that_become_free_are_never_offered_to_one_date_and_two_dates_never_get_one_time(session: Session, hall: Hall) -> None:
    whole = booked(session, hall.berit, room="oren-flerbrukshall/hel-hall")
    halves = [waiting(session, hall.nils, room=f"oren-flerbrukshall/gymsal-{number}", accepts="any") for number in (1, 2)]
    third = waiting(session, hall.nils, accepts="any")
    given_up(session, whole, hall.berit)

    offered = attend(session)

    assert sorted(offered) == sorted(booking.id for booking in halves)
    rooms = [open_offer(session, booking).room.slug for booking in halves]
    assert sorted(rooms) == ["gymsal-1", "gymsal-2"]
    assert states(session, third) == [BookingState.WAITING]


def test_another_time_that_day_is_offered_to_who_takes_that(session: Session, hall: Hall) -> None:
    evening = booked(session, hall.berit, start="2026-09-15T19:00", end="2026-09-16T00:00")
    booked(session, hall.berit, start="2026-09-15T17:30", end="2026-09-15T19:00")
    kept = booked(session, hall.berit, start="2026-09-16T18:00", end="2026-09-16T20:00")
    line = waiting(session, hall.nils, accepts="room")
    given_up(session, evening, hall.berit)

    assert attend(session) == [line.id]

    found = open_offer(session, line)
    assert (found.local_start.hour, found.local_end.hour) == (19, 21)
    assert states(session, kept) == [BookingState.BOOKED]


def test_what_is_to_be_booked_when_it_is_free_is_booked(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit)
    line = waiting(session, hall.nils, book_when_free=True)
    given_up(session, first, hall.berit)

    assert attend(session) == [line.id]

    assert states(session, line) == [BookingState.BOOKED]
    assert kinds(session, line)[-1] == "date-booked"


def test_of_what_is_to_be_booked_when_it_is_free_the_first_that_is_to_be_had_is(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit, room="oren-flerbrukshall/hel-hall")
    line = waiting(session, hall.nils, book_when_free=True, accepts="any")
    given = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 15), end=datetime(2026, 9, 16), reason="Lekkasje", out_of_order="")
    given_up(session, first, hall.berit)
    again(session)
    close_rooms(session, "oren-flerbrukshall", given, confirmed=True, by=hall.olav, now=NOW)

    assert attend(session) == [line.id]

    assert states(session, line) == [BookingState.BOOKED]
    assert (booking_for(session, line.id).occurrences[0].room.slug, kinds(session, line)[-1]) == ("gymsal-2", "date-booked")


def test_an_answer_after_the_time_is_refused_and_the_next_is_asked(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit)
    line = waiting(session, hall.nils)
    then = waiting(session, hall.per, organisation=None)
    given_up(session, first, hall.berit)
    attend(session)
    found = open_offer(session, line)
    late = found.expires_at + timedelta(seconds=1) if found.expires_at else NOW

    with pytest.raises(Conflict) as refused:
        accept(session, found.id, by=hall.nils, now=late)
    again(session)
    with pytest.raises(Missing):  # to others it does not exist
        decline(session, found.id, by=hall.per, now=SOON)
    again(session)
    assert expire(session, found.id, by=SERVICE, now=late)
    again(session)
    assert not expire(session, found.id, by=SERVICE, now=late)
    again(session)
    assert attend(session, late + timedelta(minutes=3)) == [then.id]

    assert [fault.code for fault in refused.value.faults] == ["offer-expired"]
    assert states(session, line) == [BookingState.WAITING]
    with pytest.raises(Conflict) as again_refused:
        accept(session, found.id, by=hall.nils, now=late)
    assert [fault.code for fault in again_refused.value.faults] == ["offer-expired"]


def test_a_date_that_was_left_out_of_a_series_is_offered_when_it_is_free(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit)
    series = booked(session, hall.nils, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}, on_conflict="skip")
    given_up(session, first, hall.berit)

    assert attend(session) == [series.id]
    accept(session, open_offer(session, series).id, by=hall.nils, now=SOON)

    assert {date.state for date in booking_for(session, series.id).occurrences} == {OccurrenceState.BOOKED}


def test_who_waited_in_vain_is_told_once(session: Session, hall: Hall) -> None:
    booked(session, hall.berit)
    line = waiting(session, hall.nils)
    again(session)
    begun = datetime(2026, 9, 15, 17, 0, tzinfo=UTC)

    assert end_waiting(session, line.id, by=SERVICE, now=begun)
    again(session)
    assert not end_waiting(session, line.id, by=SERVICE, now=begun)

    assert states(session, line) == [BookingState.LAPSED]
    assert kinds(session, line)[-1] == "waited-in-vain"


def test_who_says_no_to_all_that_was_waited_for_waits_for_nothing(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit)
    line = waiting(session, hall.nils)
    given_up(session, first, hall.berit)
    attend(session)

    decline(session, open_offer(session, line).id, by=hall.nils, now=SOON)
    again(session)

    assert states(session, line) == [BookingState.CANCELLED]


def test_who_stands_in_line_leaves_it_and_with_it_what_was_offered(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit)
    line, then = (waiting(session, by) for by in (hall.nils, hall.berit))
    given_up(session, first, hall.berit)
    attend(session)

    cancel(session, line.id, number=1, by=hall.nils, now=SOON)
    again(session)

    assert states(session, line) == [BookingState.CANCELLED]
    assert attend(session, SOON + timedelta(minutes=3)) == [then.id]


def test_who_left_the_line_and_undoes_that_waits_again_and_holds_nothing_of_what_was_offered(session: Session, hall: Hall) -> None:
    had, line = booked(session, hall.berit), waiting(session, hall.nils, accepts="any")
    given_up(session, had, hall.berit)
    assert attend(session) == [line.id]
    cancel(session, line.id, by=hall.nils, now=SOON)
    again(session)

    undo(session, session.scalars(select(Undo.id).order_by(Undo.id.desc()).limit(1)).one(), by=hall.nils, now=SOON)

    assert (states(session, line), session.scalars(select(Claim)).all()) == ([BookingState.WAITING], [])
    assert attend(session, SOON + timedelta(minutes=3)) == [line.id]


def test_who_waits_for_the_second_of_a_repeated_hour_is_offered_that_and_has_it(session: Session, hall: Hall) -> None:
    night = {"kind": "block", "organisation": None, "start": "2026-10-25T02:00", "end": "2026-10-25T02:30", "second_hour": True}
    had, line = booked(session, hall.kari, **night), waiting(session, hall.kari, **night)
    (date,) = line.occurrences
    given_up(session, had, hall.kari)

    attend(session)
    accept(session, open_offer(session, line).id, by=hall.kari, now=SOON)

    assert (date.starts_at, date.ends_at) == (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert session.scalars(select(Claim.starts_at)).all() == [date.starts_at]


def test_who_did_not_take_a_part_of_the_time_is_offered_the_whole(session: Session, hall: Hall) -> None:
    (date,) = waiting(session, hall.nils).occurrences
    whole = WallSpan(date.local_start, date.local_end, date.zone)
    part = replace(whole, end=whole.end - timedelta(hours=1))
    session.add(Offer.of(date, date.room, part, OfferState.DECLINED, now=NOW))
    session.flush()

    options = [Option(date.room, whole), Option(date.room, part)]

    assert passed_over(session, date, options) == options[:1]


def test_who_is_offered_a_later_time_that_day_has_until_then_to_answer(session: Session, hall: Hall) -> None:
    booked(session, hall.berit, start="2026-09-15T09:00", end="2026-09-15T17:00")
    evening = booked(session, hall.berit, start="2026-09-15T17:00", end="2026-09-16T00:00")
    line = waiting(session, hall.nils, start="2026-09-15T10:00", end="2026-09-15T12:00", accepts="room")
    morning = datetime(2026, 9, 15, 5, 30, tzinfo=UTC)
    again(session)
    cancel(session, evening.id, by=hall.berit, now=morning)
    again(session)
    assert attend(session, morning + timedelta(minutes=3)) == [line.id]

    begun = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
    assert in_vain(session, begun) == []
    assert not end_waiting(session, line.id, by=SERVICE, now=begun)
    again(session)
    accept(session, open_offer(session, line).id, by=hall.nils, now=begun)

    assert states(session, line) == [BookingState.BOOKED]


def test_who_gave_up_a_series_is_offered_none_of_its_dates(session: Session, hall: Hall) -> None:
    first = booked(session, hall.berit)
    series = booked(session, hall.nils, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}, on_conflict="skip")
    given_up(session, series, hall.nils)
    given_up(session, first, hall.berit)

    assert attend(session) == []


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.integers(2, 60 * 24 * 40))
def test_no_offer_runs_out_at_night_where_another_moment_is_left(now: datetime, minutes: int) -> None:
    moment = now.replace(tzinfo=UTC, microsecond=0)
    start = moment + timedelta(minutes=minutes)

    due = answer_by(moment, start, ZONE)

    assert moment < due <= start
    assert due <= moment + timedelta(hours=36)
    assert 7 <= to_wall(due, ZONE).hour < 22 or due == start


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_fills_the_line_for_one_time(session: Session, hall: Hall) -> None:
    booked(session, hall.per, organisation=None)
    teams = [waiting(session, hall.berit, team=name) for name in ("G12", "J12", "Senior")]

    refused = []
    for by, changes in ((hall.nils, {"team": "Old boys"}), (hall.berit, {"start": "2026-09-15T19:00"})):
        with pytest.raises(Conflict) as raised:
            waiting(session, by, **changes)
        refused += [(fault.code, fault.value, fault.facts) for fault in raised.value.faults]
    beside = [waiting(session, hall.per, organisation=None), waiting(session, hall.berit, start="2026-09-15T20:00", end="2026-09-15T21:00")]
    given_up(session, teams[0], hall.berit)
    beside.append(waiting(session, hall.berit))

    facts = {"most": 3, "reference": teams[0].reference}
    assert refused == [("too-often-in-line", "2026-09-15T18:00", facts), ("too-often-in-line", "2026-09-15T19:00", facts)]
    assert states(session, *beside) == [BookingState.WAITING, BookingState.BOOKED, BookingState.WAITING]
