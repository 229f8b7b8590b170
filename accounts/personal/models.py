"""Rows about personal data: erasures that were asked for, who looked at contact details, and how long things are kept."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base

OPEN = text("done_at IS NULL")


class Erasure(Base):
    """That a person is to be erased: at once what nothing keeps, the rest (``done_at``) when nothing does any more.

    ``is_unused`` is one that nobody asked for: the account was not used.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        Index("ix_erasure_person_id", "person_id"),
        Index("ix_erasure_open", "tried_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    is_unused: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    tried_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class ContactLook(Base):
    """That a viewer saw the telephone number or the address of a person that day, first at ``place``: the name of the page."""

    __tablename__ = "contact_look"
    __table_args__ = (Index("ix_contact_look_on_day", "on_day"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(80))


class Retention(Base):
    """For how many ``days`` a period keeps here, None as it is delivered, and when it was last seen to."""

    __tablename__ = "retention"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    days: Mapped[int | None]
    run_at: Mapped[datetime | None]
