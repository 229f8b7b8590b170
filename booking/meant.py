"""Meant: which dates the rows of a season plan mean by their periods and exceptions, and the wishes that they make."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.called import Club, names_in
from booking.case import path_of
from booking.plan import WEEKDAYS, Column, Plan, Row
from booking.wish import OnConflict, Wish
from kernel.errors import Fault, Invalid, refuse
from kernel.recurrence import LONGEST, LONGEST_SPAN, weekly
from kernel.wallclock import LATEST, at, to_wall
from policies import labels
from policies.queries import InForce, in_force_for
from policies.seasons import Span
from policies.taxonomy import Activity
from venues.models import Room
from venues.opening import Opening, SchoolDays, SchoolSpan, holiday_of
from venues.queries import openings_of
from venues.vocabulary import slug_of
from web.forms import parse

T = TypeVar("T")
MOST_DATES = 50_000
A_WEEK = timedelta(days=7)
PERIOD = frozenset((Column.PERIOD, Column.FIRST, Column.LAST))
YEAR = re.compile(r"(.+?)\s*(20\d{2})")
WEEK = re.compile(r"(?:uke|veke|week)\s*(\d{1,4})")
# Always in the last week of its year (ISO 8601).
IN_LAST_WEEK = (12, 28)
ALL_BREAKS = {"skoleferier", "skuleferiar", "school breaks"}
ALL_HOLIDAYS = {"helligdager", "heilagdagar", "public holidays"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all rows: the activity of those that name none, and what is to happen with dates that are not to be had."""

    activity: Activity = Activity.SPORT_TRAINING
    on_conflict: OnConflict = OnConflict.REFUSE


@dataclass(frozen=True, slots=True)
class Meant:
    """A row with its wish for the dates ahead, None where there are none; ``passed`` dates have begun and are not asked for."""

    row: Row
    wish: Wish | None
    room: str
    club: Club
    dates: int
    passed: int


def meant(session: Session, plan: Plan, terms: Terms, *, by: Actor, now: datetime) -> tuple[Meant, ...]:
    """The rows as wishes in the name of their clubs, in a number of queries that does not grow with them.

    Raises Invalid with all that is wrong in the file, what could not be read included.
    """
    by.require(by.is_officer, "officer")
    faults, names = list(plan.faults), names_in(session)
    rooms = [_tried(faults, row, names.room, row) if row.room else None for row in plan.rows]
    known = _known(session, [(row, room) for row, room in zip(plan.rows, rooms, strict=True) if room], now)
    found = []
    for row, room in zip(plan.rows, rooms, strict=True):
        club = _tried(faults, row, names.club, row)
        activity = _tried(faults, row, names.activity, row, terms.activity)
        days = _tried(faults, row, _dates, known, row, room) if room else None
        if room and club and activity and days and row.is_sound:
            found.append(_tried(faults, row, _meant, known, terms, row, room, club, activity, days))
        else:
            _tried(faults, row, _alone, row)
    if sum(one.dates for one in found if one) > MOST_DATES:
        faults.append(Fault("too-many-dates-in-plan", "file", facts={"most": MOST_DATES}))
    if faults:
        raise Invalid(*sorted(faults, key=lambda fault: int(str(fault.facts.get("row", 0)))))
    return tuple(one for one in found if one)


def _tried(faults: list[Fault], row: Row, read: Callable[..., T], *given: object) -> T | None:
    found: list[Fault] = []
    answer = _heard(found, read, *given)
    # An empty cell is told as that, and not as the name of nobody.
    told = {(fault.facts.get("row"), fault.field) for fault in faults}
    faults += [fault for fault in map(row.located, found) if (row.number, fault.field) not in told]
    return answer


@dataclass(frozen=True, slots=True)
class _Known:
    """What names of periods and breaks mean: by room, and only where a row names any."""

    now: datetime
    openings: Mapping[int, Opening]
    policies: Mapping[int, InForce]


def _known(session: Session, rows: Sequence[tuple[Row, Room]], now: datetime) -> _Known:
    with_breaks = [room for row, room in rows if row.breaks]
    dated = [(row, room) for row, room in rows if not row.wrong & PERIOD]
    with_names = [room for row, room in dated if isinstance(row.period, str)]
    # Names of periods reach a year or two ahead, and dates of a series five.
    today = now.date()
    ends = [day for row, _room in dated if isinstance(row.period, Span) for day in (row.period.first, row.period.last)]
    first, last = min([today, *ends]), min(max([today + LONGEST_SPAN, *ends]), LATEST - A_WEEK)
    return _Known(
        now,
        openings_of(session, list(dict.fromkeys(with_breaks)), max(first, today - LONGEST_SPAN), last) if with_breaks else {},
        in_force_for(session, list(dict.fromkeys(with_names)), today, LATEST) if with_names else {},
    )


def _meant(known: _Known, terms: Terms, row: Row, room: Room, club: Club, activity: Activity, days: Sequence[date]) -> Meant:
    asked = [day for day in days if at(day, row.start) > to_wall(known.now, room.venue.zone)]
    if not asked:
        return Meant(row, None, path_of(room), club, 0, len(days))
    skipped = [day for day in _weekly(Span(asked[0], asked[-1]), row.weekday) if day not in asked]
    given = {
        "room": path_of(room),
        "start": at(asked[0], row.start),
        "end": at(asked[0], row.end),
        "recurrence": {"rrule": weekly(until=asked[-1]), "except": skipped},
        "organisation": club.said,
        "on_behalf_of": club.holder_id,
        "activity": activity,
        "on_conflict": terms.on_conflict,
        **_said(row, activity),
    }
    return Meant(row, parse(Wish, given), path_of(room), club, len(asked), len(days) - len(asked))


def _said(row: Row, activity: Activity) -> dict[str, Any]:
    """What a wish says that does not depend on the room, the club or the dates."""
    return {
        "team": row.team,
        "purpose": row.purpose or labels.activity(activity),
        "participants": dict(row.participants),
        "exceptions": row.rules,
        "exception_reason": row.reason,
    }


def _alone(row: Row) -> None:
    """Raises Invalid with what is wrong in such a row whatever else is."""
    day, activity = date(2000, 1, 1), Activity.SPORT_TRAINING
    stand_in = {"room": "a/b", "start": at(day, timedelta()), "end": at(day, timedelta(hours=1)), "activity": activity}
    parse(Wish, {**stand_in, **_said(row, activity)})


def _dates(known: _Known, row: Row, room: Room) -> list[date]:
    """The dates of the row, at least one; none where what they depend on could not be read.

    Raises Invalid with all that is wrong: ``period-not-known``, ``no-periods``, ``period-without-dates``, ``too-many-dates``,
    ``no-such-weekday``, ``unknown-break``, ``no-breaks``, ``week-not-in-year``, ``nothing-left``.
    """
    faults: list[Fault] = []
    span = None if row.wrong & PERIOD else _heard(faults, _span, known, row, room)
    days = _heard(faults, _days, span, row.weekday) if span and Column.WEEKDAY not in row.wrong else None
    today = known.now.date()
    ends = (days[0], days[-1]) if days else (span.first, span.last) if span else (today, today + LONGEST_SPAN)
    tests = [_heard(faults, _falls_in, name, known.openings[room.id].school, ends) for name in row.breaks]
    if faults:
        raise Invalid(*faults)
    named = [test for test in tests if test]
    without = [day for day in days or () if not any(one.first <= day <= one.last for one in row.without)]
    left = [day for day in without if not any(test(day) for test in named)]
    if days and not left:
        raise refuse(Invalid, "nothing-left", Column.EXCEPT, len(days))
    return left


def _heard(faults: list[Fault], read: Callable[..., T], *given: object) -> T | None:
    try:
        return read(*given)
    except Invalid as refusal:
        faults += refusal.faults
        return None


def _span(known: _Known, row: Row, room: Room) -> Span:
    span = row.period if isinstance(row.period, Span) else _named(known, row.period, room)
    if span.last > span.first + LONGEST_SPAN:
        raise refuse(Invalid, "too-many-dates", Column.PERIOD, f"{span.first}/{span.last}", most=LONGEST)
    return span


def _days(span: Span, weekday: int) -> list[date]:
    days = _weekly(span, weekday)
    if not days:
        raise refuse(Invalid, "no-such-weekday", Column.WEEKDAY, day=WEEKDAYS[weekday][0], period=f"{span.first}/{span.last}")
    return days


def _weekly(span: Span, weekday: int) -> list[date]:
    first = span.first + timedelta(days=(weekday - span.first.weekday()) % 7)
    return [first + A_WEEK * number for number in range((span.last - first) // A_WEEK + 1)]


def _named(known: _Known, written: str, room: Room) -> Span:
    """A period that the policies of the room name: of the year that is written behind it, else the one that is or comes next."""
    dated = YEAR.fullmatch(written)
    name = slug_of(dated[1] if dated else written)
    day = date(int(dated[2]), 1, 1) if dated else to_wall(known.now, room.venue.zone).date()
    calendar = known.policies[room.id].on(max(day, known.now.date())).calendar
    season = calendar.periods.get(name)
    if season is None:
        known_periods = tuple(sorted(calendar.periods))
        raise refuse(Invalid, "period-not-known" if known_periods else "no-periods", Column.PERIOD, written, known=known_periods)
    begins = None if not dated and calendar.holds(season, day) else calendar.first_from(season.first, day)
    span = calendar.span(season, begins or day)
    if span is None:
        raise refuse(Invalid, "period-without-dates", Column.PERIOD, written)
    return span


def _falls_in(name: str, school: Sequence[SchoolSpan], ends: tuple[date, date]) -> Callable[[date], bool]:
    """Whether a date from one end to the other lies in what is named: a week of the year, all breaks, public holidays, or a break by its
    name."""
    folded = " ".join(name.casefold().split())
    if found := WEEK.fullmatch(folded):
        week = _week_in(name, int(found[1]), range(ends[0].isocalendar().year, ends[1].isocalendar().year + 1))
        return lambda day: day.isocalendar().week == week
    if folded in ALL_HOLIDAYS:
        return lambda day: holiday_of(day) is not None
    breaks = [span for span in school if span.kind is SchoolDays.BREAK]
    named = breaks if folded in ALL_BREAKS else [span for span in breaks if span.name.casefold() == folded]
    if not named:
        known = tuple(dict.fromkeys(span.name for span in breaks))
        raise refuse(Invalid, "unknown-break" if known else "no-breaks", Column.EXCEPT, name, known=known)
    return lambda day: any(span.holds(day) for span in named)


def _week_in(name: str, week: int, years: Sequence[int]) -> int:
    """The week, if one of the years has it; raises Invalid (``week-not-in-year``)."""
    last = max(date(year, *IN_LAST_WEEK).isocalendar().week for year in years)
    if not 1 <= week <= last:
        raise refuse(Invalid, "week-not-in-year", Column.EXCEPT, name, years=tuple(map(str, years)), last=last)
    return week
