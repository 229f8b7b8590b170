"""Events of a foreign calendar as they are read: when they are, which instance of a series they change, what they say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from calendars.incoming.bounds import Skip
from calendars.incoming.clocks import Clocks
from calendars.incoming.lines import Component, Property
from calendars.incoming.times import Lasting, day_of, fitted, for_length, key_of, lasting_of, read_start, read_time, until
from calendars.incoming.values import length, number, text


@dataclass(frozen=True)
class Event:
    """One VEVENT. ``start`` is a date, or an aware datetime in its own zone; so is ``instance``, the RECURRENCE-ID.

    ``also`` are the starts that RDATE adds, with how long where it says so; ``gone`` the keys, or days, that EXDATE takes
    out; ``faults`` those values of both that cannot be read.
    """

    component: Component
    uid: str
    has_uid: bool
    start: date
    key: date
    lasting: Lasting
    instance: date | None
    and_following: bool
    version: tuple[int, bytes, int]
    also: tuple[tuple[date, Lasting | None], ...] = ()
    gone: frozenset[date] = frozenset()
    faults: list[Skip] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.component.line

    @property
    def sequence(self) -> int:
        """The SEQUENCE, which counts first among those that say they are the same, then the newest, then the last in the file."""
        return self.version[0]

    @property
    def repeats(self) -> bool:
        return bool(self.also or self.component.all(b"RRULE"))

    @property
    def said_uid(self) -> str:
        """The UID as the file has it, empty where it has none."""
        return self.uid if self.has_uid else ""

    @cached_property
    def status(self) -> str:
        """The STATUS in capitals, empty where there is none."""
        return self._says(b"STATUS").strip().upper()

    @cached_property
    def summary(self) -> str:
        return self._says(b"SUMMARY")

    @cached_property
    def is_free(self) -> bool:
        """Whether it takes no time: who has it in the calendar is free."""
        return self._says(b"TRANSP").strip().upper() == "TRANSPARENT" or self._says(b"X-MICROSOFT-CDO-BUSYSTATUS").strip().upper() == "FREE"

    def _says(self, name: bytes) -> str:
        found = self.component.first(name)
        return text(found.value) if found else ""


def uid_of(component: Component) -> str:
    found = component.first(b"UID")
    return text(found.value).strip() if found else ""


def event_of(component: Component, clocks: Clocks) -> Event:
    """Raises Skip for an event that is not whole, or whose times cannot be read."""
    if not component.is_whole:
        raise Skip("unclosed")
    given, instance = component.first(b"DTSTART"), component.first(b"RECURRENCE-ID")
    if given is None:
        raise Skip("no-start")
    start, uid, faults = _time(given, "bad-start", clocks), uid_of(component), list[Skip]()
    return Event(
        component,
        uid or _named_by_content(component),
        bool(uid),
        start,
        key_of(start),
        lasting_of(component, start, clocks),
        _time(instance, "bad-instance", clocks, start) if instance else None,
        instance is not None and b"THISANDFUTURE" in instance.parameters.upper(),
        _version(component),
        tuple(_added(component, start, clocks, faults)),
        frozenset(_excepted(component, start, clocks, faults)),
        faults,
    )


def _time(given: Property, code: str, clocks: Clocks, near: date | None = None) -> date:
    try:
        return read_start(given, given.value, clocks, near=near)
    except ValueError:
        raise Skip(code, given.line) from None


def _version(component: Component) -> tuple[int, bytes, int]:
    given = component.first(b"SEQUENCE")
    stamps = (given.value for name in (b"LAST-MODIFIED", b"DTSTAMP") for given in component.all(name))
    return number(given.value) if given else 0, max(stamps, default=b""), component.line


def _named_by_content(component: Component) -> str:
    """A name for an event without UID, which stays as long as it says the same: two alike are one."""
    names = (b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"RECURRENCE-ID", b"SUMMARY", b"LOCATION")
    said = b"\n".join(name + given.parameters + given.value for name in names for given in component.all(name))
    return "without-uid-" + sha256(said).hexdigest()[:24]


def _added(component: Component, start: date, clocks: Clocks, faults: list[Skip]) -> Iterator[tuple[date, Lasting | None]]:
    for given, value in _listed(component, b"RDATE"):
        begins, _, rest = value.partition(b"/")
        try:
            one = fitted(read_start(given, begins, clocks, near=start), start)
            yield one, _period(one, given, rest, clocks) if rest else None
        except (ValueError, OverflowError, Skip):
            faults.append(Skip("bad-addition", given.line))


def _period(start: date, given: Property, rest: bytes, clocks: Clocks) -> Lasting:
    if rest[:1] in (b"P", b"+", b"-"):
        return for_length(start, length(rest))
    return until(start, read_time(given, rest, clocks, near=start))


def _excepted(component: Component, start: date, clocks: Clocks, faults: list[Skip]) -> Iterator[date]:
    """The key of an instance, or a day for all of the day."""
    for given, value in _listed(component, b"EXDATE"):
        try:
            found = read_start(given, value, clocks, near=start)
            yield key_of(found) if isinstance(start, datetime) else day_of(found)
        except ValueError:
            faults.append(Skip("bad-exception", given.line))


def _listed(component: Component, name: bytes) -> Iterator[tuple[Property, bytes]]:
    return ((given, value) for given in component.all(name) for value in given.value.split(b",") if value.strip())
