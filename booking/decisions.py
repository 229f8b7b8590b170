"""Decisions: confirming in the organisation's name, approving, refusing, and lapsing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import lifecycle
from booking.cases import booking_at, booking_for, require_decider
from booking.ending import end_dates, keys_of
from booking.images import Before, before, undoable
from booking.models import Booking, Occurrence
from booking.nearness import MOST
from booking.resettle import Plan, resettle, waiting
from booking.revisions import touch
from booking.states import BookingState, OccurrenceState
from booking.telling import tell
from booking.waiving import grant, keep_needed
from database.audit import Act, Audit, record
from database.locks import Key, lock
from kernel.errors import Invalid, refuse

# Kept on a date that was refused with proposals of what else to take; these, where they were seen, stand behind a stroke.
PROPOSED = "proposed"
# Kept on a date that was lost to another request, before a colon, that one's id and what was seen to be proposed instead.
PREFERRED = "preferred"
# By these verbs of the log the municipality decides on a booking; a request that waits for its answer is none that the rules gave.
DECIDING = ("reserve", "import", "approve", "refuse", "displace", "cancel", "note_absence", "price")
ENDED = {"refuse": "booking-refused", "lapse": "booking-lapsed"}


def decides(act: Audit) -> bool:
    """Whether an act on a booking decides anything of it."""
    return act.verb in DECIDING and (act.verb != "reserve" or act.facts.get("state") in (None, BookingState.BOOKED))


def confirm(session: Session, booking_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Booking:
    """A delegate (or staff) stands by a wish made in the organisation's name; it then goes the policy's way.

    Raises Conflict when it waits for no confirmation, Declined or Taken as ``reserve`` does.
    """
    booking = booking_at(session, booking_id, version, by=by)
    by.require(by.is_officer or (booking.organisation_id is not None and by.acts_for(booking.organisation_id)), "delegate")
    lifecycle.require(lifecycle.Act.CONFIRM, booking.state)
    was = before(session, [booking])
    plan = Plan(act="confirm", dates=waiting(booking, OccurrenceState.UNCONFIRMED), by_staff=False, confirms=True)
    resettle(session, booking, plan, now=now)
    return _undoable(session, booking, "confirm", was, by=by, now=now)


def approve(
    session: Session, booking_id: int, *, version: int | None = None, note: str = "", grounds: str = "", by: Actor, now: datetime
) -> Booking:
    """Grant a request: every waiting date is booked, or none; the exceptions that it asks for are granted on ``grounds``.

    Others that want the same time are answered by ``preferring.prefer``.
    Raises Taken, naming what came first, where the request held no time; Declined when the policy now refuses a date;
    Invalid without grounds for an exception.
    """
    booking = booking_at(session, booking_id, version, by=by)
    was = before(session, [booking])
    undoable(session, say_yes(session, booking, note=note, grounds=grounds, by=by, now=now), was, by=by, now=now)
    return booking


def say_yes(
    session: Session, booking: Booking, *, note: str = "", grounds: str = "", beside: tuple[Key, ...] = (), by: Actor, now: datetime
) -> Act:
    """``approve`` of a booking whose row is locked, with other keys locked ``beside`` its own."""
    require_decider(booking, by)
    lifecycle.require(lifecycle.Act.APPROVE, booking.state)
    granted = grant(session, booking, grounds, by=by, now=now)
    plan = Plan(act="approve", dates=waiting(booking, OccurrenceState.REQUESTED), by_staff=True, beside=beside)
    judged = resettle(session, booking, plan, now=now).judged
    keep_needed(booking, granted, judged, by=by)
    write_decision(booking, note, by=by, now=now)
    return announce(session, booking, "approve", by=by, now=now, waived=[waiver.rule for waiver in granted])


def decline(
    session: Session,
    booking_id: int,
    *,
    reason: str,
    proposes: Sequence[str] | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Booking:
    """Refuse a request with a reason, which its holder is told; with what else there is, where one ``proposes`` that, by its marks.

    Raises Invalid without a reason.
    """
    booking = booking_at(session, booking_id, version, by=by)
    require_decider(booking, by)
    lifecycle.require(lifecycle.Act.REFUSE, booking.state)
    if not reason.strip():
        raise refuse(Invalid, "reason-missing", "reason")
    was = before(session, [booking])
    dates = [date for date in booking.occurrences if lifecycle.allows(lifecycle.Act.REFUSE, date.state)]
    lock(session, *keys_of(session, booking))
    end_dates(session, booking, dates, OccurrenceState.REFUSED, BookingState.REFUSED, now=now)
    for date in dates:
        date.reason = with_proposals(PROPOSED, proposes) if proposes else ""
    write_decision(booking, reason.strip(), by=by, now=now)
    return _undoable(session, booking, "refuse", was, lost=dates, by=by, now=now)


def unconfirmed(session: Session, now: datetime) -> Sequence[int]:
    """The wishes that no delegate confirmed in time, by id."""
    due = select(Booking.id).where(Booking.state == BookingState.UNCONFIRMED, Booking.confirm_by <= now).order_by(Booking.id)
    return session.scalars(due).all()


def lapse(session: Session, booking_id: int, *, by: Actor, now: datetime) -> bool:
    """End a wish that no delegate confirmed in time; False when somebody has confirmed or ended it meanwhile."""
    by.require(by.is_officer, "officer")
    booking = booking_for(session, booking_id)
    if booking.state is not BookingState.UNCONFIRMED:
        return False
    lock(session, *keys_of(session, booking))
    end_dates(session, booking, waiting(booking, OccurrenceState.UNCONFIRMED), OccurrenceState.LAPSED, BookingState.LAPSED, now=now)
    announce(session, booking, "lapse", by=by, now=now)
    return True


def with_proposals(reason: str, marks: Sequence[str] | None) -> str:
    """The reason that is kept on a refused date, with what was seen to be proposed instead of it; None where nothing was looked for.

    No more of it is kept than one is shown at once.
    """
    return reason if marks is None else f"{reason}/{' '.join(marks[:MOST])}"


def plain_reason(reason: str) -> str:
    """The reason of a date as the API tells it: a code without what is kept behind it, or the words that somebody gave."""
    return next((code for code in (PROPOSED, PREFERRED) if reason.startswith((f"{code}/", f"{code}:"))), reason)


def proposals_in(reason: str) -> list[str] | None:
    """The marks that ``with_proposals`` kept."""
    _reason, is_seen, marks = reason.partition("/")
    return marks.split() if is_seen else None


def write_decision(booking: Booking, reason: str, *, by: Actor, now: datetime) -> None:
    """Write who decided, when and why."""
    booking.decided_at, booking.decided_by, booking.decision_reason = now, by.person_id, reason[:2000]


def _undoable(session: Session, booking: Booking, verb: str, was: Before, *, by: Actor, now: datetime, **facts: Any) -> Booking:
    undoable(session, announce(session, booking, verb, by=by, now=now, **facts), was, by=by, now=now)
    return booking


def announce(
    session: Session, booking: Booking, verb: str, *, lost: Iterable[Occurrence] = (), by: Actor, now: datetime, **facts: Any
) -> Act:
    """What follows every decision: newer feeds, a line in the audit log, and word to the holder."""
    touch(session, booking)
    act = Act(verb, "booking", booking.id, {"state": str(booking.state), **facts}, booking.holder_id)
    record(session, act, by=by, now=now)
    # What is left of the booking may be booked; what its holder is told is what was decided.
    tell(session, booking, ENDED.get(verb, f"booking-{booking.state}"), lost=[date.starts_at for date in lost], by=by, now=now)
    session.flush()
    return act
