"""Freedom: which of a thousand rooms are free among 1.6 million claims, the verdicts on those shown, and what to take instead."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session, joinedload

from accounts.identity import SERVICE, Actor
from accounts.queries import actor_of
from bench.served import Bases
from bench.table import Line, milliseconds
from bench.timing import alternating, per_piece, share_below, statements_of
from booking.alternatives import offers_to
from booking.case import Case, path_of
from booking.freedom import Freedom, freedom_of
from booking.models import Claim, Occurrence
from booking.ordinary import tried
from booking.reservations import case_asked, reserve
from booking.search import Search, find_rooms
from booking.timetable import seconds_of
from booking.wish import DatedSpan, Wish
from database.transact import Database
from kernel.clock import now
from kernel.interval import Interval
from kernel.wallclock import WallSpan, at, to_wall
from policies.document import read
from policies.places import place_at
from policies.verbs import publish
from tests.storm import prepare
from venues.models import OpeningHours, Origin, Room, Space, Venue
from venues.opening import Openness

A_VENUE, DOUBLE, GYMS = 10, 10, 30  # rooms in a venue, every so many is two spaces, so many of a hundred rooms are gyms
EMPTY = 20  # rooms that nobody uses: the most that one page shows
HOURS = 2
DAY = timedelta(days=1)
DATES, SHOWN, SHOWN_DATES, STATEMENTS, AHEAD = 20, 20, 40, 8, timedelta(days=14)
POLICY = Path(__file__).parents[1] / "demo" / "policies" / "municipality.json"
# Six of ten stretches of two hours from 7 to 21 by UTC, as if by chance.
CLAIMS = """
INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at)
WITH RECURSIVE days(day) AS (SELECT 0 UNION ALL SELECT day + 1 FROM days WHERE day < :days - 1),
    slots(slot) AS (SELECT 0 UNION ALL SELECT slot + 1 FROM slots WHERE slot < 6),
    begun AS (SELECT id, day, :first + day * 86400 + slot * 7200 AS start,
        CAST((id * 7919 + day * 104729 + slot * 1299709) % 65521 AS bigint) AS mixed FROM space, days, slots WHERE id > :unused)
SELECT id, :occurrence, {instant}(start), {instant}(start + 7200) FROM begun WHERE mixed * mixed % 65519 % 1000 < 580
"""
FREE = """
WITH wanted(s, e) AS (VALUES {times})
SELECT room.id FROM room WHERE capacity >= 30 AND NOT EXISTS (
    SELECT 1 FROM room_space CROSS JOIN wanted JOIN claim ON claim.space_id = room_space.space_id
        AND claim.starts_at > s - {a_day} AND claim.starts_at < e AND claim.ends_at > s
    WHERE room_space.room_id = room.id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreedomSize:
    """How much is measured: rooms, days that are taken, rounds, and wishes for which something else is looked for."""

    rooms: int = 1_000
    days: int = 365
    rounds: int = 9
    wishes: int = 300


def freedom_lines(bases: Bases, kind: str, size: FreedomSize) -> list[Line]:
    """The lines of one kind of database."""
    database = bases.make(kind, "freedom")
    prepare(database)
    database.transact(_build, size.rooms)
    claims = database.transact(_fill, size.days)
    with database.reading() as session:
        rooms = list(session.scalars(select(Room.id).where(Room.capacity >= 30).order_by(Room.id)))
    return [
        *_first_look(database, kind, rooms, claims),
        *_series(database, kind, rooms, size),
        *_after_a_change(database, kind, rooms),
        *_verdicts(database, kind, size),
        *_alternatives(database, kind, size),
    ]


def _build(session: Session, count: int) -> None:
    """Venues of ten rooms with coordinates and hours, each room for thirty people and more."""
    chance = Random(1)
    publish(
        session,
        place_at(session, ""),
        read(POLICY.read_text(encoding="utf-8")),
        to_wall(now(), "Europe/Oslo").date(),
        by=SERVICE,
        now=now(),
    )
    for number in range(count // A_VENUE):
        venue = Venue(slug=f"hus-{number}", name=f"Hus {number}", kind="school", zone="Europe/Oslo", changed_at=now())
        venue.latitude, venue.longitude = 59.70 + chance.random() / 10, 10.10 + chance.random() / 5
        session.add(venue)
        for part in range(A_VENUE):
            session.add(_room(venue, number * A_VENUE + part, chance))
        session.flush()
        for weekday in range(7):
            hours = OpeningHours(venue_id=venue.id, weekday=weekday, from_minute=8 * 60, to_minute=23 * 60, origin=Origin.STAFF)
            hours.openness = Openness.OPEN
            session.add(hours)


def _room(venue: Venue, number: int, chance: Random) -> Room:
    parts = 2 if number % DOUBLE == 0 else 1
    spaces = [Space(venue=venue, slug=f"del-{number}-{part}", name=f"Del {number}-{part}") for part in range(parts)]
    kind = "gym" if number % 100 < GYMS else "classroom"
    size = chance.randrange(30, 200)
    return Room(venue=venue, slug=f"rom-{number}", name=f"Rom {number}", kind=kind, capacity=size, changed_at=now(), spaces=spaces)


def _fill(session: Session, days: int) -> int:
    """Claims of two hours; of one date, because nothing that is measured reads more of it. The guard is not asked meanwhile."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    session.execute(text("DROP TRIGGER claim_guard" if is_sqlite else "ALTER TABLE claim DROP CONSTRAINT claim_guard"))
    unused = select(func.max(Space.id)).where(Space.slug.like(f"del-{EMPTY - 1}-%"))
    first = datetime.combine(now().date() + DAY, datetime.min.time(), now().tzinfo).replace(hour=7)
    given = {"days": days, "first": int(first.timestamp()), "unused": session.scalar(unused), "occurrence": _one_date(session)}
    session.execute(text(CLAIMS.format(instant="" if is_sqlite else "to_timestamp")), given)
    session.execute(text("ANALYZE"))
    return session.scalar(select(func.count()).select_from(Claim)) or 0


def _one_date(session: Session) -> int:
    start = datetime.combine(now().date() + 14 * DAY, datetime.min.time()) + timedelta(hours=10)
    reserve(session, _wish(start), by=_club(session), now=now())
    session.info.pop("locked", None)
    return session.scalars(select(Occurrence.id)).one()


def _wish(start: datetime) -> Wish:
    given = {"room": "oren-flerbrukshall/gymsal-1", "start": start, "end": start + timedelta(hours=HOURS), "purpose": "Trening"}
    return Wish.model_validate(given | {"activity": "sport.training", "participants": {"6-12": 18}, "organisation": "313000001"})


def _club(session: Session) -> Actor:
    return actor_of(session, session.execute(text("SELECT min(person_id) FROM delegation")).scalar_one(), via="api")


def _first_look(database: Database, kind: str, rooms: Sequence[int], claims: int) -> list[Line]:
    """What a process pays once: the claims read into memory, and the memory that they take."""
    before = _resident()
    seconds = per_piece(lambda: _look(database, rooms))
    work = f"{kind}, the first look of a process at {claims:,} claims"
    memory = f"{(_resident() - before) / 2**20:.0f} MB"
    return [Line(work=work, ours=f"{seconds:.1f} s"), Line(work=f"{kind}, memory that the process keeps for it", ours=memory)]


def _series(database: Database, kind: str, rooms: Sequence[int], size: FreedomSize) -> list[Line]:
    times, ahead = _tuesdays(DATES), Interval(now() + DAY, now() + DAY + AHEAD)
    freedom = _look(database, rooms)
    query = _query(database.engine, times)
    works = {
        "sql": lambda: per_piece(lambda: _rows(database, query)),
        "series": lambda: per_piece(lambda: _free_on_all(_look(database, rooms), rooms, times)),
        "alone": lambda: per_piece(lambda: _free_on_all(freedom, rooms, times)),
        "each": lambda: per_piece(lambda: _on_each(freedom, rooms, times)),
        "soonest": lambda: per_piece(lambda: _soonest(_look(database, rooms), rooms, ahead)),
        "soonest alone": lambda: per_piece(lambda: _soonest(freedom, rooms, ahead)),
        "search": lambda: per_piece(lambda: _searched(database, DATES)),
    }
    if sorted(_free_on_all(freedom, rooms, times)) != sorted(_rows(database, query)):
        raise RuntimeError("memory and database do not agree on what is free")
    found = alternating(works, rounds=size.rounds)
    which, ours = f"which of {len(rooms):,} rooms are free on {DATES} Tuesdays", milliseconds(found.typical("series"))
    sql = milliseconds(found.typical("sql"))
    return [
        Line(work=f"{kind}, {which}, beside raw SQL", ours=ours, floor=sql, ratio=found.ratio("series", "sql")),
        _limited(f"{kind}, the same without asking for revisions", found.typical("alone"), 0.001),
        Line(work=f"{kind}, on which of the dates each of them is free", ours=milliseconds(found.typical("each"))),
        Line(work=f"{kind}, the same as a search, rooms read and put in order", ours=milliseconds(found.typical("search"))),
        Line(work=f"{kind}, first free two hours in each, {AHEAD.days} days", ours=milliseconds(found.typical("soonest"))),
        _limited(f"{kind}, the same without asking for revisions", found.typical("soonest alone"), 0.003),
    ]


def _after_a_change(database: Database, kind: str, rooms: Sequence[int]) -> list[Line]:
    """A look after one space of them has changed."""

    def changed() -> float:
        database.transact(lambda session: session.execute(update(Space).where(Space.id == 50).values(revision=Space.revision + 1)))
        return per_piece(lambda: _look(database, rooms))

    seconds = median(changed() for _ in range(9))
    return [Line(work=f"{kind}, a look after a booking in one of the rooms", ours=milliseconds(seconds))]


def _verdicts(database: Database, kind: str, size: FreedomSize) -> list[Line]:
    def tries() -> tuple[float, int]:
        with database.reading() as session:
            search = _search(SHOWN_DATES)
            found = find_rooms(session, search, now=now())[:SHOWN]
            began = time.perf_counter()
            decided = tried(found, search, now=now())
            if sum(one.found.free for one in decided) != SHOWN * SHOWN_DATES:
                raise RuntimeError("the rooms shown are not free on all dates")
            return time.perf_counter() - began, len(decided)

    seconds = median(tries()[0] for _ in range(size.rounds))
    with statements_of(database.engine) as seen:
        tries()
    work = f"{kind}, verdicts for {SHOWN} rooms shown and {SHOWN_DATES} dates"
    statements = f"{kind}, statements of that search, verdicts included"
    return [
        _limited(work, seconds, 0.020),
        Line(work=statements, floor=str(STATEMENTS), ours=str(len(seen)), ratio=len(seen) / STATEMENTS, goal="<= 1"),
    ]


def _alternatives(database: Database, kind: str, size: FreedomSize) -> list[Line]:
    """What to take instead, for a club and wishes of two hours in gyms; a session is new for each, as a request has it."""
    with database.reading() as session:
        gyms = session.scalars(select(Room).where(Room.kind == "gym", Room.slug.like("rom-%")).options(joinedload(Room.venue))).all()
        case = case_asked(session, _wish(datetime.combine(now().date() + 14 * DAY, datetime.min.time())), by=_club(session), now=now())
        cases = [_case(case, room) for room in Random(2).choices(gyms, k=size.wishes)]
    taken, offered = [], 0
    for case in cases:
        with database.reading() as session:
            began = time.perf_counter()
            offered += len(offers_to(session, case, case.dates[0].wall, now=now()))
            taken.append(time.perf_counter() - began)
    work = f"{kind}, five of {len(gyms)} rooms and other times instead"
    return [
        _limited(f"{work}, 99 of 100 within", share_below(taken, 0.99), 0.020),
        Line(work=f"{work}, half within; {offered / len(cases):.1f} offered", ours=milliseconds(median(taken))),
    ]


def _case(case: Case, room: Room) -> Case:
    chance = Random(room.id)
    start = at(now().date() + DAY * chance.randrange(20, 100), timedelta(hours=chance.randrange(9, 20)))
    date = DatedSpan(WallSpan(start, start + timedelta(hours=HOURS), "Europe/Oslo"))
    return replace(case, room=room, path=path_of(room), spaces=tuple(space.id for space in room.spaces), dates=(date,))


def _look(database: Database, rooms: Sequence[int]) -> Freedom:
    with database.reading() as session:
        return freedom_of(session, rooms, _tuesdays(1)[0], now=now())


def _free_on_all(freedom: Freedom, rooms: Sequence[int], times: Sequence[Interval]) -> list[int]:
    free = set(freedom.at(times).throughout())
    return [room for room in rooms if room in free]


def _on_each(freedom: Freedom, rooms: Sequence[int], times: Sequence[Interval]) -> list[list[int]]:
    free = freedom.at(times)
    return [free.on(room) for room in rooms]


def _soonest(freedom: Freedom, rooms: Sequence[int], span: Interval) -> dict[int, tuple[int, int]]:
    return {room: (start, end) for start, end, room in freedom.stretches(rooms, span, HOURS * 3600, once=True)}


def _searched(database: Database, weeks: int) -> int:
    with database.reading() as session:
        return len(find_rooms(session, _search(weeks), now=now()))


def _search(weeks: int) -> Search:
    first = now().date() + 8 * DAY
    tuesday = first + DAY * ((1 - first.weekday()) % 7)
    return Search(day=tuesday, from_minute=18 * 60, to_minute=20 * 60, weeks=weeks, capacity=30)


def _tuesdays(weeks: int) -> list[Interval]:
    return [wall.interval() for wall in _search(weeks).walls("Europe/Oslo")]


def _query(engine: Engine, wanted: Sequence[Interval]) -> str:
    moment, a_day = ("{}", "86400") if engine.dialect.name == "sqlite" else ("to_timestamp({})", "interval '1 day'")
    times = ", ".join(f"({moment.format(start)}, {moment.format(end)})" for start, end in map(seconds_of, wanted))
    return FREE.format(times=times, a_day=a_day)


def _rows(database: Database, query: str) -> list[int]:
    with database.engine.connect() as connection:
        return list(connection.exec_driver_sql(query).scalars())


def _limited(work: str, seconds: float, limit: float) -> Line:
    return Line(work=work, floor=milliseconds(limit), ours=milliseconds(seconds), ratio=seconds / limit, goal="<= 1")


def _resident() -> int:
    """The bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
