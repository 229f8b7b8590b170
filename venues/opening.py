"""Opening: when a room can be used on a local day, and what kind of day that is; pure, from rows as frozen values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import holidays

from kernel.interval import Interval, merged, without
from kernel.wallclock import at, local_day, to_wall, zone_of

MIDNIGHT = 24 * 60
HOLIDAY = 7
# Openings are kept for as long as a process lives, and anybody may ask for any date.
MOST_DAYS = 3_000
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


class Openness(StrEnum):
    """OPEN by right, BY_AGREEMENT when somebody can be found, CLOSED."""

    OPEN = "open"
    BY_AGREEMENT = "by-agreement"
    CLOSED = "closed"


class SchoolDays(StrEnum):
    """BREAK and PLANNING are days without school; ORDINARY lets a venue take a common break out again."""

    BREAK = "break"
    PLANNING = "planning"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class OpeningWindow:
    """A stretch of time and whether the room is open in it."""

    interval: Interval
    openness: Openness


@dataclass(frozen=True, slots=True)
class DayClass:
    """What kind of day a local date is: the names of its public holiday and of its school break, if any."""

    day: date
    holiday: str | None = None
    school_break: str | None = None


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """A window of one weekday (0 is Monday, 7 public holidays) in minutes of the local day, within a period."""

    weekday: int
    from_minute: int
    to_minute: int
    openness: Openness
    first_day: date | None = None
    last_day: date | None = None

    @property
    def period(self) -> tuple[date | None, date | None]:
        return self.first_day, self.last_day


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """A dated closure, and why, in the words of whoever closed it."""

    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class SchoolSpan:
    """Days of the school calendar, both included; ``is_common`` for the municipality's, else the venue's own."""

    first_day: date
    last_day: date
    name: str
    kind: SchoolDays
    is_common: bool = True

    def holds(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Opening:
    """All that decides when one room can be used; the room's own hours stand here instead of the venue's.

    ``follows_school`` says whether the municipality's school calendar counts for the venue; its own periods always do.
    """

    zone: str
    hours: tuple[WeeklyHours, ...] = ()
    closures: tuple[ClosedSpan, ...] = ()
    school: tuple[SchoolSpan, ...] = ()
    follows_school: bool = False
    # What was worked out of a day before: a search asks rooms with equal hours for the same days again and again.
    _windows: dict[date, tuple[OpeningWindow, ...]] = field(default_factory=dict, compare=False, repr=False)
    _classes: dict[date, DayClass] = field(default_factory=dict, compare=False, repr=False)

    def is_known(self, day: date) -> bool:
        """Whether anybody has stated opening hours that hold on this date."""
        return any(_holds(row.period, day) for row in self.hours)

    def day_class(self, day: date) -> DayClass:
        if day not in self._classes:
            _make_room(self._classes)
            self._classes[day] = day_class(day, [span for span in self.school if self.follows_school or not span.is_common])
        return self._classes[day]

    def windows(self, day: date) -> tuple[OpeningWindow, ...]:
        """The stated windows of a local day in order; what none covers is closed."""
        if day not in self._windows:
            _make_room(self._windows)
            self._windows[day] = windows(self.hours, day, self.zone)
        return self._windows[day]

    def closures_on(self, day: date) -> tuple[ClosedSpan, ...]:
        whole = local_day(day, self.zone)
        return tuple(closed for closed in self.closures if closed.interval.overlaps(whole))

    def usable(self, day: date, *openness: Openness) -> tuple[Interval, ...]:
        """The time of a local day that is open (or as open as asked for) and not closed by a dated closure."""
        wanted = openness or (Openness.OPEN,)
        found = self.windows(day)
        barred = [window.interval for window in found if window.openness not in wanted]
        barred += [closed.interval for closed in self.closures]
        kept = merged(window.interval for window in found if window.openness in wanted)
        return tuple(left for whole in kept for left in without(whole, barred))

    def through(self, time: Interval) -> Openness:
        """How open it is through the whole of a time; unknown hours count as by agreement."""
        if any(closed.interval.overlaps(time) for closed in self.closures):
            return Openness.CLOSED
        days = [day for day, _ in self.days_within(time)]
        if not all(self.is_known(day) for day in days):
            return Openness.BY_AGREEMENT
        for openness in ((Openness.OPEN,), (Openness.OPEN, Openness.BY_AGREEMENT)):
            usable = merged(interval for day in days for interval in self.usable(day, *openness))
            if any(interval.covers(time) for interval in usable):
                return openness[-1]
        return Openness.CLOSED

    def days_within(self, time: Interval) -> Iterator[tuple[date, Interval]]:
        """The local days that a time touches, each with its whole."""
        day, last = (to_wall(moment, self.zone).date() for moment in (time.start, time.end - SECOND))
        while day <= last:
            yield day, local_day(day, self.zone)
            day += DAY


def windows(hours: Sequence[WeeklyHours], day: date, zone: str) -> tuple[OpeningWindow, ...]:
    """The windows of a local day in UTC, minutes by the wall clock: 16-22 is six hours on the days of clock change too."""
    found = [(_moment(day, row.from_minute, zone), _moment(day, row.to_minute, zone), row.openness) for row in rows_on(hours, day)]
    return tuple(OpeningWindow(Interval(start, end), openness) for start, end, openness in found if start < end)


def rows_on(hours: Sequence[WeeklyHours], day: date) -> list[WeeklyHours]:
    """The rows that count on a local day, in order; on a public holiday the holiday's line of the table, where it has one."""
    table = _table(hours, day)
    return _rows_of(table, HOLIDAY if _is_special(table, day) else day.weekday())


def week_on(hours: Sequence[WeeklyHours], day: date) -> tuple[tuple[WeeklyHours, ...], ...]:
    """What would count on each weekday, Monday first, were it a day like this one: of the same table, and a holiday as this is."""
    table = _table(hours, day)
    is_special = _is_special(table, day)
    return tuple(tuple(_rows_of(table, HOLIDAY if is_special else weekday)) for weekday in range(7))


def _is_special(table: Sequence[WeeklyHours], day: date) -> bool:
    return holiday_of(day) is not None and any(row.weekday == HOLIDAY for row in table)


def _rows_of(table: Sequence[WeeklyHours], weekday: int) -> list[WeeklyHours]:
    return sorted((row for row in table if row.weekday == weekday), key=lambda row: (row.from_minute, row.to_minute))


def day_class(day: date, school: Sequence[SchoolSpan] = ()) -> DayClass:
    """The date's public holiday and school break; the venue's own periods lie on top of the common ones."""
    return DayClass(day, holiday_of(day), _school_break(day, school))


def door_opens(start: datetime, *, set_up: int, minutes_before: int) -> datetime:
    """When the door is to be open for a booking: for the set-up that it has, and as long before as the venue lets people in."""
    return start - timedelta(minutes=max(set_up, minutes_before))


def holiday_of(day: date) -> str | None:
    """The name of the Norwegian public holiday, None on other days; ordinary Sundays are not holidays here."""
    return public_holidays(day.year).get(day)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> Mapping[date, str]:
    """The public holidays of a year with their names in bokmål."""
    found = holidays.country_holidays("NO", years=year, language="no")
    return MappingProxyType(dict(sorted(found.items())))


def _make_room(remembered: dict[date, Any]) -> None:
    if len(remembered) >= MOST_DAYS:
        remembered.clear()


def _table(hours: Sequence[WeeklyHours], day: date) -> list[WeeklyHours]:
    """The weekly table that counts on a date: of all periods that hold it, the narrowest, as a whole."""
    periods = {row.period for row in hours if _holds(row.period, day)}
    if not periods:
        return []
    narrowest = min(periods, key=_width)
    return [row for row in hours if row.period == narrowest]


def _holds(period: tuple[date | None, date | None], day: date) -> bool:
    first, last = period
    return (first is None or first <= day) and (last is None or day <= last)


def _width(period: tuple[date | None, date | None]) -> tuple[int, int]:
    """Shorter first; of equally long ones, open-ended ones among them, the one that begins later."""
    first, last = period
    length = ((last or date.max) - (first or date.min)).days
    return length, -(first or date.min).toordinal()


def _school_break(day: date, school: Sequence[SchoolSpan]) -> str | None:
    for is_common in (False, True):
        spans = [span for span in school if span.is_common is is_common and span.holds(day)]
        if any(span.kind is SchoolDays.ORDINARY for span in spans):
            return None
        if spans:
            return spans[0].name
    return None


def _moment(day: date, minutes: int, zone: str) -> datetime:
    """The moment of a minute of the local day: of a repeated hour the first, in a skipped hour the change itself."""
    there = zone_of(zone)
    local = at(day, timedelta(minutes=minutes))
    while (moment := local.replace(tzinfo=there).astimezone(UTC)).astimezone(there).replace(tzinfo=None) != local:
        local += MINUTE
    return moment
