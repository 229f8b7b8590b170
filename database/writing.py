"""Writing: what is sent with each booking, where all that lies above the driver would cost more than the rows."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Insert, insert
from sqlalchemy.orm import RelationshipDirection, Session
from sqlalchemy.orm.attributes import instance_state

from database.base import Base, table_of
from database.prepared import send

T = TypeVar("T", bound=Base)


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
        row.__dict__.update({**shape.defaults, **{name: default(None) for name, default in shape.made}, **row.__dict__, **ids})
    session.flush()
    for row, others, id_ in zip(rows, pointed_to, _written(session, shape, rows), strict=True):
        row.__dict__.update(others, id=id_)
        _keep(session, row)


def objects(session: Session, row: Sequence[Any], *mapped: type[Base]) -> list[Any]:
    """The objects of a row in which the columns of some classes stand one behind the other, None for one that is not there."""
    found, values = [], iter(row)
    for one in mapped:
        given = dict(zip(_columns(one), values, strict=False))
        found.append(None if given["id"] is None else _known(session, one, given))
    return found


def _known(session: Session, mapped: type[T], values: dict[str, Any]) -> T:
    found: T | None = session.identity_map.get(mapped.__mapper__.identity_key_from_primary_key((values["id"],)))
    if found is None:
        _keep(session, found := made(mapped, **values))
    return found


def _keep(session: Session, row: Base) -> None:
    """In the session as if the mapper had read it: ``add`` would look through all that the row points to in turn."""
    state = instance_state(row)
    state.key = row.__mapper__.identity_key_from_primary_key((row.__dict__["id"],))
    state.session_id = session.hash_key
    state._commit_all(row.__dict__)
    session.identity_map.add(state)


@cache
def _columns(mapped: type[Base]) -> Sequence[str]:
    """What the columns of a class are called, in order."""
    return tuple(table_of(mapped).c.keys())


class Shape(NamedTuple):
    """What is written of a class: the statements, for one row and for several, the defaults of all columns, what makes those that
    are made for each row, and the columns of what they point to, by their names."""

    into: Insert
    several: Insert
    defaults: dict[str, Any]
    made: Sequence[tuple[str, Callable[[Any], Any]]]
    pointing: dict[str, str]


def _written(session: Session, shape: Shape, rows: Sequence[Base]) -> Sequence[int]:
    values = [{name: row.__dict__[name] for name in shape.defaults} for row in rows]
    if len(values) > 1:
        return session.connection().scalars(shape.several, values).all()
    return [row.id for row in send(session, shape.into, *values)]


@cache
def _shape(mapped: type[Base]) -> Shape:
    """Put together once."""
    table = table_of(mapped)
    ones = (one for one in mapped.__mapper__.relationships if one.direction is RelationshipDirection.MANYTOONE)
    pointing = {one.key: str(column.key) for one in ones for column in one.local_columns}
    columns: list[tuple[str, Any]] = [(column.key, column.default) for column in table.c if not column.primary_key]
    defaults = {name: default.arg if default and default.is_scalar else None for name, default in columns}
    each = [(name, default.arg) for name, default in columns if default and not default.is_scalar]
    into, several = insert(table).returning(table.c.id), insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return Shape(into, several, defaults, each, pointing)
