"""Listed: what is on, day by day, as the page and the snippet for other pages show it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from booking.public import told_ages
from calendars import queries
from calendars.levels import ENDED, Holder, Occurring, arranger
from calendars.queries import Places
from calendars.standing import Standing
from calendars.window import CANCELLED_DAYS, DAYS_AHEAD, Span, today_in
from kernel.interval import Interval
from kernel.wallclock import local_day, to_wall

A_PAGE = 7
# How far ahead is looked for the next day, where nothing is on.
FAR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Activity:
    """One date of something that is on: what, when by the wall clock, where, for whom, who arranges it, and how to join."""

    id: int
    title: str
    text: str
    starts: datetime
    ends: datetime
    is_cancelled: bool
    kind: str
    room: str
    venue: str
    location: str
    path: str
    arranger: str
    contact: str
    ages: tuple[str, ...]
    free: bool | None
    join: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What is on from ``first``, by day; ``earlier`` and ``later`` are where the pages before and after begin, ``next_on`` the next
    day with anything where these have nothing."""

    first: date
    last: date
    days: tuple[tuple[date, tuple[Activity, ...]], ...]
    earlier: date | None
    later: date | None
    next_on: date | None


def listing(
    session: Session, standing: Standing, *, first: date | None, days: int = A_PAGE, cancelled_days: int = CANCELLED_DAYS, now: datetime
) -> Listing:
    """So many days of what is on, none that is past; four statements, and one more where nothing is on."""
    zone, today = standing.zone, today_in(standing.zone, now)
    end = today + timedelta(days=DAYS_AHEAD)
    begin = min(max(first or today, today), end)
    window = local_day(begin, zone, days=days)
    window = Interval(max(window.start, now), window.end)
    home = queries.home_of(session)
    places = queries.places_of(session, standing, home)
    found = queries.occurring(session, standing, places, Span(window, now - timedelta(days=cancelled_days), today))
    holders = queries.holders_of(session, (one.organisation_id for one in found))
    shown = [_activity(one, places, holders.get(one.organisation_id), home.name) for one in found]
    soonest = None if shown else queries.first_of(session, standing, places, Interval(window.end, window.end + FAR))
    later = begin + timedelta(days=days)
    return Listing(
        first=begin,
        last=later - timedelta(days=1),
        days=tuple((day, tuple(several)) for day, several in groupby(shown, key=lambda one: max(one.starts.date(), begin))),
        earlier=max(begin - timedelta(days=days), today) if begin > today else None,
        later=later if later <= end else None,
        next_on=to_wall(soonest, zone).date() if soonest else None,
    )


def _activity(found: Occurring, places: Places, holder: Holder | None, municipality: str) -> Activity:
    place, said = places.rooms[found.room_id], found.public
    who = arranger(found, holder, municipality)
    return Activity(
        id=found.id,
        title=said.get("title") or who,
        text=said.get("text", ""),
        starts=found.local_start,
        ends=found.local_end,
        is_cancelled=found.state in ENDED,
        kind=found.activity,
        room=place.name,
        venue=places.venues[place.venue_id].name,
        location=places.venues[place.venue_id].where.location,
        path=place.path,
        arranger=who,
        contact=holder.contact if holder and holder.is_shown else "",
        ages=told_ages(said),
        free=said.get("free"),
        join=said.get("join", ""),
    )
