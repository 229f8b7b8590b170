"""When an event of a foreign calendar is, and for how long: dates for whole days, else aware datetimes in the event's own zone."""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo

from calendars.incoming.bounds import Skip
from calendars.incoming.clocks import Clocks
from calendars.incoming.lines import Component, Property
from calendars.incoming.values import length, moment, zone_named

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long an event is: days on the calendar, and then exactly so long (RFC 5545 3.3.6, 3.8.5.3); not below nought."""

    days: int = 0
    exact: timedelta = timedelta()

    def __post_init__(self) -> None:
        if self.days < 0 or self.exact < timedelta():
            raise Skip("end-before-start")

    @property
    def most_days(self) -> int:
        """So many days it reaches beyond its first, or fewer."""
        return self.days + self.exact.days + 2

    def end_of(self, start: date) -> date:
        if not isinstance(start, datetime):
            return start + timedelta(days=self.days)
        return (start + timedelta(days=self.days)).astimezone(UTC) + self.exact


def key_of(start: date) -> date:
    """What tells an instance from others: the moment in UTC, or the day."""
    return start.astimezone(UTC) if isinstance(start, datetime) else start


def day_of(start: date) -> date:
    return start.date() if isinstance(start, datetime) else start


def fitted(instance: date, start: date) -> date:
    """An instance's name as a series with this start has it: files name a day for a time, and a time for a day."""
    if isinstance(start, datetime) and not isinstance(instance, datetime):
        return datetime.combine(instance, start.time(), start.tzinfo)
    return instance if isinstance(start, datetime) else day_of(instance)


def read_start(given: Property, value: bytes, clocks: Clocks, *, near: date | None = None) -> date:
    """A time at which something begins: not so near to the end of all years that there is none in UTC. Raises ValueError."""
    found = read_time(given, value, clocks, near=near)
    if not MINYEAR < found.year < MAXYEAR:
        raise ValueError
    return found


def read_time(given: Property, value: bytes, clocks: Clocks, *, near: date | None = None) -> date:
    """A time as it stands in a property; one without a zone is in that of the start near by, its event's. Raises ValueError."""
    found = moment(value)
    if not isinstance(found, datetime) or found.tzinfo is not None:
        return found
    name = zone_named(given.parameters)
    return found.replace(tzinfo=clocks.of(name, given.line) if name else _zone_of(near) or clocks.floating)


def _zone_of(start: date | None) -> tzinfo | None:
    zone = start.tzinfo if isinstance(start, datetime) else None
    return None if zone is UTC else zone


def lasting_of(component: Component, start: date, clocks: Clocks) -> Lasting:
    """By DTEND, else by DURATION, else a day or nothing (RFC 5545 3.6.1). Raises Skip."""
    ends, lasts = component.first(b"DTEND"), component.first(b"DURATION")
    given, code = (ends, "bad-end") if ends else (lasts, "bad-duration")
    if given is None:
        return Lasting() if isinstance(start, datetime) else Lasting(days=1)
    try:
        return until(start, read_time(given, given.value, clocks, near=start)) if ends else for_length(start, length(given.value))
    except Skip as skip:
        raise Skip(skip.code, given.line) from None
    except (ValueError, OverflowError):
        raise Skip(code, given.line) from None


def until(start: date, end: date) -> Lasting:
    """To an end, exactly. A day that ends when it begins is meant as that day."""
    if isinstance(start, datetime):
        moment = end if isinstance(end, datetime) else datetime.combine(end, time(), start.tzinfo)
        return Lasting(exact=moment.astimezone(UTC) - start.astimezone(UTC))
    days = (day_of(end) - start).days
    return Lasting(days=days or 1)


def for_length(start: date, length: timedelta) -> Lasting:
    """For so long: whole days by the calendar, what is left by the clock."""
    if not isinstance(start, datetime):
        return Lasting(days=-(-length // ONE_DAY) or 1)
    days = max(length.days, 0)
    return Lasting(days, length - timedelta(days=days))
