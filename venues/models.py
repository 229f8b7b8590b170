"""Rows of the map of rooms: municipality, venues, spaces, rooms, facts with sources, opening hours, closures."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import Base
from database.types import LocalTime, Word
from venues.opening import Openness, SchoolDays
from venues.statements import Origin
from venues.vocabulary import ResourceKind

__all__ = [
    "Closure",
    "District",
    "Fact",
    "Municipality",
    "OnSite",
    "OpeningHours",
    "Openness",
    "Origin",
    "Photo",
    "Resource",
    "Room",
    "RoomSpace",
    "SchoolDays",
    "SchoolPeriod",
    "Space",
    "Venue",
]


class Municipality(Base):
    """The one municipality of this database."""

    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(4))
    zone: Mapped[str] = mapped_column(String(60))
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_origin: Mapped[Origin | None] = mapped_column(Word(Origin))
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


class District(Base):
    """A part of the municipality."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Venue(Base):
    """A site with an address; ``getting_in`` and the contacts say how a holder gets in and who answers."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(80))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    zone: Mapped[str] = mapped_column(String(60))
    entrance: Mapped[str] = mapped_column(String(500), default="")
    getting_in: Mapped[str] = mapped_column(String(1000), default="")
    minutes_before: Mapped[int] = mapped_column(default=0)
    follows_school_calendar: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)

    district: Mapped[District | None] = relationship()
    spaces: Mapped[list["Space"]] = relationship(
        primaryjoin="and_(Space.venue_id == Venue.id, Space.resource_id.is_(None))", back_populates="venue", order_by="Space.id"
    )
    rooms: Mapped[list["Room"]] = relationship(back_populates="venue", order_by="Room.id")
    resources: Mapped[list["Resource"]] = relationship(back_populates="venue", order_by="Resource.id")


class Space(Base):
    """The smallest part that can be occupied; its revision rises with every claim made or given up.

    One with a ``resource_id`` is no part of the building, but a unit of equipment or an attendant.
    """

    __tablename__ = "space"
    __table_args__ = (UniqueConstraint("venue_id", "slug"), Index("ix_space_resource_id", "resource_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=0)

    venue: Mapped[Venue] = relationship(back_populates="spaces")


class Resource(Base):
    """Loose equipment or attendants of a venue, ``quantity`` of them, that a date in its rooms has beside the room.

    They are given out in lots of ``lot`` (chairs in stacks of ten), each a unit: a row in ``space``, of which the first
    ``quantity / lot`` are in use. ``before_minutes`` and ``after_minutes`` are what it takes to fetch them and bring them back.
    ``rooms`` are the slugs of those they can go to (none: all); dates for the activities in ``required_for`` always have one.
    """

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("venue_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind] = mapped_column(Word(ResourceKind))
    quantity: Mapped[int]
    lot: Mapped[int] = mapped_column(default=1)
    before_minutes: Mapped[int] = mapped_column(default=0)
    after_minutes: Mapped[int] = mapped_column(default=0)
    rooms: Mapped[list[str]] = mapped_column(default=list)
    required_for: Mapped[list[str]] = mapped_column(default=list)
    retired_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)

    venue: Mapped[Venue] = relationship(back_populates="resources")


class Room(Base):
    """What one books: one or more spaces; ``capacity`` None is unknown or disputed, never a guess."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("venue_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(80))
    capacity: Mapped[int | None]
    facilities: Mapped[list[str]] = mapped_column(default=list)
    retired_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)

    venue: Mapped[Venue] = relationship(back_populates="rooms")
    spaces: Mapped[list[Space]] = relationship(secondary="room_space", order_by="Space.id")

    @property
    def whole_name(self) -> str:
        """Its name with its venue's."""
        return f"{self.name}, {self.venue.name}"

    def seen_from(self, here: "Room") -> str:
        """Its name as told where another room was named: with its venue's where that is another one."""
        return self.name if self.venue_id == here.venue_id else self.whole_name


class RoomSpace(Base):
    """A space that belongs to a room."""

    __tablename__ = "room_space"
    __table_args__ = (Index("ix_room_space_space_id", "space_id"),)

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), primary_key=True)


class Fact(Base):
    """One statement about a venue or room: key, value, source, date.

    Two rows with one key and different values are a contradiction, kept and shown as such. Keys of access facts are
    ``access.<feature>`` with value yes, no or unknown (``venues/vocabulary.py``).
    """

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_venue_id", "venue_id", "key"), Index("ix_fact_room_id", "room_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(300), default="")
    noted_on: Mapped[date | None]
    origin: Mapped[Origin] = mapped_column(Word(Origin))

    @property
    def is_fictional(self) -> bool:
        return self.origin is Origin.DEMO


class Photo(Base):
    """A picture of a venue or room, with the text for those who cannot see it."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    file: Mapped[str] = mapped_column(String(100), unique=True)
    alternative_text: Mapped[str] = mapped_column(String(500))
    credit: Mapped[str] = mapped_column(String(200), default="")
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    added_at: Mapped[datetime]


class OpeningHours(Base):
    """A weekly window of a venue, or of one room (which then replaces the venue's), in minutes of the local day.

    ``weekday`` 0 is Monday, 7 any public holiday; 1440 is 24:00; a period without ends holds always, and of the
    periods that hold a date the narrowest counts as a whole. Time outside all windows is closed.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (Index("ix_opening_hours_venue_id", "venue_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    weekday: Mapped[int]
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    openness: Mapped[Openness] = mapped_column(Word(Openness))
    origin: Mapped[Origin] = mapped_column(Word(Origin))


class Closure(Base):
    """A dated exception: a venue or one room is closed from a local time to another, or only what is ``out_of_order`` in it."""

    __tablename__ = "closure"
    __table_args__ = (Index("ix_closure_venue_id", "venue_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    local_start: Mapped[datetime] = mapped_column(LocalTime)
    local_end: Mapped[datetime] = mapped_column(LocalTime)
    all_day: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    out_of_order: Mapped[str] = mapped_column(String(80), default="")
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    origin: Mapped[Origin] = mapped_column(Word(Origin))


class SchoolPeriod(Base):
    """Days in the school calendar: the municipality's common one, or a venue's own, which lies on top of it."""

    __tablename__ = "school_period"

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[SchoolDays] = mapped_column(Word(SchoolDays))
    origin: Mapped[Origin] = mapped_column(Word(Origin))


class OnSite(Base):
    """Who is on site or answers the telephone at a venue, at which hours of which weekday."""

    __tablename__ = "on_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    weekday: Mapped[int]
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    role: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(30))
    is_present: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[Origin] = mapped_column(Word(Origin))
