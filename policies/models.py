"""Rows of policies: published versions, which never change, and the drafts that staff work on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class PolicyVersion(Base):
    """A published policy of the municipality, a venue or a room, in force for dates of use from ``valid_from``."""

    __tablename__ = "policy_version"
    __table_args__ = (Index("ix_policy_version_scope", "venue_id", "room_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    number: Mapped[int]
    valid_from: Mapped[date]
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None]


class PolicyDraft(Base):
    """The one draft per scope; ``version`` rises with each save, so that two editors see each other."""

    __tablename__ = "policy_draft"
    __table_args__ = (UniqueConstraint("scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(40))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    document: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None]
