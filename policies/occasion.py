"""Occasion: a request with its facts, cut into local days once, as every rule reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from kernel.interval import Interval, merged, without
from kernel.wallclock import at, to_wall, zone_of
from policies.request import Facts, Request, Usage
from policies.seasons import UNDATED, Calendar
from venues.opening import Openness

MIDNIGHT = 24 * 60
MINUTE = timedelta(minutes=1)


class DayClass(StrEnum):
    """What kinds of day rules can tell apart; a date can be several of them."""

    WORKING_DAY = "working-day"
    WEEKEND = "weekend"
    PUBLIC_HOLIDAY = "public-holiday"
    SCHOOL_BREAK = "school-break"


@dataclass(frozen=True, slots=True)
class Part:
    """What a request takes of one local date: minutes since midnight on the wall clock, ``start`` to ``end``."""

    date: date
    weekday: int
    classes: frozenset[DayClass]
    start: int
    end: int
    calendar: Calendar = field(default=UNDATED, compare=False, repr=False)


class Occasion:
    """A request and its facts; ``parts`` are its local days in order, at least one. ``calendar`` is the policy's."""

    def __init__(self, request: Request, facts: Facts, calendar: Calendar = UNDATED) -> None:
        self.request = request
        self.facts = facts
        self.calendar = calendar
        self.parts = tuple(_part(request, facts, day, calendar) for day in request.dates)

    @cached_property
    def submitted(self) -> datetime:
        """When it was asked for, on the wall clock of the room."""
        return to_wall(self.request.submitted, self.request.wall.zone)

    @cached_property
    def opened(self) -> list[Interval]:
        """When the room is open without more ado, sorted."""
        stricter = _in_state(self.facts, Openness.BY_AGREEMENT) + _in_state(self.facts, Openness.CLOSED)
        return _left(_in_state(self.facts, Openness.OPEN), stricter)

    @cached_property
    def agreed(self) -> list[Interval]:
        """When the room is open by agreement, sorted."""
        return _left(_in_state(self.facts, Openness.BY_AGREEMENT), _in_state(self.facts, Openness.CLOSED))

    @cached_property
    def used(self) -> dict[tuple[str, date, date], Usage]:
        """What was counted, by key and dates."""
        return {(usage.key, usage.first, usage.last): usage for usage in self.facts.usage}


def moment(day: date, minutes: int, zone: str, *, since: datetime | None = None) -> datetime:
    """The moment (UTC) of a clock time on a date; inside a skipped hour it is the moment of the change.

    Of a repeated hour it is the first, or the second where the first comes before ``since``.
    """
    local, there = at(day, timedelta(minutes=minutes)), zone_of(zone)
    first, second = (local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if second < first:
        offset = second.astimezone(there).utcoffset()
        steps = range(1, int((first - second) / MINUTE) + 1)
        return next(found for step in steps if (found := second + step * MINUTE).astimezone(there).utcoffset() != offset)
    return second if since and first < since else first


def clock(minutes: int) -> str:
    """Minutes since midnight as one writes them: ``17:00``, ``24:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def minutes_of(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def parts_of(start: datetime, end: datetime) -> Iterator[Part]:
    """A span of the wall clock cut into local days; what kinds of day they are is not known."""
    day = start.date()
    while datetime.combine(day, datetime.min.time()) < end:
        yield Part(
            day,
            day.isoweekday(),
            frozenset(),
            minutes_of(start) if start.date() == day else 0,
            minutes_of(end) if end.date() == day else MIDNIGHT,
        )
        day += timedelta(days=1)


def _part(request: Request, facts: Facts, day: date, calendar: Calendar) -> Part:
    start, end = request.wall.start, request.wall.end
    known = facts.day(day)
    return Part(
        date=day,
        weekday=day.isoweekday(),
        classes=classes_of(day.isoweekday(), bool(known.holiday), bool(known.school_break)),
        start=minutes_of(start) if start.date() == day else 0,
        end=minutes_of(end) if end.date() == day else MIDNIGHT,
        calendar=calendar,
    )


def classes_of(weekday: int, holiday: bool, school_break: bool) -> frozenset[DayClass]:
    """The kinds of a day, by its ISO weekday and whether it is a public holiday or in a school break."""
    found = {DayClass.WEEKEND} if weekday > 5 else set()
    if holiday:
        found.add(DayClass.PUBLIC_HOLIDAY)
    if school_break:
        found.add(DayClass.SCHOOL_BREAK)
    if weekday <= 5 and not holiday:
        found.add(DayClass.WORKING_DAY)
    return frozenset(found)


def _in_state(facts: Facts, state: Openness) -> list[Interval]:
    return [window.interval for window in facts.windows if window.state is state]


def _left(windows: list[Interval], taken: list[Interval]) -> list[Interval]:
    if not taken:
        return list(merged(windows))
    return [piece for window in merged(windows) for piece in without(window, taken)]
