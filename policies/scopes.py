"""Scopes compared: whether one holds every request of another, whether some request can be in both, and what holds none.

Only what can be proved is said: ``contains`` is false and ``can_meet`` true where nobody can know. Statuses and tags can
always be held together; a season that hangs on an event, or that is only named, may be any time of the year.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from accounts.identity import ApplicantClass
from policies.occasion import MIDNIGHT, DayClass, classes_of
from policies.rules.base import Ages, AgeShare, Dates, HeadCount, Scope, When
from policies.seasons import UNDATED, Season, anchor
from policies.taxonomy import Activity, is_within

# Weekdays of New Year, week 53 and leap years come again after 28 years.
MODEL_YEARS = range(2020, 2048)
DAY_ONE = date(MODEL_YEARS.start, 1, 1)
MODEL_DAYS = (1 << (date(MODEL_YEARS.stop, 1, 1) - DAY_ONE).days) - 1
YEAR = timedelta(days=366)
FLAGS = ("commercial", "alcohol", "open_to_all", "in_series", "registered", "local")
NAMED = ("statuses", "room_kinds", "tags")
COMPARED = {*When.model_fields, *FLAGS, *NAMED, "applicants", "activities", "heads", "ages", "outside"}
APPLICANTS, ACTIVITIES = tuple(ApplicantClass), tuple(Activity)
FIRST_ACTIVITY, FIRST_FLAG = len(APPLICANTS), len(APPLICANTS) + len(ACTIVITIES)
EVERY_APPLICANT, EVERY_ACTIVITY = (1 << len(APPLICANTS)) - 1, (1 << len(ACTIVITIES)) - 1
# The bits of which a request has one each: its applicant, its activity, and yes or no to each flag.
ALTERNATIVES = (
    EVERY_APPLICANT,
    EVERY_ACTIVITY << FIRST_ACTIVITY,
    *(0b11 << FIRST_FLAG + 2 * number for number in range(len(FLAGS))),
)
# Each kind of day there is: its weekday, and whether it is a public holiday and in a school break.
KINDS_OF_DAY = tuple((weekday, holiday, off) for holiday in (False, True) for off in (False, True) for weekday in range(1, 8))


@dataclass(frozen=True, slots=True)
class Times:
    """A stretch of time as it is compared: the bits of its kinds of day, its minutes since midnight, and on which dates."""

    kinds: int
    start: int
    end: int
    dates: Dates | None
    season: Season | None
    periods: frozenset[str]


@dataclass(frozen=True, slots=True)
class Extent:
    """A scope as it is compared: a bit for each applicant, activity and answer that is meant, the names that are, and the times."""

    choices: int
    statuses: frozenset[str]
    room_kinds: frozenset[str]
    tags: frozenset[str]
    heads: HeadCount | None
    ages: AgeShare | None
    times: Times
    outside: tuple[Times, ...]
    rest: frozenset[tuple[str, Hashable]]


def extent_of(scope: Scope) -> Extent:
    """The scope as it is compared; made once where it is compared with many."""
    statuses, room_kinds, tags = (frozenset(getattr(scope, name)) for name in NAMED)
    outside = tuple(dict.fromkeys(times_of(when) for when in scope.outside))
    # Limits that are not compared by what they mean hold only what states the same.
    rest = frozenset(
        (name, getattr(scope, name))
        for name, field in Scope.model_fields.items()
        if name not in COMPARED and getattr(scope, name) != field.default
    )
    return Extent(_choices(scope), statuses, room_kinds, tags, scope.heads, scope.ages, times_of(scope), outside, rest)


def times_of(when: When) -> Times:
    """The stretch of time as it is compared, without what a scope leaves out."""
    start, end = (when.between.start, when.between.end) if when.between else (0, MIDNIGHT)
    return Times(_kinds(when.weekdays, when.day_classes), start, end, when.dates, when.season, frozenset(when.periods))


def contains(wider: Extent, scope: Extent) -> bool:
    """Whether every request in ``scope`` is in ``wider`` too."""
    return (
        not scope.choices & ~wider.choices
        and wider.rest <= scope.rest
        and _has_a_name_of(wider.statuses, scope.statuses)
        and _has_a_name_of(wider.room_kinds, scope.room_kinds)
        and _has_a_name_of(wider.tags, scope.tags)
        and (wider.heads is None or (scope.heads is not None and _is_within(wider.heads, scope.heads)))
        and (wider.ages is None or (scope.ages is not None and _share_within(wider.ages, scope.ages)))
        and holds(wider.times, scope.times)
        and all(any(holds(left, leaves) for left in scope.outside) for leaves in wider.outside)
    )


def holds(wider: Times, times: Times) -> bool:
    """Whether every moment of ``times`` is one of ``wider``."""
    return (
        not times.kinds & ~wider.kinds
        and wider.start <= times.start
        and times.end <= wider.end
        and (wider.dates is None or (times.dates is not None and _dates_within(wider.dates, times.dates)))
        and (wider.season is None or (times.season is not None and _season_within(wider.season, times.season)))
        and _has_a_name_of(wider.periods, times.periods)
    )


def can_meet(first: Extent, second: Extent) -> bool:
    """Whether some moment of some request can be in both."""
    return can_fit(first, second) and can_share_time(first, second) and not is_empty(first) and not is_empty(second)


def can_fit(first: Extent, second: Extent) -> bool:
    """Whether some request can be in both as to who, where and what, at whatever time."""
    both = first.choices & second.choices
    return (
        all(both & alternatives for alternatives in ALTERNATIVES)
        and not (first.room_kinds and second.room_kinds and first.room_kinds.isdisjoint(second.room_kinds))
        and (first.heads is None or second.heads is None or _overlap(first.heads, second.heads))
        and (first.ages is None or second.ages is None or _shares_fit(first.ages, second.ages))
    )


def can_share_time(first: Extent, second: Extent) -> bool:
    """Whether some moment can be in both."""
    one, other = first.times, second.times
    return (
        bool(one.kinds & other.kinds)
        and (one.start < other.end and other.start < one.end)
        and (one.dates is None or other.dates is None or (other.dates.first <= one.dates.last and one.dates.first <= other.dates.last))
        and can_share_season(one.season, other.season)
        and all(_can_be_on(dates, times) for dates in (one.dates, other.dates) if dates for times in (one, other))
        and not any(holds(left, times) for left in (*first.outside, *second.outside) for times in (one, other))
    )


def can_share_season(first: Season | None, second: Season | None) -> bool:
    """Whether some day can lie in both."""
    if first is None or second is None or names_event(first) or names_event(second):
        return True
    return bool(days_of(first) & days_of(second))


def is_empty(scope: Extent) -> bool:
    """Whether no request at all can be in the scope."""
    heads = scope.heads
    return (
        (heads is not None and heads.last is not None and heads.last < heads.first)
        or is_never(scope.times)
        or any(holds(left, scope.times) for left in scope.outside if (left.start, left.end) == (0, MIDNIGHT))
    )


def is_never(times: Times) -> bool:
    """Whether no day is meant: a Monday that is at the weekend, dates outside of the season."""
    return not times.kinds or (times.dates is not None and not _can_be_on(times.dates, times))


def narrowed(scope: Scope, when: When) -> Scope:
    """A scope that holds whatever is in both: what the second states, and for the rest what the first does."""
    stated = {name: getattr(when, name) for name in (Scope if isinstance(when, Scope) else When).model_fields}
    kept = {name: value for name, value in stated.items() if value != Scope.model_fields[name].default}
    return Scope.model_construct(**({name: getattr(scope, name) for name in Scope.model_fields} | kept))


def applicants_in(stated: Sequence[ApplicantClass]) -> int:
    """A bit for each class of applicant that is meant, all where none is stated."""
    return sum(1 << number for number, one in enumerate(APPLICANTS) if one in stated) or EVERY_APPLICANT


def activities_in(stated: Sequence[Activity]) -> int:
    """A bit for each activity that is meant, narrower ones with the wider, all where none is stated."""
    found = sum(1 << number for number, one in enumerate(ACTIVITIES) if any(is_within(one, wider) for wider in stated))
    return found or EVERY_ACTIVITY


def names_event(season: Season) -> bool:
    """Whether the season's dates hang on an event."""
    return any(anchor(written).event for written in season.anchors)


@lru_cache(maxsize=1024)
def days_of(season: Season) -> int:
    """The days of the model years that lie in a season without events, a bit for each from ``DAY_ONE``."""
    found = 0
    for year in range(MODEL_YEARS.start - 1, MODEL_YEARS.stop):
        begins = anchor(season.first).date_in(year, UNDATED.events)
        span = UNDATED.span(season, begins) if begins else None
        if span and span.last >= DAY_ONE:
            first = max(span.first, DAY_ONE)
            found |= ((1 << (span.last - first).days + 1) - 1) << (first - DAY_ONE).days
    return found & MODEL_DAYS


def _choices(scope: Scope) -> int:
    return _bits_of(scope.applicants, scope.activities, tuple(getattr(scope, name) for name in FLAGS))


@lru_cache(maxsize=1024)
def _bits_of(applicants: tuple[ApplicantClass, ...], activities: tuple[Activity, ...], flags: tuple[bool | None, ...]) -> int:
    found = applicants_in(applicants) | activities_in(activities) << FIRST_ACTIVITY
    for number, answer in enumerate(flags):
        found |= {None: 0b11, True: 0b10, False: 0b01}[answer] << FIRST_FLAG + 2 * number
    return found


@lru_cache(maxsize=1024)
def _kinds(weekdays: tuple[int, ...], stated: tuple[DayClass, ...]) -> int:
    return sum(
        1 << number
        for number, (weekday, holiday, off) in enumerate(KINDS_OF_DAY)
        if (not weekdays or weekday in weekdays) and (not stated or not classes_of(weekday, holiday, off).isdisjoint(stated))
    )


def _has_a_name_of(wider: frozenset[str], stated: frozenset[str]) -> bool:
    """Whether whatever has one of the names stated has one of the wider ones; where none is stated, it may have none."""
    return not wider or (bool(stated) and stated <= wider)


def _is_within(wider: HeadCount | Ages, stated: HeadCount | Ages) -> bool:
    return wider.first <= stated.first and (wider.last is None or (stated.last is not None and stated.last <= wider.last))


def _share_within(wider: AgeShare, stated: AgeShare) -> bool:
    return _is_within(wider, stated) and wider.percent <= stated.percent


def _overlap(first: HeadCount | Ages, second: HeadCount | Ages) -> bool:
    return (first.last is None or second.first <= first.last) and (second.last is None or first.first <= second.last)


def _shares_fit(first: AgeShare, second: AgeShare) -> bool:
    """Shares of different ages cannot come to more than everybody."""
    return _overlap(first, second) or first.percent + second.percent <= 100


def _dates_within(wider: Dates, dates: Dates) -> bool:
    return wider.first <= dates.first and dates.last <= wider.last


def _season_within(wider: Season, season: Season) -> bool:
    if wider == season:
        return True
    if names_event(wider) or names_event(season):
        return False
    return not days_of(season) & ~days_of(wider)


def _can_be_on(dates: Dates, times: Times) -> bool:
    """Whether one of the dates can be a day that is meant."""
    if dates.last - dates.first > YEAR:
        return True
    return any(_can_be(dates.first + timedelta(days=number), times) for number in range((dates.last - dates.first).days + 1))


def _can_be(day: date, times: Times) -> bool:
    in_season = times.season is None or names_event(times.season) or UNDATED.holds(times.season, day)
    return in_season and bool(times.kinds & _kinds((day.isoweekday(),), ()))
