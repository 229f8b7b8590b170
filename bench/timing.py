"""Timing: works measured alternately, medians of rounds, the statements sent, and how fast the disk flushes meanwhile."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, event

Measure = Callable[[], float]
FLUSHES = 50


@dataclass(frozen=True, slots=True)
class Rounds:
    """What each work took, round by round, in seconds per piece of work."""

    taken: Mapping[str, Sequence[float]]

    def typical(self, name: str) -> float:
        """The median of a work's rounds."""
        return median(self.taken[name])

    def ratio(self, name: str, floor: str) -> float:
        """How many times as long a work takes as a floor.

        The median of the rounds' own ratios: a slow minute counts on both sides.
        """
        return median(ours / theirs for ours, theirs in zip(self.taken[name], self.taken[floor], strict=True))


def alternating(works: Mapping[str, Measure], *, rounds: int) -> Rounds:
    """Measure all works once, then again, the order turned each time; the first turn warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name in list(works) if number % 2 else reversed(list(works)):
            seconds = works[name]()
            if number:
                taken[name].append(seconds)
    return Rounds(taken)


def per_piece(work: Callable[[], object], *, pieces: int = 1) -> float:
    """Seconds that one of so many pieces of work takes."""
    began = time.perf_counter()
    for _ in range(pieces):
        work()
    return (time.perf_counter() - began) / pieces


def flush_seconds(folder: Path) -> float:
    """What one durable write of a page costs on the disk of the databases: the median of fifty."""
    place = folder / "flush"
    with place.open("wb", buffering=0) as file:
        return median(_flushed(file.fileno()) for _ in range(FLUSHES))


def _flushed(descriptor: int) -> float:
    os.write(descriptor, b"\0" * 4096)
    began = time.perf_counter()
    os.fsync(descriptor)
    return time.perf_counter() - began


def share_below(seconds: Sequence[float], share: float) -> float:
    """The time that this share of all answers stays below."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent to a database while it is open."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
