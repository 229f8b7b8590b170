"""Statements: what is said of a venue or room, by whom, and which of it counts; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

CAPACITY = "capacity"
SEATED = "capacity.seated"
STANDING = "capacity.standing"
ACCESS = "access."
UNKNOWN = "unknown"
SOURCES = "sources"


class Origin(StrEnum):
    """Where a value comes from: an import of the inventory, staff, or invented for the demo and marked so."""

    INVENTORY = "inventory"
    STAFF = "staff"
    DEMO = "demo"


# Staff know their own house best, and nothing invented ever hides what is known.
RANK = (Origin.STAFF, Origin.INVENTORY, Origin.DEMO)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said: ``value`` is plain JSON (None: said to be unknown), ``since`` and ``until`` limit it to dates."""

    key: str
    value: Any
    source: str = ""
    origin: Origin = Origin.INVENTORY
    noted_on: date | None = None
    since: str = ""
    until: str = ""
    detail: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        """The value with its qualifiers, as the database keeps it."""
        extra = {"from": self.since, "until": self.until, "detail": self.detail}
        return {"value": self.value, **{name: said for name, said in extra.items() if said}}

    @property
    def scope(self) -> tuple[str, str, str]:
        """Two statements of one scope and different values contradict each other."""
        return self.key, self.since, self.until

    @property
    def is_fictional(self) -> bool:
        return self.origin is Origin.DEMO

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes two statements the same, apart from who noted them and when."""
        return self.key, repr(self.value), self.source, f"{self.since}/{self.until}/{self.detail}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known under one scope: one value, several that disagree, or none."""

    key: str
    statements: tuple[Statement, ...] = ()

    @property
    def values(self) -> tuple[Any, ...]:
        """The different values, in the order in which they were said."""
        found: list[Any] = []
        for statement in self.statements:
            if statement.value is not None and statement.value not in found:
                found.append(statement.value)
        return tuple(found)

    @property
    def value(self) -> Any:
        """The one undisputed value, None when unknown or disputed."""
        return self.values[0] if len(self.values) == 1 else None

    @property
    def is_disputed(self) -> bool:
        return len(self.values) > 1

    @property
    def is_unknown(self) -> bool:
        return not self.values

    @property
    def is_fictional(self) -> bool:
        return any(statement.is_fictional for statement in self.statements)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(statement.source for statement in self.statements if statement.source))

    @property
    def noted_on(self) -> date | None:
        return max((statement.noted_on for statement in self.statements if statement.noted_on), default=None)

    @property
    def since(self) -> str:
        return self.statements[0].since if self.statements else ""

    @property
    def until(self) -> str:
        return self.statements[0].until if self.statements else ""

    @property
    def detail(self) -> str:
        return next((statement.detail for statement in self.statements if statement.detail), "")


def reading(statements: Iterable[Statement], key: str) -> Reading:
    """What is known under a key, by the highest-ranking origin that says anything of it."""
    said = [statement for statement in statements if statement.key == key]
    return Reading(key, _ruling(said) if said else ())


def readings(statements: Sequence[Statement]) -> tuple[Reading, ...]:
    """Everything known, a reading per key and period, in the order in which it was first said."""
    ruling = [said for key in _groups(statements) for said in _ruling([one for one in statements if _group(one.key) == key])]
    scopes = dict.fromkeys(statement.scope for statement in ruling)
    return tuple(Reading(scope[0], tuple(said for said in ruling if said.scope == scope)) for scope in scopes)


def capacity_of(statements: Sequence[Statement]) -> int | None:
    """How many people a room may hold: one undisputed number, or the larger of seated and standing; else None."""
    group = _ruling([said for said in statements if _group(said.key) == CAPACITY])
    plain = Reading(CAPACITY, tuple(said for said in group if said.key == CAPACITY))
    if plain.statements:
        return _number(plain.value)
    parts = [Reading(key, tuple(said for said in group if said.key == key)) for key in (SEATED, STANDING)]
    if any(part.is_disputed for part in parts):
        return None
    return max((number for part in parts if (number := _number(part.value)) is not None), default=None)


def capacity_reading(statements: Sequence[Statement]) -> Reading:
    """What is known of the legal maximum: as stated, else the larger of seated and standing."""
    group = [said for said in readings(statements) if _group(said.key) == CAPACITY]
    plain = next((one for one in group if one.key == CAPACITY), None)
    if plain is not None:
        return plain
    number = capacity_of(statements)
    largest = next((one for one in group if one.value == number), None) if number is not None else None
    return Reading(CAPACITY, largest.statements if largest else ())


def disputed(statements: Sequence[Statement]) -> tuple[Reading, ...]:
    """The readings whose sources disagree."""
    return tuple(found for found in readings(statements) if found.is_disputed)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _ruling(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    for origin in RANK:
        found = tuple(statement for statement in statements if statement.origin is origin)
        if found:
            return found
    return ()


def _groups(statements: Sequence[Statement]) -> list[str]:
    return list(dict.fromkeys(_group(statement.key) for statement in statements))


def _group(key: str) -> str:
    """Seated, standing and plain capacity are one subject: whoever rules one of them rules all."""
    return CAPACITY if key in (SEATED, STANDING) else key
