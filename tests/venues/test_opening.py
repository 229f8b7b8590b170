"""Opening hours on the wall clock, over clock changes, periods, holidays and the layered school calendar."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.interval import Interval
from venues.opening import (
    ClosedSpan,
    DayClass,
    Opening,
    OpeningWindow,
    Openness,
    SchoolDays,
    SchoolSpan,
    WeeklyHours,
    day_class,
    holiday_of,
    windows,
)

OSLO = "Europe/Oslo"
OPEN, AGREED, CLOSED = Openness.OPEN, Openness.BY_AGREEMENT, Openness.CLOSED
EVENINGS = tuple(WeeklyHours(day, 16 * 60, 22 * 60, OPEN) for day in range(7))
AUTUMN_BREAK = SchoolSpan(date(2026, 9, 28), date(2026, 10, 2), "Høstferie", SchoolDays.BREAK)


def utc(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)]
)
def test_sixteen_to_twenty_two_is_six_hours_in_the_weeks_of_clock_change(day: date) -> None:
    found = windows(EVENINGS, day, OSLO)

    assert [window.interval.minutes for window in found] == [360]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 10, 26), 24)])
def test_a_whole_day_has_the_hours_of_its_day(day: date, hours: int) -> None:
    always = [WeeklyHours(weekday, 0, 1440, OPEN) for weekday in range(7)]

    assert windows(always, day, OSLO)[0].interval.minutes == hours * 60


def test_a_window_over_midnight_is_two_rows_that_touch() -> None:
    night = [WeeklyHours(4, 18 * 60, 1440, OPEN), WeeklyHours(5, 0, 120, OPEN)]

    friday, saturday = windows(night, date(2026, 11, 6), OSLO), windows(night, date(2026, 11, 7), OSLO)

    assert friday[0].interval.end == saturday[0].interval.start


def test_a_window_that_begins_in_the_missing_hour_begins_when_the_clock_has_jumped() -> None:
    found = windows([WeeklyHours(6, 150, 360, OPEN)], date(2026, 3, 29), OSLO)

    assert found == (OpeningWindow(Interval(utc(29, 1, month=3), utc(29, 4, month=3)), OPEN),)


def test_a_window_inside_the_missing_hour_is_none() -> None:
    assert windows([WeeklyHours(6, 120, 180, OPEN)], date(2026, 3, 29), OSLO) == ()


def test_time_outside_all_windows_is_not_usable_and_closed_parts_are_cut_out() -> None:
    hours = (WeeklyHours(1, 8 * 60, 22 * 60, OPEN), WeeklyHours(1, 12 * 60, 13 * 60, CLOSED), WeeklyHours(1, 20 * 60, 22 * 60, AGREED))
    opening = Opening(OSLO, hours)

    found = opening.usable(date(2026, 10, 27))

    assert found == (Interval(utc(27, 7), utc(27, 11)), Interval(utc(27, 12), utc(27, 19)))


def test_a_dated_closure_is_cut_out() -> None:
    closed = ClosedSpan(Interval(utc(27, 16), utc(28, 16)), "Vannskade")
    opening = Opening(OSLO, EVENINGS, (closed,))

    assert opening.usable(date(2026, 10, 27)) == (Interval(utc(27, 15), utc(27, 16)),)
    assert opening.closures_on(date(2026, 10, 28)) == (closed,)
    assert opening.closures_on(date(2026, 10, 29)) == ()


def test_of_several_periods_the_narrowest_counts_as_a_whole() -> None:
    summer = (date(2026, 6, 20), date(2026, 8, 16))
    hours = [*EVENINGS, WeeklyHours(0, 600, 720, AGREED, *summer)]

    assert [window.openness for window in windows(hours, date(2026, 7, 6), OSLO)] == [AGREED]
    assert windows(hours, date(2026, 7, 7), OSLO) == ()
    assert [window.openness for window in windows(hours, date(2026, 8, 17), OSLO)] == [OPEN]


def test_of_two_open_ended_periods_the_later_one_counts() -> None:
    hours = [*EVENINGS, WeeklyHours(0, 600, 720, OPEN, date(2027, 1, 1), None)]

    assert [window.interval.minutes for window in windows(hours, date(2027, 1, 4), OSLO)] == [120]
    assert [window.interval.minutes for window in windows(hours, date(2026, 12, 28), OSLO)] == [360]


def test_the_line_of_holidays_replaces_the_weekday_on_a_public_holiday_only() -> None:
    hours = [*EVENINGS, WeeklyHours(7, 0, 1440, CLOSED)]

    assert [window.openness for window in windows(hours, date(2026, 12, 25), OSLO)] == [CLOSED]
    assert [window.openness for window in windows(hours, date(2026, 12, 27), OSLO)] == [OPEN]
    assert [window.openness for window in windows(EVENINGS, date(2026, 12, 25), OSLO)] == [OPEN]


def test_hours_that_nobody_stated_are_unknown_and_not_closed() -> None:
    only_summer = Opening(OSLO, (WeeklyHours(0, 600, 720, OPEN, date(2026, 6, 20), date(2026, 8, 16)),))

    assert (only_summer.is_known(date(2026, 7, 1)), only_summer.is_known(date(2026, 9, 1)), Opening(OSLO).is_known(date(2026, 9, 1))) == (
        True,
        False,
        False,
    )


def test_public_holidays_are_norwegian_and_ordinary_sundays_are_none() -> None:
    assert holiday_of(date(2026, 5, 17)) == "Grunnlovsdag"
    assert holiday_of(date(2026, 4, 6)) == "Andre påskedag"
    assert holiday_of(date(2026, 11, 22)) is None


def test_a_day_tells_its_holiday_and_its_school_break() -> None:
    christmas = SchoolSpan(date(2026, 12, 21), date(2027, 1, 1), "Juleferie", SchoolDays.BREAK)

    assert day_class(date(2026, 12, 25), [christmas]) == DayClass(date(2026, 12, 25), "Første juledag", "Juleferie")


def test_a_venue_takes_a_common_break_out_and_adds_days_of_its_own() -> None:
    ordinary = SchoolSpan(date(2026, 9, 30), date(2026, 9, 30), "", SchoolDays.ORDINARY, is_common=False)
    planning = SchoolSpan(date(2026, 11, 13), date(2026, 11, 13), "Planleggingsdag", SchoolDays.PLANNING, is_common=False)
    opening = Opening(OSLO, school=(AUTUMN_BREAK, ordinary, planning), follows_school=True)

    found = [
        opening.day_class(date(2026, 9, 29)).school_break,
        opening.day_class(date(2026, 9, 30)).school_break,
        opening.day_class(date(2026, 11, 13)).school_break,
    ]

    assert found == ["Høstferie", None, "Planleggingsdag"]


def test_a_venue_that_does_not_follow_the_school_calendar_has_only_its_own_days() -> None:
    own = SchoolSpan(date(2026, 10, 1), date(2026, 10, 1), "Stengt kurs", SchoolDays.PLANNING, is_common=False)
    opening = Opening(OSLO, school=(AUTUMN_BREAK, own))

    assert [opening.day_class(date(2026, 9, 30)).school_break, opening.day_class(date(2026, 10, 1)).school_break] == [None, "Stengt kurs"]


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(4 * 60, 1439), st.integers(1, 600))
def test_windows_after_the_night_keep_their_minutes_every_day(day: date, start: int, length: int) -> None:
    end = min(start + length, 1440)

    found = windows([WeeklyHours(day.weekday(), start, end, OPEN)], day, OSLO)

    assert [window.interval.minutes for window in found] == [end - start]
