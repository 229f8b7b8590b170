"""Conflicts (pure): what is wanted, what stands in its way, and what of a list of wishes collides with itself."""

from bisect import bisect
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kernel.interval import Interval


@dataclass(frozen=True, slots=True)
class Draw:
    """So many of a resource, by its id, for a time: any of its units will do."""

    resource: int
    count: int
    time: Interval


@dataclass(frozen=True, slots=True)
class Want:
    """The spaces that one date of a wish would occupy; ``time`` includes set-up and clean-up. Beside them what it draws."""

    spaces: tuple[int, ...]
    time: Interval
    draws: tuple[Draw, ...] = ()

    def meets(self, other: "Want") -> bool:
        """Whether both want a space at the same time."""
        return not set(self.spaces).isdisjoint(other.spaces) and self.time.overlaps(other.time)


@dataclass(frozen=True, slots=True)
class Pool:
    """The units of a resource in the order in which they are given out, each of ``lot`` pieces.

    Those ``beyond`` are given out no more; whoever has one still has one of those that there are.
    """

    slug: str
    name: str
    lot: int
    units: tuple[int, ...]
    beyond: tuple[int, ...] = ()

    @property
    def every(self) -> tuple[int, ...]:
        return (*self.units, *self.beyond)

    def units_for(self, count: int) -> int:
        return -(-count // self.lot)

    def free_but(self, held: Collection[int]) -> tuple[int, ...]:
        """The units that can be given out while these are held."""
        free = [unit for unit in self.units if unit not in held]
        return tuple(free[: max(len(free) - len(set(self.beyond).intersection(held)), 0)])


@dataclass(frozen=True, slots=True)
class Collision:
    """A claim in the way of want number ``want``: of another occurrence, or of an earlier date of the same wish (None).

    Or, with ``kept_until``, time that became free and is kept until those who stand in line have been asked. In an answer by want
    ``beside`` are the other spaces of the want that the same has.
    """

    want: int
    space_id: int
    occurrence_id: int | None
    time: Interval
    kept_until: datetime | None = None
    beside: tuple[int, ...] = ()

    @property
    def spaces(self) -> tuple[int, ...]:
        return (self.space_id, *self.beside)

    @property
    def is_own(self) -> bool:
        """Whether the wish is in its own way."""
        return self.occurrence_id is None and self.kept_until is None

    @property
    def code(self) -> str:
        """What is in the way, in the word for it that refusals have."""
        if self.kept_until:
            return "kept-for-line"
        return "time-taken" if self.occurrence_id else "meets-own-date"


@dataclass(frozen=True, slots=True)
class Shortage:
    """Too few of a pool are free for want number ``want``, counted in pieces; ``held`` is when others have the rest.

    ``kept`` is what became free of it, where that would be enough and is kept until those who stand in line have been asked.
    """

    want: int
    pool: Pool
    asked: int
    free: int
    held: tuple[Interval, ...]
    kept: tuple[Collision, ...] = ()

    @property
    def total(self) -> int:
        return len(self.pool.units) * self.pool.lot

    @property
    def can_pass(self) -> bool:
        """Whether there are so many at all."""
        return self.asked <= self.total


Picked = tuple[int, Interval]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database said of all wants at once; only an answer lets ``occupy`` take time.

    ``found`` is every claim in the way, of spaces and of the units in ``pools``; by want it is what keeps a date from its room,
    of what there is too little beside it, and which units were picked for it.
    """

    wants: tuple[Want, ...]
    found: tuple[Collision, ...] = ()
    pools: Mapping[int, Pool] = field(default_factory=dict)
    collisions: Mapping[int, tuple[Collision, ...]] = field(default_factory=dict)
    shortages: Mapping[int, tuple[Shortage, ...]] = field(default_factory=dict)
    picked: Mapping[int, tuple[Picked, ...]] = field(default_factory=dict)

    def is_free(self, want: int) -> bool:
        return want not in self.collisions and want not in self.shortages

    @property
    def stuck(self) -> frozenset[int]:
        """The numbers of the wants that are not free."""
        return frozenset((*self.collisions, *self.shortages))

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(number for number in range(len(self.wants)) if self.is_free(number))

    def claims(self, want: int) -> Iterable[Picked]:
        """The spaces that a want is to hold, each with its time: those of the room, and the units that were picked for it."""
        wanted = self.wants[want]
        yield from ((space, wanted.time) for space in wanted.spaces)
        yield from self.picked.get(want, ())

    def without(self, given_up: Collection[int]) -> "Answer":
        """The answer once these occurrences give up their time."""
        return grouped(self.wants, [one for one in self.found if one.occurrence_id not in given_up], self.pools)


def collisions_within(wants: Sequence[Want]) -> Iterable[Collision]:
    """Where a later want meets an earlier one of the same list; the earlier keeps the time.

    Those that keep theirs are disjoint, and looked for in order: a calendar of others brings thousands.
    """
    last: dict[int, list[Interval]] = {}
    for number, want in enumerate(wants):
        for space in want.spaces:
            earlier = last.setdefault(space, [])
            place = bisect(earlier, want.time)
            met = next((time for time in earlier[max(place - 1, 0) : place + 1] if time.overlaps(want.time)), None)
            if met is None:
                earlier.insert(place, want.time)
            else:
                yield Collision(number, space, None, met)


def grouped(wants: Sequence[Want], found: Iterable[Collision], pools: Mapping[int, Pool], *, alone: bool = False) -> Answer:
    """The answer of these wants and everything found in their way, one collision per occurrence and want.

    What is drawn is picked from ``pools``, by the ids of their resources: the first units that are free for the whole time. A
    want that is free keeps its units from those after it, unless each stands ``alone``.
    """
    every = tuple(found)
    units = {unit for pool in pools.values() for unit in pool.every}
    in_rooms: dict[int, dict[tuple[int | None, bool, Interval], Collision]] = {}
    in_use: dict[tuple[int, int], list[Collision]] = {}
    for collision in every:
        if collision.space_id in units:
            in_use.setdefault((collision.want, collision.space_id), []).append(collision)
        else:
            met, same = in_rooms.setdefault(collision.want, {}), (collision.occurrence_id, collision.is_own, collision.time)
            met[same] = replace(met[same], beside=(*met[same].beside, collision.space_id)) if same in met else collision
    collisions = {number: tuple(met.values()) for number, met in in_rooms.items()}
    shortages: dict[int, tuple[Shortage, ...]] = {}
    picked: dict[int, tuple[Picked, ...]] = {}
    given: dict[int, list[Interval]] = {}
    for number, want in enumerate(wants):
        drawn = [_draw(number, draw, pools[draw.resource], in_use, given) for draw in want.draws]
        short = tuple(one for one in drawn if isinstance(one, Shortage))
        if short:
            shortages[number] = short
        elif drawn and number not in collisions:
            picked[number] = tuple(pair for one in drawn if not isinstance(one, Shortage) for pair in one)
            for unit, time in () if alone else picked[number]:
                given.setdefault(unit, []).append(time)
    return Answer(tuple(wants), every, pools, collisions, shortages, picked)


def _draw(
    number: int, draw: Draw, pool: Pool, in_use: Mapping[tuple[int, int], list[Collision]], given: Mapping[int, list[Interval]]
) -> tuple[Picked, ...] | Shortage:
    met = [(unit, one) for unit in pool.every for one in in_use.get((number, unit), ())]
    own = [(unit, time) for unit in pool.units for time in given.get(unit, ()) if time.overlaps(draw.time)]
    others = {unit for unit, _ in own} | {unit for unit, one in met if one.kept_until is None}
    free, needed = pool.free_but(others | {unit for unit, _ in met}), pool.units_for(draw.count)
    if len(free) >= needed:
        return tuple((unit, draw.time) for unit in free[:needed])
    kept = tuple(one for _, one in met if one.kept_until) if len(pool.free_but(others)) >= needed else ()
    times = {one.time for _, one in met} | {time for _, time in own}
    held = tuple(sorted(times, key=lambda time: (time.start, time.end)))
    return Shortage(number, pool, draw.count, len(free) * pool.lot, held, kept)
