"""Furnishing: the verbs for the loose equipment and the attendants that a venue has for its rooms."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.line import ask_again
from booking.resources import key_of
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Invalid, Missing, refuse
from policies.taxonomy import Activity
from venues.editing import raised, require_version
from venues.models import Resource, Space, Venue
from venues.queries import nearest, venue_named
from venues.vocabulary import ResourceKind, slug_of
from web.fields import Line
from web.forms import Input

# A date that draws some looks at all: chairs are given out in stacks, not one by one.
MOST_UNITS = 50


class ResourceInput(Input):
    """How many of a resource there are, how long they take to fetch and bring back, where they can go, what always has one."""

    name: Line
    quantity: Annotated[int, Field(ge=1, le=5000)]
    before_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    after_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    rooms: Annotated[list[str], Field(max_length=200)] = Field(default_factory=list)
    required_for: Annotated[list[Activity], Field(max_length=100)] = Field(default_factory=list)


class NewResource(ResourceInput):
    """A resource that is added: of what kind it is, and in what lots it is given out, stays as it is."""

    kind: ResourceKind
    lot: Annotated[int, Field(ge=1, le=500)] = 1


class ChangedResource(ResourceInput):
    """A resource said anew; ``version`` is the revision that the person saw."""

    version: Annotated[int, Field(ge=0)]


def add_resource(session: Session, venue: str, given: NewResource, *, by: Actor, now: datetime) -> Resource:
    """Say that a venue has equipment or attendants; its caretaker may.

    Raises Conflict (``resource-exists``), Invalid (``too-many-units``, ``not-in-lots``, ``unknown-room``).
    """
    place = venue_named(session, venue)
    by.require(by.is_officer or by.is_caretaker_of(place.id), "caretaker")
    _require_sound(place, given, given.lot)
    slug = slug_of(given.name)[:80] or given.kind.value
    if any(one.slug == slug for one in place.resources):
        raise refuse(Conflict, "resource-exists", "name", given.name)
    row = Resource(venue=place, slug=slug, changed_at=now, **given.model_dump())
    session.add(row)
    session.flush()
    return _done(session, "add_resource", row, by=by, now=now)


def change_resource(session: Session, resource_id: int, given: ChangedResource, *, by: Actor, now: datetime) -> Resource:
    """Say anew how many there are; what bookings hold they keep, though there be fewer from now on, and who waits for some is asked.

    Raises Stale, Missing (``unknown-resource``) and what ``add_resource`` raises.
    """
    row = _locked(session, resource_id, by)
    require_version(session, row, given.version)
    _require_sound(row.venue, given, row.lot)
    for name, value in given.model_dump(exclude={"version"}).items():
        setattr(row, name, value)
    _done(session, "change_resource", row, by=by, now=now)
    ask_again(session, row, now=now)
    return row


def retire_resource(session: Session, resource_id: int, *, by: Actor, now: datetime) -> Resource:
    """Give a resource out no more; what bookings hold of it they keep. Raises Conflict (``resource-retired``), Missing."""
    row = _locked(session, resource_id, by)
    if row.retired_at is not None:
        raise refuse(Conflict, "resource-retired", "resource", row.name)
    row.retired_at = now
    return _done(session, "retire_resource", row, by=by, now=now)


def restore_resource(session: Session, resource_id: int, *, by: Actor, now: datetime) -> Resource:
    """Give a retired resource out again, and ask who waits for some. Raises Missing."""
    row = _locked(session, resource_id, by)
    row.retired_at = None
    _done(session, "restore_resource", row, by=by, now=now)
    ask_again(session, row, now=now)
    return row


def _locked(session: Session, resource_id: int, by: Actor) -> Resource:
    row = session.get(Resource, resource_id)
    if row is None:
        raise refuse(Missing, "unknown-resource", "resource", resource_id)
    by.require(by.is_officer or by.is_caretaker_of(row.venue_id), "caretaker")
    lock(session, key_of(row.id, row.kind), *(Key(Subject.SPACE, space.id) for space in row.venue.spaces))
    session.refresh(row)
    return row


def _require_sound(venue: Venue, given: ResourceInput, lot: int) -> None:
    faults = list(_faults(venue, given, lot))
    if faults:
        raise Invalid(*faults)


def _faults(venue: Venue, given: ResourceInput, lot: int) -> Iterator[Fault]:
    if given.quantity % lot:
        yield Fault("not-in-lots", "quantity", given.quantity, {"lot": lot})
    elif given.quantity // lot > MOST_UNITS:
        yield Fault("too-many-units", "quantity", given.quantity, {"most": MOST_UNITS, "lot": -(-given.quantity // MOST_UNITS)})
    known = [room.slug for room in venue.rooms]
    yield from (Fault("unknown-room", "rooms", slug, {"near": nearest(slug, known)}) for slug in given.rooms if slug not in known)


def _done(session: Session, verb: str, row: Resource, *, by: Actor, now: datetime) -> Resource:
    """The row with a unit for each lot: those that it lacks are added, none is taken away."""
    units = session.scalars(select(Space.id).where(Space.resource_id == row.id)).all()
    numbers = range(len(units) + 1, row.quantity // row.lot + 1)
    # A colon is in no slug of a part, so that a unit never has the name of one.
    session.add_all(Space(venue_id=row.venue_id, resource_id=row.id, slug=f"{row.id}:{n}", name=f"{row.name} {n}"[:200]) for n in numbers)
    raised(row, now)
    raised(row.venue, now)
    facts: dict[str, Any] = {"venue": row.venue_id, "quantity": row.quantity, "lot": row.lot, "retired": row.retired_at is not None}
    record(session, Act(verb, "resource", row.id, facts), by=by, now=now)
    session.flush()
    return row
