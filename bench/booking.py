"""Booking over HTTP, with policy, conflict, audit and notice, beside a thin route and a route of raw SQL."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.clients import Asking, Load, load
from bench.judging import judging_seconds
from bench.seeding import ROOMS, Club, build_rooms, fill, found_clubs, slots
from bench.served import Bases, Served, served
from bench.table import Line, milliseconds, rate
from bench.timing import Rounds, alternating, share_below
from database.transact import Database
from kernel.clock import now
from tests.storm import FIRST, prepare
from venues.models import Space

VENUE = "oren-flerbrukshall"
FEW, MANY = 1_000, 100_000
CROWD = 8
# Seconds: between an answer and the next wish of one of the crowd, and within which it wants to be answered.
PAUSE, ANSWERED = 0.25, 0.015


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured: rounds, requests of one client and of the crowd in each, and those of a crowd that pauses."""

    rounds: int = 9
    alone: int = 60
    crowd: int = 120
    paused: int = 480
    many: int = MANY


@dataclass(slots=True)
class Hall:
    """A served database with the clubs that ask there, each client for its own, and the slots that nobody has asked for yet."""

    served: Served
    clubs: Sequence[Club]
    spaces: tuple[int, ...]
    free: Iterator[tuple[int, datetime]] = field(default_factory=slots)
    waited: dict[str, list[Load]] = field(default_factory=dict)

    def asked(self, path: str, count: int, clients: int = 1) -> list[Asking]:
        """So many wishes, each client's for its own club as ``load`` deals them out."""
        askers = cycle(self.clubs[:clients])
        return [_asking(path, club, room, start) for (room, start), club in zip(islice(self.free, count), askers, strict=False)]

    def ours(self, count: int, clients: int) -> float:
        return self._timed("ours", load(self.served.ours, self.asked("/api/v1/bookings", count, clients), clients=clients), clients)

    def whole(self, count: int, clients: int) -> float:
        return self._timed("whole", load(self.served.floor, self.asked("/floor", count, clients), clients=clients), clients)

    def thin(self, count: int, clients: int) -> float:
        """Claims for the occurrence of a seeded booking, in hours that nobody else takes."""
        asked = self.asked("/thin", count, clients)
        told = [{**one.body, "space": self._space(one.body), "occurrence": 1} for one in asked if isinstance(one.body, dict)]
        return load(self.served.floor, [Asking("POST", "/thin", 201, body, asked[0].headers) for body in told], clients=clients).each

    def _timed(self, work: str, found: Load, clients: int) -> float:
        if clients > 1:
            self.waited.setdefault(work, []).append(found)
        return found.each

    def _space(self, body: dict[str, Any]) -> int:
        return self.spaces[int(body["room"].rpartition("-")[2])]


def _asking(path: str, club: Club, room: int, start: datetime) -> Asking:
    body = {
        "room": f"{VENUE}/sal-{room}",
        "start": start.isoformat(),
        "end": (start + timedelta(hours=1)).isoformat(),
        "purpose": "Trening",
        "activity": "sport.training",
        "participants": {"6-12": 10},
        "organisation": club.number,
    }
    return Asking("POST", path, 201, body, {"Authorization": f"Bearer {club.token}", "Content-Type": "application/json"})


def booking_lines(bases: Bases, kind: str, folder: Path, size: Size) -> list[Line]:
    """The lines of one kind of database."""
    with ExitStack() as ending:
        halls = {}
        for name, bookings in (("few", FEW), ("many", size.many)):
            database, clubs, spaces = _prepared(bases, kind, f"booking_{name}", bookings)
            halls[name] = Hall(ending.enter_context(served(database, folder / f"{kind}-{name}")), clubs, spaces)
        return _measured(kind, halls["few"], halls["many"], size)


def _prepared(bases: Bases, kind: str, name: str, bookings: int) -> tuple[Database, Sequence[Club], tuple[int, ...]]:
    """The first club has all the bookings that are there."""
    database = bases.make(kind, name)
    clubs = [Club("313000001", prepare(database)[0]), *found_clubs(database, CROWD - 1, now=now())]
    build_rooms(database, VENUE, ROOMS, now=now())
    fill(database, VENUE, bookings, first=FIRST - timedelta(days=60), now=now())
    with database.reading() as session:
        spaces = session.scalars(select(Space.id).where(Space.slug.like("sal-%")).order_by(Space.id)).all()
    return database, clubs, tuple(spaces)


def _measured(kind: str, few: Hall, many: Hall, size: Size) -> list[Line]:
    few.ours(1, 1)
    works = {
        "ours, one": lambda: few.ours(size.alone, 1),
        "whole, one": lambda: few.whole(size.alone, 1),
        "thin, one": lambda: few.thin(size.alone, 1),
        "many, one": lambda: many.ours(size.alone, 1),
        "ours, crowd": lambda: few.ours(size.crowd, CROWD),
        "whole, crowd": lambda: few.whole(size.crowd, CROWD),
        "thin, crowd": lambda: few.thin(size.crowd, CROWD),
    }
    found = alternating(works, rounds=size.rounds)
    return [*_told(kind, found), _growth(kind, found, size), *_waits(kind, few, size), _judging(kind, few)]


def _told(kind: str, found: Rounds) -> Iterator[Line]:
    for clients, words in (("one", "one client"), ("crowd", f"{CROWD} clients")):
        for floor, name, goal in (("whole", "raw SQL, same look-ups and rows", ">= 0.5"), ("thin", "one guarded insert", "")):
            ours, theirs = f"ours, {clients}", f"{floor}, {clients}"
            yield Line(
                work=f"{kind}, {words}, beside {name}",
                floor=rate(found.typical(theirs)),
                ours=rate(found.typical(ours)),
                ratio=1 / found.ratio(ours, theirs),
                goal=goal,
            )


def _growth(kind: str, found: Rounds, size: Size) -> Line:
    return Line(
        work=f"{kind}, one client, {size.many:,} existing bookings beside {FEW:,}",
        floor=rate(found.typical("ours, one")),
        ours=rate(found.typical("many, one")),
        ratio=found.ratio("many, one", "ours, one"),
        goal="<= 1.3",
    )


def _waits(kind: str, hall: Hall, size: Size) -> Iterator[Line]:
    """How long the answers take: of clients that ask again at once, which fill the machine, and of some that pause, as people do."""
    for name, share, goal in (("95 of 100", 0.95, "<= 2"), ("half", 0.5, "")):
        found = Rounds({work: [share_below(one.answers, share) for one in loads[1:]] for work, loads in hall.waited.items()})
        yield Line(
            work=f"{kind}, {CROWD} clients, {name} answered within",
            floor=milliseconds(found.typical("whole")),
            ours=milliseconds(found.typical("ours")),
            ratio=found.ratio("ours", "whole"),
            goal=goal,
        )
    asked = hall.asked("/api/v1/bookings", size.paused, CROWD)
    waited = share_below(load(hall.served.ours, asked, clients=CROWD, pause=PAUSE).answers, 0.95)
    yield Line(
        work=f"{kind}, {CROWD} clients that pause {PAUSE} s, 95 of 100 answered within",
        floor=milliseconds(ANSWERED),
        ours=milliseconds(waited),
        ratio=waited / ANSWERED,
        goal="<= 1",
    )


def _judging(kind: str, hall: Hall) -> Line:
    evaluated = judging_seconds(hall.served.database, hall.asked("", 1)[0].body)
    return Line(work=f"{kind}, of each booking: evaluating the policy", ours=milliseconds(evaluated))
