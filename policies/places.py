"""Places: what a policy document can be about - the municipality, a venue or a room - and its versions and draft."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session, joinedload

from kernel.errors import Missing, Stale, refuse
from policies.models import PolicyDraft, PolicyVersion
from policies.verdict import Layer
from venues.models import Room, Venue
from venues.queries import municipality, room_at, venue_named


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its layer and its path: empty for the municipality, ``venue`` or ``venue/room``; ``name`` is for people."""

    layer: Layer
    path: str
    name: str
    venue_id: int | None = None
    room_id: int | None = None

    @property
    def scope(self) -> str:
        """The key of its draft, which does not change when a slug does."""
        return f"room:{self.room_id}" if self.room_id else f"venue:{self.venue_id}" if self.venue_id else "municipality"

    @property
    def versions(self) -> ColumnElement[bool]:
        """The condition of its published versions."""
        return and_(PolicyVersion.venue_id.is_not_distinct_from(self.venue_id), PolicyVersion.room_id.is_not_distinct_from(self.room_id))

    @property
    def rooms(self) -> ColumnElement[bool]:
        """The condition of the rooms that a document of the place is about."""
        if self.room_id:
            return Room.id == self.room_id
        return Room.venue_id == self.venue_id if self.venue_id else true()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands for one place: its published versions newest first, and whether somebody works on a draft."""

    place: Place
    versions: tuple[PolicyVersion, ...]
    draft: PolicyDraft | None

    def current(self, today: date) -> PolicyVersion | None:
        return next((version for version in self.versions if version.valid_from <= today), None)

    def coming(self, today: date) -> tuple[PolicyVersion, ...]:
        return tuple(version for version in self.versions if version.valid_from > today and not self.is_replaced(version))

    def is_replaced(self, version: PolicyVersion) -> bool:
        """Whether a later one was published for the same first day, so that this one never holds."""
        return any(other.valid_from == version.valid_from and other.number > version.number for other in self.versions)

    def past(self, today: date) -> tuple[PolicyVersion, ...]:
        current = self.current(today)
        return tuple(version for version in self.versions if version.valid_from <= today and version is not current)


def place_at(session: Session, path: str) -> Place:
    """The place of a path; raises Missing with the nearest names."""
    path = path.strip("/")
    if not path:
        return Place(Layer.MUNICIPALITY, "", municipality(session).name)
    if "/" in path:
        return _of_room(room_at(session, path))
    return _of_venue(venue_named(session, path))


def places(session: Session) -> list[Place]:
    """Every place a document can be about: the municipality, then each venue followed by its rooms, by name."""
    rooms = session.scalars(select(Room).join(Venue).options(joinedload(Room.venue)).where(Room.retired_at.is_(None)).order_by(Room.name))
    by_venue: dict[int, list[Room]] = {}
    for room in rooms:
        by_venue.setdefault(room.venue_id, []).append(room)
    found = [Place(Layer.MUNICIPALITY, "", municipality(session).name)]
    for venue in session.scalars(select(Venue).where(Venue.retired_at.is_(None)).order_by(Venue.name)):
        found += [_of_venue(venue), *map(_of_room, by_venue.get(venue.id, []))]
    return found


def shelf_of(session: Session, place: Place) -> Shelf:
    """The versions and the draft of one place."""
    newest = (PolicyVersion.valid_from.desc(), PolicyVersion.number.desc())
    versions = session.scalars(select(PolicyVersion).where(place.versions).order_by(*newest)).all()
    return Shelf(place, tuple(versions), draft_of(session, place))


def shelves(session: Session) -> list[Shelf]:
    """All places with their versions and drafts, in a fixed number of queries."""
    newest = (PolicyVersion.valid_from.desc(), PolicyVersion.number.desc())
    versions: dict[tuple[int | None, int | None], list[PolicyVersion]] = {}
    for version in session.scalars(select(PolicyVersion).order_by(*newest)):
        versions.setdefault((version.venue_id, version.room_id), []).append(version)
    drafts = {draft.scope: draft for draft in session.scalars(select(PolicyDraft))}
    return [Shelf(place, tuple(versions.get((place.venue_id, place.room_id), ())), drafts.get(place.scope)) for place in places(session)]


def draft_of(session: Session, place: Place) -> PolicyDraft | None:
    """The draft of a place as it stands now, also where this session read another before it waited for a lock."""
    return session.scalar(select(PolicyDraft).where(PolicyDraft.scope == place.scope).execution_options(populate_existing=True))


def draft_seen(session: Session, place: Place, version: int) -> PolicyDraft:
    """The draft of a place, if it still is what somebody saw; raises Missing (``no-draft``), Stale (``changed-meanwhile``)."""
    draft = draft_of(session, place)
    if draft is None:
        raise refuse(Missing, "no-draft", "place", place.path)
    if draft.version != version:
        raise refuse(Stale, "changed-meanwhile", "version", version, now=draft.version)
    return draft


def last_number(session: Session, place: Place) -> int:
    """The number of the place's last published version, 0 before the first."""
    return session.scalar(select(func.max(PolicyVersion.number)).where(place.versions)) or 0


def _of_venue(venue: Venue) -> Place:
    return Place(Layer.VENUE, venue.slug, venue.name, venue.id)


def _of_room(room: Room) -> Place:
    return Place(Layer.ROOM, f"{room.venue.slug}/{room.slug}", f"{room.venue.name}, {room.name}", room.venue_id, room.id)
