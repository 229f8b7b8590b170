"""Rows of billing: periods that were closed, the lines written in them, who pays for an organisation, and disputes."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation
from booking.models import Occurrence
from database.base import Base
from database.types import LocalTime, OreColumn, Word

FIRST = text("corrects_id IS NULL")
UNANSWERED = text("answered_at IS NULL")
OPEN = text("state = 'open'")


class LineKind(StrEnum):
    """What a line is for: the USE of a date, that it was given up late (CANCELLATION) or that nobody came (ABSENCE); of one
    that corrects another also that the date was lost to a CLOSURE or DISPLACED, was MOVED, is not booked any more (UNBOOKED),
    or that its PRICE is another."""

    USE = "use"
    CANCELLATION = "cancellation"
    ABSENCE = "absence"
    CLOSURE = "closure"
    DISPLACED = "displaced"
    MOVED = "moved"
    UNBOOKED = "unbooked"
    PRICE = "price"


class Period(Base):
    """Dates of use that were billed together, for all payers or those named: ``o3`` an organisation, ``p7`` a person."""

    __tablename__ = "billing_period"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    payers: Mapped[list[str]]
    closed_at: Mapped[datetime]
    closed_by: Mapped[int | None]


class Line(Base):
    """What one date came to in a period, in øre, as it stood then; never changed.

    ``owed`` is what the date cost then, ``amount`` how much that is beside what was billed before: a further line of a date
    says the difference, names the line before it (``corrects_id``) and is for the same payer. The payer is an organisation
    (``payer_id``), ``organisation_id`` the one that booked; a private person pays for itself (``person_id``). No date has two
    first lines, and no line is corrected twice: the database says so.
    """

    __tablename__ = "billing_line"
    __table_args__ = (
        UniqueConstraint("corrects_id"),
        Index("ix_billing_line_first", "occurrence_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST),
        Index("ix_billing_line_occurrence_id", "occurrence_id"),
        Index("ix_billing_line_period_id", "period_id"),
        Index("ix_billing_line_organisation_id", "organisation_id"),
        Index("ix_billing_line_payer_id", "payer_id"),
        Index("ix_billing_line_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("billing_period.id"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("billing_line.id"))
    kind: Mapped[LineKind] = mapped_column(Word(LineKind))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reference: Mapped[str] = mapped_column(String(100))
    booking: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    team: Mapped[str] = mapped_column(String(120))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    room: Mapped[str] = mapped_column(String(500))
    local_start: Mapped[datetime] = mapped_column(LocalTime)
    local_end: Mapped[datetime] = mapped_column(LocalTime)
    minutes: Mapped[int]
    tariff: Mapped[str] = mapped_column(String(80))
    owed: Mapped[int] = mapped_column(OreColumn)
    amount: Mapped[int] = mapped_column(OreColumn)

    period: Mapped[Period] = relationship()


class Terms(Base):
    """How an organisation is billed: another that pays for it, and what is written on its invoices so that they find their way."""

    __tablename__ = "billing_terms"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    reference: Mapped[str] = mapped_column(String(100), default="")

    payer: Mapped[Organisation | None] = relationship(foreign_keys=[payer_id])


class Dispute(Base):
    """That somebody does not agree with what a date costs, and what was answered; a date has at most one that is open."""

    __tablename__ = "billing_dispute"
    __table_args__ = (
        Index("ix_billing_dispute_open", "occurrence_id", unique=True, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
        Index("ix_billing_dispute_occurrence_id", "occurrence_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"))
    reason: Mapped[str] = mapped_column(String(2000))
    raised_by: Mapped[int | None]
    raised_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(2000), default="")
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]

    occurrence: Mapped[Occurrence] = relationship()


class PaymentState(StrEnum):
    """Where a payment stands: it can still be paid (OPEN), was PAID, or nothing came of it (ENDED)."""

    OPEN = "open"
    PAID = "paid"
    ENDED = "ended"


class Payment(Base):
    """What a private person pays through a service outside, in øre: by what ``reference`` both know it, and at what address.

    A person has at most one that is open.
    """

    __tablename__ = "billing_payment"
    __table_args__ = (Index("ix_billing_payment_open", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    amount: Mapped[int] = mapped_column(OreColumn)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[PaymentState] = mapped_column(Word(PaymentState))
    address: Mapped[str] = mapped_column(String(500))
    begun_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
