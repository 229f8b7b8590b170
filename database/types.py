"""Column types: instants in whole seconds, wall-clock times, and enums kept as their words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.types import TypeEngine

# Øre: PostgreSQL's plain integer ends at 21 million kroner, SQLite's has eight bytes anyway.
OreColumn = BigInteger().with_variant(Integer(), "sqlite")
EPOCH, SECOND = datetime.fromtimestamp(0, UTC), timedelta(seconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime in whole seconds: ``timestamptz`` on PostgreSQL, integer seconds on SQLite.

    Integers, because text defeats the claim guard of SQLite; naive datetimes are refused with ValueError.
    """

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Integer())

    # The processors themselves, and not what SQLAlchemy would wrap around a method: a feed reads one 25,000 times.
    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        return whole_second if dialect.name == "postgresql" else to_seconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        # PostgreSQL's needs none: connections of ours are set to UTC (database/engine.py).
        return None if dialect.name == "postgresql" else from_seconds


def whole_second(value: datetime | None) -> datetime | None:
    """The instant as PostgreSQL keeps it; raises ValueError for one without zone."""
    if value is not None and value.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {value!r}")
    return value and value.replace(microsecond=0)


def to_seconds(value: datetime | None) -> int | None:
    """The instant as SQLite keeps it; raises ValueError for one without zone."""
    if value is not None and value.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {value!r}")
    return None if value is None else (value - EPOCH) // SECOND


# Remembered: the rows of one change have one stamp, and the dates of an evening begin together.
@lru_cache(maxsize=4096)
def from_seconds(value: int | None) -> datetime | None:
    """The instant that SQLite keeps as seconds."""
    return None if value is None else datetime.fromtimestamp(value, UTC)


class LocalTime(TypeDecorator[datetime]):
    """A wall-clock time without zone, as people said it; aware datetimes are refused with ValueError."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError(f"a wall-clock time has no zone: {value!r}")
        return value


class Word(TypeDecorator[StrEnum]):
    """An enum kept as its value in text, so that a new word needs no change of type."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(40)
        self.kind = kind

    def bind_processor(self, dialect: Dialect) -> Callable[[StrEnum | str | None], str | None]:
        known: dict[StrEnum | str | None, str | None] = {None: None, **{str(word): str(word) for word in self.kind}}
        return known.__getitem__

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], StrEnum | None]:
        known: dict[str | None, StrEnum | None] = {None: None, **{str(word): word for word in self.kind}}
        return known.__getitem__
