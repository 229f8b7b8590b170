"""Promise: the clock of the promised answer, in office hours; it stands still while the applicant has to answer first."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.judging import highest
from booking.lifecycle import WAITING
from booking.models import Booking
from booking.reasons import verdicts_of
from kernel.wallclock import to_utc, to_wall
from policies.known import office_holidays
from policies.office import Office
from policies.queries import in_force
from policies.rules.handling import OFFICE, DecisionRoute


def stop(booking: Booking, *, now: datetime) -> None:
    """Let the clock stand still; where it stands already it has stood since then."""
    booking.paused_at = booking.paused_at or now


def go_on(session: Session, booking: Booking, *, now: datetime) -> None:
    """Let the clock go on: the answer is due after as much office time as was left when it stopped."""
    if booking.paused_at is not None:
        booking.decide_by = put_off(session, booking, since=booking.paused_at, now=now)
        booking.paused_at = None


def put_off(session: Session, booking: Booking, *, since: datetime, now: datetime) -> datetime | None:
    """When the promised answer is due if its clock stood still from ``since`` until now; None where none is promised.

    What was promised before the first date that waits begins is still promised before, in office hours where some are left.
    """
    if booking.decide_by is None:
        return None
    zone = booking.room.venue.zone
    due, stopped, goes_on = (to_wall(moment, zone) for moment in (booking.decide_by, since, now))
    holidays = {*office_holidays(since, zone), *office_holidays(now, zone)}
    office = _office(session, booking, holidays)
    later = office.put_off(due, stopped=stopped, goes_on=goes_on)
    start = min((one.local_start for one in booking.occurrences if one.state in WAITING), default=later)
    if max(due, goes_on) < start < later:
        closing = office.last_before(start)
        later = closing if closing > goes_on else start
    return to_utc(later, zone)


def _office(session: Session, booking: Booking, holidays: set[date]) -> Office:
    """The office that decides, with its hours by the rule that made the promise, as it is in force now."""
    deciders = [verdict.decider for verdict in verdicts_of(session, booking).values()]
    decider = highest(one for one in deciders if one)
    day = min(occurrence.local_start.date() for occurrence in booking.occurrences)
    rules = (placed.rule for placed in in_force(session, booking.room, day, day).on(day).on(day).rules)
    hours = (rule.office for rule in rules if isinstance(rule, DecisionRoute) and decider and rule.id == decider.rule)
    return next(hours, OFFICE).on(holidays)
