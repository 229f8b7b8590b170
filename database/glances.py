"""Glances: single reading statements as the driver takes them, for what is asked so often that a connection's own ways cost most of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import ClauseElement, Engine, event

from database.prepared import known, prepared

Row = dict[str, Any]
Seen = tuple[Sequence[str], Sequence[tuple[Any, ...]]]
GIVEN = re.compile(r"%\((\w+)\)s")


class Glances:
    """Sends statements over connections of its own: no pool, no session, no transaction, no result but rows of plain values.

    Few statements, written once: each connection is kept for the next glance, with what its database made ready for them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fault = engine.dialect.loaded_dbapi.Error
        self._eyes = Served if engine.dialect.name == "postgresql" else Plain
        # Each is in the hands of one thread at a time.
        self._idle: list[Plain] = []
        event.listen(engine, "engine_disposed", self._close)

    @property
    def dialect(self) -> str:
        """In whose words the statements are."""
        return self._engine.dialect.name

    def first(self, statement: str, given: Mapping[str, object]) -> Row | None:
        """The first row, by the names of its columns; raises DBAPIError as a connection would."""
        columns, rows = self._look(statement, given)
        return dict(zip(columns, rows[0], strict=True)) if rows else None

    def rows(self, statement: ClauseElement, given: Mapping[str, object]) -> list[Any]:
        """All rows of a ``prepared`` statement; raises DBAPIError as a connection would."""
        ready = prepared(statement, tuple(given), self._engine.dialect)
        _columns, rows = self._look(ready.text, ready.given(given))
        return ready.read(rows)

    def _look(self, statement: str, given: Any) -> Seen:
        try:
            try:
                return self._seen(self._idle.pop(), statement, given)
            except (IndexError, self._fault):  # none is idle, or its server was started again since, or its tables were migrated
                return self._seen(self._opened(), statement, given)
        except self._fault as error:
            raise known(error, self._engine.dialect, statement, lost=True) from error

    def _seen(self, eye: "Plain", statement: str, given: Any) -> Seen:
        try:
            seen = eye.look(statement, given)
        except BaseException:
            eye.close()
            raise
        self._idle.append(eye)
        return seen

    def _opened(self) -> "Plain":
        pooled = self._engine.raw_connection()
        driver = pooled.dbapi_connection
        pooled.detach()
        return self._eyes(driver)

    def _close(self, _engine: Engine) -> None:
        while self._idle:
            self._idle.pop().close()


class Plain:
    """A connection as SQLite's driver has it, which begins nothing by itself."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self.close = driver.close

    def look(self, statement: str, given: Any) -> Seen:
        """What the columns are called, and all rows."""
        cursor = self._driver.execute(statement, given)
        return [column[0] for column in cursor.description], cursor.fetchall()


class Ready(NamedTuple):
    """A statement that a server has prepared: its name there, what is given in order, and what the columns are called."""

    name: bytes
    given: tuple[str, ...]
    columns: tuple[str, ...]


class Served(Plain):
    """A connection of PostgreSQL's own library: its server prepares each statement once, and then is sent the name and what is given.
    Through the driver's cursors the same row takes twice the time."""

    def __init__(self, driver: Any) -> None:
        super().__init__(driver)
        self._ready: dict[str, Ready] = {}
        self._values = Transformer(self._driver)

    def look(self, statement: str, given: Any) -> Seen:
        """What the columns are called, and all rows."""
        if statement not in self._ready:
            self._ready[statement] = self._prepared(statement)
        ready, values = self._ready[statement], self._values
        texts = values.dump_sequence([given[name] for name in ready.given], [PyFormat.TEXT] * len(ready.given))
        told = _sound(self._driver.pgconn.exec_prepared(ready.name, texts), ExecStatus.TUPLES_OK)
        values.set_pgresult(told)
        return ready.columns, [values.load_row(number, tuple) for number in range(told.ntuples)]

    def _prepared(self, statement: str) -> Ready:
        library, name = self._driver.pgconn, f"glance_{len(self._ready)}".encode()
        given = tuple(dict.fromkeys(GIVEN.findall(statement)))
        written = GIVEN.sub(lambda found: f"${given.index(found[1]) + 1}", statement)
        _sound(library.prepare(name, written.encode()), ExecStatus.COMMAND_OK)
        told = _sound(library.describe_prepared(name), ExecStatus.COMMAND_OK)
        return Ready(name, given, tuple((told.fname(number) or b"").decode() for number in range(told.nfields)))


def _sound(told: PGresult, wanted: ExecStatus) -> PGresult:
    if told.status != wanted:
        raise error_from_result(told)
    return told
