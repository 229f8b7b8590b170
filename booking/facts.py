"""Facts: the only place that fills what a policy judges from the database, in a fixed number of queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from booking.case import Case
from booking.drawing import Held, held_by
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.states import BookingKind, OccurrenceState
from database.sql import epoch
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from policies.known import facts_around, office_holidays
from policies.layers import PlacedCount
from policies.occasion import parts_of
from policies.queries import InForce, in_force
from policies.request import Facts, Request, RoomFacts, Usage, added
from policies.rules.counts import Count, Measure, Subject, adds
from policies.verdict import Layer
from venues.models import Room
from venues.opening import Opening
from venues.queries import openings_of

ROUND_ABOUT = timedelta(days=1)
Columns = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known for judging a case: how the room is open, which policies are in force, what is used already."""

    opening: Opening
    policies: InForce
    usage: tuple[Usage, ...]
    agreements: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted for an applicant already, so that cases which are judged one after the other ask for it once."""

    usage: dict[tuple[PlacedCount, int | None], Usage] = field(default_factory=dict)
    agreements: dict[int, tuple[Held, ...]] = field(default_factory=dict)


def gather(session: Session, case: Case) -> Gathered:
    """Read all facts of a case; the number of queries does not grow with its dates."""
    days = sorted({span.wall.start.date() for span in case.dates} | {span.wall.end.date() for span in case.dates})
    if case.known and case.known.first <= days[0]:
        return gathered(session, case, case.known.opening, case.known.policies, Counts())
    opening = openings_of(session, [case.room], days[0] - ROUND_ABOUT, days[-1] + ROUND_ABOUT)[case.room.id]
    policies = in_force(session, case.room, days[0], days[-1])
    return gathered(session, case, opening, policies, Counts())


def gathered(session: Session, case: Case, opening: Opening, policies: InForce, counts: Counts) -> Gathered:
    """The facts of a case with what is counted for it, of a room whose opening and policies are known."""
    return Gathered(opening, policies, _usage(session, case, policies, counts), _agreements(session, case, counts))


def facts_on(gathered: Gathered, case: Case, request: Request) -> Facts:
    """The facts for one date of a case: its days and those around them, among which alternatives are sought."""
    dates = request.dates
    return facts_around(
        room_facts(case.room),
        gathered.opening,
        dates,
        applicant=case.applicant.facts_on(min(dates)),
        usage=gathered.usage,
        **_agreed(gathered, case, min(dates)),
        office_holidays=office_holidays(request.submitted, case.room.venue.zone),
        by_staff=case.applicant.by_staff,
        waivers=case.waivers,
    )


def room_facts(room: Room) -> RoomFacts:
    """A room as rules read it."""
    return RoomFacts(room.capacity, room.kind, tuple(room.facilities))


def _usage(session: Session, case: Case, policies: InForce, counts: Counts) -> tuple[Usage, ...]:
    """What the quotas of the policies want counted, one query per count (there are as many as quota rules and periods)."""
    sound = [(span, span.wall.start.date()) for span in case.dates if span.fault is None]
    requests = [case.request(span) for span, day in sound if policies.on(day).counts_on(day)]
    wanted = {count for request in requests for count in policies.on(request.dates[0]).counts(request)}
    ordered = sorted(wanted, key=lambda placed: (placed.count.key, placed.count.first))
    return tuple(_remembered(session, case, placed, counts) for placed in ordered)


def _remembered(session: Session, case: Case, placed: PlacedCount, counts: Counts) -> Usage:
    """The count, asked for once where it is about the same rooms."""
    about_room = placed.layer is Layer.ROOM or placed.count.measure is Measure.AT_ONCE
    key = placed, case.room.id if about_room else case.room.venue_id if placed.layer is Layer.VENUE else None
    if key not in counts.usage:
        counts.usage[key] = _counted(session, case, placed)
    return counts.usage[key]


def _counted(session: Session, case: Case, placed: PlacedCount) -> Usage:
    count, given = placed.count, _given(case, placed.count)
    if count.inside:
        columns: Columns = (Occurrence.starts_at, Occurrence.ends_at, Occurrence.local_start, Occurrence.local_end)
        return _inside(case, placed, session.execute(_counting(columns, placed.layer, *_shape(count)), given).all())
    minutes, dates = session.execute(_counting(MINUTES, placed.layer, *_shape(count)), given).one()
    return reduce(added, _beside(case, placed), Usage(count.key, count.first, count.last, int(minutes), dates))


def _beside(case: Case, placed: PlacedCount) -> Iterator[Usage]:
    """What dates of the same wish in other rooms add to a count."""
    count = placed.count
    for room, wall, _agreement in case.beside:
        is_there = placed.layer is not Layer.ROOM and (placed.layer is not Layer.VENUE or room.venue_id == case.room.venue_id)
        if is_there and (not count.room_kinds or room.kind in count.room_kinds) and _is_meant(count, wall):
            yield adds(count, wall.interval().minutes, parts_of(wall.start, wall.end))


def _is_meant(count: Count, wall: WallSpan) -> bool:
    """What ``_times`` says, of a date that is not written yet."""
    match count.measure, count.interval:
        case Measure.AT_ONCE, Interval() as wanted:
            return wall.interval().overlaps(wanted)
        case Measure.AHEAD, _:
            return count.moment is None or wall.interval().start > count.moment
        case Measure.USED, _:
            return count.first <= wall.start.date() <= count.last
        case _:
            return False


def _inside(case: Case, placed: PlacedCount, found: Sequence[Any]) -> Usage:
    """The count with the minutes inside its stretches, which only the wall clock of each date tells."""
    count = placed.count
    each = (adds(count, Interval(row.starts_at, row.ends_at).minutes, parts_of(row.local_start, row.local_end)) for row in found)
    return reduce(added, (*each, *_beside(case, placed)), Usage(count.key, count.first, count.last))


def _agreements(session: Session, case: Case, counts: Counts) -> tuple[Held, ...]:
    """What the applicant's agreements give, with what stands on them; one statement, where there is any."""
    organisation = case.applicant.agreed_with
    if organisation is None:
        return ()
    if organisation not in counts.agreements:
        since = min([case.submitted.date(), *(span.wall.start.date() for span in case.dates)])
        counts.agreements[organisation] = held_by(session, organisation, since=since, settled=case.settled, booking=case.booking_id)
    beside = [(wall, agreement) for _room, wall, agreement in case.beside]
    return tuple(held.with_more(beside) for held in counts.agreements[organisation])


def _agreed(gathered: Gathered, case: Case, day: date) -> dict[str, Any]:
    """The agreement that is named, else those that a date may draw on."""
    given, named = tuple(held.on(day) for held in gathered.agreements), case.applicant.agreement
    if named is None:
        return {"agreements": given}
    return {"entitlement": next((held for held in given if held.id == str(named.id)), None)}


def _dates(columns: Columns, measure: Measure = Measure.USED) -> Select[Any]:
    """All live dates but those that are judged: counts are never stored."""
    joined = select(*columns).select_from(Occurrence).join(Booking).join(Room, Occurrence.room_id == Room.id)
    counted = Occurrence.absent_at.is_not(None) if measure is Measure.ABSENT else Occurrence.state.in_(sorted(LIVE))
    return joined.where(counted, Booking.kind != BookingKind.INCOMING, Occurrence.id.not_in(bindparam("settled", expanding=True)))


@cache
def _counting(columns: Columns, layer: Layer, subject: Subject, measure: Measure, is_of_kinds: bool) -> Select[Any]:
    """Put together once of each shape: bookings, searches and offers send it with what ``_given`` says."""
    kinds = [Room.kind.in_(bindparam("kinds", expanding=True))] if is_of_kinds else []
    return _dates(columns, measure).where(*SUBJECTS[subject], *AREAS.get(layer, ()), *_times(measure), *kinds)


def _shape(count: Count) -> tuple[Subject, Measure, bool]:
    # What is at once with no time that is asked for is what lies in the period.
    is_timeless = count.measure is Measure.AT_ONCE and count.interval is None
    return count.subject, Measure.USED if is_timeless else count.measure, bool(count.room_kinds)


def _times(measure: Measure) -> Sequence[ColumnElement[bool]]:
    """Which dates are meant: by the days of the period, by the time asked for, or by the moment of asking."""
    in_period = (Occurrence.local_start >= bindparam("first"), Occurrence.local_start < bindparam("until"))
    match measure:
        case Measure.AT_ONCE:
            return Occurrence.starts_at < bindparam("end"), Occurrence.ends_at > bindparam("start"), Occurrence.room_id != bindparam("room")
        case Measure.AHEAD:
            return (Occurrence.starts_at > bindparam("moment"),)
        case Measure.ABSENT:
            return (*in_period, Occurrence.absent_at < bindparam("moment"))
        case _:
            return in_period


def _given(case: Case, count: Count) -> dict[str, Any]:
    """What a statement of any shape is sent with; what begins after a moment has no period that ends."""
    is_endless = count.measure is Measure.AHEAD
    return {
        "settled": case.settled,
        "booking": case.booking_id,
        "holder": int(count.holder),
        "team": count.team,
        "room": case.room.id,
        "venue": case.room.venue_id,
        "kinds": count.room_kinds,
        "start": count.interval and count.interval.start,
        "end": count.interval and count.interval.end,
        "moment": count.moment,
        "first": datetime.combine(count.first, datetime.min.time()),
        "until": None if is_endless else datetime.combine(count.last + timedelta(days=1), datetime.min.time()),
    }


MINUTES: Columns = (func.coalesce(func.sum(epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)), 0) / 60, func.count())
# Of an organisation counts what somebody has stood by who acts for it, and what the case has itself.
THEIRS = (
    Booking.organisation_id == bindparam("holder"),
    or_(Occurrence.state != OccurrenceState.UNCONFIRMED, Booking.id == bindparam("booking")),
)
SUBJECTS: Mapping[Subject, Sequence[ColumnElement[bool]]] = {
    Subject.PERSON: (Booking.holder_id == bindparam("holder"),),
    Subject.TEAM: (*THEIRS, Booking.team == bindparam("team")),
    Subject.ORGANISATION: THEIRS,
}
AREAS: Mapping[Layer, Sequence[ColumnElement[bool]]] = {
    Layer.ROOM: (Room.id == bindparam("room"),),
    Layer.VENUE: (Room.venue_id == bindparam("venue"),),
}
