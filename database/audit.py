"""Audit: the append-only record of who did what to which row, naming persons by id only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Index, Integer, String, insert, literal_column, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, table_of
from database.prepared import send


class Hand(Protocol):
    """Whoever acts, as the audit needs to know them: a person's id (None for the service itself) and the way in."""

    @property
    def person_id(self) -> int | None: ...

    @property
    def via(self) -> str: ...


# What a date was moved away from stands in no row but this: it is looked for by which it was, and by when it left which room.
MOVED = text("verb = 'move'")
# As its index has it, in the words of both databases: what is bound is found in no index.
MOVED_FROM = literal_column("CAST(facts ->> 'room' AS integer)", Integer)


class Audit(Base):
    """One change: ``verb`` done to ``subject`` number ``subject_id`` by the hand, for the holder where it is another."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "subject", "subject_id"),
        Index("ix_audit_move", "subject_id", sqlite_where=MOVED, postgresql_where=MOVED),
        Index("ix_audit_moved_from", MOVED_FROM, "at", sqlite_where=MOVED, postgresql_where=MOVED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    hand_id: Mapped[int | None]
    holder_id: Mapped[int | None]
    via: Mapped[str] = mapped_column(String(20))
    verb: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]


INTO_AUDIT = insert(table_of(Audit))


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be recorded; ``facts`` hold ids, times and codes; never names, addresses or what somebody wrote."""

    verb: str
    subject: str
    subject_id: int
    facts: dict[str, Any]
    holder_id: int | None = None


def record(session: Session, *acts: Act, by: Hand, now: datetime) -> None:
    """Write the acts in one statement."""
    rows = [
        {
            "at": now,
            "hand_id": by.person_id,
            "holder_id": act.holder_id,
            "via": by.via,
            "verb": act.verb,
            "subject": act.subject,
            "subject_id": act.subject_id,
            "facts": act.facts,
        }
        for act in acts
    ]
    if rows:
        send(session, INTO_AUDIT, *rows)
