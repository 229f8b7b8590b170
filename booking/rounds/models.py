"""Rows of what caretakers want to be sent of their round, and what they were told last."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base
from database.types import Word


class SheetWanted(StrEnum):
    """BUSY sends no sheet for a day without anything on it."""

    NEVER = "never"
    BUSY = "busy"
    ALWAYS = "always"


class ChangesWanted(StrEnum):
    """How changes of today and tomorrow are told: SMS is a short message beside the mail."""

    NEVER = "never"
    MAIL = "mail"
    SMS = "sms"


class RoundSetting(Base):
    """What a person is sent of the venues that they look after: a sheet each day at ``at_minute`` of it, and what changes after that.

    ``begun_on`` is the last day that was begun so, ``told`` what stood in the calendars of it and of the day after when the person was
    told last (``changes.py``); both are nobody else's to write.
    """

    __tablename__ = "round_setting"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    sheet: Mapped[SheetWanted] = mapped_column(Word(SheetWanted))
    at_minute: Mapped[int]
    changes: Mapped[ChangesWanted] = mapped_column(Word(ChangesWanted))
    begun_on: Mapped[date | None]
    told: Mapped[dict[str, Any] | None]
