"""Events: from a frozen value to the bytes of one VEVENT, and from those to a calendar (RFC 5545, RFC 7986)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from calendars.text import day, duration, line, list_line, mailto, repeated_line, repeated_uri, text_line, utc, wall
from calendars.zones import block_of, is_safe

LONGEST_DESCRIPTION = 4000
PRODUCT = "-//Arena//Kalenderabonnement 1.0//NO"
EVENT_END = b"END:VEVENT\r\n"
CALENDAR_END = b"END:VCALENDAR\r\n"


class State(StrEnum):
    """How an event stands."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    HOURS = "hours"


# STATUS and TRANSP: a closure is as certain, and takes as much time, as a booking; hours of a day's own take none.
LINES_OF_STATE = {
    State.CONFIRMED: b"STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n",
    State.TENTATIVE: b"STATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\n",
    State.CANCELLED: b"STATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\n",
    State.CLOSED: b"STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n",
    State.HOURS: b"STATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\n",
}


class Method(StrEnum):
    """What a message asks of its reader's calendar (RFC 5546 3.2)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Where(NamedTuple):
    """Where an event is: a line for maps, a point on them, and the names that it is sorted by."""

    location: str = ""
    geo: tuple[float, float] | None = None
    categories: tuple[str, ...] = ()


class Event(NamedTuple):
    """What one occurrence or closure says to one audience; a tuple, because a feed makes thousands of them.

    ``uid`` is ASCII without spaces, at most 70 characters, and never changes; ``local_start`` and ``local_end`` are the
    wall clock in ``zone``, ``starts_at`` and ``ends_at`` the same in UTC; without a zone it is told in UTC. An all-day event
    ends at a local midnight.
    """

    uid: str
    sequence: int
    created: datetime | None
    modified: datetime
    local_start: datetime
    local_end: datetime
    zone: str
    starts_at: datetime
    ends_at: datetime
    state: State
    summary: str
    all_day: bool = False
    where: Where = Where()
    url: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the events of a calendar; ``zones`` are those its events speak of.

    There is no X-WR-TIMEZONE: no time floats, and a reader that turns UTC into that zone takes the second of a repeated
    hour for the first (recurring-ical-events 3.8, by x-wr-timezone).
    ``source`` is empty for a secret address: files are passed on.
    """

    name: str
    description: str
    zones: tuple[str, ...]
    modified: datetime
    url: str
    source: str = ""
    refresh: timedelta = timedelta(minutes=15)
    color: tuple[str, str] = ("steelblue", "#4682B4")


def event_bytes(event: Event) -> bytes:
    """One VEVENT, ending in CRLF; equal events give equal bytes."""
    changed = utc(event.modified)
    created = f"CREATED:{utc(event.created)}\r\n" if event.created else ""
    stamps = f"UID:{event.uid}\r\nDTSTAMP:{changed}\r\nLAST-MODIFIED:{changed}\r\n{created}SEQUENCE:{event.sequence}\r\n"
    parts = [
        b"BEGIN:VEVENT\r\n",
        f"{stamps}{_times(event)}".encode(),
        repeated_line("SUMMARY", event.summary),
        LINES_OF_STATE[event.state],
        lines_of_place(event.where),
    ]
    if event.url:
        parts.append(repeated_uri("URL", event.url))
    if event.description:
        parts.append(text_line("DESCRIPTION", shortened(event.description)))
    parts.append(EVENT_END)
    return b"".join(parts)


def head_bytes(head: Head) -> bytes:
    """Everything before the first event, with the zone blocks (RFC 7986 and what Apple, Google and Outlook read)."""
    refresh = duration(head.refresh)
    lines = [
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        line("PRODID", PRODUCT),
        b"CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n",
        text_line("NAME", head.name),
        text_line("X-WR-CALNAME", head.name),
        text_line("X-WR-CALDESC", head.description),
        line("LAST-MODIFIED", utc(head.modified)),
        line("REFRESH-INTERVAL", refresh, VALUE="DURATION"),
        line("X-PUBLISHED-TTL", refresh),
        line("COLOR", head.color[0]),
        line("X-APPLE-CALENDAR-COLOR", head.color[1]),
        line("SOURCE", head.source, VALUE="URI") if head.source else b"",
        line("URL", head.url),
    ]
    blocks = [block.text for zone in head.zones if (block := block_of(zone))]
    return b"".join([*lines, *blocks])


def message_bytes(event: Event, *, organizer: tuple[str, str], attendee: tuple[str, str]) -> tuple[Method, bytes]:
    """An iTIP message from an organizer to one attendee, each by name and address, about one event, in UTC (RFC 5546 3.2).

    Who booked has said yes by that: nothing is asked of the attendee.
    """
    method = Method.CANCEL if event.state is State.CANCELLED else Method.REQUEST
    parts = [
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        line("PRODID", PRODUCT),
        line("CALSCALE", "GREGORIAN"),
        line("METHOD", method),
        event_bytes(event._replace(zone="")).removesuffix(EVENT_END),
        line("ORGANIZER", mailto(organizer[1]), **_named(organizer[0])),
        line("ATTENDEE", mailto(attendee[1]), **_named(attendee[0]), ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE"),
        EVENT_END,
        CALENDAR_END,
    ]
    return method, b"".join(parts)


def shortened(text: str) -> str:
    """At most 4,000 octets of UTF-8, cut between characters with an ellipsis."""
    octets = text.encode("utf-8", "ignore")
    if len(octets) <= LONGEST_DESCRIPTION:
        return text
    return octets[: LONGEST_DESCRIPTION - 3].decode("utf-8", "ignore") + "…"


@lru_cache(maxsize=1024)
def lines_of_place(where: Where) -> bytes:
    """The lines of an event that say where it is."""
    location = text_line("LOCATION", where.location) if where.location else b""
    geo = b"GEO:%.6f;%.6f\r\n" % where.geo if where.geo else b""
    return location + geo + (list_line("CATEGORIES", where.categories) if where.categories else b"")


def _named(name: str) -> dict[str, str]:
    return {"CN": name} if name else {}


def _times(event: Event) -> str:
    if event.all_day:
        return f"DTSTART;VALUE=DATE:{day(event.local_start)}\r\nDTEND;VALUE=DATE:{day(event.local_end)}\r\n"
    if is_safe(event.local_start, event.zone) and is_safe(event.local_end, event.zone):
        return f"DTSTART;TZID={event.zone}:{wall(event.local_start)}\r\nDTEND;TZID={event.zone}:{wall(event.local_end)}\r\n"
    return f"DTSTART:{utc(event.starts_at)}\r\nDTEND:{utc(event.ends_at)}\r\n"
