"""Week grid: a room's week, or the rooms of a day, as rows of cells on a common scale, for a template that computes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

STEP = timedelta(minutes=5)
HOUR = timedelta(hours=1)
EARLIEST, LATEST = timedelta(hours=8), timedelta(hours=22)


class SlotState(StrEnum):
    """What a time of a room is: AGREEMENT is open by agreement only, HELD waits for an answer, WANTED is wished for and kept by nobody,
    SHARED is taken in another room that shares a part with this one."""

    FREE = "free"
    TAKEN = "taken"
    SHARED = "shared"
    HELD = "held"
    WANTED = "wanted"
    AGREEMENT = "agreement"
    CLOSED = "closed"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of one local day, counted from its midnight.

    ``label`` says by whom or why, ``href`` leads on, ``why`` to how it came about.
    """

    start: timedelta
    end: timedelta
    state: SlotState
    label: str = ""
    href: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A slot as drawn: ``width`` in columns of five minutes; words stand upright where it is narrow."""

    slot: Slot
    width: int

    @property
    def is_narrow(self) -> bool:
        return self.width <= HOUR // STEP


@dataclass(frozen=True, slots=True)
class Row:
    """One day, of the room that is named where rows are rooms; ``is_closed`` with nothing but closed time or time that has passed."""

    day: date
    cells: tuple[Cell, ...]
    name: str = ""
    href: str = ""

    @property
    def is_closed(self) -> bool:
        return all(cell.slot.state in (SlotState.CLOSED, SlotState.PAST) and not cell.slot.label for cell in self.cells)


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """``hours`` are the scale, each as wide as ``hour_width`` columns."""

    hours: tuple[timedelta, ...]
    rows: tuple[Row, ...]
    hour_width: int = HOUR // STEP


@dataclass(frozen=True, slots=True)
class Line:
    """What a row is to hold: the slots of a day, and where rows are rooms the room's name and where it leads."""

    day: date
    slots: Sequence[Slot]
    name: str = ""
    href: str = ""


def week_grid(days: Iterable[tuple[date, Sequence[Slot]]]) -> WeekGrid:
    """The grid of these days, a row for each."""
    return grid_of(Line(day, slots) for day, slots in days)


def grid_of(lines: Iterable[Line]) -> WeekGrid:
    """The grid of these rows; time that no slot covers is closed. Slots of a row must not overlap.

    The scale shows at least 08-22 and grows by whole hours to what the slots need.
    """
    listed = list(lines)
    every = [slot for line in listed for slot in line.slots]
    first = min([EARLIEST, *(slot.start for slot in every)]) // HOUR
    last = -(-max([LATEST, *(slot.end for slot in every)]) // HOUR)
    return WeekGrid(tuple(hour * HOUR for hour in range(first, last)), tuple(_row(line, first * HOUR, last * HOUR) for line in listed))


def _row(line: Line, first: timedelta, last: timedelta) -> Row:
    return Row(line.day, _cells(sorted(line.slots, key=lambda slot: slot.start), first, last), line.name, line.href)


def _cells(slots: Sequence[Slot], first: timedelta, last: timedelta) -> tuple[Cell, ...]:
    cells, reached = [], first
    for slot in _gapless(slots, first, last):
        # The drawing follows whole columns; what lies within one that is drawn already adds nothing to see.
        end = -(-slot.end // STEP) * STEP
        if end > reached:
            cells.append(Cell(slot, (end - reached) // STEP))
            reached = end
    return tuple(cells)


def _gapless(slots: Sequence[Slot], first: timedelta, last: timedelta) -> Iterable[Slot]:
    reached = first
    for slot in slots:
        if slot.start > reached:
            yield Slot(reached, slot.start, SlotState.CLOSED)
        yield slot
        reached = slot.end
    if reached < last:
        yield Slot(reached, last, SlotState.CLOSED)
