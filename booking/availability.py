"""Availability: free times of the rooms that fit, soonest first, or per date of a series."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from booking.case import path_of
from booking.freedom import freedom_of
from booking.search import Search, suiting_rooms
from kernel.errors import Invalid, refuse
from kernel.interval import Interval
from kernel.recurrence import dates_of
from kernel.wallclock import WallSpan, to_wall
from venues.models import Room
from web.fields import Moment

Suiting = Sequence[tuple[Room, list[str]]]
LONGEST = timedelta(days=62)
MOST = 200


class AvailabilityQuery(BaseModel):
    """From when to when, for at least how many minutes; with ``recurrence`` the span itself is wanted on each date.

    With ``soonest`` only the first free time of each room is told, and of all rooms.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    minutes: int = Field(default=60, ge=5, le=1440)
    capacity: int | None = Field(default=None, ge=1, le=100_000)
    facility: Annotated[str, StringConstraints(max_length=80)] = ""
    district: Annotated[str, StringConstraints(max_length=80)] = ""
    kind: Annotated[str, StringConstraints(max_length=80)] = ""
    recurrence: Annotated[str, StringConstraints(max_length=300)] = ""
    soonest: bool = False


class FreeTime(BaseModel):
    """A stretch in which a room is open and free; ``unknown`` names what was asked for and is not known of it."""

    room: str
    start: datetime
    end: datetime
    unknown: list[str]


class SeriesFit(BaseModel):
    """On which dates of a series a room is open and free, and on which it is not."""

    room: str
    free: list[date]
    taken: list[date]
    unknown: list[str]


class Availability(BaseModel):
    """Free times, or fits of a series; the policy is asked by ``/verdicts``."""

    free: list[FreeTime] = []
    series: list[SeriesFit] = []


def availability(session: Session, query: AvailabilityQuery, *, now: datetime) -> Availability:
    """The free times of all rooms that suit; raises Invalid for a span that is empty or longer than 62 days."""
    span = Interval(query.from_, query.to)
    if span.length > LONGEST:
        raise refuse(Invalid, "too-long-span", "to", query.to.isoformat(), days=LONGEST.days)
    search = Search(capacity=query.capacity, district=query.district, kind=query.kind, needs=(query.facility,) if query.facility else ())
    suiting = suiting_rooms(session, search)
    if query.recurrence:
        return Availability(series=_series(session, suiting, span, query.recurrence, now))
    return Availability(free=_free(session, suiting, span, query, now))


def _free(session: Session, suiting: Suiting, span: Interval, query: AvailabilityQuery, now: datetime) -> list[FreeTime]:
    """The stretches of all rooms, or the first of each, soonest first; no more are looked for than are told."""
    span = Interval(max(span.start, now), span.end) if now < span.end else span
    rooms = {room.id: (room, unknown) for room, unknown in suiting}
    freedom = freedom_of(session, list(rooms), span, now=now)
    found = freedom.stretches(rooms, span, query.minutes * 60, once=query.soonest)
    at_once = groupby(found, key=lambda free: free[0])
    in_order = (
        free
        for _, together in at_once
        for free in sorted((_free_time(*rooms[room], start, end) for start, end, room in together), key=_order)
    )
    return list(islice(in_order, len(suiting) if query.soonest else MOST))


def _free_time(room: Room, unknown: list[str], start: int, end: int) -> FreeTime:
    begins, ends = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    return FreeTime(room=path_of(room), start=begins, end=ends, unknown=unknown)


def _order(free: FreeTime) -> tuple[bool, str]:
    """Of what begins together."""
    return bool(free.unknown), free.room


def _series(session: Session, suiting: Suiting, span: Interval, rule: str, now: datetime) -> list[SeriesFit]:
    if not suiting:
        return []
    zone = suiting[0][0].venue.zone
    wall = WallSpan(to_wall(span.start, zone), to_wall(span.end, zone), zone)
    days = dates_of(rule, wall.start, zone=zone)
    times = [wall.on(day).interval() for day in days]
    freedom = freedom_of(session, [room.id for room, _ in suiting], Interval(times[0].start, times[-1].end), now=now)
    free = freedom.at(times)
    fits = [_fit(room, unknown, days, set(free.on(room.id))) for room, unknown in suiting]
    return sorted(fits, key=lambda fit: (-len(fit.free), bool(fit.unknown), fit.room))


def _fit(room: Room, unknown: list[str], days: Sequence[date], free: Collection[int]) -> SeriesFit:
    parted: tuple[list[date], list[date]] = ([], [])
    for number, day in enumerate(days):
        parted[number not in free].append(day)
    return SeriesFit(room=path_of(room), free=parted[0], taken=parted[1], unknown=unknown)
