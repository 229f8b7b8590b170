"""Interval: the half-open span of time ``[start, end)`` in UTC that everything else is compared through."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kernel.errors import Fault, Invalid


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open span ``[start, end)`` of aware UTC datetimes in whole seconds; never empty.

    Raises Invalid (``end-before-start``) when the end does not lie after the start, ValueError for naive times.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            moment = getattr(self, name)
            if moment.tzinfo is None:
                raise ValueError(f"{name} has no zone: {moment!r}")
            object.__setattr__(self, name, moment.astimezone(UTC).replace(microsecond=0))
        if self.end <= self.start:
            raise Invalid(Fault("end-before-start", "end", self.end.isoformat(), {"start": self.start.isoformat()}))

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def minutes(self) -> int:
        return int(self.length.total_seconds() // 60)

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Interval") -> bool:
        return self.start <= other.start and other.end <= self.end

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def common(self, other: "Interval") -> "Interval | None":
        """The part of both, or None when they only touch or lie apart."""
        if not self.overlaps(other):
            return None
        return Interval(max(self.start, other.start), min(self.end, other.end))

    def widened(self, *, before: timedelta = timedelta(), after: timedelta = timedelta()) -> "Interval":
        return Interval(self.start - before, self.end + after)


def merged(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """The same time as disjoint, sorted intervals; those that touch become one."""
    current: Interval | None = None
    for interval in sorted(intervals):
        if current is None:
            current = interval
        elif interval.start <= current.end:
            current = Interval(current.start, max(current.end, interval.end))
        else:
            yield current
            current = interval
    if current is not None:
        yield current


def without(whole: Interval, taken: Iterable[Interval]) -> Iterator[Interval]:
    """What is left of ``whole`` when ``taken`` is cut out, sorted."""
    free_from = whole.start
    for interval in merged(taken):
        if interval.end <= free_from or interval.start >= whole.end:
            continue
        if interval.start > free_from:
            yield Interval(free_from, interval.start)
        free_from = interval.end
    if free_from < whole.end:
        yield Interval(free_from, whole.end)
