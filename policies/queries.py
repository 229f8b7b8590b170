"""Queries: which published policies are in force for a room on which dates, each parsed once per process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from policies.document import Document
from policies.layers import Policy, combine
from policies.models import PolicyVersion
from venues.models import Room

KEPT = 4096


@dataclass(frozen=True, slots=True)
class Version:
    """What decides which version of a place's policy is in force; its document is read only once per process."""

    id: int
    place: tuple[int | None, int | None]
    valid_from: date
    number: int


@dataclass(frozen=True, slots=True)
class InForce:
    """The versions that may be in force for one room, of all layers; ``on`` combines those that are on a date."""

    versions: tuple[Version, ...]

    def versions_on(self, day: date) -> tuple[int, ...]:
        """The ids of the versions in force: per place the one that began last, of those begun together the newest."""
        latest: dict[tuple[int | None, int | None], Version] = {}
        for version in self.versions:
            if version.valid_from <= day:
                standing = latest.get(version.place)
                if standing is None or (standing.valid_from, standing.number) < (version.valid_from, version.number):
                    latest[version.place] = version
        return tuple(sorted(version.id for version in latest.values()))

    def on(self, day: date) -> Policy:
        """The policy in force on a date of use."""
        return _combined(self.versions_on(day))


def in_force(session: Session, room: Room, first: date, last: date) -> InForce:
    """The versions that may be in force for a room from the first to the last date: one query, two when some are new here."""
    return in_force_for(session, [room], last)[room.id]


def in_force_for(session: Session, rooms: Sequence[Room], last: date) -> dict[int, InForce]:
    """As ``in_force`` for many rooms, in as many queries."""
    venues, ids = {room.venue_id for room in rooms}, {room.id for room in rooms}
    municipal = and_(PolicyVersion.venue_id.is_(None), PolicyVersion.room_id.is_(None))
    of_venue = and_(PolicyVersion.venue_id.in_(venues), or_(PolicyVersion.room_id.is_(None), PolicyVersion.room_id.in_(ids)))
    columns = select(PolicyVersion.id, PolicyVersion.venue_id, PolicyVersion.room_id, PolicyVersion.valid_from, PolicyVersion.number)
    rows = session.execute(columns.where(or_(municipal, of_venue), PolicyVersion.valid_from <= last)).all()
    _read_new(session, [row.id for row in rows])
    versions = [Version(row.id, (row.venue_id, row.room_id), row.valid_from, row.number) for row in rows]
    return {room.id: InForce(tuple(version for version in versions if _concerns(version, room))) for room in rooms}


def document_of(session: Session, version_id: int) -> Document:
    """The document of a published version."""
    _read_new(session, [version_id])
    return DOCUMENTS[version_id]


# Published versions are immutable rows, so what is read once stays true while the process lives.
DOCUMENTS: dict[int, Document] = {}


def _read_new(session: Session, ids: Iterable[int]) -> None:
    new = [version for version in ids if version not in DOCUMENTS]
    if new:
        rows = session.execute(select(PolicyVersion.id, PolicyVersion.document).where(PolicyVersion.id.in_(new)))
        DOCUMENTS.update({row.id: Document.model_validate(row.document, strict=False) for row in rows})


@lru_cache(maxsize=KEPT)
def _combined(versions: tuple[int, ...]) -> Policy:
    return combine(DOCUMENTS[version] for version in versions)


def _concerns(version: Version, room: Room) -> bool:
    venue_id, room_id = version.place
    return (venue_id is None and room_id is None) or (venue_id == room.venue_id and room_id in (None, room.id))
