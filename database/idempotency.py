"""Idempotency: a repeated request with the same key gets the first answer and does nothing again."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base
from kernel.errors import Conflict, refuse


class IdempotentAnswer(Base):
    """The answer that a person's key got; the row is the transaction's first insert."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(200))
    body_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    answer: Mapped[dict[str, Any] | None]


def begin(session: Session, *, person_id: int, key: str, body: object, now: datetime) -> IdempotentAnswer:
    """The row for this key: with its answer when the request was made before, new and without one otherwise.

    Raises Conflict (``key-reused``) when the key came with another body.
    """
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    found = session.scalar(select(IdempotentAnswer).where(IdempotentAnswer.person_id == person_id, IdempotentAnswer.key == key))
    if found is not None:
        if found.body_hash != digest:
            raise refuse(Conflict, "key-reused", "Idempotency-Key", key)
        return found
    row = IdempotentAnswer(person_id=person_id, key=key, body_hash=digest, created_at=now, answer=None)
    session.add(row)
    session.flush()
    return row
