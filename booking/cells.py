"""Cells (pure): time as bits of integers, five minutes each and a week to an integer, so that a thousand rooms are asked at once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import compress
from operator import and_

from kernel.interval import Interval
from venues.opening import Opening, Openness

CELL = 300
A_WEEK = 7 * 24 * 60 * 60 // CELL
# What was worked out is dropped when it is of so many weeks: anybody may ask for any date.
MOST_WEEKS = 300
OPEN, OPEN_OR_AGREED = (Openness.OPEN,), (Openness.OPEN, Openness.BY_AGREEMENT)


class Weeks(dict[int, int]):
    """The cells of each week since 1970; a week of which nothing is noted has none."""

    def __missing__(self, week: int) -> int:
        return 0

    def add(self, start: int, end: int) -> None:
        """Note the cells that the seconds from start to end touch."""
        week, begin = divmod(start // CELL, A_WEEK)
        stop = -(-end // CELL) - week * A_WEEK
        if stop <= A_WEEK:  # nearly always; a process begins with reading a million
            self[week] |= (1 << stop) - (1 << begin)
            return
        for later, bits in touched(start, end):
            self[later] |= bits


def seconds_of(time: Interval) -> tuple[int, int]:
    """Start and end in seconds since 1970."""
    return int(time.start.timestamp()), int(time.end.timestamp())


def touched(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The weeks with the cells in them that the seconds from start to end touch."""
    first, last = start // CELL, -(-end // CELL)
    while first < last:
        week, begin = divmod(first, A_WEEK)
        stop = min(last - week * A_WEEK, A_WEEK)
        yield week, (1 << stop) - (1 << begin)
        first = week * A_WEEK + stop


def time_of(first: int, last: int) -> Interval:
    """The time from one cell since 1970 to the beginning of another."""
    return Interval(datetime.fromtimestamp(first * CELL, UTC), datetime.fromtimestamp(last * CELL, UTC))


class Hours:
    """How an opening is through the weeks, worked out week by week when it is asked for.

    What turns between two cells is asked of the opening itself.
    """

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self._weeks: dict[int, _OpenWeek] = {}

    def openness(self, time: Interval) -> Openness:
        """How open it is through the whole of a time; the same as ``Opening.through``."""
        parts = [(self._week(week), bits) for week, bits in touched(*seconds_of(time))]
        if any(week.uneven & bits for week, bits in parts):
            return self.opening.through(time)
        if any(week.closed & bits for week, bits in parts):
            return Openness.CLOSED
        if any(week.unknown & bits for week, bits in parts):
            return Openness.BY_AGREEMENT
        if not any(bits & ~week.open for week, bits in parts):
            return Openness.OPEN
        return Openness.CLOSED if any(bits & ~week.usable for week, bits in parts) else Openness.BY_AGREEMENT

    def open_in(self, weeks: Sequence[tuple[int, int]]) -> int | None:
        """The cells of some weeks that are open and not closed, one week behind the other; None where something turns within one."""
        found = 0
        for place, (number, bits) in enumerate(weeks):
            week = self._week(number)
            if week.uneven & bits:
                return None
            found |= (week.open & bits) << place * A_WEEK
        return found

    def _week(self, week: int) -> "_OpenWeek":
        if week not in self._weeks:
            if len(self._weeks) >= MOST_WEEKS:
                self._weeks.clear()
            self._weeks[week] = _OpenWeek(self.opening, week)
        return self._weeks[week]


class _OpenWeek:
    """The cells of one week that are open, open at least by agreement, closed by a closure, unknown, or turn within."""

    __slots__ = ("closed", "open", "uneven", "unknown", "usable")

    def __init__(self, opening: Opening, week: int) -> None:
        self.open = self.usable = self.closed = self.unknown = self.uneven = 0
        for day, whole in opening.days_within(time_of(week * A_WEEK, (week + 1) * A_WEEK)):
            if not opening.is_known(day):
                self.unknown |= self._noted(week, (whole,))
            self.open |= self._noted(week, opening.usable(day, *OPEN))
            self.usable |= self._noted(week, opening.usable(day, *OPEN_OR_AGREED))
        self.closed |= self._noted(week, (closed.interval for closed in opening.closures))

    def _noted(self, week: int, times: Iterable[Interval]) -> int:
        found = 0
        for time in times:
            for edge in seconds_of(time):
                cell = edge // CELL - week * A_WEEK
                if edge % CELL and 0 <= cell < A_WEEK:
                    self.uneven |= 1 << cell
            found |= dict(touched(*seconds_of(time))).get(week, 0)
        return found


class Asked:
    """Times that are asked of many rooms together; what their openings say of them is worked out once for equal hours."""

    def __init__(self, times: Sequence[Interval]) -> None:
        self.times = times
        self.seconds = [seconds_of(time) for time in times]
        self._open: dict[int, OpenTimes] = {}

    def open_in(self, hours: Hours) -> "OpenTimes":
        """Those of the times that are not closed under these hours."""
        if id(hours) not in self._open:
            self._open[id(hours)] = OpenTimes(self, hours)
        return self._open[id(hours)]


class OpenTimes:
    """The numbers of the times at which rooms with equal hours are not closed, how open they are, and the cells they touch."""

    def __init__(self, asked: Asked, hours: Hours) -> None:
        self.hours = hours
        every = ((number, hours.openness(time)) for number, time in enumerate(asked.times))
        self.openness = {number: openness for number, openness in every if openness is not Openness.CLOSED}
        cells = [(number, week, bits) for number in self.openness for week, bits in touched(*asked.seconds[number])]
        self._numbers = [number for number, _, _ in cells]
        self._weeks = [week for _, week, _ in cells]
        self._bits = [bits for _, _, bits in cells]

    def met(self, taken: Weeks) -> Iterable[int]:
        """The numbers of those times that have cells in common with what is taken."""
        return compress(self._numbers, map(and_, map(taken.__getitem__, self._weeks), self._bits))

    def is_met(self, taken: Weeks) -> bool:
        """Whether any of those times has, found as soon as one does."""
        return any(map(and_, map(taken.__getitem__, self._weeks), self._bits))


class Window:
    """A span that is looked through for free stretches in many rooms; how it is open is worked out once for equal hours."""

    def __init__(self, span: Interval) -> None:
        self.span = span
        self.start, self.end = seconds_of(span)
        self.weeks = list(touched(self.start, self.end))
        self._open: dict[int, int | None] = {}

    def open_in(self, hours: Hours) -> int | None:
        """As ``Hours.open_in`` of the span."""
        if id(hours) not in self._open:
            self._open[id(hours)] = hours.open_in(self.weeks)
        return self._open[id(hours)]

    def free_in(self, hours: Hours, taken: Sequence[Weeks], least: int) -> Iterator[tuple[int, int]] | None:
        """The stretches of at least so many seconds that are open and not taken, in seconds; None as ``open_in``."""
        free = self.open_in(hours)
        if free is None:
            return None
        for cells in taken:
            for place, (week, _) in enumerate(self.weeks):
                free &= ~(cells[week] << place * A_WEEK)
        return self._clipped(free, least)

    def _clipped(self, free: int, least: int) -> Iterator[tuple[int, int]]:
        origin = self.weeks[0][0] * A_WEEK
        for first, last in runs(free, -(-least // CELL)):
            start, end = max((origin + first) * CELL, self.start), min((origin + last) * CELL, self.end)
            if end - start >= least:
                yield start, end


def runs(free: int, least: int) -> Iterator[tuple[int, int]]:
    """The stretches of at least so many set bits, as first cell and the one behind the last."""
    begins, width = free, 1
    while width < least:
        step = min(width, least - width)
        begins &= begins >> step
        width += step
    while begins:
        first = (begins & -begins).bit_length() - 1
        behind = free >> first
        last = first + ((behind + 1) & ~behind).bit_length() - 1
        yield first, last
        begins = begins >> last << last
