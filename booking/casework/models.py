"""Rows of casework: what was said about a booking, and who has its page open."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.states import Answer, Visibility
from database.base import Base
from database.types import Word


class Message(Base):
    """One thing that was said about a booking, in plain text: by its applicant's side, or ``from_staff``.

    ``answer`` is set for a question that stops the clock. ``reminded_at`` is when its applicant was reminded of it,
    ``told_at`` when whoever works on the case was told that no answer came.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility))
    from_staff: Mapped[bool]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[Answer | None] = mapped_column(Word(Answer))
    reminded_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class Look(Base):
    """That a person had the page of a case open at ``seen_at``; forgotten two minutes later."""

    __tablename__ = "look"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seen_at: Mapped[datetime]
