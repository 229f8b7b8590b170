"""The constant zone blocks, hour by hour against the IANA zones, read in two independent ways."""

import io
import re
from calendar import monthrange
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from calendars.zones import OSLO, block_of, derived_block, is_safe

HOUR = timedelta(hours=1)
PAIRS = ["Arctic/Longyearbyen", "Europe/London", "Europe/Dublin", "Europe/Helsinki", "America/New_York", "Asia/Tokyo"]


def test_the_block_of_oslo_gives_the_offset_of_every_hour_in_two_readers():
    by_dateutil, by_hand = read_by_dateutil(OSLO), read_by_hand(OSLO)

    wrong = [hour for hour in hours(1996, "Europe/Oslo") if not by_dateutil(hour) == by_hand(hour) == iana(hour, "Europe/Oslo")]

    assert wrong == []


@pytest.mark.parametrize("zone", PAIRS)
def test_a_block_of_the_same_shape_gives_the_offset_of_every_hour_since_its_first_year(zone):
    block = block_of(zone)
    by_hand = read_by_hand(block.text)

    assert [hour for hour in hours(block.since, zone) if by_hand(hour) != iana(hour, zone)] == []


def test_the_constant_for_oslo_is_what_the_rules_of_the_zone_give():
    assert derived_block("Europe/Oslo").text == OSLO
    assert derived_block("Europe/Oslo").since == 1996


def test_the_clock_of_today_is_said_to_hold_only_from_the_year_it_was_adopted():
    assert block_of("America/New_York").since == 2007
    assert block_of("Europe/Istanbul").since == 2017


def test_a_clock_without_a_plain_yearly_pair_has_no_block():
    assert block_of("Asia/Jerusalem") is None


@pytest.mark.parametrize(
    ("clock", "safe"),
    [("00:59", True), ("01:00", False), ("02:30", False), ("04:00", False), ("04:01", True), ("18:00", True)],
)
def test_the_hours_from_one_to_four_on_a_change_day_are_unsure(clock, safe):
    spring, autumn, plain = (datetime.fromisoformat(f"2026-{day} {clock}") for day in ("03-29", "10-25", "03-30"))

    assert [is_safe(local, "Europe/Oslo") for local in (spring, autumn, plain)] == [safe, safe, True]


def iana(local, zone):
    return local.replace(tzinfo=ZoneInfo(zone)).utcoffset()


def hours(since, zone):
    """Every wall-clock hour through 2037 but those told in UTC, which a reader may take either way."""
    hour = datetime(since, 1, 1)
    while hour.year <= 2037:
        if is_safe(hour, zone):
            yield hour
        hour += HOUR


def read_by_dateutil(block):
    text = f"BEGIN:VCALENDAR\r\n{block.decode()}END:VCALENDAR\r\n"
    zone = tzical(io.StringIO(text)).get()
    offsets = {}

    def offset(local):
        # tzical walks its rules from 1970 for each question: asked at noon, and hourly in the weeks of a change.
        quiet = local.month in (1, 2, 5, 6, 7, 8, 12)
        key = (local.year, local.month) if quiet else local
        if key not in offsets:
            offsets[key] = local.replace(tzinfo=zone).utcoffset()
        return offsets[key]

    return offset


def read_by_hand(block):
    """A second reading that shares no code with the first: the onsets of each year, the latest before the hour holds."""
    observances = [onset_rule(part) for part in re.findall(r"BEGIN:(?:DAYLIGHT|STANDARD)\r\n(.*?)END:", block.decode(), re.S)]
    onsets = sorted(onset for rule in observances for onset in rule)

    def offset(local):
        low, high = 0, len(onsets)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if onsets[middle][0] <= local else (low, middle)
        return onsets[low][1]

    return offset


def onset_rule(part):
    values = dict(one.split(":", 1) for one in part.split("\r\n") if one)
    sign = -1 if values["TZOFFSETTO"][0] == "-" else 1
    offset = sign * timedelta(hours=int(values["TZOFFSETTO"][1:3]), minutes=int(values["TZOFFSETTO"][3:]))
    start = datetime.fromisoformat(values["DTSTART"])
    if "RRULE" not in values:
        return [(start, offset)]
    month, ordinal, weekday = re.search(r"BYMONTH=(\d+);BYDAY=(-?\d)(\w\w)", values["RRULE"]).groups()
    return [(nth(year, int(month), int(ordinal), weekday, start), offset) for year in range(1970, 2039)]


def nth(year, month, ordinal, weekday, clock):
    days = [datetime(year, month, day, clock.hour, clock.minute) for day in range(1, monthrange(year, month)[1] + 1)]
    fitting = [day for day in days if day.weekday() == ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index(weekday)]
    return fitting[ordinal] if ordinal < 0 else fitting[ordinal - 1]
