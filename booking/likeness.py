"""Likeness: the rooms that could stand in for another - of its kind, in use, large enough, with what is needed as far as one knows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from booking.case import path_of
from booking.models import Offer
from booking.nearness import Place
from venues.access import answers, lacks, unknown
from venues.models import Room, Venue
from venues.queries import statements_about
from venues.search import may_have
from venues.statements import ACCESS, Statement
from venues.vocabulary import FACILITY_LABELS, Access, is_need, slug_of

FACILITIES = frozenset(map(slug_of, FACILITY_LABELS))
IN_USE = and_(Room.kind == bindparam("kind"), Room.retired_at.is_(None), Venue.retired_at.is_(None))
# Put together once: every look for something else sends it.
OF_THE_KIND = select(Room.id).join(Venue).where(or_(Room.id == bindparam("room"), IN_USE)).order_by(Room.id)
Said = Mapping[tuple[int, int | None], Sequence[Statement]]


class Needs(NamedTuple):
    """What one can know whether a room has it: facilities as slugs, and access.

    Facilities count where they are words of the vocabulary, access also where its words are among others (``Heis til andre etasje``), as
    for what is out of order; the rest of what somebody needs is for people to read.
    """

    facilities: frozenset[str]
    access: tuple[Access, ...]

    @classmethod
    def of(cls, words: Collection[str]) -> "Needs":
        access = tuple(feature for feature in Access if any(is_need(word, feature) for word in words)) if words else ()
        return cls(FACILITIES.intersection(map(slug_of, words)), access)

    def unknown_of(self, place: Place, said: Said) -> tuple[str, ...] | None:
        """The keys of what nobody knows of a place; None where it is known to lack something."""
        known = answers(said.get((place.venue, place.id), ()), said.get((place.venue, None), ())) if self.access else ()
        if not may_have(place.facilities, self.facilities) or lacks(known, self.access):
            return None
        unsaid = ("facilities",) if self.facilities and not place.facilities else ()
        return (*unsaid, *(ACCESS + feature for feature in unknown(known, self.access)))


def of_the_kind(session: Session, room: Room) -> Sequence[int]:
    """The ids of all rooms in use of a room's kind, and its own."""
    return session.scalars(OF_THE_KIND, {"room": room.id, "kind": room.kind}).all()


def place_in(room: Room) -> Place:
    """A room as it is likened to others."""
    venue = room.venue
    where = None if venue.latitude is None or venue.longitude is None else (venue.latitude, venue.longitude)
    name, has = f"{venue.name}, {room.name}", frozenset(room.facilities)
    return Place(room.id, path_of(room), name, room.capacity, has, venue.id, venue.district_id, where)


def suiting(session: Session, places: Iterable[Place], heads: int, words: Collection[str]) -> dict[Place, tuple[str, ...]]:
    """Those of the places that are not known to be too small or to lack what is needed, with the keys of what of that nobody knows;
    one statement where access is needed."""
    needs = Needs.of(words)
    large = [one for one in places if one.capacity is None or one.capacity >= heads]
    said = statements_about(session, {place.venue for place in large}) if needs.access else {}
    found = ((place, needs.unknown_of(place, said)) for place in large)
    return {place: keys for place, keys in found if keys is not None}


def unknown_offered(session: Session, offers: Collection[Offer]) -> dict[int, tuple[str, ...]]:
    """What is needed and nobody knows of the offered rooms, by the ids of the offers; one statement where anything is needed."""
    asking = [(one, Needs.of(one.occurrence.booking.needs)) for one in offers if one.occurrence.booking.needs]
    said = statements_about(session, {one.room.venue_id for one, _needs in asking}) if asking else {}
    return {one.id: needs.unknown_of(place_in(one.room), said) or () for one, needs in asking}
