"""The cast, whose organisations a stand-in for the registers knows, and what reads it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from accounts.identity import Actor
from accounts.models import Organisation, Person
from accounts.register.classes import classes_of
from accounts.register.client import client_for
from accounts.register.following import Register
from accounts.register.models import Review
from accounts.standings import held_on, standings_of
from database.transact import Database
from kernel.wallclock import to_wall
from settings import CLASSES
from tests.accounts.register.stand_in import Answers, answering
from tests.cast import Cast, actor, assemble
from tests.clock import Clock, stop


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stop(monkeypatch)


@dataclass
class Office:
    """A municipality with the cast, and the registers beside it."""

    database: Database
    cast: Cast
    answers: type[Answers]
    register: Register
    clock: Clock

    def do(self, verb: Callable[..., Any], *given: object, **more: object) -> Any:
        """A verb as its own request."""
        return self.database.transact(verb, *given, **{"now": self.clock.moment, **more})

    def hand(self, person: Person) -> Actor:
        """The hand of one of the cast."""
        with self.database.reading() as session:
            return actor(session, person)

    def row(self, number: str, field: str = "institusjonellSektorkode") -> dict[str, Any]:
        """A row of the registers, to be changed."""
        return next(one for one in self.answers.rows if one["organisasjonsnummer"] == number and field in one)

    def tell(self, number: str, feed: str = "enheter", hours: int = 1) -> None:
        """The registers say that something changed, and are followed when it is time."""
        self.answers.changed[feed].append(number)
        self.follow(hours)

    def follow(self, hours: int = 1) -> None:
        self.clock.pass_by(hours=hours, minutes=1)
        self.register.follow()

    def stands(self, organisation: Organisation) -> list[object]:
        """What holds of an organisation: class, voluntary, local, statuses."""
        with self.database.reading() as session:
            found = session.get_one(Organisation, organisation.id)
            held = held_on(standings_of(session, found.id), to_wall(self.clock.moment, "Europe/Oslo").date())
            return [str(found.applicant_class), found.in_voluntary_register, found.is_local, [one.name for one in held]]

    def reviews(self) -> list[tuple[str, dict[str, list[str]]]]:
        """What waits for staff."""
        with self.database.reading() as session:
            open_ones = select(Review).where(Review.settled_at.is_(None)).order_by(Review.id)
            return [(one.organisation.name, one.changes) for one in session.scalars(open_ones)]


@pytest.fixture
def office(database: Database, clock: Clock) -> Iterator[Office]:
    cast = database.transact(assemble)
    with answering() as (answers, address):
        client = client_for(address, "https://arena.test", resolve=lambda host, port: ["127.0.0.1"])
        yield Office(database, cast, answers, Register(database, classes_of(CLASSES), client), clock)
