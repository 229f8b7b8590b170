"""Timetable (pure): weeks of many rooms as moments at which bits of integers turn, a bit to a room, so that all are asked at once."""

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, reduce
from itertools import accumulate
from operator import or_, xor
from typing import NamedTuple, TypeVar

from kernel.interval import Interval, merged
from venues.opening import Opening, Openness

T = TypeVar("T")
# Times are in seconds since 1970, weeks are counted from there too.
A_WEEK = 7 * 24 * 60 * 60
# What was worked out is dropped when it is of so many weeks: anybody may ask for any date.
MOST_WEEKS = 300
OPEN_OR_AGREED = (Openness.OPEN, Openness.BY_AGREEMENT)


def seconds_of(time: Interval) -> tuple[int, int]:
    """Start and end in seconds since 1970."""
    return int(time.start.timestamp()), int(time.end.timestamp())


def by_week(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The parts of a time in each week that it touches: week, start, end."""
    while start < end:
        week = start // A_WEEK
        until = min((week + 1) * A_WEEK, end)
        yield week, start, until
        start = until


class Turns(dict[int, int]):
    """The bits that turn at a moment; two turns of one bit at one moment take each other back."""

    def __missing__(self, moment: int) -> int:
        return 0

    def add(self, times: Iterable[Interval], within: Interval, bits: int) -> None:
        """Turn bits for the parts of disjoint times that lie within a span."""
        for time in times:
            if part := time.common(within):
                start, end = seconds_of(part)
                self[start] ^= bits
                self[end] ^= bits


class Line:
    """The bits that are set from each moment of a week to the next."""

    __slots__ = ("masks", "moments")

    def __init__(self, week: int, turns: Turns, told: Callable[[int], int] = int) -> None:
        self.moments = sorted({week * A_WEEK, *(moment for moment, bits in turns.items() if bits)})
        self.masks = list(map(told, accumulate(map(turns.__getitem__, self.moments), xor)))

    def over(self, start: int, end: int) -> int:
        """The bits that are set in any part of a time."""
        return reduce(or_, self.masks[bisect_right(self.moments, start) - 1 : bisect_left(self.moments, end)])


class Weeks(dict[int, T]):
    """What is worked out of each week when it is asked for."""

    def __init__(self, worked_out: Callable[[int], T]) -> None:
        super().__init__()
        self._worked_out = worked_out

    def __missing__(self, week: int) -> T:
        if len(self) >= MOST_WEEKS:
            self.clear()
        found = self[week] = self._worked_out(week)
        return found


class Bits:
    """Which bit is which room's, and which bits stand for their parts: the first parts of all rooms, then the second ones, and so on."""

    def __init__(self, rooms: Mapping[int, Sequence[int]]) -> None:
        # Those of many parts come first, so that each layer of parts begins with the same rooms.
        self.rooms = sorted(rooms, key=lambda room: (-len(rooms[room]), room))
        self.of = {room: 1 << number for number, room in enumerate(self.rooms)}
        self.every = (1 << len(self.rooms)) - 1
        self._parts: dict[int, int] = defaultdict(int)
        self._layers: list[tuple[int, int]] = []
        shift = 0
        for layer in range(max(map(len, rooms.values()), default=0)):
            deep = [room for room in self.rooms if len(rooms[room]) > layer]
            for room in deep:
                self._parts[rooms[room][layer]] |= self.of[room] << shift
            self._layers.append((shift, (1 << len(deep)) - 1))
            shift += len(deep)

    def is_like(self, other: "Bits") -> bool:
        """Whether every bit stands for the same."""
        return (self.rooms, self._parts) == (other.rooms, other._parts)

    def parts(self, space: int) -> int:
        """What stands for a space in all rooms that it is a part of."""
        return self._parts.get(space, 0)

    def touched(self, parts: int) -> int:
        """The rooms that have any of these parts."""
        return reduce(or_, (parts >> shift & mask for shift, mask in self._layers), 0)

    def among(self, bits: int) -> Iterator[int]:
        """The rooms whose bits are set."""
        while bits:
            lowest = bits & -bits
            yield self.rooms[lowest.bit_length() - 1]
            bits ^= lowest


class Hold(NamedTuple):
    """A claim that runs out."""

    start: int
    end: int
    until: int


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one space: of those that stay, which never overlap, all starts and ends in order, and its holds."""

    edges: Sequence[int] = ()
    holds: tuple[Hold, ...] = ()

    def turns(self, week: int) -> list[int]:
        """When it is taken and given up by turns in a week, which begins with a turn where it is taken then."""
        begins = week * A_WEEK
        first = bisect_right(self.edges, begins)
        found = self.edges[first : bisect_left(self.edges, begins + A_WEEK, first)]
        return [begins, *found] if first % 2 else list(found)

    def is_free(self, start: int, end: int, now: int) -> bool:
        """Whether it is not taken in any part of a time."""
        first = bisect_right(self.edges, start)
        stays = first % 2 or bisect_left(self.edges, end, first) > first
        return not stays and not any(hold.start < end and start < hold.end and hold.until > now for hold in self.holds)

    def held(self, week: int) -> list[Hold]:
        """The holds that reach into a week."""
        return [hold for hold in self.holds if hold.start < (week + 1) * A_WEEK and week * A_WEEK < hold.end]


NONE = Claims()


class TakenWeek:
    """Which rooms are taken in a week: by what stays as a line, by holds one by one."""

    def __init__(self, week: int, bits: Bits, turns: Turns, holds: Mapping[int, Sequence[Hold]]) -> None:
        self._week, self._bits, self._turns, self._holds = week, bits, turns, holds
        self._held = [(hold, bits.touched(bits.parts(space))) for space, of_it in holds.items() for hold in of_it]

    def with_changed(self, changed: Mapping[int, tuple[Claims, Claims]]) -> "TakenWeek":
        """The same week after the claims of some spaces were others before; itself where they are equal in it."""
        turns, holds = Turns(self._turns), dict(self._holds)
        for space, (before, after) in changed.items():
            old, new = before.turns(self._week), after.turns(self._week)
            if old != new:
                bits = self._bits.parts(space)
                for moment in old + new:
                    turns[moment] ^= bits
            if after.holds or before.holds:
                holds[space] = after.held(self._week)
        return self if (turns, holds) == (self._turns, self._holds) else TakenWeek(self._week, self._bits, turns, holds)

    @cached_property
    def line(self) -> Line:
        """What stays; worked out when it is asked for."""
        return Line(self._week, self._turns, self._bits.touched)

    def over(self, start: int, end: int, now: int) -> int:
        """The rooms that are taken in any part of a time within the week."""
        found = self.line.over(start, end)
        for hold, rooms in self._held:
            if hold.start < end and start < hold.end and hold.until > now:
                found |= rooms
        return found

    @property
    def moments(self) -> Iterator[int]:
        """All moments at which anything may turn."""
        yield from self.line.moments
        for hold, _ in self._held:
            yield from (hold.start, hold.end)


class Taken:
    """What is taken of all rooms, week by week; weeks that a change leaves as they are stay worked out."""

    def __init__(self, bits: Bits, claims: Mapping[int, Claims]) -> None:
        self.bits, self.claims = bits, claims
        every = {space: (NONE, one) for space, one in claims.items()}
        self.weeks: Weeks[TakenWeek] = Weeks(lambda week: TakenWeek(week, bits, Turns(), {}).with_changed(every))

    def with_changed(self, claims: Mapping[int, Claims]) -> "Taken":
        """With other claims of some spaces."""
        changed = {space: (self.claims.get(space, NONE), one) for space, one in claims.items()}
        after = Taken(self.bits, {**self.claims, **claims})
        after.weeks.update({week: taken.with_changed(changed) for week, taken in self.weeks.copy().items()})
        return after

    def work_out(self, start: int, weeks: int) -> None:
        """Work out so many weeks from a moment on before anybody asks for them."""
        for week in range(start // A_WEEK, start // A_WEEK + weeks):
            _ = self.weeks[week].line

    def over(self, start: int, end: int, now: int) -> int:
        """The rooms that are taken in any part of a time."""
        return reduce(or_, (self.weeks[week].over(begins, ends, now) for week, begins, ends in by_week(start, end)))


class OpenWeek(NamedTuple):
    """Which rooms in a week are not open by right, not even by agreement, closed by a closure, and of unknown hours."""

    shut: Line
    barred: Line
    closed: Line
    unknown: Line

    @classmethod
    def of(cls, week: int, every: int, hours: Sequence[tuple[Opening, int]]) -> "OpenWeek":
        shut, barred, closed, unknown = lines = Turns(), Turns(), Turns(), Turns()
        begins, ends = week * A_WEEK, (week + 1) * A_WEEK
        shut[begins] = barred[begins] = every
        whole = Interval(datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC))
        for opening, bits in hours:
            for day, of_day in opening.days_within(whole):
                shut.add(opening.usable(day), whole, bits)
                barred.add(opening.usable(day, *OPEN_OR_AGREED), whole, bits)
                unknown.add(() if opening.is_known(day) else (of_day,), whole, bits)
            closed.add(merged(one.interval for one in opening.closures), whole, bits)
        return cls(*(Line(week, turns) for turns in lines))


class Openings:
    """How open all rooms are, week by week."""

    def __init__(self, bits: Bits, openings: Mapping[int, Opening]) -> None:
        self.every = bits.every
        alike: dict[int, tuple[Opening, int]] = {}
        for room, opening in openings.items():
            alike[id(opening)] = opening, alike.get(id(opening), (opening, 0))[1] | bits.of[room]
        self.weeks: Weeks[OpenWeek] = Weeks(lambda week: OpenWeek.of(week, bits.every, list(alike.values())))

    def through(self, start: int, end: int) -> tuple[int, int]:
        """The rooms that are open by right through the whole of a time, and those by agreement; the same as ``Opening.through``."""
        shut = barred = closed = unknown = 0
        for week, begins, ends in by_week(start, end):
            lines = self.weeks[week]
            shut |= lines.shut.over(begins, ends)
            barred |= lines.barred.over(begins, ends)
            closed |= lines.closed.over(begins, ends)
            unknown |= lines.unknown.over(begins, ends)
        return self.every & ~shut, shut & ~closed & (unknown | ~barred)


def stretches(turns: Iterable[tuple[int, int]], wanted: int, least: int, *, once: bool) -> Iterator[tuple[int, int, int]]:
    """The stretches of at least so many seconds in which bits are not set, by their starts: start, end, bits; of each bit all or the first.

    ``turns`` are moments with what is set from there on; at the last one all bits are.
    """
    running: deque[_Running] = deque()
    before = -1
    for moment, blocked in turns:
        for one in running:
            if ended := one.bits & blocked:
                one.bits ^= ended
                if moment - one.start >= least:
                    one.ended.append((moment, ended))
                    wanted &= ~ended if once else -1
        if begun := wanted & before & ~blocked:
            running.append(_Running(moment, begun))
        before = blocked
        while running and not running[0].bits:
            one = running.popleft()
            yield from ((one.start, end, bits) for end, bits in one.ended)
        if not running and not wanted:
            return


@dataclass(slots=True)
class _Running:
    """The bits that are free since a moment, and those that were until another."""

    start: int
    bits: int
    ended: list[tuple[int, int]] = field(default_factory=list)
