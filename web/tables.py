"""Tables: each cell names its column, so that a row can stand as a list where the window is too narrow for columns."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

CELL = re.compile(r"<(?:(?P<row>tr)|t[dh])\b(?P<own>[^>]*)")
MOST_SIDE_BY_SIDE = 3
"""So many columns fit beside each other on a phone."""


def labelled(rows: Markup, heads: Sequence[str]) -> Markup:
    """The rows of a table with ``data-label`` on each cell but the first, which the row is known by, and on those that have one."""
    column = 0

    def label(found: re.Match[str]) -> str:
        nonlocal column
        column = 0 if found["row"] else column + 1
        if column < 2 or column > len(heads) or "data-label" in found["own"]:
            return found[0]
        return f'{found[0]} data-label="{escape(heads[column - 1])}"'

    return Markup(CELL.sub(label, rows))


def is_wide(heads: Sequence[str]) -> bool:
    """Whether a phone is too narrow for these columns."""
    return len(heads) > MOST_SIDE_BY_SIDE
