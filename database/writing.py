"""Writing: what is sent with each booking, where all that lies above the driver would cost more than the rows."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column, CursorResult, Delete, Dialect, Insert, Update, insert
from sqlalchemy.orm import RelationshipDirection, Session, make_transient_to_detached

from database.base import Base, table_of

T = TypeVar("T", bound=Base)
Row = Mapping[str, Any]
Writing = Insert | Update | Delete


def send(session: Session, statement: Writing, *rows: Row) -> CursorResult[Any]:
    """Run a statement of a module for each row of values, which all have the same names; none of these is a list to be spelled out.

    How it reads in the words of the driver, and how each value does, is worked out once and not at each sending.
    """
    connection = session.connection()
    key = (statement, tuple(rows[0]), connection.dialect.name)
    prepared = _PREPARED.get(key) or _PREPARED.setdefault(key, _prepared(statement, rows[0], connection.dialect))
    return connection.exec_driver_sql(prepared.text, [prepared.given(row) for row in rows])


def made(mapped: type[T], **values: Any) -> T:
    """A new row to be ``put``: of what it was before nobody needs to know anything."""
    row: T = mapped.__mapper__.class_manager.new_instance()
    row.__dict__.update(values)
    return row


def put(session: Session, *rows: T) -> None:
    """Write new rows of one class; afterwards they are in the session as if they had been read from the database.

    What they point to is there already. Their own ids they get here.
    """
    shape = _shape(type(rows[0]))
    pointed_to = [{name: row.__dict__.pop(name) for name in shape.pointing if name in row.__dict__} for row in rows]
    for row, others in zip(rows, pointed_to, strict=True):
        ids = {shape.pointing[name]: other and other.id for name, other in others.items()}
        row.__dict__.update({name: default() for name, default in shape.defaults} | row.__dict__ | ids)
    session.flush()
    for row, id_ in zip(rows, _written(session, shape, rows), strict=True):
        row.__dict__["id"] = id_
        make_transient_to_detached(row)
    session.add_all(rows)
    for row, others in zip(rows, pointed_to, strict=True):
        # Only now: the session would look through all that they point to in turn.
        row.__dict__.update(others)


class Shape(NamedTuple):
    """What is written of a class: the statements, for one row and for several, what makes the defaults of the columns, and the
    columns of what they point to, by their names."""

    into: Insert
    several: Insert
    defaults: Sequence[tuple[str, Callable[[], Any]]]
    pointing: Mapping[str, str]


def _written(session: Session, shape: Shape, rows: Sequence[Base]) -> Sequence[int]:
    values = [{name: row.__dict__[name] for name, _default in shape.defaults} for row in rows]
    if len(values) > 1:
        return session.connection().scalars(shape.several, values).all()
    return send(session, shape.into, *values).scalars().all()


@cache
def _shape(mapped: type[Base]) -> Shape:
    """Put together once."""
    table = table_of(mapped)
    ones = (one for one in mapped.__mapper__.relationships if one.direction is RelationshipDirection.MANYTOONE)
    pointing = {one.key: str(column.key) for one in ones for column in one.local_columns}
    defaults = [(column.key, _default(column)) for column in table.c if not column.primary_key]
    into, several = insert(table).returning(table.c.id), insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return Shape(into, several, defaults, pointing)


def _default(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default is None or default.is_scalar:
        return lambda: default and default.arg
    return lambda: default.arg(None)


class _Prepared(NamedTuple):
    """A statement as its driver takes it: its text, what it always says, how values of some names are turned, and the order of
    all names where the driver wants them by place."""

    text: str
    fixed: Row
    turning: Sequence[tuple[str, Callable[[Any], Any]]]
    order: Sequence[str] | None

    def given(self, row: Row) -> Any:
        values = {**self.fixed, **row}
        for name, turned in self.turning:
            values[name] = turned(values[name])
        return values if self.order is None else tuple([values[name] for name in self.order])


_PREPARED: dict[tuple[Writing, tuple[str, ...], str], _Prepared] = {}


def _prepared(statement: Writing, row: Row, dialect: Dialect) -> _Prepared:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(row))
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise ValueError(f"columns with a default are to be given: {[column.key for column in compiled.prefetch]}")
    processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    return _Prepared(
        text=compiled.string,
        fixed={name: value for name, value in compiled.params.items() if name not in row},
        turning=[(name, processor) for name, processor in processors.items() if processor],
        order=compiled.positiontup,
    )
