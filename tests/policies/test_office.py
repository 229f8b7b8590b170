"""Office hours: a promise that stood still is due after as much open time as was left of it."""

from datetime import date, datetime

import pytest

from policies.office import Office

OFFICE = Office((1, 2, 3, 4, 5), 8 * 60, 15 * 60 + 30, {date(2026, 5, 1)})


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("due", "stopped", "goes_on", "then"),
    [
        ("2026-09-04T15:30", "2026-09-02T10:00", "2026-09-02T12:00", "2026-09-07T10:00"),  # two office hours later
        ("2026-09-07T15:30", "2026-09-04T15:30", "2026-09-05T12:00", "2026-09-07T15:30"),  # a weekend costs nothing
        ("2026-09-07T12:00", "2026-09-04T20:00", "2026-09-06T23:00", "2026-09-07T12:00"),
        ("2026-04-30T15:30", "2026-04-30T14:30", "2026-05-01T09:00", "2026-05-04T09:00"),  # the office is closed on the first of May
        ("2026-09-02T10:00", "2026-09-02T12:00", "2026-09-03T12:00", "2026-09-02T10:00"),  # it was broken before it stopped
    ],
)
def test_a_promise_that_stood_still_has_as_much_office_time_left_as_when_it_stopped(
    due: str, stopped: str, goes_on: str, then: str
) -> None:
    assert OFFICE.put_off(moment(due), stopped=moment(stopped), goes_on=moment(goes_on)) == moment(then)


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-09-07T18:00", "2026-09-07T15:30"),
        ("2026-09-07T10:00", "2026-09-07T10:00"),
        ("2026-09-07T08:00", "2026-09-04T15:30"),  # a Monday, before anybody is there
        ("2026-05-01T12:00", "2026-04-30T15:30"),
    ],
)
def test_the_last_office_time_until_a_moment(start: str, last: str) -> None:
    assert OFFICE.last_before(moment(start)) == moment(last)
