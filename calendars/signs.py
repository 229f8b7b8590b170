"""Signs: a feed as JSON for machines - what is on now and what comes next, from the same events as the calendar."""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from calendars.events import Event, State
from kernel.wallclock import zone_of

MOST_COMING = 10
HIDDEN = (State.CANCELLED, State.HOURS)


@dataclass(frozen=True, slots=True)
class Sign:
    """What is told at a moment: ``number`` of changes so far, the moment of the last one, and the text."""

    number: int
    since: datetime | None
    body: bytes


@dataclass(frozen=True, slots=True)
class _Board:
    """All that a feed tells, in order, and when anything begins or ends."""

    about: Mapping[str, Any]
    entries: tuple[tuple[datetime, datetime, Mapping[str, Any]], ...]
    edges: tuple[datetime, ...]


def entry_bytes(event: Event) -> bytes:
    """One event as a line of JSON, nothing for what takes no time; equal events give equal bytes."""
    if event.state in HIDDEN:
        return b""
    zone = zone_of(event.zone)
    told = {
        "uid": event.uid,
        "summary": event.summary,
        "status": event.state,
        "start": event.starts_at.astimezone(zone).isoformat(),
        "end": event.ends_at.astimezone(zone).isoformat(),
        "all_day": event.all_day,
        "room": event.where.categories[0],
        "location": event.where.location,
        "url": event.url,
        "description": event.description,
    }
    return _line(told)


def board_head(about: Mapping[str, str]) -> bytes:
    """The line before the entries of a board: the text from which a sign is read at any moment."""
    return _line(about)


def sign_at(board: bytes, moment: datetime) -> Sign:
    """What stands on a sign at a moment: what is on ``now``, the ``next`` ten, since when and until when that holds."""
    read = _read(board)
    number = bisect_right(read.edges, moment)
    since = read.edges[number - 1] if number else None
    until = read.edges[number] if number < len(read.edges) else None
    told = {
        **read.about,
        "until": until.astimezone(zone_of(read.about["zone"])).isoformat() if until else None,
        "now": [entry for start, end, entry in read.entries if start <= moment < end],
        "next": [entry for start, _, entry in read.entries if start > moment][:MOST_COMING],
    }
    return Sign(number, since, json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")


@lru_cache(maxsize=32)
def _read(board: bytes) -> _Board:
    about, *told = map(json.loads, board.splitlines())
    found = [(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]), one) for one in told]
    entries = tuple(sorted(found, key=lambda entry: (entry[0], entry[1], entry[2]["uid"])))
    edges = sorted({edge for start, end, _ in entries for edge in (start, end)})
    return _Board(about, entries, tuple(edges))


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "ignore") + b"\n"
