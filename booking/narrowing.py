"""Narrowing: other hours, another capacity or no use of a venue or a room, with those whom that puts outside shown first."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.closures import lock_with
from booking.displacing import Loss, lose, met, require_cause, sign_of
from booking.images import before, image_of, put_back, undoable
from booking.line import ask_again
from booking.models import Occurrence
from booking.outside import cannot_be, lying_outside
from booking.states import Cause
from database.audit import Act, record
from database.locks import rehearsal
from kernel.errors import Conflict, Fault, refuse
from venues.editing import raise_spaces, raised
from venues.models import OpeningHours, Room, Venue
from venues.outside import Change, Why
from venues.queries import subject_of

Found = Sequence[tuple[Occurrence, Why]]


def narrow(
    session: Session, change: Change, venue: str, room: str, *, seen: str = "", reason: str | None = None, by: Actor, now: datetime
) -> Venue | Room:
    """Run a verb on the hours, the capacity or the use of a venue, or of one room, after a look at whom it puts outside; who stands in
    line there is asked again.

    Raises Conflict (``puts-outside``), naming them with a sign, unless that is ``seen``. For a ``reason`` they lose their time in the
    same transaction, as far as they cannot be at all and have not begun; without one (None) they are left to stand outside. Raises
    Invalid (``cause-missing``) for an empty one, and what the verb raises.
    """
    if reason is not None:
        require_cause(reason, "reason")
    place, one = subject_of(session, venue, room)
    row, stood = one or place, set(lying_outside(session, place, one, now=now))
    lost = _rehearsed(session, change, place, one, stood, by=by, now=now) if reason is not None else []
    lock_with(session, row.spaces, lost)
    offered = _offered(session, row)
    change(session, by=by, now=now)
    found = _put_outside(session, place, one, stood, now=now)
    sign = sign_of({date for date, _ in found})
    if found and seen != sign:
        raise Conflict(*_told(found, now), details={"seen": sign})
    if row.retired_at is None:
        ask_again(session, row, now=now)
    _displaced(session, row, cannot_be(found, now=now) if reason is not None else [], reason or "", offered, by=by, now=now)
    return row


def displace_outside(session: Session, venue: str, room: str, *, reason: str, seen: str, by: Actor, now: datetime) -> int:
    """Displace the dates ahead that stand outside of what a venue or a room offers; returns how many.

    Raises Conflict (``closure-meets-bookings``) with the sign of them when they are others than were ``seen``, Invalid
    (``cause-missing``).
    """
    require_cause(reason, "reason")
    place, one = subject_of(session, venue, room)
    by.require(by.is_officer or by.is_caretaker_of(place.id), "caretaker")
    row = one or place
    lock_with(session, row.spaces, cannot_be(lying_outside(session, place, one, now=now), now=now))
    dates = cannot_be(lying_outside(session, place, one, now=now), now=now)
    sign = sign_of(dates)
    if dates and seen != sign:
        raise Conflict(*(met("closure-meets-bookings", date) for date in dates), details={"seen": sign})
    _displaced(session, row, dates, reason, None, by=by, now=now)
    return len(dates)


def offer_again(session: Session, subject: str, subject_id: int, was: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Let a venue or a room be open and in use as it was before an act that is undone; its parts are locked.

    Raises Conflict (``changed-since``) when something else was said of it since, or where that put a booking outside which was made
    in the meantime.
    """
    row = offering(session, subject, subject_id)
    session.refresh(row, attribute_names=["revision"], with_for_update=True)
    if row.revision != was["revision"]:
        raise refuse(Conflict, "changed-since", subject, row.name)
    place, one = (row.venue, row) if isinstance(row, Room) else (row, None)
    stood = set(lying_outside(session, place, one, now=now))
    session.execute(delete(OpeningHours).where(*_of(row)))
    for image in was["hours"]:
        hours = OpeningHours()
        put_back(hours, image)
        session.add(hours)
    put_back(row, {"retired_at": was["retired_at"]})
    raised(row, now)
    raise_spaces(row.spaces)
    session.flush()
    if found := _put_outside(session, place, one, stood, now=now):
        raise Conflict(*(Fault("changed-since", "booking", date.booking.reference) for date, _ in found))
    record(session, Act("undo", subject, row.id, {}), by=by, now=now)


def is_offered(session: Session, subject: str, subject_id: int, was: Mapping[str, Any]) -> bool:
    """Whether nothing else was said of a venue or a room since the act before which it ``was`` so."""
    return bool(offering(session, subject, subject_id).revision == was["revision"])


def offering(session: Session, subject: str, subject_id: int) -> Venue | Room:
    """The venue or room that an act was about."""
    return session.get_one(Room, subject_id) if subject == Room.__tablename__ else session.get_one(Venue, subject_id)


def _rehearsed(
    session: Session, change: Change, place: Venue, one: Room | None, stood: Collection[tuple[Occurrence, Why]], *, by: Actor, now: datetime
) -> list[Occurrence]:
    """Who loses their time by a change, which has to be known before anything is locked."""
    with rehearsal(session):
        change(session, by=by, now=now)
        return cannot_be(_put_outside(session, place, one, stood, now=now), now=now)


def _put_outside(
    session: Session, place: Venue, one: Room | None, stood: Collection[tuple[Occurrence, Why]], *, now: datetime
) -> list[tuple[Occurrence, Why]]:
    """What lies outside since, beside what stood there for the same reason."""
    return [pair for pair in lying_outside(session, place, one, now=now) if pair not in stood]


def _told(found: Found, now: datetime) -> list[Fault]:
    lost = cannot_be(found, now=now)
    return [met("puts-outside", date, why=str(why), can_be=date not in lost) for date, why in found]


def _displaced(
    session: Session,
    row: Venue | Room,
    dates: Sequence[Occurrence],
    reason: str,
    offered: dict[str, Any] | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Let the dates lose their time, and keep how they were - and what was ``offered`` where that is another since - to be undone."""
    was = before(session, {date.booking_id: date.booking for date in dates}.values())
    act = Act("displace_outside", row.__tablename__, row.id, {"displaced": [date.id for date in dates]})
    if dates:
        lose(session, dates, Loss(Cause.CLOSURE, f"{row.__tablename__}:{row.id}", reason), by=by, now=now)
        record(session, act, by=by, now=now)
    if dates or offered not in (None, _offered(session, row)):
        undoable(session, act, was, offer=offered and {**offered, "revision": row.revision}, by=by, now=now)


def _offered(session: Session, row: Venue | Room) -> dict[str, Any]:
    """When a venue or a room is open by hours of its own, and since when it is out of use, as JSON."""
    hours = session.scalars(select(OpeningHours).where(*_of(row)).order_by(OpeningHours.id))
    return {"hours": [image_of(one) for one in hours], "retired_at": image_of(row)["retired_at"]}


def _of(row: Venue | Room) -> tuple[Any, ...]:
    if isinstance(row, Room):
        return (OpeningHours.room_id == row.id,)
    return OpeningHours.venue_id == row.id, OpeningHours.room_id.is_(None)
