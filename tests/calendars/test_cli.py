"""``calendars read`` tells another program what an import of a file would take."""

import json

import pytest
from flask import Flask

from tests.foreign import DATA

WINDOW = ("--from", "2026-01-19", "--to", "2026-02-01", "--zone", "Europe/Oslo")


def run(app: Flask, file: str, *words: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["calendars", "read", str(DATA / file), *words])
    return result.exit_code, result.stdout, result.stderr


def test_a_file_is_told_in_json_with_status_0_and_a_refused_one_with_1(app: Flask) -> None:
    code, told, _ = run(app, "34_override_moved.ics", *WINDOW)
    refused, why, _ = run(app, "47_html_page.ics", *WINDOW)

    moved = {"uid": "om@t", "start": "2026-01-21T19:00:00Z", "end": "2026-01-21T20:00:00Z", "status": "", "summary": "Flyttet"}
    cancelled = {"uid": "om@t", "start": "2026-01-26T17:00:00Z", "end": "2026-01-26T18:30:00Z", "status": "CANCELLED", "summary": "Avlyst"}
    assert code == 0
    assert json.loads(told) == {"outcome": "import", "reason": "", "skipped": [], "remarks": [], "occurrences": [moved, cancelled]}
    assert refused == 1
    assert json.loads(why) == {"outcome": "refuse", "reason": "web-page", "skipped": [], "remarks": [], "occurrences": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*WINDOW[:4], "--zone", "Europe/Osl"), "Europe/Osl"),
        (("--from", "2026-02-30", "--to", "2026-03-01"), "2026-02-30"),
        (("--from", "2026-03-01", "--to", "2026-02-01"), "Slutten"),
        (("--from", "9999-01-01", "--to", "9999-12-31"), "2199"),
    ],
)
def test_days_and_zones_that_are_none_are_told_with_status_2(app: Flask, words: tuple[str, ...], said: str) -> None:
    code, told, error = run(app, "01_weekly_over_dst.ics", *words)

    assert (code, told) == (2, "")
    assert said in error
