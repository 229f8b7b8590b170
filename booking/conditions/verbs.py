"""Verbs: a condition is met by signing, uploading, confirming or naming people; staff take back what does not count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.cases import booking_for, require_holder, require_sight
from booking.conditions import models
from booking.conditions.asked import digest_of
from booking.conditions.inputs import Appointment, Confirmation, Signature, Withdrawal
from booking.conditions.queries import asked_in, first_missing
from booking.models import Booking, Occurrence
from booking.revisions import spaces_ahead, touch_spaces
from booking.telling import tell
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Fault, Forbidden, Invalid, Missing, Refusal, Stale, refuse
from kernel.wallclock import to_wall
from policies.entry import Met, born_by, is_own, valid_until
from policies.verdict import By, Condition, Task


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition as a date of a booking asks it, and what it is met by; ``spaces`` are those that feeds tell it of."""

    booking: Booking
    occurrence: Occurrence
    condition: Condition
    met: Met | None
    spaces: Sequence[int]

    @property
    def day(self) -> date:
        return self.occurrence.local_start.date()


def sign(session: Session, booking_id: int, what: str, given: Signature, *, by: Actor, now: datetime) -> models.Met:
    """Sign the text of a condition in the version that was read; signed twice is signed once.

    What is asked of a person is signed by the holder alone; an officer notes what was signed on paper. Raises Missing,
    Forbidden, and Stale (``text-changed``) when another version is to be signed.
    """
    asked = _asked(session, booking_id, what, Task.SIGN, version=given.text_version, by=by, now=now)
    return _kept(session, asked) or _meet(session, asked, by=by, now=now, signed_as=given.name, text_version=given.text_version)


def upload(session: Session, booking_id: int, what: str, *, file: str, by: Actor, now: datetime) -> models.Met:
    """Hand in a document that lies in the folder of uploads as ``file``; the answer names another where one was handed in before."""
    asked = _asked(session, booking_id, what, Task.UPLOAD, by=by, now=now)
    return _kept(session, asked) or _meet(session, asked, by=by, now=now, file=file)


def confirm(session: Session, booking_id: int, what: str, given: Confirmation, *, by: Actor, now: datetime) -> models.Met:
    """Confirm that something is so: the holder, or staff where the condition says so."""
    asked = _asked(session, booking_id, what, Task.CONFIRM, by=by, now=now)
    return _kept(session, asked) or _meet(session, asked, by=by, now=now, note=given.note)


def appoint(session: Session, booking_id: int, what: str, given: Appointment, *, by: Actor, now: datetime) -> models.Met:
    """Name those who will be on site, or others in their place.

    Raises Invalid: ``too-few-people``, and ``too-young-on-site`` for each who may not have reached the age on the first date.
    """
    asked = _asked(session, booking_id, what, Task.APPOINT, by=by, now=now)
    if faults := [*_faults(asked, given)]:
        raise Invalid(*faults)
    people = [person.model_dump() for person in given.people]
    row = _kept(session, asked)
    if row is None:
        return _meet(session, asked, by=by, now=now, people=people)
    if row.people != people:
        row.people, row.by_id = people, by.person_id
        _record(session, row, "appoint", by=by, now=now)
    return row


def withdraw(session: Session, met_id: int, given: Withdrawal, *, by: Actor, now: datetime) -> models.Met:
    """Say that what was done does not count, and why, which the holder is told; for officers and the venue's caretakers.

    Raises Missing, Forbidden, Invalid without a reason; withdrawn twice is withdrawn once, and told once.
    """
    row = session.get(models.Met, met_id)
    if row is None:
        raise refuse(Missing, "unknown-condition", "met", met_id)
    booking = booking_for(session, row.booking_id)
    require_sight(booking, by)
    by.require(by.is_officer or by.is_caretaker_of(row.venue_id), "caretaker")
    if not given.reason:
        raise refuse(Invalid, "reason-missing", "reason")
    spaces = _locked(session, booking, now)
    session.refresh(row)
    if row.withdrawn_at is None:
        touch_spaces(session, spaces)
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = now, by.person_id, given.reason
        _record(session, row, "withdraw", by=by, now=now)
        tell(session, booking, "condition-withdrawn", facts={"met": row.id}, by=by, now=now)
    return row


def may_meet(condition: Condition, date: Occurrence, by: Actor) -> bool:
    """Whether somebody may do what a date asks, for pages that offer it."""
    try:
        _require_theirs(condition, date, by)
    except Refusal:
        return False
    return True


def _asked(session: Session, booking_id: int, what: str, task: Task, *, version: str | None = None, by: Actor, now: datetime) -> Asked:
    """The condition for the first date on which it is missing, else for the first that asks it; locked, and theirs to meet."""
    booking = booking_for(session, booking_id)
    require_sight(booking, by)
    spaces = _locked(session, booking, now)
    found = [one for one in asked_in(session, booking, now=now) if (one[1].what, one[1].task) == (what, task)]
    if not found:
        raise refuse(Missing, "unknown-condition", "what", what)
    wanted = [one for one in found if version is None or one[1].text_version == version]
    if not wanted:
        raise refuse(Stale, "text-changed", "text_version", version, now=found[0][1].text_version)
    date, condition, met = first_missing(wanted)
    _require_theirs(condition, date, by)
    return Asked(booking, date, condition, met, spaces)


def _require_theirs(condition: Condition, date: Occurrence, by: Actor) -> None:
    """Staff do what is theirs, the holder's side and officers the rest; a person's own signature is nobody else's to give."""
    if condition.by is By.STAFF:
        by.require(by.is_officer or by.is_caretaker_of(date.room.venue_id), "caretaker")
        return
    require_holder(date.booking, by)
    if is_own(condition) and not (by.person_id == date.booking.holder_id or by.is_officer):
        raise refuse(Forbidden, "holder-signs", "name", by.name)


def _locked(session: Session, booking: Booking, now: datetime) -> list[int]:
    """Lock what the act is told by: the holder, the organisation, and the spaces in which they have dates ahead, which are answered."""
    spaces = [Key(Subject.SPACE, space) for space in spaces_ahead(session, booking, now=now)]
    organisation = [Key(Subject.ORGANISATION, booking.organisation_id)] if booking.organisation_id else []
    lock(session, Key(Subject.PERSON, booking.holder_id), *organisation, *spaces)
    # Read again: what the holder booked meanwhile is told anew too.
    return spaces_ahead(session, booking, now=now)


def _kept(session: Session, asked: Asked) -> models.Met | None:
    return session.get_one(models.Met, asked.met.id) if asked.met else None


def _meet(session: Session, asked: Asked, *, by: Actor, now: datetime, **done: Any) -> models.Met:
    booking, room, condition = asked.booking, asked.occurrence.room, asked.condition
    row = models.Met(
        condition_digest=digest_of(condition),
        what=condition.what,
        person_id=booking.holder_id,
        organisation_id=booking.organisation_id,
        booking_id=booking.id,
        venue_id=room.venue_id,
        room_id=room.id,
        met_at=now,
        by_id=by.person_id,
        valid_until=valid_until(condition, to_wall(now, room.venue.zone).date()),
        **{"people": [], **done},
    )
    session.add(row)
    session.flush()
    touch_spaces(session, asked.spaces)
    _record(session, row, str(condition.task), by=by, now=now)
    return row


def _record(session: Session, row: models.Met, verb: str, *, by: Actor, now: datetime) -> None:
    session.flush()
    facts = {"what": row.what, "booking": row.booking_id, "people": len(row.people)}
    record(session, Act(verb, "met", row.id, facts, row.person_id), by=by, now=now)


def _faults(asked: Asked, given: Appointment) -> Iterator[Fault]:
    last, number = born_by(asked.condition, asked.day), asked.condition.number
    if len(given.people) < number:
        yield Fault("too-few-people", "people", len(given.people), {"least": number})
    for place, person in enumerate(given.people):
        if last is not None and person.born > last:
            yield Fault("too-young-on-site", f"people[{place}].born", person.born, {"age": asked.condition.least_age, "last": last})
