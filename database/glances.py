"""Glances: single reading statements as the driver takes them, for what is asked so often that a connection's own ways cost most of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ClauseElement, Engine

from database.prepared import Prepared, known, prepared


class Glances:
    """Sends statements over connections of an engine's pool: no session, no transaction, no result but rows of plain values.

    Few statements, written once: what their columns are called is kept.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite's connections begin nothing by themselves.
        self._is_postgresql = engine.dialect.name == "postgresql"
        self._columns: dict[str, tuple[str, ...]] = {}

    @property
    def dialect(self) -> str:
        """In whose words the statements are."""
        return self._engine.dialect.name

    def first(self, statement: str, given: Mapping[str, object]) -> dict[str, Any] | None:
        """The first row, by the names of its columns; raises DBAPIError as a connection would."""
        with self._sent(statement, given) as cursor:
            rows = cursor.fetchall()
            if statement not in self._columns:
                self._columns[statement] = tuple(column[0] for column in cursor.description)
        return dict(zip(self._columns[statement], rows[0], strict=True)) if rows else None

    def rows(self, statement: ClauseElement, given: Mapping[str, object]) -> list[Any]:
        """All rows of a ``prepared`` statement; raises DBAPIError as a connection would."""
        ready: Prepared = prepared(statement, tuple(given), self._engine.dialect)
        with self._sent(ready.text, ready.given(given)) as cursor:
            return [ready.row(*found) for found in cursor.fetchall()] if ready.row else []

    @contextmanager
    def _sent(self, statement: str, given: Any) -> Iterator[Any]:
        dialect = self._engine.dialect
        try:
            pooled = self._engine.raw_connection()
            try:
                connection: Any = pooled.driver_connection
                if self._is_postgresql:
                    connection.autocommit = True
                yield connection.execute(statement, given)
                if self._is_postgresql:
                    connection.autocommit = False
            except BaseException as error:
                pooled.invalidate(error)
                raise
            pooled.close()
        except dialect.loaded_dbapi.Error as error:
            raise known(error, dialect, statement, lost=True) from error
