"""The wall clock: bookings around both clock changes become what the cases say, and nothing is invented in between."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.interval import Interval
from kernel.recurrence import dates_of, weekly
from kernel.wallclock import WallSpan, at, is_repeated, local_day, parse_clock, parse_day, to_utc, to_wall, zone_of

OSLO = "Europe/Oslo"
FILE = Path(__file__).parents[1] / "data" / "dst_cases.json"
CASES = {case["id"].split()[0]: case for case in json.loads(FILE.read_text(encoding="utf-8"))["cases"]}
JUMPS = ["Europe/Oslo", "Australia/Lord_Howe", "America/St_Johns", "Asia/Beirut", "America/Santiago", "Africa/Casablanca"]
moments = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))


def local(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


def booked(case: dict[str, Any]) -> WallSpan:
    start = local(case["start"])
    end = case["end"] if " " in case["end"] else f"{start:%Y-%m-%d} {case['end']}"
    return WallSpan(start, local(end), OSLO)


def said(text: str) -> Interval:
    """``2026-03-24T17:00Z/18:30Z`` or with a whole moment after the slash."""
    start, end = text.split("/")
    return Interval(datetime.fromisoformat(start), datetime.fromisoformat(end if "T" in end else f"{start[:10]}T{end}"))


def code_of(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return refused.value.faults[0].code


@pytest.mark.parametrize("name", ["D1", "D2"])
def test_a_weekly_series_keeps_its_wall_clock_over_a_clock_change(name: str) -> None:
    case = CASES[name]
    first = booked(case)

    days = dates_of(weekly(count=case["weekly"]), first.start.date())

    assert [first.on(day).interval() for day in days] == [said(text) for text in case["utc"]]


@pytest.mark.parametrize("name", ["D5", "D6"])
def test_a_night_over_a_clock_change_ends_when_the_clock_says(name: str) -> None:
    found = booked(CASES[name]).interval()

    assert found == said(CASES[name]["utc"])
    assert found.length == timedelta(hours=CASES[name]["real_hours"])


def test_a_start_in_the_missing_hour_is_refused_with_the_time_after_it() -> None:
    with pytest.raises(Invalid) as refused:
        to_utc(local(CASES["D7"]["start"]), OSLO)

    fault = refused.value.faults[0]
    assert (fault.code, fault.field, fault.value) == ("missing-hour", "start", "2026-03-29 02:30")
    assert fault.facts == {"after": "03:30", "zone": OSLO}


def test_an_end_in_the_missing_hour_is_refused_as_the_end() -> None:
    with pytest.raises(Invalid) as refused:
        WallSpan(local("2026-03-29 01:00"), local("2026-03-29 02:30"), OSLO).interval()

    assert refused.value.faults[0].field == "end"


def test_the_first_of_a_repeated_hour_is_meant_unless_the_second_is_picked() -> None:
    start = local(CASES["D8"]["start"])

    assert to_utc(start, OSLO) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert to_utc(start, OSLO, second=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert is_repeated(start, OSLO)
    assert not is_repeated(start - timedelta(hours=1), OSLO)
    assert not is_repeated(local("2026-03-29 02:30"), OSLO)


def test_the_first_hour_of_summer_time_is_in_summer_time() -> None:
    assert booked(CASES["D9"]).interval() == said(CASES["D9"]["utc"])


@pytest.mark.parametrize(
    ("name", "expected", "hours"),
    [("D10", "2026-03-28T23:00Z/2026-03-29T22:00Z", 23), ("D11", "2026-10-24T22:00Z/2026-10-25T23:00Z", 25)],
)
def test_a_whole_day_has_the_hours_that_the_clock_change_leaves_it(name: str, expected: str, hours: int) -> None:
    found = local_day(date.fromisoformat(CASES[name]["date"]), OSLO)

    assert found == said(expected)
    assert found.length == timedelta(hours=hours)


def test_opening_hours_have_the_same_minutes_in_the_weeks_of_change() -> None:
    opening = WallSpan(local("2026-03-23 16:00"), local("2026-03-23 22:00"), OSLO)
    days = [date(2026, 3, 23) + timedelta(days=n) for n in range(14)] + [date(2026, 10, 19) + timedelta(days=n) for n in range(14)]

    assert {opening.on(day).interval().minutes for day in days} == {6 * 60}


def test_the_two_halves_of_a_repeated_hour_do_not_collide() -> None:
    first = WallSpan(local("2026-10-25 02:00"), local("2026-10-25 02:30"), OSLO)
    second = WallSpan(local("2026-10-25 02:00"), local("2026-10-25 02:30"), OSLO, second=True)

    assert first.interval() == said("2026-10-25T00:00Z/00:30Z")
    assert second.interval() == said("2026-10-25T01:00Z/01:30Z")
    assert not first.interval().overlaps(second.interval())


def test_a_span_from_the_first_to_the_second_of_a_repeated_time_is_an_hour() -> None:
    half_past = local("2026-10-25 02:30")

    assert WallSpan(half_past, half_past, OSLO, end_second=True).interval() == said("2026-10-25T00:30Z/01:30Z")


@given(moments, st.sampled_from(JUMPS))
def test_every_moment_comes_back_from_the_wall_clock(moment: datetime, zone: str) -> None:
    wall = to_wall(moment, zone)

    readings = {to_utc(wall, zone), to_utc(wall, zone, second=True)}

    assert moment in readings
    assert is_repeated(wall, zone) == (len(readings) == 2)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), st.sampled_from(JUMPS))
def test_a_wall_clock_time_is_kept_or_refused_with_one_that_exists(wall: datetime, zone: str) -> None:
    wall = wall.replace(second=0, microsecond=0)
    try:
        assert to_wall(to_utc(wall, zone), zone) == wall
    except Invalid as refused:
        after = refused.faults[0].facts["after"]
        assert to_wall(to_utc(datetime.combine(wall.date(), datetime.strptime(str(after), "%H:%M").time()), zone), zone) > wall


def test_the_first_and_the_last_moment_that_can_be_said_are_read_again() -> None:
    ends = [datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59)]

    assert [to_wall(to_utc(wall, zone), zone) for zone in (OSLO, "America/New_York") for wall in ends] == ends * 2


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.sampled_from(JUMPS))
def test_days_follow_each_other_without_gap_or_overlap(day: date, zone: str) -> None:
    assert local_day(day, zone).end == local_day(day + timedelta(days=1), zone).start


@pytest.mark.parametrize("name", ["Europe/Olso", "", "../etc/passwd", "/etc/localtime", "Europe", "Oslo\0", "Europe/Oslo/", "N" * 300])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        zone_of(name)

    assert code_of(refused) == "unknown-zone"


@pytest.mark.parametrize("text", ["18:00", "18.00", "1800", "18", " 18:00 "])
def test_a_clock_time_is_understood_as_people_write_it(text: str) -> None:
    assert parse_clock(text, "start") == timedelta(hours=18)


def test_midnight_at_the_end_of_a_day_is_the_next_day() -> None:
    assert at(date(2026, 12, 31), parse_clock("24:00", "end")) == datetime(2027, 1, 1)


@pytest.mark.parametrize("text", ["", "24:01", "25:00", "18:60", "25", "180000", "kl 18", "18:0", "-1:00", "¹⁸:⁰⁰"])
def test_what_is_no_clock_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_clock(text, "start")

    assert code_of(refused) == "bad-clock"


@pytest.mark.parametrize("text", ["2026-04-30", "30.04.2026", "30. 4. 2026", "30.4.2026"])
def test_a_date_is_understood_as_people_write_it(text: str) -> None:
    assert parse_day(text, "day") == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-04-31", "no-such-date"),
        ("31.04.2026", "no-such-date"),
        ("0000-01-01", "no-such-date"),
        ("30/4/2026", "bad-date"),
        ("i dag", "bad-date"),
    ],
)
def test_a_date_that_does_not_exist_is_told_from_what_is_no_date(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_day(text, "day")

    assert code_of(refused) == code
