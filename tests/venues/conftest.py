"""A migrated database of each kind, and the map of Drammen in it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor, Role
from database.migrate import upgrade
from database.transact import Database
from venues.importing import import_inventory
from venues.inventory import Inventory, parse

TABLES = ("accounts.models", "policies.models", "booking.models", "calendars.models", "database.audit", "database.outbox", "database.idempotency")
for tables in TABLES:
    import_module(tables)

NOW = datetime(2026, 8, 20, 10, tzinfo=UTC)
INVENTORY = Path(__file__).parents[2] / "venues" / "data" / "drammen-inventory.json"
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('db') / 'arena.sqlite'}"
    elif POSTGRES:
        url = POSTGRES
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    else:
        pytest.skip("TEST_POSTGRES_URL is not set")
    upgrade(url)
    return Database(url)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session whose work is rolled back."""
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", autoflush=True) as session:
            yield session
        outer.rollback()


@pytest.fixture(scope="session")
def inventory() -> Inventory:
    return parse(INVENTORY.read_bytes())


@pytest.fixture
def drammen(session: Session, inventory: Inventory) -> Session:
    """The session with the whole inventory imported."""
    import_inventory(session, inventory, by=SERVICE, now=NOW)
    session.info.clear()
    return session


@pytest.fixture
def officer() -> Actor:
    return Actor(person_id=7, name="Olga Officer", roles=frozenset({Role.OFFICER}))


class Statements:
    """Counts what is sent to the database while it is open."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()
        self.seen: list[str] = []

    def __enter__(self) -> "Statements":
        event.listen(self._connection, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self._connection, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.seen.append(statement)

    def __len__(self) -> int:
        return len(self.seen)


@pytest.fixture
def counted() -> type[Statements]:
    return Statements
