"""Series: one date, those following or all are moved, described, given back, taken back and split, and the past stays."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import decisions
from booking.adding import add, readd
from booking.changing import Change, Changed, Said, change
from booking.ending import cancel
from booking.models import Booking, Claim, Judgement, Occurrence
from booking.outcome import Declined, Taken
from booking.releasing import Period, releasable, release
from booking.replay import replay
from booking.reservations import preview, reserve
from booking.scope import Scope
from booking.splitting import split
from booking.states import BookingState
from booking.wish import OnConflict
from kernel.errors import Conflict, Forbidden, Invalid, Missing, Refusal, Stale
from tests.booking.conftest import LADDER, NOW, REASON, Hall, again, publish_with, wish

LATER = datetime(2026, 9, 23, 12, tzinfo=UTC)
GYM_2 = "oren-flerbrukshall/gymsal-2"
TEAM_HOURS = {"kind": "quota", "id": "team", "per": "team", "period": "week", "minutes": 120, "reason": REASON}


def series(session: Session, hall: Hall, count: int = 4, by: str = "berit", **changes: object) -> Booking:
    """Two hours on so many Tuesdays from 15 September, the autumn break in week 41 left out."""
    again(session)
    recurrence = {"rrule": f"FREQ=WEEKLY;COUNT={count}"}
    made = reserve(session, wish(recurrence=recurrence, on_conflict="skip", **changes), by=getattr(hall, by), now=NOW)
    again(session)
    return made


def refused(session: Session, kind: type[Refusal], act: Callable[[], object]) -> Refusal:
    """The refusal of an act, which leaves nothing behind."""
    with pytest.raises(kind) as raised, session.begin_nested():
        act()
    again(session)
    return raised.value


def changed(session: Session, booking: Booking, number: int, *, by: Actor, now: datetime = NOW, **wanted: Any) -> Changed:
    found = change(session, booking.id, Change(number=number, **wanted), by=by, now=now)
    again(session)
    return found


def starts(booking: Booking) -> list[str]:
    return [f"{one.local_start:%a %d.%m %H:%M} {one.room.slug} {one.state}" for one in booking.occurrences]


def kept(session: Session) -> set[tuple[int, datetime]]:
    """What holds time, by date."""
    return {(row.occurrence_id, row.starts_at) for row in session.execute(select(Claim.occurrence_id, Claim.starts_at))}


def live(session: Session) -> set[tuple[int, datetime]]:
    dates = session.scalars(select(Occurrence).where(Occurrence.state == "booked"))
    return {(one.id, one.starts_at) for one in dates}


def span(day: str, start: str = "18:00", end: str = "20:00") -> Mapping[str, datetime]:
    return {"start": datetime.fromisoformat(f"{day}T{start}"), "end": datetime.fromisoformat(f"{day}T{end}")}


def test_those_following_are_shifted_to_another_weekday_and_the_rest_stays(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 6)
    first_of_october = 5  # 13 October; number 4 would lie in the autumn break

    found = changed(session, booking, first_of_october, by=hall.berit, now=LATER, scope=Scope.FOLLOWING, **span("2026-10-14"))

    assert starts(found.booking) == [
        "Tue 15.09 18:00 gymsal-1 booked",
        "Tue 22.09 18:00 gymsal-1 booked",
        "Tue 29.09 18:00 gymsal-1 booked",
        "Tue 06.10 18:00 gymsal-1 skipped",
        "Wed 14.10 18:00 gymsal-1 booked",
        "Wed 21.10 18:00 gymsal-1 booked",
    ]
    assert kept(session) == live(session)


def test_all_that_lie_ahead_take_the_new_clock_and_room_across_the_clock_change(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 8)

    found = changed(session, booking, 3, by=hall.berit, now=LATER, scope=Scope.ALL, room=GYM_2, **span("2026-09-29", "19:00", "21:00"))

    assert starts(found.booking)[:3] == [
        "Tue 15.09 18:00 gymsal-1 booked",
        "Tue 22.09 18:00 gymsal-1 booked",
        "Tue 29.09 19:00 gymsal-2 booked",
    ]
    moved = found.booking.occurrences[4:]
    assert [f"{one.starts_at:%d.%m %H:%M}" for one in moved] == ["13.10 17:00", "20.10 17:00", "27.10 18:00", "03.11 18:00"]
    assert kept(session) == live(session)


def test_dates_that_collide_are_all_named_or_left_where_they_were(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 4)
    for day in ("2026-09-16", "2026-09-30"):
        reserve(session, wish(**span(day)), by=hall.nils, now=NOW)
        again(session)
    before = starts(booking)

    whole = refused(session, Taken, lambda: changed(session, booking, 1, by=hall.berit, scope=Scope.ALL, **span("2026-09-16")))
    assert starts(session.get_one(Booking, booking.id)) == before
    found = changed(session, booking, 1, by=hall.berit, scope=Scope.ALL, on_conflict=OnConflict.SKIP, **span("2026-09-16"))

    assert [fault.facts["date"] for fault in whole.faults] == ["2026-09-16T18:00", "2026-09-30T18:00"]
    assert starts(found.booking)[:3] == [
        "Tue 15.09 18:00 gymsal-1 booked",
        "Wed 23.09 18:00 gymsal-1 booked",
        "Tue 29.09 18:00 gymsal-1 booked",
    ]
    assert {number: [fault.code for fault in faults] for number, faults in found.left.items()} == {1: ["time-taken"], 3: ["time-taken"]}
    assert kept(session) == live(session)


def test_a_date_that_stays_keeps_others_from_coming_where_it_is(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 3)
    add(session, booking.id, **span("2026-10-20"), by=hall.berit, now=NOW)
    again(session)

    # The third would come into the autumn break and stays, the second would meet the third, the first the second.
    found = changed(session, booking, 1, by=hall.berit, scope=Scope.ALL, on_conflict=OnConflict.SKIP, **span("2026-09-22"))

    assert [f"{one.local_start:%d.%m}" for one in found.booking.occurrences] == ["15.09", "22.09", "29.09", "27.10"]
    assert {number: [fault.code for fault in faults] for number, faults in found.left.items()} == {
        1: ["time-taken"],
        2: ["time-taken"],
        3: ["policy:school-break"],
    }
    assert kept(session) == live(session)


def test_a_date_is_taken_back_only_while_it_is_free_and_without_its_fee(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    booking = series(session, hall, 3)
    cancel(session, booking.id, number=1, by=hall.berit, now=NOW)
    again(session)
    fee = session.get_one(Booking, booking.id).occurrences[0].fee

    back = readd(session, booking.id, 1, by=hall.berit, now=NOW)
    again(session)
    told = (starts(back)[0], back.occurrences[0].fee, back.occurrences[0].charged_price)
    twice = refused(session, Conflict, lambda: readd(session, booking.id, 1, by=hall.berit, now=NOW))
    cancel(session, booking.id, number=1, by=hall.berit, now=NOW)
    again(session)
    reserve(session, wish(), by=hall.nils, now=NOW)
    again(session)
    refused(session, Taken, lambda: readd(session, booking.id, 1, by=hall.berit, now=NOW))

    assert fee == 40000
    assert told == ("Tue 15.09 18:00 gymsal-1 booked", None, 80000)
    assert twice.faults[0].code == "wrong-state"


def test_a_wish_that_nobody_confirmed_waits_a_whole_time_again_once_it_is_taken_back(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(), by=hall.siri, now=NOW)
    again(session)
    cancel(session, asked.id, by=hall.siri, now=NOW)
    again(session)

    readd(session, asked.id, 1, by=hall.kari, now=NOW + timedelta(days=10))

    assert (asked.state, asked.confirm_by) == (BookingState.UNCONFIRMED, datetime(2026, 9, 15, 16, tzinfo=UTC))
    assert session.scalars(select(Claim.expires_at)).all() == [asked.confirm_by]


def test_an_extra_date_is_judged_as_any_other(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 2)

    more = add(session, booking.id, **span("2026-09-24"), room=GYM_2, by=hall.berit, now=NOW)
    again(session)
    assert starts(more)[-1] == "Thu 24.09 18:00 gymsal-2 booked"
    closed = refused(session, Declined, lambda: add(session, booking.id, **span("2026-10-06"), by=hall.berit, now=NOW))
    own = refused(session, Taken, lambda: add(session, booking.id, **span("2026-09-22", "19:00", "21:00"), by=hall.berit, now=NOW))

    assert [one.faults[0].code for one in (closed, own)] == ["policy:school-break", "time-taken"]
    assert kept(session) == live(session)


def test_the_following_dates_become_a_booking_of_their_own_and_keep_their_time(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 6)
    before = kept(session)

    made = split(session, booking.id, 3, by=hall.berit, now=NOW)
    again(session)
    old, new = session.get_one(Booking, booking.id), session.get_one(Booking, made.id)
    more = add(session, old.id, **span("2026-12-01"), by=hall.berit, now=NOW)
    again(session)

    assert kept(session) > before
    assert (new.split_from, new.version, old.state, new.state) == (old.id, 1, "booked", "booked")
    assert [one.number for one in session.get_one(Booking, made.id).occurrences] == [3, 4, 5, 6]
    assert [one.number for one in more.occurrences] == [1, 2, 7]
    assert {one.first_reference for one in session.get_one(Booking, made.id).occurrences} == {more.reference}
    assert all(one.is_same for one in replay(session, session.get_one(Booking, made.id).reference))
    nothing = refused(session, Conflict, lambda: split(session, made.id, 3, by=hall.berit, now=NOW))
    assert nothing.faults[0].code == "nothing-to-split"


def test_what_is_split_off_from_dates_that_are_given_back_leaves_nothing_that_is_booked(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 2)
    cancel(session, booking.id, number=1, by=hall.berit, now=NOW)
    again(session)

    made = split(session, booking.id, 2, by=hall.berit, now=NOW)

    assert [one.state for one in (session.get_one(Booking, booking.id), made)] == ["cancelled", "booked"]


def test_a_number_is_never_given_again_to_a_date_of_what_was_split_twice(session: Session, hall: Hall) -> None:
    later = split(session, series(session, hall).id, 2, by=hall.berit, now=NOW)
    again(session)
    split(session, later.id, 3, by=hall.berit, now=NOW)
    again(session)

    add(session, later.id, **span("2026-09-26"), by=hall.berit, now=NOW)

    assert [date.number for date in later.occurrences] == [2, 5]


def test_what_some_dates_say_they_say_as_a_booking_of_their_own(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 4, team="J12")

    whole = changed(session, booking, 1, by=hall.berit, scope=Scope.ALL, said=Said(contact_name="Nina", purpose="Kamp")).booking
    assert (whole.id, whole.contact_name, whole.purpose, whole.version) == (booking.id, "Nina", "Kamp", 2)
    given = changed(session, booking, 1, beside=(3,), by=hall.berit, said=Said(team="G13")).booking
    later = changed(session, booking, 2, scope=Scope.ALL, by=hall.berit, now=NOW + timedelta(days=15), said=Said(contact_phone="41234567"))

    assert (given.id != booking.id, given.team, [one.number for one in given.occurrences]) == (True, "G13", [1, 3])
    # Whom to call is asked of what is to come: it stays one booking though a date of it may have been.
    assert (later.booking.id, session.get_one(Booking, booking.id).team) == (booking.id, "J12")
    assert kept(session) == live(session)


def test_dates_go_to_another_team_only_on_the_same_terms(session: Session, hall: Hall) -> None:
    publish_with(session, TEAM_HOURS)
    booking = series(session, hall, 2, team="J12")
    series(session, hall, 1, team="G13", room=GYM_2)
    rival = session.scalars(select(Booking).where(Booking.team == "G13")).one()

    quota = refused(session, Declined, lambda: changed(session, booking, 1, by=hall.berit, said=Said(team="G13")))
    moved = changed(session, booking, 2, by=hall.berit, said=Said(team="G13")).booking

    assert [fault.code for fault in quota.faults] == ["policy:quota-used"]
    assert (moved.team, [one.number for one in moved.occurrences], rival.team) == ("G13", [2], "G13")


def test_a_price_that_would_be_another_keeps_dates_with_their_team(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 2)
    session.get_one(Occurrence, booking.occurrences[0].id).charged_price = 12345
    again(session)

    price = refused(session, Conflict, lambda: changed(session, booking, 1, by=hall.berit, scope=Scope.ALL, said=Said(team="G13")))

    assert [(fault.code, fault.facts["before"], fault.facts["after"]) for fault in price.faults] == [("team-changes-price", 12345, 80000)]


def test_a_period_is_given_back_across_the_bookings_of_a_club(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    tuesdays, other_team = series(session, hall, 4, team="J12"), series(session, hall, 4, team="G13", room=GYM_2)
    week = Period(first=date(2026, 9, 21), last=date(2026, 9, 27), teams=("J12",))

    seen = releasable(session, hall.cast.skiold.id, week, by=hall.nils, now=NOW)
    given = release(session, hall.cast.skiold.id, week, by=hall.nils, now=NOW)
    again(session)

    assert [one.number for one in seen] == [2]
    assert [one.id for one in given] == [tuesdays.id]
    assert [one.state for one in session.get_one(Booking, tuesdays.id).occurrences] == ["booked", "cancelled", "booked", "skipped"]
    assert session.get_one(Booking, tuesdays.id).occurrences[1].fee == 0
    assert [one.state for one in session.get_one(Booking, other_team.id).occurrences] == ["booked", "booked", "booked", "skipped"]
    both = release(session, hall.cast.skiold.id, Period(first=date(2026, 9, 21), last=date(2026, 9, 30)), by=hall.berit, now=NOW)
    again(session)
    assert {one.id for one in both} == {tuesdays.id, other_team.id}
    refused(session, Conflict, lambda: release(session, hall.cast.skiold.id, week, by=hall.berit, now=NOW))
    refused(session, Stale, lambda: release(session, hall.cast.skiold.id, week, seen="others", by=hall.berit, now=NOW))
    refused(session, Forbidden, lambda: release(session, hall.cast.skiold.id, week, by=hall.per, now=NOW))
    assert kept(session) == live(session)


def test_what_has_been_is_reached_by_nothing(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 2)
    then = datetime(2026, 9, 16, tzinfo=UTC)
    after = datetime(2026, 9, 30, tzinfo=UTC)

    one = refused(session, Conflict, lambda: changed(session, booking, 1, by=hall.berit, now=then, **span("2026-09-17")))
    cancel(session, booking.id, number=1, scope=Scope.FOLLOWING, by=hall.berit, now=then)
    again(session)
    rest = refused(session, Conflict, lambda: changed(session, booking, 1, by=hall.berit, now=after, scope=Scope.ALL, **span("2026-10-14")))
    back = refused(session, Conflict, lambda: readd(session, booking.id, 2, by=hall.berit, now=after))

    assert [refusal.faults[0].code for refusal in (one, rest, back)] == ["in-the-past"] * 3
    assert starts(session.get_one(Booking, booking.id)) == ["Tue 15.09 18:00 gymsal-1 booked", "Tue 22.09 18:00 gymsal-1 cancelled"]


def test_another_s_booking_is_not_there_for_any_of_it(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 2)

    for act in (
        lambda: change(session, booking.id, Change(number=1, scope=Scope.ALL, **span("2026-09-17")), by=hall.per, now=NOW),
        lambda: add(session, booking.id, **span("2026-09-17"), by=hall.per, now=NOW),
        lambda: readd(session, booking.id, 1, by=hall.per, now=NOW),
        lambda: split(session, booking.id, 2, by=hall.per, now=NOW),
    ):
        refused(session, Missing, act)


def test_the_second_who_edits_is_told_what_the_first_did(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 2)
    cancel(session, booking.id, number=2, version=1, by=hall.nils, now=NOW)
    again(session)

    late = Change(number=1, **span("2026-09-17"))
    stale = refused(session, Stale, lambda: change(session, booking.id, late, version=1, by=hall.berit, now=NOW))

    assert stale.details["changes"] == [{"verb": "cancel", "at": NOW.isoformat(), "by": "applicant", "dates": ["2026-09-22T18:00"]}]


def test_no_booking_has_more_dates_than_a_series_may(session: Session, hall: Hall) -> None:
    endless = refused(session, Invalid, lambda: series(session, hall, 10_000))
    booking = series(session, hall, 1)
    session.add_all(
        Occurrence(
            booking_id=booking.id,
            number=number,
            room_id=booking.room_id,
            state="cancelled",
            local_start=datetime(2026, 9, 15),
            local_end=datetime(2026, 9, 16),
            zone="Europe/Oslo",
            starts_at=NOW,
            ends_at=NOW,
            created_at=NOW,
            changed_at=NOW,
        )
        for number in range(2, 401)
    )
    again(session)
    added = refused(session, Invalid, lambda: add(session, booking.id, **span("2026-12-01"), by=hall.berit, now=NOW))

    assert [(one.faults[0].code, one.faults[0].facts) for one in (endless, added)] == [("too-many-dates", {"most": 400})] * 2


def test_a_request_that_is_described_anew_goes_on_waiting(session: Session, hall: Hall) -> None:
    booking = series(session, hall, 2, by="per", organisation=None, participants={"20-66": 5})

    found = changed(session, booking, 1, scope=Scope.ALL, by=hall.kari, said=Said(participants={"20-66": 6})).booking

    assert (found.state, found.participants, {one.state for one in found.occurrences}) == ("requested", {"20-66": 6}, {"requested"})
    decisions.approve(session, found.id, by=hall.kari, now=NOW)
    again(session)
    acts = session.scalars(select(Judgement.act).where(Judgement.booking_id == booking.id).order_by(Judgement.id)).all()
    assert acts == ["reserve", "move", "approve"]


def test_each_date_of_a_wish_is_had_as_it_was_chosen(session: Session, hall: Hall) -> None:
    reserve(session, wish(start="2026-09-22T18:00", end="2026-09-22T20:00"), by=hall.nils, now=NOW)
    again(session)
    choices = {
        "2026-09-22": {"room": GYM_2},
        "2026-09-29": {"start": "2026-09-30T17:00", "end": "2026-09-30T18:30"},
        "2026-10-06": {"skip": True},
    }
    recurrence = {"rrule": "FREQ=WEEKLY;COUNT=4", "also": ["2026-10-15"]}

    made = reserve(session, wish(recurrence=recurrence, choices=choices), by=hall.berit, now=NOW)
    again(session)

    assert starts(session.get_one(Booking, made.id)) == [
        "Tue 15.09 18:00 gymsal-1 booked",
        "Tue 22.09 18:00 gymsal-2 booked",
        "Wed 30.09 17:00 gymsal-1 booked",
        "Tue 06.10 18:00 gymsal-1 skipped",
        "Thu 15.10 18:00 gymsal-1 booked",
    ]
    assert kept(session) == live(session)
    assert all(one.is_same for one in replay(session, made.reference))


def test_dates_in_other_rooms_are_counted_together_before_and_when_one_books(session: Session, hall: Hall) -> None:
    publish_with(session, {**TEAM_HOURS, "per": "organisation", "minutes": 360, "period": "month"})
    wanted = wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3", "also": ["2026-09-16"]}, choices={"2026-09-16": {"room": GYM_2}})

    looked = [one.is_kept for one in preview(session, wanted, by=hall.berit, now=NOW).dates]
    declined = refused(session, Declined, lambda: reserve(session, wanted, by=hall.berit, now=NOW))

    assert looked == [True, False, True, True]
    assert [fault.facts["date"] for fault in declined.faults] == ["2026-09-16T18:00"]


@pytest.mark.parametrize(
    ("recurrence", "choices", "code"),
    [
        ({"rrule": "FREQ=WEEKLY;COUNT=2"}, {"2026-09-16": {"skip": True}}, "no-such-day"),
        ({"rrule": "FREQ=WEEKLY;COUNT=2"}, {"2026-09-15": {"skip": True}, "2026-09-22": {"skip": True}}, "nothing-chosen"),
        ({"rrule": "FREQ=WEEKLY;COUNT=2", "also": ["2026-09-14"]}, {}, "out-of-range"),
        ({"rrule": "FREQ=WEEKLY;COUNT=400", "also": ["2026-09-16"]}, {}, "too-many-dates"),
    ],
)
def test_choices_that_cannot_be_are_refused(session: Session, hall: Hall, recurrence: Any, choices: Any, code: str) -> None:
    wrong = refused(session, Invalid, lambda: reserve(session, wish(recurrence=recurrence, choices=choices), by=hall.berit, now=NOW))

    assert wrong.faults[0].code == code


def test_of_dates_that_lie_ahead_and_wait_the_state_is_told_and_not_that_they_have_been(session: Session, hall: Hall) -> None:
    series(session, hall, 2)
    booking = reserve(session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}, on_conflict="wait"), by=hall.nils, now=NOW)
    again(session)

    moved = refused(session, Conflict, lambda: changed(session, booking, 1, by=hall.nils, now=NOW, scope=Scope.ALL, **span("2026-10-14")))
    apart = refused(session, Conflict, lambda: split(session, booking.id, 2, by=hall.nils, now=NOW))

    assert [[(fault.code, fault.value) for fault in refusal.faults] for refusal in (moved, apart)] == [[("wrong-state", "waiting")]] * 2
