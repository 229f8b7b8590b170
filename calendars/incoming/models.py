"""Rows of incoming calendars: the source, what came from it last, and which date of a booking each of its events became."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Person
from booking.models import Occurrence
from calendars.incoming.matching import LONGEST_UID
from database.base import Base
from database.types import Word
from venues.models import Room


class SourceState(StrEnum):
    """A DRAFT was fetched and takes nothing yet; ACTIVE is followed; PAUSED keeps what it has and is not fetched; REMOVED gave it
    back."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


FOLLOWED = text("state = 'active'")


class Source(Base):
    """A calendar of others that occupies a room: by its ``address``, which may be secret, or as a file of a ``file`` name.

    ``strength`` (0 to 100) is compared with that of bookings in its way. ``holder_id`` made it and holds its bookings. ``body`` is
    what came last, packed with gzip, of which ``digest`` is the SHA-256; it was brought into the room's calendar on the local day
    ``settled_on``. ``etag`` and ``modified`` are what the other side calls it; ``pace`` are the seconds it asks for between two
    fetches. ``failure`` is the code of why the last try gave nothing, ``failures`` how many have in a row; ``report`` is what became
    of the last copy. ``due_at`` is when it is fetched next.
    """

    __tablename__ = "incoming_source"
    __table_args__ = (Index("ix_incoming_source_due_at", "due_at", sqlite_where=FOLLOWED, postgresql_where=FOLLOWED),)

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(Text, default="")
    file: Mapped[str] = mapped_column(String(200), default="")
    strength: Mapped[int]
    state: Mapped[SourceState] = mapped_column(Word(SourceState), default=SourceState.DRAFT)
    etag: Mapped[str] = mapped_column(String(200), default="")
    modified: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64), default="")
    pace: Mapped[int | None]
    settled_on: Mapped[date | None]
    report: Mapped[dict[str, Any] | None]
    failure: Mapped[str] = mapped_column(String(60), default="")
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]

    room: Mapped[Room] = relationship()
    holder: Mapped[Person] = relationship()


class Event(Base):
    """Which date an event of a source is, by its UID and the start that the instance had at first (RFC 5545 3.8.4.4)."""

    __tablename__ = "incoming_event"
    __table_args__ = (UniqueConstraint("source_id", "uid", "recurrence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("incoming_source.id"))
    uid: Mapped[str] = mapped_column(String(LONGEST_UID))
    recurrence_id: Mapped[str] = mapped_column(String(40))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), unique=True)

    occurrence: Mapped[Occurrence] = relationship()
