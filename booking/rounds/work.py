"""Work: what a caretaker does at venues, derived from what is booked there and from the time that it takes around it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from kernel.interval import Interval

# A door is opened and locked at a moment; so long a calendar shows it.
MOMENT = timedelta(minutes=15)
NEVER = datetime.min.replace(tzinfo=UTC)


class Kind(StrEnum):
    """UNLOCK and LOCK a venue before the first and after the last of those that touch; SET_UP for one, or CHANGE_OVER to it
    from those before it in the same part of the building."""

    UNLOCK = "unlock"
    SET_UP = "set-up"
    CHANGE_OVER = "change-over"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Stay:
    """A booked date as work: its use in UTC, how long before it the venue is open and it is set up, how long after it is cleared.

    ``spaces`` are the parts of the building that it takes, ``set_up`` what is to stand there, in words.
    """

    id: int
    venue: int
    spaces: frozenset[int]
    use: Interval
    open_before: timedelta = timedelta()
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    set_up: tuple[str, ...] = ()

    @property
    def opens(self) -> datetime:
        return self.use.start - max(self.before, self.open_before)

    @property
    def cleared(self) -> datetime:
        return self.use.end + self.after


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, ``at`` a time in UTC, for ``stay``: who comes first, who leaves last, whom it is prepared for.

    ``others`` are who else comes before the venue is locked, or who left what is changed over; ``left`` are those whose set-up
    stands until it is locked.
    """

    kind: Kind
    at: Interval
    stay: Stay
    others: tuple[Stay, ...] = ()
    left: tuple[Stay, ...] = ()


def tasks_of(stays: Iterable[Stay]) -> list[Task]:
    """The work that these dates make, soonest first.

    Nothing is locked between two dates of a venue that touch or overlap, set-up and clean-up included, and nothing is carried away
    and back again between two that want the same.
    """
    by_venue = groupby(sorted(stays, key=lambda stay: (stay.venue, stay.opens, stay.id)), key=lambda stay: stay.venue)
    found = [task for _venue, ones in by_venue for run in _runs(ones) for task in _of_run(run)]
    order = list(Kind)
    return sorted(found, key=lambda task: (task.at.start, order.index(task.kind), task.stay.venue, task.stay.id))


def _runs(stays: Iterable[Stay]) -> Iterator[list[Stay]]:
    """Those that touch or overlap, without a time between them at which nobody is there."""
    run: list[Stay] = []
    until = NEVER
    for stay in stays:
        if run and stay.opens > until:
            yield run
            run = []
        until = max(until, stay.cleared)
        run.append(stay)
    if run:
        yield run


def _of_run(run: Sequence[Stay]) -> Iterator[Task]:
    first, last = run[0], max(run, key=lambda stay: (stay.cleared, stay.id))
    yield Task(Kind.UNLOCK, Interval(first.opens, first.opens + MOMENT), first, tuple(run[1:]))
    standing: dict[int, Stay] = {}
    for stay in sorted(run, key=lambda one: (one.use.start, one.id)):
        before = {one.id: one for space in stay.spaces if (one := standing.get(space)) and (one.set_up or _touch(one, stay))}
        yield from _prepared(stay, [before[number] for number in sorted(before)])
        standing |= dict.fromkeys(stay.spaces, stay)
    left = {stay.id: stay for stay in standing.values() if stay.set_up}
    at = Interval(last.cleared, last.cleared + MOMENT)
    yield Task(Kind.LOCK, at, last, left=tuple(left[number] for number in sorted(left)))


def _prepared(stay: Stay, before: Sequence[Stay]) -> Iterator[Task]:
    """What is done before a date, where ``before`` are those that it takes over from; nothing where all stands as it is wanted."""
    if not before:
        if stay.set_up or stay.before:
            yield Task(Kind.SET_UP, _until(stay.use.start, stay.before or min(stay.open_before, MOMENT)), stay)
    elif stay.before or any(one.after or one.set_up != stay.set_up for one in before):
        free = stay.use.start - max(one.use.end for one in before)
        length = free if any(_touch(one, stay) for one in before) else stay.before
        yield Task(Kind.CHANGE_OVER, _until(stay.use.start, length), stay, tuple(before))


def _touch(one: Stay, following: Stay) -> bool:
    return one.cleared >= following.opens


def _until(start: datetime, length: timedelta) -> Interval:
    """The time before a use; where there is none it is done as the use begins, at once."""
    return Interval(start - length, start) if length > timedelta() else Interval(start, start + MOMENT)
