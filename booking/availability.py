"""Availability: free times of the rooms that fit, soonest first, or per date of a series."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.case import path_of
from booking.conflicts import Want
from booking.models import Claim
from booking.occupy import peek
from booking.search import Search, openness_of, suiting_rooms
from kernel.errors import Invalid, refuse
from kernel.interval import Interval, without
from kernel.recurrence import dates_of
from kernel.wallclock import WallSpan, to_wall
from venues.models import Room
from venues.opening import Openness
from venues.queries import openings_of
from web.fields import Moment

LONGEST = timedelta(days=62)
MOST = 200


class AvailabilityQuery(BaseModel):
    """From when to when, for at least how many minutes; with ``recurrence`` the span itself is wanted on each date."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    minutes: int = Field(default=60, ge=5, le=1440)
    capacity: int | None = Field(default=None, ge=1, le=100_000)
    facility: Annotated[str, StringConstraints(max_length=80)] = ""
    district: Annotated[str, StringConstraints(max_length=80)] = ""
    kind: Annotated[str, StringConstraints(max_length=80)] = ""
    recurrence: Annotated[str, StringConstraints(max_length=300)] = ""


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
    found = _free(session, suiting, span, query.minutes, now)
    return Availability(free=sorted(found, key=lambda free: (free.start, bool(free.unknown), free.room))[:MOST])


def _free(session: Session, suiting: Sequence[tuple[Room, list[str]]], span: Interval, minutes: int, now: datetime) -> list[FreeTime]:
    rooms = [room for room, _ in suiting]
    span = Interval(max(span.start, now), span.end) if now < span.end else span
    first, last = span.start.date() - timedelta(days=1), span.end.date() + timedelta(days=1)
    openings = openings_of(session, rooms, first, last)
    taken = _taken(session, rooms, span, now)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = []
    for room, unknown in suiting:
        claims = [claim for space in room.spaces for claim in taken.get(space.id, ())]
        usable = [interval for day in days for interval in openings[room.id].usable(day)]
        parts = [part for interval in usable if (part := interval.common(span)) is not None]
        free = [left for part in parts for left in without(part, claims) if left.minutes >= minutes]
        found += [FreeTime(room=path_of(room), start=left.start, end=left.end, unknown=unknown) for left in free]
    return found


def _taken(session: Session, rooms: Sequence[Room], span: Interval, now: datetime) -> dict[int, list[Interval]]:
    spaces = {space.id for room in rooms for space in room.spaces}
    # Claims are bounded in length by what a booking may last, so a bounded start finds those that reach into the span.
    claims = select(Claim.space_id, Claim.starts_at, Claim.ends_at).where(
        Claim.space_id.in_(spaces), Claim.starts_at >= span.start - LONGEST, Claim.starts_at < span.end, Claim.ends_at > span.start
    )
    taken: dict[int, list[Interval]] = {}
    for space, start, end in session.execute(claims.where((Claim.expires_at.is_(None)) | (Claim.expires_at > now))):
        taken.setdefault(space, []).append(Interval(start, end))
    return taken


def _series(session: Session, suiting: Sequence[tuple[Room, list[str]]], span: Interval, rule: str, now: datetime) -> list[SeriesFit]:
    if not suiting:
        return []
    zone = suiting[0][0].venue.zone
    wall = WallSpan(to_wall(span.start, zone), to_wall(span.end, zone), zone)
    days = dates_of(rule, wall.start, zone=zone)
    openings = openings_of(session, [room for room, _ in suiting], days[0], days[-1] + timedelta(days=1))
    tries = [(room, unknown, wall.on(day)) for room, unknown in suiting for day in days]
    wants = [Want(tuple(space.id for space in room.spaces), time.interval()) for room, _, time in tries]
    answer = peek(session, wants, now=now, alone=True)
    fits = {room.id: SeriesFit(room=path_of(room), free=[], taken=[], unknown=unknown) for room, unknown in suiting}
    for number, (room, _, time) in enumerate(tries):
        is_open = openness_of(openings[room.id], wants[number].time, time.zone) is not Openness.CLOSED
        kept = fits[room.id].free if is_open and answer.is_free(number) else fits[room.id].taken
        kept.append(time.start.date())
    return sorted(fits.values(), key=lambda fit: (-len(fit.free), bool(fit.unknown), fit.room))
