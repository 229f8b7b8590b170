"""Which published policies are in force where and when; documents are read and parsed once per process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from kernel.errors import Missing, refuse
from policies.document import Document, checked
from policies.layers import Policy, combine
from policies.models import PolicyVersion
from venues.models import Room


class Published(NamedTuple):
    """A published version without its document: enough to know when and where it holds."""

    id: int
    published_at: datetime
    venue_id: int | None
    room_id: int | None
    valid_from: date
    number: int

    @property
    def scope(self) -> tuple[int, int]:
        """The municipality first, then venues, then rooms."""
        return (2, self.room_id) if self.room_id else (1, self.venue_id or 0) if self.venue_id else (0, 0)


@dataclass(slots=True)
class Parsed:
    """What this process has read of one database: documents by version, and policies by the versions they combine."""

    documents: dict[Published, Document] = field(default_factory=dict)
    policies: dict[tuple[Published, ...], Policy] = field(default_factory=dict)


_PARSED: WeakKeyDictionary[Engine, Parsed] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class InForce:
    """The policies of one room over a stretch of dates of use; ``scopes`` hold each scope's versions, newest first."""

    scopes: tuple[tuple[Published, ...], ...]
    parsed: Parsed

    def on(self, day: date) -> Policy:
        """The policy for use on a date; the same object for the same versions."""
        versions = self.asked_on(day)
        found = self.parsed.policies.get(versions)
        if found is None:
            found = self.parsed.policies[versions] = combine(self.parsed.documents[version] for version in versions)
        return found

    def versions_on(self, day: date) -> tuple[int, ...]:
        """The ids of the versions that are asked for a date, the municipality's first."""
        return tuple(version.id for version in self.asked_on(day))

    def documents_on(self, day: date) -> tuple[Document, ...]:
        """The documents of those versions."""
        return tuple(self.parsed.documents[version] for version in self.asked_on(day))

    def asked_on(self, day: date) -> tuple[Published, ...]:
        found = []
        for scope in self.scopes:
            for version in scope:
                if version.valid_from <= day:
                    found.append(version)
                    break
        return tuple(found)


def in_force(session: Session, room: Room, first: date, last: date) -> InForce:
    """The policies for use of a room on dates ``first`` to ``last``."""
    return in_force_for(session, [room], first, last)[room.id]


def in_force_for(session: Session, rooms: Sequence[Room], first: date, last: date) -> dict[int, InForce]:
    """As ``in_force_at`` for rooms at hand."""
    return in_force_at(session, {room.id: room.venue_id for room in rooms}, first, last)


def in_force_at(session: Session, rooms: Mapping[int, int], first: date, last: date) -> dict[int, InForce]:
    """The policies of many rooms, which are given by their ids with those of their venues, in two queries at most.

    In each scope the version with the greatest ``valid_from`` not after the date of use holds, of equal ones the
    last published. Documents are read and parsed once per process, for published versions never change.
    """
    versions = _published(session, rooms, last)
    scopes = {scope: tuple(_within(found, first)) for scope, found in groupby(versions, key=lambda version: version.scope)}
    parsed = _parsed(session, [version for found in scopes.values() for version in found])
    return {
        room: InForce(tuple(scopes.get(scope, ()) for scope in ((0, 0), (1, venue), (2, room))), parsed) for room, venue in rooms.items()
    }


def published_since(session: Session, day: date) -> tuple[Document, ...]:
    """The documents of all places that are in force on a day or begin later."""
    found = [Published(*row) for row in session.execute(_columns())]
    found.sort(key=lambda version: (version.valid_from, version.number), reverse=True)
    found.sort(key=lambda version: version.scope)
    here = [version for _, of_it in groupby(found, key=lambda version: version.scope) for version in _within(of_it, day)]
    parsed = _parsed(session, here)
    return tuple(parsed.documents[version] for version in here)


class Edition(NamedTuple):
    """A published version with its document."""

    version: Published
    document: Document


def municipal_on(session: Session, day: date, *, published_by: datetime) -> Edition | None:
    """The municipality's own document for a day, as far as it was published by a moment; None where there was none."""
    here = (PolicyVersion.venue_id.is_(None), PolicyVersion.room_id.is_(None))
    then = (PolicyVersion.valid_from <= day, PolicyVersion.published_at <= published_by)
    newest = _columns().where(*here, *then).order_by(PolicyVersion.valid_from.desc(), PolicyVersion.number.desc()).limit(1)
    found = [Published(*row) for row in session.execute(newest)]
    return documents_of(session, [found[0].id])[0] if found else None


def documents_of(session: Session, versions: Sequence[int]) -> list[Edition]:
    """Published versions with their documents, the municipality's first, for those who ask what was in force."""
    found = sorted((Published(*row) for row in session.execute(_columns().where(PolicyVersion.id.in_(versions)))), key=_place)
    parsed = _parsed(session, found)
    return [Edition(version, parsed.documents[version]) for version in found]


def _place(version: Published) -> tuple[tuple[int, int], int]:
    return version.scope, version.number


def policy_of(session: Session, versions: Sequence[int]) -> Policy:
    """The policy that these versions make together, for replay; raises Missing (``unknown-policy-version``)."""
    found = [Published(*row) for row in session.execute(_columns().where(PolicyVersion.id.in_(versions)))]
    missing = sorted(set(versions) - {version.id for version in found})
    if missing:
        raise refuse(Missing, "unknown-policy-version", value=missing[0])
    parsed = _parsed(session, found)
    return combine(parsed.documents[version] for version in found)


def _published(session: Session, rooms: Mapping[int, int], last: date) -> list[Published]:
    """The versions of the rooms' scopes that may be in force up to a date: by scope, newest first."""
    given = {"venues": sorted(set(rooms.values())), "rooms": list(rooms), "last": last}
    found = [Published(*row) for row in session.execute(PUBLISHED, given)]
    found.sort(key=lambda version: (version.valid_from, version.number), reverse=True)
    return sorted(found, key=lambda version: version.scope)


def _columns() -> Select[Any]:
    return select(*(getattr(PolicyVersion, name) for name in Published._fields))


def _published_here() -> Select[Any]:
    municipality = and_(PolicyVersion.venue_id.is_(None), PolicyVersion.room_id.is_(None))
    venues = and_(PolicyVersion.venue_id.in_(bindparam("venues", expanding=True)), PolicyVersion.room_id.is_(None))
    here = or_(municipality, venues, PolicyVersion.room_id.in_(bindparam("rooms", expanding=True)))
    return _columns().where(here, PolicyVersion.valid_from <= bindparam("last"))


# Put together once: every booking and every search sends it.
PUBLISHED = _published_here()


def _within(versions: Iterable[Published], first: date) -> Iterable[Published]:
    """Those that begin within the dates, and the one that holds when they begin; versions come newest first."""
    for version in versions:
        yield version
        if version.valid_from <= first:
            return


def _parsed(session: Session, versions: Sequence[Published]) -> Parsed:
    """The documents of the versions, read where this process has not.

    The key is the whole row without its document: an id alone may have stood for another row in a transaction
    that was rolled back.
    """
    parsed = _PARSED.setdefault(session.get_bind().engine, Parsed())
    unread = {version.id: version for version in versions if version not in parsed.documents}
    if unread:
        rows = session.execute(select(PolicyVersion.id, PolicyVersion.document).where(PolicyVersion.id.in_(unread)))
        parsed.documents.update((unread[id], checked(data)) for id, data in rows)
    return parsed


def forget(session: Session) -> None:
    """Drop what was read of this database, when a version is written whose row may look like one rolled back before."""
    _PARSED.pop(session.get_bind().engine, None)
