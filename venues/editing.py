"""Editing: what staff say of the municipality, venues and rooms; it outranks the inventory from then on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Invalid, Stale, refuse
from kernel.wallclock import to_wall
from venues.inputs import AccessInput, MunicipalityInput, RoomInput, VenueInput
from venues.models import Fact, Municipality, Resource, Room, Space, Venue
from venues.queries import districts, municipality, room_at, subject_of, venue_named
from venues.settling import by_staff, fact_of, said, settle_room, settle_venue
from venues.statements import ACCESS, CAPACITY, SEATED, STANDING, Origin, Statement, reading


def edit_municipality(session: Session, given: MunicipalityInput, *, by: Actor, now: datetime) -> Municipality:
    """Change the municipality's name and contact."""
    by.require(by.is_officer, "officer")
    row = municipality(session)
    require_version(session, row, given.version)
    wanted = given.model_dump(exclude={"version"})
    changed = {name for name, value in wanted.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, wanted[name])
    if changed:
        row.contact_origin = Origin.STAFF
        raised(row, now)
        record(session, Act("edit_municipality", "municipality", row.id, {"changed": sorted(changed)}), by=by, now=now)
    session.flush()
    return row


def edit_venue(session: Session, slug: str, given: VenueInput, *, by: Actor, now: datetime) -> Venue:
    """Change what is said of a venue; only what differs becomes staff's word. Raises Stale, Invalid (``unknown-district``)."""
    by.require(by.is_officer, "officer")
    venue = venue_named(session, slug)
    require_version(session, venue, given.version)
    known = {district.name: district for district in districts(session)}
    if given.district and given.district not in known:
        raise refuse(Invalid, "unknown-district", "district", given.district, known=", ".join(known))
    wanted = given.model_dump(exclude={"version", "source", "latitude", "longitude"}) | {"location": _pair(given.latitude, given.longitude)}
    held = {key: getattr(venue, key) for key in wanted if key not in ("location", "district")}
    held |= {"location": _pair(venue.latitude, venue.longitude), "district": venue.district.name if venue.district else ""}
    changed = {key: value for key, value in wanted.items() if value != held[key]}
    facts = _restate(session, changed, venue, None, source=given.source, now=now)
    settle_venue(venue, said(facts), known, changed)
    _done(session, "edit_venue", venue, sorted(changed), by=by, now=now)
    return venue


def edit_room(session: Session, path: str, given: RoomInput, *, by: Actor, now: datetime) -> Room:
    """Change what is said of a room ``venue/room``; seated and standing places stand beside its legal maximum. Raises Stale."""
    by.require(by.is_officer, "officer")
    room = room_at(session, path)
    require_version(session, room, given.version)
    facts = _facts(session, room.venue, room)
    places = {key: reading(said(facts), key).value for key in (SEATED, STANDING)}
    held = {"name": room.name, "kind": room.kind, "facilities": room.facilities, CAPACITY: room.capacity, **places}
    wanted: dict[str, Any] = {"name": given.name, "kind": given.kind, "facilities": given.facilities}
    wanted |= {CAPACITY: _capacity(given), SEATED: given.seated, STANDING: given.standing}
    changed = {key: value for key, value in wanted.items() if value != held[key]}
    if changed.keys() & {CAPACITY, SEATED, STANDING}:
        changed |= {key: wanted[key] for key in (CAPACITY, SEATED, STANDING)}
    facts = _restate(session, changed, room.venue, room, source=given.source, now=now)
    settle_room(room, said(facts), {"capacity" if key in (SEATED, STANDING) else key for key in changed})
    _done(session, "edit_room", room, sorted(changed), by=by, now=now)
    return room


def edit_access(session: Session, venue: str, room: str, given: AccessInput, *, by: Actor, now: datetime) -> Venue | Room:
    """Answer the features of access of a venue, or of one room (``room`` not empty); its caretaker may too. Raises Stale."""
    place, one = subject_of(session, venue, room)
    by.require(by.is_officer or by.is_caretaker_of(place.id), "caretaker")
    row = one or place
    require_version(session, row, given.version)
    known = said(_facts(session, place, one))
    changed = {}
    for feature, answer in given.answers.items():
        key, detail = ACCESS + feature, given.details.get(feature, "")
        before = reading(known, key)
        if (before.value or "unknown", before.detail) != (answer.value, detail):
            changed[key] = (answer.value, detail)
    _restate(session, changed, place, one, source=given.source, now=now)
    _done(session, "edit_access", row, sorted(changed), by=by, now=now)
    return row


def note_measured(session: Session, room: Room, found: Mapping[str, object], *, source: str, by: Actor, now: datetime) -> None:
    """Let a room's facts say what was measured on site, without asking who may; a pair is an answer with its detail."""
    if found:
        _restate(session, found, room.venue, room, source=source, now=now)
        _done(session, "measure", room, sorted(found), by=by, now=now)


def retire_room(session: Session, path: str, *, version: int, by: Actor, now: datetime) -> Room:
    """Take a room out of use; what is booked in it stays. Raises Conflict (``room-retired``), Stale."""
    room = _locked(session, path, version, by)
    if room.retired_at is not None:
        raise refuse(Conflict, "room-retired", "room", path)
    room.retired_at = now
    raise_spaces(room.spaces)
    _done(session, "retire_room", room, ["retired_at"], by=by, now=now)
    return room


def restore_room(session: Session, path: str, *, version: int, by: Actor, now: datetime) -> Room:
    """Take a retired room into use again. Raises Stale."""
    room = _locked(session, path, version, by)
    if room.retired_at is not None:
        room.retired_at = None
        raise_spaces(room.spaces)
        _done(session, "restore_room", room, ["retired_at"], by=by, now=now)
    return room


def require_version(session: Session, row: Venue | Room | Municipality | Resource, version: int) -> None:
    """Lock the row, and raise Stale (``changed-meanwhile``) when it is not what the person saw."""
    session.refresh(row, attribute_names=["revision"], with_for_update=True)
    if row.revision != version:
        raise refuse(Stale, "changed-meanwhile", "version", version, now=row.revision)


def raised(row: Venue | Room | Municipality | Resource, now: datetime) -> None:
    """Note that the row is another now; the database counts, so that of two who change it at once each is seen."""
    row.revision = type(row).revision + 1
    row.changed_at = now


def lock_spaces(session: Session, spaces: Sequence[Space]) -> None:
    """Wait for the parts of what is about to change."""
    lock(session, *(Key(Subject.SPACE, space.id) for space in spaces))


def raise_spaces(spaces: Sequence[Space]) -> None:
    """Note that the parts of what was changed are others now."""
    for space in spaces:
        space.revision += 1


def _locked(session: Session, path: str, version: int, by: Actor) -> Room:
    """A room that an officer takes out of use or into it, its parts locked; raises Stale."""
    by.require(by.is_officer, "officer")
    room = room_at(session, path)
    lock_spaces(session, room.spaces)
    require_version(session, room, version)
    return room


def _facts(session: Session, venue: Venue, room: Room | None) -> list[Fact]:
    of_room = Fact.room_id == room.id if room else Fact.room_id.is_(None)
    return list(session.scalars(select(Fact).where(Fact.venue_id == venue.id, of_room).order_by(Fact.id)))


def _restate(session: Session, changed: Mapping[str, Any], venue: Venue, room: Room | None, *, source: str, now: datetime) -> list[Fact]:
    """All facts after staff's word on the changed keys replaced their former word; a pair is a value with its detail."""
    held = _facts(session, venue, room)
    gone = [fact for fact in held if fact.origin is Origin.STAFF and fact.key in changed]
    for fact in gone:
        session.delete(fact)
    today = to_wall(now, venue.zone).date()
    added = [fact_of(_statement(key, value, source, today), venue=venue, room=room) for key, value in changed.items()]
    session.add_all(added)
    return [fact for fact in held if fact not in gone] + added


def _statement(key: str, given: object, source: str, today: Any) -> Statement:
    value, detail = given if isinstance(given, tuple) else (given, "")
    return by_staff(key, None if value in ("", []) else value, noted_on=today, source=source, detail=detail)


def _capacity(given: RoomInput) -> int | None:
    """The legal maximum: what was given as such, or the larger of seated and standing; less than these is refused."""
    parts = [part for part in (given.seated, given.standing) if part is not None]
    if given.capacity is not None and parts and given.capacity < max(parts):
        raise Invalid(Fault("capacity-below-places", "capacity", given.capacity, {"least": max(parts)}))
    return given.capacity if given.capacity is not None else max(parts, default=None)


def _pair(latitude: float | None, longitude: float | None) -> list[float] | None:
    return None if latitude is None or longitude is None else [latitude, longitude]


def _done(session: Session, verb: str, row: Venue | Room, changed: list[str], *, by: Actor, now: datetime) -> None:
    """Raise and record, if anything changed at all."""
    if changed:
        raised(row, now)
        record(session, Act(verb, row.__tablename__, row.id, {"changed": changed}), by=by, now=now)
    session.flush()
