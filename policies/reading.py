"""Reading: JSON text as values, with all that JSON itself gets wrong told at its place."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from kernel.errors import Fault, Invalid, Refusal, refuse
from policies.lines import DEEPEST, standings
from web.faults import unwritten

LONGEST = 1_000_000
LONGEST_OF_CASES = 2 * LONGEST
MOST_DIGITS = 100


class Unreadable(str):
    """A number that cannot be reckoned with, as it is written; ``code`` says what is wrong with it."""

    code: str

    def __new__(cls, written: str, code: str) -> "Unreadable":
        made = super().__new__(cls, written)
        made.code = code
        return made


class Repeating(dict[str, object]):
    """An object in which fields stand several times; the last one of each is kept."""

    repeated: tuple[str, ...] = ()


def parsed(text: str, most: int = LONGEST) -> object:
    """The values of a JSON text of at most so many characters; what cannot be read is an ``Unreadable`` or ``Repeating``.

    ``unsound`` tells of those. Raises Invalid (``document-too-large``; ``broken-json`` with line and column;
    ``nested-too-deep``) for what is no JSON text at all.
    """
    if len(text) > most:
        raise too_large(text)
    try:
        data: object = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_broken)
    except json.JSONDecodeError as failure:
        raise refuse(Invalid, "broken-json", line=failure.lineno, column=failure.colno) from None
    except RecursionError:
        raise _too_deep(text) from None
    if _is_deep(data):
        raise _too_deep(text)
    return data


def too_large(text: str) -> Refusal:
    """The refusal of a text that is longer than is read, with both limits: what it holds nobody has read."""
    return refuse(Invalid, "document-too-large", value=len(text), most=LONGEST, of_cases=LONGEST_OF_CASES)


def as_json(data: object) -> bytes:
    """The values as JSON again, to be validated; half signs, which ``unsound`` tells of, are question marks."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")


def unsound(data: object, place: str = "") -> Iterator[Fault]:
    """What JSON or a database does not take, anywhere in the values; they are nested no deeper than ``parsed`` lets through."""
    yield from unwritten(data, place)
    yield from _unreadable(data, place)


def _unreadable(here: object, place: str) -> Iterator[Fault]:
    if isinstance(here, Unreadable):
        yield Fault(here.code, place, here[:MOST_DIGITS])
    elif isinstance(here, Mapping):
        for name in here.repeated if isinstance(here, Repeating) else ():
            yield Fault("repeated-field", f"{place}.{name}" if place else name, name)
        for name, value in here.items():
            yield from _unreadable(value, f"{place}.{name}" if place else name)
    elif isinstance(here, list):
        for number, value in enumerate(here):
            yield from _unreadable(value, f"{place}[{number}]")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    times = Counter(name for name, _value in pairs)
    repeating = Repeating(found)
    repeating.repeated = tuple(name for name in found if times[name] > 1)
    return repeating


def _constant(name: str) -> Unreadable:
    return Unreadable(name, "not-a-number")


def _whole(digits: str) -> int | Unreadable:
    return int(digits) if len(digits) <= MOST_DIGITS else Unreadable(digits, "too-many-digits")


def _broken(digits: str) -> float | Unreadable:
    number = float(digits)
    return number if math.isfinite(number) else Unreadable(digits, "too-many-digits")


def _is_deep(data: object) -> bool:
    level = [data]
    for _depth in range(DEEPEST + 1):
        level = [value for here in level for value in _inside(here)]
    return bool(level)


def _inside(here: object) -> Iterable[object]:
    if isinstance(here, Mapping):
        return here.values()
    return here if isinstance(here, list) else ()


def _too_deep(text: str) -> Refusal:
    deepest = next((one.place for one in standings(text) if one.depth > DEEPEST), "")
    return refuse(Invalid, "nested-too-deep", deepest, most=DEEPEST)
