"""All rows of a database, to be compared: what was refused has changed nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, select

from database.base import Base

Contents = Mapping[str, Sequence[tuple[Any, ...]]]


def contents(engine: Engine) -> Contents:
    """The rows of every table as text, in the order of their keys."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(map(repr, row)) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def changed(before: Contents, after: Contents) -> list[str]:
    """The names of the tables that differ."""
    return [table for table in before if before[table] != after[table]]
