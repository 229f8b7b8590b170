"""Repeats: each way in which the form can say how often gives its dates, is told back in words, and fills the form again."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from booking.pages.repeats import Repeat, fields_of, in_words, rule_of
from kernel.recurrence import dates_of

TUESDAY, LAST_TUESDAY = date(2026, 9, 15), date(2026, 9, 29)
SAID: list[tuple[Repeat, date, dict[str, Any], str, list[str]]] = [
    (Repeat.DAILY, TUESDAY, {"every": 3, "times": 3}, "hver 3. dag, 3 ganger", ["15.09", "18.09", "21.09"]),
    (
        Repeat.WEEKLY,
        TUESDAY,
        {"until": date(2026, 9, 30)},
        "hver uke på tirsdag, til og med 30. september 2026",
        ["15.09", "22.09", "29.09"],
    ),
    (
        Repeat.WEEKLY,
        TUESDAY,
        {"every": 2, "days": ["TH", "TU"], "times": 3},
        "annenhver uke på tirsdag og torsdag, 3 ganger",
        ["15.09", "17.09", "29.09"],
    ),
    (Repeat.MONTHLY, TUESDAY, {"times": 3}, "hver måned den 15., 3 ganger", ["15.09", "15.10", "15.11"]),
    (Repeat.MONTHLY_WEEKDAY, TUESDAY, {"times": 2}, "hver måned på tredje tirsdag, 2 ganger", ["15.09", "20.10"]),
    (Repeat.MONTHLY_WEEKDAY, LAST_TUESDAY, {"times": 2}, "hver måned på siste tirsdag, 2 ganger", ["29.09", "27.10"]),
    (Repeat.MONTHLY_LAST, TUESDAY, {"every": 2, "times": 2}, "annenhver måned på siste tirsdag, 2 ganger", ["29.09", "24.11"]),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_way_of_repeating_gives_its_dates_and_is_told_back(app: Flask) -> None:
    found = []
    with app.test_request_context("/"):
        for repeat, first, said, _words, _dates in SAID:
            rule = rule_of(repeat, first, **{"times": None, "until": None, **said})
            found.append((in_words(rule, first), [f"{day:%d.%m}" for day in dates_of(rule, first)]))

    assert found == [(words, dates) for _repeat, _first, _said, words, dates in SAID]


def test_the_form_is_filled_in_again_from_the_rule() -> None:
    again = [fields_of(rule_of(repeat, first, **{"times": None, "until": None, **said}), 3) for repeat, first, said, *_told in SAID]

    assert [one["repeat"] for one in again] == ["daily", "weekly", "weekly", "monthly", "monthly-weekday", "monthly-last", "monthly-last"]
    assert again[2] == {"repeat": "weekly", "every": "2", "days": ["TU", "TH"], "times": "3"}
    assert fields_of("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", 3) == fields_of("FREQ=WEEKLY;COUNT=9", 1) == {}


def test_listed_dates_are_told_as_such() -> None:
    assert rule_of(Repeat.DATES, TUESDAY, times=None, until=None) == "FREQ=DAILY;COUNT=1"
