"""What is offered instead is what plain Python finds by trying everything: every time, length, weekday and room there is."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from math import asin, ceil, cos, dist, radians, sin
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking.alternatives import best_room, offers_to
from booking.case import Case, path_of
from booking.furnishing import NewResource, add_resource
from booking.models import Claim, Occurrence
from booking.reservations import case_asked, reserve
from booking.wish import DatedSpan
from database.base import table_of
from database.transact import Database
from kernel.wallclock import WallSpan
from policies.document import checked
from policies.places import place_at
from policies.request import AgeBand
from policies.verbs import publish
from tests import cast
from tests.booking.conftest import NOW, REASON, wish
from venues.models import District, Fact, OpeningHours, Origin, Room, Space, Venue
from venues.opening import Openness
from venues.vocabulary import ResourceKind

OSLO = ZoneInfo("Europe/Oslo")
WORLDS, CASES = 4, {"sqlite": 250, "postgresql": 40}
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
FIRST = datetime(2026, 9, 2)
FACILITIES = ("sound system", "projector", "kitchen")
LIFT = "Heis til andre etasje"
# What is said of the venue, and of its rooms where that is something else.
LIFTS = {"alfa": "yes", "beta": "no", "beta/b": "yes", "gamma/a": "yes", "gamma/hel": "no", "epsilon": "yes", "epsilon/b": "unknown"}
# How many there are, in what lots and in which rooms; they take a while to fetch and to bring back.
BEAMERS: dict[str, tuple[int, int, list[str]]] = {"alfa": (3, 1, []), "gamma": (2, 1, ["a"]), "delta": (4, 2, []), "epsilon": (4, 1, [])}
FETCHED, BROUGHT_BACK = 15, 30


@dataclass(frozen=True, slots=True)
class Hall:
    """A room as plain Python knows it; prices in kroner an hour."""

    path: str
    venue: str
    district: int | None
    where: tuple[float, float] | None
    spaces: frozenset[int]
    capacity: int | None
    facilities: frozenset[str]
    opens: int
    price: int = 400
    refuses: bool = False
    reviews: bool = False
    before: int = 0
    after: int = 0
    beamers: tuple[int, ...] = ()
    lot: int = 1
    lift: str = "unknown"


@dataclass(slots=True)
class World:
    """All rooms, and what of which space is taken from when to when, and until when it is held."""

    halls: dict[str, Hall]
    rooms: dict[str, Room]
    case: Case
    taken: dict[int, list[tuple[datetime, datetime, datetime | None]]]


def build(session: Session, chance: Random) -> None:
    """Five venues of three rooms in two districts, some of nobody knows where, with rules of their own here and there."""
    everyone = cast.assemble(session)
    districts = [District(slug=name, name=name) for name in ("nord", "sor")]
    session.add_all(districts)
    session.flush()
    for number, name in enumerate(("alfa", "beta", "gamma", "delta", "epsilon")):
        venue = Venue(slug=name, name=name.capitalize(), kind="school", zone="Europe/Oslo", changed_at=NOW)
        venue.district_id = districts[number % 2].id if number < 4 else None
        if number < 3:
            venue.latitude, venue.longitude = 59.74 + chance.random() / 20, 10.2 + chance.random() / 20
        session.add(venue)
        spaces = [Space(venue=venue, slug=part, name=part) for part in "ab"]
        parts = {"a": spaces[:1], "b": spaces[1:], "hel": spaces}
        for slug, own in parts.items():
            has = chance.sample(FACILITIES, chance.randint(0, 3))
            size = chance.choice([None, 10, 20, 30, 60])
            session.add(Room(venue=venue, slug=slug, name=slug, kind="gym", capacity=size, facilities=has, changed_at=NOW, spaces=own))
        session.flush()
        for where, answer in LIFTS.items():
            if where.split("/")[0] == name:
                room = next((room.id for room in venue.rooms if where.endswith(f"/{room.slug}")), None)
                told = {"key": "access.lift", "value": {"value": answer}, "origin": Origin.STAFF}
                session.add(Fact(venue_id=venue.id, room_id=room, **told))
        if name in BEAMERS:
            add_beamers(session, venue, *BEAMERS[name])
        for weekday in range(7):
            hours = OpeningHours(venue_id=venue.id, weekday=weekday, from_minute=(8 + number) * 60, to_minute=1440, origin=Origin.STAFF)
            hours.openness = Openness.OPEN
            session.add(hours)
    everyone.oren.retired_at = NOW
    session.flush()
    prices = {"kind": "price", "id": "prices", "reason": REASON}
    length = {"kind": "length", "id": "longest", "at_most": 240, "reason": REASON}
    put(session, "", length, {"kind": "decision_route", "id": "at-once", "route": "at-once", "reason": REASON}, prices | tariff(400))
    put(session, "alfa/a", {"kind": "eligibility", "id": "private", "allowed": ["person"], "reason": REASON})
    put(session, "alfa/b", {"kind": "buffers", "id": "clean", "before": 15, "after": 30, "reason": REASON})
    put(session, "beta/a", prices | tariff(700))
    put(session, "beta/b", {"kind": "decision_route", "id": "look", "route": "by-role", "reason": REASON})
    put(session, "gamma/hel", prices | tariff(250), {"kind": "buffers", "id": "clean", "before": 0, "after": 20, "reason": REASON})


def add_beamers(session: Session, venue: Venue, quantity: int, lot: int, rooms: list[str]) -> None:
    session.info.pop("locked", None)
    minutes = {"before_minutes": FETCHED, "after_minutes": BROUGHT_BACK}
    given = NewResource(name="Prosjektor", kind=ResourceKind.EQUIPMENT, quantity=quantity, lot=lot, rooms=rooms, **minutes)
    add_resource(session, venue.slug, given, by=SERVICE, now=NOW)


def tariff(kroner: int) -> dict[str, Any]:
    return {"tariffs": [{"version": "2026", "first": "2026-01-01", "rows": [{"price_class": "list", "ore": kroner * 100}]}]}


def put(session: Session, path: str, *rules: dict[str, Any]) -> None:
    document = {"title": REASON, "layer": "room" if path else "municipality", "place": path, "rules": list(rules)}
    if not path:
        document["price_classes"] = {"list": REASON}
    session.info.pop("locked", None)
    publish(session, place_at(session, path), checked(document), date(2026, 1, 1), by=SERVICE, now=NOW)
    session.flush()


KNOWN: dict[str, dict[str, Any]] = {
    "alfa/a": {"refuses": True},
    "alfa/b": {"before": 15, "after": 30},
    "beta/a": {"price": 700},
    "beta/b": {"reviews": True},
    "gamma/hel": {"price": 250, "after": 20},
}


def known(room: Room, units: dict[str, list[int]]) -> Hall:
    venue, path = room.venue, path_of(room)
    _, lot, rooms = BEAMERS.get(venue.slug, (0, 1, []))
    return Hall(
        path=path,
        venue=venue.slug,
        district=venue.district_id,
        where=(venue.latitude, venue.longitude) if venue.latitude else None,
        spaces=frozenset(space.id for space in room.spaces),
        capacity=room.capacity,
        facilities=frozenset(room.facilities),
        opens=8 + ["alfa", "beta", "gamma", "delta", "epsilon"].index(venue.slug),
        beamers=tuple(units.get(venue.slug, ())) if room.slug in rooms or not rooms else (),
        lot=lot,
        lift=LIFTS.get(path, LIFTS.get(venue.slug, "unknown")),
        **KNOWN.get(path, {}),
    )


def fill(session: Session, chance: Random, occurrence: int) -> None:
    """Six tenths of three weeks taken, in pieces of odd lengths, some of them held until a moment."""
    session.execute(delete(Claim).where(Claim.occurrence_id == occurrence))
    session.execute(update(Space).values(revision=Space.revision + 1))
    rows = []
    for space, day in product(session.scalars(select(Space.id)), range(21)):
        moment = FIRST.replace(tzinfo=OSLO).astimezone(UTC) + day * DAY + 8 * HOUR
        evening = moment + 15 * HOUR
        while moment < evening:
            end = moment + chance.choice([30, 45, 60, 90, 97, 120]) * MINUTE
            if chance.random() < 0.6:
                until = NOW + chance.randint(1, 12) * HOUR if chance.random() < 0.1 else None
                rows.append({"space_id": space, "occurrence_id": occurrence, "starts_at": moment, "ends_at": end, "expires_at": until})
            moment = end
    session.execute(insert(table_of(Claim)), rows)


def is_free(world: World, hall: Hall, start: datetime, end: datetime, ask: "Ask") -> bool:
    """By the wall clock: open on one day, to come, and not taken with what goes before and after; and so are enough beamers."""
    if end > start.replace(hour=0, minute=0) + DAY or start.hour < hall.opens:
        return False
    first, last = (moment.replace(tzinfo=OSLO).astimezone(UTC) for moment in (start - hall.before * MINUTE, end + hall.after * MINUTE))
    if start.replace(tzinfo=OSLO) <= ask.now or any(is_taken(world, space, first, last, ask.now) for space in hall.spaces):
        return False
    fetched, back = first - FETCHED * MINUTE, last + BROUGHT_BACK * MINUTE
    free = sum(not is_taken(world, unit, fetched, back, ask.now) for unit in hall.beamers)
    return free * hall.lot >= ask.beamers


def is_taken(world: World, space: int, first: datetime, last: datetime, now: datetime) -> bool:
    return any(begin < last and first < finish and (until is None or until > now) for begin, finish, until in world.taken.get(space, ()))


def suits(hall: Hall, heads: int, needs: tuple[str, ...]) -> bool:
    if LIFT in needs and hall.lift == "no":
        return False
    has = not hall.facilities or hall.facilities.issuperset(set(needs) - {LIFT})
    return (hall.capacity is None or hall.capacity >= heads) and has


def unknown(hall: Hall, needs: tuple[str, ...]) -> list[str]:
    """What is needed and may be lacking."""
    facilities = ["facilities"] if set(needs) - {LIFT} and not hall.facilities else []
    return [*facilities, *(["access.lift"] if LIFT in needs and hall.lift == "unknown" else [])]


def other_room(asked: Hall, hall: Hall) -> int:
    """The points of another room."""
    cost = 60 + 20 * len(asked.facilities - hall.facilities)
    if hall.capacity is None:
        cost += 40
    elif asked.capacity is not None:
        cost += 100 * abs(asked.capacity - hall.capacity) // max(asked.capacity, hall.capacity)
    if hall.venue == asked.venue:
        return cost
    if hall.where and asked.where:
        metres = 2 * 6_371_000 * asin(dist(on_sphere(hall.where), on_sphere(asked.where)) / 2)
        return cost + 2 * ceil(metres / 100)
    return cost + (60 if hall.district and hall.district == asked.district else 160)


def on_sphere(where: tuple[float, float]) -> tuple[float, float, float]:
    north, east = map(radians, where)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted: a room at a time for so many people with what they need, asked at a moment."""

    hall: Hall
    start: datetime
    end: datetime
    heads: int
    needs: tuple[str, ...] = ()
    now: datetime = NOW
    beamers: int = 0

    @property
    def wall(self) -> WallSpan:
        return WallSpan(self.start, self.end, "Europe/Oslo")


CHANGES = {"time": 3, "room": 3, "shorter": 1, "weekday": 2}
Told = tuple[str, str, datetime, datetime, int, list[str]]


def everything(world: World, ask: Ask) -> Iterator[tuple[int, str, Hall, datetime, datetime]]:
    for half_hours in range(1, 9):
        for sign in (1, -1):
            moved = sign * half_hours * 30 * MINUTE
            yield 30 * half_hours, "time", ask.hall, ask.start + moved, ask.end + moved
    for hall in world.halls.values():
        if not hall.spaces & ask.hall.spaces:
            yield other_room(ask.hall, hall), "room", hall, ask.start, ask.end
    minutes = (ask.end - ask.start) // MINUTE
    step = 15 * max(1, ceil(minutes / 240))
    for late, early in product(range(0, minutes, step), repeat=2):
        if late + early and minutes - late - early >= max(60, minutes / 2):
            yield 2 * (late + early), "shorter", ask.hall, ask.start + late * MINUTE, ask.end - early * MINUTE
    for days in range(-6, 7):
        if days:
            yield 150 * abs(days), "weekday", ask.hall, ask.start + days * DAY, ask.end + days * DAY


def by_brute_force(world: World, ask: Ask) -> list[Told]:
    found = []
    price = ask.hall.price * ((ask.end - ask.start) / HOUR)
    for cost, change, hall, start, end in everything(world, ask):
        if hall.refuses or end - start > 4 * HOUR or not suits(hall, ask.heads, ask.needs) or not is_free(world, hall, start, end, ask):
            continue
        dearer = max(0, ceil((hall.price * ((end - start) / HOUR) - price) / 10))
        doubts = unknown(hall, ask.needs)
        order = (
            cost + 2 * dearer + 60 * hall.reviews + 5000 * len(doubts),
            list(CHANGES).index(change),
            -start.timestamp(),
            hall.path,
            start - end,
        )
        found.append((order, (hall.path, change, start, end, order[0], doubts)))
    told: list[Told] = []
    kinds: Counter[str] = Counter()
    for _, one in sorted(found):
        kinds[one[1]] += 1
        if kinds[one[1]] <= CHANGES[one[1]] and len(told) < 5:
            told.append(one)
    return told


def best_by_brute_force(world: World, asks: list[Ask], kept: int) -> tuple[str, list[date]] | None:
    found = []
    first = asks[0]
    for hall in world.halls.values():
        if hall.spaces & first.hall.spaces or hall.refuses or not suits(hall, first.heads, ()):
            continue
        dates = [ask.start.date() for ask in asks if is_free(world, hall, ask.start, ask.end, ask)]
        if len(dates) > kept:
            found.append((-len(dates), other_room(first.hall, hall), hall.path, dates))
    return min(found)[2:] if found else None


@pytest.fixture
def halls(database: Database) -> tuple[int, Actor]:
    """The venues, a date whose claims the tests write themselves, and the hand of Skiold turn's leader."""

    def prepare(session: Session) -> tuple[int, Actor]:
        build(session, Random(21))
        person = session.scalar(select(cast.Person).where(cast.Person.name.like("Berit%")))
        by = cast.actor(session, person)
        session.info.pop("locked", None)
        reserve(session, wish(room="gamma/a", start="2027-03-01T18:00", end="2027-03-01T19:00"), by=by, now=NOW)
        return session.scalars(select(Occurrence.id)).one(), by

    return database.transact(prepare)


def world_of(session: Session, by: Actor) -> World:
    rooms = {path_of(room): room for room in session.scalars(select(Room).join(Venue).where(Venue.retired_at.is_(None)).order_by(Room.id))}
    case = case_asked(session, wish(room="alfa/b"), by=by, now=NOW)
    taken: dict[int, list[tuple[datetime, datetime, datetime | None]]] = {}
    for space, *times in session.execute(select(Claim.space_id, Claim.starts_at, Claim.ends_at, Claim.expires_at)):
        taken.setdefault(space, []).append(tuple(times))
    units: dict[str, list[int]] = {}
    for unit, venue in session.execute(select(Space.id, Venue.slug).join(Space.venue).where(Space.resource_id.is_not(None))):
        units.setdefault(venue, []).append(unit)
    return World({path: known(room, units) for path, room in rooms.items()}, rooms, case, taken)


def case_of(world: World, *asks: Ask) -> Case:
    hall, bands = asks[0].hall, (AgeBand(6, 12, asks[0].heads),)
    dates = tuple(DatedSpan(ask.wall) for ask in asks)
    room = world.rooms[hall.path]
    said = {"dates": dates, "bands": bands, "needs": asks[0].needs, "resources": {"prosjektor": asks[0].beamers}}
    return replace(world.case, room=room, path=hall.path, spaces=tuple(hall.spaces), **said)


def some_ask(world: World, chance: Random) -> Ask:
    start = FIRST + chance.randint(1, 20) * DAY + chance.randint(32, 84) * 15 * MINUTE
    return Ask(
        world.halls[chance.choice(sorted(world.halls))],
        start,
        start + chance.choice([45, 60, 90, 120, 180, 300]) * MINUTE,
        chance.choice([5, 15, 25]),
        tuple(chance.sample((*FACILITIES, LIFT), chance.choice([0, 0, 1, 2]))),
        NOW + chance.randint(0, 6) * HOUR,
        chance.choice([0, 0, 0, 1, 2]),
    )


def test_the_best_few_are_those_of_brute_force(database: Database, halls: tuple[int, Actor]) -> None:
    occurrence, by = halls
    chance = Random(4)
    kinds: Counter[str] = Counter()
    doubts = 0

    for _ in range(WORLDS):
        database.transact(fill, chance, occurrence)
        with database.reading() as session:
            world = world_of(session, by)
            for _ in range(CASES[database.engine.dialect.name]):
                ask = some_ask(world, chance)
                in_words = replace(ask, needs=(*ask.needs, "noen ekstra stoler"))

                told = offers_to(session, case_of(world, in_words), ask.wall, now=ask.now)

                found = [(one.room, str(one.changes), one.wall.start, one.wall.end, one.cost, list(one.unknown)) for one in told]
                assert found == by_brute_force(world, ask)
                kinds.update(one[1] for one in found)
                doubts += sum(bool(one[-1]) for one in found)

    assert doubts > 20
    assert min(kinds[change] for change in CHANGES) > 5


def test_the_room_that_fits_most_dates_is_that_of_brute_force(database: Database, halls: tuple[int, Actor]) -> None:
    occurrence, by = halls
    chance = Random(6)
    fitting = 0

    database.transact(fill, chance, occurrence)
    with database.reading() as session:
        world = world_of(session, by)
        for _ in range(60):
            moment = FIRST + chance.randint(1, 7) * DAY + chance.randint(8, 20) * HOUR
            first = replace(some_ask(world, chance), needs=(), now=NOW, start=moment)
            starts = [first.start + days * DAY for days in range(0, 12, 3)]
            asks = [replace(first, start=start, end=start + chance.choice([45, 90]) * MINUTE) for start in starts]
            kept = chance.randint(0, 2)

            best = best_room(session, case_of(world, *asks), kept=kept, now=NOW)

            assert ((best.room, list(best.dates)) if best else None) == best_by_brute_force(world, asks, kept)
            fitting += best is not None

    assert fitting > 15
