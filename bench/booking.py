"""Booking over HTTP, with policy, conflict, audit and notice, beside a thin route and a route of raw SQL."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import select

from bench.clients import Asking, load
from bench.judging import judging_seconds
from bench.seeding import ROOMS, build_rooms, fill, slots
from bench.served import Bases, Served, served
from bench.table import Line, milliseconds, rate
from bench.timing import Rounds, alternating, share_below
from kernel.clock import now
from tests.storm import FIRST, prepare
from venues.models import Space

VENUE = "oren-flerbrukshall"
FEW, MANY = 1_000, 100_000
CROWD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured: rounds, requests of one client and of the crowd in each."""

    rounds: int = 9
    alone: int = 60
    crowd: int = 120
    many: int = MANY


@dataclass(slots=True)
class Hall:
    """A served database with its token, and the slots that nobody has asked for yet."""

    served: Served
    token: str
    spaces: tuple[int, ...]
    free: Iterator[tuple[int, datetime]] = field(default_factory=slots)
    waited: list[float] = field(default_factory=list)

    def asked(self, path: str, count: int) -> list[Asking]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return [Asking("POST", path, 201, self._body(room, start), headers) for room, start in islice(self.free, count)]

    def _body(self, room: int, start: datetime) -> dict[str, Any]:
        return {
            "room": f"{VENUE}/sal-{room}",
            "start": start.isoformat(),
            "end": (start + timedelta(hours=1)).isoformat(),
            "purpose": "Trening",
            "activity": "sport.training",
            "participants": {"6-12": 10},
            "organisation": "313000001",
        }

    def ours(self, count: int, clients: int) -> float:
        found = load(self.served.ours, self.asked("/api/v1/bookings", count), clients=clients)
        if clients > 1:
            self.waited.extend(found.answers)
        return found.each

    def whole(self, count: int, clients: int) -> float:
        return load(self.served.floor, self.asked("/floor", count), clients=clients).each

    def thin(self, count: int, clients: int) -> float:
        """Claims for the occurrence of a seeded booking, in hours that nobody else takes."""
        asked = self.asked("/thin", count)
        told = [{**one.body, "space": self._space(one.body), "occurrence": 1} for one in asked if isinstance(one.body, dict)]
        return load(self.served.floor, [Asking("POST", "/thin", 201, body, asked[0].headers) for body in told], clients=clients).each

    def _space(self, body: dict[str, Any]) -> int:
        return self.spaces[int(body["room"].rpartition("-")[2])]


def booking_lines(bases: Bases, kind: str, folder: Path, size: Size) -> list[Line]:
    """The lines of one kind of database."""
    with ExitStack() as ending:
        halls = {}
        for name, bookings in (("few", FEW), ("many", size.many)):
            database, token, spaces = _prepared(bases, kind, f"booking_{name}", bookings)
            halls[name] = Hall(ending.enter_context(served(database, folder / f"{kind}-{name}")), token, spaces)
        return _measured(kind, halls["few"], halls["many"], size)


def _prepared(bases: Bases, kind: str, name: str, bookings: int) -> tuple[Any, str, tuple[int, ...]]:
    database = bases.make(kind, name)
    token = prepare(database)[0]
    build_rooms(database, VENUE, ROOMS, now=now())
    fill(database, VENUE, bookings, first=FIRST - timedelta(days=60), now=now())
    with database.reading() as session:
        spaces = session.scalars(select(Space.id).where(Space.slug.like("sal-%")).order_by(Space.id)).all()
    return database, token, tuple(spaces)


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
    return [*_told(kind, found), _growth(kind, found, size), *_beside(kind, few)]


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


def _beside(kind: str, hall: Hall) -> Iterator[Line]:
    waited = share_below(hall.waited, 0.95)
    yield Line(work=f"{kind}, {CROWD} clients, 95 of 100 answered within", ours=milliseconds(waited))
    yield Line(work=f"{kind}, {CROWD} clients, half answered within", ours=milliseconds(median(hall.waited)))
    evaluated = judging_seconds(hall.served.database, hall.asked("", 1)[0].body)
    yield Line(work=f"{kind}, of each booking: evaluating the policy", ours=milliseconds(evaluated))
