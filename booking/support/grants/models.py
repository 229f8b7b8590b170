"""Rows beside a grant: rates for rooms without a price, parts of bookings, the report, and hearings before a right is lost."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation
from booking.support.models import Grant
from database.base import Base
from database.types import OreColumn, Word


class Rate(Base):
    """What an hour in rooms of a kind is reckoned to be worth from a day on, in øre, where no list price exists."""

    __tablename__ = "support_rate"
    __table_args__ = (UniqueConstraint("room_kind", "first_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    room_kind: Mapped[str] = mapped_column(String(80))
    first_day: Mapped[date]
    per_hour: Mapped[int] = mapped_column(OreColumn)
    source: Mapped[str] = mapped_column(String(500), default="")


class Part(Base):
    """How much of a booking a rent grant counts, in per cent: ``young`` of the participants are below the scheme's age, None as
    their ages say; ``local`` of the time is the organisation's own, where others from outside share it."""

    __tablename__ = "support_part"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    young: Mapped[int | None]
    local: Mapped[int] = mapped_column(default=100)
    reason: Mapped[str] = mapped_column(String(500))
    said_by: Mapped[int | None]
    said_at: Mapped[datetime]


class ReportState(StrEnum):
    """DRAFT until the organisation sends it; SENT waits for staff, who have APPROVED or RETURNED it."""

    DRAFT = "draft"
    SENT = "sent"
    RETURNED = "returned"
    APPROVED = "approved"


class Report(Base):
    """What an organisation says it did with a grant, due on ``due_on``; ``measured`` is what bookings said when it was sent.

    ``figures`` are the numbers that the scheme asks for, by name; ``reason`` is why it was returned.
    """

    __tablename__ = "support_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("support_grant.id"), unique=True)
    due_on: Mapped[date]
    state: Mapped[ReportState] = mapped_column(Word(ReportState), default=ReportState.DRAFT)
    text: Mapped[str] = mapped_column(String(8000), default="")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    measured: Mapped[dict[str, Any] | None]
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None]
    is_late: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(2000), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    reminded_at: Mapped[datetime | None]

    grant: Mapped[Grant] = relationship()


class Hearing(Base):
    """Notice that an organisation may lose the right to new support, its answer until ``answer_by``, and the decision.

    The right ``is_lost``, or is not; None while nothing is decided. It is lost to the end of ``lost_until``.
    """

    __tablename__ = "support_hearing"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    cause: Mapped[str] = mapped_column(String(4000))
    answer_by: Mapped[date]
    begun_at: Mapped[datetime]
    begun_by: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(4000), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    is_lost: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(4000), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    lost_until: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
