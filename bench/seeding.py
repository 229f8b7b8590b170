"""Seeding: a hall with a hundred rooms, clubs that book in it, and as many bookings as a measurement wants, written in bulk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, islice, product
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session
from stdnum.no import orgnr

from accounts.identity import ApplicantClass
from accounts.models import Delegation, DelegationState, Organisation, Person
from accounts.queries import actor_of
from accounts.tokens import make_token
from booking.models import Booking, Claim, Occurrence
from database.transact import Database
from kernel.wallclock import WallSpan
from tests.storm import FIRST
from venues.models import Room, Space, Venue

ROOMS = 100
DAYS = 400
# Hours of the day that the measured bookings leave alone.
HOURS = (8, 9, 20, 21, 22)
BATCH = 5_000
Row = dict[str, Any]
# Numbers of organisations that the register gives to no real one.
FIRST_NUMBER = 313_001_000


@dataclass(frozen=True, slots=True)
class Club:
    """Who asks: the number of an organisation, and the token of one who acts for it."""

    number: str
    token: str


def found_clubs(database: Database, clubs: int, *, now: datetime) -> list[Club]:
    """So many clubs, each with a delegate of its own."""
    numbers = islice((str(number) for number in count(FIRST_NUMBER) if orgnr.is_valid(str(number))), clubs)
    return [database.transact(_found_club, number, now=now) for number in numbers]


def _found_club(session: Session, number: str, *, now: datetime) -> Club:
    club = Organisation(
        name=f"Klubb {number}",
        number=number,
        applicant_class=ApplicantClass.ORGANISATION,
        is_fictional=True,
        created_at=now,
        changed_at=now,
    )
    delegate = Person(email=f"{number}@example.org", name=f"Delegat {number}", phone="+4799000000", proved_at=now, created_at=now)
    session.add_all([club, delegate])
    session.flush()
    session.add(Delegation(person=delegate, organisation=club, state=DelegationState.CONFIRMED, created_at=now))
    session.flush()
    token = make_token(session, delegate.id, "bench", by=actor_of(session, delegate.id, via="api"), now=now)
    return Club(number, token.text)


def build_rooms(database: Database, venue: str, rooms: int, *, now: datetime) -> None:
    """A venue of so many rooms of one space each, beside what the cast brings."""
    database.transact(_build_rooms, venue, rooms, now=now)


def _build_rooms(session: Session, slug: str, rooms: int, *, now: datetime) -> None:
    venue = session.scalar(select(Venue).where(Venue.slug == slug))
    if venue is None:
        venue = Venue(slug=slug, name=slug.capitalize(), kind="sports hall", zone="Europe/Oslo", changed_at=now)
    for number in range(rooms):
        space = Space(venue=venue, slug=f"sal-{number}", name=f"Sal {number}")
        session.add(Room(venue=venue, slug=space.slug, name=space.name, kind="gym", changed_at=now, spaces=[space]))
    session.add(venue)
    session.flush()


def fill(database: Database, venue: str, bookings: int, *, first: date, now: datetime, days: int = DAYS) -> None:
    """So many bookings of one hour and one date each, spread over the venue's rooms from a day on."""
    database.transact(_fill, venue, bookings, first=first, now=now, days=days)


def _fill(session: Session, venue: str, bookings: int, *, first: date, now: datetime, days: int) -> None:
    found = select(Room.id, Space.id).join(Venue, Room.venue_id == Venue.id).join(Room.spaces)
    rooms = session.execute(found.where(Venue.slug == venue, Room.slug.like("sal-%")).order_by(Room.id)).all()
    holder, organisation = session.execute(text("SELECT (SELECT min(person_id) FROM delegation), (SELECT min(id) FROM organisation)")).one()
    number = session.execute(text("SELECT coalesce(max(id), 0) FROM booking")).scalar_one()
    slots = islice(product(range(days), HOURS, rooms), bookings)
    while batch := list(islice(slots, BATCH)):
        rows = [_rows(number + at, slot, first, (holder, organisation), now) for at, slot in enumerate(batch, start=1)]
        number += len(batch)
        for table, name in ((Booking, "booking"), (Occurrence, "occurrence"), (Claim, "claim")):
            session.execute(insert(table), [row[name] for row in rows])
    for name in ("booking", "occurrence", "claim") if session.get_bind().dialect.name == "postgresql" else ():
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))
    session.execute(text("ANALYZE"))


def _rows(number: int, slot: tuple[int, int, Any], first: date, who: tuple[int, int], now: datetime) -> dict[str, Row]:
    day, hour, (room, space) = slot
    start = datetime.combine(first + timedelta(days=day), datetime.min.time()) + timedelta(hours=hour)
    wall = WallSpan(start, start + timedelta(hours=1), "Europe/Oslo")
    interval = wall.interval()
    stamps: Row = {"created_at": now, "changed_at": now}
    booking = {"id": number, "reference": f"SEEDED-{number}", "kind": "ordinary", "state": "booked", "room_id": room, "holder_id": who[0]}
    booking |= {"organisation_id": who[1], "hand_id": who[0], "applicant_class": "organisation", "purpose": f"Trening {number % 50}"}
    booking |= {"activity": "sport.training", "participants": {"6-12": 18}, "needs": [], **stamps}
    occurrence = {"id": number, "booking_id": number, "number": 1, "room_id": room, "state": "booked", "local_start": wall.start}
    occurrence |= {"local_end": wall.end, "zone": wall.zone, "starts_at": interval.start, "ends_at": interval.end, **stamps}
    claim = {"id": number, "space_id": space, "occurrence_id": number, "starts_at": interval.start, "ends_at": interval.end}
    return {"booking": booking, "occurrence": occurrence, "claim": claim}


def slots() -> Iterator[tuple[int, datetime]]:
    """Room and start of hours that no seeded booking takes, each once, on days without a public holiday."""
    for week, day, hour, room in product(range(16), range(7), range(10, 20), range(ROOMS)):
        yield room, datetime.combine(FIRST + timedelta(weeks=week, days=day), datetime.min.time()) + timedelta(hours=hour)
