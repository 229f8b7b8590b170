"""A feed of 5,000 events: rendered from nothing, given whole, and not modified, beside floors that only write text."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text as text_of
from sqlalchemy.orm import Session

from accounts.queries import actor_of
from bench.clients import Asking, header_of, load
from bench.floors import BODY
from bench.seeding import build_rooms, fill
from bench.served import Bases, Served, served
from bench.table import Line, milliseconds, rate
from bench.timing import alternating, per_piece
from calendars import text
from calendars.cache import Cache
from calendars.feeds import Asked, Feeds
from calendars.models import Audience
from calendars.standing import Address
from calendars.tokens import Draft, make_feed, revoke_feed
from calendars.window import Wanted
from database.transact import Database
from kernel.clock import now
from tests.storm import prepare

LARGE, SMALL = ("storhallen", 5_000), ("lillehallen", 500)
ROOMS = 20
PUBLIC_URL = "http://127.0.0.1:8000"
REMEMBERED = (text.repeated_line, text.repeated_list, text.repeated_uri)
ROWS = """
SELECT booking.reference, occurrence.number, occurrence.starts_at, occurrence.ends_at, occurrence.local_start, occurrence.local_end,
    occurrence.changed_at, occurrence.sequence, room.name, organisation.name
FROM occurrence JOIN booking ON booking.id = occurrence.booking_id JOIN room ON room.id = occurrence.room_id
JOIN venue ON venue.id = room.venue_id LEFT JOIN organisation ON organisation.id = booking.organisation_id
WHERE venue.slug = 'storhallen' ORDER BY occurrence.starts_at"""
EVENT = """BEGIN:VEVENT\r
UID:{}-{}@arena\r
DTSTAMP:{:%Y%m%dT%H%M%S}Z\r
LAST-MODIFIED:{:%Y%m%dT%H%M%S}Z\r
SEQUENCE:{}\r
DTSTART;TZID=Europe/Oslo:{:%Y%m%dT%H%M%S}\r
DTEND;TZID=Europe/Oslo:{:%Y%m%dT%H%M%S}\r
SUMMARY:{}\r
STATUS:CONFIRMED\r
LOCATION:{}\r
END:VEVENT\r
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSize:
    """How much is measured: rounds, requests in each, renderings in each."""

    rounds: int = 5
    requests: int = 200
    cold: int = 3


def feed_lines(bases: Bases, kind: str, folder: Path, size: FeedSize) -> list[Line]:
    """The lines of one kind of database."""
    database = bases.make(kind, "feeds")
    prepare(database)
    revoked = database.transact(_revoked)
    for venue, events in (LARGE, SMALL):
        build_rooms(database, venue, ROOMS, now=now())
        fill(database, venue, events, first=now().date() - timedelta(days=50), now=now())
    instance = folder / f"{kind}-feeds"
    instance.mkdir()
    (instance / BODY).write_bytes(_rendered(database))
    with ExitStack() as ending:
        cold = _cold(database, kind, size)
        places = ending.enter_context(served(database, instance))
        return [*cold, *_over_http(places, kind, size), _secrecy(places, kind, size, revoked)]


def _revoked(session: Session) -> str:
    """A token that was issued and ended."""
    by = actor_of(session, session.execute(text_of("SELECT min(person_id) FROM delegation")).scalar_one())
    made = make_feed(session, Draft("Ended", Audience.BOOKER), by=by, now=now())
    revoke_feed(session, made.feed.id, by=by, now=now())
    return made.token


def _secrecy(places: Served, kind: str, size: FeedSize, revoked: str) -> Line:
    """How long it takes to say that an address was ended, beside one that never was."""
    works = {
        name: _asking(places.ours, f"/calendars/private/{token}.ics", status, size)
        for name, token, status in (("never", "x" * 32, 404), ("ended", revoked, 410))
    }
    found = alternating(works, rounds=size.rounds)
    return Line(
        work=f"{kind}, an address that was ended, beside one that never was",
        floor=rate(found.typical("never")),
        ours=rate(found.typical("ended")),
        ratio=found.ratio("ended", "never"),
        goal="<= 1.2",
    )


def _asking(port: int, path: str, status: int, size: FeedSize, **headers: str) -> Callable[[], float]:
    asked = [Asking("GET", path, status, headers={name.replace("_", "-"): value for name, value in headers.items()})]
    return lambda: load(port, asked * size.requests, clients=1).each


def _rendered(database: Database) -> bytes:
    """The whole feed by a process that has told nothing before: no copy in memory, none in a file, no line remembered."""
    for remembered in REMEMBERED:
        remembered.cache_clear()
    with tempfile.TemporaryDirectory() as files:
        feeds = Feeds(database, Cache(Path(files)), PUBLIC_URL)
        told = feeds.answer(Asked(Address("venue", LARGE[0]), Wanted()), now=now())
    return told.body or b""


def _cold(database: Database, kind: str, size: FeedSize) -> list[Line]:
    """In process, because a server would have to be restarted for each."""
    rows = _read(database)
    works = {
        "ours": lambda: per_piece(lambda: _rendered(database), pieces=size.cold),
        "template": lambda: per_piece(lambda: _templated(rows), pieces=size.cold),
        "read": lambda: per_piece(lambda: _templated(_read(database)), pieces=size.cold),
    }
    found = alternating(works, rounds=size.rounds)

    def line(work: str, floor: str, goal: str) -> Line:
        return Line(
            work=f"{kind}, {LARGE[1]:,} events from nothing, beside {work}",
            floor=milliseconds(found.typical(floor)),
            ours=milliseconds(found.typical("ours")),
            ratio=found.ratio("ours", floor),
            goal=goal,
        )

    return [line("a string template", "template", "<= 3"), line("raw SQL and a template", "read", "")]


def _read(database: Database) -> list[tuple[Any, ...]]:
    """The rows of the large feed by raw SQL, instants and wall clocks as datetimes."""
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(ROWS).fetchall()
    moment: Callable[[Any], Any] = datetime.fromtimestamp if database.url.startswith("sqlite") else lambda value: value
    wall: Callable[[Any], Any] = datetime.fromisoformat if database.url.startswith("sqlite") else lambda value: value
    return [(*row[:2], *map(moment, row[2:4]), *map(wall, row[4:6]), moment(row[6]), *row[7:]) for row in found]


def _templated(rows: list[tuple[Any, ...]]) -> bytes:
    events = [
        EVENT.format(reference, number, changed, changed, sequence, start, end, holder, room)
        for reference, number, _, _, start, end, changed, sequence, room, holder in rows
    ]
    return "".join(["BEGIN:VCALENDAR\r\n", *events, "END:VCALENDAR\r\n"]).encode()


def _over_http(places: Served, kind: str, size: FeedSize) -> list[Line]:
    paths = {name: f"/calendars/venues/{venue}.ics" for name, (venue, _) in (("large", LARGE), ("small", SMALL))}
    tags = {name: header_of(places.ours, path, "ETag", {}) for name, path in paths.items()}
    works = {
        "empty": _asking(places.floor, "/empty", 200, size),
        "bytes": _asking(places.floor, "/bytes", 200, size),
        "whole": _asking(places.ours, paths["large"], 200, size),
        "large": _asking(places.ours, paths["large"], 304, size, If_None_Match=tags["large"]),
        "small": _asking(places.ours, paths["small"], 304, size, If_None_Match=tags["small"]),
    }
    found = alternating(works, rounds=size.rounds)
    return [
        Line(
            work=f"{kind}, whole and unchanged, beside the same bytes from memory",
            floor=milliseconds(found.typical("bytes")),
            ours=milliseconds(found.typical("whole")),
            ratio=found.ratio("whole", "bytes"),
            goal="<= 2",
        ),
        Line(
            work=f"{kind}, not modified, beside an empty route",
            floor=rate(found.typical("empty")),
            ours=rate(found.typical("large")),
            ratio=1 / found.ratio("large", "empty"),
            goal=">= 0.7",
        ),
        Line(
            work=f"{kind}, not modified, {LARGE[1]:,} events beside {SMALL[1]}",
            floor=rate(found.typical("small")),
            ours=rate(found.typical("large")),
            ratio=found.ratio("large", "small"),
            goal="<= 1.2",
        ),
    ]
