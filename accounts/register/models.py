"""Rows of what the registers said: entries, who holds roles, what staff have to look at, and how far updates were followed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation
from accounts.register.reading import EntryState
from database.base import Base
from database.types import Word

UNSETTLED = text("settled_at IS NULL")


class Origin(StrEnum):
    """Whence an entry came: asked for, or from a file that the register gave out."""

    REGISTER = "register"
    FILE = "file"


class Entry(Base):
    """What Enhetsregisteret and Frivillighetsregisteret said of a number when it was read: public facts. ``parent`` is the number of what
    it is a part of; ``is_stale`` is one that is to be read again."""

    __tablename__ = "register_entry"

    number: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    state: Mapped[EntryState] = mapped_column(Word(EntryState))
    form: Mapped[str] = mapped_column(String(10), default="")
    municipality: Mapped[str] = mapped_column(String(4), default="")
    sector: Mapped[str] = mapped_column(String(4), default="")
    is_voluntary: Mapped[bool | None]
    categories: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(5), default="")
    parent: Mapped[str | None] = mapped_column(String(9), index=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    deleted_on: Mapped[date | None]
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    read_at: Mapped[datetime]
    is_stale: Mapped[bool] = mapped_column(default=False)


class RoleHolder(Base):
    """Who holds a role in an organisation that stands here, no more of them than it takes to know a delegate by."""

    __tablename__ = "register_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(9), index=True)
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    born: Mapped[date | None]


class Review(Base):
    """That the register says something else of an organisation than what holds here: ``changes`` are what was and what it would be, by
    name. Staff take it or leave it; at most one is open for each."""

    __tablename__ = "register_review"
    __table_args__ = (Index("ix_register_review_open", "organisation_id", unique=True, sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    changes: Mapped[dict[str, Any]]
    noticed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]
    is_taken: Mapped[bool | None]

    organisation: Mapped[Organisation] = relationship()


class Following(Base):
    """How far the updates of the register were followed, one row: the numbers of the last updates, when it was tried and done, why not."""

    __tablename__ = "register_following"

    id: Mapped[int] = mapped_column(primary_key=True)
    units_after: Mapped[int | None] = mapped_column(BigInteger)
    roles_after: Mapped[int | None] = mapped_column(BigInteger)
    tried_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(60), default="")
    failures: Mapped[int] = mapped_column(default=0)
