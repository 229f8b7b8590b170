"""Outbox: what is to be told, written in the same transaction as what happened, as ids and never as text."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, table_of
from database.types import Word


class Delivery(StrEnum):
    """WAITING until leased; SENT when the mail server took it; FAILED when it will not be tried again."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Notice(Base):
    """One message to one person: its ``kind`` chooses the text, ``facts`` hold ids; in order per ``booking_id``."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_waiting", "state", "due_at"), Index("ix_notice_booking", "booking_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None]
    booking_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[Delivery] = mapped_column(Word(Delivery), default=Delivery.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


INTO_OUTBOX = insert(table_of(Notice))


def post(
    session: Session, kind: str, *, person_id: int | None, now: datetime, booking_id: int | None = None, facts: dict[str, Any] | None = None
) -> None:
    """Put a notice into the outbox; it leaves when ``notices deliver`` runs after the commit."""
    told = {"kind": kind, "person_id": person_id, "booking_id": booking_id, "facts": facts or {}}
    session.connection().execute(INTO_OUTBOX, {**told, "created_at": now, "due_at": now, "state": Delivery.WAITING, "attempts": 0})
