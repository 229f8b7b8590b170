"""Rows of agreements, with their rooms, and of grants."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation
from database.base import Base
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


class Grant(Base):
    """Support of an organisation under a scheme in a year; what it is worth is summed from its bookings."""

    __tablename__ = "support_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    scheme: Mapped[str] = mapped_column(String(120))
    year: Mapped[int]
    ceiling: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
