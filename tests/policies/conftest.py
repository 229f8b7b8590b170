"""A migrated database of each kind with the cast in it, rolled back after each test."""

import os
from collections.abc import Iterator
from importlib import import_module

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

import app
from database.migrate import upgrade
from database.transact import Database
from tests.cast import Cast, assemble

for tables in app.TABLES:
    import_module(tables)

# How long an example takes says nothing on a machine that does other things too; bench/ measures.
settings.register_profile("policies", deadline=None, max_examples=60)
settings.load_profile("policies")

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
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", autoflush=True) as session:
            yield session
        outer.rollback()


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)
