"""Resettle: a booking's dates judged and claimed anew, by the same gate, when it is confirmed, approved or moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import ApplicantClass
from booking.applicants import Applicant
from booking.case import Case, case_of_booking, span_of
from booking.conditions.asked import asked_of
from booking.judging import judge, keep
from booking.lifecycle import state_of
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

    @property
    def parts(self) -> tuple[tuple[Room, tuple[Occurrence, ...]], ...]:
        """The dates by the room in which they are to be: a date may have been moved out of the others' room."""
        if self.room:
            return ((self.room, self.dates),)
        rooms = {date.room_id: date.room for date in self.dates}
        return tuple((room, tuple(date for date in self.dates if date.room_id == room_id)) for room_id, room in rooms.items())


def resettle(session: Session, booking: Booking, plan: Plan, *, now: datetime) -> None:
    """Judge the dates, ask for their time, give up what they held and take it again; all dates or none.

    Raises Declined or Taken, naming every objection and every booking in the way.
    """
    parts = [(dates, _case(booking, plan, dates, room)) for room, dates in plan.parts]
    lock(session, *(key for _, case in parts for key in case.keys))
    for dates, case in parts:
        _settle(session, booking, dates, case, act=plan.act, now=now)
    _write_booking(booking, now)


def _settle(session: Session, booking: Booking, dates: Sequence[Occurrence], case: Case, *, act: str, now: datetime) -> None:
    judged = judge(session, case)
    numbers, wants = wants_of(case, judged)
    own = [occurrence.id for occurrence in dates]
    answer = ask(session, wants, now=now, releasing=own)
    found = results(case, judged, numbers, answer)
    require_enough(case, found, OnConflict.REFUSE)
    if any(date.needs_review for date in judged):
        wait_for_decision(booking, judged)
    for occurrence, date in zip(dates, found, strict=True):
        _write(occurrence, date, case.room, now)
    takes = [
        Take(date.want, occurrence.id, hold_until(booking, date.state, now=now))
        for occurrence, date in zip(dates, found, strict=True)
        if date.want is not None and keeps_time(booking, date.state)
    ]
    occupy(session, answer, takes, release=own)
    keep(session, booking.id, judged, act=act, now=now)


def _case(booking: Booking, plan: Plan, dates: Sequence[Occurrence], room: Room) -> Case:
    applicant = Applicant(
        holder=booking.holder,
        organisation=booking.organisation,
        applicant_class=ApplicantClass(booking.applicant_class),
        agreement=booking.agreement,
        grant=booking.grant,
        must_confirm=not plan.confirms and any(date.state is OccurrenceState.UNCONFIRMED for date in dates),
        by_staff=plan.by_staff,
    )
    case = case_of_booking(booking, applicant, [plan.span(date) for date in dates], room)
    others = {space.id for date in plan.dates for space in date.room.spaces}
    return replace(case, moved_from=tuple(sorted(others)), settled=tuple(date.id for date in dates))


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
