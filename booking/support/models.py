"""Rows of agreements, with their rooms, and of schemes and the grants under them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation
from database.base import Base
from database.types import OreColumn, Word
from venues.models import Room

LARGEST_ID = 2**31 - 1


class Agreement(Base):
    """Gives an organisation a price class and a number of minutes in named rooms over a period of dates."""

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    price_class: Mapped[str] = mapped_column(String(40))
    minutes: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    duties: Mapped[str] = mapped_column(String(2000), default="")
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    rooms: Mapped[list[Room]] = relationship(secondary="agreement_room", order_by="Room.id")


class AgreementRoom(Base):
    """A room that an agreement names."""

    __tablename__ = "agreement_room"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), primary_key=True)


class SchemeKind(StrEnum):
    """OPERATING is money by members and activities, RENT pays a part of what rooms cost, ROOMS is rooms for less or nothing."""

    OPERATING = "operating"
    RENT = "rent"
    ROOMS = "rooms"


class Scheme(Base):
    """What grants are given for and by which rules, from ``first_day`` to ``last_day``; none is worth more than ``ceiling`` øre.

    ``covers`` is what ``booking.support.grants.rules.Rules`` says of hours and amounts, ``rules`` and ``duties`` the same in words.
    A report is due ``report_days`` after a grant's last day, None where none is asked for, with the figures that it ``asks``.
    """

    __tablename__ = "support_scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
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
