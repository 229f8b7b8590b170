"""Likeness: the rooms that could stand in for another - of its kind, in use, large enough, with what is needed as far as one knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from booking.case import Case
from booking.nearness import Place
from venues.access import answers, lacks
from venues.models import Room, Venue
from venues.queries import statements_about
from venues.search import may_have
from venues.statements import ACCESS
from venues.vocabulary import FACILITY_LABELS, Access, slug_of

FACILITIES = frozenset(map(slug_of, FACILITY_LABELS))
FEATURES = {ACCESS + feature: feature for feature in Access}
PLACES = (
    select(Room.id, Room.slug, Room.name, Room.capacity, Room.facilities, Room.venue_id)
    .add_columns(Venue.slug.label("venue"), Venue.name.label("venue_name"), Venue.district_id, Venue.latitude, Venue.longitude)
    .join(Venue)
)
IN_USE = Room.retired_at.is_(None), Venue.retired_at.is_(None)


@dataclass(frozen=True, slots=True)
class Alike:
    """The room that was asked for, and the rooms that suit, itself among them where it does."""

    asked: Place
    suiting: tuple[Place, ...]


def alike(session: Session, case: Case) -> Alike:
    """What could stand in for the room of a case; one statement, two where access is needed.

    What a wish needs counts where it is a word of the vocabulary; what is said in other words is for people to read.
    """
    asked = Room.id == case.room.id
    rows = session.execute(PLACES.where(or_(asked, and_(Room.kind == case.room.kind, *IN_USE))).order_by(Room.id)).all()
    places = {row.id: _place(row) for row in rows}
    suiting = tuple(places[row.id] for row in _suiting(session, rows, case))
    return Alike(places[case.room.id], suiting if _is_in_use(case.room) else tuple(one for one in suiting if one.id != case.room.id))


def _is_in_use(room: Room) -> bool:
    return room.retired_at is None and room.venue.retired_at is None


def _place(row: Row[Any]) -> Place:
    where = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    path, name = f"{row.venue}/{row.slug}", f"{row.venue_name}, {row.name}"
    return Place(row.id, path, name, row.capacity, frozenset(row.facilities), row.venue_id, row.district_id, where)


def _suiting(session: Session, rows: Sequence[Row[Any]], case: Case) -> Iterator[Row[Any]]:
    """The rooms not known to be too small or to lack what is needed."""
    heads = sum(band.heads for band in case.bands)
    facilities = FACILITIES.intersection(map(slug_of, case.needs))
    access = [FEATURES[need] for need in case.needs if need in FEATURES]
    said = statements_about(session, {row.venue_id for row in rows}) if access else {}
    for row in rows:
        if row.capacity is not None and row.capacity < heads:
            continue
        if facilities and not may_have(row.facilities, facilities):
            continue
        own, venues = said.get((row.venue_id, row.id), ()), said.get((row.venue_id, None), ())
        if not access or not lacks(answers(own, venues), access):
            yield row
