"""Rows of statistics: the page of a year as it was issued."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class YearPage(Base):
    """The figures of a year as they were when they were issued, with their definitions in each language, never changed afterwards.

    ``content`` is what ``booking.statistics.years.Content`` says; the ``edition`` counts from 1, and a later one supersedes it.
    """

    __tablename__ = "year_page"
    __table_args__ = (UniqueConstraint("year", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    edition: Mapped[int]
    content: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None]
