"""What each database itself refuses, whoever asks, and how a lost guard is noticed and put back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from database.failures import Failure, failure_of
from database.guards import POSTGRESQL, SQLITE, Guard
from database.migrate import differences, faults, upgrade
from database.transact import Database

EVENING = datetime(2026, 9, 1, 18, tzinfo=UTC)
HOUR = 3600
Claims = Callable[..., None]


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin() as work:
        yield connection
        work.rollback()


@pytest.fixture
def claim(connection: Connection) -> Claims:
    """Inserts a claim by raw SQL, as a mistaken program would; hours are counted from a fixed evening."""
    is_sqlite = connection.dialect.name == "sqlite"
    # Only the claims are of interest here: the rows that they point at are not made.
    if is_sqlite:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        for key in ("fk_claim_space_id", "fk_claim_occurrence_id"):
            connection.execute(text(f"ALTER TABLE claim DROP CONSTRAINT {key}"))
    moment = ":{0}" if is_sqlite else "to_timestamp(:{0})"
    statement = text(
        f"INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at) VALUES (:space, 1, {moment.format('s')}, {moment.format('e')})"
    )

    def insert(start: float, end: float, *, space: int = 1) -> None:
        begin = int(EVENING.timestamp())
        connection.execute(statement, {"space": space, "s": int(begin + start * HOUR), "e": int(begin + end * HOUR)})

    return insert


@pytest.mark.parametrize("other", [(0, 1), (0.5, 0.75), (-1, 0.5), (0.5, 2), (-1, 2), (0, 0.5), (0.5, 1), (0, 2), (-1, 1)])
def test_an_overlapping_claim_is_refused(connection: Connection, claim: Claims, other: tuple[float, float]) -> None:
    claim(0, 1)

    with pytest.raises(DBAPIError) as refused, connection.begin_nested():
        claim(*other)

    assert failure_of(refused.value) is Failure.LOST_RACE
    assert connection.scalar(text("SELECT count(*) FROM claim")) == 1


def test_claims_that_touch_or_are_of_other_spaces_stand_side_by_side(connection: Connection, claim: Claims) -> None:
    for start, end in ((1, 2), (-1, 0), (0, 1), (5, 9), (2, 5)):
        claim(start, end)
    claim(0, 9, space=2)

    assert connection.scalar(text("SELECT count(*) FROM claim")) == 6


def test_claims_of_one_statement_are_guarded_against_each_other(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        values = "(1, 1, 0, 3600), (1, 1, 1800, 5400)"
    else:
        values = "(1, 1, to_timestamp(0), to_timestamp(3600)), (1, 1, to_timestamp(1800), to_timestamp(5400))"

    with pytest.raises(DBAPIError):
        connection.execute(text(f"INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at) VALUES {values}"))


def test_a_claim_without_length_is_refused(connection: Connection, claim: Claims) -> None:
    with pytest.raises(DBAPIError, match="ck_claim_positive"), connection.begin_nested():
        claim(1, 1)
    with pytest.raises(DBAPIError), connection.begin_nested():
        claim(2, 1)


def test_a_claim_is_never_moved(connection: Connection, claim: Claims) -> None:
    claim(0, 1)

    with pytest.raises(DBAPIError):
        connection.execute(text("UPDATE claim SET space_id = 2"))


def test_a_claim_with_its_time_as_text_is_refused(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        pytest.skip("its times have a type")

    with pytest.raises(DBAPIError, match="cannot store TEXT value in INTEGER column"):
        connection.execute(text("INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at) VALUES (1, 1, '2026-09-01 18:00', 9e9)"))


@pytest.mark.parametrize("change", ["UPDATE audit SET verb = 'other'", "DELETE FROM audit"])
def test_the_audit_is_only_added_to(connection: Connection, change: str) -> None:
    now = "0" if connection.dialect.name == "sqlite" else "now()"
    connection.execute(
        text(f"INSERT INTO audit (at, via, verb, subject, subject_id, facts) VALUES ({now}, 'page', 'reserve', 'booking', 1, '{{}}')")
    )

    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(text(change))

    assert connection.scalar(text("SELECT verb FROM audit")) == "reserve"


@pytest.mark.parametrize("change", ["UPDATE policy_version SET number = 2", "DELETE FROM policy_version"])
def test_a_published_policy_is_never_changed(connection: Connection, change: str) -> None:
    now = "0" if connection.dialect.name == "sqlite" else "now()"
    connection.execute(
        text(f"INSERT INTO policy_version (number, valid_from, document, published_at) VALUES (1, '2026-01-01', '{{}}', {now})")
    )

    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(text(change))

    assert connection.scalar(text("SELECT number FROM policy_version")) == 1


@pytest.mark.parametrize("change", ["UPDATE judgement SET judged = '[]'", "DELETE FROM judgement"])
def test_what_was_judged_is_never_changed(connection: Connection, change: str) -> None:
    # Only the judgement is of interest here: its booking is not made.
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        connection.execute(text("ALTER TABLE judgement DROP CONSTRAINT fk_judgement_booking_id"))
    now = "0" if connection.dialect.name == "sqlite" else "now()"
    connection.execute(
        text(f"INSERT INTO judgement (booking_id, act, at, policy_versions, judged) VALUES (1, 'reserve', {now}, '[]', '{{}}')")
    )

    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(text(change))

    assert connection.scalar(text("SELECT act FROM judgement")) == "reserve"


def test_the_audit_cannot_be_emptied_at_once(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        pytest.skip("it has no TRUNCATE, and an unqualified DELETE meets the trigger")

    with pytest.raises(DBAPIError):
        connection.execute(text("TRUNCATE audit"))


def test_a_migrated_database_has_no_faults_and_agrees_with_the_models(database: Database) -> None:
    assert standing_faults(database) == ()
    assert differences(database.url) == []


def standing_faults(database: Database) -> tuple[str, ...]:
    with database.engine.connect() as connection:
        return faults(connection, database.url)


def drop(connection: Connection, guard: Guard) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DROP TRIGGER {guard.name}"))
    elif guard.make.lstrip().startswith("ALTER TABLE"):
        connection.execute(text(f"ALTER TABLE {guard.table} DROP CONSTRAINT {guard.name}"))
    else:
        connection.execute(text(f"DROP TRIGGER {guard.name} ON {guard.table}"))


def test_every_missing_guard_is_named_and_the_next_upgrade_makes_it(database: Database) -> None:
    guards = SQLITE if database.engine.dialect.name == "sqlite" else POSTGRESQL
    with database.engine.begin() as connection:
        for guard in guards:
            drop(connection, guard)

    assert [fault.split()[1] for fault in standing_faults(database)] == [guard.name for guard in guards]

    upgrade(database.url)
    assert standing_faults(database) == ()


def test_a_disabled_guard_is_a_missing_guard(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("its triggers cannot be disabled")
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_no_update"))

    assert [fault.split()[1] for fault in standing_faults(database)] == ["audit_no_update"]


def test_after_a_rebuild_of_the_claim_table_the_upgrade_puts_its_guards_back(database: Database, claim_refused: Callable[[], bool]) -> None:
    """SQLite rebuilds a table to change it, and drops its triggers silently."""
    with database.engine.begin() as connection:
        rebuild(connection, "claim")

    if database.engine.dialect.name == "sqlite":
        assert standing_faults(database) != ()
    upgrade(database.url)

    assert standing_faults(database) == ()
    assert claim_refused()
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            assert connection.scalar(text("SELECT strict FROM pragma_table_list WHERE name = 'claim'")) == 1


def rebuild(connection: Connection, table: str) -> None:
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table(table, recreate="always" if connection.dialect.name == "sqlite" else "auto"):
        pass


@pytest.fixture
def claim_refused(database: Database) -> Callable[[], bool]:
    """Whether a claim that overlaps another is refused now."""

    def is_refused() -> bool:
        moments = ("0, 3600", "1800, 5400")
        if database.engine.dialect.name == "postgresql":
            moments = ("to_timestamp(0), to_timestamp(3600)", "to_timestamp(1800), to_timestamp(5400)")
        with database.engine.connect() as connection, connection.begin() as work:
            if connection.dialect.name == "sqlite":
                connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            else:
                connection.execute(text("ALTER TABLE claim DROP CONSTRAINT fk_claim_space_id, DROP CONSTRAINT fk_claim_occurrence_id"))
            insert = "INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at) VALUES (1, 1, {})"
            connection.execute(text(insert.format(moments[0])))
            try:
                connection.execute(text(insert.format(moments[1])))
            except DBAPIError as error:
                return failure_of(error) is Failure.LOST_RACE
            finally:
                work.rollback()
        return False

    return is_refused
