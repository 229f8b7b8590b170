"""Ordinary rules: what keeps everybody from rooms that are looked at, before one knows who asks and what for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from accounts.identity import ApplicantClass
from booking.case import path_of
from booking.facts import room_facts
from booking.freedom import Spot
from booking.search import DAY, Found, Search
from kernel.interval import Interval
from kernel.wallclock import WallSpan, local_day, nearest_interval, to_wall, wall_of
from policies.evaluate import FOR_ALL, refusals_for_all
from policies.judging import Memo
from policies.known import facts_around, office_holidays
from policies.layers import Policy
from policies.occasion import Occasion
from policies.queries import InForce, in_force_for
from policies.request import Facts, Request, RoomFacts
from policies.rules.base import Reads
from policies.seasons import Calendar
from policies.taxonomy import Activity
from policies.verdict import Objection
from venues.models import Room
from venues.opening import Opening, Openness
from venues.queries import openings_of

HALF_HOUR = timedelta(minutes=30)
PROBE = timedelta(hours=1)
# Rules that close a day to everybody; those about length and clock times are told when one asks for a time.
CLOSING = {"public-holiday", "school-break", "too-far-ahead"}
TOO_SOON = {"in-the-past", "too-short-notice"}
USUALLY = (timedelta(hours=8), timedelta(hours=22))


@dataclass(frozen=True, slots=True)
class Barred:
    """Free dates on which a rule lets nobody in, and what it says of the first."""

    objection: Objection
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A found room: on how many of the wanted dates it is free and open to somebody, and what bars the other free dates."""

    found: Found
    bookable: int
    barred: tuple[Barred, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether nothing is known to be in the way on any date."""
        return self.bookable == self.found.wanted


def tried(found: Sequence[Found], search: Search, *, now: datetime) -> tuple[Tried, ...]:
    """The rooms, in their order, with the ordinary rules tried on their free dates; nothing is asked of the database."""
    known = Known()
    places = [place_of(one.spot, known) if one.spot else None for one in found]
    return tuple(_tried(one, place, search, now) if place else Tried(one, one.free) for one, place in zip(found, places, strict=True))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of a room and how open it is to everybody; None where it has passed.

    It is closed by a closure, whose ``reason`` stands here, by the ``objection`` of a rule, or, without either, because the room
    is out of use or its hours say so.
    """

    time: Interval
    openness: Openness | None
    reason: str = ""
    objection: Objection | None = None


# Some hours, a time, a number of people, and the moment of asking.
Asked = tuple[int, WallSpan, int | None, datetime]


@dataclass(frozen=True, slots=True)
class Known:
    """What rooms that are tried together share: the first occasion of what is asked with what ``Memo.known`` says of it, whether a
    policy bars everybody by the time alone, and what is known of some days under some hours at a moment."""

    memo: Memo = field(default_factory=Memo)
    occasions: dict[Asked, tuple[Occasion, Mapping[Reads, int]]] = field(default_factory=dict)
    barred: dict[tuple[Policy, Asked], bool] = field(default_factory=dict)
    days: dict[tuple[int, Sequence[date], datetime], Facts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A room with what decides who may have it when, from ``retired_at`` on nobody; ``known`` is shared by those that are tried
    together."""

    path: str
    room: RoomFacts
    opening: Opening
    policies: InForce
    known: Known = field(default_factory=Known)
    retired_at: datetime | None = None

    def at(self, moment: datetime, now: datetime) -> Stretch:
        """How the room is at a moment, as ``stretches`` says it; of one that has passed, as it was to who asked in good time."""
        day = to_wall(moment, self.opening.zone).date()
        over = [one for one in self.stretches(day, now if moment >= _soonest(now) else None) if one.time.holds(moment)]
        for openness in (Openness.CLOSED, Openness.OPEN, Openness.BY_AGREEMENT):
            found = next((one for one in over if one.openness is openness), None)
            if found:
                return found
        otherwise = Openness.CLOSED if self.opening.is_known(day) else Openness.BY_AGREEMENT
        return Stretch(local_day(day, self.opening.zone), otherwise)

    def stretches(self, day: date, now: datetime | None) -> Iterator[Stretch]:
        """What is known of a local day: what closes the room, and its hours, cut where they have passed or notice is too short and
        closed where a rule closes the day. What none covers is closed; without ``now`` nothing has passed.

        Unknown hours are by agreement at the hours that are usual.
        """
        whole = local_day(day, self.opening.zone)
        if self.retired_at and self.retired_at < whole.end:
            yield Stretch(Interval(max(whole.start, self.retired_at), whole.end), Openness.CLOSED)
        yield from (Stretch(closed.interval, Openness.CLOSED, closed.reason) for closed in self.opening.closures_on(day))
        if not self.opening.is_known(day):
            usual = Interval(whole.start + USUALLY[0], whole.start + USUALLY[1])
            yield from self._ruled(usual, Openness.BY_AGREEMENT, now)
            return
        for openness in (Openness.OPEN, Openness.BY_AGREEMENT):
            for time in self.opening.usable(day, openness):
                yield from self._ruled(time, openness, now)

    def _ruled(self, time: Interval, openness: Openness, now: datetime | None) -> Iterator[Stretch]:
        """An open time cut where it has passed, where notice is too short, and closed where a rule closes the day."""
        soonest = max(_soonest(now), time.start) if now else time.start
        if soonest > time.start:
            yield Stretch(Interval(time.start, min(soonest, time.end)), None)
        if soonest >= time.end:
            return
        probe = Interval(soonest, min(time.end, soonest + PROBE))
        found = self.refusals(wall_of(probe, self.opening.zone), None, now or time.start)
        refusals = {objection.code: objection for objection in found}
        closing = next((refusals[code] for code in sorted(CLOSING) if code in refusals), None)
        if closing:
            yield Stretch(Interval(soonest, time.end), Openness.CLOSED, objection=closing)
            return
        too_soon = next((refusals[code] for code in sorted(TOO_SOON) if code in refusals), None) if now else None
        begins = _earliest(too_soon, Interval(soonest, time.end), self.opening.zone) if too_soon else soonest
        if begins > soonest:
            yield Stretch(Interval(soonest, begins), Openness.CLOSED, objection=too_soon)
        if begins < time.end:
            yield Stretch(Interval(begins, time.end), openness)

    def refusals(self, wall: WallSpan, heads: int | None, now: datetime) -> tuple[Objection, ...]:
        """What keeps everybody out."""
        return self._refusals(FOR_ALL, wall, heads, now)

    def is_barred(self, wall: WallSpan, heads: int | None, now: datetime) -> bool:
        """Whether anything does; what the time alone says is asked first, once for all rooms with equal hours and policies."""
        key = self.policies.on(wall.start.date()), (id(self.opening), wall, heads, now)
        if key not in self.known.barred:
            self.known.barred[key] = bool(self._refusals(FOR_ALL - {Reads.ROOM}, wall, heads, now))
        return self.known.barred[key] or bool(self._refusals(FOR_ALL, wall, heads, now))

    def _refusals(self, within: frozenset[Reads], wall: WallSpan, heads: int | None, now: datetime) -> tuple[Objection, ...]:
        policy, key = self.policies.on(wall.start.date()), (id(self.opening), wall, heads, now)
        memo, occasions = self.known.memo, self.known.occasions
        if key not in occasions:
            first = self._occasion(wall, heads, now, policy.calendar)
            occasions[key] = first, memo.known(first)
        first, known = occasions[key]
        here = {**known, Reads.ROOM: memo.number(Reads.ROOM, (self.path, self.room))}
        return refusals_for_all(policy, wall.start.date(), here, lambda: self._like(first, policy.calendar), memo, within=within)

    def _occasion(self, wall: WallSpan, heads: int | None, now: datetime, calendar: Calendar) -> Occasion:
        request = Request(
            room=self.path,
            wall=wall,
            interval=wall.interval(),
            submitted=now,
            heads=heads,
            # The rules that are asked read neither of these.
            applicant=ApplicantClass.PERSON,
            activity=Activity.OTHER,
        )
        key = id(self.opening), request.dates, now
        if key not in self.known.days:
            around = facts_around(self.room, self.opening, request.dates)
            self.known.days[key] = replace(around, office_holidays=office_holidays(now, wall.zone))
        return Occasion(request, self.known.days[key], calendar)

    def _like(self, first: Occasion, calendar: Calendar) -> Occasion:
        """The same occasion in this room."""
        return Occasion(replace(first.request, room=self.path), replace(first.facts, room=self.room), calendar)


def place_of(spot: Spot, known: Known) -> Place:
    """A room of which freedom is known."""
    return Place(spot.place.path, spot.room, spot.opening, spot.policies, known)


def places_on(session: Session, rooms: Sequence[Room], days: Sequence[date]) -> dict[int, Place]:
    """When rooms can be used on consecutive days and what the policy says of that, by room id; four statements whatever their number."""
    openings = openings_of(session, rooms, days[0] - DAY, days[-1] + DAY)
    policies = in_force_for(session, rooms, days[0], days[-1] + DAY)
    return {
        room.id: Place(path_of(room), room_facts(room), openings[room.id], policies[room.id], retired_at=_retired(room)) for room in rooms
    }


def _retired(room: Room) -> datetime | None:
    """Since when the room or its venue is out of use."""
    return min((since for since in (room.retired_at, room.venue.retired_at) if since), default=None)


def _soonest(now: datetime) -> datetime:
    """Times are offered from the next half hour on."""
    return datetime.fromtimestamp(-(-now.timestamp() // 1800) * 1800, now.tzinfo)


def _earliest(too_soon: Objection, ahead: Interval, zone: str) -> datetime:
    """From when on the notice is long enough, on the half hour; at most the end of the time."""
    earliest = datetime.fromisoformat(str(too_soon.limit))
    earliest += timedelta(minutes=-earliest.minute % 30)
    return min(max(nearest_interval(WallSpan(earliest, earliest + HALF_HOUR, zone)).start, ahead.start), ahead.end)


def _tried(one: Found, place: Place, search: Search, now: datetime) -> Tried:
    judged = [(wall.start.date(), place.refusals(wall, search.capacity, now)) for wall in one.free_spans]
    by_code: dict[str, list[tuple[Objection, date]]] = {}
    for day, objections in judged:
        for objection in objections:
            by_code.setdefault(objection.code, []).append((objection, day))
    barred = tuple(Barred(met[0][0], tuple(day for _, day in met)) for met in by_code.values())
    return Tried(one, sum(not objections for _, objections in judged), barred)
