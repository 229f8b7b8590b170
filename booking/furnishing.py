"""Furnishing: the verbs for the loose equipment and the attendants that a venue has for its rooms."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from booking.cases import bookings_for
from booking.competing import time_of
from booking.displacing import Loss, lose, met, sign_of
from booking.ending import keys_of
from booking.images import before
from booking.lifecycle import LIVE
from booking.line import ask_again
from booking.models import Booking, Claim, Occurrence, Offer
from booking.occupy import Take, ask, forget, occupy
from booking.offers import withdraw
from booking.resources import key_of, needed_by, pools_of, want_of
from booking.states import Cause, OfferState
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Invalid, Missing, refuse
from policies.taxonomy import Activity
from venues.editing import raised, require_version
from venues.models import Resource, Room, Space, Venue
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


@dataclass(frozen=True, slots=True)
class Losing:
    """The sign of whom one was shown, and which of these dates, by id, are to lose their time: all without a choice."""

    seen: str = ""
    chosen: Collection[int] | None = None


NOBODY = Losing()


def change_resource(
    session: Session, resource_id: int, given: ChangedResource, losing: Losing = NOBODY, *, by: Actor, now: datetime
) -> Resource:
    """Say anew how many there are and where they can go; whom that leaves with too little loses the time, as in a closure.

    Raises Conflict (``resource-meets-bookings``), naming them with a sign, unless they are who was seen; Stale, Missing
    (``unknown-resource``) and what ``add_resource`` raises.
    """
    row = _locked(session, resource_id, by, Left(given.quantity, given.rooms), now=now)
    had = _in_use(session, row)
    require_version(session, row, given.version)
    _require_sound(row.venue, given, row.lot)
    is_wider = bool(row.rooms) and not (given.rooms and set(row.rooms).issuperset(given.rooms))
    for name, value in given.model_dump(exclude={"version"}).items():
        setattr(row, name, value)
    _part(session, _done(session, "change_resource", row, by=by, now=now), losing, by=by, now=now)
    return _asked(session, row, set() if is_wider else had, now=now)


def retire_resource(session: Session, resource_id: int, losing: Losing = NOBODY, *, by: Actor, now: datetime) -> Resource:
    """Give a resource out no more; who was promised some loses the time. Raises as ``change_resource``, and Conflict
    (``resource-retired``)."""
    row = _locked(session, resource_id, by, Left(0, []), now=now)
    if row.retired_at is not None:
        raise refuse(Conflict, "resource-retired", "resource", row.name)
    row.retired_at = now
    return _part(session, _done(session, "retire_resource", row, by=by, now=now), losing, by=by, now=now)


def restore_resource(session: Session, resource_id: int, *, by: Actor, now: datetime) -> Resource:
    """Give a retired resource out again, and ask who waits for some. Raises Missing."""
    row = _locked(session, resource_id, by, None, now=now)
    had = _in_use(session, row)
    row.retired_at = None
    return _asked(session, _done(session, "restore_resource", row, by=by, now=now), had, now=now)


@dataclass(frozen=True, slots=True)
class Left:
    """How many of a resource there are from now on, and in which rooms (none: all)."""

    quantity: int
    rooms: Sequence[str]


def _locked(session: Session, resource_id: int, by: Actor, left: Left | None, *, now: datetime) -> Resource:
    """The row, with all locked whom it meets that so much is left: the rows of bookings before, as every act on one does."""
    row = session.get(Resource, resource_id)
    if row is None:
        raise refuse(Missing, "unknown-resource", "resource", resource_id)
    by.require(by.is_officer or by.is_caretaker_of(row.venue_id), "caretaker")
    dates = (*_holding(session, row, left, now=now), *(one.occurrence for one in _offered(session, row, left, now=now))) if left else ()
    bookings = bookings_for(session, {date.booking_id for date in dates})
    needed = {one.key for booking in bookings for date in booking.occurrences for one in needed_by(booking, date.room)}
    spaces = [Key(Subject.SPACE, space.id) for space in row.venue.spaces]
    lock(session, key_of(row.id, row.kind), *spaces, *needed, *keys_of(session, *bookings))
    session.expire_all()
    return row


def _holding(session: Session, row: Resource, left: Left, *, now: datetime) -> Sequence[Occurrence]:
    """The live dates ahead that hold a unit which is not left, or have one in a room that it goes to no more; who asked first, first."""
    whole = (joinedload(Occurrence.booking).selectinload(Booking.occurrences), joinedload(Occurrence.room).selectinload(Room.spaces))
    query = select(Occurrence).join(Occurrence.booking).join(Occurrence.room).options(*whole)
    held = select(Claim.id).where(Claim.occurrence_id == Occurrence.id, _gone(session, row, left, now=now)).exists()
    ahead = (Occurrence.state.in_(sorted(LIVE)), Occurrence.starts_at > now)
    return session.scalars(query.where(*ahead, held).order_by(Occurrence.booking_id, Occurrence.number)).unique().all()


def _offered(session: Session, row: Resource, left: Left, *, now: datetime) -> Sequence[Offer]:
    """The open offers that keep a unit which is not left, or one in a room that it goes to no more."""
    kept = select(Claim.id).where(Claim.occurrence_id == Offer.occurrence_id, _gone(session, row, left, now=now)).exists()
    query = select(Offer).join(Offer.room).where(Offer.state == OfferState.OPEN, kept).options(joinedload(Offer.occurrence))
    return session.scalars(query.order_by(Offer.id)).all()


def _gone(session: Session, row: Resource, left: Left, *, now: datetime) -> ColumnElement[bool]:
    """That a claim, which stands, is of a unit which is not left, or of one for a room that it goes to no more."""
    units = session.scalars(select(Space.id).where(Space.resource_id == row.id).order_by(Space.id)).all()
    gone = Claim.space_id.in_(units[left.quantity // row.lot :])
    elsewhere = and_(Claim.space_id.in_(units), Room.slug.not_in(left.rooms)) if left.rooms else false()
    return and_(or_(Claim.expires_at.is_(None), Claim.expires_at > now), or_(gone, elsewhere))


def _in_use(session: Session, row: Resource) -> set[int]:
    """The units that are given out, by id."""
    return set(pools_of(session, Resource.id == row.id)[row.id].units)


def _asked(session: Session, row: Resource, had: Collection[int], *, now: datetime) -> Resource:
    """The row; who waits for some is asked where units are given out beside those that it ``had``."""
    units = _in_use(session, row).difference(had)
    if units:
        ask_again(session, row, units=units, now=now)
    return row


def _part(session: Session, row: Resource, losing: Losing, *, by: Actor, now: datetime) -> Resource:
    """The row, once those who hold what is not left have other units, or have lost their time."""
    left = Left(0 if row.retired_at else row.quantity, row.rooms)
    dates, offered = _holding(session, row, left, now=now), _offered(session, row, left, now=now)
    held = before(session, {date.booking_id: date.booking for date in dates}.values()).held
    wants = [want_of(date.booking, date.room, time_of(date)) for date in dates]
    answer = ask(session, wants, now=now).without({date.id for date in dates})
    has_some = [any(draw.resource == row.id for draw in want.draws) for want in wants]
    lost = [date for number, date in enumerate(dates) if not (answer.is_free(number) and has_some[number])]
    sign = sign_of(lost)
    if lost and losing.seen != sign:
        raise Conflict(*(met("resource-meets-bookings", date, id=date.id, name=row.name) for date in lost), details={"seen": sign})
    takes = [Take(number, dates[number].id, held.get(dates[number].id)) for number in answer.free if has_some[number]]
    occupy(session, answer, takes, release=[take.occurrence_id for take in takes], now=now)
    chosen = [date for date in lost if losing.chosen is None or date.id in losing.chosen]
    lose(session, chosen, Loss(Cause.OUT_OF_ORDER, f"resource:{row.id}", row.name), by=by, now=now)
    for one in offered:
        withdraw(session, one, by=by, now=now)
    forget(session, pools_of(session, Resource.id == row.id)[row.id].beyond)
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
