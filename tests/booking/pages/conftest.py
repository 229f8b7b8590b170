"""The hall of the cast in the app's own database on one September evening, and browsers in which the cast is signed in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from booking.models import Booking
from booking.reservations import reserve
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import Hall, furnish, wish
from tests.clock import Clock, stop

ROOM = "/rooms/oren-flerbrukshall/gymsal-1"
ASKED = {
    "date": "2026-09-15",
    "from": "18:00",
    "to": "20:00",
    "applicant": "313000001",
    "purpose": "Trening",
    "activity": "sport.training",
    "participants.6-12": "18",
}


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stop(monkeypatch)


@pytest.fixture
def hall(app: Flask, clock: Clock) -> Hall:
    """The cast in their hall, in the app's own database."""
    database: Database = app.extensions["database"]
    return database.transact(furnish)


@pytest.fixture
def visit(app: Flask, hall: Hall) -> Callable[..., Visitor]:
    """A browser without script in which somebody of the cast is signed in; nobody when no name is given."""

    def visit(name: str = "") -> Visitor:
        visitor = Visitor(app.test_client())
        if name:
            assert visitor.sign_in(name).status_code == 303
        return visitor

    return visit


@pytest.fixture
def booked(app: Flask, hall: Hall, clock: Clock) -> Callable[..., str]:
    """Books as somebody of the cast and tells the reference; the wish is Skiold turn's training with what is changed of it."""
    database: Database = app.extensions["database"]

    def make(name: str = "berit", **changes: Any) -> str:
        booking: Booking = database.transact(reserve, wish(**changes), by=getattr(hall, name), now=clock())
        with Session(database.engine) as session:
            return session.get_one(Booking, booking.id).reference

    return make


@pytest.fixture
def counted(app: Flask) -> Callable[[], Any]:
    """Counts the statements sent to the database while it is open."""
    engine = app.extensions["database"].engine

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            # SQLite is told to begin by a statement of ours, PostgreSQL by the driver.
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    return counting


class Hidden(HTMLParser):
    """What the forms that post to an address send, form by form, when their first button is pressed; and all links with their words.

    What stands elsewhere belongs to the form that it names; looking is no button to press.
    """

    def __init__(self, page: TestResponse, action: str = "") -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.links: dict[str, str] = {}
        self._action = action
        self._is_in = False
        self._ids: set[str] = set()
        self._is_pressed = False
        self._href: str | None = None
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_in = given.get("action") == self._action
            self.forms += [{}] if self._is_in else []
            self._ids |= {given["id"]} if self._is_in and "id" in given else set()
            self._is_pressed = False
        if (self._is_in or given.get("form") in self._ids) and "name" in given:
            self._field(tag, given)
        if tag == "a":
            self._href = given.get("href", "")

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.forms[-1][given["name"]] = given.get("value", "")
        if tag == "button" and given["name"] != "look" and not self._is_pressed:
            self._is_pressed = True
            self.forms[-1][given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in = False
        if tag == "a":
            self._href = None

    def handle_data(self, data: str) -> None:
        if self._href and data.strip():
            self.links[" ".join(data.split())] = self._href
