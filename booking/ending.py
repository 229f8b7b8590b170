"""Ending: dates that are cancelled, refused or lapse give up their time and keep their history."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import lifecycle
from booking.cases import booking_at, require_holder
from booking.fees import Cost, cost_of
from booking.images import before, undoable
from booking.lifecycle import state_of
from booking.models import Booking, Occurrence
from booking.occupy import free
from booking.reasons import verdicts_of
from booking.resources import keys_held
from booking.revisions import touch
from booking.scope import Scope, reached
from booking.states import BookingState, Cause, OccurrenceState
from booking.telling import tell
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Invalid, refuse


def cancel(
    session: Session,
    booking_id: int,
    *,
    number: int | None = None,
    scope: Scope = Scope.ONE,
    reason: str = "",
    without_fee: bool = False,
    version: int | None = None,
    told_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Booking:
    """Cancel one date, it and the following, or all that lie ahead; the past is never touched, and a reason is kept on
    what is cancelled.

    A date that was displaced is had no more by that: nothing else is offered for it. It costs what the latest judgement of each
    date says, and what is given back too late counts as missed; officers may let it be for nothing, and say why. Raises
    Conflict (``in-the-past``) when nothing is left to cancel, and (``dearer-meanwhile``) where it costs something else than when
    that was ``told_at`` a moment, Invalid (``reason-missing``), Stale, Missing, Forbidden.
    """
    booking = booking_at(session, booking_id, version, by=by)
    require_holder(booking, by)
    require_free_of_charge(reason, without_fee=without_fee, by=by)
    dates = reached(booking, number, scope, lifecycle.Act.CANCEL, now=now)
    lock(session, *keys_of(session, booking))
    was = before(session, [booking])
    act = give_up(session, booking, dates, reason=reason, without_fee=without_fee, told_at=told_at, by=by, now=now)
    undoable(session, act, was, by=by, now=now)
    return booking


def require_free_of_charge(reason: str, *, without_fee: bool, by: Actor) -> None:
    """Raises Forbidden where another than an officer lets a cancellation be for nothing, Invalid where no reason is given."""
    by.require(by.is_officer or not without_fee, "officer")
    if without_fee and not reason.strip():
        raise refuse(Invalid, "reason-missing", "reason")


def give_up(
    session: Session,
    booking: Booking,
    dates: Sequence[Occurrence],
    *,
    reason: str,
    without_fee: bool,
    released: bool = False,
    told_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Act:
    """Cancel these dates of a booking whose keys are locked: their time is free, and they cost what their judgement says.

    ``released`` says in the log that their organisation gave them back.
    """
    costs = costs_of(session, booking, dates, now=now)
    if costs and told_at is not None and not without_fee:
        shown = costs_of(session, booking, dates, now=max(min(told_at, now), booking.created_at))
        if any(cost.told != shown[number].told for number, cost in costs.items()):
            raise refuse(Conflict, "dearer-meanwhile")
    # Who wants nothing else for what was lost has cancelled nothing.
    last = BookingState.DISPLACED if all(date.lost_to for date in dates) else BookingState.CANCELLED
    end_dates(session, booking, dates, OccurrenceState.CANCELLED, last, now=now)
    for date in dates:
        # Whoever wants nothing else for time that was lost goes on to be told why it was.
        date.reason = date.reason if date.lost_to else reason.strip()[:500]
        if date.number in costs:
            date.fee = 0 if without_fee else costs[date.number].fee
        if date.number in costs and costs[date.number].missed and not without_fee:
            date.absent_at, date.absent_by = now, by.person_id
    touch(session, booking)
    lost = [date for date in dates if date.lost_to]
    facts: dict[str, Any] = {"dates": [date.number for date in dates], "state": str(booking.state), "version": booking.version}
    facts |= {"lost": [date.number for date in lost]} if lost else {}
    facts |= {"released": True} if released else {}
    if costs:
        facts |= {"cost": {str(number): cost.fee for number, cost in costs.items()}, "without_fee": without_fee}
    act = Act("cancel", "booking", booking.id, facts, booking.holder_id)
    record(session, act, by=by, now=now)
    given = [date for date in dates if not date.lost_to]
    for kind, theirs, starts in (("dates-cancelled", given, [date.starts_at for date in given]), ("seeking-ended", lost, ())):
        if theirs:
            told = {"dates": [date.number for date in theirs], "cause": _cause(booking, by)}
            tell(session, booking, kind, lost=starts, facts=told, by=by, now=now)
    session.flush()
    return act


def costs_of(session: Session, booking: Booking, dates: Iterable[Occurrence], *, now: datetime) -> dict[int, Cost]:
    """What it costs to cancel each of the dates now, by number, where a rule says so."""
    verdicts = verdicts_of(session, booking)
    found = {date.number: cost_of(date, verdicts.get(date.local_start), now=now) for date in dates}
    return {number: cost for number, cost in found.items() if cost}


def _cause(booking: Booking, by: Actor) -> Cause:
    if by.person_id == booking.holder_id:
        return Cause.HOLDER
    return Cause.ORGANISATION if booking.organisation_id is not None and by.acts_for(booking.organisation_id) else Cause.OFFICE


def end_dates(
    session: Session, booking: Booking, dates: Iterable[Occurrence], state: OccurrenceState, last: BookingState, *, now: datetime
) -> None:
    """Free the time of the dates and write their state; the booking, whose keys are locked, is ``last`` when no date is alive."""
    ended = list(dates)
    for date in ended:
        date.state = state
        date.sequence += 1
        date.changed_at = now
    booking.state = state_of([date.state for date in booking.occurrences], fallback=last)
    booking.follow_dates()
    booking.version += 1
    booking.changed_at = now
    session.flush()
    # Once the states stand: what ended waits for nothing of the time that it gave up.
    free(session, [date.id for date in ended], now=now)


def keys_of(session: Session, *bookings: Booking) -> list[Key]:
    """What an act on bookings locks when it takes no new time; one statement."""
    dates = [date for booking in bookings for date in booking.occurrences]
    found = [Key(Subject.SPACE, space.id) for date in dates for space in date.room.spaces]
    found += keys_held(session, [date.id for date in dates])
    for booking in bookings:
        found += [Key(Subject.PERSON, booking.holder_id), Key(Subject.BOOKING, booking.id)]
        if booking.organisation_id:
            found.append(Key(Subject.ORGANISATION, booking.organisation_id))
    return found
