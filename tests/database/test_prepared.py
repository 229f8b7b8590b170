"""Statements in the words of the driver give what a connection gives, and fail as on one."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, ResourceClosedError
from sqlalchemy.orm import Session

from accounts.models import Person, RoleGrant
from database.base import table_of
from database.prepared import send
from database.transact import Database
from database.writing import made, objects, put
from kernel.errors import Busy
from venues.models import District

DISTRICT, PERSON = table_of(District), table_of(Person)
INTO = insert(DISTRICT).returning(DISTRICT.c.id, DISTRICT.c.slug)
NAMED = (
    select(DISTRICT.c.id, DISTRICT.c.name).where(DISTRICT.c.slug == bindparam("slug"), DISTRICT.c.name != "Ingen").order_by(DISTRICT.c.id)
)
PID = select(func.pg_backend_pid().label("pid"))
EVERYBODY = select(*PERSON.c).where(PERSON.c.name == bindparam("name"))
NOW = datetime(2026, 11, 27, 4, 30, tzinfo=UTC)


def test_rows_are_told_by_the_names_of_their_columns(session: Session) -> None:
    (one,) = send(session, INTO, {"slug": "bragernes", "name": "Bragernes"})

    assert one.slug == "bragernes"
    assert send(session, NAMED, {"slug": "bragernes"}) == [(one.id, "Bragernes")]
    assert send(session, NAMED, {"slug": "konnerud"}) == []


def test_several_rows_are_written_at_once_and_told_to_those_who_listen(session: Session) -> None:
    seen = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: seen.append((told[2], len(told[3]), told[5])))

    told = send(session, insert(DISTRICT), {"slug": "a", "name": "A"}, {"slug": "b", "name": "B"})

    assert told == []
    assert [row.name for slug in "ab" for row in send(session, NAMED, {"slug": slug})] == ["A", "B"]
    assert [(statement.split()[0], rows, is_many) for statement, rows, is_many in seen] == [
        ("INSERT", 2, True),
        ("SELECT", 1, False),
        ("SELECT", 1, False),
    ]


def test_what_is_refused_is_said_as_by_a_connection_and_without_what_was_given(session: Session) -> None:
    send(session, INTO, {"slug": "a", "name": "A"})

    with pytest.raises(IntegrityError) as refused:
        send(session, INTO, {"slug": "a", "name": "hemmelig"})

    assert isinstance(refused.value, DBAPIError)
    assert "hemmelig" not in str(refused.value)


def test_a_lost_race_in_a_verb_is_known_by_it(database: Database) -> None:
    runs = []

    def doubled(session: Session) -> None:
        runs.append(session)
        send(session, INTO, {"slug": "a", "name": "A"})
        if len(runs) == 1:
            send(session, INTO, {"slug": "a", "name": "B"})

    database.transact(doubled)

    with database.reading() as session:
        assert [row.name for row in send(session, NAMED, {"slug": "a"})] == ["A"]
    assert len(runs) == 2


def test_what_is_sent_after_its_transaction_ended_goes_nowhere(database: Database) -> None:
    session = database.transact(lambda session: session)

    with pytest.raises(ResourceClosedError):
        send(session, INTO, {"slug": "a", "name": "A"})

    with database.reading() as session:
        assert send(session, NAMED, {"slug": "a"}) == []


def test_objects_of_rows_are_those_of_the_session_and_what_is_changed_in_them_is_written(session: Session) -> None:
    put(session, made(Person, name="Berit", email="berit@example.org", phone="", created_at=NOW))
    session.flush()
    session.expunge_all()

    (row,) = send(session, EVERYBODY, {"name": "Berit"})
    (found, nobody) = objects(session, (*row, *[None] * len(table_of(RoleGrant).c)), Person, RoleGrant)
    (again,) = objects(session, row, Person)

    assert (found is again is session.get(Person, found.id), nobody, found.email) == (True, None, "berit@example.org")
    found.name = "Berit Moen"
    session.flush()
    assert send(session, EVERYBODY, {"name": "Berit"}) == []


def test_an_instant_without_a_zone_is_not_written(session: Session) -> None:
    late = update(PERSON).where(PERSON.c.id == bindparam("who")).values(created_at=bindparam("moment"))

    with pytest.raises(ValueError, match="zone"):
        send(session, late, {"who": 1, "moment": NOW.replace(tzinfo=None)})


def test_a_connection_that_is_lost_in_a_verb_is_told_as_a_busy_database(database: Database) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connections to lose")
    other = Database(database.url)

    def loses_it(session: Session) -> None:
        (one,) = send(session, PID, {})
        with other.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": one.pid})
        send(session, INTO, {"slug": "a", "name": "A"})

    with pytest.raises(Busy) as told:
        database.transact(loses_it)
    other.engine.dispose()

    assert [fault.code for fault in told.value.faults] == ["database-busy"]
    database.transact(lambda session: send(session, INTO, {"slug": "a", "name": "A"}))
