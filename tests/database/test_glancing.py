"""A glance at the database begins nothing and leaves nothing behind on the connection."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


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


def test_what_cannot_be_asked_is_refused_as_by_a_connection_and_says_nothing_of_what_was_given(database):
    parameter = "%(token)s" if database.glances.dialect == "postgresql" else ":token"

    with pytest.raises(DBAPIError) as refused:
        database.glances.first(f"SELECT nothing FROM nowhere WHERE id = {parameter}", {"token": "hemmelig"})

    assert "hemmelig" not in str(refused.value)
    assert database.glances.first("SELECT 1 AS one", {}) == {"one": 1}
