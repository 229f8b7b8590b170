"""The cast in the database, and a visitor who signs in on pages as people do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.identity import COMMAND, NOBODY, Actor
from database.transact import Database
from tests import cast as standing
from tests.cast import Cast, assemble

NOW = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
TOKEN_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)


@pytest.fixture
def actors(session: Session, cast: Cast) -> dict[str, Actor]:
    """Everybody who may try something, by what they are."""
    people = {
        "private": cast.per,
        "asked": cast.siri,
        "delegate": cast.nils,
        "leader": cast.berit,
        "caretaker": cast.olav,
        "officer": cast.kari,
        "administrator": cast.ada,
    }
    return {"nobody": NOBODY} | {name: standing.actor(session, person) for name, person in people.items()} | {"command": COMMAND}


@pytest.fixture
def kept(app: Flask) -> Cast:
    """The cast in the app's own database."""
    database: Database = app.extensions["database"]
    return database.transact(assemble)


@dataclass
class Visitor:
    """A browser without script: it keeps cookies and sends the forms of pages back."""

    client: FlaskClient

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def post(self, address: str, *, form_on: str = "", **fields: str | list[str]) -> TestResponse:
        """Send a form that stands on a page, with the token that this page carries."""
        page = self.client.get(form_on or address)
        found = TOKEN_FIELD.search(page.text)
        assert found, f"no form on {form_on or address} ({page.status})"
        referer = f"http://localhost{form_on or address}"
        return self.client.post(address, data={"csrf_token": found[1], **fields}, headers={"Referer": referer})

    def sign_in(self, name: str, password: str = standing.PASSWORD) -> TestResponse:
        return self.post("/sign-in", email=f"{name}@example.org", password=password)


@pytest.fixture
def visitor(app: Flask, kept: Cast) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def another(app: Flask) -> Callable[[], Visitor]:
    """Further browsers, each with its own cookies."""
    return lambda: Visitor(app.test_client())


@pytest.fixture
def statements(app: Flask) -> list[str]:
    """The statements that the app's database got, in order, begin and commit left out."""
    seen: list[str] = []
    database: Database = app.extensions["database"]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    return seen
