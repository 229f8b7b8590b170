"""Alternatives: what to take instead when a time is taken - the same room nearby in time, or a room alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from booking.case import Case, path_of
from booking.conflicts import Want
from booking.judging import judge
from booking.occupy import peek
from booking.ordinary import Place
from booking.search import openness_of
from booking.wish import DatedSpan
from kernel.errors import Invalid
from kernel.wallclock import WallSpan
from policies.judging import Memo
from policies.queries import in_force_for
from venues.models import Room, Venue
from venues.opening import Openness
from venues.queries import openings_of, room_at

MOST = 5
MOST_TIMES = 3
STEP = timedelta(minutes=30)
STEPS = 8
ALIKE = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """Another room or another time that is open and free just now, and that no rule closes to everybody."""

    room: str
    name: str
    wall: WallSpan
    changes: str

    def to_json(self) -> dict[str, str]:
        interval = self.wall.interval()
        return {
            "room": self.room,
            "name": self.name,
            "changes": self.changes,
            "start": interval.start.isoformat(),
            "end": interval.end.isoformat(),
            "local_start": f"{self.wall.start:%Y-%m-%dT%H:%M}",
            "local_end": f"{self.wall.end:%Y-%m-%dT%H:%M}",
        }


def offers(session: Session, room_path: str, wall: WallSpan, *, heads: int | None, now: datetime) -> tuple[Offer, ...]:
    """At most five: the nearest times in the same room, then rooms of its kind at the same time, nearest first.

    In a fixed number of queries. A room that is known to be too small is not offered, one of unknown size is.
    """
    room = room_at(session, room_path)
    tries = [(room, other, "time") for other in _nearby(wall, now)]
    tries += [(other, wall, "room") for other in _alike(session, room, heads)]
    rooms = list({candidate.id: candidate for candidate, _, _ in tries}.values())
    openings = openings_of(session, rooms, wall.start.date() - timedelta(days=1), wall.end.date() + timedelta(days=1))
    policies = in_force_for(session, rooms, wall.start.date() - timedelta(days=1), wall.end.date() + timedelta(days=1))
    places = {one.id: Place(one, openings[one.id], policies[one.id], Memo()) for one in rooms}
    wants = [Want(tuple(space.id for space in candidate.spaces), time.interval()) for candidate, time, _ in tries]
    # Each want stands alone here: two offers may overlap, since only one of them will be taken.
    answer = peek(session, wants, now=now, alone=True)
    free = (tries[number] for number in answer.free)
    fit = (one for one in free if _fits(places[one[0].id], one[1], heads, now))
    return tuple(_best(Offer(path_of(room), f"{room.venue.name}, {room.name}", time, way) for room, time, way in fit))


def offers_to(session: Session, case: Case, wall: WallSpan, *, now: datetime) -> tuple[Offer, ...]:
    """Those of the offers that the policy would not refuse to the applicant of a case either, each as a single booking; where
    the case has something beside its room, those at which that is free too."""
    heads = sum(band.heads for band in case.bands) or None
    found = offers(session, case.path, wall, heads=heads, now=now)
    cases = [(offer, _instead(session, case, offer)) for offer in found]
    judged = [(offer, one, judge(session, one)[0]) for offer, one in cases]
    fit = [(offer, date.want(one)) for offer, one, date in judged if not date.is_refused]
    if not any(want.draws for _, want in fit):
        return tuple(offer for offer, _ in fit)
    answer = peek(session, [want for _, want in fit], now=now, alone=True)
    return tuple(fit[number][0] for number in answer.free)


def _instead(session: Session, case: Case, offer: Offer) -> Case:
    """The case as it would be at the offered time, in the offered room; an agreement is about its own rooms."""
    room = room_at(session, offer.room)
    applicant = case.applicant if offer.changes == "time" else replace(case.applicant, agreement=None)
    spaces = tuple(space.id for space in room.spaces)
    dates = (DatedSpan(offer.wall),)
    return replace(
        case, room=room, path=offer.room, spaces=spaces, applicant=applicant, dates=dates, in_series=False, exceptions=(), waivers=()
    )


def _fits(place: Place, wall: WallSpan, heads: int | None, now: datetime) -> bool:
    return openness_of(place.opening, wall.interval(), wall.zone) is Openness.OPEN and not place.refusals(wall, heads, now)


def _best(found: Iterable[Offer]) -> Iterator[Offer]:
    """The first of what comes in order of nearness, at most three of them other times; no more is tried than is needed."""
    times = rooms = 0
    for offer in found:
        is_time = offer.changes == "time"
        if is_time and times == MOST_TIMES:
            continue
        times, rooms = times + is_time, rooms + (not is_time)
        yield offer
        if times + rooms == MOST:
            return


def _nearby(wall: WallSpan, now: datetime) -> Iterator[WallSpan]:
    for step in range(1, STEPS + 1):
        for way in (1, -1):
            moved = WallSpan(wall.start + way * step * STEP, wall.end + way * step * STEP, wall.zone)
            if _is_to_come(moved, now):
                yield moved


def _is_to_come(wall: WallSpan, now: datetime) -> bool:
    try:
        return wall.interval().start > now
    except Invalid:  # a time that the clock skips is no offer
        return False


def _alike(session: Session, room: Room, heads: int | None) -> Sequence[Room]:
    """Rooms of the same kind that share no space with it: same venue, then same district, then the rest."""
    query = (
        select(Room).join(Venue).where(Room.kind == room.kind, Room.id != room.id, Room.retired_at.is_(None), Venue.retired_at.is_(None))
    )
    if heads:
        query = query.where((Room.capacity >= heads) | Room.capacity.is_(None))
    loaded = query.options(joinedload(Room.venue), selectinload(Room.spaces)).order_by(Room.id).limit(ALIKE)
    own = {space.id for space in room.spaces}
    apart = [other for other in session.scalars(loaded).unique() if own.isdisjoint(space.id for space in other.spaces)]
    return sorted(apart, key=lambda other: (other.venue_id != room.venue_id, other.venue.district_id != room.venue.district_id, other.id))
