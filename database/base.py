"""The mapped base of every table, with constraint names that migrations and error handling can rely on."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, MetaData, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from database.types import Instant, LocalTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Maps ``datetime`` to an instant in UTC, ``LocalTime`` to a wall-clock time, dict and list to JSON."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant, dict[str, Any]: Json, list[Any]: Json, list[str]: Json}


def table_of(mapped: type[Base]) -> Table:
    """The table behind a class, for plain statements of the write path: what the mapper adds to one costs more than it."""
    return Base.metadata.tables[mapped.__tablename__]


__all__ = ["Base", "Instant", "Json", "LocalTime", "date", "table_of"]
