"""Stumbles: which rule an evaluation broke in, and on what request, told from the traceback of what it raised."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from traceback import walk_tb
from typing import Any

from policies.layers import Placed
from policies.request import Request
from policies.rules.base import Rule


@dataclass(frozen=True, slots=True)
class Stumble:
    """The id of the rule, empty where it was in none, and when the request begins on the wall clock."""

    rule: str
    start: datetime | None


def stumble_of(error: Exception) -> Stumble:
    """Where an evaluation stopped: no rule has to be wrapped to be named when it has a defect."""
    rule = next((found.rule.id if isinstance(found, Placed) else found.id for found in _held(error, Rule | Placed)), "")
    request: Request | None = next(_held(error, Request), None)
    return Stumble(rule, request.wall.start if request else None)


def _held(error: Exception, kind: Any) -> Iterator[Any]:
    """The values of a kind in the frames that the error came through, the innermost first."""
    frames = [frame for frame, _line in walk_tb(error.__traceback__)]
    return (value for frame in reversed(frames) for value in frame.f_locals.values() if isinstance(value, kind))
