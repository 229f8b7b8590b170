"""Free and busy: when anything in a feed takes the time, without saying what (RFC 5545 3.6.4)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from calendars.events import PRODUCT, State
from calendars.text import line, utc
from kernel.interval import Interval

# The strongest first: what is closed is not free whatever is booked there.
TYPES = {State.CLOSED: "BUSY-UNAVAILABLE", State.CONFIRMED: "BUSY", State.TENTATIVE: "BUSY-TENTATIVE"}
STRONGEST = tuple(TYPES)


class Taking(NamedTuple):
    """From when to when something stands in a feed, and how."""

    starts_at: datetime
    ends_at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class About:
    """What stands before the periods: whose they are, when that last changed, where people read of it, and the time looked at."""

    uid: str
    modified: datetime
    url: str
    window: Interval


def busy_bytes(about: About, takings: Iterable[Taking]) -> bytes:
    """A calendar with one VFREEBUSY; periods in UTC, in order, none touching one of its type.

    There is no METHOD: a published one would have to name an organiser (RFC 5546 3.3.1), and feeds name no person.
    """
    head = [
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        line("PRODID", PRODUCT),
        b"BEGIN:VFREEBUSY\r\n",
        line("UID", about.uid),
        line("DTSTAMP", utc(about.modified)),
        line("DTSTART", utc(about.window.start)),
        line("DTEND", utc(about.window.end)),
        line("URL", about.url),
    ]
    periods = (
        f"FREEBUSY;FBTYPE={TYPES[state]}:{utc(max(start, about.window.start))}/{utc(min(end, about.window.end))}\r\n".encode()
        for start, end, state in periods_of(takings)
        if start < about.window.end and end > about.window.start
    )
    return b"".join([*head, *periods, b"END:VFREEBUSY\r\nEND:VCALENDAR\r\n"])


def periods_of(takings: Iterable[Taking]) -> Iterator[Taking]:
    """The same time as disjoint periods in order, each as the strongest of what stands in it."""
    told = [one for one in takings if one.state in TYPES]
    edges = sorted([(one.starts_at, one.state, 1) for one in told] + [(one.ends_at, one.state, -1) for one in told])
    standing: Counter[State] = Counter()
    since, strongest = edges[0][0] if edges else None, None
    for moment, turns in groupby(edges, key=lambda edge: edge[0]):
        for _, state, step in turns:
            standing[state] += step
        now = next((state for state in STRONGEST if standing[state]), None)
        if now is not strongest:
            if since and strongest:
                yield Taking(since, moment, strongest)
            since, strongest = moment, now
