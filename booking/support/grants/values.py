"""Values: what rooms were worth to organisations - list price less what was charged - by organisation, grant, year and tariff."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from json import loads
from typing import Any

from sqlalchemy import Select, String, Subquery, case, cast, func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from booking.support.grants.models import Part
from booking.support.grants.rows import as_given, grants_of, priced, within
from booking.support.grants.rules import Use, standing_under
from booking.support.models import Grant, SchemeKind
from kernel.money import Ore
from policies.request import AgeBand, bands_of
from venues.models import Room, Venue

DAY = timedelta(days=1)
# Dates, minutes, listed, charged, unvalued.
SUMS = 5


@dataclass(frozen=True, slots=True)
class Worth:
    """What booked dates of an organisation in a year are worth under a grant, or under none; in øre and minutes.

    ``tariffs`` are the versions of the price lists and rates. ``unvalued`` minutes have neither a price nor a rate, and are no part
    of the amounts.
    """

    organisation_id: int
    grant: Grant | None
    year: int
    tariffs: tuple[str, ...] = ()
    dates: int = 0
    minutes: int = 0
    listed: Ore = 0
    charged: Ore = 0
    unvalued: int = 0

    @property
    def value(self) -> Ore:
        return self.listed - self.charged

    @property
    def is_above(self) -> bool:
        """Whether rooms were given for more than the ceiling allows; that of rent is one of money, and holds what is paid."""
        if self.grant is None or self.grant.ceiling is None or self.grant.scheme.kind is not SchemeKind.ROOMS:
            return False
        return self.value > self.grant.ceiling

    @property
    def is_of_year(self) -> bool:
        """Whether the grant holds on all days of the year; of those that do not, two can be under one scheme."""
        return self.grant is None or (self.grant.first_day <= date(self.year, 1, 1) and date(self.year, 12, 31) <= self.grant.last_day)

    def __add__(self, other: "Worth") -> "Worth":
        figures = {name: getattr(self, name) + getattr(other, name) for name in ("dates", "minutes", "listed", "charged", "unvalued")}
        return replace(self, tariffs=tuple(sorted({*self.tariffs, *other.tariffs})), **figures)


def values(session: Session, first: date, last: date, *, organisations: Collection[int] | None = None) -> list[Worth]:
    """What is booked on these days, by organisation, grant, year and tariff; three statements, however many dates there are.

    A date stands under the grant that was chosen for it, else under the one whose rules are for it.
    """
    grants = grants_of(session, first, last, organisations)
    rules, rows = as_given(grants), {grant.id: grant for theirs in grants.values() for grant in theirs}
    spans = _spans(first, last, rows.values())
    found: dict[tuple[int, int, int, str], list[int]] = {}
    for owner, chosen, activity, ages, is_open, young, local, venue, span, tariff, rate_from, *figures in session.execute(
        _by_use(_summed(spans, organisations))
    ):
        day = spans[span]
        use = Use(activity, _bands(ages), is_open, venue, young, 100 if local is None else local)
        under = standing_under(rules.get(owner, ()), use, chosen, day)
        sums = found.setdefault((owner, under.id if under else 0, day.year, tariff or f"{rate_from or ''}"), [0] * SUMS)
        sums[:] = (known + int(more) for known, more in zip(sums, figures, strict=True))
    every = sorted(found.items())
    return [Worth(owner, rows.get(grant), year, (tariff,) if tariff else (), *sums) for (owner, grant, year, tariff), sums in every]


def worths(session: Session, first: date, last: date, *, by: Actor, organisation_id: int | None = None) -> Sequence[Worth]:
    """Each grant that holds on these days and each organisation without one, by year, with what it is worth; newest first.

    All for officers, an organisation's own for its delegates.
    """
    by.require(by.is_officer or (organisation_id is not None and by.acts_for(organisation_id)), "delegate")
    found: dict[tuple[int, int, int], Worth] = {}
    wanted = None if organisation_id is None else [organisation_id]
    for grant in (one for theirs in grants_of(session, first, last, wanted).values() for one in theirs):
        for year in range(max(first, grant.first_day).year, min(last, grant.last_day).year + 1):
            found[-year, grant.organisation_id, grant.id] = Worth(grant.organisation_id, grant, year)
    for one in values(session, first, last, organisations=wanted):
        key = (-one.year, one.organisation_id, one.grant.id if one.grant else 0)
        found[key] = found[key] + one if key in found else one
    return [found[key] for key in sorted(found)]


def total(worths: Iterable[Worth]) -> Worth | None:
    """All of them in one, None where there are none."""
    found = iter(worths)
    first = next(found, None)
    return None if first is None else sum(found, start=first)


def _spans(first: date, last: date, grants: Iterable[Grant]) -> list[date]:
    """The first days of stretches within which neither the year nor the grants that hold change."""
    years = {date(year, 1, 1) for year in range(first.year + 1, last.year + 1)}
    turns = {day for grant in grants for day in (grant.first_day, grant.last_day + DAY)}
    return [first, *sorted(day for day in years | turns if first < day <= last), last + DAY]


def _by_use(worth: Subquery) -> Select[Any]:
    """The sums by what rules read of the bookings, whose rows would take longer to read than to sum."""
    use = (
        Booking.organisation_id,
        Booking.grant_id,
        Booking.activity,
        cast(Booking.participants, String).label("ages"),
        Booking.open_to_all,
    )
    by = (*use, Part.young, Part.local, Venue.slug, *(worth.c[name] for name in ("span", "tariff", "rate_from")))
    sums = (func.sum(worth.c[f"sum_{number}"]) for number in range(SUMS))
    rows = select(*by, *sums).join(worth, worth.c.booking_id == Booking.id).join(Room, Room.id == worth.c.room_id).join(Room.venue)
    return rows.outerjoin(Part, Part.booking_id == Booking.id).where(Booking.organisation_id.is_not(None)).group_by(*by)


@lru_cache(maxsize=4096)
def _bands(ages: str) -> tuple[AgeBand, ...]:
    return bands_of(loads(ages))


def _summed(spans: Sequence[date], organisations: Collection[int] | None) -> Subquery:
    """Sums by booking, room, stretch and tariff."""
    wanted = [*within(spans[0], spans[-1] - DAY), Occurrence.state == OccurrenceState.BOOKED]
    if organisations is not None:
        wanted.append(Occurrence.booking_id.in_(select(Booking.id).where(Booking.organisation_id.in_(organisations))))
    dates = priced(*wanted)
    span = case(*((dates.c.local_start < datetime.combine(end, time.min), number) for number, (_, end) in enumerate(pairwise(spans))))
    known = case((dates.c.listed.is_(None), 0), else_=1).label("known")
    by = (dates.c.booking_id, dates.c.room_id, span.label("span"), dates.c.tariff, dates.c.rate_from, known)
    # Behind an OFFSET SQLite sorts what these come to, and not all columns that they read.
    rows = select(*by, dates.c.minutes, dates.c.listed, dates.c.charged).offset(0).subquery()
    alike = [rows.c[column.name] for column in by]
    is_known, minutes = rows.c.known == 1, func.sum(rows.c.minutes)
    sums = (
        func.count(),
        minutes,
        func.coalesce(func.sum(rows.c.listed), 0),
        case((is_known, func.sum(rows.c.charged)), else_=0),
        case((is_known, 0), else_=minutes),
    )
    return select(*alike, *(one.label(f"sum_{number}") for number, one in enumerate(sums))).group_by(*alike).subquery()
