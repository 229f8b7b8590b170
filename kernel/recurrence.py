"""Recurrence: the local dates that an RFC 5545 rule gives, expanded once, when a series is booked or read from elsewhere."""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice

from kernel.errors import Invalid, refuse
from kernel.wallclock import EARLIEST, LATEST, zone_of

LONGEST = 400
LONGEST_SPAN = timedelta(days=5 * 366)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAYS = {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST"}
NUMBER = re.compile(r"[+-]?[0-9]{1,12}")
WEEKDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
UNTIL = re.compile(r"([0-9]{8})(T[0-9]{6}Z?)?")


def dates_of(rule: str, start: date, *, zone: str = "UTC", skip: Collection[date] = (), also: Collection[date] = ()) -> tuple[date, ...]:
    """The dates of a series, without those in ``skip`` (COUNT counts them, RFC 5545 3.8.5.1), with those in ``also`` (3.8.5.2).

    ``start`` is its first start on the wall clock of ``zone``, or its first day. ``rule`` is the value of an RRULE:
    ``FREQ=WEEKLY;COUNT=10``. UNTIL as a date includes that local day; with a clock time it is the last moment at
    which a date may start, in UTC where it ends in Z (RFC 5545 3.3.10); a series of whole days goes by its date.
    Raises Invalid for a rule that cannot be read (``bad-rule``), has no end (``endless-rule``), gives no date
    (``empty-rule``), more than 400, or later ones than five years on (``too-many-dates``; ``out-of-range`` for one of ``also``).
    """
    first = start.date() if isinstance(start, datetime) else start
    read = _read(rule, start, zone_of(zone))
    if read.count is None and read.until is None:
        raise refuse(Invalid, "endless-rule", "recurrence", rule)
    last = date.fromordinal(min(first.toordinal() + LONGEST_SPAN.days, date.max.toordinal()))
    expanded = list(islice(_expanded(read, first, (first, last), _unbounded), LONGEST + 1))
    if len(expanded) > LONGEST or _goes_on(read, last, len(expanded)):
        raise refuse(Invalid, "too-many-dates", "recurrence", rule, most=LONGEST)
    found = {day for day in expanded if day not in skip} | _within(also, first, last)
    if len(found) > LONGEST:
        raise refuse(Invalid, "too-many-dates", "recurrence", rule, most=LONGEST)
    if not found:
        raise refuse(Invalid, "empty-rule", "recurrence", rule)
    return tuple(sorted(found))


def dates_between(rule: str, start: date, window: tuple[date, date], *, spend: Callable[[int], None]) -> Iterator[date]:
    """The dates of a rule from the first to the last day of a window, also of one that never ends.

    ``start`` is the first start, aware, or the first day. ``spend`` is told how many days are looked at, before they are (more
    where the rule has many numbers): what it raises ends the search, for a rule that never occurs is looked for in vain.
    Raises Invalid (``bad-rule``).
    """
    first = start.date() if isinstance(start, datetime) else start
    read = _read(rule, start, (start.tzinfo if isinstance(start, datetime) else None) or UTC)
    return _expanded(read, first, window, spend)


def _unbounded(_days: int) -> None:
    """Five years of days need no bound."""


def _within(days: Collection[date], first: date, last: date) -> set[date]:
    far = next((day for day in days if not first <= day <= last), None)
    if far is not None:
        raise refuse(Invalid, "out-of-range", "also", far.isoformat(), least=first.isoformat(), most=last.isoformat())
    return set(days)


def weekly(*, count: int | None = None, until: date | None = None, every: int = 1) -> str:
    """The rule of a series every week, or every ``every`` weeks."""
    ending = f"COUNT={count}" if count else f"UNTIL={until:%Y%m%d}"
    return f"FREQ=WEEKLY;{ending}" if every == 1 else f"FREQ=WEEKLY;INTERVAL={every};{ending}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule as read, with what it takes from its first date; ``numbered`` are pairs of which one and the day (0: Monday)."""

    frequency: str
    interval: int
    count: int | None
    until: date | None
    weekdays: frozenset[int]
    numbered: frozenset[tuple[int, int]]
    monthdays: frozenset[int]
    yeardays: frozenset[int]
    weeks: frozenset[int]
    months: frozenset[int]
    positions: frozenset[int]
    week_start: int

    @property
    def effort(self) -> int:
        """How much work it is to look at a day, in plain days."""
        return 1 + len(self.numbered) // 4 + (2 if self.weeks else 0)

    @property
    def by_year(self) -> bool:
        """Whether numbered weekdays are counted in the year; else they are in the month."""
        return self.frequency == "YEARLY" and not self.months


def _read(rule: str, start: date, zone: tzinfo) -> _Rule:
    """Raises Invalid (``bad-rule``)."""
    try:
        return _rule_of(_parts(rule), start, zone)
    except (ValueError, OverflowError):
        raise refuse(Invalid, "bad-rule", "recurrence", rule) from None


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";") if part]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs) or not all(parts.values()) or not PARTS.issuperset(parts):
        raise ValueError
    return parts


def _rule_of(parts: Mapping[str, str], start: date, zone: tzinfo) -> _Rule:
    frequency = FREQUENCIES[FREQUENCIES.index(parts.get("FREQ", ""))]
    days = [_weekday(word) for word in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    numbered = frozenset(day for day in days if day[0])
    # RFC 5545 3.3.10: a numbered weekday needs a month or a year to be counted in, a number of a week a year.
    if (numbered and frequency in ("DAILY", "WEEKLY")) or ("BYWEEKNO" in parts and (numbered or frequency != "YEARLY")):
        raise ValueError
    return _Rule(
        frequency=frequency,
        interval=min(_numbers(parts, "INTERVAL", 10**12), default=1),
        count=min(_numbers(parts, "COUNT", 10**12), default=None),
        until=_until(parts["UNTIL"], start, zone) if "UNTIL" in parts else None,
        weekdays=frozenset(day for which, day in days if not which) or _own_weekday(parts, start),
        numbered=numbered,
        monthdays=_numbers(parts, "BYMONTHDAY", 31, negative=True) or _own_day(parts, start),
        yeardays=_numbers(parts, "BYYEARDAY", 366, negative=True),
        weeks=_numbers(parts, "BYWEEKNO", 53, negative=True),
        months=_numbers(parts, "BYMONTH", 12) or _own_month(parts, start),
        positions=_numbers(parts, "BYSETPOS", 366, negative=True),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def _own_weekday(parts: Mapping[str, str], start: date) -> frozenset[int]:
    """RFC 5545 3.3.10: what the rule does not say is taken from the first date."""
    is_missing = DAYS.isdisjoint(parts) and (parts["FREQ"] == "WEEKLY" or "BYWEEKNO" in parts)
    return frozenset({start.weekday()} if is_missing else ())


def _own_day(parts: Mapping[str, str], start: date) -> frozenset[int]:
    is_missing = (DAYS | {"BYWEEKNO"}).isdisjoint(parts) and parts["FREQ"] in ("MONTHLY", "YEARLY")
    return frozenset({start.day} if is_missing else ())


def _own_month(parts: Mapping[str, str], start: date) -> frozenset[int]:
    is_missing = (DAYS | {"BYWEEKNO"}).isdisjoint(parts) and parts["FREQ"] == "YEARLY"
    return frozenset({start.month} if is_missing else ())


def _numbers(parts: Mapping[str, str], name: str, most: int, *, negative: bool = False) -> frozenset[int]:
    words = parts[name].split(",") if name in parts else []
    if not all(NUMBER.fullmatch(word) for word in words):
        raise ValueError
    numbers = frozenset(int(word) for word in words)
    if not all(1 <= (abs(number) if negative else number) <= most for number in numbers):
        raise ValueError
    return numbers


def _weekday(word: str) -> tuple[int, int]:
    found = WEEKDAY.fullmatch(word)
    if not found or (found[1] and not 1 <= abs(int(found[1])) <= 53):
        raise ValueError
    return int(found[1] or 0), WEEKDAYS.index(found[2])


def _until(text: str, start: date, zone: tzinfo) -> date:
    """The last day on which a date may start."""
    found = UNTIL.fullmatch(text)
    if not found:
        raise ValueError
    day = date.fromisoformat(found[1])
    if not found[2] or not isinstance(start, datetime) or not EARLIEST <= day <= LATEST:
        return day
    ends = datetime.fromisoformat(text)
    if ends.tzinfo is None:
        return day if start.time() <= ends.time() else day - timedelta(days=1)
    day = ends.astimezone(zone).date()
    starts = datetime.combine(day, start.time(), zone).astimezone(UTC)
    return day if starts <= ends else day - timedelta(days=1)


def _goes_on(rule: _Rule, last: date, found: int) -> bool:
    """Whether the series would have dates after the last day that was looked at."""
    if rule.until is not None:
        return rule.until > last
    return found > 0 and rule.count is not None and found < rule.count


def _expanded(rule: _Rule, first: date, window: tuple[date, date], spend: Callable[[int], None]) -> Iterator[date]:
    """The dates in the window. Our own, because dateutil looks for a rule that never occurs until the year 9999."""
    since, last, given = window[0], min(window[1], rule.until or date.max), 0
    effort, least = rule.effort, 1 + len(rule.positions) // 4
    for period in _periods(rule, first, (first if rule.count else since, last)):
        spend(len(period) * effort + least)
        for day in _picked(rule, period):
            if day < first:
                continue
            if day > last or given == rule.count:
                return
            given += 1
            if day >= since:
                yield day


def _periods(rule: _Rule, first: date, window: tuple[date, date]) -> Iterator[list[date]]:
    """The days of each day, week, month or year that the rule looks at, from the one that the window begins in."""
    since, last = window
    if rule.frequency in ("DAILY", "WEEKLY"):
        length = 1 if rule.frequency == "DAILY" else 7
        back = (first.weekday() - rule.week_start) % 7 if length == 7 else 0
        begin = _skipped(first.toordinal() - back, since.toordinal(), length, rule.interval)
        for start in range(begin, last.toordinal() + 1, length * rule.interval):
            yield [date.fromordinal(number) for number in range(max(start, 1), min(start + length, date.max.toordinal() + 1))]
        return
    length = 1 if rule.frequency == "MONTHLY" else 12
    begin = first.year * 12 + (first.month - 1 if length == 1 else 0)
    begin = _skipped(begin, since.year * 12 + since.month - 1, length, rule.interval)
    for month in range(begin, last.year * 12 + last.month, length * rule.interval):
        yield [day for each in range(month, month + length) for day in _month(rule, each // 12, each % 12 + 1)]


def _skipped(begin: int, since: int, length: int, interval: int) -> int:
    """The begin of the first period that is not over when the window begins."""
    step = length * interval
    return begin + max(0, -(-(since - begin - length + 1) // step)) * step


def _month(rule: _Rule, year: int, month: int) -> list[date]:
    if rule.months and month not in rule.months:
        return []
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _picked(rule: _Rule, period: list[date]) -> list[date]:
    days = [day for day in period if _fits(rule, day)]
    if not rule.positions:
        return days
    places = {position - 1 if position > 0 else len(days) + position for position in rule.positions}
    return [day for place, day in enumerate(days) if place in places]


def _fits(rule: _Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.monthdays and not _is_named(day.day, monthrange(day.year, day.month)[1], rule.monthdays):
        return False
    if rule.yeardays and not _is_named(day.timetuple().tm_yday, _days_of(day.year), rule.yeardays):
        return False
    if rule.weeks and not _is_in_week(rule, day):
        return False
    if not rule.weekdays and not rule.numbered:
        return True
    return day.weekday() in rule.weekdays or any(
        day.weekday() == weekday and _is_which(rule, day, which) for which, weekday in rule.numbered
    )


def _is_named(place: int, length: int, numbers: frozenset[int]) -> bool:
    return place in numbers or place - length - 1 in numbers


def _days_of(year: int) -> int:
    return 366 if isleap(year) else 365


def _is_in_week(rule: _Rule, day: date) -> bool:
    """Whether the week of a day has one of the numbers; week 1 has four days or more in the year, which it may begin before."""
    middle = day.toordinal() - (day.weekday() - rule.week_start) % 7 + 3
    year = date.fromordinal(max(1, min(middle, date.max.toordinal()))).year
    week, weeks = ((number - date(year, 1, 1).toordinal()) // 7 + 1 for number in (middle, _last_middle(rule, year)))
    return _is_named(week, weeks, rule.weeks)


def _last_middle(rule: _Rule, year: int) -> int:
    """The fourth day of the last week of a year."""
    last = date(year, 12, 31)
    return last.toordinal() - (last.weekday() - rule.week_start - 3) % 7


def _is_which(rule: _Rule, day: date, which: int) -> bool:
    """Whether the day is the first, last … of its weekday: in the month, or in the year when no month is named."""
    place = day.timetuple().tm_yday if rule.by_year else day.day
    length = _days_of(day.year) if rule.by_year else monthrange(day.year, day.month)[1]
    return which == (place + 6) // 7 or -which == (length - place) // 7 + 1
