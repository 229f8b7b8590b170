"""Table: what was measured beside its floor and its goal, as people read it."""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTHS = (58, 13, 13, 8, 12, 6)
HEADS = ("work", "floor", "ours", "ratio", "goal", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comparison; ``ratio`` and ``goal`` are both shares of the floor's speed, or both multiples of its time.

    ``goal`` is a bound as it reads (``>= 0.5``, ``<= 3``), empty where a figure only stands for information.
    """

    work: str
    floor: str = ""
    ours: str = ""
    ratio: float | None = None
    goal: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met, None without a goal."""
        if not self.goal or self.ratio is None:
            return None
        relation, _, bound = self.goal.partition(" ")
        return self.ratio >= float(bound) if relation == ">=" else self.ratio <= float(bound)


def printed(title: str, lines: Iterable[Line]) -> str:
    """The lines as text in columns."""
    rows = [HEADS, *(_cells(line) for line in lines)]
    return "\n".join([title, *("  ".join(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=True)).rstrip() for row in rows)])


def milliseconds(seconds: float) -> str:
    """As ``12.34 ms``."""
    return f"{seconds * 1000:.2f} ms"


def megabytes(size: int) -> str:
    """Bytes as ``12 MB``."""
    return f"{size / 1e6:.0f} MB"


def rate(seconds: float) -> str:
    """How often a second, as ``123/s``."""
    return f"{1 / seconds:,.0f}/s"


def _cells(line: Line) -> tuple[str, ...]:
    met = {None: "", True: "met", False: "MISSED"}[line.is_met]
    return line.work, line.floor, line.ours, "" if line.ratio is None else f"{line.ratio:.2f}", line.goal, met
