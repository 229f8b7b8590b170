"""The instances of a foreign series: what its rules give between two days, without exceptions, with additions (RFC 5545 3.8.5)."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import product
from math import prod

from calendars.incoming.bounds import Budget, Skip
from calendars.incoming.events import Event
from calendars.incoming.lines import Property
from calendars.incoming.times import Lasting, day_of, key_of
from calendars.incoming.values import MOST_OCTETS, plain
from kernel.errors import Invalid
from kernel.recurrence import dates_between

TOO_FREQUENT = ("SECONDLY", "MINUTELY", "HOURLY")
CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")
MOST_TIMES = 48
Days = tuple[date, date]


def instances(event: Event, days: Days, budget: Budget) -> dict[date, tuple[date, Lasting | None]]:
    """Those that may lie between two days, by their keys: the start, and how long where that is said. Raises Skip."""
    # A first start that the rule does not give is none of its dates: what it means is undefined (RFC 5545 3.8.5.3), and readers differ.
    starts = _ruled(event, b"RRULE", days, budget) if event.component.all(b"RRULE") else (event.start,)
    found: dict[date, tuple[date, Lasting | None]] = {key_of(start): (start, None) for start in starts}
    found |= {key_of(start): (start, lasting) for start, lasting in event.also}
    gone = event.gone | {key_of(start) for start in _ruled(event, b"EXRULE", days, budget)}
    return {key: one for key, one in found.items() if key not in gone and day_of(one[0]) not in gone}


def _ruled(event: Event, name: bytes, days: Days, budget: Budget) -> Iterator[date]:
    for given in event.component.all(name):
        try:
            yield from _starts(_rule(given), event.start, days, budget)
        except Skip as skip:
            raise Skip(skip.code, given.line) from None
        except (Invalid, ValueError):
            raise Skip("bad-rule", given.line) from None


def _rule(given: Property) -> str:
    """The whole rule, for of a part another could be read; without spaces, which some put between its parts."""
    if len(given.value) > MOST_OCTETS:
        raise ValueError
    return plain(given.value).replace(" ", "")


def _starts(rule: str, start: date, days: Days, budget: Budget) -> Iterator[date]:
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    if parts.get("FREQ") in TOO_FREQUENT:
        raise Skip("too-frequent")
    if not isinstance(start, datetime):
        yield from dates_between(_without(parts, *CLOCK), start, days, spend=budget.spend)
    elif parts.keys().isdisjoint(CLOCK):
        clock, zone = start.time(), start.tzinfo
        yield from (datetime.combine(day, clock, zone) for day in dates_between(rule, start, days, spend=budget.spend))
    else:
        yield from _several_a_day(parts, start, days, budget)


def _several_a_day(parts: dict[str, str], start: datetime, days: Days, budget: Budget) -> Iterator[datetime]:
    """A rule that names clock times: COUNT counts all of them, from the first."""
    if "BYSETPOS" in parts:
        raise ValueError
    count, clocks = int(parts["COUNT"]) if "COUNT" in parts else None, _clocks(parts, start)
    since, given = start.date() if count is not None else days[0], 0
    for day in dates_between(_without(parts, *CLOCK, "COUNT"), start, (since, days[1]), spend=budget.spend):
        for instance in (datetime.combine(day, clock, start.tzinfo) for clock in clocks):
            if given == count:
                return
            if instance >= start:
                given += 1
                yield instance


def _clocks(parts: dict[str, str], start: datetime) -> list[time]:
    own = (start.hour, start.minute, start.second)
    given = [{int(word) for word in parts[name].split(",")} if name in parts else {one} for name, one in zip(CLOCK, own, strict=True)]
    if prod(map(len, given)) > MOST_TIMES:
        raise Skip("too-frequent")
    return sorted(time(hour, minute, second) for hour, minute, second in product(*given))


def _without(parts: dict[str, str], *names: str) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items() if name and name not in names)
