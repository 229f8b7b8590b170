"""Prepared: statements of modules as their driver takes them, put together once. All that lies above the driver costs more than a row."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Row = Mapping[str, Any]
# Where a session of a verb has its wire, which it would put together anew for each statement.
WIRE = "wire"


class Wire(NamedTuple):
    """What statements are sent over: a connection in its transaction, a cursor of its driver, and who listens to what is sent."""

    connection: Connection
    cursor: Any
    listening: Sequence[Callable[..., Any]]

    def close(self) -> None:
        """Let nothing be sent any more: the driver's connection goes on to others."""
        self.cursor.close()


class Prepared(NamedTuple):
    """A statement as its driver takes it: its text, what it always says, how values of some names are turned, what puts all values
    in order where the driver wants them by place, and what makes a row of what it gives, where it gives any."""

    text: str
    fixed: Row
    turning: Sequence[tuple[str, Callable[[Any], Any]]]
    ordered: Callable[[Row], Any] | None
    row: Callable[..., Any] | None

    def given(self, row: Row) -> Any:
        """The values of a row as the driver takes them."""
        values = {**self.fixed, **row}
        for name, turned in self.turning:
            values[name] = turned(values[name])
        return self.ordered(values) if self.ordered else values

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """The rows that the driver gives, with the names of their columns."""
        return [self.row(*found) for found in rows] if self.row else []


def prepared(statement: ClauseElement, names: Sequence[str], dialect: Dialect) -> Prepared:
    """A statement of a module, to be given values of these names; none of them is a list to be spelled out."""
    key = (statement, tuple(names), dialect.name)
    return _PREPARED.get(key) or _PREPARED.setdefault(key, _prepared(statement, names, dialect))


def wire(connection: Connection) -> Wire:
    """What is sent over this connection goes over; whoever begins to listen later does not hear of it."""
    return Wire(connection, connection.connection.cursor(), tuple(connection.dispatch.before_cursor_execute))


def send(session: Session, statement: ClauseElement, *rows: Row) -> list[Any]:
    """Run a statement of a module in a session's transaction, for each row of values, which all have the same names.

    The rows it gives, by the names of their columns; none where it is run for several. Raises DBAPIError as a connection would.
    """
    connection, cursor, listening = session.info.get(WIRE) or wire(session.connection())
    ready = prepared(statement, tuple(rows[0]), connection.dialect)
    given = [ready.given(row) for row in rows]
    for listen in listening:
        listen(connection, cursor, ready.text, given, None, len(given) > 1)
    try:
        if len(given) > 1:
            cursor.executemany(ready.text, given)
            return []
        cursor.execute(ready.text, given[0])
        return ready.read(cursor.fetchall()) if ready.row else []
    except connection.dialect.loaded_dbapi.Error as error:
        lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
        if lost:
            connection.invalidate(error)
        raise known(error, connection.dialect, ready.text, lost=lost) from error


def known(error: Exception, dialect: Dialect, text: str, *, lost: bool = False) -> Exception:
    """SQLAlchemy's error for one of the driver, without the values that were given: messages end in logs. ``lost`` is a connection
    that is given up."""
    fault = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, error, fault, connection_invalidated=lost, dialect=dialect)


_PREPARED: dict[tuple[ClauseElement, tuple[str, ...], str], Prepared] = {}


def _prepared(statement: ClauseElement, names: Sequence[str], dialect: Dialect) -> Prepared:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise ValueError(f"columns with a default are to be given: {[column.key for column in compiled.prefetch]}")
    processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()}
    return Prepared(
        text=compiled.string,
        fixed={name: value for name, value in compiled.params.items() if name not in names},
        turning=[(name, processor) for name, processor in processors.items() if processor],
        ordered=None if compiled.positiontup is None else _by_place(compiled.positiontup),
        row=_row(compiled, dialect),
    )


def _by_place(names: Sequence[str]) -> Callable[[Row], Any]:
    # Of a single name itemgetter gives the value alone.
    return itemgetter(*names) if len(names) > 1 else lambda values: tuple([values[name] for name in names])


def _row(compiled: Any, dialect: Dialect) -> Callable[..., Any] | None:
    columns = compiled._result_columns
    if not columns:
        return None
    named = namedtuple("Row", [column.keyname for column in columns])  # type: ignore[misc]
    turning = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    if not any(turning):
        return named
    return lambda *values: named(*[value if turned is None else turned(value) for turned, value in zip(turning, values, strict=True)])
