"""Report: what an import found new, changed, unknown or contradictory; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from venues.statements import ACCESS, CAPACITY, UNKNOWN, Reading, Statement, capacity_of, disputed, reading, readings
from venues.vocabulary import Access, Answer

WANTED_OF_VENUES = ("kind", "district", "address", "location")


@dataclass(frozen=True, slots=True)
class Noted:
    """One line: what kind of thing or which key, where, what the database has, what the file says."""

    subject: str
    where: str
    held: Any = None
    given: Any = None


@dataclass(slots=True)
class ImportReport:
    """Everything an import has to tell; ``kept`` is what staff said otherwise, ``recomposed`` rooms of other spaces than before.

    ``notes`` are what the inventory itself says it does not know, ``unfamiliar`` fields the service knows nothing of.
    """

    new: list[Noted] = field(default_factory=list)
    changed: list[Noted] = field(default_factory=list)
    unchanged: list[Noted] = field(default_factory=list)
    kept: list[Noted] = field(default_factory=list)
    vanished: list[Noted] = field(default_factory=list)
    recomposed: list[Noted] = field(default_factory=list)
    unknown: list[Noted] = field(default_factory=list)
    contradictory: list[Noted] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    unfamiliar: list[Noted] = field(default_factory=list)


def noted(report: ImportReport, where: str, statements: Sequence[Statement], *, is_room: bool, unfamiliar: Sequence[str]) -> None:
    """Add what is unknown, contradictory and annotated of one venue or room."""
    contrary = disputed(statements)
    report.contradictory += [Noted(found.key, where, given=_sides(found)) for found in contrary]
    report.unfamiliar += [Noted(key, where) for key in unfamiliar]
    report.notes += [Noted(UNKNOWN, where, given=note) for note in reading(statements, UNKNOWN).value or []]
    open_keys = {found.key for found in contrary}
    if is_room and capacity_of(statements) is None and CAPACITY not in open_keys:
        report.unknown.append(Noted(CAPACITY, where))
    if not is_room:
        known = {found.key for found in readings(statements) if not found.is_unknown}
        report.unknown += [Noted(key, where) for key in WANTED_OF_VENUES if key not in known]
        told = [reading(statements, ACCESS + feature).value not in (None, Answer.UNKNOWN) for feature in Access]
        if not all(told):
            report.unknown.append(Noted("access", where))


def _sides(found: Reading) -> list[tuple[Any, str]]:
    return [(statement.value, statement.source) for statement in found.statements]
