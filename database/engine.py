"""Engines: how a connection to each of the two databases is opened and how its transactions begin."""

import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from database.prepared import known

BUSY_SECONDS = 10
FRESH_SECONDS = 1.0
TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
HIDE = "CREATE TEMPORARY TABLE {table} (LIKE {schema}.{table} INCLUDING ALL) ON COMMIT DROP"
FILL = "INSERT INTO pg_temp.{table} SELECT * FROM {schema}.{table}; ANALYZE pg_temp.{table}"
# Compiling the expressions of a statement takes longer than anything here that is asked once.
POSTGRES_OPTIONS = f"-c timezone=UTC -c synchronous_commit=on -c lock_timeout={BUSY_SECONDS}s -c cursor_tuple_fraction=1.0 -c jit=off"

# Judgements are long: what reads and writes bodies is five times as fast as the standard library.
JSON: Mapping[str, Any] = {"json_serializer": lambda value: to_json(value).decode(), "json_deserializer": from_json}


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine for SQLite (a file) or PostgreSQL; every commit of it is durable."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return _postgresql(parsed, pool_size)


@contextmanager
def apart(engine: Engine, *, without: Collection[str] = ()) -> Iterator[Engine]:
    """What a database holds now, apart from it: for writes of which nothing is to stay, that keep nobody waiting.

    SQLite's is in memory; PostgreSQL's in temporary tables of its one connection, which hide the others until the transaction
    ends. The tables ``without`` which it works are then empty.
    """
    if engine.dialect.name == "sqlite":
        with _in_memory(engine) as copied:
            yield copied
        return
    copied = make_engine(engine.url.render_as_string(hide_password=False), pool_size=1)
    event.listen(copied, "begin", lambda connection: _hide_tables(connection, without))
    yield copied.execution_options(isolation_level="REPEATABLE READ")
    copied.dispose()


def _hide_tables(connection: Connection, without: Collection[str]) -> None:
    (schema,) = connection.exec_driver_sql("SELECT quote_ident(current_schema())").one()
    for (table,) in connection.exec_driver_sql(TABLES).all():
        for statement in (HIDE,) if table in without else (HIDE, FILL):
            connection.exec_driver_sql(statement.format(table=table, schema=schema))


@contextmanager
def _in_memory(engine: Engine) -> Iterator[Engine]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        with closing(sqlite3.connect(engine.url.database or "")) as source:
            source.backup(memory)
        copied = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool, **JSON)
        event.listen(copied, "connect", _prepare)
        event.listen(copied, "begin", _begin)
        yield copied


def sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite engine, None for PostgreSQL."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return Path(engine.url.database)


def _postgresql(url: URL, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=8, connect_args={"options": POSTGRES_OPTIONS}, **JSON)

    def ping_the_idle(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        """As ``pool_pre_ping``, but not for what answered a moment ago: a ping costs as much as a small statement."""
        if time.monotonic() - record.info["used"] > FRESH_SECONDS and not _answers(engine, connection):
            raise InvalidatePoolError

    event.listen(engine, "connect", _note_use)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", ping_the_idle)
    return engine


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _answers(engine: Engine, connection: DBAPIConnection) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SystemExit("DATABASE_URL: SQLite needs a file, several processes share it")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # Python's own transaction handling is off: it would begin late and deferred (https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable).
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": BUSY_SECONDS}, pool_size=8, max_overflow=8, **JSON)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own lower() knows ASCII only and would not find Øren by øren.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin(connection: Connection) -> None:
    statement = "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN"
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(statement)
    except sqlite3.Error as error:
        raise known(error, connection.dialect, statement) from error
