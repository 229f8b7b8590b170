"""Lines: on which line of a JSON text each value stands, so that a fault can be found in an editor."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
STEP = re.compile(r"(\.?[^.\[\]]+|\[\d+\])$")
DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Standing:
    """A value of the text: its place as faults write it (``rules[3].reason.nn``), its line from 1, how deep it stands."""

    place: str
    line: int
    depth: int


def standings(text: str) -> Iterator[Standing]:
    """The values of a text in their order, until one stands deeper than ``DEEPEST``, which is the last."""
    stack: list[tuple[str, int | None]] = []
    here, name, expects_name = "", "", False
    line, reached = 1, 0
    for token in TOKEN.finditer(text):
        line, reached = line + text.count("\n", reached, token.start()), token.start()
        match word := token.group():
            case "{" | "[":
                yield Standing(here, line, len(stack))
                if len(stack) > DEEPEST:
                    return
                stack.append((here, None if word == "{" else 0))
                expects_name = word == "{"
                here = here if word == "{" else f"{here}[0]"
            case "}" | "]":
                here = stack.pop()[0] if stack else ""
            case ",":
                here, expects_name = _next(stack)
            case ":":
                here, expects_name = _inside(stack, name), False
            case _ if expects_name:
                name = _unescaped(word)
            case _:
                yield Standing(here, line, len(stack))


def lines_of(text: str) -> Mapping[str, int]:
    """The line of each place."""
    return {"": 1, **{one.place: one.line for one in standings(text)}}


def line_of(place: str, lines: Mapping[str, int]) -> int:
    """The line of a place; of what is missing, the line of what it is missing from."""
    while place not in lines:
        wider = STEP.sub("", place)
        place = wider if wider != place else ""
    return lines[place]


def _next(stack: list[tuple[str, int | None]]) -> tuple[str, bool]:
    """Where the value after a comma stands, or that a name is due first."""
    if not stack:
        return "", False
    place, number = stack[-1]
    if number is None:
        return place, True
    stack[-1] = (place, number + 1)
    return f"{place}[{number + 1}]", False


def _unescaped(word: str) -> str:
    return str(json.loads(word)) if "\\" in word else word.strip('"')


def _inside(stack: list[tuple[str, int | None]], name: str) -> str:
    place = stack[-1][0] if stack else ""
    return f"{place}.{name}" if place else name
