"""The house with one of everything in the app's own database, and the cookies of all who can sign in."""

import pytest
from flask import Flask

from database.transact import Database
from tests.authority.sending import signed_in
from tests.authority.world import EVERYBODY, World, build
from tests.booking.pages.conftest import clock as clock
from tests.clock import Clock


@pytest.fixture
def world(app: Flask, clock: Clock) -> World:
    database: Database = app.extensions["database"]
    return database.transact(build)


@pytest.fixture
def cookies(app: Flask, world: World) -> dict[str, str]:
    """The session cookie of everybody who can sign in."""
    return {name: signed_in(app, who) for name, who in EVERYBODY.items() if who}
