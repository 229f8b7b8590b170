"""Revisions: what a change of a booking makes newer, for feeds that sum them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Update, bindparam, or_, select, update
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking.models import Booking, Occurrence
from database.base import Base, table_of
from database.prepared import send
from venues.models import RoomSpace, Space


def touch(session: Session, booking: Booking, *, left: Collection[int] = ()) -> None:
    """Raise the revisions of the booking's spaces, organisation and holder, whose locks the verb holds.

    A wish that holds no time is told in feeds too, so claims alone do not tell a change. ``left`` are ids of rooms that
    a date was moved out of.
    """
    session.flush()
    session.connection().execute(RAISE_SPACES, {"touched": booking.id, "left": sorted(left)})
    touch_holder(session, booking)


def touch_holder(session: Session, booking: Booking) -> None:
    """Raise the revisions of the booking's organisation and holder only."""
    if booking.organisation_id:
        send(session, RAISE_ORGANISATION, {"touched": booking.organisation_id})
    send(session, RAISE_PERSON, {"touched": booking.holder_id})


def spaces_ahead(session: Session, booking: Booking, *, now: datetime) -> list[int]:
    """The spaces in which the booking's holder or organisation has dates ahead; what is done with one booking may count for all."""
    theirs: ColumnElement[bool] = Booking.holder_id == booking.holder_id
    if booking.organisation_id is not None:
        theirs = or_(theirs, Booking.organisation_id == booking.organisation_id)
    rooms = select(Occurrence.room_id).join(Booking).where(theirs, Occurrence.ends_at > now)
    return list(session.scalars(select(RoomSpace.space_id).where(RoomSpace.room_id.in_(rooms)).distinct()))


def touch_spaces(session: Session, spaces: Collection[int]) -> None:
    """Raise the revisions of these spaces, whose locks the verb holds."""
    session.execute(update(Space).where(Space.id.in_(sorted(spaces))).values(revision=Space.revision + 1))


def _raise_one(mapped: type[Base]) -> Update:
    table = table_of(mapped)
    return update(table).where(table.c.id == bindparam("touched")).values(revision=table.c.revision + 1)


def _raise_spaces() -> Update:
    dated = select(Occurrence.room_id).where(Occurrence.booking_id == bindparam("touched"))
    rooms = or_(RoomSpace.room_id.in_(dated), RoomSpace.room_id.in_(bindparam("left", expanding=True)))
    space = table_of(Space)
    return update(space).where(space.c.id.in_(select(RoomSpace.space_id).where(rooms))).values(revision=space.c.revision + 1)


# Put together once: every act on a booking sends them.
RAISE_ORGANISATION, RAISE_PERSON, RAISE_SPACES = _raise_one(Organisation), _raise_one(Person), _raise_spaces()
