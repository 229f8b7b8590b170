"""Intervals: what touches does not overlap, and cutting loses no time."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.interval import Interval, merged, without

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def span(start: int, end: int) -> Interval:
    """So many minutes after a fixed midnight."""
    return Interval(MIDNIGHT + timedelta(minutes=start), MIDNIGHT + timedelta(minutes=end))


# A short day makes touching, nesting and equal intervals common.
spans = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda pair: span(pair[0], pair[0] + pair[1]))


def minutes_of(*intervals: Interval) -> set[datetime]:
    """The model: an interval is the set of its minutes."""
    return {interval.start + timedelta(minutes=n) for interval in intervals for n in range(interval.minutes)}


@given(spans, spans)
def test_two_intervals_overlap_when_they_share_a_minute(one: Interval, other: Interval) -> None:
    shared = minutes_of(one) & minutes_of(other)

    assert one.overlaps(other) == other.overlaps(one) == bool(shared)
    assert one.common(other) == other.common(one)
    assert minutes_of(*filter(None, [one.common(other)])) == shared


@given(spans, spans)
def test_an_interval_covers_what_adds_no_minute_to_it(one: Interval, other: Interval) -> None:
    assert one.covers(other) == (minutes_of(other) <= minutes_of(one))


@given(st.lists(spans))
def test_merged_intervals_lie_apart_and_are_the_same_time(intervals: list[Interval]) -> None:
    found = list(merged(intervals))

    assert minutes_of(*found) == minutes_of(*intervals)
    assert all(before.end < after.start for before, after in pairwise(found))


@given(spans, st.lists(spans))
def test_what_is_left_and_what_was_taken_make_the_whole(whole: Interval, taken: list[Interval]) -> None:
    left = list(without(whole, taken))

    assert minutes_of(*left) == minutes_of(whole) - minutes_of(*taken)
    assert left == sorted(left)


@given(spans)
def test_the_end_is_not_in_an_interval_and_the_start_is(interval: Interval) -> None:
    assert interval.holds(interval.start)
    assert not interval.holds(interval.end)


@pytest.mark.parametrize("length", [0, -1])
def test_an_interval_without_length_is_refused(length: int) -> None:
    with pytest.raises(Invalid) as refused:
        span(10, 10 + length)

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("end-before-start", "end")]


def test_an_interval_that_a_second_would_not_fill_is_refused() -> None:
    with pytest.raises(Invalid):
        Interval(MIDNIGHT, MIDNIGHT + timedelta(microseconds=999_999))


def test_a_naive_time_is_a_defect() -> None:
    with pytest.raises(ValueError, match="no zone"):
        Interval(datetime(2026, 3, 1), MIDNIGHT)


def test_the_same_moment_in_another_zone_is_the_same_interval() -> None:
    summer = timezone(timedelta(hours=2))

    assert Interval(MIDNIGHT.astimezone(summer), MIDNIGHT.astimezone(summer) + timedelta(hours=1)) == span(0, 60)


def test_widening_keeps_what_is_needed_before_and_after() -> None:
    assert span(60, 120).widened(before=timedelta(minutes=15), after=timedelta(minutes=30)) == span(45, 150)
