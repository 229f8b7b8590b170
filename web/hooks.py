"""Hooks: what the packages above tell the web edge, registered once when the app is made."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flask import Flask, current_app
from flask.typing import ResponseReturnValue


class Group(StrEnum):
    """The headings of the navigation under which entries stand that are not needed every day, in their order."""

    OWN = "own"
    PEOPLE = "people"
    ROOMS = "rooms"
    SUPPORT = "support"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation; ``place`` is ``main``, ``account`` or ``staff``, ``post`` asks for a button in a form."""

    label: str
    href: str
    place: str = "main"
    post: bool = False
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """Entries of the navigation under a heading that opens; one alone, and what is in no group, has none."""

    links: tuple[Link, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """The way back from what was just done: the address to post to, and until when it is open; ``what`` was done to which things,
    each by its name and address."""

    href: str
    until: datetime
    what: str = ""
    things: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Hooks:
    """``navigation`` gives the links this person may follow, ``language`` the person's own choice, ``identify`` what a
    bearer token stands for (None when it stands for nothing), ``lead`` the address of what a reference names (None when it names
    nothing), ``sign_in`` the answer to a page that needs a person, ``undo`` the way back from what this person did last to a subject
    by its number, ``ways_back`` those from all that this person may still undo, newest first."""

    navigation: list[Callable[[], Iterable[Link]]] = field(default_factory=list)
    language: Callable[[], str | None] = lambda: None
    identify: Callable[[str], object | None] = lambda _token: None
    lead: list[Callable[[str], str | None]] = field(default_factory=list)
    sign_in: Callable[[], ResponseReturnValue] | None = None
    undo: Callable[[str, int], Back | None] = lambda _subject, _number: None
    ways_back: Callable[[], Sequence[Back]] = tuple


def hooks(app: Flask | None = None) -> Hooks:
    """The hooks of this app, or of the one that answers the request."""
    found: Hooks = (app or current_app).extensions["web"]
    return found
