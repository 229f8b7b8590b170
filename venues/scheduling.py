"""Scheduling: the verbs that change when rooms can be used - opening hours, closures as rows, the school calendar."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from database.audit import Act, record
from kernel.errors import Conflict, Fault, Invalid, Missing, refuse
from kernel.interval import Interval
from kernel.wallclock import WallSpan, to_wall
from venues.editing import lock_spaces, raise_spaces, raised, require_version
from venues.inputs import ClosureInput, HoursInput, SchoolInput, days_in_order
from venues.models import Closure, OpeningHours, Origin, Room, SchoolPeriod, Space, Venue
from venues.opening import HOLIDAY, MIDNIGHT, Openness
from venues.queries import municipality, subject_of, venue_named
from web.fields import clock_text

# Of a closure: what is told of later began at most so long ago, and what lasts longer is out of use.
BACK, AHEAD = timedelta(days=-366), timedelta(days=5 * 366)


def set_opening_hours(session: Session, venue: str, room: str, given: HoursInput, *, by: Actor, now: datetime) -> Venue | Room:
    """Replace the week of one period of a venue, or of one room (``room`` not empty), which then has its own hours.

    Raises Stale, Invalid (``end-before-start``, ``hours-overlap``, ``period-backwards``), all faults at once.
    """
    place, one = _locked(session, venue, room, given, by)
    row = one or place
    faults = list(_faults(given))
    if faults:
        raise Invalid(*faults)
    before = _rows(session, place, one, given)
    for old in before:
        session.delete(old)
    session.add_all(_new_rows(place, one, given))
    _changed(row, row.spaces, now)
    facts = {"rows": len(given.rows), "before": len(before), "first": _iso(given.first_day), "last": _iso(given.last_day)}
    record(session, Act("set_opening_hours", row.__tablename__, row.id, facts), by=by, now=now)
    session.flush()
    return row


def forget_opening_hours(session: Session, venue: str, room: str, given: HoursInput, *, by: Actor, now: datetime) -> Venue | Room:
    """Take a period's week away altogether: a room has its venue's hours again, a venue's become unknown. Raises Stale."""
    place, one = _locked(session, venue, room, given, by)
    row = one or place
    rows = _rows(session, place, one, given)
    for old in rows:
        session.delete(old)
    if rows:
        _changed(row, row.spaces, now)
        record(session, Act("forget_opening_hours", row.__tablename__, row.id, {"before": len(rows)}), by=by, now=now)
    session.flush()
    return row


def add_closure_row(session: Session, venue: str, given: ClosureInput, *, by: Actor, now: datetime) -> Closure:
    """Note that a venue or room is closed; bookings that it meets are the caller's to find, who has locked the spaces.

    Raises Invalid (``end-before-start``, ``missing-hour``, ``out-of-range``), Conflict (``closed-already``) where the same is closed at the
    same time, which names that: two would each have to be withdrawn.
    """
    place, one = subject_of(session, venue, given.room)
    by.require(by.is_officer or by.is_caretaker_of(place.id), "caretaker")
    require_near(given, now=now)
    interval = WallSpan(given.start, given.end, place.zone).interval()
    when = (Closure.starts_at == interval.start, Closure.ends_at == interval.end, Closure.withdrawn_at.is_(None))
    what = (Closure.venue_id == place.id, Closure.room_id == (one.id if one else None), Closure.out_of_order == given.out_of_order)
    same = session.scalars(select(Closure).where(*what, *when).order_by(Closure.id)).first()
    if same:
        raise refuse(Conflict, "closed-already", "start", f"{given.start:%Y-%m-%dT%H:%M}", closure=same.id, why=same.reason)
    closure = Closure(
        venue_id=place.id,
        room_id=one.id if one else None,
        local_start=given.start,
        local_end=given.end,
        all_day=given.start.time() == given.end.time() == time(),
        starts_at=interval.start,
        ends_at=interval.end,
        reason=given.reason,
        out_of_order=given.out_of_order,
        created_at=now,
        changed_at=now,
        origin=Origin.STAFF,
    )
    session.add(closure)
    _changed(place, (one or place).spaces, now)
    session.flush()
    record(session, Act("add_closure", "closure", closure.id, {"venue": place.id, "room": closure.room_id}), by=by, now=now)
    return closure


def require_near(given: ClosureInput, *, now: datetime) -> None:
    """Raises Invalid (``out-of-range``) for a closure that begins or ends so far away that only a slip of the hand means it."""
    least, most = (now + BACK).date(), (now + AHEAD).date()
    days = {"start": given.start.date(), "end": given.end.date()}
    limits = {"least": least.isoformat(), "most": most.isoformat()}
    faults = [Fault("out-of-range", field, day.isoformat(), limits) for field, day in days.items() if not least <= day <= most]
    if faults:
        raise Invalid(*faults)


def withdraw_closure(session: Session, closure_id: int, *, by: Actor, now: datetime) -> Closure:
    """Take a closure back as if it had not been; the row stays for the history. Raises Missing, Conflict (``closure-withdrawn``)."""
    closure = _standing(session, closure_id, by)
    closure.withdrawn_at = now
    return _opened(session, closure, "withdraw_closure", by=by, now=now)


def end_closure(session: Session, closure_id: int, *, by: Actor, now: datetime) -> Closure:
    """Open again what is closed: what has begun ends now, because it was closed until then, and what has not is withdrawn.

    Raises Missing, Conflict (``closure-withdrawn``, ``closure-over``).
    """
    closure = _standing(session, closure_id, by)
    if closure.starts_at >= now:
        return withdraw_closure(session, closure_id, by=by, now=now)
    if closure.ends_at <= now:
        raise refuse(Conflict, "closure-over", "closure", closure_id, until=closure.local_end)
    closure.ends_at, closure.all_day = now, False
    closure.local_end = to_wall(now, session.get_one(Venue, closure.venue_id).zone)
    return _opened(session, closure, "end_closure", by=by, now=now)


def closure_for(session: Session, closure_id: int, *, by: Actor) -> Closure:
    """A closure for an act of those who look after the house; raises Missing (``unknown-closure``), Forbidden."""
    closure = session.get(Closure, closure_id)
    if closure is None:
        raise refuse(Missing, "unknown-closure", "closure", closure_id)
    by.require(by.is_officer or by.is_caretaker_of(closure.venue_id), "caretaker")
    return closure


def spaces_of(session: Session, closure: Closure) -> Sequence[Space]:
    """The parts of what is closed: of a room, or of the whole venue."""
    return session.get_one(Room, closure.room_id).spaces if closure.room_id else session.get_one(Venue, closure.venue_id).spaces


@dataclass(frozen=True, slots=True)
class Shut:
    """A closure with the parts, by id, of what is closed or has something out of order."""

    closure: Closure
    spaces: frozenset[int]

    def meets(self, spaces: Collection[int], time: Interval) -> bool:
        """Whether it is of some of these parts at a time."""
        return Interval(self.closure.starts_at, self.closure.ends_at).overlaps(time) and not self.spaces.isdisjoint(spaces)


def shut_by(session: Session, closure: Closure) -> Shut:
    """A closure with its parts."""
    return Shut(closure, frozenset(space.id for space in spaces_of(session, closure)))


def add_school_period(session: Session, venue: str, given: SchoolInput, *, by: Actor, now: datetime) -> SchoolPeriod:
    """Add days to the municipality's school calendar, or to a venue's own (``venue`` not empty). Raises Invalid."""
    by.require(by.is_officer, "officer")
    if given.last_day < given.first_day:
        raise refuse(Invalid, "period-backwards", "last_day", given.last_day, first=given.first_day)
    place = venue_named(session, venue) if venue else None
    period = SchoolPeriod(venue_id=place.id if place else None, **given.model_dump(), origin=Origin.STAFF)
    session.add(period)
    raised(place or municipality(session), now)
    session.flush()
    record(session, Act("add_school_period", "school_period", period.id, {"venue": period.venue_id}), by=by, now=now)
    return period


def remove_school_period(session: Session, period_id: int, *, by: Actor, now: datetime) -> None:
    """Take days out of the school calendar. Raises Missing (``unknown-school-period``)."""
    by.require(by.is_officer, "officer")
    period = session.get(SchoolPeriod, period_id)
    if period is None:
        raise refuse(Missing, "unknown-school-period", "period", period_id)
    raised(session.get_one(Venue, period.venue_id) if period.venue_id else municipality(session), now)
    facts = {"venue": period.venue_id, "first": _iso(period.first_day), "last": _iso(period.last_day), "kind": period.kind.value}
    record(session, Act("remove_school_period", "school_period", period_id, facts), by=by, now=now)
    session.delete(period)
    session.flush()


def _locked(session: Session, venue: str, room: str, given: HoursInput, by: Actor) -> tuple[Venue, Room | None]:
    """The venue or room whose hours an officer changes, its parts locked; raises Stale."""
    by.require(by.is_officer, "officer")
    place, one = subject_of(session, venue, room)
    lock_spaces(session, (one or place).spaces)
    require_version(session, one or place, given.version)
    return place, one


def _standing(session: Session, closure_id: int, by: Actor) -> Closure:
    """A closure that was not withdrawn, for who may change it."""
    closure = closure_for(session, closure_id, by=by)
    if closure.withdrawn_at is not None:
        raise refuse(Conflict, "closure-withdrawn", "closure", closure_id)
    return closure


def _opened(session: Session, closure: Closure, verb: str, *, by: Actor, now: datetime) -> Closure:
    closure.changed_at = now
    closure.sequence += 1
    venue = session.get_one(Venue, closure.venue_id)
    _changed(venue, spaces_of(session, closure), now)
    record(session, Act(verb, "closure", closure.id, {"venue": venue.id, "room": closure.room_id}), by=by, now=now)
    session.flush()
    return closure


def _faults(given: HoursInput) -> Iterator[Fault]:
    if not days_in_order(given.first_day, given.last_day):
        yield Fault("period-backwards", "last_day", given.last_day, {"first": given.first_day})
    taken: list[tuple[int, int, int]] = []
    for number, row in enumerate(given.rows):
        start, end = row.minutes
        if end <= start:
            yield Fault("end-before-start", f"rows[{number}].end", end, {"start": start})
        elif any(day == row.weekday and start < other_end and other_start < end for day, other_start, other_end in taken):
            yield Fault("hours-overlap", f"rows[{number}].start", clock_text(row.start))
        taken.append((row.weekday, start, end))


def _rows(session: Session, venue: Venue, room: Room | None, given: HoursInput) -> Sequence[OpeningHours]:
    """The rows of the same place and period."""
    of_room = OpeningHours.room_id == room.id if room else OpeningHours.room_id.is_(None)
    rows = session.scalars(select(OpeningHours).where(OpeningHours.venue_id == venue.id, of_room))
    return [row for row in rows if (row.first_day, row.last_day) == (given.first_day, given.last_day)]


def _new_rows(venue: Venue, room: Room | None, given: HoursInput) -> list[OpeningHours]:
    week = [(row.weekday, *row.minutes, row.openness) for row in given.rows]
    # A week without windows must leave a trace, else nobody could tell closed from unknown.
    week = week or [(day, 0, MIDNIGHT, Openness.CLOSED) for day in range(HOLIDAY)]
    period = {"first_day": given.first_day, "last_day": given.last_day}
    return [
        OpeningHours(
            venue_id=venue.id,
            room_id=room.id if room else None,
            weekday=day,
            from_minute=start,
            to_minute=end,
            openness=openness,
            origin=Origin.STAFF,
            **period,
        )
        for day, start, end, openness in week
    ]


def _changed(row: Venue | Room, spaces: Sequence[Space], now: datetime) -> None:
    raised(row, now)
    raise_spaces(spaces)


def _iso(day: object) -> str | None:
    return str(day) if day else None
