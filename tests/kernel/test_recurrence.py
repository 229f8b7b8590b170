"""Recurrence: a rule gives the dates that RFC 5545 says, in bounded time, or a refusal that says why."""

import json
import time
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.recurrence import LONGEST, dates_between, dates_of, weekly

TUESDAY = date(2026, 9, 1)
CASES = {case["id"].split()[0]: case for case in json.loads((Path(__file__).parents[1] / "data" / "dst_cases.json").read_text())["cases"]}


def refusal(rule: str, first: date = TUESDAY) -> str:
    with pytest.raises(Invalid) as refused:
        dates_of(rule, first)
    fault = refused.value.faults[0]
    assert (fault.field, fault.value) == ("recurrence", rule)
    return fault.code


@given(st.integers(1, LONGEST), st.integers(1, 4), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_a_weekly_series_is_every_so_many_weeks(count: int, every: int, first: date) -> None:
    assume((count - 1) * every <= 5 * 52)

    assert dates_of(weekly(count=count, every=every), first) == tuple(first + timedelta(weeks=every * n) for n in range(count))


@given(st.integers(0, 100), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_a_series_ends_with_the_last_day_named(weeks: int, first: date) -> None:
    until = first + timedelta(weeks=weeks)

    assert dates_of(weekly(until=until), first)[-1] == until


@pytest.mark.parametrize("until", ["20260929", "20260929T180000", "20260929T160000Z", "20260929T000000Z"])
def test_a_series_of_whole_days_ends_with_the_day_that_is_named(until: str) -> None:
    assert dates_of(f"FREQ=WEEKLY;UNTIL={until}", TUESDAY)[-1] == date(2026, 9, 29)


@pytest.mark.parametrize(
    ("start", "until", "last"),
    [
        ("2026-03-02T18:00", CASES["D3"]["until_written"], "2026-04-06"),
        ("2026-03-02T18:00", "20260406T155959Z", "2026-03-30"),
        ("2026-10-13T18:00", CASES["D4"]["until_written"], "2026-10-27"),
        ("2026-10-13T18:00", "20261027T160000Z", "2026-10-20"),
        # A start soon after midnight lies on the day before in UTC.
        ("2026-09-01T00:30", "20260928T223000Z", "2026-09-29"),
        ("2026-09-01T00:30", "20260928T222959Z", "2026-09-22"),
        ("2026-09-01T00:30", "20260929T223000Z", "2026-09-29"),
        ("2026-09-01T18:00", "20260929", "2026-09-29"),
        ("2026-09-01T18:00", "20260929T180000", "2026-09-29"),
        ("2026-09-01T18:00", "20260929T175959", "2026-09-22"),
        # The start of the last date falls into the missing hour: the clock goes on to 03:30, which is 01:30 in UTC.
        ("2026-03-08T02:30", "20260329T013000Z", "2026-03-29"),
    ],
)
def test_the_end_is_the_last_moment_at_which_a_date_may_start(start: str, until: str, last: str) -> None:
    found = dates_of(f"FREQ=WEEKLY;UNTIL={until}", datetime.fromisoformat(start), zone="Europe/Oslo")

    assert found[-1] == date.fromisoformat(last)


@pytest.mark.parametrize("until", ["00010101T000000Z", "99991231T235959Z", "20261301T000000Z", "20260929T250000Z", "20260929T2300Z"])
def test_no_end_is_too_far_off_to_be_answered(until: str) -> None:
    with pytest.raises(Invalid):
        dates_of(f"FREQ=WEEKLY;UNTIL={until}", datetime(2026, 9, 1, 18), zone="America/Santiago")


def test_the_count_counts_the_dates_that_are_left_out() -> None:
    found = dates_of("FREQ=WEEKLY;COUNT=3", TUESDAY, skip={date(2026, 9, 8)})

    assert found == (date(2026, 9, 1), date(2026, 9, 15))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", ["2026-09-01", "2026-09-03", "2026-09-08", "2026-09-10"]),
        ("RRULE:freq=weekly;byday=th;count=2", ["2026-09-03", "2026-09-10"]),
        ("FREQ=MONTHLY;BYDAY=-1TU;COUNT=2", ["2026-09-29", "2026-10-27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", ["2026-10-31", "2026-12-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["2026-09-30", "2026-10-30"]),
        ("FREQ=DAILY;INTERVAL=10;COUNT=3", ["2026-09-01", "2026-09-11", "2026-09-21"]),
    ],
)
def test_rules_of_every_kind_give_their_dates(rule: str, expected: list[str]) -> None:
    assert dates_of(rule, TUESDAY) == tuple(date.fromisoformat(day) for day in expected)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=2",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
        "FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31;UNTIL=99991231",
        "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=-31;COUNT=1",
        "FREQ=DAILY;BYDAY=TU;BYSETPOS=2;COUNT=2",
        "FREQ=WEEKLY;BYSETPOS=9;BYDAY=TU;COUNT=2",
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=7;COUNT=2",
        "FREQ=WEEKLY;UNTIL=20260831",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;INTERVAL=0;COUNT=2",
        "FREQ=WEEKLY;INTERVAL=0;UNTIL=20270101",
    ],
)
def test_a_rule_that_never_occurs_is_refused_at_once(rule: str) -> None:
    began = time.process_time()

    code = refusal(rule)

    assert code in ("empty-rule", "too-many-dates", "bad-rule")
    assert time.process_time() - began < 0.5


def test_a_rule_without_end_is_refused() -> None:
    assert refusal("FREQ=WEEKLY") == "endless-rule"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=401",
        "FREQ=WEEKLY;COUNT=99999999999",
        "FREQ=DAILY;UNTIL=20291231",
        "FREQ=DAILY;UNTIL=99991231",
        "FREQ=YEARLY;COUNT=50",
    ],
)
def test_a_series_longer_than_anyone_plans_is_refused(rule: str) -> None:
    began = time.process_time()

    assert refusal(rule) == "too-many-dates"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "hver tirsdag",
        "FREQ=HOURLY;COUNT=2",
        "FREQ=SECONDLY;COUNT=100",
        "FREQ=FORTNIGHTLY;COUNT=2",
        "COUNT=2",
        "FREQ=WEEKLY;FREQ=DAILY;COUNT=2",
        "FREQ=WEEKLY;BYHOUR=1,2;COUNT=2",
        "FREQ=WEEKLY;COUNT=2\nEXDATE:20260901",
        "FREQ=WEEKLY;COUNT=to",
        "FREQ=WEEKLY;COUNT=",
        "FREQ=WEEKLY;UNTIL=20260931",
        "FREQ=WEEKLY;UNTIL=i morgen",
        "FREQ=WEEKLY;UNTIL=2026-W40",
        "FREQ=WEEKLY;BYDAY=TIR;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2",
        "FREQ=MONTHLY;BYMONTH=13;COUNT=2",
        "FREQ=WEEKLY;COUNT=2;X=" + "1" * 100_000,
    ],
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    assert refusal(rule) in ("bad-rule", "empty-rule")


@given(st.text(alphabet="FREQWEEKLYDAILYMONTHLYCOUNTUNTIL=;:,-+0123456789BYDAYSETPOS\n", max_size=60), st.dates())
def test_no_text_breaks_the_reader(rule: str, first: date) -> None:
    try:
        assert dates_of(rule, first)
    except Invalid as refused:
        assert refused.faults[0].field == "recurrence"


rules = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 8).map(str),
        "BYDAY": st.sampled_from(["TU", "MO,WE", "2TU", "-1FR", "5MO", "-1SU,1MO"]),
        "BYMONTHDAY": st.sampled_from(["1", "29", "31", "-1", "-31", "1,-1"]),
        "BYYEARDAY": st.sampled_from(["1", "60,366", "-1,-306", "100,200"]),
        "BYMONTH": st.sampled_from(["1", "2", "2,4", "6,12"]),
        "BYSETPOS": st.sampled_from(["1", "-1", "4", "2,-2", "366"]),
        "WKST": st.sampled_from(["MO", "SU", "TU"]),
    },
)


@given(rules, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_any_rule_gives_what_another_reader_of_the_standard_gives(parts: dict[str, str], first: date, count: int) -> None:
    assume(parts["FREQ"] in ("MONTHLY", "YEARLY") or not set(parts.get("BYDAY", "")) & set("-125"))
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    until = first + timedelta(days=4 * 365)

    try:
        found = dates_of(f"{text};UNTIL={until:%Y%m%d}", first)[:count]
    except Invalid as refused:
        assume(refused.faults[0].code != "too-many-dates")
        found = ()

    # The other reader looks for what never occurs until the year 9999; it is asked about what does occur.
    assume(found)
    other = rrulestr(text, dtstart=datetime.combine(first, datetime.min.time()))
    expected = takewhile(lambda day: day <= until, (moment.date() for moment in other))
    assert list(found) == list(islice(expected, len(found)))


@pytest.mark.parametrize("weeks", [{1}, {20}, {53}, {-1}, {1, 52, 53}, {-53}])
def test_weeks_are_counted_as_iso_8601_counts_them(weeks: set[int]) -> None:
    # dateutil has 2 January 2011 in a week 53 of 2010, which had 52.
    first, last = date(1999, 1, 1), date(2028, 1, 1)

    found = list(dates_between(f"FREQ=YEARLY;BYWEEKNO={','.join(map(str, weeks))};BYDAY=MO,SU", first, (first, last), spend=Spent()))

    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    last_weeks = {day: date(day.isocalendar().year, 12, 28).isocalendar().week for day in days}
    asked = [day for day in days if {(week := day.isocalendar().week), week - last_weeks[day] - 1} & weeks]
    assert found == [day for day in asked if day.isoweekday() in (1, 7)]


@given(rules, st.dates(date(2019, 1, 1), date(2026, 1, 1)), st.sampled_from(["", ";COUNT=300"]))
def test_a_window_shows_what_lies_in_it_also_of_a_rule_without_end(parts: dict[str, str], first: date, ending: str) -> None:
    rule = ";".join(f"{name}={value}" for name, value in parts.items()) + ending
    assume(parts["FREQ"] in ("MONTHLY", "YEARLY") or not set(parts.get("BYDAY", "")) & set("-125"))
    window = date(2024, 2, 10), date(2026, 3, 5)

    whole = dates_between(rule, first, (date.min, window[1]), spend=Spent())

    assert list(dates_between(rule, first, window, spend=Spent())) == [day for day in whole if day >= window[0]]


def test_what_is_spent_ends_the_search_for_a_rule_that_never_occurs() -> None:
    found = dates_between("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", TUESDAY, (TUESDAY, date.max), spend=Spent(10_000))

    with pytest.raises(TimeoutError):
        next(found)


class Spent:
    """Says stop after so many days."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.left = most

    def __call__(self, days: int) -> None:
        self.left -= days
        if self.left < 0:
            raise TimeoutError


@given(rules, st.dates())
def test_any_rule_is_answered_at_once(parts: dict[str, str], first: date) -> None:
    began = time.process_time()
    try:
        dates_of(";".join(f"{name}={value}" for name, value in parts.items()) + ";COUNT=400", first)
    except Invalid as refused:
        assert refused.faults[0].field == "recurrence"
    assert time.process_time() - began < 0.5
