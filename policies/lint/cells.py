"""Cells: all requests, parted so that the same lines of a table take everything in one part.

A part is a profile (whose request it is, where, what, how many) together with a cell of time (a kind of day, and a stretch of
it). The lines that take it are the bits of a number. A line may take a cell, or surely takes it: events without a date, periods
that nobody names and time that is left out make the difference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from accounts.identity import ApplicantClass
from policies.occasion import MIDNIGHT
from policies.rules.base import Scope, When
from policies.scopes import FLAGS, KINDS_OF_DAY, contains, extent_of, times_of
from policies.seasons import Calendar, Season, anchor
from policies.taxonomy import Activity, is_within

ORDINARY = 7
MOST_PROFILES = 2000
MOST_CELLS = 20_000
LONGEST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a kind of day, minutes since midnight, with a date that is one, and the lines that may and surely take it."""

    kind: int
    day: date
    start: int
    end: int
    may: int
    surely: int


def profiles(lines: Sequence[Scope]) -> set[int]:
    """The lines that take each kind of request, whenever it is; empty where there are too many kinds to look at."""
    found = {(1 << len(lines)) - 1}
    for choices in _dimensions(lines):
        found = {mask & choice for mask in found for choice in choices}
        if len(found) > MOST_PROFILES:
            return set()
    return found


def _dimensions(lines: Sequence[Scope]) -> Iterator[set[int]]:
    """For each thing that scopes limit the lines that are left by each choice of it.

    Who has two statuses is in all that those with one of them are in; so it is with tags and with shares of ages.
    """
    yield {bits(not line.applicants or one in line.applicants for line in lines) for one in ApplicantClass}
    yield {bits(not line.activities or any(is_within(one, wider) for wider in line.activities) for line in lines) for one in Activity}
    for name in ("statuses", "tags", "room_kinds"):
        stated = [getattr(line, name) for line in lines]
        yield {bits(not names or one in names for names in stated) for one in (None, *(one for names in stated for one in names))}
    for name in FLAGS:
        yield {bits(getattr(line, name) in (None, one) for line in lines) for one in (False, True)}
    counts = [line.heads for line in lines]
    ends = {0, *(one.first for one in counts if one), *(one.last + 1 for one in counts if one and one.last is not None)}
    yield {bits(one is None or one.holds(heads) for one in counts) for heads in (None, *ends)}
    ages = {line.ages: extent_of(Scope(ages=line.ages)) for line in lines}
    yield {bits(contains(ages[line.ages], chosen) for line in lines) for chosen in (extent_of(Scope()), *ages.values())}


def cells(lines: Sequence[Scope], calendar: Calendar, first: date, last: date | None) -> Iterator[Cell]:
    """The cells of time between two dates, two years at most; ordinary days first. None where there are too many to look at."""
    times = [times_of(line) for line in lines]
    left = [[times_of(when) for when in line.outside] for line in lines]
    edges = {edge for one in (times, *left) for some in one for edge in (some.start, some.end)}
    stretches = list(pairwise(sorted({0, MIDNIGHT, *edges})))
    in_stretch = {(start, end): bits(one.start < end and start < one.end for one in times) for start, end in stretches}
    kinds = len(KINDS_OF_DAY) if any(when.day_classes for line in lines for when in (line, *line.outside)) else ORDINARY
    days = _days(lines, calendar, first, last)
    if kinds * len(stretches) * len(days) > ORDINARY * MOST_CELLS:
        return
    for kind in range(kinds):
        on_kind = bits(one.kinds >> kind & 1 for one in times)
        for start, end in stretches:
            taken = on_kind & in_stretch[start, end]
            unsure = bits(any(one.kinds >> kind & 1 and one.start < end and start < one.end for one in some) for some in left)
            for (weekday, may, surely), day in days.items():
                if weekday == KINDS_OF_DAY[kind][0]:
                    yield Cell(kind, day, start, end, taken & may, taken & surely & ~unsure)


def _days(lines: Sequence[Scope], calendar: Calendar, first: date, last: date | None) -> dict[tuple[int, int, int], date]:
    """A date for each weekday and each set of lines whose dates, seasons and periods may and surely hold it."""
    dated: dict[When, int] = {}
    for number, line in enumerate(lines):
        limits = When(dates=line.dates, season=line.season, periods=line.periods)
        dated[limits] = dated.get(limits, 0) | 1 << number
    is_dated = dated.keys() != {When()}
    ahead = min(LONGEST, (last or date.max) - first).days + 1 if is_dated else ORDINARY
    found: dict[tuple[int, int, int], date] = {}
    for day in (first + timedelta(days=number) for number in range(ahead)):
        surely = sum(lines for limits, lines in dated.items() if _is_dated_on(limits, calendar, day))
        may = surely | sum(lines for limits, lines in dated.items() if _is_unsure(limits, calendar, day))
        found.setdefault((day.isoweekday(), may, surely), day)
    return found


def _is_dated_on(when: When, calendar: Calendar, day: date) -> bool:
    return (
        (when.dates is None or when.dates.first <= day <= when.dates.last)
        and (when.season is None or calendar.holds(when.season, day))
        and (not when.periods or any(calendar.in_period(name, day) for name in when.periods))
    )


def _is_unsure(when: When, calendar: Calendar, day: date) -> bool:
    """Whether nobody can say if the day is meant: a period has no name here, or an event of a season no date."""
    seasons = [*((when.season,) if when.season else ()), *(calendar.periods[name] for name in when.periods if name in calendar.periods)]
    is_unnamed = any(name not in calendar.periods for name in when.periods)
    return is_unnamed or any(_is_undated(season, calendar, day.year) for season in seasons)


def _is_undated(season: Season, calendar: Calendar, year: int) -> bool:
    """Whether an event of the season that holds a day of a year, or of the year before, has no date."""
    events = {anchor(written).event for written in season.anchors} - {""}
    return any({year - 1, year} - {day.year for day in calendar.events.get(event, ())} for event in events)


def bits(tests: Iterable[object]) -> int:
    """A number with a bit for each test that holds."""
    found = 0
    for number, holds in enumerate(tests):
        if holds:
            found |= 1 << number
    return found
