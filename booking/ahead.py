"""Ahead: how much is booked and waits in a place, for those who publish a policy there."""

from datetime import datetime

from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from booking.lifecycle import WAITING
from booking.models import Booking, Occurrence
from booking.states import JUDGED, OccurrenceState
from policies.ahead import Ahead
from policies.places import Place
from venues.models import Room


def bookings_ahead(session: Session, place: Place, *, now: datetime) -> Ahead:
    """The booked dates ahead and the requests with a date ahead, in one statement; time that staff block is not counted."""
    booked = func.count(case((Occurrence.state == OccurrenceState.BOOKED, Occurrence.id)))
    waiting = func.count(distinct(case((Occurrence.state.in_(sorted(WAITING)), Occurrence.booking_id))))
    query = select(booked, waiting).join(Booking, Occurrence.booking_id == Booking.id).join(Room, Occurrence.room_id == Room.id)
    query = query.where(Occurrence.ends_at > now, Booking.kind.in_(JUDGED), place.rooms)
    return Ahead(*session.execute(query).one())
