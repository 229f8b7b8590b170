"""Resources: the equipment and attendants that a date has beside its room - which, how many, and who holds them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from booking.conflicts import Draw, Pool, Want
from booking.models import Booking, Claim
from database.locks import Key, Subject
from kernel.errors import Fault
from kernel.interval import Interval
from venues.models import Resource, Room, Space
from venues.queries import nearest
from venues.vocabulary import ResourceKind

# Columns, not rows of the session: those may have been read before the resource was locked.
UNITS = (
    select(Resource.id, Resource.slug, Resource.name, Resource.lot, Resource.quantity, Resource.retired_at, Space.id.label("unit"))
    .join(Space, Space.resource_id == Resource.id)
    .order_by(Resource.id, Space.id)
)
SUBJECTS = {ResourceKind.EQUIPMENT: Subject.EQUIPMENT, ResourceKind.ATTENDANT: Subject.ATTENDANT}


@dataclass(frozen=True, slots=True)
class Needed:
    """A resource and how many of it a date in a room has."""

    resource: Resource
    count: int

    @property
    def text(self) -> str:
        return counted(self.resource.name, self.count)

    @property
    def key(self) -> Key:
        return key_of(self.resource.id, self.resource.kind)

    def draw(self, time: Interval) -> Draw:
        """What is drawn for a date that has its room for this time."""
        before, after = (timedelta(minutes=minutes) for minutes in (self.resource.before_minutes, self.resource.after_minutes))
        return Draw(self.resource.id, self.count, time.widened(before=before, after=after))


@dataclass(frozen=True, slots=True)
class Held:
    """How many pieces of a resource a date has."""

    resource: str
    kind: ResourceKind
    count: int

    @property
    def text(self) -> str:
        return counted(self.resource, self.count)


def counted(name: str, count: int) -> str:
    """So many of a thing, in any language."""
    return f"{count} × {name}" if count > 1 else name


def key_of(resource: int, kind: ResourceKind) -> Key:
    """What to lock of a resource before its units are counted."""
    return Key(SUBJECTS[kind], resource)


def offered_in(room: Room) -> list[Resource]:
    """What one can have in a room."""
    return [one for one in room.venue.resources if one.retired_at is None and (not one.rooms or room.slug in one.rooms)]


def offered_to(booking: Booking) -> list[Resource]:
    """What a booking can have in its room, and what it asked for that cannot be had there any more."""
    here = offered_in(booking.room)
    return here + [one for one in booking.room.venue.resources if one.slug in booking.resources and one not in here]


def needed_in(room: Room, activity: str, asked: Mapping[str, int]) -> tuple[Needed, ...]:
    """What was asked for of what one can have in a room, and one of each that is required there for the activity."""
    counts = [(one, max(asked.get(one.slug, 0), int(activity in one.required_for))) for one in offered_in(room)]
    return tuple(Needed(one, count) for one, count in counts if count)


def needed_by(booking: Booking, room: Room) -> tuple[Needed, ...]:
    """What a date of a booking has beside a room; where staff block time nobody is there for anything."""
    return needed_in(room, booking.activity if booking.kind.is_judged else "", booking.resources)


def may_need(booking: Booking, resource: Resource) -> bool:
    """Whether dates of a booking have some of a resource, in a room where that can be had."""
    return resource.slug in booking.resources or booking.activity in resource.required_for


def want_of(booking: Booking, room: Room, time: Interval) -> Want:
    """What a date of a booking would occupy in a room; ``time`` includes set-up and clean-up."""
    return Want(tuple(space.id for space in room.spaces), time, tuple(one.draw(time) for one in needed_by(booking, room)))


def lacking_in(room: Room, asked: Mapping[str, int]) -> Fault | None:
    """The first of what was asked for and cannot be had in a room: by its name, why, and what the room has, by name and by slug."""
    here = {one.slug: one.name for one in offered_in(room)} if any(asked.values()) else {}
    lacking = next((slug for slug, count in sorted(asked.items()) if count and slug not in here), None)
    if lacking is None:
        return None
    known = {one.slug: one for one in room.venue.resources}
    facts: dict[str, Any] = {"room": room.name, "here": list(here.values()), "slugs": list(here)}
    if lacking not in known:
        near = [here[slug] for slug in nearest(lacking, list(here))]
        return Fault("no-such-resource", f"resources.{lacking}", lacking, {**facts, "near": near})
    facts["name"] = known[lacking].name
    if known[lacking].retired_at:
        return Fault("taken-out-of-use", f"resources.{lacking}", lacking, {**facts, "since": known[lacking].retired_at})
    return Fault("not-in-this-room", f"resources.{lacking}", lacking, facts)


def pools_of(session: Session, which: ColumnElement[bool]) -> dict[int, Pool]:
    """The units of these resources, by their ids, as the database has them now; one statement."""
    rows = session.execute(UNITS.where(which)).all()
    found: dict[int, Pool] = {}
    for of, units in groupby(rows, key=lambda row: row[:-1]):
        id_, slug, name, lot, quantity, retired_at = of
        in_use = 0 if retired_at else quantity // lot
        every = tuple(row.unit for row in units)
        found[id_] = Pool(slug, name, lot, every[:in_use], every[in_use:])
    return found


def keys_held(session: Session, dates: Collection[int]) -> list[Key]:
    """What to lock where dates, by id, give up the units that they hold."""
    query = select(Resource.id, Resource.kind).join(Space, Space.resource_id == Resource.id).join(Claim, Claim.space_id == Space.id)
    return [key_of(row.id, row.kind) for row in session.execute(query.where(Claim.occurrence_id.in_(sorted(dates))).distinct())]


def held_by(session: Session, dates: Collection[int]) -> dict[int, Sequence[Held]]:
    """What dates hold beside their rooms, by their ids; one statement."""
    # Written out: the driver of PostgreSQL takes longer over thousands of parameters than the database over the question.
    ids: BindParameter[list[int]] = bindparam("dates", sorted(dates), expanding=True, literal_execute=True)
    query = (
        select(Claim.occurrence_id, Resource.id, Resource.name, Resource.kind, Resource.lot, func.count().label("units"))
        .join(Space, Claim.space_id == Space.id)
        .join(Resource, Space.resource_id == Resource.id)
        .where(Claim.occurrence_id.in_(ids))
        .group_by(Claim.occurrence_id, Resource.id, Resource.name, Resource.kind, Resource.lot)
        .order_by(Resource.kind.desc(), Resource.id)
    )
    found: dict[int, Sequence[Held]] = {}
    for row in session.execute(query):
        found[row.occurrence_id] = [*found.get(row.occurrence_id, ()), Held(row.name, row.kind, row.units * row.lot)]
    return found
