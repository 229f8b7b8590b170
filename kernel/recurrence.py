"""Recurrence: the local dates that an RFC 5545 rule gives, expanded once, when a series is booked."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from kernel.errors import Invalid, refuse
from kernel.wallclock import EARLIEST, LATEST, zone_of

LONGEST = 400
LONGEST_SPAN = timedelta(days=5 * 366)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
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
    try:
        read = _read(rule, start, zone)
    except ValueError:
        raise refuse(Invalid, "bad-rule", "recurrence", rule) from None
    if read.count is None and read.until is None:
        raise refuse(Invalid, "endless-rule", "recurrence", rule)
    last = date.fromordinal(min(first.toordinal() + LONGEST_SPAN.days, date.max.toordinal()))
    expanded = list(islice(_expanded(read, first, last), LONGEST + 1))
    if len(expanded) > LONGEST or _goes_on(read, last, len(expanded)):
        raise refuse(Invalid, "too-many-dates", "recurrence", rule, most=LONGEST)
    found = {day for day in expanded if day not in skip} | _within(also, first, last)
    if len(found) > LONGEST:
        raise refuse(Invalid, "too-many-dates", "recurrence", rule, most=LONGEST)
    if not found:
        raise refuse(Invalid, "empty-rule", "recurrence", rule)
    return tuple(sorted(found))


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
    """A rule as read; ``weekdays`` are pairs of which one (0: every) and the day (0: Monday)."""

    frequency: str
    interval: int
    count: int | None
    until: date | None
    weekdays: tuple[tuple[int, int], ...]
    monthdays: tuple[int, ...]
    months: tuple[int, ...]
    positions: tuple[int, ...]
    week_start: int


def _read(rule: str, start: date, zone: str) -> _Rule:
    """Raises ValueError."""
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";") if part]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs) or not all(parts.values()) or not PARTS.issuperset(parts):
        raise ValueError
    frequency = FREQUENCIES[FREQUENCIES.index(parts.get("FREQ", ""))]
    weekdays = tuple(_weekday(word) for word in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
    if frequency in ("DAILY", "WEEKLY") and any(which for which, _ in weekdays):
        raise ValueError  # RFC 5545 3.3.10: a numbered weekday needs a month or a year to be counted in
    return _Rule(
        frequency=frequency,
        interval=_numbers(parts, "INTERVAL", 10**12)[0] if "INTERVAL" in parts else 1,
        count=_numbers(parts, "COUNT", 10**12)[0] if "COUNT" in parts else None,
        until=_until(parts["UNTIL"], start, zone) if "UNTIL" in parts else None,
        weekdays=weekdays,
        monthdays=_numbers(parts, "BYMONTHDAY", 31, negative=True),
        months=_numbers(parts, "BYMONTH", 12),
        positions=_numbers(parts, "BYSETPOS", 366, negative=True),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def _numbers(parts: Mapping[str, str], name: str, most: int, *, negative: bool = False) -> tuple[int, ...]:
    words = parts[name].split(",") if name in parts else []
    if not all(NUMBER.fullmatch(word) for word in words):
        raise ValueError
    numbers = tuple(int(word) for word in words)
    if not all(1 <= (abs(number) if negative else number) <= most for number in numbers):
        raise ValueError
    return numbers


def _weekday(word: str) -> tuple[int, int]:
    found = WEEKDAY.fullmatch(word)
    if not found or (found[1] and not 1 <= abs(int(found[1])) <= 53):
        raise ValueError
    return int(found[1] or 0), WEEKDAYS.index(found[2])


def _until(text: str, start: date, zone: str) -> date:
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
    day = ends.astimezone(zone_of(zone)).date()
    starts = datetime.combine(day, start.time(), zone_of(zone)).astimezone(UTC)
    return day if starts <= ends else day - timedelta(days=1)


def _goes_on(rule: _Rule, last: date, found: int) -> bool:
    """Whether the series would have dates after the last day that was looked at."""
    if rule.until is not None:
        return rule.until > last
    return found > 0 and rule.count is not None and found < rule.count


def _expanded(rule: _Rule, first: date, last: date) -> Iterator[date]:
    """The dates until ``last``. Our own, because dateutil looks for a rule that never occurs until the year 9999."""
    given = 0
    for period in _periods(rule, first, last):
        for day in _picked(rule, period, first):
            if day < first:
                continue
            if day > (min(last, rule.until) if rule.until else last) or given == rule.count:
                return
            given += 1
            yield day


def _periods(rule: _Rule, first: date, last: date) -> Iterator[list[date]]:
    """The days of each day, week, month or year that the rule looks at."""
    if rule.frequency in ("DAILY", "WEEKLY"):
        length = 1 if rule.frequency == "DAILY" else 7
        back = (first.weekday() - rule.week_start) % 7 if length == 7 else 0
        for start in range(first.toordinal() - back, last.toordinal() + 1, length * rule.interval):
            yield [date.fromordinal(number) for number in range(max(start, 1), min(start + length, date.max.toordinal() + 1))]
        return
    length = 1 if rule.frequency == "MONTHLY" else 12
    begin = first.year * 12 + (first.month - 1 if length == 1 else 0)
    for month in range(begin, last.year * 12 + last.month, length * rule.interval):
        yield [day for each in range(month, month + length) for day in _month(each // 12, each % 12 + 1)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _picked(rule: _Rule, period: list[date], first: date) -> list[date]:
    days = [day for day in period if _fits(rule, day, first)]
    if not rule.positions:
        return days
    places = {position - 1 if position > 0 else len(days) + position for position in rule.positions}
    return [day for place, day in enumerate(days) if place in places]


def _fits(rule: _Rule, day: date, first: date) -> bool:
    """RFC 5545 3.3.10: what the rule does not say is taken from the first date."""
    says_day = bool(rule.weekdays or rule.monthdays)
    months = rule.months or ((first.month,) if rule.frequency == "YEARLY" and not says_day else ())
    monthdays = rule.monthdays or ((first.day,) if rule.frequency in ("MONTHLY", "YEARLY") and not says_day else ())
    weekdays = rule.weekdays or (((0, first.weekday()),) if rule.frequency == "WEEKLY" and not says_day else ())
    if months and day.month not in months:
        return False
    if monthdays and not {day.day, day.day - monthrange(day.year, day.month)[1] - 1}.intersection(monthdays):
        return False
    return not weekdays or any(day.weekday() == weekday and _is_which(rule, day, which) for which, weekday in weekdays)


def _is_which(rule: _Rule, day: date, which: int) -> bool:
    """Whether the day is the first, last … of its weekday: in the month, or in the year when no month is named."""
    if which == 0:
        return True
    in_year = rule.frequency == "YEARLY" and not rule.months
    place = day.timetuple().tm_yday if in_year else day.day
    length = date(day.year, 12, 31).timetuple().tm_yday if in_year else monthrange(day.year, day.month)[1]
    return which == (place + 6) // 7 or -which == (length - place) // 7 + 1
