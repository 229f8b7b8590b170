"""Likeness: the rooms that could stand in for another - of its kind, in use, large enough, with what is needed as far as one knows."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from booking.case import Case
from booking.nearness import Place
from venues.access import answers, lacks
from venues.models import Room, Venue
from venues.queries import statements_about
from venues.search import may_have
from venues.vocabulary import FACILITY_LABELS, Access, is_need, slug_of

FACILITIES = frozenset(map(slug_of, FACILITY_LABELS))
IN_USE = and_(Room.kind == bindparam("kind"), Room.retired_at.is_(None), Venue.retired_at.is_(None))
# Put together once: every look for something else sends it.
OF_THE_KIND = select(Room.id).join(Venue).where(or_(Room.id == bindparam("room"), IN_USE)).order_by(Room.id)


def of_the_kind(session: Session, room: Room) -> Sequence[int]:
    """The ids of all rooms in use of a room's kind, and its own."""
    return session.scalars(OF_THE_KIND, {"room": room.id, "kind": room.kind}).all()


def suiting(session: Session, places: Iterable[Place], case: Case) -> list[Place]:
    """Those of the places that are not known to be too small or to lack what is needed; one statement where access is.

    Facilities that a wish needs count where they are words of the vocabulary, access also where its words are among others
    (``Heis til andre etasje``), as for what is out of order; the rest is for people to read.
    """
    heads = sum(band.heads for band in case.bands)
    facilities = FACILITIES.intersection(map(slug_of, case.needs))
    access = [feature for feature in Access if any(is_need(need, feature) for need in case.needs)]
    found = [one for one in places if one.capacity is None or one.capacity >= heads]
    found = [one for one in found if not facilities or may_have(one.facilities, facilities)]
    return _accessible(session, found, access) if access else found


def _accessible(session: Session, places: Sequence[Place], wanted: Sequence[Access]) -> list[Place]:
    said = statements_about(session, {place.venue for place in places})
    known = {place.id: answers(said.get((place.venue, place.id), ()), said.get((place.venue, None), ())) for place in places}
    return [place for place in places if not lacks(known[place.id], wanted)]
