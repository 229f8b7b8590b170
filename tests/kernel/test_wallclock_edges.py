"""The edges of the wall clock: whose zone data are read, which end of a repeated hour is meant, and years out of reach."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kernel.errors import Invalid
from kernel.interval import Interval
from kernel.wallclock import EARLIEST, LATEST, WallSpan, local_day, parse_day, to_utc, to_wall, zone_of

OSLO = "Europe/Oslo"
ROOT = Path(__file__).parents[2]
READ_BOTH = (
    "from zoneinfo import ZoneInfo; ZoneInfo('Europe/Oslo'); from kernel.wallclock import zone_of; from datetime import datetime;"
    "print(zone_of('Europe/Oslo').utcoffset(datetime(2026, 7, 1)), ZoneInfo('Europe/Oslo').utcoffset(datetime(2026, 7, 1)))"
)


def test_the_machines_own_zone_files_are_not_read_even_when_they_were_before(tmp_path: Path) -> None:
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Oslo").write_bytes(files("tzdata").joinpath("zoneinfo", "UTC").read_bytes())
    environment = {**os.environ, "PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(ROOT)}

    said = subprocess.run([sys.executable, "-c", READ_BOTH], env=environment, capture_output=True, text=True, check=True).stdout

    assert said.split() == ["2:00:00", "2:00:00"]
    assert zone_of(OSLO) is ZoneInfo(OSLO)


def test_the_second_is_meant_of_an_end_only_when_the_start_is_repeated_too() -> None:
    from_outside = WallSpan(datetime(2026, 10, 25, 1), datetime(2026, 10, 25, 2, 30), OSLO, second=True)
    from_within = WallSpan(datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 2, 30), OSLO, second=True)

    assert from_outside.interval() == Interval(datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert from_within.interval() == Interval(datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "asked",
    [
        lambda: to_utc(datetime(1, 1, 1), OSLO),
        lambda: to_utc(datetime(9999, 12, 31, 23, 59), "America/New_York"),
        lambda: to_wall(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), OSLO),
        lambda: WallSpan(datetime(2026, 1, 1), datetime(9999, 12, 31, 23, 59), OSLO).interval(),
        lambda: local_day(date.max, OSLO),
        lambda: local_day(date.min, OSLO),
        lambda: parse_day("9999-12-31", "from"),
        lambda: parse_day("1.1.0001", "from"),
    ],
)
def test_a_year_that_nobody_means_is_refused_with_the_years_that_can_be(asked: Callable[[], object]) -> None:
    with pytest.raises(Invalid) as refused:
        asked()

    assert [fault.code for fault in refused.value.faults] == ["out-of-range"]
    assert refused.value.faults[0].facts == {"least": "1900-01-01", "most": "2199-12-31"}


@pytest.mark.parametrize("day", [EARLIEST, LATEST])
def test_the_first_and_the_last_day_within_reach_have_all_their_hours(day: date) -> None:
    assert local_day(day, OSLO).minutes == 24 * 60
