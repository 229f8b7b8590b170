"""A connection that the database ended while it lay idle is replaced before anybody gets it."""

import pytest
from sqlalchemy import text

from database import engine as engines
from database.transact import Database

OTHERS_OUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def lost(database: Database) -> Database:
    """A database that has ended the one connection in the pool."""
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connections to lose")
    with database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    other = Database(database.url)
    with other.engine.connect() as connection:
        connection.execute(text(OTHERS_OUT))
    other.engine.dispose()
    return database


def test_an_idle_connection_is_pinged_and_replaced(lost: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "FRESH_SECONDS", 0.0)

    with lost.reading() as session:
        answered = session.execute(text("SELECT 1")).scalar()

    assert answered == 1
