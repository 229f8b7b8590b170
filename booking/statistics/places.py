"""Places: rooms and the parts they are made of, so that no part is counted twice when rooms share it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, subqueryload

from booking.statistics.measures import Dimension
from kernel.errors import Missing, Refusal, refuse
from kernel.wallclock import to_wall
from venues.models import Room, Venue
from venues.opening import Opening
from venues.queries import nearest, openings_of

# The key of what is in no district.
UNKNOWN = -1
Key = int | None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part that can be lent by itself: where it is, the rooms it belongs to, and when it is open: as the smallest of them is."""

    id: int
    room: Room
    rooms: Sequence[Room]
    opening: Opening

    @property
    def last_day(self) -> date:
        """The last day on which anybody can have it."""
        ended = [moment for moment in (self.room.retired_at, self.room.venue.retired_at) if moment]
        return to_wall(min(ended), self.opening.zone).date() if ended else date.max


@dataclass(frozen=True, slots=True)
class Places:
    """What is counted: the rooms of a place and their parts; ``near`` are all rooms that have any of these parts, by id, of ``known``
    rooms in all."""

    rooms: Mapping[int, Room]
    parts: Sequence[Part]
    near: Mapping[int, Room]
    known: int

    def within(self, zone: str) -> "Places":
        """Those of one time zone, which are all where a municipality has but one."""
        in_zone = [{id: room for id, room in rooms.items() if room.venue.zone == zone} for rooms in (self.rooms, self.near)]
        return Places(in_zone[0], [part for part in self.parts if part.room.venue.zone == zone], in_zone[1], self.known)

    def key(self, room: Room, dimension: Dimension) -> Key:
        """What a room belongs to; None where the dimension is none of place."""
        match dimension:
            case Dimension.ROOM:
                return room.id
            case Dimension.VENUE:
                return room.venue_id
            case Dimension.DISTRICT:
                return room.venue.district_id or UNKNOWN
            case _:
                return None

    def holders(self, part: Part, dimension: Dimension) -> Iterator[Key]:
        """Where a part is counted: with each room it belongs to, else once."""
        if dimension is Dimension.ROOM:
            yield from (room.id for room in part.rooms if room.id in self.rooms)
        else:
            yield self.key(part.room, dimension)


@dataclass(frozen=True, slots=True)
class Where:
    """A choice of place by slugs, the narrowest that is given: ``room`` as ``venue/room``."""

    district: str = ""
    venue: str = ""
    room: str = ""


def places(session: Session, where: Where, first: date, last: date) -> Places:
    """The rooms of a place that were in use in a period; raises Missing for a place that is not there. Six or seven statements."""
    query = select(Room).options(joinedload(Room.venue).joinedload(Venue.district), subqueryload(Room.spaces)).order_by(Room.id)
    known = session.scalars(query).unique().all()
    every = [room for room in known if _in_use(room, first)]
    wanted = {room.id: room for room in every if _is_in(room, where)}
    if not wanted and (where.room or where.venue or where.district):
        raise _missing(every, where)
    spaces = {space.id for room in wanted.values() for space in room.spaces}
    holding: dict[int, list[Room]] = {}
    for room in every:
        for space in room.spaces:
            if space.id in spaces:
                holding.setdefault(space.id, []).append(room)
    smallest = {space: min(rooms, key=lambda room: (len(room.spaces), room.id)) for space, rooms in sorted(holding.items())}
    openings = openings_of(session, {room.id: room for room in smallest.values()}.values(), first, last) if smallest else {}
    parts = [Part(space, room, holding[space], openings[room.id]) for space, room in smallest.items()]
    return Places(wanted, parts, {room.id: room for rooms in holding.values() for room in rooms}, len(known))


def _in_use(room: Room, first: date) -> bool:
    ended = [moment for moment in (room.retired_at, room.venue.retired_at) if moment]
    return not ended or to_wall(min(ended), room.venue.zone).date() >= first


def _is_in(room: Room, where: Where) -> bool:
    if where.room:
        return f"{room.venue.slug}/{room.slug}" == where.room
    if where.venue:
        return room.venue.slug == where.venue
    return not where.district or (room.venue.district is not None and room.venue.district.slug == where.district)


def _missing(rooms: Collection[Room], where: Where) -> Refusal:
    """What was asked for and is not there, with the nearest that is."""
    if where.room:
        paths = [f"{room.venue.slug}/{room.slug}" for room in rooms]
        return refuse(Missing, "unknown-room", "room", where.room, near=nearest(where.room, paths), venue=where.room.partition("/")[0])
    if where.venue:
        return refuse(Missing, "unknown-venue", "venue", where.venue, near=nearest(where.venue, {room.venue.slug for room in rooms}))
    known = {room.venue.district.slug for room in rooms if room.venue.district}
    return refuse(Missing, "unknown-district", "district", where.district, known=", ".join(sorted(known)))
