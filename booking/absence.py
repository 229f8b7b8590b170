"""Absence: that nobody came to a date, noted by those who look after the house or decide, and taken back in the same way."""

from datetime import date as day_of
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import lifecycle
from booking.cases import booking_at, occurrence_of
from booking.ending import keys_of
from booking.fees import fee_by, fee_for_missing
from booking.models import Booking, Occurrence
from booking.reasons import verdicts_of
from booking.states import OccurrenceState
from booking.telling import tell
from database.audit import Act, record
from database.locks import lock
from kernel.errors import Conflict, refuse
from kernel.wallclock import to_wall
from policies.verdict import Absence, Verdict


def note_absence(session: Session, booking_id: int, number: int, *, version: int | None = None, by: Actor, now: datetime) -> Booking:
    """Note that nobody came to a date that has begun; it costs what the rule about it says, and the holder is told.

    Noting it again changes nothing. Raises Conflict (``not-begun``, ``nobody-expected``, ``wrong-state``), Stale, Missing,
    Forbidden to all but officers and the venue's caretakers.
    """
    booking, date = _locked(session, booking_id, number, version=version, by=by)
    if date.absent_at is not None:
        return booking
    require_begun(booking, date, now)
    date.absent_at, date.absent_by = now, by.person_id
    verdict = _verdict(session, booking, date)
    date.fee = fee_for_missing(date, verdict.absence if verdict else None)
    return _told(session, booking, date, "note_absence", "absence-noted", by=by, now=now)


def withdraw_absence(session: Session, booking_id: int, number: int, *, version: int | None = None, by: Actor, now: datetime) -> Booking:
    """Take back that nobody came, with what it cost; where that was not noted nothing changes.

    What was given back too late then costs what its cancellation did. Raises as ``note_absence``.
    """
    booking, date = _locked(session, booking_id, number, version=version, by=by)
    if date.absent_at is None:
        return booking
    verdict = _verdict(session, booking, date) if date.state is OccurrenceState.CANCELLED else None
    date.fee = fee_by(verdict.cancellation, date, now=date.absent_at) if verdict else None
    date.absent_at, date.absent_by = None, None
    return _told(session, booking, date, "withdraw_absence", "absence-withdrawn", by=by, now=now)


def answer_by(date: Occurrence, rule: Absence) -> day_of | None:
    """The last day on which its holder can say what happened before more follows; None where nothing is noted."""
    return rule.answer_by(to_wall(date.absent_at, date.zone).date()) if date.absent_at else None


def require_begun(booking: Booking, date: Occurrence, now: datetime) -> None:
    """Raises Conflict where nobody can have come yet, or nobody was expected."""
    lifecycle.require(lifecycle.Act.NOTE_USE, date.state)
    if not booking.kind.is_judged:
        raise refuse(Conflict, "nobody-expected", "number", date.number)
    if date.starts_at > now:
        raise refuse(Conflict, "not-begun", "number", f"{date.local_start:%Y-%m-%dT%H:%M}")


def _verdict(session: Session, booking: Booking, date: Occurrence) -> Verdict | None:
    return verdicts_of(session, booking).get(date.local_start)


def _locked(session: Session, booking_id: int, number: int, *, version: int | None, by: Actor) -> tuple[Booking, Occurrence]:
    """The booking and the date, with those whose absences are counted."""
    booking = booking_at(session, booking_id, version, by=by)
    date = occurrence_of(booking, number)
    by.require(by.is_officer or by.is_caretaker_of(date.room.venue_id), "caretaker")
    lock(session, *keys_of(session, booking))
    return booking, date


def _told(session: Session, booking: Booking, date: Occurrence, verb: str, notice: str, *, by: Actor, now: datetime) -> Booking:
    booking.version += 1
    record(
        session,
        Act(verb, "booking", booking.id, {"dates": [date.number], "fee": date.fee, "version": booking.version}, booking.holder_id),
        by=by,
        now=now,
    )
    tell(session, booking, notice, facts={"number": date.number}, by=by, now=now)
    session.flush()
    return booking
