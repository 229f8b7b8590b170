"""A glance at the database begins nothing and leaves nothing behind on the connection."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from database.transact import Database

BACKEND = "SELECT pg_backend_pid() AS pid"


def test_a_row_is_told_by_the_names_of_its_columns(database):
    assert database.glances.first("SELECT 1 AS one, 'to' AS two", {}) == {"one": 1, "two": "to"}
    assert database.glances.first("SELECT id FROM district", {}) is None


def test_a_row_that_is_asked_for_begins_nothing_that_others_would_end(database):
    database.glances.first("SELECT count(*) AS count FROM district", {})

    with database.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("INSERT INTO district (slug, name) VALUES ('a', 'A')"))
        rolled_back = database.glances.first("SELECT count(*) AS count FROM district", {})
        connection.rollback()
    with database.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("INSERT INTO district (slug, name) VALUES ('b', 'B')"))
        connection.commit()

    assert rolled_back == {"count": 0}
    assert database.glances.first("SELECT slug FROM district", {}) == {"slug": "b"}


def test_a_connection_is_kept_for_the_next_glance_until_the_engine_lets_go_of_all(database):
    if database.glances.dialect != "postgresql":
        pytest.skip("SQLite has no server to tell connections apart")
    first, again = (database.glances.first(BACKEND, {}) for _ in range(2))
    database.engine.dispose()
    later = database.glances.first(BACKEND, {})

    assert first == again != later


def test_a_server_that_ended_the_kept_connections_is_asked_again_and_nobody_told(database):
    if database.glances.dialect != "postgresql":
        pytest.skip("SQLite has no connections to lose")
    before = database.glances.first(BACKEND, {})
    other = Database(database.url)
    with other.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), before)
    other.engine.dispose()

    assert database.glances.first(BACKEND, {}) != before


def test_what_was_made_ready_before_a_migration_is_made_ready_anew(database):
    parameter = "%(slug)s" if database.glances.dialect == "postgresql" else ":slug"
    asked = f"SELECT * FROM district WHERE slug = {parameter}"
    assert database.glances.first(asked, {"slug": "a"}) is None

    with database.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("ALTER TABLE district ADD COLUMN told text"))
        connection.execute(text("INSERT INTO district (slug, name, told) VALUES ('a', 'A', 'alt')"))
        connection.commit()

    assert database.glances.first(asked, {"slug": "a"})["told"] == "alt"


def test_values_of_all_kinds_are_given_and_told_as_the_driver_has_them(database):
    moment = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
    if database.glances.dialect == "postgresql":
        asked = "SELECT %(text)s AS text, %(number)s + 1 AS number, %(moment)s > now() AS later, CAST(%(moment)s AS timestamptz) AS moment"
        told = {"text": "Ø\n", "number": 42, "later": False, "moment": moment}
    else:
        asked, told = "SELECT :text AS text, :number + 1 AS number", {"text": "Ø\n", "number": 42}

    assert database.glances.first(asked, {"text": "Ø\n", "number": 41, "moment": moment}) == told


def test_many_threads_glance_at_once_each_at_its_own(database):
    parameter = "CAST(%(number)s AS integer)" if database.glances.dialect == "postgresql" else ":number"

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda number: database.glances.first(f"SELECT {parameter} AS number", {"number": number}), range(400)))

    assert seen == [{"number": number} for number in range(400)]


def test_what_cannot_be_asked_is_refused_as_by_a_connection_and_says_nothing_of_what_was_given(database):
    parameter = "%(token)s" if database.glances.dialect == "postgresql" else ":token"

    with pytest.raises(DBAPIError) as refused:
        database.glances.first(f"SELECT nothing FROM nowhere WHERE id = {parameter}", {"token": "hemmelig"})

    assert "hemmelig" not in str(refused.value)
    assert database.glances.first("SELECT 1 AS one", {}) == {"one": 1}
