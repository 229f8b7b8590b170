"""Sources: calendars of others are added to a room, taken into use, paused and removed by those who decide on it."""

import gzip
import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from accounts.identity import Actor, Role
from accounts.queries import holding
from booking.case import in_use
from booking.tasks import meets_no_more
from calendars.incoming.models import Source, SourceState
from calendars.incoming.settling import settle
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Invalid, Missing, refuse
from kernel.fetching import Unfetched, target_of
from kernel.wallclock import to_wall
from venues.models import Room, Venue
from venues.queries import room_at
from web.forms import Input

AHEAD = timedelta(days=540)
LONGEST_ADDRESS = 2000
# As the municipality's own use, where no rule says otherwise.
STRENGTH = 100


class SourceInput(Input):
    """A calendar of others: by its ``address``, or without one when a file is sent along."""

    room: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}$")]
    name: str = Field(min_length=1, max_length=120)
    address: str = Field(default="", max_length=LONGEST_ADDRESS)
    strength: int = Field(default=STRENGTH, ge=0, le=100)


def room_for(session: Session, venue: str, given: SourceInput, file: str, *, by: Actor) -> Room:
    """The room that a calendar may be added to, of an address or a file of that name.

    Raises Forbidden to all but officers, Missing for the room, Invalid for an address that is none, or where there is neither an
    address nor a file or both, Conflict where the room follows it already.
    """
    by.require(by.is_officer, "officer")
    room = in_use(room_at(session, f"{venue}/{given.room}"))
    if bool(given.address) is bool(file):
        raise refuse(Invalid, "address-or-file", "address")
    if given.address:
        _require_address(session, room, given.address)
    return room


def add_source(session: Session, venue: str, given: SourceInput, file: str = "", *, by: Actor, now: datetime) -> Source:
    """Add a calendar to a room, whose spaces are locked, so that it is added once; it takes nothing before it is taken into use.

    Raises as ``room_for``.
    """
    lock(session, *(Key(Subject.SPACE, space.id) for space in room_at(session, f"{venue}/{given.room}").spaces))
    room = room_for(session, venue, given, file, by=by)
    source = Source(room=room, holder_id=_holder(session, by), name=given.name, address=given.address, created_at=now)
    source.strength, source.state, source.file = given.strength, SourceState.DRAFT, file[-200:]
    session.add(source)
    session.flush()
    _record(session, source, "add", by=by, now=now)
    return source


def activate(session: Session, source_id: int, *, by: Actor, now: datetime) -> Source:
    """Follow a calendar from now on; raises Missing, Forbidden, Conflict while nothing of it is here."""
    source = source_for(session, source_id, by=by)
    if not source.digest:
        raise refuse(Conflict, "nothing-fetched", "calendar", source.name)
    if source.state is not SourceState.ACTIVE:
        source.state, source.due_at = SourceState.ACTIVE, now
        _record(session, source, "activate", by=by, now=now)
    return source


def pause(session: Session, source_id: int, *, by: Actor, now: datetime) -> Source:
    """Fetch it no more, and leave what it has; raises Missing, Forbidden."""
    source = source_for(session, source_id, by=by)
    if source.state is SourceState.ACTIVE:
        source.state, source.due_at = SourceState.PAUSED, None
        _record(session, source, "pause", by=by, now=now)
    return source


def remove(session: Session, source_id: int, *, by: Actor, now: datetime) -> Source:
    """Follow it no more: all that has not begun is given back, and what came is forgotten; raises Missing, Forbidden."""
    source = source_for(session, source_id, by=by)
    settle(session, source, (), by=by, now=now)
    source.state, source.due_at, source.address, source.body, source.digest = SourceState.REMOVED, None, "", None, ""
    meets_no_more(session, source.id, by=by, now=now)
    _record(session, source, "remove", by=by, now=now)
    return source


def source_for(session: Session, source_id: int, *, by: Actor) -> Source:
    """A calendar that is not removed, its row locked for an act of an officer; raises Forbidden, Missing."""
    by.require(by.is_officer, "officer")
    query = _whole().where(Source.id == source_id, Source.state != SourceState.REMOVED).with_for_update(of=Source)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise refuse(Missing, "unknown-calendar", "calendar", source_id)
    return found


def source_shown(session: Session, venue: Venue, source_id: int) -> Source:
    """A calendar of a venue, to be read; raises Missing."""
    found = session.scalar(_whole().where(Source.id == source_id, Room.venue_id == venue.id, Source.state != SourceState.REMOVED))
    if found is None:
        raise refuse(Missing, "unknown-calendar", "calendar", source_id)
    return found


def sources_of(session: Session, venue: Venue) -> Sequence[Source]:
    """The calendars of a venue's rooms, by room and name."""
    query = _whole().where(Room.venue_id == venue.id, Source.state != SourceState.REMOVED)
    return session.scalars(query.order_by(Room.name, Source.name, Source.id)).all()


def due(session: Session, now: datetime, *, most: int) -> Sequence[int]:
    """The calendars that are to be fetched by now, by id, who waits longest first."""
    query = select(Source.id).where(Source.state == SourceState.ACTIVE, Source.due_at <= now)
    return session.scalars(query.order_by(Source.due_at, Source.id).limit(most)).all()


def followed(session: Session) -> Sequence[int]:
    """All calendars that rooms follow, by id."""
    return session.scalars(select(Source.id).where(Source.state == SourceState.ACTIVE).order_by(Source.id)).all()


def stored(session: Session, source_id: int) -> bytes:
    """What came last, unpacked."""
    body = session.scalars(select(Source).where(Source.id == source_id).options(undefer(Source.body))).one().body
    return gzip.decompress(body) if body else b""


def store(source: Source, data: bytes) -> None:
    """Keep what came; the same bytes are packed alike."""
    source.body, source.digest = gzip.compress(data, mtime=0), digest_of(data)


def digest_of(data: bytes) -> str:
    """By which a copy is known to be the same."""
    return hashlib.sha256(data).hexdigest()


def window(room: Room, *, now: datetime) -> tuple[date, date]:
    """The local days that a calendar is asked for: from today on, the second not included."""
    today = to_wall(now, room.venue.zone).date()
    return today, today + AHEAD


def _whole() -> Select[Source]:
    return select(Source).join(Source.room).options(joinedload(Source.room).options(joinedload(Room.venue), selectinload(Room.spaces)))


def _require_address(session: Session, room: Room, address: str) -> None:
    try:
        target = target_of(address)
    except Unfetched:
        target = None
    if target is None or target.scheme not in ("http", "https"):
        raise refuse(Invalid, "bad-address", "address", address)
    there = select(Source.id).where(Source.room_id == room.id, Source.address == address, Source.state != SourceState.REMOVED)
    if session.scalar(there) is not None:
        raise refuse(Conflict, "calendar-there", "address", room.name)


def _holder(session: Session, by: Actor) -> int:
    """Who holds what comes from it: who adds it, or on the command line the officer who was there first."""
    if by.person_id is not None:
        return by.person_id
    found = holding(session, (Role.OFFICER, Role.ADMINISTRATOR))
    if not found:
        raise refuse(Conflict, "no-officer")
    return min(one.id for one in found)


def _record(session: Session, source: Source, verb: str, *, by: Actor, now: datetime) -> None:
    record(session, Act(verb, "incoming_source", source.id, {"room": source.room_id}), by=by, now=now)
    session.flush()
