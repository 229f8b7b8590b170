"""Databases for tests: one is migrated, every test gets a copy of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

numbers = count(1)
Migrate = Callable[[str], None]


class SqliteCopies:
    """Copies of a migrated file."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite"
        migrate(f"sqlite:///{self._template}")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a database like the template, gone after the block."""
        place = self._folder / f"copy-{next(numbers)}"
        place.mkdir()
        shutil.copy(self._template, place / "arena.sqlite")
        yield f"sqlite:///{place / 'arena.sqlite'}"
        shutil.rmtree(place)


class PostgresCopies:
    """Copies of a migrated database on one server."""

    def __init__(self, url: str, migrate: Migrate) -> None:
        self._url = make_url(url)
        self._template = f"arena_template_{next(numbers)}"
        self._run(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)", f"CREATE DATABASE {self._template}")
        migrate(self._named(self._template))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a database like the template, gone after the block."""
        name = f"arena_copy_{next(numbers)}"
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {self._template}")
        try:
            yield self._named(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _named(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
