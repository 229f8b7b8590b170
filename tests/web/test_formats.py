"""Dates, times, money and lengths as people in Drammen write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from web import formats

TUESDAY = date(2026, 11, 24)
EVENING = datetime(2026, 11, 24, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "nb",
            [
                "tirsdag 24. november 2026",
                "24. november 2026",
                "24.11.2026",
                "tirsdag",
                "1\u00a0145 kr",
                "99,50 kr",
                "1 time 30 minutter",
                "2 timer",
            ],
        ),
        (
            "nn",
            [
                "tysdag 24. november 2026",
                "24. november 2026",
                "24.11.2026",
                "tysdag",
                "1\u00a0145 kr",
                "99,50 kr",
                "1 time 30 minutt",
                "2 timar",
            ],
        ),
        (
            "en",
            [
                "Tuesday 24 November 2026",
                "24 November 2026",
                "24.11.2026",
                "Tuesday",
                "NOK 1,145",
                "NOK 99.50",
                "1 hour 30 minutes",
                "2 hours",
            ],
        ),
    ],
)
def test_values_are_written_in_the_language_of_the_reader(app: Flask, language: str, expected: list[str]) -> None:
    with app.test_request_context(), force_locale(language):
        written = [
            formats.full_date(TUESDAY),
            formats.long_date(TUESDAY),
            formats.numeric_date(TUESDAY),
            formats.weekday(TUESDAY),
            formats.kroner(114500),
            formats.kroner(9950),
            formats.duration(90),
            formats.duration(timedelta(hours=2)),
        ]

    assert written == expected


def test_a_moment_is_shown_on_the_wall_clock_of_its_place(app: Flask) -> None:
    with app.test_request_context():
        assert formats.clock(EVENING) == "18:00"
        assert formats.clock(EVENING, "Atlantic/Reykjavik") == "17:00"
        assert formats.moment(EVENING) == "24. november 2026 kl. 18:00"


def test_an_evening_until_midnight_ends_at_24(app: Flask) -> None:
    with app.test_request_context():
        assert formats.span(EVENING, EVENING + timedelta(hours=2)) == "tirsdag 24. november 2026 kl. 18:00–20:00"
        assert formats.span(EVENING, EVENING + timedelta(hours=6)) == "tirsdag 24. november 2026 kl. 18:00–24:00"
        assert formats.clock(timedelta(hours=24)) == "24:00"


def test_a_night_names_both_days(app: Flask) -> None:
    with app.test_request_context():
        assert (
            formats.span(EVENING, EVENING + timedelta(hours=15))
            == "tirsdag 24. november 2026 kl. 18:00 – onsdag 25. november 2026 kl. 09:00"
        )
