"""The map of Drammen in the test's database, and a count of what is asked of it."""

from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor, Role
from tests.cast import BEGINNING
from venues.importing import import_inventory
from venues.inventory import Inventory, parse

INVENTORY = Path(__file__).parents[2] / "venues" / "data" / "drammen-inventory.json"


@pytest.fixture(scope="session")
def inventory() -> Inventory:
    return parse(INVENTORY.read_bytes())


@pytest.fixture
def drammen(session: Session, inventory: Inventory) -> Session:
    """The session with the whole inventory imported."""
    import_inventory(session, inventory, by=SERVICE, now=BEGINNING)
    session.info.clear()
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
