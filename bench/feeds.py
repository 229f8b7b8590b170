"""Feeds of 500, 5,000 and 20,000 events: from nothing, after one change, whole, not modified, and what they take of memory; beside
floors that only write text, and beside Radicale with the same events."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from accounts.queries import actor_of
from bench import peers
from bench.clients import Asking, header_of, load
from bench.floors import BODY
from bench.seeding import build_rooms, fill
from bench.served import Bases, memory_of, served
from bench.table import Line, megabytes, milliseconds, rate
from bench.timing import Measure, alternating, per_piece
from booking.models import Booking, Occurrence
from calendars.cache import Cache
from calendars.events import lines_of_place
from calendars.feeds import Asked, Feeds
from calendars.models import Audience
from calendars.standing import Address
from calendars.text import repeated_line, repeated_uri, wall
from calendars.tokens import Draft, make_feed, revoke_feed
from calendars.window import Wanted
from calendars.zones import is_safe
from database.transact import Database
from database.types import from_seconds
from kernel.clock import now
from tests import postgres
from tests.storm import prepare, servers
from venues.models import Space

ROOMS = 20
FEW = 3
PUBLIC_URL = "http://127.0.0.1:8000"
MEGABYTE = 1_000_000
REMEMBERED = (repeated_line, repeated_uri, lines_of_place, wall, is_safe, from_seconds)
ROWS = """
SELECT booking.reference, occurrence.number, occurrence.starts_at, occurrence.ends_at, occurrence.local_start, occurrence.local_end,
    occurrence.changed_at, occurrence.sequence, room.name, organisation.name
FROM occurrence JOIN booking ON booking.id = occurrence.booking_id JOIN room ON room.id = occurrence.room_id
JOIN venue ON venue.id = room.venue_id LEFT JOIN organisation ON organisation.id = booking.organisation_id
WHERE venue.slug = '{}' ORDER BY occurrence.starts_at"""
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
TOUCHED = """
SELECT occurrence.booking_id, room_space.space_id FROM occurrence JOIN room ON room.id = occurrence.room_id
JOIN venue ON venue.id = room.venue_id JOIN room_space ON room_space.room_id = room.id
WHERE venue.slug = :venue ORDER BY occurrence.id LIMIT 1 OFFSET 100"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSize:
    """How much is measured: rounds of renderings, rounds over HTTP, requests and renderings in each; how many events there are in
    each feed."""

    rounds: int = 5
    exchanges: int = 15
    requests: int = 100
    cold: int = 3
    events: tuple[int, ...] = (500, 5_000, 20_000)


@dataclass(frozen=True, slots=True)
class Subject:
    """A database of one kind with a venue for each number of events, from the smallest feed to the largest."""

    database: Database
    kind: str
    size: FeedSize
    bodies: Mapping[int, bytes]
    ended: str


def feed_lines(bases: Bases, kind: str, folder: Path, size: FeedSize) -> list[Line]:
    """The lines of one kind of database."""
    database = bases.make(kind, "feeds")
    prepare(database)
    for events in size.events:
        build_rooms(database, _venue(events), ROOMS, now=now())
        fill(database, _venue(events), events, first=now().date() - timedelta(days=50), now=now())
    ended = database.transact(_ended)
    place = folder / f"{kind}-feeds"
    place.mkdir()
    subject = Subject(database, kind, size, {events: _rendered(database, events) for events in size.events}, ended)
    return [
        *_cold(subject),
        _changed(subject),
        *_over_http(subject, place),
        _secrecy(subject, place),
        _kept(subject, place),
        *_beside_radicale(subject, place),
    ]


def _venue(events: int) -> str:
    return f"hall-{events}"


def _address(events: int) -> str:
    return f"/calendars/venues/{_venue(events)}.ics"


def _rendered(database: Database, events: int) -> bytes:
    """A whole feed by a process that has told nothing before: no copy in memory, none in a file, no line remembered."""
    for remembered in REMEMBERED:
        remembered.cache_clear()
    with tempfile.TemporaryDirectory() as files:
        return _told(Feeds(database, Cache(Path(files)), PUBLIC_URL), events)


def _told(feeds: Feeds, events: int) -> bytes:
    return feeds.answer(Asked(Address("venue", _venue(events)), Wanted()), now=now()).body or b""


def _cold(subject: Subject) -> Iterator[Line]:
    """In process, because a server would have to be restarted for each."""
    database, size = subject.database, subject.size
    typical = {}
    for events in size.events[1:]:
        rows = _read(database, events)
        works = {
            "ours": partial(per_piece, partial(_rendered, database, events), pieces=size.cold),
            "a string template": partial(per_piece, partial(_templated, rows), pieces=size.cold),
            "raw SQL and a template": partial(per_piece, partial(_read_and_templated, database, events), pieces=size.cold),
        }
        found = alternating(works, rounds=size.rounds)
        typical[events] = found.typical("ours") / events
        for floor, goal in (("a string template", "<= 3"), ("raw SQL and a template", "")):
            yield Line(
                work=f"{subject.kind}, {events:,} events from nothing, beside {floor}",
                floor=milliseconds(found.typical(floor)),
                ours=milliseconds(found.typical("ours")),
                ratio=found.ratio("ours", floor),
                goal=goal,
            )
    few, many = size.events[1:]
    yield Line(
        work=f"{subject.kind}, each of {many:,} events beside each of {few:,}",
        floor=milliseconds(typical[few]),
        ours=milliseconds(typical[many]),
        ratio=typical[many] / typical[few],
        goal="<= 1.2",
    )


def _read(database: Database, events: int) -> list[tuple[Any, ...]]:
    """The rows of a feed by raw SQL, instants and wall clocks as datetimes."""
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(ROWS.format(_venue(events))).fetchall()
    moment: Callable[[Any], Any] = datetime.fromtimestamp if database.url.startswith("sqlite") else lambda value: value
    wall: Callable[[Any], Any] = datetime.fromisoformat if database.url.startswith("sqlite") else lambda value: value
    return [(*row[:2], *map(moment, row[2:4]), *map(wall, row[4:6]), moment(row[6]), *row[7:]) for row in found]


def _templated(rows: list[tuple[Any, ...]]) -> bytes:
    events = [
        EVENT.format(reference, number, changed, changed, sequence, start, end, holder, room)
        for reference, number, _, _, start, end, changed, sequence, room, holder in rows
    ]
    return "".join(["BEGIN:VCALENDAR\r\n", *events, "END:VCALENDAR\r\n"]).encode()


def _read_and_templated(database: Database, events: int) -> bytes:
    return _templated(_read(database, events))


def _changed(subject: Subject) -> Line:
    """One booking gets another purpose: what that costs whoever asks first, beside building the whole feed."""
    database, events = subject.database, subject.size.events[-1]
    with tempfile.TemporaryDirectory() as files:
        feeds = Feeds(database, Cache(Path(files)), PUBLIC_URL)
        _told(feeds, events)

        def after_one() -> float:
            database.transact(_touch, _venue(events), now=now())
            return per_piece(lambda: _told(feeds, events))

        works = {"whole": lambda: per_piece(lambda: _rendered(database, events)), "changed": after_one}
        found = alternating(works, rounds=subject.size.rounds)
    return Line(
        work=f"{subject.kind}, after one change among {events:,}, beside the whole from nothing",
        floor=milliseconds(found.typical("whole")),
        ours=milliseconds(found.typical("changed")),
        ratio=found.ratio("changed", "whole"),
        goal="<= 0.25",
    )


def _touch(session: Session, venue: str, *, now: datetime) -> None:
    """What a change of a booking leaves behind that a feed goes by: its version, its time, and the revision of its space."""
    number, space = session.execute(text(TOUCHED), {"venue": venue}).one()
    session.execute(update(Booking).where(Booking.id == number).values(version=Booking.version + 1, changed_at=now))
    session.execute(update(Occurrence).where(Occurrence.booking_id == number).values(changed_at=now))
    session.execute(update(Space).where(Space.id == space).values(revision=Space.revision + 1))


def _over_http(subject: Subject, place: Path) -> Iterator[Line]:
    size = subject.size
    for events in size.events[1:]:
        (place / BODY).write_bytes(subject.bodies[events])
        with served(subject.database, place) as places:
            works = {
                "empty": _asking(places.floor, "/empty", size.requests),
                "bytes": _asking(places.floor, "/bytes", size.requests),
                "whole": _asking(places.ours, _address(events), size.requests),
            }
            works |= {str(number): _unmodified(places.ours, number, size.requests) for number in (size.events[0], events)}
            found = alternating(works, rounds=size.exchanges)
        yield Line(
            work=f"{subject.kind}, {events:,} whole and unchanged, beside the same bytes from memory",
            floor=milliseconds(found.typical("bytes")),
            ours=milliseconds(found.typical("whole")),
            ratio=found.ratio("whole", "bytes"),
            goal="<= 2",
        )
        yield Line(
            work=f"{subject.kind}, {events:,} not modified, beside an empty route",
            floor=rate(found.typical("empty")),
            ours=rate(found.typical(str(events))),
            ratio=1 / found.ratio(str(events), "empty"),
            goal=">= 0.7",
        )
        yield Line(
            work=f"{subject.kind}, not modified, {events:,} events beside {size.events[0]}",
            floor=rate(found.typical(str(size.events[0]))),
            ours=rate(found.typical(str(events))),
            ratio=found.ratio(str(events), str(size.events[0])),
            goal="<= 1.2",
        )


def _ended(session: Session) -> str:
    """A token that was issued and ended."""
    by = actor_of(session, session.execute(text("SELECT min(person_id) FROM delegation")).scalar_one())
    made = make_feed(session, Draft("Ended", Audience.BOOKER), by=by, now=now())
    revoke_feed(session, made.feed.id, by=by, now=now())
    return made.token


def _secrecy(subject: Subject, place: Path) -> Line:
    """How long it takes to say that an address was ended, beside one that never was."""
    told = (("never", "x" * len(subject.ended), 404), ("ended", subject.ended, 410))
    with served(subject.database, place) as places:
        asked = {
            name: _asking(places.ours, f"/calendars/private/{token}.ics", subject.size.requests, status) for name, token, status in told
        }
        found = alternating(asked, rounds=subject.size.exchanges)
    return Line(
        work=f"{subject.kind}, an address that was ended, beside one that never was",
        floor=rate(found.typical("never")),
        ours=rate(found.typical("ended")),
        ratio=found.ratio("ended", "never"),
        goal="<= 1.2",
    )


def _asking(port: int, path: str, requests: int, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> Measure:
    asked = [Asking("GET", path, status, headers=headers)]
    return lambda: load(port, asked * requests, clients=1).each


def _unmodified(port: int, events: int, requests: int) -> Measure:
    tag = header_of(port, _address(events), "ETag", {})
    return _asking(port, _address(events), requests, 304, {"If-None-Match": tag})


def _kept(subject: Subject, place: Path) -> Line:
    """What a process keeps once it has told every feed, beside what it keeps of none."""
    port, apart = postgres.free_port(), place / "alone"
    apart.mkdir()
    with servers(subject.database.url, apart, port, workers=1) as server:
        idle = memory_of(server)
        for events in subject.size.events:
            load(port, [Asking("GET", _address(events), 200)] * 2, clients=1)
        told = memory_of(server)
    return Line(
        work=f"{subject.kind}, memory of a process that told all of them, MB more than idle",
        floor=megabytes(idle),
        ours=megabytes(told),
        ratio=(told - idle) / MEGABYTE,
        goal="<= 60",
    )


def _beside_radicale(subject: Subject, place: Path) -> Iterator[Line]:
    """The whole feed for who has it already and for who sees one change: Radicale sends all of it both times."""
    size = subject.size
    paths = {events: peers.collect(place, str(events), subject.bodies[events]) for events in size.events}
    with ExitStack() as ending:
        theirs = ending.enter_context(peers.served(place))
        ours = ending.enter_context(served(subject.database, place)).ours
        for events, path in paths.items():
            works = {
                "theirs": _asking(theirs.port, path, FEW, headers=peers.WHO),
                "whole": _asking(ours, _address(events), FEW),
                "not modified": _unmodified(ours, events, FEW),
            }
            found = alternating(works, rounds=FEW)
            for name in ("whole", "not modified"):
                yield Line(
                    work=f"{subject.kind}, {events:,} {name}, beside Radicale",
                    floor=milliseconds(found.typical("theirs")),
                    ours=milliseconds(found.typical(name)),
                    ratio=found.ratio(name, "theirs"),
                )
        yield Line(work=f"{subject.kind}, memory of Radicale that told all of them", ours=megabytes(memory_of(theirs)))
