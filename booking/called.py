"""Called: rooms, clubs and activities by what people call them in a season plan, whatever the capitals."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from accounts.models import Delegation, DelegationState, Organisation
from booking.case import path_of
from booking.plan import Column, Row
from kernel.errors import Invalid, refuse
from policies import labels
from policies.taxonomy import Activity
from venues.models import Room, Venue
from venues.queries import nearest
from web.language import LANGUAGES

T = TypeVar("T")
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Club:
    """An organisation as a wish names it, and who is to hold its bookings: the first who leads it, else who acts for it."""

    id: int
    said: str
    name: str
    holder_id: int | None


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that a plan may name, by its names folded."""

    rooms: Mapping[str, list[Room]]
    clubs: Mapping[str, list[Club]]
    activities: Mapping[str, Activity]

    def room(self, row: Row) -> Room:
        """By ``venue/room``, by names with the venue before or after the room, or by the room's alone where no other has it.

        Raises Invalid: ``unknown-room`` with the nearest, ``ambiguous-room`` with those that are meant.
        """
        written = f"{row.venue}/{row.room}" if row.venue else row.room
        found = self.rooms.get(_folded(written), [])
        if not found:
            near = (path_of(room) for name in nearest(_folded(written), self.rooms) for room in self.rooms[name])
            raise refuse(Invalid, "unknown-room", Column.ROOM, written, near=tuple(dict.fromkeys(near)))
        if len(found) > 1:
            raise refuse(Invalid, "ambiguous-room", Column.ROOM, written, names=tuple(map(path_of, found[:MOST_NAMED])))
        return found[0]

    def club(self, row: Row) -> Club:
        """By number or name; raises Invalid: ``unknown-club`` with the nearest, ``ambiguous-club``, ``nobody-holds``."""
        digits = re.sub(r"\s", "", row.club)
        found = self.clubs.get(digits if digits.isdecimal() else _folded(row.club), [])
        if not found:
            near = (club.name for name in nearest(_folded(row.club), self.clubs) for club in self.clubs[name])
            raise refuse(Invalid, "unknown-club", Column.CLUB, row.club, near=tuple(dict.fromkeys(near)))
        if len(found) > 1:
            raise refuse(Invalid, "ambiguous-club", Column.CLUB, row.club, names=tuple(club.said for club in found[:MOST_NAMED]))
        if found[0].holder_id is None:
            raise refuse(Invalid, "nobody-holds", Column.CLUB, row.club)
        return found[0]

    def activity(self, row: Row, otherwise: Activity) -> Activity:
        """By its word in the API or its label in any language; raises Invalid (``unknown-activity``)."""
        if not row.activity:
            return otherwise
        found = self.activities.get(_folded(row.activity))
        if found is None:
            raise refuse(Invalid, "unknown-activity", Column.ACTIVITY, row.activity, known=tuple(map(labels.activity, Activity)))
        return found


def names_in(session: Session) -> Names:
    """All rooms in use, all organisations and all activities by their names, in four queries."""
    rooms = select(Room).join(Venue).where(Room.retired_at.is_(None), Venue.retired_at.is_(None)).order_by(Room.id)
    loaded = session.scalars(rooms.options(contains_eager(Room.venue), selectinload(Room.spaces))).all()
    return Names(
        _by_name((name, room) for room in loaded for name in _names_of(room)),
        _by_name(_clubs(session)),
        {_folded(name): activity for name, activity in _activities()},
    )


def _names_of(room: Room) -> set[str]:
    pairs = [(venue, own) for venue in (room.venue.slug, room.venue.name) for own in (room.slug, room.name)]
    return {room.slug, room.name, *(f"{venue}/{own}" for venue, own in pairs), *(f"{own}/{venue}" for venue, own in pairs)}


def _clubs(session: Session) -> Iterator[tuple[str, Club]]:
    confirmed = select(Delegation.organisation_id, Delegation.person_id).where(Delegation.state == DelegationState.CONFIRMED)
    holders: dict[int, int] = {}
    for organisation_id, person_id in session.execute(confirmed.order_by(Delegation.is_leader.desc(), Delegation.id)):
        holders.setdefault(organisation_id, person_id)
    columns = (Organisation.id, Organisation.number, Organisation.name, Organisation.responsible_id)
    for row in session.execute(select(*columns).order_by(Organisation.id)):
        said = row.number or f"group:{row.id}"
        club = Club(row.id, said, row.name, holders.get(row.id, row.responsible_id))
        yield said, club
        yield row.name, club


def _activities() -> Iterator[tuple[str, Activity]]:
    yield from ((activity.value, activity) for activity in Activity)
    for language in LANGUAGES:
        with force_locale(language):
            yield from [(labels.activity(activity), activity) for activity in Activity]


def _by_name(named: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for name, one in named:
        alike = found.setdefault(_folded(name), [])
        if one not in alike:
            alike.append(one)
    return found


def _folded(name: str) -> str:
    """Without regard to capitals and spaces, and to how venue and room are parted."""
    return re.sub(r"\s*[,/]\s*", "/", " ".join(name.casefold().split()))
