"""Resettle: a booking's dates judged and claimed anew, by the same gate, when it is confirmed, approved or moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import ApplicantClass
from booking.applicants import Applicant
from booking.case import Case, case_of_booking, span_of
from booking.judging import Judged, judge, keep
from booking.models import Booking, Occurrence
from booking.occupy import Take, ask, occupy
from booking.outcome import Dated, require_enough, results, wants_of
from booking.reservations import hold_until, keeps_time, priced, wait_for_decision
from booking.states import BookingState, OccurrenceState
from booking.wish import DatedSpan, OnConflict
from database.locks import lock
from kernel.wallclock import WallSpan
from venues.models import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which dates of a booking are settled anew: where, when (for those that move), and by whose hand."""

    act: str
    dates: tuple[Occurrence, ...]
    room: Room
    walls: Mapping[int, WallSpan]
    by_staff: bool

    def span(self, occurrence: Occurrence) -> DatedSpan:
        wall = self.walls.get(occurrence.id)
        return DatedSpan(wall) if wall else span_of(occurrence)


def resettle(session: Session, booking: Booking, plan: Plan, *, now: datetime) -> tuple[Dated, ...]:
    """Judge the dates, ask for their time, give up what they held and take it again; all dates or none.

    Raises Declined or Taken, naming every objection and every booking in the way.
    """
    case = _case(booking, plan)
    lock(session, *case.keys)
    judged = judge(session, case)
    numbers, wants = wants_of(case, judged)
    own = [occurrence.id for occurrence in plan.dates]
    answer = ask(session, wants, now=now, releasing=own)
    dates = results(case, judged, numbers, answer)
    require_enough(case, dates, OnConflict.REFUSE)
    for occurrence, date in zip(plan.dates, dates, strict=True):
        _write(occurrence, date, plan.room, now)
    _write_booking(booking, judged, now)
    takes = [
        Take(date.want, occurrence.id, hold_until(booking, now=now))
        for occurrence, date in zip(plan.dates, dates, strict=True)
        if date.want is not None
    ]
    occupy(session, answer, takes if keeps_time(booking) else (), release=own)
    keep(session, booking.id, judged, act=plan.act, now=now)
    return dates


def _case(booking: Booking, plan: Plan) -> Case:
    applicant = Applicant(
        holder=booking.holder,
        organisation=booking.organisation,
        applicant_class=ApplicantClass(booking.applicant_class),
        agreement=booking.agreement,
        grant=booking.grant,
        must_confirm=False,
        by_staff=plan.by_staff,
    )
    case = case_of_booking(booking, applicant, [plan.span(date) for date in plan.dates], plan.room)
    others = {space.id for date in plan.dates for space in date.room.spaces}
    return replace(case, moved_from=tuple(sorted(others)), settled=tuple(date.id for date in plan.dates))


def _write(occurrence: Occurrence, date: Dated, room: Room, now: datetime) -> None:
    """Write the date's new state; SEQUENCE rises with time, place and status, here by one for all of them."""
    wall, interval = date.judged.wall, date.judged.wall.interval()
    before = (occurrence.starts_at, occurrence.ends_at, occurrence.room_id, occurrence.state)
    occurrence.state, occurrence.reason = date.state, ""
    occurrence.room_id, occurrence.room = room.id, room
    occurrence.local_start, occurrence.local_end, occurrence.zone = wall.start, wall.end, wall.zone
    occurrence.starts_at, occurrence.ends_at = interval.start, interval.end
    occurrence.before_minutes, occurrence.after_minutes = date.judged.buffers
    for column, value in priced(date.judged, is_kept=True).items():
        setattr(occurrence, column, value)
    if before != (occurrence.starts_at, occurrence.ends_at, occurrence.room_id, occurrence.state):
        occurrence.sequence += 1
    occurrence.changed_at = now


def _write_booking(booking: Booking, judged: Sequence[Judged], now: datetime) -> None:
    states = {occurrence.state for occurrence in booking.occurrences}
    if OccurrenceState.REQUESTED in states:
        booking.state = BookingState.REQUESTED
    elif OccurrenceState.BOOKED in states:
        booking.state = BookingState.BOOKED
    wait_for_decision(booking, judged)
    booking.confirm_by = None
    booking.version += 1
    booking.changed_at = now


def waiting(booking: Booking, state: OccurrenceState) -> tuple[Occurrence, ...]:
    """The dates of a booking that are in a state."""
    return tuple(occurrence for occurrence in booking.occurrences if occurrence.state is state)
