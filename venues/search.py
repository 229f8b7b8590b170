"""Search: which rooms suit by district, kind, size, facilities and access; what is unknown comes last and is never hidden."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, subqueryload

from database.prepared import send
from kernel.errors import Fault, Invalid
from venues.access import AccessAnswer, answers, lacks, unknown
from venues.models import Municipality, Room, Space, Venue
from venues.queries import statements_about
from venues.statements import ACCESS, Reading, Statement, capacity_reading
from venues.vocabulary import Access, slug_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFilter:
    """What a room must be; words as the inventory has them or as slugs, ``capacity`` is the least number of people."""

    district: str | None = None
    kind: str | None = None
    capacity: int | None = None
    facilities: tuple[str, ...] = ()
    access: tuple[Access, ...] = ()

    @classmethod
    def of(cls, *, district: str = "", kind: str = "", capacity: int | None = None, needs: Iterable[str] = ()) -> "RoomFilter":
        """The filter of words as addresses and forms give them; needs are facilities, or access as ``access.lift``.

        Raises Invalid (``unknown-need``) for an access feature that is not in the vocabulary.
        """
        wanted = [need for need in needs if need]
        features = [need.removeprefix(ACCESS) for need in wanted if need.startswith(ACCESS)]
        unheard = [Fault("unknown-need", "needs", feature, {"known": tuple(Access)}) for feature in features if feature not in set(Access)]
        if unheard:
            raise Invalid(*unheard)
        return cls(
            district=slug_of(district) or None,
            kind=slug_of(kind) or None,
            capacity=capacity,
            facilities=tuple(slug_of(need) for need in wanted if not need.startswith(ACCESS)),
            access=tuple(Access(feature) for feature in features),
        )


@dataclass(frozen=True, slots=True)
class FoundRoom:
    """A room that suits as far as one knows; ``unknown`` names what was asked and nobody knows.

    ``said`` is what is said of the room itself.
    """

    room: Room
    access: tuple[AccessAnswer, ...]
    unknown: tuple[str, ...]
    said: tuple[Statement, ...] = ()

    @property
    def path(self) -> str:
        return f"{self.room.venue.slug}/{self.room.slug}"

    @property
    def capacity(self) -> Reading:
        return capacity_reading(self.said)

    @property
    def order(self) -> tuple[bool, str, str]:
        return bool(self.unknown), self.room.venue.slug, self.room.slug


def find_rooms(session: Session, wanted: RoomFilter) -> list[FoundRoom]:
    """The rooms in use that suit or may suit, those of which all is known first; three statements."""
    kept = [room for room in rooms_in_use(session) if _suits(room, wanted)]
    said = statements_about(session, {room.venue_id for room in kept})
    found = []
    for room in kept:
        own = said.get((room.venue_id, room.id), ())
        known = answers(own, said.get((room.venue_id, None), ()))
        if not lacks(known, wanted.access):
            found.append(FoundRoom(room, known, _unknown(room, known, wanted), own))
    return sorted(found, key=lambda one: one.order)


def kinds(rooms: Iterable[Room]) -> list[str]:
    """The kinds there are, as the inventory's words."""
    return sorted({room.kind for room in rooms if room.kind})


def facilities(rooms: Iterable[Room]) -> list[str]:
    """The facilities there are, as the inventory's words."""
    return sorted({facility for room in rooms for facility in room.facilities})


def rooms_in_use(session: Session) -> Sequence[Room]:
    """All rooms that are not retired, with venue, district and spaces; two statements."""
    in_use = (Room.retired_at.is_(None), Venue.retired_at.is_(None))
    # selectinload would ask once per five hundred rooms.
    whole = (joinedload(Room.venue).joinedload(Venue.district), subqueryload(Room.spaces))
    return session.scalars(select(Room).join(Room.venue).where(*in_use).order_by(Venue.name, Room.id).options(*whole)).all()


def version(session: Session) -> str:
    """What the map of rooms is now: rises with every change of a venue, a room or the municipality; one statement."""
    return "-".join(str(number) for number in sums_of(session, Municipality, Venue, Room))


def sums_of(session: Session, *tables: type[Municipality | Venue | Room | Space]) -> tuple[int, ...]:
    """A number for each table that rises with every change of its rows; one statement."""
    (found,) = send(session, _sums(tables), {})
    return tuple(found)


@cache
def _sums(tables: Sequence[type[Municipality | Venue | Room | Space]]) -> Select[Any]:
    """Put together once: every search sends it."""
    return select(
        *(
            select(func.coalesce(func.sum(table.revision), 0) + func.count()).scalar_subquery().label(table.__tablename__)
            for table in tables
        )
    )


def _suits(room: Room, wanted: RoomFilter) -> bool:
    district = room.venue.district.slug if room.venue.district else None
    if wanted.district and district not in (wanted.district, None):
        return False
    if wanted.kind and room.kind and slug_of(room.kind) != wanted.kind:
        return False
    if wanted.capacity and room.capacity is not None and room.capacity < wanted.capacity:
        return False
    return may_have(room.facilities, wanted.facilities)


def may_have(facilities: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether a room with these facilities has the wanted ones (as slugs), or nobody has said what it has."""
    has = {slug_of(facility) for facility in facilities}
    return not has or has.issuperset(wanted)


def _unknown(room: Room, known: Sequence[AccessAnswer], wanted: RoomFilter) -> tuple[str, ...]:
    """What was asked for and nobody knows of this room, as keys of the vocabulary."""
    found = ["district"] if wanted.district and room.venue.district is None else []
    found += ["kind"] if wanted.kind and not room.kind else []
    found += ["capacity"] if wanted.capacity and room.capacity is None else []
    found += ["facilities"] if wanted.facilities and not room.facilities else []
    return (*found, *(ACCESS + feature for feature in unknown(known, wanted.access)))
