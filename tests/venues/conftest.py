"""The map of Drammen in the test's database, and a count of what is asked of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor, Role
from tests.cast import BEGINNING, assemble
from venues.demo import load_demo_facts, read_demo
from venues.importing import import_inventory
from venues.inventory import Inventory, parse

INVENTORY = Path(__file__).parents[2] / "venues" / "data" / "drammen-inventory.json"


@pytest.fixture(scope="session")
def inventory() -> Inventory:
    return parse(INVENTORY.read_bytes())


def imported(session: Session) -> None:
    """The whole inventory."""
    import_inventory(session, parse(INVENTORY.read_bytes()), by=SERVICE, now=BEGINNING)


def furnished(session: Session) -> None:
    """The whole inventory, the demo's inventions and the cast."""
    imported(session)
    session.info.clear()
    load_demo_facts(session, read_demo(), by=SERVICE, now=BEGINNING)
    assemble(session)


FILLED = {"drammen": imported, "drammens": imported, "house": furnished}


@pytest.fixture
def filled(request: pytest.FixtureRequest) -> Callable[[Session], None] | None:
    return next((FILLED[name] for name in request.fixturenames if name in FILLED), None)


@pytest.fixture
def drammen(session: Session) -> Session:
    """A session in a database with the whole inventory."""
    return session


@pytest.fixture
def officer() -> Actor:
    return Actor(person_id=7, name="Olga", roles=frozenset({Role.OFFICER}))


class Statements:
    """Counts what is sent to the database while it is open."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()
        self._seen: list[str] = []

    def __enter__(self) -> "Statements":
        event.listen(self._connection, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self._connection, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self._seen.append(statement)

    def __len__(self) -> int:
        return len(self._seen)


@pytest.fixture
def counted() -> type[Statements]:
    return Statements
