"""Outbox: what is to be told, written in the same transaction as what happened, as ids and never as text."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, table_of
from database.prepared import send
from database.types import Word


class Delivery(StrEnum):
    """WAITING until it leaves; SENT when the mail server took it, BOUNCED when it came back, ACKNOWLEDGED when its reader said so;
    FAILED when it will not be tried again, WITHDRAWN when what it tells was undone before it left."""

    WAITING = "waiting"
    SENT = "sent"
    BOUNCED = "bounced"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


# So long a notice about a booking waits, and so long what it tells can be undone.
UNDO_WITHIN = timedelta(minutes=2)
URGENT = text("answer_by IS NOT NULL")


class Notice(Base):
    """One message to one person: its ``kind`` chooses the text, ``facts`` hold ids; in order per ``booking_id``.

    One that is urgent is to be acknowledged until ``answer_by``.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_waiting", "state", "due_at"),
        Index("ix_notice_booking", "booking_id"),
        Index("ix_notice_answer_by", "answer_by", sqlite_where=URGENT, postgresql_where=URGENT),
    )

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
    answer_by: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


INTO_OUTBOX = insert(table_of(Notice))


def post(
    session: Session,
    kind: str,
    *,
    person_id: int | None,
    now: datetime,
    booking_id: int | None = None,
    facts: dict[str, Any] | None = None,
    answer_by: datetime | None = None,
) -> None:
    """Put a notice into the outbox; it leaves when ``notices deliver`` runs after the commit, about a booking after two minutes."""
    told = {"kind": kind, "person_id": person_id, "booking_id": booking_id, "facts": facts or {}, "answer_by": answer_by}
    due = now + UNDO_WITHIN if booking_id else now
    send(session, INTO_OUTBOX, {**told, "created_at": now, "due_at": due, "state": Delivery.WAITING, "attempts": 0})


def waiting_about(session: Session, booking_id: int, *kinds: str) -> list[Notice]:
    """The notices of some kinds about a booking that nobody is sending yet; they stay until this transaction ends."""
    waits = (Notice.booking_id == booking_id, Notice.kind.in_(kinds), Notice.state == Delivery.WAITING, Notice.leased_until.is_(None))
    return list(session.scalars(select(Notice).where(*waits).with_for_update(skip_locked=True)))


def last_to(session: Session, person_id: int, booking_id: int) -> Notice | None:
    """The latest notice to somebody about a booking."""
    theirs = (Notice.booking_id == booking_id, Notice.person_id == person_id)
    return session.scalar(select(Notice).where(*theirs).order_by(Notice.id.desc()).limit(1))


def last_posted(session: Session) -> int:
    """The id of the latest notice, 0 before the first."""
    return session.scalar(select(func.max(Notice.id))) or 0


def hold_back(session: Session, bookings: Collection[int], *, after: int, until: datetime) -> list[int]:
    """Let nothing of these bookings leave before then; returns the ids of what was posted about them after a notice."""
    theirs = Notice.booking_id.in_(bookings)
    session.execute(update(Notice).where(theirs, Notice.state == Delivery.WAITING, Notice.due_at < until).values(due_at=until))
    return list(session.scalars(select(Notice.id).where(theirs, Notice.id > after).order_by(Notice.id)))


def withdraw(session: Session, numbers: Collection[int]) -> bool:
    """Take notices back that wait; False when one has left or is leaving."""
    waits = (Notice.state == Delivery.WAITING, Notice.leased_until.is_(None))
    found = session.execute(update(Notice).where(Notice.id.in_(numbers), *waits).values(state=Delivery.WITHDRAWN))
    return bool(found.rowcount == len(numbers))  # type: ignore[attr-defined]
