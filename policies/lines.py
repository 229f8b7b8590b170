"""Lines: on which line of a JSON text each value stands, so that a fault can be found in an editor."""

import re
from collections.abc import Mapping

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def lines_of(text: str) -> Mapping[str, int]:
    """The line (from 1) of each place, written as faults write it: ``rules[3].reason.nn``."""
    found: dict[str, int] = {"": 1}
    stack: list[tuple[str, int | None]] = []
    here, name, expects_name = "", "", False
    for token in TOKEN.finditer(text):
        word = token.group()
        match word:
            case "{" | "[":
                found[here] = _line(text, token.start())
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
                name = word.strip('"')
            case _:
                found[here] = _line(text, token.start())
    return found


def line_of(place: str, lines: Mapping[str, int]) -> int:
    """The line of a place; of what is missing, the line of what it is missing from."""
    while place not in lines:
        place = re.sub(r"(\.?[^.\[\]]+|\[\d+\])$", "", place)
    return lines[place]


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _next(stack: list[tuple[str, int | None]]) -> tuple[str, bool]:
    """Where the value after a comma stands, or that a name is due first."""
    if not stack:
        return "", False
    place, number = stack[-1]
    if number is None:
        return place, True
    stack[-1] = (place, number + 1)
    return f"{place}[{number + 1}]", False


def _inside(stack: list[tuple[str, int | None]], name: str) -> str:
    place = stack[-1][0] if stack else ""
    return f"{place}.{name}" if place else name
