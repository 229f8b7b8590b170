"""Rows of agreements with their rooms, duties and templates, and of schemes and the grants under them."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.identity import Actor
from accounts.models import Organisation
from database.base import Base
from database.types import OreColumn, Word
from venues.models import Room

LARGEST_ID = 2**31 - 1
CURRENT = text("superseded_at IS NULL")


def monday(day: date) -> date:
    """The first day of the week."""
    return day - timedelta(days=day.weekday())


class Per(StrEnum):
    """What an agreement's minutes are counted by: all of its period, or each week from Monday on."""

    SEASON = "season"
    WEEK = "week"


class Agreement(Base):
    """Gives an organisation a price class and minutes in named rooms, in all of a period of dates or in each week of it.

    ``times`` are the fixed times within which a date has to lie, as ``policies.request.FixedTime`` says them; none means any time.
    ``contact`` is whom to ask in the municipality, ``parties`` are those beside the two, ``documents`` have a title and an address.
    Who acts for the organisation is reminded ``remind_days`` before ``renew_by``, or else before the last day; ``reminded_on`` is when
    that was last done. ``renews`` is the agreement that this one goes on from. ``signed_by`` is who signed it as it stands for the
    organisation; what it gives does not wait for that.
    """

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    price_class: Mapped[str] = mapped_column(String(40))
    per: Mapped[Per] = mapped_column(Word(Per), default=Per.SEASON)
    minutes: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    times: Mapped[list[Any]] = mapped_column(default=list)
    duties: Mapped[str] = mapped_column(String(2000), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    parties: Mapped[str] = mapped_column(String(500), default="")
    documents: Mapped[list[Any]] = mapped_column(default=list)
    renew_by: Mapped[date | None]
    remind_days: Mapped[list[Any]] = mapped_column(default=list)
    reminded_on: Mapped[date | None]
    renews: Mapped[int | None]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    rooms: Mapped[list[Room]] = relationship(secondary="agreement_room", order_by="Room.id")
    promised: Mapped[list["Duty"]] = relationship(order_by="Duty.id")

    @property
    def granted(self) -> int:
        """Minutes in all of the period; each week that it touches has its own where they are counted by the week."""
        if self.per is Per.SEASON:
            return self.minutes
        weeks = (monday(self.last_day) - monday(self.first_day)).days // 7 + 1
        return self.minutes * weeks

    @property
    def due_on(self) -> date:
        """By when it is to be renewed, or runs out."""
        return self.renew_by or self.last_day


class AgreementRoom(Base):
    """A room that an agreement names."""

    __tablename__ = "agreement_room"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), primary_key=True)


class DutyKind(StrEnum):
    """OPEN is activity that anybody may join, EVENT something arranged, DUGNAD voluntary work, REPORT a report to the municipality."""

    OPEN = "open"
    EVENT = "event"
    DUGNAD = "dugnad"
    REPORT = "report"
    OTHER = "other"


class Duty(Base):
    """What an organisation does in return: so many times (of dugnad: hours), by a day; ``done_at`` is when an officer saw it done."""

    __tablename__ = "agreement_duty"

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    kind: Mapped[DutyKind] = mapped_column(Word(DutyKind))
    amount: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(String(300), default="")
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None]


class AgreementTemplate(Base):
    """The municipality's principles as an agreement to start from: ``terms`` are fields of its form."""

    __tablename__ = "agreement_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    retired_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class SchemeKind(StrEnum):
    """OPERATING is money by members and activities, RENT pays a part of what rooms cost, ROOMS is rooms for less or nothing."""

    OPERATING = "operating"
    RENT = "rent"
    ROOMS = "rooms"


class Scheme(Base):
    """What grants are given for and by which rules, from ``first_day`` to ``last_day``; none is worth more than ``ceiling`` øre.

    ``covers`` is what ``booking.support.grants.rules.Rules`` says of hours and amounts, ``rules`` and ``duties`` the same in words.
    A report is due ``report_days`` after a grant's last day, None where none is asked for, with the figures that it ``asks``. A scheme
    is never rewritten: one that goes on by other terms is ``superseded_at``, and keeps the grants that were given under it.
    """

    __tablename__ = "support_scheme"
    __table_args__ = (Index("ix_support_scheme_name", "name", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[SchemeKind] = mapped_column(Word(SchemeKind))
    purpose: Mapped[str] = mapped_column(String(2000), default="")
    rules: Mapped[str] = mapped_column(String(4000), default="")
    duties: Mapped[str] = mapped_column(String(2000), default="")
    covers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asks: Mapped[list[str]] = mapped_column(default=list)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    ceiling: Mapped[int | None] = mapped_column(OreColumn)
    report_days: Mapped[int | None]
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class Grant(Base):
    """Support of an organisation under a scheme on the days ``first_day`` to ``last_day``, by a ``decision`` on ``conditions``.

    ``amount`` øre of money; of rooms and rent nothing beyond ``ceiling`` øre. ``own_share`` per cent of the rent are the
    organisation's where that is other than the scheme says.
    """

    __tablename__ = "support_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("support_scheme.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    amount: Mapped[int | None] = mapped_column(OreColumn)
    ceiling: Mapped[int | None] = mapped_column(OreColumn)
    own_share: Mapped[int | None]
    conditions: Mapped[str] = mapped_column(String(2000), default="")
    decision: Mapped[str] = mapped_column(String(4000), default="")
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    scheme: Mapped[Scheme] = relationship()


def is_shown(given: Agreement | Grant, by: Actor) -> bool:
    """Whether somebody may see what an organisation was given: officers and who acts for it may, for others it is not there."""
    return by.is_officer or by.acts_for(given.organisation_id)
