"""Databases for tests: one is migrated, every test gets a copy of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

# Where a file is written without waiting for a disk; None where the machine has no such place.
MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
numbers = count(1)
# Several processes may test on one server.
OWN = os.environ.get("PYTEST_XDIST_WORKER", "")
Make = Callable[[str], None]
OTHERS_OUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
# Which tables, columns, constraints, indexes and triggers there are, and at which revision they say to be.
SHAPE = """
SELECT (SELECT md5(string_agg(attrelid::regclass::text || attname || atttypid || attnotnull, ',' ORDER BY attrelid::regclass::text, attnum))
          FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace),
       (SELECT md5(string_agg(conrelid::regclass::text || conname, ',' ORDER BY conrelid::regclass::text, conname)) FROM pg_constraint),
       (SELECT md5(string_agg(tgname || tgenabled::text, ',' ORDER BY tgname)) FROM pg_trigger WHERE NOT tgisinternal),
       (SELECT string_agg(version_num, ',') FROM alembic_version)
"""
TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' ORDER BY relname
"""
FROM_ONE = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL
"""


class SqliteCopies:
    """Copies of a file that is made once, in the same places again and again."""

    def __init__(self, folder: Path, make: Make) -> None:
        self._folder = folder
        self._template = folder / f"template-{next(numbers)}.sqlite"
        self._idle: list[Path] = []
        make(f"sqlite:///{self._template}")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a database like the template, gone after the block."""
        place = self._idle.pop() if self._idle else self._folder / f"copy-{next(numbers)}"
        place.mkdir()
        shutil.copy(self._template, place / "arena.sqlite")
        yield f"sqlite:///{place / 'arena.sqlite'}"
        shutil.rmtree(place)
        self._idle.append(place)


class PostgresCopies:
    """Copies on one server of a database that is made once, under the same names again and again.

    Making a database costs a copy of a thousand files; a copy of an empty one that a test left whole is only emptied.
    """

    def __init__(self, url: str, make: Make) -> None:
        self._url = make_url(url)
        self._template = f"arena_template_{OWN}{next(numbers)}"
        self._idle: list[str] = []
        self._free: list[str] = []
        self._on_server(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)", f"CREATE DATABASE {self._template}")
        make(self._named(self._template))
        with self._connected(self._template) as connection:
            self._whole = connection.execute(SHAPE).fetchone()
            tables = [name for (name,) in connection.execute(TABLES)]
            self._has_rows = any(connection.execute(f"SELECT FROM {table} LIMIT 1").fetchall() for table in tables)
            # FILE_COPY takes a sixth of the time, and is new in PostgreSQL 15.
            self._how = "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
        # TRUNCATE makes new files for every table and index, which takes three times as long for a few rows.
        self._empty = ";".join(f"DELETE FROM {table}" for table in tables)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a database like the template, gone after the block."""
        name = self._idle.pop() if self._idle else self._made()
        try:
            yield self._named(name)
        finally:
            if self._emptied(name):
                self._idle.append(name)
            else:
                self._on_server(f"DROP DATABASE {name} WITH (FORCE)")
                self._free.append(name)

    def _made(self) -> str:
        name = self._free.pop() if self._free else f"arena_copy_{OWN}{next(numbers)}"
        self._on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {self._template} {self._how}")
        return name

    def _emptied(self, name: str) -> bool:
        """Whether the database is again like the template: of its shape, with no rows of its own."""
        if self._has_rows:
            return False
        with self._connected(name) as connection:
            connection.execute(OTHERS_OUT)
            if connection.execute(SHAPE).fetchone() != self._whole:
                return False
            connection.execute("SET session_replication_role = replica")  # the audit's guard would refuse
            connection.execute(self._empty)
            connection.execute(FROM_ONE)
            return True

    def _named(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _on_server(self, *statements: str) -> None:
        with self._connected(self._url.database or "postgres") as connection:
            for statement in statements:
                connection.execute(statement)

    def _connected(self, name: str) -> "psycopg.Connection[tuple[Any, ...]]":
        plain = self._url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)
