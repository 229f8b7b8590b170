"""Possible: what a document may say at all - texts and addresses that a page can show, limits that something can be under."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from kernel.addresses import is_web_address
from kernel.errors import Fault
from policies.rules.base import LONGEST_TEXT, Comparator
from policies.verdict import Reason, Source

# What is signed is a whole text.
LONGEST_SIGNED = 20_000
SIGNED = ".text"


def impossible(value: Any, place: str = "") -> Iterator[Fault]:
    """A fault for each text that is too long, each address that is none on the web and each limit under nothing, anywhere in a value."""
    if isinstance(value, Reason | Source):
        yield from _texts(value, place)
        return
    for name, inner in _inside(value, place):
        if name.endswith("address") and isinstance(inner, str):
            yield from _address(inner, name)
        elif inner == 0 and type(inner) is int and getattr(value, "comparator", None) is Comparator.UNDER:
            yield Fault("not-above", name, inner, {"limit": 0})
        else:
            yield from impossible(inner, name)


def _texts(value: Reason | Source, place: str) -> Iterator[Fault]:
    most = LONGEST_SIGNED if place.endswith(SIGNED) else LONGEST_TEXT
    for name, text in asdict(value).items():
        if len(text) > most:
            yield Fault("too-long-text", f"{place}.{name}", None, {"most": most})
        elif name == "address":
            yield from _address(text, f"{place}.{name}")


def _address(text: str, place: str) -> Iterator[Fault]:
    if text and not is_web_address(text):
        yield Fault("bad-address", place, text)


def _inside(value: Any, place: str) -> Iterable[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        return ((f"{place}.{name}" if place else name, getattr(value, name)) for name in type(value).model_fields)
    if isinstance(value, dict):
        return ((f"{place}.{name}", inner) for name, inner in value.items())
    return ((f"{place}[{number}]", inner) for number, inner in enumerate(value)) if isinstance(value, tuple) else ()
