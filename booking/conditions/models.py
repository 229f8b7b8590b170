"""Rows of conditions: each in the words in which it is asked, once for all bookings, and that it was met."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base
from database.types import Word
from policies.verdict import Whose


class Condition(Base):
    """A condition as a verdict froze it, without the date by which it is due; the same for all dates that ask the same.

    ``digest`` is of ``value``, so that a row never changes; dates name their conditions by it.
    """

    __tablename__ = "condition"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    what: Mapped[str] = mapped_column(String(80))
    whose: Mapped[Whose] = mapped_column(Word(Whose))
    value: Mapped[dict[str, Any]]


class Met(Base):
    """That a condition was met: for which person and organisation, with which booking, where, by whose hand.

    ``condition_digest`` is what stood there when it was: the text that was signed. ``signed_as`` is the name as typed,
    ``people`` those named to be on site (name, phone, year of birth), ``file`` what was uploaded, ``note`` what was said of
    it: these are emptied when nothing can ask for them any more (``forgotten_at``). ``valid_until`` is what was promised
    to whoever met it.
    """

    __tablename__ = "met"
    __table_args__ = (Index("ix_met_person_id", "person_id", "what"), Index("ix_met_organisation_id", "organisation_id", "what"))

    id: Mapped[int] = mapped_column(primary_key=True)
    condition_digest: Mapped[str] = mapped_column(ForeignKey("condition.digest"))
    what: Mapped[str] = mapped_column(String(80))
    text_version: Mapped[str] = mapped_column(String(2000), default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    met_at: Mapped[datetime]
    by_id: Mapped[int | None]
    valid_until: Mapped[date | None]
    signed_as: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    people: Mapped[list[Any]] = mapped_column(default=list)
    file: Mapped[str] = mapped_column(String(100), default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None]
    withdrawn_why: Mapped[str] = mapped_column(String(500), default="")
    forgotten_at: Mapped[datetime | None]
