"""Resettle: a booking's dates judged and claimed anew, by the same gate, when it is confirmed, approved or moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import ApplicantClass
from accounts.models import Standing
from accounts.standings import standings_of
from booking.applicants import Applicant
from booking.case import Case, case_of_booking, span_of
from booking.conditions.asked import asked_of
from booking.judging import Judged, judge, keep
from booking.lifecycle import state_of
from booking.models import Booking, Occurrence
from booking.occupy import Take, ask, occupy
from booking.outcome import Dated, require_enough, results, wants_of
from booking.reservations import hold_until, keeps_time, priced, wait_for_decision
from booking.resources import keys_held
from booking.states import BookingState, OccurrenceState
from booking.waiving import NONE, Exceptions, exceptions_of
from booking.wish import DatedSpan, OnConflict
from database.locks import lock
from kernel.wallclock import WallSpan
from venues.models import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which dates of a booking are settled anew, when (for those that move), and by whose hand.

    ``room`` is where they move; without it each stays in its own. What waits for the organisation goes on waiting
    unless the plan ``confirms``.
    """

    act: str
    dates: tuple[Occurrence, ...]
    walls: Mapping[int, WallSpan] = field(default_factory=dict)
    room: Room | None = None
    by_staff: bool
    confirms: bool = False

    def span(self, occurrence: Occurrence) -> DatedSpan:
        wall = self.walls.get(occurrence.id)
        return DatedSpan(wall) if wall else span_of(occurrence)

    def parts(self, exceptions: Exceptions) -> tuple[tuple[Room, Exceptions, tuple[Occurrence, ...]], ...]:
        """The dates by the room in which they are to be and the exceptions that hold for them: one may have been moved."""
        found: dict[tuple[int, bool], tuple[Room, Exceptions, tuple[Occurrence, ...]]] = {}
        for date in self.dates:
            room, held = self.room or date.room, exceptions.of(date.number)
            _, _, before = found.get((room.id, held == NONE), (room, held, ()))
            found[room.id, held == NONE] = (room, held, (*before, date))
        return tuple(found.values())


def resettle(session: Session, booking: Booking, plan: Plan, *, now: datetime) -> Sequence[Judged]:
    """Judge the dates, ask for their time, give up what they held and take it again; all dates or none.

    Returns what was judged. Raises Declined or Taken, naming every objection and every booking in the way.
    """
    standings = standings_of(session, booking.organisation_id)
    parts = [
        (dates, case_again(booking, plan, dates, room, held=held, standings=standings))
        for room, held, dates in plan.parts(exceptions_of(booking))
    ]
    lock(session, *(key for _, case in parts for key in case.keys), *keys_held(session, [date.id for date in plan.dates]))
    judged = [date for dates, case in parts for date in _settle(session, booking, dates, case, act=plan.act, now=now)]
    _write_booking(booking, now)
    return judged


def _settle(session: Session, booking: Booking, dates: Sequence[Occurrence], case: Case, *, act: str, now: datetime) -> Sequence[Judged]:
    judged = judge(session, case)
    numbers, wants = wants_of(case, judged)
    own = [occurrence.id for occurrence in dates]
    answer = ask(session, wants, now=now, releasing=own)
    found = results(case, judged, numbers, answer)
    require_enough(case, found, OnConflict.REFUSE)
    if any(date.needs_review for date in judged):
        wait_for_decision(booking, judged, beside=[date for date in waiting(booking, OccurrenceState.REQUESTED) if date not in dates])
    for occurrence, date in zip(dates, found, strict=True):
        _write(occurrence, date, case.room, now)
    takes = [
        Take(date.want, occurrence.id, hold_until(booking, date.state, now=now))
        for occurrence, date in zip(dates, found, strict=True)
        if date.want is not None and keeps_time(booking, date.state)
    ]
    occupy(session, answer, takes, release=own, now=now)
    keep(session, booking.id, judged, act=act, now=now)
    return judged


def case_again(
    booking: Booking, plan: Plan, dates: Sequence[Occurrence], room: Room, *, held: Exceptions, standings: tuple[Standing, ...]
) -> Case:
    """The case of dates of a booking in a room, as one plan would have them."""
    applicant = Applicant(
        holder=booking.holder,
        organisation=booking.organisation,
        applicant_class=ApplicantClass(booking.applicant_class),
        agreement=booking.agreement,
        grant=booking.grant,
        must_confirm=not plan.confirms and any(date.state is OccurrenceState.UNCONFIRMED for date in dates),
        by_staff=plan.by_staff,
        standings=standings,
    )
    case = case_of_booking(booking, applicant, [plan.span(date) for date in dates], room)
    others = {space.id for date in plan.dates for space in date.room.spaces}
    return replace(
        case,
        moved_from=tuple(sorted(others)),
        settled=tuple(date.id for date in dates),
        exceptions=held.unanswered,
        waivers=held.waivers,
    )


def _write(occurrence: Occurrence, date: Dated, room: Room, now: datetime) -> None:
    """Write the date's new state; SEQUENCE rises with time, place and status, here by one for all of them."""
    wall, interval = date.judged.wall, date.judged.wall.interval()
    before = (occurrence.starts_at, occurrence.ends_at, occurrence.room_id, occurrence.state)
    # The room beside its id: who is answered next reads the room.
    occurrence.state, occurrence.room, occurrence.room_id, occurrence.reason = date.state, room, room.id, ""
    occurrence.local_start, occurrence.local_end, occurrence.zone = wall.start, wall.end, wall.zone
    occurrence.starts_at, occurrence.ends_at = interval.start, interval.end
    occurrence.before_minutes, occurrence.after_minutes = date.judged.buffers
    occurrence.conditions = asked_of(date.judged.conditions)
    for column, value in priced(date.judged, is_kept=True).items():
        setattr(occurrence, column, value)
    if before != (occurrence.starts_at, occurrence.ends_at, occurrence.room_id, occurrence.state):
        occurrence.sequence += 1
    occurrence.changed_at = now


def _write_booking(booking: Booking, now: datetime) -> None:
    """Tell the booking's state from its dates; who decides, and until when, stands as long as one of them waits."""
    booking.state = state_of([date.state for date in booking.occurrences], fallback=booking.state)
    if booking.state is BookingState.BOOKED:
        wait_for_decision(booking, ())
    if booking.state is not BookingState.UNCONFIRMED:
        booking.confirm_by = None
    booking.version += 1
    booking.changed_at = now


def waiting(booking: Booking, state: OccurrenceState) -> tuple[Occurrence, ...]:
    """The dates of a booking that are in a state."""
    return tuple(occurrence for occurrence in booking.occurrences if occurrence.state is state)
