"""Conflicts (pure): what is wanted, what stands in its way, and what of a list of wishes collides with itself."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kernel.interval import Interval


@dataclass(frozen=True, slots=True)
class Want:
    """The spaces that one date of a wish would occupy; ``time`` includes set-up and clean-up."""

    spaces: tuple[int, ...]
    time: Interval

    def meets(self, other: "Want") -> bool:
        """Whether both want a space at the same time."""
        return not set(self.spaces).isdisjoint(other.spaces) and self.time.overlaps(other.time)


@dataclass(frozen=True, slots=True)
class Collision:
    """A claim in the way of want number ``want``: of another occurrence, or of an earlier date of the same wish (None)."""

    want: int
    space_id: int
    occurrence_id: int | None
    time: Interval

    @property
    def code(self) -> str:
        """What is in the way, in the word for it that refusals have."""
        return "time-taken" if self.occurrence_id else "meets-own-date"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database said of all wants at once; only an answer lets ``occupy`` take time."""

    wants: tuple[Want, ...]
    collisions: Mapping[int, tuple[Collision, ...]] = field(default_factory=dict)

    def is_free(self, want: int) -> bool:
        return want not in self.collisions

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(number for number in range(len(self.wants)) if self.is_free(number))

    def without(self, given_up: Collection[int]) -> "Answer":
        """The answer once these occurrences give up their time."""
        met = {want: tuple(one for one in found if one.occurrence_id not in given_up) for want, found in self.collisions.items()}
        return Answer(self.wants, {want: found for want, found in met.items() if found})


def collisions_within(wants: Sequence[Want]) -> Iterable[Collision]:
    """Where a later want meets an earlier one of the same list; the earlier keeps the time."""
    last: dict[int, list[Interval]] = {}
    for number, want in enumerate(wants):
        for space in want.spaces:
            earlier = last.setdefault(space, [])
            met = next((time for time in earlier if time.overlaps(want.time)), None)
            if met is None:
                earlier.append(want.time)
            else:
                yield Collision(number, space, None, met)


def grouped(wants: Sequence[Want], found: Iterable[Collision]) -> Answer:
    """The answer of these wants and everything found in their way, one collision per occurrence and want."""
    by_want: dict[int, dict[tuple[int | None, Interval], Collision]] = {}
    for collision in found:
        by_want.setdefault(collision.want, {}).setdefault((collision.occurrence_id, collision.time), collision)
    return Answer(tuple(wants), {number: tuple(found.values()) for number, found in by_want.items()})
