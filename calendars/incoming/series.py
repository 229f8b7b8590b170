"""The instances of a foreign series: what its rules give in a window, without exceptions, with additions (RFC 5545 3.8.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from calendars.incoming.bounds import Budget, Skip
from calendars.incoming.clocks import Clocks
from calendars.incoming.events import Event, Lasting, read_time, zone_near, zoned
from calendars.incoming.lines import Property
from calendars.incoming.values import length, moment, plain
from kernel.errors import Invalid
from kernel.recurrence import dates_between

TOO_FREQUENT = ("SECONDLY", "MINUTELY", "HOURLY")
CLOCK = {"BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59}
MOST_TIMES = 48


@dataclass(frozen=True, slots=True)
class Instance:
    """One time of a series: its original start, and how long it is where an RDATE says so."""

    start: date
    lasting: Lasting | None = None


def key_of(start: date) -> date:
    """What tells an instance from others: the moment in UTC, or the day."""
    return start.astimezone(UTC) if isinstance(start, datetime) else start


def instances(event: Event, clocks: Clocks, days: tuple[date, date], budget: Budget) -> dict[date, Instance]:
    """The instances that may lie between two days, by their keys. Raises Skip for a rule that is not read."""
    found = {key_of(start): Instance(start) for start in (event.start, *_ruled(event, b"RRULE", days, budget))}
    found |= {key_of(one.start): one for given in event.component.all(b"RDATE") for one in _added(given, event, clocks)}
    gone = {key_of(start) for start in _ruled(event, b"EXRULE", days, budget)}
    gone |= {one for given in event.component.all(b"EXDATE") for one in _excepted(given, event, clocks)}
    return {key: one for key, one in found.items() if key not in gone and _day(one.start) not in gone}


def fitted(instance: date, start: date) -> date:
    """An instance's name as a series with this start has it: files name a day for a time, and a time for a day."""
    if isinstance(start, datetime) and not isinstance(instance, datetime):
        return datetime.combine(instance, start.time(), start.tzinfo)
    return _day(instance) if not isinstance(start, datetime) else instance


def _day(start: date) -> date:
    return start.date() if isinstance(start, datetime) else start


def _ruled(event: Event, name: bytes, days: tuple[date, date], budget: Budget) -> Iterator[date]:
    for given in event.component.all(name):
        try:
            yield from _starts(plain(given.value), event.start, days, budget)
        except Invalid:
            raise Skip("bad-rule", given.line) from None
        except ValueError:
            raise Skip("bad-rule", given.line) from None


def _starts(rule: str, start: date, days: tuple[date, date], budget: Budget) -> Iterator[date]:
    parts = dict(part.strip().partition("=")[::2] for part in rule.upper().removeprefix("RRULE:").split(";"))
    if parts.get("FREQ") in TOO_FREQUENT:
        raise Skip("too-frequent")
    if not isinstance(start, datetime):
        yield from dates_between(_without(parts, *CLOCK), start, days, spend=budget.spend)
    elif CLOCK.keys().isdisjoint(parts):
        clock, zone = start.time(), start.tzinfo
        yield from (datetime.combine(day, clock, zone) for day in dates_between(rule, start, days, spend=budget.spend))
    else:
        yield from _several_a_day(parts, start, days, budget)


def _several_a_day(parts: dict[str, str], start: datetime, days: tuple[date, date], budget: Budget) -> Iterator[datetime]:
    """A rule that names clock times: COUNT counts all of them, from the first."""
    if "BYSETPOS" in parts:
        raise ValueError
    count, clocks = int(parts["COUNT"]) if "COUNT" in parts else None, _clocks(parts, start)
    since = start.date() if count is not None else days[0]
    given = 0
    for day in dates_between(_without(parts, *CLOCK, "COUNT"), start, (since, days[1]), spend=budget.spend):
        for clock in clocks:
            instance = datetime.combine(day, clock, start.tzinfo)
            if instance < start:
                continue
            if given == count:
                return
            given += 1
            yield instance


def _clocks(parts: dict[str, str], start: datetime) -> list[time]:
    given = [[int(word) for word in parts[name].split(",")] if name in parts else [] for name in CLOCK]
    own = start.hour, start.minute, start.second
    found = sorted(
        {time(hour, minute, second) for hour, minute, second in product(*(values or [one] for values, one in zip(given, own, strict=True)))}
    )
    if len(found) > MOST_TIMES:
        raise Skip("too-frequent")
    return found


def _without(parts: dict[str, str], *names: str) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items() if name and name not in names)


def _added(given: Property, event: Event, clocks: Clocks) -> Iterator[Instance]:
    for value in given.value.split(b","):
        begins, _, rest = value.partition(b"/")
        one = Property(given.line, given.parameters, begins)
        start = fitted(read_time(one, clocks, "bad-addition", near=zone_near(event.start)), event.start)
        yield Instance(start, _period(start, given, rest, clocks) if rest else None)


def _period(start: date, given: Property, rest: bytes, clocks: Clocks) -> Lasting:
    try:
        if rest[:1] in b"P+":
            whole = length(rest)
            return Lasting(whole.days, whole - timedelta(days=whole.days))
        until = zoned(moment(rest), given, clocks, zone_near(start))
    except ValueError:
        raise Skip("bad-addition", given.line) from None
    if not isinstance(until, datetime) or not isinstance(start, datetime) or until < start:
        raise Skip("bad-addition", given.line)
    return Lasting(exact=until.astimezone(UTC) - start.astimezone(UTC))


def _excepted(given: Property, event: Event, clocks: Clocks) -> Iterator[date]:
    """The key of an instance, or a day for all of the day."""
    for value in given.value.split(b","):
        if not value.strip():
            continue
        one = Property(given.line, given.parameters, value)
        found = read_time(one, clocks, "bad-exception", near=zone_near(event.start))
        yield key_of(found) if isinstance(event.start, datetime) else _day(found)
