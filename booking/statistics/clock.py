"""Clock: the local days of a period in kinds that are alike, so that dates can be counted by kind and minute of the week; pure."""

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from kernel.interval import Interval
from kernel.wallclock import local_day, to_wall
from venues.opening import Opening, Openness, WeeklyHours, public_holidays, week_on

DAY, HOUR, MINUTE = timedelta(days=1), 60, timedelta(minutes=1)
A_DAY, A_WEEK = 24 * 60, 7 * 24 * 60
# 1970 began on a Thursday.
FROM_MONDAY = 3 * A_DAY
Hours = tuple[WeeklyHours, ...]
Range = tuple[int, int]
Turns = Sequence[tuple[datetime, int]]
Weeks = tuple[tuple[tuple[WeeklyHours, ...], ...], ...]


class Piece(NamedTuple):
    """A part of a date within one hour, or one day where hours are not told apart: when, its minutes, and those that are open."""

    weekday: int
    hour: int
    minutes: int
    within: int


@dataclass(frozen=True, slots=True)
class Kind:
    """What days have in common: the month where months are told apart, the last turn of rates, the number of their
    weeks of opening hours; and that the clock is to change yet that day."""

    month: date | None
    turn: date | None
    week: int
    is_changing: bool = False


@dataclass(frozen=True)
class Clock:
    """The days from ``first`` to ``last`` in a zone, for rooms with these ``tables`` of hours.

    ``kinds`` are numbered, ``weeks`` are theirs: the hours of each weekday in each table. ``turns`` are the moments at which another kind
    begins, each with its number, and ``offsets`` those from which so many minutes are added to UTC. ``days`` counts the days by kind and
    weekday (0 is Monday); on ``changes`` the clock changes.
    """

    zone: str
    first: date
    last: date
    tables: Sequence[Hours]
    hourly: bool
    kinds: Sequence[Kind]
    weeks: Sequence[Weeks]
    turns: Turns
    offsets: Turns
    days: Mapping[tuple[int, int], int]
    changes: Sequence[date]
    _open: dict[tuple[int, int, int], tuple[Range, ...]] = field(default_factory=dict, repr=False)
    _pieces: dict[tuple[int, int, int, int], tuple[Piece, ...]] = field(default_factory=dict, repr=False)

    def pieces(self, table: int, kind: int, week_minute: int, minutes: int) -> tuple[Piece, ...]:
        """A date within one day, in pieces: it begins at a minute of the local week, Monday 00:00 the first."""
        key = (table, self.kinds[kind].week, week_minute, minutes)
        if key not in self._pieces:
            weekday, start = divmod(week_minute, A_DAY)
            self._pieces[key] = tuple(self._piece(part, weekday, key) for part in self._by_hour(start, start + minutes))
        return self._pieces[key]

    def passed(self, table: int, start: datetime, minutes: int) -> Iterator[Piece]:
        """A date in pieces as the clock on the wall shows it, over midnight and whatever the clock does meanwhile."""
        end = start + minutes * MINUTE
        while start < end:
            local = to_wall(start, self.zone)
            day, minute = local.date(), local.hour * HOUR + local.minute
            if day in self.changes or day > self.last:
                part = Interval(start, min(end, local_day(day, self.zone).end))
                yield from self._passed(part, Opening(self.zone, self.tables[table]).usable(day))
            else:
                part = Interval(start, min(end, start + (A_DAY - minute) * MINUTE))
                yield from self.pieces(table, self.kind_at(start), day.weekday() * A_DAY + minute, part.minutes)
            start = part.end

    def opened(self, opening: Opening, last: date) -> Counter[tuple[date | None, int, int]]:
        """The open minutes of a room by month, weekday and hour, up to a day.

        Days are counted by kind; those on which the room is closed, the clock changes or nobody can have it any more are one by one.
        """
        table, whole = self.tables.index(opening.hours), Interval(self.turns[0][0], local_day(self.last, self.zone).end)
        closed = {day for span in opening.closures if (part := span.interval.common(whole)) for day, _ in opening.days_within(part)}
        late = {last + number * DAY for number in range(1, (self.last - last).days + 1)}
        odd = {day: self.kind_at(local_day(day, self.zone).start) for day in {*closed, *late, *self.changes}}
        counts = Counter(self.days)
        counts.subtract((kind, day.weekday()) for day, kind in odd.items())
        found: Counter[tuple[date | None, int, int]] = Counter()
        for (kind, weekday), count in counts.items():
            for start, end in (part for opens in self._ranges(table, self.kinds[kind].week, weekday) for part in self._by_hour(*opens)):
                found[self.kinds[kind].month, weekday, start // HOUR if self.hourly else 0] += count * (end - start)
        for day, kind in odd.items():
            for piece in (piece for open_ in (opening.usable(day) if day <= last else ()) for piece in self._passed(open_, ())):
                found[self.kinds[kind].month, piece.weekday, piece.hour] += piece.minutes
        return found

    def kind_at(self, moment: datetime) -> int:
        """The number of the kind of day that it is at a moment."""
        return self.turns[bisect_right(self.turns, moment, key=itemgetter(0)) - 1][1]

    def _piece(self, part: Range, weekday: int, key: tuple[int, int, int, int]) -> Piece:
        start, end = part
        within = sum(max(0, min(end, closes) - max(start, opens)) for opens, closes in self._ranges(key[0], key[1], weekday))
        return Piece(weekday, start // HOUR if self.hourly else 0, end - start, within)

    def _passed(self, whole: Interval, usable: Sequence[Interval]) -> Iterator[Piece]:
        start = whole.start
        while start < whole.end:
            local = to_wall(start, self.zone)
            end = min(whole.end, start + (HOUR - local.minute) * MINUTE)
            part = Interval(start, end)
            within = sum(common.minutes for one in usable if (common := one.common(part)))
            yield Piece(local.weekday(), local.hour if self.hourly else 0, part.minutes, within)
            start = end

    def _ranges(self, table: int, week: int, weekday: int) -> tuple[Range, ...]:
        key = (table, week, weekday)
        if key not in self._open:
            self._open[key] = tuple(_open_ranges(self.weeks[week][table][weekday]))
        return self._open[key]

    def _by_hour(self, start: int, end: int) -> Iterator[Range]:
        if not self.hourly:
            yield start, end
            return
        while start < end:
            upto = min(end, (start // HOUR + 1) * HOUR)
            yield start, upto
            start = upto


def clock_of(
    zone: str, first: date, last: date, *, tables: Sequence[Hours], turns: Iterable[date] = (), monthly: bool = False, hourly: bool = False
) -> Clock:
    """The clock of a period; rates and the like change at ``turns``."""
    rates = sorted(turns)
    edges = sorted({first, last + DAY, *(day for day in _edges(zone, first, last, tables, rates, monthly=monthly) if first < day <= last)})
    changes = [day for year in range(first.year, last.year + 1) for day in changes_of(zone, year) if first <= day <= last]
    numbers, weeks = dict[Kind, int](), dict[Weeks, int]()
    days, found, offsets = Counter[tuple[int, int]](), list[tuple[datetime, int]](), list[tuple[datetime, int]]()
    for begins, ends in pairwise(edges):
        week = weeks.setdefault(tuple(week_on(table, begins) for table in tables), len(weeks))
        turn = max((one for one in rates if one <= begins), default=None)
        kind, start = Kind(begins.replace(day=1) if monthly else None, turn, week), local_day(begins, zone).start
        stretches = [(start, replace(kind, is_changing=True)), (_change(begins, zone), kind)] if begins in changes else [(start, kind)]
        for moment, one in stretches:
            found.append((moment, numbers.setdefault(one, len(numbers))))
            offsets.append((moment, _offset(moment, zone)))
        for weekday in range(7):
            days[numbers[stretches[0][1]], weekday] += len(range((weekday - begins.weekday()) % 7, (ends - begins).days, 7))
    return Clock(zone, first, last, tables, hourly, list(numbers), list(weeks), _turned(found), _turned(offsets), days, changes)


def _change(day: date, zone: str) -> datetime:
    """The moment of a day at which its clock changes; its end where that is midnight."""
    whole = local_day(day, zone)
    first = _offset(whole.start, zone)
    return whole.start + MINUTE * bisect_left(
        range(whole.minutes), x=True, key=lambda minute: _offset(whole.start + minute * MINUTE, zone) != first
    )


def _offset(moment: datetime, zone: str) -> int:
    """How many minutes the clock on the wall is ahead of UTC."""
    return int((to_wall(moment, zone) - moment.replace(tzinfo=None)) / MINUTE)


def _turned(known: Sequence[tuple[datetime, int]]) -> Turns:
    """The moments at which there is another number than before."""
    return [one for at, one in enumerate(known) if not at or known[at - 1][1] != one[1]]


def _edges(zone: str, first: date, last: date, tables: Sequence[Hours], rates: Sequence[date], *, monthly: bool) -> Iterator[date]:
    """The days on which anything turns, and some on which nothing does."""
    yield from rates
    for row in (row for table in tables for row in table):
        yield from (day for day in (row.first_day, row.last_day and row.last_day + DAY) if day)
    for year in range(first.year, last.year + 1):
        special = {*public_holidays(year), *changes_of(zone, year)}
        yield from (edge for day in special for edge in (day, day + DAY))
        if monthly:
            yield from (date(year, month, 1) for month in range(1, 13))


@lru_cache(maxsize=256)
def changes_of(zone: str, year: int) -> tuple[date, ...]:
    """The days of a year that are shorter or longer than others."""
    days = (date(year, 1, 1) + number * DAY for number in range(365 + isleap(year)))
    return tuple(day for day in days if local_day(day, zone).length != DAY)


def _open_ranges(rows: Iterable[WeeklyHours]) -> Iterator[Range]:
    """The minutes of a day that are open by right, as ``Opening.usable`` has them: what is open by agreement too is not."""
    found = list(rows)
    edges = sorted({edge for row in found for edge in (row.from_minute, row.to_minute)})
    for start, end in pairwise(edges):
        held = [row.openness for row in found if row.from_minute <= start and end <= row.to_minute]
        if held and all(openness is Openness.OPEN for openness in held):
            yield start, end
