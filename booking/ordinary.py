"""Ordinary rules: what keeps everybody from the rooms that a search shows, before one knows who asks and what for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from accounts.identity import ApplicantClass
from booking.freedom import Spot
from booking.search import Found, Search
from kernel.wallclock import WallSpan
from policies.evaluate import FOR_ALL, refusals_for_all
from policies.judging import Memo
from policies.known import facts_around, office_holidays
from policies.layers import Policy
from policies.occasion import Occasion
from policies.queries import InForce
from policies.request import Request, RoomFacts
from policies.rules.base import Reads
from policies.seasons import Calendar
from policies.taxonomy import Activity
from policies.verdict import Objection
from venues.opening import Opening


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


# Some hours, a time, a number of people, and the moment of asking.
Asked = tuple[int, WallSpan, int | None, datetime]


@dataclass(frozen=True, slots=True)
class Known:
    """What rooms that are tried together share: the first occasion of what is asked with what ``Memo.known`` says of it, and whether
    a policy bars everybody by the time alone."""

    memo: Memo = field(default_factory=Memo)
    occasions: dict[Asked, tuple[Occasion, Mapping[Reads, int]]] = field(default_factory=dict)
    barred: dict[tuple[Policy, Asked], bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A room with what decides who may have it when; ``known`` is shared by those that are tried together."""

    path: str
    room: RoomFacts
    opening: Opening
    policies: InForce
    known: Known = field(default_factory=Known)

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
        facts = replace(facts_around(self.room, self.opening, request.dates), office_holidays=office_holidays(now, wall.zone))
        return Occasion(request, facts, calendar)

    def _like(self, first: Occasion, calendar: Calendar) -> Occasion:
        """The same occasion in this room."""
        return Occasion(replace(first.request, room=self.path), replace(first.facts, room=self.room), calendar)


def place_of(spot: Spot, known: Known) -> Place:
    """A room of which freedom is known."""
    return Place(spot.place.path, spot.room, spot.opening, spot.policies, known)


def _tried(one: Found, place: Place, search: Search, now: datetime) -> Tried:
    judged = [(wall.start.date(), place.refusals(wall, search.capacity, now)) for wall in one.free_spans]
    by_code: dict[str, list[tuple[Objection, date]]] = {}
    for day, objections in judged:
        for objection in objections:
            by_code.setdefault(objection.code, []).append((objection, day))
    barred = tuple(Barred(met[0][0], tuple(day for _, day in met)) for met in by_code.values())
    return Tried(one, sum(not objections for _, objections in judged), barred)
