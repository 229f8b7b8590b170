"""Revisions: what a change of a booking makes newer, for feeds that sum them."""

from collections.abc import Collection

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking.models import Booking, Occurrence
from venues.models import RoomSpace, Space


def touch(session: Session, booking: Booking, *, left: Collection[int] = ()) -> None:
    """Raise the revisions of the booking's spaces, organisation and holder, whose locks the verb holds.

    A wish that holds no time is told in feeds too, so claims alone do not tell a change. ``left`` are ids of rooms that
    a date was moved out of.
    """
    dated = select(Occurrence.room_id).where(Occurrence.booking_id == booking.id)
    spaces = select(RoomSpace.space_id).where(or_(RoomSpace.room_id.in_(dated), RoomSpace.room_id.in_(sorted(left))))
    session.execute(update(Space).where(Space.id.in_(spaces)).values(revision=Space.revision + 1))
    touch_holder(session, booking)


def touch_holder(session: Session, booking: Booking) -> None:
    """Raise the revisions of the booking's organisation and holder only."""
    if booking.organisation_id:
        raised = update(Organisation).where(Organisation.id == booking.organisation_id)
        session.execute(raised.values(revision=Organisation.revision + 1))
    session.execute(update(Person).where(Person.id == booking.holder_id).values(revision=Person.revision + 1))
