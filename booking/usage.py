"""Usage: what holders and staff say of how a date was used: used or not, damage with a photo, and the answer to what was noted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.absence import require_begun
from booking.cases import acts_on, booking_for, occurrence_of, require_acting, require_sight
from booking.models import Booking, Occurrence, Usage
from booking.states import TaskReason, UsageKind
from booking.tasks import look_at
from booking.telling import tell
from database.audit import Act, record
from kernel.errors import Conflict, Invalid, Missing, refuse
from web.fields import Prose
from web.forms import Input

MOST = 20
TO_LOOK_AT = {UsageKind.DAMAGE: TaskReason.DAMAGE, UsageKind.ANSWER: TaskReason.ANSWER}


class UsageInput(Input):
    """What is said of a date: its kind, how many came - or that they came ``as_booked`` - and a word about it, which a damage needs."""

    kind: UsageKind
    as_booked: bool = False
    heads: Annotated[int | None, Field(ge=0, le=100_000)] = None
    note: Annotated[Prose, Field(max_length=2000)] = ""


def note_usage(session: Session, booking_id: int, number: int, given: UsageInput, *, file: str = "", by: Actor, now: datetime) -> Usage:
    """Note how a date that has begun was used, or a damage, with the photo that lies in the folder of uploads as ``file``.

    For the holder, who acts for the organisation, officers and the venue's caretakers. That it was not used is the holder's
    side to say, as is the answer to what was noted; staff note an absence. The holder is told of a damage that staff note.
    Nothing follows from any of it by itself. Raises Conflict (``not-begun``, ``nobody-expected``, ``wrong-state``,
    ``absence-stands``, ``nothing-noted``, ``said-too-often``), Invalid (``note-missing``), Missing, Forbidden.
    """
    booking = booking_for(session, booking_id)
    require_sight(booking, by)
    date = occurrence_of(booking, number)
    _require_theirs(booking, date, given.kind, by)
    said = session.scalars(select(Usage).where(Usage.occurrence_id == date.id)).all()
    _require_sound(date, given, said, by)
    if given.kind is not UsageKind.ANSWER:
        require_begun(booking, date, now)
    expected = booking.participants if given.as_booked and given.kind is UsageKind.USED else None
    heads = sum(expected.values()) if expected else given.heads if given.kind is UsageKind.USED else None
    row = Usage(
        occurrence=date, kind=given.kind, heads=heads, participants=expected or None, note=given.note, file=file, at=now, by_id=by.person_id
    )
    session.add(row)
    session.flush()
    facts = {"number": number, "usage": row.id, "heads": heads}
    record(session, Act(str(given.kind), "booking", booking.id, facts, booking.holder_id), by=by, now=now)
    if given.kind in TO_LOOK_AT:
        look_at(session, TO_LOOK_AT[given.kind], row, booking, now=now)
    if given.kind is UsageKind.DAMAGE and not acts_on(booking, by):
        tell(session, booking, "damage-noted", facts={"number": number}, by=by, now=now)
    return row


def said_of(session: Session, booking: Booking) -> dict[int, list[Usage]]:
    """What was said of the dates of a booking, by the date's number, in order; one statement."""
    query = select(Usage, Occurrence.number).join(Usage.occurrence).where(Occurrence.booking_id == booking.id).order_by(Usage.id)
    found: dict[int, list[Usage]] = {}
    for row, number in session.execute(query):
        found.setdefault(number, []).append(row)
    return found


def photo_of(session: Session, booking: Booking, usage_id: int) -> Usage:
    """What was said with a photo, of a booking that the reader may see; raises Missing."""
    row = session.get(Usage, usage_id)
    if row is None or not row.file or row.occurrence.booking_id != booking.id:
        raise refuse(Missing, "unknown-photo", "photo", usage_id)
    return row


def is_noted(date: Occurrence, said: Sequence[Usage]) -> bool:
    """Whether there is something about a date that its holder may answer: an absence or a damage."""
    return date.absent_at is not None or any(one.kind is UsageKind.DAMAGE for one in said)


def _require_theirs(booking: Booking, date: Occurrence, kind: UsageKind, by: Actor) -> None:
    is_own = kind in (UsageKind.UNUSED, UsageKind.ANSWER)
    is_staff = by.is_officer or by.is_caretaker_of(date.room.venue_id)
    require_acting(booking, by, or_else=is_staff and not is_own)


def _require_sound(date: Occurrence, given: UsageInput, said: Sequence[Usage], by: Actor) -> None:
    if given.kind is UsageKind.USED and date.absent_at is not None and not acts_on(date.booking, by):
        raise refuse(Conflict, "absence-stands", "number", date.number)
    if given.kind is UsageKind.ANSWER and not is_noted(date, said):
        raise refuse(Conflict, "nothing-noted", "number", date.number)
    if given.kind in TO_LOOK_AT and not given.note:
        raise refuse(Invalid, "note-missing", "note")
    if len(said) >= MOST:
        raise refuse(Conflict, "said-too-often", "number", date.number, most=MOST)
