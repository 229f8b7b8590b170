"""Seasons: dates that come every year - a day of a month, an ISO week, an event such as the start of school - and what lies between."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
WEEK = re.compile(r"W(\d{1,2})(?:-([1-7]))?(?:=([a-z]+(?:-[a-z]+)*))?", re.ASCII)
EVENT = re.compile(r"([a-z]+(?:-[a-z]+)*)([+-]\d{1,3})?", re.ASCII)
LEAP_YEAR = 2024
WEEKS = 53
Events = Mapping[str, tuple[date, ...]]


@dataclass(frozen=True, slots=True)
class Anchor:
    """One date of every year as a regulation names it.

    ``08-15`` is a day of a month, ``W33`` an ISO week (ISO 8601; its Monday where something begins, its Sunday where
    something ends), ``W33-5`` the Friday of it, ``school-start`` an event whose dates the document states,
    ``school-start-7`` a week before that. ``W33=school-start`` says as well which event the week holds; only the
    linter reads that.
    """

    month: int = 0
    day: int = 0
    week: int = 0
    weekday: int = 0
    event: str = ""
    offset: int = 0
    holds: str = ""

    def date_in(self, year: int, events: Events, *, ends: bool = False) -> date | None:
        """The date in a year, None where the year has no such week or the event no date; 29 February is else the 28th."""
        if self.event:
            found = next((day for day in events.get(self.event, ()) if day.year == year), None)
            return found + timedelta(days=self.offset) if found else None
        if self.week:
            return _day_of_week(year, self.week, self.weekday or (7 if ends else 1))
        return _day_of_month(year, self.month, self.day)


def _day_of_week(year: int, week: int, weekday: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, weekday)
    except ValueError:
        return None


def _day_of_month(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


@lru_cache(maxsize=4096)
def anchor(written: str) -> Anchor:
    """The anchor that a text writes; raises ValueError with a code as its text: ``no-such-date``, ``no-such-week``, ``bad-anchor``."""
    if found := MONTH_DAY.fullmatch(written):
        month, day = int(found[1]), int(found[2])
        _real(LEAP_YEAR, month, day)
        return Anchor(month=month, day=day)
    if found := WEEK.fullmatch(written):
        if not 1 <= int(found[1]) <= WEEKS:
            raise ValueError("no-such-week")
        return Anchor(week=int(found[1]), weekday=int(found[2] or 0), holds=found[3] or "")
    if found := EVENT.fullmatch(written):
        return Anchor(event=found[1], offset=int(found[2] or 0))
    raise ValueError("bad-anchor")


def _real(year: int, month: int, day: int) -> None:
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError("no-such-date") from None


def _checked(written: str) -> str:
    try:
        anchor(written)
    except ValueError as failure:
        if meant := _month_first(written):
            raise PydanticCustomError("day-before-month", "day-before-month", {"meant": meant}) from None
        raise PydanticCustomError(str(failure), str(failure)) from None
    return written


def _month_first(written: str) -> str:
    """A date written with the day first the other way round, nothing where that is no date either."""
    day, _hyphen, month = written.partition("-")
    try:
        anchor(f"{month}-{day}")
    except ValueError:
        return ""
    return f"{month}-{day}"


Anchored = Annotated[
    str,
    AfterValidator(_checked),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{2}-\d{2}$|^W\d{1,2}(-[1-7])?(=[a-z-]+)?$|^[a-z]+(-[a-z]+)*([+-]\d{1,3})?$",
            "examples": ["11-01", "W33", "W22-5", "school-start", "school-start-7", "W34=school-start"],
        }
    ),
]


class Season(BaseModel):
    """The same stretch of every year, both ends included; over New Year where ``last`` comes before ``first``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    first: Anchored
    last: Anchored

    @property
    def anchors(self) -> tuple[str, str]:
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class Span:
    """One year's season: its first and its last date."""

    first: date
    last: date


@dataclass(frozen=True)
class Calendar:
    """What names of a policy mean in dates: its events, each with a date a year, and its named periods."""

    events: Events = field(default_factory=dict)
    periods: Mapping[str, Season] = field(default_factory=dict)
    _spans: dict[tuple[Season, int], Span | None] = field(default_factory=dict, compare=False, repr=False)

    def span(self, season: Season, day: date) -> Span | None:
        """The season of some year that holds the date; None outside of it, or where one of its events has no date."""
        # The first ISO week of a year may begin in the last days of the year before.
        spans = (self._span(season, year) for year in (day.year - 1, day.year, day.year + 1))
        return next((span for span in spans if span and span.first <= day <= span.last), None)

    def holds(self, season: Season, day: date) -> bool:
        return self.span(season, day) is not None

    def in_period(self, name: str, day: date) -> bool:
        """Whether a date lies in a named period; never in one that nobody has named."""
        return name in self.periods and self.holds(self.periods[name], day)

    def last_before(self, written: str, day: date, *, ends: bool = False) -> date | None:
        """The last date not after ``day`` that an anchor names."""
        found = (anchor(written).date_in(year, self.events, ends=ends) for year in (day.year - 1, day.year, day.year + 1))
        return max((one for one in found if one and one <= day), default=None)

    def first_from(self, written: str, day: date) -> date | None:
        """The first date from ``day`` that an anchor names."""
        found = (anchor(written).date_in(year, self.events) for year in (day.year - 1, day.year, day.year + 1))
        return min((one for one in found if one and one >= day), default=None)

    def _span(self, season: Season, year: int) -> Span | None:
        """The season that begins in a year."""
        key = (season, year)
        if key not in self._spans:
            self._spans[key] = self._worked_out(season, year)
        return self._spans[key]

    def _worked_out(self, season: Season, year: int) -> Span | None:
        first = anchor(season.first).date_in(year, self.events)
        ends = (anchor(season.last).date_in(later, self.events, ends=True) for later in (year, year + 1))
        last = next((end for end in ends if first and end and end >= first), None)
        return Span(first, last) if first and last else None


UNDATED = Calendar()


def merged(calendars: Iterator[Calendar]) -> Calendar:
    """One calendar of several, the widest layer's first: a more specific one has its own dates of a year, its own periods."""
    events: dict[str, dict[int, date]] = {}
    periods: dict[str, Season] = {}
    for one in calendars:
        periods |= one.periods
        for name, days in one.events.items():
            events.setdefault(name, {}).update((day.year, day) for day in days)
    return Calendar({name: tuple(days[year] for year in sorted(days)) for name, days in events.items()}, periods)
