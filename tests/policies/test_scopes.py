"""Scopes compared: what is said of two scopes holds for every request, and the cases that rules are written in are proved."""

import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.identity import ApplicantClass
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from policies.occasion import Occasion
from policies.request import AgeBand, ApplicantFacts, Day, Facts, Request, RoomFacts
from policies.rules.base import Scope
from policies.scopes import Extent, can_fit, can_meet, contains, days_of, extent_of, is_empty, narrowed
from policies.seasons import Calendar, Season
from policies.taxonomy import Activity
from tests.policies.examples import ZONE
from tests.policies.generated import DAYS, bands

SEASONS = [
    {"first": "10-21", "last": "10-24"},
    {"first": "W43-2", "last": "W43-4"},
    {"first": "10-23", "last": "05-01"},
    {"first": "autumn-break+1", "last": "W43"},
    {"first": "10-01", "last": "autumn-break+2"},
]
CALENDAR = Calendar(
    {"autumn-break": (date(2026, 10, 19),)},
    {
        "autumn": Season(first="08-15", last="10-20"),
        "winter": Season(first="11-01", last="03-31"),
        "dark": Season(first="10-25", last="02-28"),
    },
)
TAGS = ["stage", "mirror"]
TIMES = {
    "weekdays": st.lists(st.integers(1, 7), max_size=4, unique=True),
    "between": bands(),
    "day_classes": st.lists(st.sampled_from(["working-day", "weekend", "public-holiday", "school-break"]), max_size=2, unique=True),
    "dates": st.sampled_from([{"first": DAYS[n].isoformat(), "last": DAYS[n + 2].isoformat()} for n in (0, 2, 5)]),
    "season": st.sampled_from(SEASONS),
    "periods": st.lists(st.sampled_from(["autumn", "winter", "dark", "unheard-of"]), max_size=2, unique=True),
}
LIMITS = {
    **TIMES,
    "applicants": st.lists(st.sampled_from([kind.value for kind in ApplicantClass]), max_size=3, unique=True),
    "statuses": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
    "room_kinds": st.lists(st.sampled_from(["gym", "classroom"]), max_size=2, unique=True),
    "tags": st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
    "activities": st.lists(st.sampled_from(["sport", "sport.match", "culture", "culture.music"]), max_size=2, unique=True),
    "commercial": st.booleans(),
    "alcohol": st.booleans(),
    "open_to_all": st.booleans(),
    "in_series": st.booleans(),
    "registered": st.booleans(),
    "local": st.booleans(),
    "heads": st.sampled_from([{"first": 10}, {"first": 10, "last": 30}, {"first": 31, "last": 40}, {"first": 30, "last": 10}]),
    "ages": st.sampled_from(
        [{"last": 12, "percent": 40}, {"last": 12, "percent": 80}, {"last": 19, "percent": 70}, {"first": 20, "percent": 40}, {"first": 20}]
    ),
    "outside": st.lists(st.fixed_dictionaries({}, optional=TIMES), min_size=1, max_size=2),
}


# Scopes that limit the same few things: of other two hardly anything can be said.
WRITTEN = st.lists(st.sampled_from(sorted(LIMITS)), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*[st.fixed_dictionaries({}, optional={name: LIMITS[name] for name in names})] * 2)
)


def read(written: dict[str, Any]) -> Scope:
    return Scope.model_validate_json(json.dumps(written))


PAIRS = WRITTEN.map(lambda pair: (read(pair[0]), read(pair[1])))


def extent(written: dict[str, Any]) -> Extent:
    return extent_of(read(written))


def occasion(chance: Random, longest: int) -> Occasion:
    """Somebody who wants something at some time, on quarters, for so many minutes at most."""
    start = datetime.combine(chance.choice(DAYS[:-1]), datetime.min.time()) + timedelta(minutes=15 * chance.randrange(96))
    wall = WallSpan(start, start + timedelta(minutes=chance.randrange(5, longest + 1, 5)), ZONE)
    heads = [chance.choice([0, 0, 6, 10, 20]) for _band in range(3)]
    request = Request(
        room="hall/gym",
        wall=wall,
        interval=Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
        submitted=datetime(2026, 1, 1, tzinfo=UTC),
        applicant=chance.choice(list(ApplicantClass)),
        activity=chance.choice(list(Activity)),
        heads=chance.choice([None, 5, 10, 30, 35, 60]),
        participants=(AgeBand(0, 12, heads[0]), AgeBand(13, 19, heads[1]), AgeBand(20, None, heads[2])) if any(heads) else (),
        **{name: chance.random() < 0.5 for name in ("commercial", "alcohol", "open_to_all", "in_series")},
    )
    some = [tuple(name for name in names if chance.random() < 0.5) for names in ("ab", ("stage", "mirror"))]
    facts = Facts(
        room=RoomFacts(20, chance.choice(["gym", "classroom", "hall"]), some[1]),
        days=tuple(Day(day, chance.choice([None, None, "Jul"]), chance.choice([None, "Ferie"])) for day in DAYS),
        applicant=ApplicantFacts(statuses=some[0], registered=chance.choice([True, False, None]), local=chance.choice([True, False, None])),
    )
    return Occasion(request, facts, CALENDAR)


OCCASIONS = [occasion(Random(number), 26 * 60) for number in range(400)]
MOMENTS = [one for one in (occasion(Random(number), 15) for number in range(400)) if len(one.parts) == 1]


@settings(max_examples=400)
@given(PAIRS)
def test_a_scope_that_contains_another_covers_whatever_the_other_covers(pair: tuple[Scope, Scope]) -> None:
    wider, scope = pair

    escaped = [
        one.request for one in OCCASIONS if contains(extent_of(wider), extent_of(scope)) and scope.covers(one) and not wider.covers(one)
    ]

    assert escaped == []


@settings(max_examples=400)
@given(PAIRS)
def test_no_moment_is_in_two_scopes_that_cannot_meet(pair: tuple[Scope, Scope]) -> None:
    first, second = pair

    shared = [
        one.request for one in MOMENTS if not can_meet(extent_of(first), extent_of(second)) and first.covers(one) and second.covers(one)
    ]

    assert shared == []


@settings(max_examples=200)
@given(PAIRS)
def test_no_request_fits_two_scopes_that_cannot_be_fitted_together(pair: tuple[Scope, Scope]) -> None:
    first, second = pair

    assert can_fit(extent_of(first), extent_of(second)) or not any(first.fits(one) and second.fits(one) for one in OCCASIONS)


@settings(max_examples=400)
@given(PAIRS)
def test_nothing_is_covered_by_an_empty_scope(pair: tuple[Scope, Scope]) -> None:
    assert not any(scope.covers(one) for scope in pair if is_empty(extent_of(scope)) for one in OCCASIONS)


@settings(max_examples=100)
@given(PAIRS)
def test_what_is_in_both_is_in_the_narrowed_scope(pair: tuple[Scope, Scope]) -> None:
    scope, when = pair

    both = [one for one in MOMENTS if scope.covers(one) and when.covers(one)]

    assert all(narrowed(scope, when).covers(one) for one in both)


@pytest.mark.parametrize(
    ("wider", "scope"),
    [
        ({}, {"applicants": ["person"], "outside": [{"weekdays": [1]}]}),
        ({"applicants": ["person", "business"]}, {"applicants": ["person"]}),
        ({"applicants": [kind.value for kind in ApplicantClass], "weekdays": [1, 2, 3, 4, 5, 6, 7]}, {}),
        ({"activities": ["sport"]}, {"activities": ["sport.match", "sport.cup"]}),
        ({"statuses": ["a", "b"], "tags": ["stage"]}, {"statuses": ["a"], "tags": ["stage"], "commercial": True}),
        ({"heads": {"first": 10}}, {"heads": {"first": 20, "last": 30}}),
        ({"ages": {"last": 19, "percent": 50}}, {"ages": {"last": 12, "percent": 60}}),
        ({"weekdays": [6, 7]}, {"day_classes": ["weekend"], "between": {"start": "10:00", "end": "12:00"}}),
        ({"day_classes": ["weekend", "working-day"]}, {"weekdays": [6]}),
        ({"between": {"start": "08:00", "end": "22:00"}}, {"between": {"start": "16:00", "end": "22:00"}}),
        ({"dates": {"first": "2026-01-01", "last": "2026-12-31"}}, {"dates": {"first": "2026-03-01", "last": "2026-04-01"}}),
        ({"season": {"first": "10-01", "last": "05-31"}}, {"season": {"first": "W45", "last": "W18"}}),
        ({"season": {"first": "school-start", "last": "W22"}}, {"season": {"first": "school-start", "last": "W22"}, "weekdays": [1]}),
        ({"periods": ["autumn", "winter"]}, {"periods": ["winter"]}),
        ({"outside": [{"season": {"first": "07-01", "last": "07-31"}}]}, {"outside": [{"season": {"first": "06-15", "last": "08-15"}}]}),
    ],
)
def test_what_is_narrower_is_contained_and_not_the_other_way_round(wider: dict[str, Any], scope: dict[str, Any]) -> None:
    assert contains(extent(wider), extent(scope))
    assert not contains(extent(scope), extent(wider)) or scope == {}


@pytest.mark.parametrize(
    ("wider", "scope"),
    [
        ({"ages": {"last": 12, "percent": 80}}, {"ages": {"last": 12, "percent": 40}}),
        ({"season": {"first": "10-21", "last": "10-24"}}, {"season": {"first": "10-20", "last": "10-24"}}),
        ({"season": {"first": "W34", "last": "W22"}}, {"season": {"first": "school-start", "last": "W22"}}),
        ({"statuses": ["a"]}, {}),
        ({"outside": [{"weekdays": [6, 7]}]}, {"outside": [{"weekdays": [6]}]}),
    ],
)
def test_what_is_not_narrower_is_not_contained(wider: dict[str, Any], scope: dict[str, Any]) -> None:
    assert not contains(extent(wider), extent(scope))


def test_a_scope_that_leaves_out_its_own_hours_covers_longer_requests() -> None:
    hours = {"start": "08:00", "end": "10:00"}

    assert not is_empty(extent({"between": hours, "outside": [{"between": hours}]}))
    assert is_empty(extent({"between": hours, "outside": [{"weekdays": [1, 2, 3, 4, 5, 6, 7]}]}))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"applicants": ["person"]}, {"applicants": ["business", "group"]}),
        ({"activities": ["sport"]}, {"activities": ["culture", "meeting"]}),
        ({"room_kinds": ["gym"]}, {"room_kinds": ["classroom"]}),
        ({"in_series": True}, {"in_series": False}),
        ({"heads": {"last": 50}}, {"heads": {"first": 51}}),
        ({"ages": {"last": 12, "percent": 60}}, {"ages": {"first": 13, "percent": 50}}),
        ({"weekdays": [1, 2, 3, 4, 5]}, {"day_classes": ["weekend"]}),
        ({"day_classes": ["working-day"]}, {"weekdays": [7]}),
        ({"between": {"start": "08:00", "end": "16:00"}}, {"between": {"start": "16:00", "end": "22:00"}}),
        ({"dates": {"first": "2026-08-17", "last": "2026-08-17"}}, {"weekdays": [2]}),
        ({"season": {"first": "W34", "last": "W50"}}, {"season": {"first": "01-15", "last": "W22"}}),
        ({"season": {"first": "12-20", "last": "01-06"}}, {"dates": {"first": "2026-06-01", "last": "2026-06-30"}}),
        ({"outside": [{"weekdays": [6, 7]}]}, {"weekdays": [6]}),
        ({"heads": {"first": 30, "last": 10}}, {}),
        ({"weekdays": [3], "day_classes": ["weekend"]}, {}),
    ],
)
def test_scopes_without_a_moment_in_common_cannot_meet(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert not can_meet(extent(first), extent(second))
    assert not can_meet(extent(second), extent(first))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"statuses": ["a"]}, {"statuses": ["b"]}),
        ({"tags": ["stage"]}, {"tags": ["mirror"]}),
        ({"periods": ["autumn"]}, {"periods": ["winter"]}),
        ({"season": {"first": "school-start", "last": "W50"}}, {"season": {"first": "06-25", "last": "08-10"}}),
        ({"ages": {"last": 12, "percent": 50}}, {"ages": {"first": 13, "percent": 50}}),
        ({"activities": ["sport"]}, {"activities": ["sport.match"]}),
        ({"weekdays": [1]}, {"between": {"start": "08:00", "end": "16:00"}}),
    ],
)
def test_what_nobody_can_know_may_meet(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert can_meet(extent(first), extent(second))


def test_a_season_is_the_days_of_every_model_year() -> None:
    winter, week_53 = Season(first="12-31", last="01-01"), Season(first="W53", last="W53")

    assert (days_of(winter).bit_count(), days_of(week_53).bit_count()) == (2 * 28, 7 * 5)
