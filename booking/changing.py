"""Changing: when and where dates of a booking are and what it says of them, through the same gate as a new one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking import images
from booking.applicants import require_kind
from booking.case import in_use, span_of
from booking.cases import booking_at, occurrence_of, require_holder
from booking.ending import costs_of, keys_of
from booking.fees import Cost, sum_of
from booking.lifecycle import LIVE, WAITING
from booking.lifecycle import Act as Doing
from booking.models import Booking, Occurrence
from booking.outcome import Dated, Declined, faults_of
from booking.resettle import Plan, Resettled, lock_for, settle
from booking.resources import needed_in
from booking.revisions import touch
from booking.scope import Scope, reached
from booking.splitting import from_then_on, parted
from booking.states import OccurrenceState
from booking.telling import tell
from booking.waiving import drop
from booking.wish import OnConflict, wall_span
from database.audit import Act, record
from database.locks import lock
from kernel.errors import Conflict, Fault, refuse
from kernel.wallclock import WallSpan
from venues.models import Room
from venues.queries import room_at

# What an exception was granted for, beside the time.
OTHERWISE = frozenset({"participants", "resources", "open_to_all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a booking says of its dates; None leaves it as it is. Team, participants, what it wants beside the room and whether it is
    open to all are judged."""

    team: str | None = None
    purpose: str | None = None
    participants: Mapping[str, int] | None = None
    resources: Mapping[str, int] | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    open_to_all: bool | None = None
    public: Mapping[str, object] | None = None
    shown_publicly: bool | None = None

    def new_in(self, booking: Booking) -> dict[str, object]:
        """What of it is other than the booking says now."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in said.items() if value is not None and value != getattr(booking, name)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be changed of a date, and of those that ``scope`` reaches or that stand ``beside`` it.

    ``start`` and ``end`` are the new time of the date itself, on the wall clock or with an offset: the others are shifted by as
    many days, and take its clock times where these change. ``room`` is ``venue/room``. With ``on_conflict`` skip, dates that
    cannot move stay where they were. Booked dates for which the policy wants a decision then give up the time that they have, unless
    they are not ``ready_to_wait``.
    """

    number: int
    scope: Scope = Scope.ONE
    beside: Collection[int] = ()
    start: datetime | None = None
    end: datetime | None = None
    room: str | None = None
    said: Said = Said()
    on_conflict: OnConflict = OnConflict.REFUSE
    ready_to_wait: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """The booking of the changed dates, which is a new one where only these say something else now, and what keeps the
    others where they were, by number."""

    booking: Booking
    left: Mapping[int, tuple[Fault, ...]]


def change(session: Session, booking_id: int, wanted: Change, *, version: int | None = None, by: Actor, now: datetime) -> Changed:
    """Change dates that lie ahead, all of those reached or, with ``on_conflict`` skip, those that can be; one that is asked to be
    where it is stays as it is.

    Where the policy wants a decision on the new time and no officer moves it, a date waits for that decision, and what giving up its old
    time costs stays owed until there is a yes. Exceptions that were granted go with a date that an officer moves, and not with one that its
    holder moves, or for whom it is to be otherwise.
    A new time is asked for now: it lies ahead, and the notice that the policy wants is that of today, unless an officer moves it; what
    stays is asked for as before, and kept no longer. Dates are given to another team only on the terms that they have.
    Raises Declined, Taken, Conflict (``in-the-past``, ``wrong-state``, ``room-retired``, ``team-changes-price``,
    ``team-needs-decision``, ``gives-up-time``), Stale, Missing, Forbidden; on refusal everything stays as it was.
    """
    booking = booking_at(session, booking_id, version, by=by)
    require_holder(booking, by)
    dates = reached(booking, wanted.number, wanted.scope, Doing.MOVE, beside=wanted.beside, now=now)
    said, was, asked = wanted.said.new_in(booking), images.before(session, [booking]), booking
    plan = _plan(session, booking, wanted, dates, by=by)
    is_judged = not (OTHERWISE | {"team"}).isdisjoint(said)
    moving = tuple(date for date in dates if plan.moves(date))
    for date in moving:
        in_use(plan.room or date.room)
    is_moved, plan = bool(moving), plan if is_judged else replace(plan, dates=moving)
    if is_moved:
        plan = replace(plan, not_before=now, asked_at=None if by.is_officer else now)
    if is_moved or is_judged:
        lock_for(session, booking, plan)
    else:
        lock(session, *keys_of(session, booking))
    costs = {} if by.is_officer or not (is_moved or is_judged) else costs_of(session, booking, dates, now=now)
    if said:
        booking = _saying(session, booking, wanted, dates, said, by=by, now=now)
        # Settling makes it newer by one, for the move where there is one.
        booking.version += is_moved or not is_judged
    before = {date.number: _standing(date) for date in dates}
    left: Mapping[int, Dated] = {}
    if is_moved or is_judged:
        if not by.is_officer and (is_moved or not OTHERWISE.isdisjoint(said)):
            drop(booking, [date.number for date in plan.dates])
        left = _settled(session, booking, plan, is_move=is_moved and by.is_officer, now=now).left
    if "team" in said:
        _require_same_terms(dates, before, booking.team)
    given_up = [date for date in dates if before[date.number].state is OccurrenceState.BOOKED and date.state in WAITING]
    _owe(given_up, costs, ready=wanted.ready_to_wait, by=by, now=now)
    settled = {date.number: before[date.number] for date in dates if date.number not in left}
    act = _write(session, booking, said, settled, left, by=by, now=now)
    # What became a booking of its own is put together again by nobody.
    if act and booking is asked:
        images.undoable(session, act, was, by=by, now=now)
    return Changed(booking, {number: tuple(faults_of(date)) for number, date in left.items()})


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a date stands: when, where, in which state and for what price."""

    starts_at: datetime
    ends_at: datetime
    room_id: int
    state: OccurrenceState
    prices: tuple[int | None, int | None]

    @property
    def place(self) -> tuple[datetime, datetime, int]:
        return self.starts_at, self.ends_at, self.room_id


def _standing(date: Occurrence) -> _Standing:
    return _Standing(date.starts_at, date.ends_at, date.room_id, date.state, (date.list_price, date.charged_price))


def _plan(session: Session, booking: Booking, wanted: Change, dates: tuple[Occurrence, ...], *, by: Actor) -> Plan:
    room = room_at(session, wanted.room) if wanted.room else None
    rooms = {room} if room else {date.room for date in dates}
    for place in rooms:
        require_kind(booking.kind, place, by)
    beside = tuple(one.key for place in rooms for one in needed_in(place, booking.activity, wanted.said.resources or {}))
    return Plan(
        act="move",
        dates=dates,
        room=room,
        walls=_walls(booking, wanted, dates, room),
        by_staff=by.is_officer,
        restates=True,
        on_conflict=wanted.on_conflict,
        beside=beside,
    )


def _walls(booking: Booking, wanted: Change, dates: tuple[Occurrence, ...], room: Room | None) -> dict[int, WallSpan]:
    """The new time of each date, by id."""
    if wanted.start is None and wanted.end is None:
        return {}
    first = occurrence_of(booking, wanted.number)
    zone = room.venue.zone if room else first.zone
    # What is not said stays the moment that it is, also where the clock shows it twice.
    start, end = (first.starts_at, first.ends_at) if zone == first.zone else (first.local_start, first.local_end)
    new = wall_span(wanted.start or start, wanted.end or end, zone)
    shift = new.start.date() - first.local_start.date()
    is_at_same_clock = (new.start - shift, new.end - shift) == (first.local_start, first.local_end)
    found = {date.id: (span_of(date).wall if is_at_same_clock else new).on(date.local_start.date() + shift) for date in dates}
    return found | ({first.id: new} if first.id in found else {})


def _saying(
    session: Session,
    booking: Booking,
    wanted: Change,
    dates: tuple[Occurrence, ...],
    said: Mapping[str, object],
    *,
    by: Actor,
    now: datetime,
) -> Booking:
    """The booking that says it: a new one where other dates, or dates that have been, say what they said."""
    others = [date for date in booking.occurrences if date.state in LIVE and date not in dates]
    # Whom to call, and what anybody may read, is asked of what is to come; who may read of it is changed for what has been too.
    if said.keys() <= {"contact_name", "contact_phone", "public", "shown_publicly"}:
        others = [date for date in others if date.starts_at > now]
    if others:
        chosen = dates if wanted.scope is Scope.ONE else from_then_on(booking, dates)
        booking = parted(session, booking, chosen, by=by, now=now)
    for name, value in said.items():
        setattr(booking, name, value)
    if not said.keys().isdisjoint({"participants", "resources"}):
        # What was decided of dates that lost their time was decided of something else.
        for date in booking.occurrences:
            date.had = None
    booking.changed_at = now
    return booking


def _settled(session: Session, booking: Booking, plan: Plan, *, is_move: bool, now: datetime) -> Resettled:
    rooms = {date.room_id for date in plan.dates}
    found = _moved_by_office(session, booking, plan, now=now) if is_move else settle(session, booking, plan, now=now)
    touch(session, booking, left=rooms)
    return found


def _moved_by_office(session: Session, booking: Booking, plan: Plan, *, now: datetime) -> Resettled:
    """An officer may move a date to where it could have been when its time was asked for, and to where it can be now."""
    try:
        with session.begin_nested():
            return settle(session, booking, plan, now=now)
    except Declined as as_then:
        try:
            with session.begin_nested():
                return settle(session, booking, replace(plan, asked_at=now), now=now)
        except Declined:
            raise as_then from None


def _owe(dates: Sequence[Occurrence], costs: Mapping[int, Cost], *, ready: bool, by: Actor, now: datetime) -> None:
    """Write what giving up their time costs to dates that wait now; raises Conflict where who asks has not said that they may."""
    found = [(date, costs[date.number]) for date in dates if date.number in costs]
    if dates and not ready:
        owed = sum_of(cost for _date, cost in found)
        raise refuse(Conflict, "gives-up-time-for" if owed else "gives-up-time", "ready_to_wait", None, dates=len(dates), cost=owed)
    for date, cost in found:
        date.fee = cost.fee or None
        if cost.missed:
            date.absent_at, date.absent_by = now, by.person_id


def _require_same_terms(dates: Collection[Occurrence], before: Mapping[int, _Standing], team: str) -> None:
    """Raises Conflict where another team would have the time at another price, or only after a decision."""
    faults = []
    for date in dates:
        was, now_is = before[date.number], _standing(date)
        if (was.state, was.prices) != (now_is.state, now_is.prices):
            prices = {"before": was.prices[1], "after": now_is.prices[1]}
            code = "team-needs-decision" if was.state is not now_is.state else "team-changes-price"
            faults.append(Fault(code, "team", team, {"date": f"{date.local_start:%Y-%m-%dT%H:%M}", **prices}))
    if faults:
        raise Conflict(*faults)


def _write(
    session: Session,
    booking: Booking,
    said: Mapping[str, object],
    before: Mapping[int, _Standing],
    left: Mapping[int, Dated],
    *,
    by: Actor,
    now: datetime,
) -> Act | None:
    """Audit and notice, and the last act of them: which dates moved from when and where to what, and which fields say something else."""
    moved = [date for date in booking.occurrences if (was := before.get(date.number)) and was.place != _standing(date).place]
    acts, version = [], booking.version
    if said:
        if not moved:
            touch(session, booking)
        acts.append(
            Act("restate", "booking", booking.id, {"fields": sorted(said), "dates": sorted(before), "version": version}, booking.holder_id)
        )
        tell(session, booking, "booking-changed", facts={"dates": sorted(before)}, by=by, now=now)
    if moved or left:
        numbers = [date.number for date in moved]
        record(session, *(_moved(date, before[date.number]) for date in moved), by=by, now=now)
        acts.append(
            Act(
                "move",
                "booking",
                booking.id,
                {"dates": numbers, "left": sorted(left), "version": version},
                booking.holder_id,
            )
        )
        starts = [was.starts_at for number, was in before.items() if number in numbers]
        tell(session, booking, "dates-moved", lost=starts, facts={"dates": numbers}, by=by, now=now)
    record(session, *acts, by=by, now=now)
    session.flush()
    return acts[-1] if acts else None


def _moved(date: Occurrence, was: _Standing) -> Act:
    """From when and where to what one date was moved."""
    old = {"from": was.starts_at.isoformat(), "until": was.ends_at.isoformat(), "room": was.room_id}
    new = {"to": date.starts_at.isoformat(), "ends": date.ends_at.isoformat(), "to_room": date.room_id}
    return Act("move", "occurrence", date.id, old | new)
