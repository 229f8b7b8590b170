"""Rows of surveys: one of a room by somebody on a day, kept half-done until it is finished, and what it says is missing."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import Base
from database.types import Word
from venues.models import Room
from venues.statements import Origin
from venues.survey.words import Cost, For

HALF_DONE = text("done_at IS NULL")


class Survey(Base):
    """What somebody saw of a room: ``grades`` by aspect, ``measured`` by what was measured; nothing follows before ``done_at``, and then
    it never changes. Each has at most one of a room that is half-done."""

    __tablename__ = "survey"
    __table_args__ = (
        Index("ix_survey_half_done", "room_id", "by_id", unique=True, sqlite_where=HALF_DONE, postgresql_where=HALF_DONE),
        Index("ix_survey_room_id", "room_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    surveyed_on: Mapped[date]
    grades: Mapped[dict[str, Any]] = mapped_column(default=dict)
    measured: Mapped[dict[str, Any]] = mapped_column(default=dict)
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    origin: Mapped[Origin] = mapped_column(Word(Origin), default=Origin.STAFF)

    room: Mapped[Room] = relationship()
    lacks: Mapped[list["Lack"]] = relationship(order_by="Lack.id", cascade="all, delete-orphan")


class Lack(Base):
    """What is missing (a word of ``words.LACKS``), for whom, how grave that is (1 to 3), and roughly what it costs to mend."""

    __tablename__ = "survey_lack"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    what: Mapped[str] = mapped_column(String(80))
    whom: Mapped[For] = mapped_column(Word(For))
    gravity: Mapped[int | None]
    cost: Mapped[Cost | None] = mapped_column(Word(Cost))
    note: Mapped[str] = mapped_column(String(300), default="")
