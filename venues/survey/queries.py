"""Questions about surveys: somebody's half-done one, the latest of each room, and what was seen of one room before."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from venues.models import Room, Venue
from venues.survey.models import Survey

MOST_SHOWN = 20


def half_done(session: Session, room: Room, *, by: Actor) -> Survey | None:
    """The survey of a room that somebody has begun and not finished."""
    mine = (Survey.room_id == room.id, Survey.by_id == by.person_id, Survey.done_at.is_(None))
    return session.scalar(select(Survey).where(*mine).options(selectinload(Survey.lacks)))


def done_of(session: Session, room: Room) -> Sequence[Survey]:
    """The finished surveys of a room, the latest first."""
    found = select(Survey).where(Survey.room_id == room.id, Survey.done_at.is_not(None)).options(selectinload(Survey.lacks))
    return session.scalars(found.order_by(Survey.surveyed_on.desc(), Survey.id.desc()).limit(MOST_SHOWN)).all()


def latest(session: Session) -> Sequence[Survey]:
    """The latest finished survey of each room that is in use, with room, venue and what is missing; three statements."""
    order = (Survey.surveyed_on.desc(), Survey.id.desc())
    place = func.row_number().over(partition_by=Survey.room_id, order_by=order).label("place")
    ranked = select(Survey.id, place).where(Survey.done_at.is_not(None)).subquery()
    whole = joinedload(Survey.room).joinedload(Room.venue).joinedload(Venue.district)
    found = select(Survey).join(ranked, ranked.c.id == Survey.id).join(Survey.room).where(ranked.c.place == 1, Room.retired_at.is_(None))
    return session.scalars(found.options(whole, selectinload(Survey.lacks)).order_by(Survey.room_id)).all()
