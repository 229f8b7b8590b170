"""What is counted from the rows: by team, at the same time, ahead, missed, at hours that few want; of nights, moved and cancelled dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from booking import decisions, ending
from booking.absence import note_absence
from booking.adding import add
from booking.models import Booking
from booking.outcome import Declined
from booking.reservations import preview, reserve
from booking.states import BookingState
from policies.request import Usage
from tests.booking.conftest import NOW, REASON, Hall, again, move, publish_with, wish

LATER = NOW + timedelta(days=18)
FEW_WANT = [{"between": {"start": "16:00", "end": "17:00"}}, {"between": {"start": "21:00", "end": "24:00"}}, {"weekdays": [5]}]


def rule(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "id": "limit", "per": "organisation", "reason": REASON, **fields}


WEEK = rule("quota", period="week", minutes=6_000)
AT_ONCE = rule("concurrency", measure="at-once", at_most=50)
AHEAD = rule("concurrency", measure="ahead", at_most=50)
MISSED = rule("no_show", times=50, hearing_days=0)
BAD = rule("bad_hours", period="week", over=6_000, percent=0, hours=FEW_WANT)


def at(day: int, start: str, end: str, room: str = "gymsal-1", **changes: Any) -> dict[str, Any]:
    """A wish for a day of September; an end before the start lies on the next."""
    last = day + 1 if end <= start else day
    return {"room": f"oren-flerbrukshall/{room}", "start": f"2026-09-{day}T{start}", "end": f"2026-09-{last}T{end}", **changes}


def book(session: Session, hall: Hall, *, by: str = "berit", now: datetime = NOW, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**changes), by=getattr(hall, by), now=now)
    again(session)
    return made


def counted(session: Session, hall: Hall, *, by: str = "berit", now: datetime = NOW, **changes: Any) -> Usage:
    """What the policy is told to be used when somebody asks for an hour."""
    again(session)
    (tried,) = preview(session, wish(**changes), by=getattr(hall, by), now=now).dates
    assert tried.judged.facts is not None
    (used,) = tried.judged.facts.usage
    return used


def test_each_team_of_an_organisation_has_its_own_time(session: Session, hall: Hall) -> None:
    publish_with(session, {**WEEK, "per": "team"})
    book(session, hall, **at(14, "18:00", "19:00", team="Jenter 12"))
    book(session, hall, by="nils", **at(15, "18:00", "20:00", team="Jenter 12"))
    book(session, hall, **at(16, "18:00", "19:00", team="Gutter 14"))
    book(session, hall, **at(17, "18:00", "19:00"))

    girls, boys, others = (counted(session, hall, **at(18, "18:00", "19:00", team=team)) for team in ("Jenter 12", "Gutter 14", "Jenter"))

    assert [(used.minutes, used.dates) for used in (girls, boys, others)] == [(180, 2), (60, 1), (0, 0)]


@pytest.mark.parametrize("per", ["organisation", "team"])
def test_what_nobody_confirmed_in_the_name_of_an_organisation_counts_for_none_but_itself(session: Session, hall: Hall, per: str) -> None:
    publish_with(session, {**WEEK, "per": per, "minutes": 120})
    asked = book(session, hall, by="siri", **at(14, "18:00", "20:00", team="Jenter 12"))
    beside = counted(session, hall, **at(15, "18:00", "20:00", team="Jenter 12"))
    with pytest.raises(Declined):
        add(session, asked.id, start=datetime(2026, 9, 16, 18), end=datetime(2026, 9, 16, 19), by=hall.siri, now=NOW)
    again(session)
    theirs = book(session, hall, **at(15, "18:00", "20:00", team="Jenter 12"))

    # The club has used up what it may by now: to stand by the wish as well is judged with all that it has.
    with pytest.raises(Declined):
        decisions.confirm(session, asked.id, by=hall.berit, now=NOW)
    again(session)
    ending.cancel(session, theirs.id, by=hall.berit, now=NOW)
    again(session)
    decisions.confirm(session, asked.id, by=hall.berit, now=NOW)

    assert ((beside.minutes, beside.dates), asked.state) == ((0, 0), BookingState.BOOKED)
    used = counted(session, hall, **at(15, "18:00", "20:00", team="Jenter 12"))
    assert (used.minutes, used.dates) == (120, 1)


def test_what_somebody_asked_for_in_the_name_of_an_organisation_counts_for_themselves(session: Session, hall: Hall) -> None:
    publish_with(session, {**WEEK, "per": "person"})
    book(session, hall, by="siri", **at(14, "18:00", "20:00"))

    used = counted(session, hall, by="siri", **at(15, "18:00", "19:00"))

    assert (used.minutes, used.dates) == (120, 1)


def test_what_names_no_team_is_counted_together_and_a_team_however_it_is_spaced(session: Session, hall: Hall) -> None:
    publish_with(session, {**WEEK, "per": "team"})
    book(session, hall, **at(14, "18:00", "19:00"))
    book(session, hall, **at(15, "18:00", "19:00", team="Gutter\u00a0 14"))

    nobodys, boys = (counted(session, hall, **at(18, "18:00", "19:00", team=team)) for team in ("", " Gutter 14"))

    assert [(used.minutes, used.dates) for used in (nobodys, boys)] == [(60, 1), (60, 1)]


def test_at_once_are_dates_that_overlap_in_other_rooms(session: Session, hall: Hall) -> None:
    publish_with(session, AT_ONCE)
    book(session, hall, **at(15, "18:00", "20:00", "gymsal-2"))

    asked = [("19:00", "21:00"), ("20:00", "21:00"), ("17:00", "18:00"), ("17:00", "18:30")]
    found = [counted(session, hall, **at(15, start, end)).dates for start, end in asked]

    assert found == [1, 0, 0, 1]


def test_two_wishes_for_one_room_are_not_two_rooms_at_once(session: Session, hall: Hall) -> None:
    publish_with(session, AT_ONCE)
    book(session, hall, **at(15, "18:00", "20:00", activity="culture.concert"))

    assert counted(session, hall, **at(15, "18:00", "20:00", activity="culture.concert")).dates == 0


def test_at_once_reaches_over_midnight_and_a_date_is_not_beside_itself(session: Session, hall: Hall) -> None:
    publish_with(session, AT_ONCE)
    night = book(session, hall, by="kari", **at(15, "22:00", "02:00", "gymsal-2", kind="block", organisation=None))
    night.organisation = hall.cast.skiold
    again(session)

    assert counted(session, hall, **at(15, "23:00", "00:00")).dates == 1
    moved = book(session, hall, **at(16, "18:00", "20:00"))
    move(session, moved.id, 1, start=datetime(2026, 9, 16, 19), end=datetime(2026, 9, 16, 21), by=hall.berit, now=NOW)
    again(session)
    assert moved.occurrences[0].local_start == datetime(2026, 9, 16, 19)


def test_ahead_are_dates_that_begin_after_one_asks_with_those_that_wait(session: Session, hall: Hall) -> None:
    publish_with(session, AHEAD)
    series = book(session, hall, **at(14, "18:00", "19:00", recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}))
    book(session, hall, **at(15, "18:00", "19:00", activity="culture.concert"))
    ending.cancel(session, series.id, number=3, by=hall.berit, now=NOW)

    found = [counted(session, hall, now=now, **at(25, "18:00", "19:00")).dates for now in (NOW, LATER)]

    assert found == [3, 1]


def test_missed_are_dates_of_the_last_months_that_somebody_noted(session: Session, hall: Hall) -> None:
    publish_with(session, {**MISSED, "months": 1})
    first, second = (book(session, hall, **at(day, "18:00", "19:00")) for day in (10, 11))
    for booking in (first, second):
        again(session)
        note_absence(session, booking.id, 1, by=hall.olav, now=LATER)
    again(session)

    later = [NOW + timedelta(days=days, minutes=1) for days in (18, 40, 45)]
    found = [counted(session, hall, now=now, start="2026-10-20T18:00", end="2026-10-20T19:00").dates for now in later]

    assert found == [2, 1, 0]


def test_of_hours_that_few_want_each_minute_counts_once_and_a_night_by_its_clock(session: Session, hall: Hall) -> None:
    publish_with(session, BAD)
    for wanted in (at(14, "15:30", "17:30"), at(15, "18:00", "20:00"), at(17, "20:00", "00:00"), at(18, "16:00", "18:00")):
        book(session, hall, **wanted)

    used = counted(session, hall, **at(16, "18:00", "19:00"))

    # From 16 to 17, none, from 21 to 24, all of Friday.
    assert (used.minutes, used.dates, used.minutes_inside) == (600, 4, 60 + 0 + 180 + 120)
    assert (used.first, used.last) == (date(2026, 9, 14), date(2026, 9, 20))


def test_a_quota_of_saturdays_counts_what_lies_on_saturdays(session: Session, hall: Hall) -> None:
    publish_with(
        session, rule("quota", period="half-year", dates=3, scope={"weekdays": [6], "between": {"start": "10:00", "end": "20:00"}})
    )
    for wanted in (at(12, "18:00", "21:00"), at(14, "18:00", "20:00"), at(19, "20:00", "21:00"), at(26, "10:00", "11:00")):
        book(session, hall, **wanted)

    used = counted(session, hall, start="2026-10-17T18:00", end="2026-10-17T20:00")

    assert (used.minutes, used.dates) == (120 + 60, 2)


def test_a_night_counts_for_the_day_on_which_it_begins(session: Session, hall: Hall) -> None:
    publish_with(session, {**WEEK, "period": "day"})
    night = book(session, hall, by="kari", **at(20, "20:00", "02:00", kind="block", organisation=None))
    night.organisation = hall.cast.skiold
    again(session)

    sunday, monday = (counted(session, hall, **at(day, "10:00", "11:00", "gymsal-2")) for day in (20, 21))

    assert [(used.minutes, used.dates) for used in (sunday, monday)] == [(360, 1), (0, 0)]


@pytest.mark.parametrize(("limit", "inside"), [(WEEK, 0), (BAD, 180)])
def test_minutes_are_those_that_pass_also_when_the_clock_is_set_back(
    session: Session, hall: Hall, limit: dict[str, Any], inside: int
) -> None:
    publish_with(session, limit)
    night = {"start": "2026-10-24T21:00", "end": "2026-10-25T03:00", "kind": "block", "organisation": None}
    booking = book(session, hall, by="kari", **night)
    booking.organisation = hall.cast.skiold
    again(session)

    used = counted(session, hall, start="2026-10-23T18:00", end="2026-10-23T19:00")

    assert (used.minutes, used.minutes_inside) == (7 * 60, inside)


@pytest.mark.parametrize("limit", [WEEK, BAD], ids=["quota", "bad-hours"])
def test_a_moved_date_counts_where_it_is_and_what_was_ended_nowhere(session: Session, hall: Hall, limit: dict[str, Any]) -> None:
    publish_with(session, limit)
    kept, moved, cancelled = (book(session, hall, **at(day, "18:00", "19:00")) for day in (14, 15, 16))
    refused = book(session, hall, **at(17, "18:00", "19:00", activity="culture.concert"))
    move(session, moved.id, 1, start=datetime(2026, 9, 22, 18), end=datetime(2026, 9, 22, 20), by=hall.berit, now=NOW)
    again(session)
    ending.cancel(session, cancelled.id, by=hall.berit, now=NOW)
    again(session)
    decisions.decline(session, refused.id, reason="Fullt.", by=hall.kari, now=NOW)

    weeks = [counted(session, hall, **at(day, "18:00", "19:00", "gymsal-2")) for day in (18, 25)]

    assert kept.occurrences[0].starts_at == datetime(2026, 9, 14, 16, tzinfo=UTC)
    assert [(used.minutes, used.dates) for used in weeks] == [(60, 1), (120, 1)]


def test_what_is_judged_again_is_not_counted_against_itself(session: Session, hall: Hall) -> None:
    publish_with(session, {**AHEAD, "at_most": 1})
    booking = book(session, hall, **at(15, "18:00", "19:00"))

    moved = move(session, booking.id, 1, start=datetime(2026, 9, 15, 19), end=datetime(2026, 9, 15, 20), by=hall.berit, now=NOW)

    assert moved.occurrences[0].local_start == datetime(2026, 9, 15, 19)
