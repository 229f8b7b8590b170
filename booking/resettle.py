"""Resettle: a booking's dates judged and claimed anew, by the same gate, when it is confirmed, approved or moved."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Standing
from accounts.standings import standings_of
from booking.applicants import applicant_in
from booking.case import Case, case_of_booking, span_of
from booking.conditions.asked import asked_of
from booking.conflicts import Answer
from booking.judging import Judged, judge, keep
from booking.lifecycle import LIVE, state_of
from booking.models import Booking, Claim, Occurrence
from booking.occupy import NOT_IN_LINE, Take, ask, occupy
from booking.outcome import Dated, refusal_of, results, state_once_kept, wants_of
from booking.promise import put_off
from booking.reservations import hold_until, keeps_time, priced, wait_for_decision
from booking.resources import keys_held
from booking.states import BookingState, OccurrenceState
from booking.waiving import NONE, Exceptions, exceptions_of
from booking.wish import DatedSpan, OnConflict
from database.locks import Key, lock
from kernel.interval import Interval
from kernel.wallclock import WallSpan, to_wall
from venues.models import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which dates of a booking are settled anew, when (for those that move), and by whose hand.

    ``room`` is where they move; without it each stays in its own. What waits for the organisation goes on waiting unless the
    plan ``confirms``. With ``on_conflict`` skip, dates that cannot move stay where they were. ``beside`` is what the same
    transaction locks for others. What is kept for those who stand in line is theirs when it is ``due_by`` then. Dates that are new or
    move are ``not_before`` the moment of that, and judged as ``asked_at`` then, without it as when their time was asked for. A plan that
    ``restates`` says something else of what stays: of a request that is no decision.
    """

    act: str
    dates: tuple[Occurrence, ...]
    walls: Mapping[int, WallSpan] = field(default_factory=dict)
    room: Room | None = None
    by_staff: bool
    confirms: bool = False
    on_conflict: OnConflict = OnConflict.REFUSE
    beside: tuple[Key, ...] = ()
    due_by: datetime = NOT_IN_LINE
    asked_at: datetime | None = None
    not_before: datetime | None = None
    restates: bool = False

    def span(self, date: Occurrence) -> DatedSpan:
        """When a date is to be, and when that was asked for."""
        is_asked = self.asked_at is not None and (date.state not in LIVE or self.moves(date))
        return replace(self._span(date), asked_at=self.asked_at if is_asked else date.submitted)

    def _span(self, date: Occurrence) -> DatedSpan:
        wall = self.walls.get(date.id)
        return DatedSpan.of(wall) if wall else span_of(date)

    def moves(self, date: Occurrence) -> bool:
        """Whether a date is to be at another time or in another room than it is."""
        span = self._span(date)
        is_then = span.fault is None and span.wall.interval() == Interval(date.starts_at, date.ends_at)
        return not is_then or (self.room is not None and self.room.id != date.room_id)

    def parts(self, exceptions: Exceptions) -> tuple[tuple[Room, Exceptions, bool, tuple[Occurrence, ...]], ...]:
        """The dates by the room in which they are to be, the exceptions that hold for them, for one may have been moved, and whether
        staff have decided on them."""
        found: dict[tuple[int, bool, bool], tuple[Room, Exceptions, bool, tuple[Occurrence, ...]]] = {}
        for date in self.dates:
            room, held, staffs = self.room or date.room, exceptions.of(date.number), self._is_staffs(date)
            *_, before = found.get((room.id, held == NONE, staffs), (room, held, staffs, ()))
            found[room.id, held == NONE, staffs] = (room, held, staffs, (*before, date))
        return tuple(found.values())

    def _is_staffs(self, date: Occurrence) -> bool:
        return self.by_staff and (not self.restates or self.moves(date) or date.state is OccurrenceState.BOOKED)


@dataclass(frozen=True, slots=True)
class Resettled:
    """What was judged of the dates that were settled, and by number what keeps the others where they were."""

    judged: tuple[Judged, ...]
    left: Mapping[int, Dated]


class _LeftOut(Exception):
    """Some dates cannot be settled: tried again without them, or refused."""

    def __init__(self, dates: Mapping[int, Dated]) -> None:
        super().__init__()
        self.dates = dates


def resettle(session: Session, booking: Booking, plan: Plan, *, now: datetime) -> Resettled:
    """``settle``, and before it the locks that it needs."""
    lock_for(session, booking, plan)
    return settle(session, booking, plan, now=now)


def lock_for(session: Session, booking: Booking, *plans: Plan) -> None:
    """Lock what settling any of the plans counts, leaves and takes."""
    standings = standings_of(session, booking.organisation_id)
    own = keys_held(session, {date.id for plan in plans for date in plan.dates})
    parts = (part for plan in plans for part in _parts(booking, plan, standings))
    lock(session, *(key for part in parts for key in part.case.keys), *own, *(key for plan in plans for key in plan.beside))


def settle(session: Session, booking: Booking, plan: Plan, *, now: datetime) -> Resettled:
    """Judge the dates, ask for their time, give up what they held and take it again.

    All of them, or with ``on_conflict`` skip those that can be; what stays is counted, and stands in the way, where it was.
    Raises Declined or Taken, naming every objection and every booking in the way.
    """
    standings = standings_of(session, booking.organisation_id)
    left: dict[int, Dated] = {}
    while True:
        try:
            with session.begin_nested() if plan.on_conflict is OnConflict.SKIP else nullcontext():
                rest = replace(plan, dates=tuple(date for date in plan.dates if date.number not in left))
                judged = _settle(session, booking, rest, standings, now=now)
            break
        except _LeftOut as out:
            left |= out.dates
            if plan.on_conflict is OnConflict.REFUSE or len(left) == len(plan.dates):
                raise refusal_of([left[number] for number in sorted(left)]) from None
    _write_booking(booking, now)
    return Resettled(judged, left)


@dataclass(frozen=True, slots=True)
class _Part:
    """The dates of a plan that are judged together: of one room, under the same exceptions, by staff or not."""

    case: Case
    dates: tuple[Occurrence, ...]


def _parts(booking: Booking, plan: Plan, standings: tuple[Standing, ...]) -> list[_Part]:
    found = plan.parts(exceptions_of(booking))
    yet = [tuple(date.id for *_, dates in found[number:] for date in dates) for number in range(len(found))]
    return [
        _Part(case_again(booking, replace(plan, by_staff=staffs), dates, room, held=held, standings=standings, settled=settled), dates)
        for (room, held, staffs, dates), settled in zip(found, yet, strict=True)
    ]


def _settle(session: Session, booking: Booking, plan: Plan, standings: tuple[Standing, ...], *, now: datetime) -> tuple[Judged, ...]:
    """One part after the other is written as it is judged, so that the next is counted with it; then all take their time at once."""
    parts = _parts(booking, plan, standings)
    was_requested = booking.state is BookingState.REQUESTED
    staying = {date for date in plan.dates if date.state is OccurrenceState.REQUESTED and not plan.moves(date)}
    judged = [(part.case, _judged(session, part, now)) for part in parts]
    found = _asked(session, [date for part in parts for date in part.dates], judged, plan, now)
    if stuck := {occurrence.number: date for occurrence, date in found.dates if not date.is_kept}:
        raise _LeftOut(stuck)
    every = tuple(date for _case_of, dates in judged for date in dates)
    booking.follow_dates()
    if any(date.needs_review for date in every):
        settled = set(plan.dates)
        promised = booking.decide_by if was_requested else None
        wait_for_decision(booking, every, beside=[date for date in waiting(booking, OccurrenceState.REQUESTED) if date not in settled])
        # What was promised stands; who begins to wait now is promised an answer from now on.
        since = min(date.request.submitted for date in every if date.needs_review and date.request)
        booking.decide_by = promised or put_off(session, booking, since=since, now=now)
    staying = {date for date in staying if date.state is OccurrenceState.REQUESTED}
    kept = _kept_until(session, [date.id for date in staying], now)
    takes = [
        Take(date.want, occurrence.id, kept[occurrence.id] if occurrence in staying else hold_until(booking, date.state, now=now))
        for occurrence, date in found.dates
        if date.want is not None and (occurrence.id in kept if occurrence in staying else keeps_time(booking, date.state))
    ]
    session.flush()
    occupy(session, found.answer, takes, release=[date.id for date in plan.dates], now=now)
    for _case_of, dates in judged:
        keep(session, booking.id, dates, act=plan.act, now=now)
    return every


def _kept_until(session: Session, dates: Collection[int], now: datetime) -> dict[int, datetime]:
    """Until when the time of requests is kept, by the ids of their dates: what is said of them keeps it no longer."""
    if not dates:
        return {}
    held = select(Claim.occurrence_id, Claim.expires_at).where(Claim.occurrence_id.in_(dates), Claim.expires_at > now)
    return {row.occurrence_id: row.expires_at for row in session.execute(held)}


def _judged(session: Session, part: _Part, now: datetime) -> tuple[Judged, ...]:
    judged = judge(session, part.case)
    state = state_once_kept(part.case, judged)
    for occurrence, span, date in zip(part.dates, part.case.dates, judged, strict=True):
        if not date.is_refused:
            _write(occurrence, date, state, part.case.room, now)
            occurrence.asked_at = None if span.asked_at == occurrence.booking.created_at else span.asked_at
    return judged


@dataclass(frozen=True, slots=True)
class _Found:
    """What becomes of each date, and the answer that says whose time is free."""

    dates: tuple[tuple[Occurrence, Dated], ...]
    answer: Answer


def _asked(
    session: Session, own: Sequence[Occurrence], judged: Sequence[tuple[Case, Sequence[Judged]]], plan: Plan, now: datetime
) -> _Found:
    """Ask for all of them at once; a date that stays where it was is in the way of those that would have come there."""
    allowed = [not date.is_refused for _case_of, dates in judged for date in dates]
    taking = [date.id for date, may in zip(own, allowed, strict=True) if may]
    asked = ask(session, [want for case, dates in judged for want in wants_of(case, dates)], due_by=plan.due_by, now=now)
    going = {date.id for date in own} if plan.on_conflict is OnConflict.REFUSE else set(taking)
    answer = asked.without(going)
    while plan.on_conflict is OnConflict.SKIP and (stuck := {taking[want] for want in answer.stuck} & going):
        going -= stuck
        answer = asked.without(going)
    return _Found(tuple(zip(own, results(judged, answer), strict=True)), answer)


def case_again(
    booking: Booking,
    plan: Plan,
    dates: Sequence[Occurrence],
    room: Room,
    *,
    held: Exceptions,
    standings: tuple[Standing, ...],
    settled: tuple[int, ...] = (),
) -> Case:
    """The case of dates of a booking in a room, as one plan would have them; ``settled`` are not counted, by id."""
    waits = not plan.confirms and booking.confirm_by is not None
    applicant = applicant_in(booking, standings, by_staff=plan.by_staff, must_confirm=waits)
    case = case_of_booking(booking, applicant, [plan.span(date) for date in dates], room)
    since = min(span.asked_at or booking.created_at for span in case.dates)
    return replace(case, settled=settled, exceptions=held.unanswered, waivers=held.waivers, submitted=since, not_before=plan.not_before)


def is_granted(date: Occurrence, room: Room, time: Interval) -> bool:
    """Whether this is the room and the time that a date lost and had been granted: the decision on it stands."""
    was_booked = date.state is OccurrenceState.DISPLACED and (date.had or {}).get("state") == OccurrenceState.BOOKED
    return was_booked and (date.room_id, date.starts_at, date.ends_at) == (room.id, time.start, time.end)


def _write(occurrence: Occurrence, judged: Judged, state: OccurrenceState, room: Room, now: datetime) -> None:
    """Write the date's new state; SEQUENCE rises with time, place and status, here by one for all of them."""
    wall, interval = judged.wall, judged.wall.interval()
    before = (occurrence.starts_at, occurrence.ends_at, occurrence.room_id, occurrence.state)
    decided = _decided(occurrence, to_wall(now, wall.zone))
    # What is given back costs what it did.
    is_back, had = is_granted(occurrence, room, interval), occurrence.had or {}
    prices = {"charged_price": had["charged_price"]} if is_back else priced(judged, is_kept=True)
    if state is OccurrenceState.BOOKED and occurrence.state is not state:
        # Who has time again owes nothing for what was given up.
        occurrence.fee, occurrence.absent_at, occurrence.absent_by = None, None, None
    # The room beside its id: who is answered next reads the room.
    occurrence.state, occurrence.room, occurrence.room_id, occurrence.reason = state, room, room.id, ""
    occurrence.lost_to, occurrence.had = "", None
    occurrence.local_start, occurrence.local_end, occurrence.zone = wall.start, wall.end, wall.zone
    occurrence.starts_at, occurrence.ends_at = interval.start, interval.end
    occurrence.before_minutes, occurrence.after_minutes = judged.buffers
    occurrence.agreement_id = judged.agreement
    occurrence.conditions = asked_of(judged.conditions, decided=decided.date(), use=wall.start.date())
    for column, value in prices.items():
        setattr(occurrence, column, value)
    if before != (occurrence.starts_at, occurrence.ends_at, occurrence.room_id, occurrence.state):
        occurrence.sequence += 1
    occurrence.changed_at = now


def _decided(occurrence: Occurrence, today: datetime) -> datetime:
    """From when on what is asked of a date can be due: today, but who moves what is late already gets no more time by that."""
    dues = (occurrence.conditions or {}).values()
    if occurrence.state is OccurrenceState.BOOKED and any(due and due < f"{today:%Y-%m-%d}" for due in dues):
        return to_wall(occurrence.booking.decided_at or occurrence.booking.created_at, occurrence.zone)
    return today


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
