"""Held: what a table holds of people, as data - why, on what ground, who reads it, for how long, and what is left when it goes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlalchemy.orm import Session

from database.base import Base
from kernel.errors import Fault

# Stands for the moment of the erasure among the values that are written.
NOW = object()


class Basis(StrEnum):
    """The ground in law: GDPR article 6 (1) b, e with a ground in national law, c (bookkeeping), and f."""

    AGREEMENT = "agreement"
    TASK = "task"
    LAW = "law"
    INTEREST = "interest"


class Reader(StrEnum):
    """Who reads it: the person, those who act for the same organisation, the venue's caretakers, officers, administrators, anybody."""

    SELF = "self"
    ORGANISATION = "organisation"
    CARETAKER = "caretaker"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    ANYBODY = "anybody"
    NOBODY = "nobody"


class Way(StrEnum):
    """What becomes of a row: some columns are EMPTIED, the row is DELETED, or it is KEPT with the person's key alone."""

    EMPTIED = "emptied"
    DELETED = "deleted"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Period:
    """For how many days something is kept unless the municipality says otherwise, and ``after`` what they count (a msgid)."""

    name: str
    days: int
    after: str


@dataclass(frozen=True, slots=True)
class Whose:
    """A person as rows name it: by key, or by the address they were sent to."""

    id: int
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one table holds of people in ``columns``; ``plain`` are its other texts, which say nothing of anybody.

    ``what``, ``why`` and ``kept`` are msgids; ``kept`` says how long where no ``period`` does. ``of`` are the rows of a person; ``over``
    those whose time has run out, given the moment before which it must have ended; ``booking`` is the booking that a row is about, by which
    evidence is known. ``emptied`` is what is written in place of what was there. ``file`` names the column of an uploaded file. ``handed``
    are those of a person's rows that an export has, where it leaves out what stays in the office.
    """

    table: type[Base]
    columns: Sequence[str]
    what: str
    why: str
    basis: Basis
    readers: Sequence[Reader]
    plain: Sequence[str] = ()
    period: Period | None = None
    kept: str = ""
    of: Callable[[Whose], ColumnElement[bool]] | None = None
    handed: Callable[[Whose], ColumnElement[bool]] | None = None
    over: Callable[[datetime], ColumnElement[bool]] | None = None
    booking: ColumnElement[int] | None = None
    way: Way = Way.KEPT
    emptied: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table.__tablename__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something open - a complaint, a bill, a report - that keeps what is known of its ``bookings`` from being erased.

    ``bookings`` gives their ids, as a query or as numbers; ``why`` is a msgid.
    """

    code: str
    why: str
    bookings: Callable[[Session], Select[int] | Collection[int]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a person is kept after all: ``columns`` of the person's own row, why (a code), and to the end of which day."""

    code: str
    until: date | None
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Personal:
    """All that is declared: the register, what is evidence, what the law keeps, what stands in the way of erasing a person, and what
    else is made newer by it."""

    declared: Sequence[Held]
    evidence: Sequence[Evidence] = ()
    laws: Sequence[Callable[[Session, int, date], Kept | None]] = ()
    obstacles: Sequence[Callable[[Session, int, datetime], Sequence[Fault]]] = ()
    renewed: Sequence[Callable[[Session, int], None]] = ()

    def is_evidence(self, session: Session, booking: ColumnElement[int] | None) -> ColumnElement[bool]:
        """Whether a row about that booking is kept by something open; one about no booking is not."""
        if booking is None:
            return false()
        return and_(booking.is_not(None), or_(false(), *(booking.in_(one.bookings(session)) for one in self.evidence)))

    @property
    def periods(self) -> Sequence[Period]:
        """Each period once, in the order of the register."""
        return list(dict.fromkeys(one.period for one in self.declared if one.period))
