"""The standing cast in an empty database, and the hall's policy in the app's own with an officer who drafts the next one."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts import edge as accounts_edge
from accounts.identity import SERVICE
from accounts.pages import entrance
from database.transact import Database
from policies.pages import shelves
from policies.places import place_at
from policies.verbs import publish
from tests.accounts.conftest import NOW, Visitor
from tests.cast import Cast, assemble
from tests.policies.examples import at_once, document, rule

HALL = "/policies/venues/oren-flerbrukshall"
DRAFT = f"{HALL}/draft"
FIRST = date(2026, 1, 1)


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)


@pytest.fixture
def house(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The cast, and a policy of the hall that holds from New Year, as they stand on one November evening."""
    for module in (accounts_edge, entrance, shelves):
        monkeypatch.setattr(module, "now", lambda: NOW)
    database: Database = app.extensions["database"]
    database.transact(assemble)
    with database.reading() as session:
        place = place_at(session, "oren-flerbrukshall")
    price = {
        "version": "2026",
        "first": "2026-01-01",
        "rows": [{"price_class": "list", "ore": 60000, "season": {"first": "11-01", "last": "04-30"}}],
    }
    assigned = [{"price_class": "list", "applicants": ["business"]}]
    rules = at_once(), rule("length", at_most=120), rule("price", tariffs=[price], assignments=assigned)
    given = document(*rules, layer="venue", place=place.path)
    database.transact(publish, place, given, FIRST, by=SERVICE, now=NOW)
    return database


@pytest.fixture
def anybody(app: Flask, house: Database) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def kari(anybody: Visitor) -> Visitor:
    anybody.sign_in("kari")
    return anybody


@pytest.fixture
def drafting(kari: Visitor) -> Visitor:
    kari.post(DRAFT, form_on=HALL)
    return kari
