"""Competing: which other bookings have the time that a request asks for, and which other requests ask for it too."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from booking.case import occupied, span_of
from booking.conflicts import Want
from booking.lifecycle import WAITING
from booking.models import Booking, Occurrence
from booking.occupy import peek
from booking.reasons import rank_of, verdicts_of_all
from booking.states import OccurrenceState
from kernel.interval import Interval
from policies.verdict import Displacement, Rank, Verdict
from venues.models import RoomSpace

# What reaches into a time began no longer before it than a booking may last.
LONGEST = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A date of another booking that meets one of a request's, by id; ``holds`` when it has the time, else it waits too."""

    wanted: int
    other: int
    booking: int
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another booking that a request meets: ``met`` are the request's dates with the other's, ``verdict`` is of its first date met."""

    booking: Booking
    met: tuple[tuple[Occurrence, Occurrence], ...]
    holds: bool
    rank: Rank | None
    displacement: Displacement | None
    verdicts: Mapping[datetime, Verdict]

    @property
    def asked_at(self) -> datetime:
        """When the first of them was asked for."""
        return min(date.submitted for date in self.lost)

    @property
    def lost(self) -> tuple[Occurrence, ...]:
        """The other's own dates that are met, each once."""
        return tuple({date.id: date for _wanted, date in self.met}.values())


def rivals_of(session: Session, booking: Booking, *, now: datetime) -> list[Rival]:
    """The others that a request meets on the dates for which it waits: who has the time first, then who waits, in order of rank.

    Nine statements, whatever the number of dates and others.
    """
    dates = {date.id: date for date in booking.occurrences if date.state in WAITING}
    if not dates:
        return []
    found = meetings(session, list(dates.values()), now=now)
    others = _dates(session, {one.other for one in found})
    verdicts = verdicts_of_all(session, {date.booking_id: date.booking for date in others.values()}.values())
    together: dict[tuple[int, bool], list[tuple[Occurrence, Occurrence]]] = {}
    for one in sorted(found, key=lambda one: (dates[one.wanted].starts_at, one.other)):
        together.setdefault((one.booking, one.holds), []).append((dates[one.wanted], others[one.other]))
    rivals = [_rival(met, verdicts[number], holds=holds) for (number, holds), met in together.items()]
    return sorted(rivals, key=lambda one: (not one.holds, order_of(one.rank), one.asked_at, one.booking.id))


def meetings(session: Session, dates: Sequence[Occurrence], *, now: datetime) -> list[Meeting]:
    """What each of these dates meets of other bookings, in six statements whatever their number."""
    spaces = _spaces(session, {date.room_id for date in dates})
    wants = [Want(spaces[date.room_id], time_of(date)) for date in dates]
    answer = peek(session, wants, now=now, alone=True)
    held = {(dates[want].id, one.occurrence_id) for want, met in answer.collisions.items() for one in met if one.occurrence_id}
    whose = _bookings(session, {other for _wanted, other in held})
    of = {date.id: date.booking_id for date in dates}
    holding = [Meeting(wanted, other, whose[other], holds=True) for wanted, other in sorted(held) if whose[other] != of[wanted]]
    keeping = {one.other for one in holding}
    return holding + [one for one in wishes_for(session, dates) if one.other not in keeping]


def wishes_for(session: Session, dates: Sequence[Occurrence]) -> list[Meeting]:
    """The dates of other requests that ask for time in the same parts of the rooms, whether they keep it or not; two statements."""
    if not dates:
        return []
    spaces = _spaces(session, {date.room_id for date in dates})
    met = _asked_for(session, [Want(spaces[date.room_id], time_of(date)) for date in dates])
    found = {
        Meeting(dates[number].id, row.id, row.booking_id, holds=False) for number, row in met if row.booking_id != dates[number].booking_id
    }
    return sorted(found, key=lambda one: (one.wanted, one.other))


def requests_for(session: Session, wants: Sequence[Want]) -> list[Occurrence]:
    """The dates of requests that ask for any of these times, with their bookings, in order of time; at most three statements."""
    found = _dates(session, {row.id for _number, row in _asked_for(session, wants)})
    return sorted(found.values(), key=lambda date: (date.starts_at, date.id))


def asked_by_others(session: Session, booking: Booking, span: Interval) -> list[Want]:
    """What other requests ask for within a span, in all rooms; one statement."""
    rows = session.execute(_asked(span).where(Occurrence.booking_id != booking.id))
    return [Want((row.space_id,), _time(row)) for row in rows]


def order_of(rank: Rank | None) -> tuple[int, int]:
    """What to sort ranks by: the first place first, of equal places the more points, and last what has no rank."""
    return (rank.place, -rank.points) if rank else (1_000_000, 0)


def time_of(date: Occurrence) -> Interval:
    """The time that a date occupies, set-up and clean-up included."""
    return occupied(span_of(date).wall, date.before_minutes, date.after_minutes)


def _asked_for(session: Session, wants: Sequence[Want]) -> Iterator[tuple[int, Any]]:
    """The dates of requests that ask for a time in the same parts of rooms, each with the number of the want; one statement."""
    if not wants:
        return
    span = Interval(min(want.time.start for want in wants) - LONGEST, max(want.time.end for want in wants) + LONGEST)
    by_day = _by_day(session.execute(_asked(span).where(RoomSpace.space_id.in_({space for want in wants for space in want.spaces}))))
    for number, want in enumerate(wants):
        for key in _days(want.spaces, want.time):
            yield from ((number, row) for row, time in by_day.get(key, ()) if time.overlaps(want.time))


def _asked(span: Interval) -> Select[*tuple[Any, ...]]:
    columns = (Occurrence.id, Occurrence.booking_id, Occurrence.starts_at, Occurrence.ends_at, Occurrence.before_minutes)
    query = select(*columns, Occurrence.after_minutes, RoomSpace.space_id).join(RoomSpace, RoomSpace.room_id == Occurrence.room_id)
    return query.where(Occurrence.state == OccurrenceState.REQUESTED, Occurrence.starts_at < span.end, Occurrence.ends_at > span.start)


def _rival(met: Sequence[tuple[Occurrence, Occurrence]], verdicts: Mapping[datetime, Verdict], *, holds: bool) -> Rival:
    first = met[0][1]
    verdict = verdicts.get(first.local_start)
    displacement = verdict.displacement if verdict else None
    return Rival(booking=first.booking, met=tuple(met), holds=holds, rank=rank_of(verdicts), displacement=displacement, verdicts=verdicts)


def _spaces(session: Session, rooms: Collection[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = dict.fromkeys(rooms, ())
    for room, space in session.execute(select(RoomSpace.room_id, RoomSpace.space_id).where(RoomSpace.room_id.in_(rooms))):
        found[room] = (*found[room], space)
    return found


def _bookings(session: Session, dates: Collection[int]) -> dict[int, int]:
    rows = session.execute(select(Occurrence.id, Occurrence.booking_id).where(Occurrence.id.in_(dates)))
    return {row.id: row.booking_id for row in rows}


def _dates(session: Session, ids: Collection[int]) -> dict[int, Occurrence]:
    whole = contains_eager(Occurrence.booking)
    parts = (whole.joinedload(Booking.organisation), whole.selectinload(Booking.occurrences), joinedload(Occurrence.room))
    query = select(Occurrence).join(Occurrence.booking).where(Occurrence.id.in_(ids)).options(*parts)
    return {date.id: date for date in session.scalars(query).unique()}


def _by_day(rows: Iterable[Any]) -> dict[tuple[int, int], list[tuple[Any, Interval]]]:
    """Asked time by space and UTC day: a season's requests are many, those of one day are few."""
    found: dict[tuple[int, int], list[tuple[Any, Interval]]] = {}
    for row in rows:
        for key in _days((row.space_id,), _time(row)):
            found.setdefault(key, []).append((row, _time(row)))
    return found


def _time(row: Any) -> Interval:
    return Interval(row.starts_at - timedelta(minutes=row.before_minutes), row.ends_at + timedelta(minutes=row.after_minutes))


def _days(spaces: Iterable[int], time: Interval) -> Iterator[tuple[int, int]]:
    first, last = time.start.toordinal(), time.end.toordinal()
    return ((space, day) for space in spaces for day in range(first, last + 1))
