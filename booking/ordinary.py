"""Ordinary rules: what keeps everybody from the rooms that a search shows, before one knows who asks and what for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from accounts.identity import ApplicantClass
from booking.case import path_of
from booking.facts import facts_of_room, room_facts
from booking.search import DAY, Found, Search
from kernel.wallclock import WallSpan
from policies.evaluate import refusals_for_all
from policies.judging import Memo
from policies.known import office_holidays
from policies.queries import InForce, in_force_for
from policies.request import Facts, Request
from policies.taxonomy import Activity
from policies.verdict import Objection
from venues.models import Room
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


def tried(session: Session, found: Sequence[Found], search: Search, *, now: datetime) -> tuple[Tried, ...]:
    """The rooms, in their order, with the ordinary rules tried on their free dates; the number of queries grows with neither."""
    days = [span.start.date() for span in search.walls(found[0].room.venue.zone)] if found else []
    if not days:
        return tuple(Tried(one, one.free) for one in found)
    policies = in_force_for(session, [one.room for one in found], days[0], days[-1] + DAY)
    memo = Memo()
    known: Known = {}
    places = [Place(one.room, one.opening, policies[one.room.id], memo, known) if one.opening else None for one in found]
    return tuple(_tried(one, place, search, now) if place else Tried(one, one.free) for one, place in zip(found, places, strict=True))


@dataclass(frozen=True, slots=True)
class Place:
    """A room with what decides who may have it when."""

    room: Room
    opening: Opening
    policies: InForce
    memo: Memo
    known: "Known" = field(default_factory=dict)

    def refusals(self, wall: WallSpan, heads: int | None, now: datetime) -> tuple[Objection, ...]:
        request = Request(
            room=path_of(self.room),
            wall=wall,
            interval=wall.interval(),
            submitted=now,
            heads=heads,
            # The rules that are asked read neither of these.
            applicant=ApplicantClass.PERSON,
            activity=Activity.OTHER,
        )
        dates = request.dates
        facts = replace(self._facts(dates, now), room=room_facts(self.room))
        return refusals_for_all(self.policies.on(dates[0]), request, facts, self.memo)

    def _facts(self, dates: tuple[date, ...], now: datetime) -> Facts:
        """What is known of the dates, worked out once for rooms with equal hours."""
        key = id(self.opening), dates
        if key not in self.known:
            facts = facts_of_room(self.room, self.opening, dates)
            self.known[key] = replace(facts, office_holidays=office_holidays(now, self.room.venue.zone))
        return self.known[key]


Known = dict[tuple[int, tuple[date, ...]], Facts]


def _tried(one: Found, place: Place, search: Search, now: datetime) -> Tried:
    judged = [(wall.start.date(), place.refusals(wall, search.capacity, now)) for wall in one.free_spans]
    by_code: dict[str, list[tuple[Objection, date]]] = {}
    for day, objections in judged:
        for objection in objections:
            by_code.setdefault(objection.code, []).append((objection, day))
    barred = tuple(Barred(met[0][0], tuple(day for _, day in met)) for met in by_code.values())
    return Tried(one, sum(not objections for _, objections in judged), barred)
