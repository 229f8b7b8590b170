"""The house with one of everything, in which bad input is tried by a holder and an officer."""

import pytest
from flask import Flask

from tests.authority.conftest import world as world
from tests.authority.sending import signed_in
from tests.authority.world import EVERYBODY, World
from tests.booking.pages.conftest import clock as clock


@pytest.fixture
def cookies(app: Flask, world: World) -> dict[str, str]:
    return {name: signed_in(app, EVERYBODY[name]) for name in ("holder", "officer")}
