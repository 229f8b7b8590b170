"""The content lines of a foreign calendar, by component (RFC 5545 3.1, 3.6): only the properties that are asked for, with their lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from calendars.incoming.bounds import MOST_BYTES, MOST_DEPTH, MOST_EVENTS, MOST_LINES, Unreadable

# The value begins after the first colon outside of quotes; possessive, so that no line is looked at twice.
HEAD = re.compile(rb'([A-Za-z0-9-]+)((?:;(?:[^":]|"[^"]*+"?+)*+)?+):')
FORMS = {b"VCALENDAR": None, b"VEVENT": b"VCALENDAR", b"VTIMEZONE": b"VCALENDAR", b"STANDARD": b"VTIMEZONE", b"DAYLIGHT": b"VTIMEZONE"}
# None of these has a colon in its value, and zones do, without quotes: (UTC+01:00) Oslo.
TIMES = {b"DTSTART", b"DTEND", b"EXDATE", b"RDATE", b"RECURRENCE-ID"}
READ = TIMES | {b"UID", b"SUMMARY", b"STATUS", b"SEQUENCE", b"TRANSP", b"LOCATION", b"DURATION", b"RRULE", b"EXRULE", b"DTSTAMP"}
READ |= {b"LAST-MODIFIED", b"X-MICROSOFT-CDO-BUSYSTATUS", b"TZID", b"TZOFFSETFROM", b"TZOFFSETTO"}
READ |= {b"X-WR-TIMEZONE", b"REFRESH-INTERVAL", b"X-PUBLISHED-TTL"}
WEB_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|head|body|div|script)", re.I)
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True)
class Property:
    """A property as it stands: the number of its line in the file, its parameters and its value, undecoded."""

    line: int
    parameters: bytes
    value: bytes


@dataclass(slots=True)
class Component:
    """A component: its name, the line it begins in, the properties that are read, the components in it, and whether it ends."""

    name: bytes
    line: int
    properties: dict[bytes, list[Property]] = field(default_factory=dict)
    parts: list["Component"] = field(default_factory=list)
    is_whole: bool = False

    def first(self, name: bytes) -> Property | None:
        found = self.properties.get(name)
        return found[0] if found else None

    def all(self, name: bytes) -> list[Property]:
        return self.properties.get(name, [])

    def named(self, *names: bytes) -> Iterator["Component"]:
        return (part for part in self.parts if part.name in names)


def calendars_in(data: bytes) -> list[Component]:
    """The calendars of a file; raises Unreadable for what is none, or not all of one."""
    tree = _Tree()
    for number, line in _unfolded(_plain(data)):
        tree.take(number, line)
    if any(not calendar.is_whole for calendar in tree.calendars):
        raise Unreadable("truncated")
    if not tree.calendars:
        raise Unreadable("not-a-calendar")
    return tree.calendars


def _plain(data: bytes) -> bytes:
    """The bytes in UTF-8 with one kind of line end, or Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too-large")
    if not data.strip():
        raise Unreadable("empty")
    if data[:2] == b"\x1f\x8b" or data[:2] == b"PK":
        raise Unreadable("compressed")
    if data[:2] in BYTE_ORDER_MARKS:
        data = data.decode(BYTE_ORDER_MARKS[data[:2]], "replace").encode()
    if WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable("web-page")
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data.count(b"\n") > MOST_LINES:
        raise Unreadable("too-large")
    return data


def _unfolded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each content line with the number of its first line in the file (RFC 5545 3.1); bytes, since a fold may part a letter."""
    begins, pieces = 0, [b""]
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line[:1] in (b" ", b"\t"):
            pieces.append(line[1:])
        elif line:
            yield begins, pieces[0] if len(pieces) == 1 else b"".join(pieces)
            begins, pieces = number, [line]
    yield begins, b"".join(pieces)


class _Tree:
    """The components that are open, the outermost first; those of other kinds only by name."""

    def __init__(self) -> None:
        self.calendars: list[Component] = []
        self.open: list[Component] = []
        self.events = 0

    def take(self, number: int, line: bytes) -> None:
        found = HEAD.match(line)
        if not found:
            return
        name = found[1].upper()
        if name == b"BEGIN":
            self._begin(line[found.end() :].strip().upper(), number)
        elif name == b"END":
            self._end(line[found.end() :].strip().upper())
        elif name in READ and self.open:
            end = line.rindex(b":") + 1 if name in TIMES else found.end()
            given = Property(number, line[found.end(1) : end - 1], line[end:])
            self.open[-1].properties.setdefault(name, []).append(given)

    def _begin(self, name: bytes, number: int) -> None:
        around = FORMS.get(name, b"")
        if around is None:
            self.open.clear()
        elif around:
            # What was not ended before the next of its kind begins is not whole.
            while self.open and self.open[-1].name != around:
                self.open.pop()
        self._add(Component(name, number))

    def _add(self, component: Component) -> None:
        if component.name == b"VCALENDAR":
            self.calendars.append(component)
        elif self.open and FORMS.get(component.name) == self.open[-1].name:
            self.open[-1].parts.append(component)
        self.events += component.name == b"VEVENT"
        if self.events > MOST_EVENTS:
            raise Unreadable("too-many-events")
        if len(self.open) >= MOST_DEPTH:
            raise Unreadable("nested")
        self.open.append(component)

    def _end(self, name: bytes) -> None:
        # The last one is nearly always meant.
        if not self.open or (self.open[-1].name != name and all(component.name != name for component in self.open)):
            return
        while self.open[-1].name != name:
            self.open.pop()
        self.open.pop().is_whole = True
