"""A hall with an autumn in it, a clock that tests set, and subscribers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import accounts.edge
import calendars.api
import calendars.desk
import calendars.pages
import calendars.public_pages
from accounts.models import Person
from accounts.tokens import make_token
from booking.states import BookingKind, OccurrenceState
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from database.glances import Glances
from database.transact import Database
from tests.calendars.rows import book, close, evening
from tests.cast import Cast, actor, assemble
from venues.models import District, OnSite, Origin, Room

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOKEN_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')
VENUE = "/calendars/venues/oren-flerbrukshall.ics"


@dataclass
class Clock:
    moment: datetime = NOW

    def pass_by(self, **length: int) -> None:
        self.moment += timedelta(**length)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for edge in (calendars.desk, calendars.pages, calendars.public_pages, calendars.api, accounts.edge):
        monkeypatch.setattr(edge, "now", lambda: clock.moment)
    return clock


@dataclass
class Autumn:
    """The cast, the rooms of Øren by slug, and the addresses of three private feeds."""

    database: Database
    cast: Cast
    rooms: dict[str, Room]
    addresses: dict[str, str] = field(default_factory=dict)

    def change(self, verb: Callable[..., Any]) -> Any:
        """Run something in a transaction of its own, as another request would."""
        return self.database.transact(lambda session: verb(session))


@pytest.fixture
def autumn(app: Flask, clock: Clock) -> Autumn:
    database: Database = app.extensions["database"]
    return database.transact(_autumn, database, clock.moment)


def _autumn(session: Session, database: Database, now: datetime) -> Autumn:
    cast = assemble(session)
    oren = cast.oren
    oren.address, oren.latitude, oren.longitude = "Rosenkrantzgata 1, 3015 Drammen", 59.7441, 10.2045
    oren.entrance, oren.getting_in, oren.minutes_before = "Hovedinngangen mot elva", "Kortet ditt virker i leseren", 15
    oren.district = District(slug="bragernes-oren", name="Bragernes/Øren")
    watch = OnSite(
        venue_id=oren.id, weekday=1, from_minute=960, to_minute=1350, role="Vaktmester", phone="+4732040000", origin=Origin.STAFF
    )
    watch.is_present = True
    session.add(watch)
    rooms = {room.slug: room for room in oren.rooms}
    _bookings(session, cast, rooms)
    close(session, oren, datetime(2026, 12, 22), datetime(2026, 12, 27))
    drafts = {
        "round": (cast.olav, Draft("Olav, mobil", Audience.CARETAKER, venues=("oren-flerbrukshall",))),
        "mine": (cast.berit, Draft("Berit, mobil", Audience.BOOKER)),
        "club": (cast.nils, Draft("Nils, Outlook", Audience.ORGANISATION, organisation="313000001")),
    }
    made = {name: make_feed(session, draft, by=actor(session, who), now=now) for name, (who, draft) in drafts.items()}
    return Autumn(database, cast, rooms, {name: f"/calendars/private/{one.token}.ics" for name, one in made.items()})


def _bookings(session: Session, cast: Cast, rooms: dict[str, Room]) -> None:
    """A series, a private evening, a night over the clock change, a request, the municipality's own use, a block."""
    first, second, whole = rooms["gymsal-1"], rooms["gymsal-2"], rooms["hel-hall"]
    needs = {"needs": ["20 stoler"], "participants": {"0-12": 8, "13-19": 4}, "message": "Vi tar med piano 🎹"}
    book(session, first, cast.berit, evening("2026-10-20", weeks=10), organisation=cast.skiold, buffers=(30, 15), **needs)
    book(session, second, cast.per, evening("2026-11-24", "17:00", "18:00"), purpose="Bursdag for Ola")
    book(session, whole, cast.nils, night(), organisation=cast.skiold, purpose="Nattcup")
    book(session, whole, cast.nils, evening("2026-12-01", "20:00", "21:00"), organisation=cast.strommen, state=OccurrenceState.REQUESTED)
    book(session, second, cast.kari, evening("2026-11-26"), kind=BookingKind.MUNICIPAL, purpose="Folkemøte")
    book(session, second, cast.kari, evening("2026-11-27"), kind=BookingKind.BLOCK, purpose="Holdes ledig")
    book(session, second, cast.siri, evening("2026-11-30"), organisation=cast.skiold, state=OccurrenceState.UNCONFIRMED)
    book(session, second, cast.per, evening("2026-12-02"), state=OccurrenceState.REFUSED)


def night() -> list[Any]:
    (first,) = evening("2026-10-24", "22:00", "23:00")
    return [type(first)(first.start, datetime(2026, 10, 25, 6, 0), first.zone)]


@pytest.fixture
def client(app: Flask, autumn: Autumn) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def statements(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is sent to the database, without the words that begin and end transactions."""
    engine, seen = app.extensions["database"].engine, []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    first = Glances.first
    monkeypatch.setattr(Glances, "first", lambda self, statement, given: seen.append(statement) or first(self, statement, given))
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def read(client: FlaskClient) -> Callable[..., TestResponse]:
    """GET an address with headers."""
    return lambda path, **headers: client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[[Person], "Visitor"]:
    """Sign a member of the cast in on pages."""

    def signed_in(person: Person) -> Visitor:
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = f"{person.id}.{person.session_epoch}", True
        return Visitor(client)

    return signed_in


@dataclass
class Visitor:
    """A browser without script that sends the forms of pages back."""

    client: FlaskClient

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def post(self, address: str, **fields: str | list[str]) -> TestResponse:
        """Send a form of the page of feeds, with the token that stands on it."""
        found = TOKEN_FIELD.search(self.get("/calendars").text)
        assert found
        return self.client.post(address, data={"csrf_token": found[1], **fields}, headers={"Referer": "http://localhost/calendars"})


@pytest.fixture
def call(client: FlaskClient, autumn: Autumn) -> Callable[..., TestResponse]:
    """Call the API as a member of the cast, or as nobody."""
    tokens: dict[int, str] = {}

    def called(person: Person | None, method: str, path: str, body: object = None) -> TestResponse:
        if person is not None and person.id not in tokens:
            made = autumn.change(lambda session: make_token(session, person.id, "prøve", by=actor(session, person), now=NOW))
            tokens[person.id] = made.text
        headers = {"Authorization": f"Bearer {tokens[person.id]}"} if person else {}
        return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    return called
