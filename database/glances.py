"""Glances: single reading statements as the driver takes them, for what is asked so often that a connection's own ways cost most of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError


class Glances:
    """Sends statements over connections of an engine's pool: no session, no transaction, no result but a row of plain values.

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
        fault = self._engine.dialect.loaded_dbapi.Error
        try:
            with self._pooled() as connection:
                return self._row(connection, statement, given)
        except fault as error:
            # Not with what was given: messages end in logs.
            raise DBAPIError.instance(statement, None, error, fault, connection_invalidated=True) from error

    @contextmanager
    def _pooled(self) -> Iterator[Any]:
        """A connection of the pool, which does not get it back when something went wrong."""
        pooled = self._engine.raw_connection()
        try:
            yield pooled.driver_connection
        except BaseException as error:
            pooled.invalidate(error)
            raise
        pooled.close()

    def _row(self, connection: Any, statement: str, given: Mapping[str, object]) -> dict[str, Any] | None:
        if self._is_postgresql:
            connection.autocommit = True
        cursor = connection.execute(statement, given)
        rows = cursor.fetchall()
        if statement not in self._columns:
            self._columns[statement] = tuple(column[0] for column in cursor.description)
        if self._is_postgresql:
            connection.autocommit = False
        return dict(zip(self._columns[statement], rows[0], strict=True)) if rows else None
