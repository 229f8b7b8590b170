"""Plots: the geometry of bars and of a week's heat map, in the units of an SVG; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from booking.statistics.reports import Line

# What is drawn of more lines would not be read.
MOST_BARS = 30
BAR, WIDTH, LABELS, NUMBERS = 28, 760, 300, 90
CELL, ROW, SIDE, TOP = 42, 30, 46, 24
STEPS = 5
HOURS, WEEKDAYS = 24, 7
Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its label: its place from above and its length."""

    line: Line
    value: Number
    y: int
    length: int


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a weekday: where it is drawn, and how dark (0 to 4)."""

    line: Line
    value: Number
    x: int
    y: int
    step: int


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: bars, or cells of a week with the hours above them; how many lines are left out."""

    width: int
    height: int
    bars: Sequence[Bar] = ()
    cells: Sequence[Cell] = ()
    hours: Sequence[tuple[int, int]] = ()
    weekdays: Sequence[tuple[int, int]] = ()
    left_out: int = 0


def bars(lines: Sequence[Line], code: str, *, in_order: bool) -> Plot | None:
    """The lines as bars, the longest first unless they have an order of their own; None where there is nothing to draw."""
    found = [(line, value) for line in lines if (value := line.figures.values.get(code)) is not None]
    most = max((value for _, value in found), default=0)
    if most <= 0:
        return None
    shown = found if in_order else sorted(found, key=lambda one: (-one[1], one[0].name))[:MOST_BARS]
    room = WIDTH - LABELS - NUMBERS
    drawn = [Bar(line, value, number * BAR, max(0, round(room * value / most))) for number, (line, value) in enumerate(shown)]
    return Plot(WIDTH, len(drawn) * BAR, bars=drawn, left_out=len(found) - len(drawn))


def heat(lines: Sequence[Line], code: str) -> Plot | None:
    """A week of hours: keys are ``weekday-hour``; None where there is nothing to draw."""
    found = {(int(day), int(hour)): line for line in lines for day, _, hour in [line.key.partition("-")] if day and hour}
    values = {at: value for at, line in found.items() if (value := line.figures.values.get(code)) is not None}
    most = max(values.values(), default=0)
    if most <= 0:
        return None
    first, last = min(hour for _, hour in values), max(hour for _, hour in values)
    cells = [
        Cell(found[day, hour], value, SIDE + (hour - first) * CELL, TOP + day * ROW, min(STEPS - 1, int(STEPS * value / most)))
        for (day, hour), value in sorted(values.items())
    ]
    hours = [(hour, SIDE + (hour - first) * CELL) for hour in range(first, last + 1)]
    return Plot(
        SIDE + len(hours) * CELL,
        TOP + WEEKDAYS * ROW,
        cells=cells,
        hours=hours,
        weekdays=[(day, TOP + day * ROW) for day in range(WEEKDAYS)],
    )
