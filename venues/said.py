"""Said: how the inventory writes a value - plain, by source, with sources that disagree, seated and standing, by date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic_core import PydanticCustomError

DISAGREE = "sources disagree"
PARTS = {"seated", "standing"}
DATED = {"from", "until", "amount"}
NOT_KNOWN = {"unknown", "ukjent", "?", ""}
LONGEST = 1000
MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """One value that is given for a field, with what is written around it."""

    value: Any
    source: str = ""
    part: str = ""
    since: str = ""
    until: str = ""


def read(check: Callable[[object], Any]) -> Callable[[object], tuple[Said, ...]]:
    """A reader of all ways to write a value whose plain form ``check`` accepts; null and "unknown" say nothing."""

    def reader(written: object) -> tuple[Said, ...]:
        if written is None or (isinstance(written, str) and written.strip().lower() in NOT_KNOWN):
            return ()
        if isinstance(written, tuple) and all(isinstance(one, Said) for one in written):
            return written
        return tuple(_forms(written, check))

    return reader


def _forms(written: object, check: Callable[[object], Any]) -> list[Said]:
    if isinstance(written, list) and written and all(isinstance(one, dict) and set(one) <= DATED for one in written):
        return [_dated(one, check) for one in written]
    if isinstance(written, dict) and set(written) == {"lat", "lon"}:
        return [Said(check(written))]
    if isinstance(written, dict) and "amount" in written and set(written) <= DATED:
        return [_dated(written, check)]
    if isinstance(written, dict) and DISAGREE in written:
        return _disagreeing(written, check)
    if isinstance(written, dict) and written and set(written) <= PARTS:
        return [Said(check(value), part=part) for part, value in written.items() if not _is_unknown(value)]
    if isinstance(written, dict) and written and all(isinstance(source, str) and len(source) <= 300 for source in written):
        return [Said(check(value), source=source) for source, value in written.items() if not _is_unknown(value)]
    return [Said(check(written))]


def _disagreeing(written: dict[str, Any], check: Callable[[object], Any]) -> list[Said]:
    values = written[DISAGREE]
    if not isinstance(values, list) or len(values) < 2 or len(written) > 1:
        raise PydanticCustomError("bad-disagreement", "bad-disagreement")
    return [Said(check(value)) for value in values]


def _dated(written: dict[str, Any], check: Callable[[object], Any]) -> Said:
    since, until = _day(written.get("from")), _day(written.get("until"))
    return Said(check(written.get("amount")), since=since, until=until)


def _day(written: object) -> str:
    if written is None:
        return ""
    try:
        return date.fromisoformat(str(written)).isoformat()
    except ValueError:
        raise PydanticCustomError("no-such-date", "no-such-date") from None


def _is_unknown(written: object) -> bool:
    return written is None or (isinstance(written, str) and written.strip().lower() in NOT_KNOWN)


def text(written: object) -> str:
    """Words, without the spaces around them."""
    if not isinstance(written, str):
        raise PydanticCustomError("not-text", "not-text")
    if len(written) > LONGEST:
        raise PydanticCustomError("too-long", "too-long", {"most": LONGEST})
    return written.strip()


def whole(written: object) -> int:
    """A number of people or a year: whole and above zero."""
    number = amount(written)
    if number != int(number) or number < 1:
        raise PydanticCustomError("not-a-whole-number", "not-a-whole-number")
    return int(number)


def amount(written: object) -> int | float:
    """A measure or a price: a number that is not negative."""
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise PydanticCustomError("not-a-number", "not-a-number")
    _within(written, 0, MOST)
    return written


def size(written: object) -> list[int | float]:
    """Width and length in metres."""
    if not isinstance(written, list) or len(written) != 2:
        raise PydanticCustomError("not-a-size", "not-a-size")
    return [amount(side) for side in written]


def location(written: object) -> list[float]:
    """Latitude and longitude in degrees."""
    if not isinstance(written, dict) or set(written) != {"lat", "lon"}:
        raise PydanticCustomError("not-a-location", "not-a-location")
    for name, most in (("lat", 90), ("lon", 180)):
        value = written[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PydanticCustomError("not-a-number", "not-a-number")
        _within(value, -most, most)
    return [float(written["lat"]), float(written["lon"])]


def anything(written: object) -> Any:
    """Whatever a field holds that is not known here: kept as it stands, if it is not too long to show."""
    if len(str(written)) > LONGEST:
        raise PydanticCustomError("too-long", "too-long", {"most": LONGEST})
    return written


def _within(value: int | float, least: int, most: int) -> None:
    if value < least:
        raise PydanticCustomError("too-small", "too-small", {"least": least})
    if value > most:
        raise PydanticCustomError("too-large", "too-large", {"most": most})
