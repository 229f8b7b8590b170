"""Writing: new rows in one statement, where the unit of work and reading them again would cost more than the rows."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column, Connection, Insert, insert
from sqlalchemy.orm import RelationshipDirection, Session, make_transient_to_detached

from database.base import Base, table_of

T = TypeVar("T", bound=Base)


def put(session: Session, *rows: T) -> None:
    """Write new rows of one class; afterwards they are in the session as if they had been read from the database.

    What they point to is there already. Their own ids they get here.
    """
    shape = _shape(type(rows[0]))
    for row in rows:
        held = row.__dict__
        held |= {column: held[name] and held[name].id for name, column in shape.pointing.items() if name in held}
        held |= {name: _default(column) for name, column in shape.columns.items() if name not in held}
    session.flush()
    for row, id_ in zip(rows, _written(session.connection(), shape, rows), strict=True):
        row.__dict__["id"] = id_
        make_transient_to_detached(row)
    session.add_all(rows)


class Shape(NamedTuple):
    """What is written of a class: the statement, the columns that are given, and those of rows pointed to, by their names."""

    into: Insert
    id: Column[int]
    columns: dict[str, Column[Any]]
    pointing: dict[str, str]


def _written(connection: Connection, shape: Shape, rows: Sequence[Base]) -> Sequence[int]:
    values = [{name: row.__dict__[name] for name in shape.columns} for row in rows]
    if len(values) > 1:
        return connection.scalars(shape.into.returning(shape.id, sort_by_parameter_order=True), values).all()
    return list(connection.execute(shape.into, values).inserted_primary_key or ())


@cache
def _shape(mapped: type[Base]) -> Shape:
    """Put together once."""
    table = table_of(mapped)
    ones = (one for one in mapped.__mapper__.relationships if one.direction is RelationshipDirection.MANYTOONE)
    pointing = {one.key: str(column.key) for one in ones for column in one.local_columns}
    return Shape(insert(table), table.c.id, {column.key: column for column in table.c if not column.primary_key}, pointing)


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)
