"""Events of a foreign calendar as they are read: when they are, which instance of a series they change, what they say."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import sha256

from calendars.incoming.bounds import Skip
from calendars.incoming.clocks import Clocks
from calendars.incoming.lines import Component, Property
from calendars.incoming.values import length, moment, number, text, zone_named

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long an event is: days on the calendar, and then exactly so long (RFC 5545 3.3.6, 3.8.5.3)."""

    days: int = 0
    exact: timedelta = timedelta()

    def end_of(self, start: date) -> date:
        if not isinstance(start, datetime):
            return start + timedelta(days=self.days)
        return (start + timedelta(days=self.days)).astimezone(UTC) + self.exact


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT. ``start`` is a date, or an aware datetime in its own zone; so is ``instance``, the RECURRENCE-ID."""

    component: Component
    uid: str
    has_uid: bool
    start: date
    lasting: Lasting
    instance: date | None
    and_following: bool
    sequence: int
    stamp: bytes

    @property
    def line(self) -> int:
        return self.component.line

    @property
    def version(self) -> tuple[int, bytes, int]:
        """Of several that say they are the same, the greatest counts: by SEQUENCE, then the newest, then the last in the file."""
        return self.sequence, self.stamp, self.line

    @property
    def repeats(self) -> bool:
        return any(self.component.all(name) for name in (b"RRULE", b"RDATE"))

    def says(self, name: bytes) -> str:
        found = self.component.first(name)
        return text(found.value) if found else ""

    @property
    def status(self) -> str:
        """The STATUS in capitals, empty where there is none."""
        return self.says(b"STATUS").strip().upper()

    @property
    def said_uid(self) -> str:
        """The UID as the file has it, empty where it has none."""
        return self.uid if self.has_uid else ""

    @property
    def is_free(self) -> bool:
        """Whether it takes no time: who has it in the calendar is free."""
        return "TRANSPARENT" in self.says(b"TRANSP").upper() or self.says(b"X-MICROSOFT-CDO-BUSYSTATUS").strip().upper() == "FREE"


def uid_of(component: Component) -> str:
    found = component.first(b"UID")
    return text(found.value).strip() if found else ""


def event_of(component: Component, clocks: Clocks) -> Event:
    """Raises Skip for an event that is not whole, or whose times cannot be read."""
    if not component.is_whole:
        raise Skip("unclosed")
    given = component.first(b"DTSTART")
    if given is None:
        raise Skip("no-start")
    start, instance = read_time(given, clocks, "bad-start"), component.first(b"RECURRENCE-ID")
    near, uid = zone_near(start), uid_of(component)
    return Event(
        component,
        uid or _named_by_content(component),
        bool(uid),
        start,
        _lasting(component, start, clocks),
        read_time(instance, clocks, "bad-instance", near=near) if instance else None,
        instance is not None and b"THISANDFUTURE" in instance.parameters.upper(),
        _number(component.first(b"SEQUENCE")),
        max((given.value for name in (b"LAST-MODIFIED", b"DTSTAMP") for given in component.all(name)), default=b""),
    )


def read_time(given: Property, clocks: Clocks, code: str, *, near: tzinfo | None = None) -> date:
    """The time of a property; one without a zone is in the zone near by, that of its event. Raises Skip."""
    try:
        return zoned(moment(given.value), given, clocks, near)
    except (ValueError, OverflowError):
        raise Skip(code, given.line) from None


def zoned(value: date, given: Property, clocks: Clocks, near: tzinfo | None) -> date:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        return value
    name = zone_named(given.parameters)
    return value.replace(tzinfo=clocks.of(name) if name else near or clocks.floating)


def zone_near(start: date) -> tzinfo | None:
    zone = start.tzinfo if isinstance(start, datetime) else None
    return None if zone is UTC else zone


def _number(given: Property | None) -> int:
    return number(given.value) if given else 0


def _named_by_content(component: Component) -> str:
    """A name for an event without UID, which stays as long as it says the same: two alike are one."""
    names = (b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"RECURRENCE-ID", b"SUMMARY", b"LOCATION")
    said = b"\n".join(name + given.parameters + given.value for name in names for given in component.all(name))
    return "without-uid-" + sha256(said).hexdigest()[:24]


def _lasting(component: Component, start: date, clocks: Clocks) -> Lasting:
    """Raises Skip for an end that cannot be read, or lies before the start."""
    ends, lasts = component.first(b"DTEND"), component.first(b"DURATION")
    if ends:
        found = _until(start, read_time(ends, clocks, "bad-end", near=zone_near(start)))
    elif lasts:
        found = _for(start, lasts)
    else:
        found = Lasting() if isinstance(start, datetime) else Lasting(days=1)
    if found.days < 0 or found.exact < timedelta():
        raise Skip("end-before-start", (ends or lasts or component).line)
    return found


def _until(start: date, end: date) -> Lasting:
    if isinstance(start, datetime):
        until = end if isinstance(end, datetime) else datetime.combine(end, time(), start.tzinfo)
        return Lasting(exact=until.astimezone(UTC) - start.astimezone(UTC))
    last = end.date() if isinstance(end, datetime) else end
    return Lasting(days=max((last - start).days, 1) if last >= start else -1)


def _for(start: date, given: Property) -> Lasting:
    try:
        lasts = length(given.value)
    except ValueError:
        raise Skip("bad-duration", given.line) from None
    if isinstance(start, datetime):
        days = max(lasts.days, 0)
        return Lasting(days, lasts - timedelta(days=days))
    return Lasting(days=max(-(-lasts // ONE_DAY), 1) if lasts >= timedelta() else -1)
