"""Rows of private feeds: named, scoped, hashed and revocable."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Person
from calendars.levels import Level
from database.base import Base
from database.types import Word


class Audience(StrEnum):
    """Who a feed is for, which decides what it shows: WORK is what a caretaker does, CARETAKER what happens; a SIGN hangs at the door
    of a room and shows what anybody may read."""

    CARETAKER = "caretaker"
    WORK = "work"
    BOOKER = "booker"
    ORGANISATION = "organisation"
    SIGN = "sign"


class FeedToken(Base):
    """A subscriber's own feed: the token is stored as its SHA-256 and shown once; ``scope`` holds ids, and the name of a team.

    ``level`` is what it tells where that is less than its audience may know. ``sent_at`` is when its person was last sent the
    link that gives it an address, ``told_at`` when they were told that nobody fetches it any more.
    """

    __tablename__ = "feed_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    audience: Mapped[Audience] = mapped_column(Word(Audience))
    scope: Mapped[dict[str, Any]]
    level: Mapped[Level | None] = mapped_column(Word(Level))
    language: Mapped[str] = mapped_column(String(5), default="nb")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("feed_token.id"))
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
