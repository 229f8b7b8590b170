"""What is promised of feeds names the tests that hold it: each of them is there."""

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
PROMISES = (TESTS.parent / "docs" / "feeds.md").read_text(encoding="utf-8").partition("## Requirements")[2]
ROWS = [line.split("|") for line in PROMISES.splitlines() if line.startswith("| R")]


def test_every_requirement_has_its_row() -> None:
    numbers = [int(number) for row in ROWS for number in re.findall(r"R(\d+)", row[1])]

    assert sorted(numbers) == list(range(1, 41))


def test_every_test_that_is_named_is_there() -> None:
    named = [(row[1].strip(), file, name) for row in ROWS for file, name in _named(row[3])]
    missing = [one for one in named if not _is_there(*one[1:])]

    assert len(named) > 60
    assert missing == []


def _named(cell: str) -> Iterator[tuple[str, str]]:
    """The files and the beginnings, or ends, of the tests in them: ``test_a.py: one…`, `…two``."""
    file = ""
    for told in re.findall(r"`([^`]+)`", cell):
        before, _, name = told.partition(": ")
        file = before if before.endswith(".py") else file
        if file and not told.startswith(("python -m", "crosscheck", "make ")):
            yield file, (name if before.endswith(".py") else told).replace("…", "")


def _is_there(file: str, name: str) -> bool:
    places = [place for place in (TESTS / "calendars" / file, TESTS.parent / file) if place.exists()]
    return bool(places) and re.search(rf"def test_\w*{name}", places[0].read_text(encoding="utf-8")) is not None
