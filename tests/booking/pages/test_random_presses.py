"""Random presses on the pages of what random steps made: none breaks, and what a page offers is there and allowed."""

import random

import pytest
from flask import Flask

from database.transact import Database
from tests.clock import Clock
from tests.presses import Presses
from tests.steps import Steps


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_page_offers_is_there(app: Flask, clock: Clock, seed: int) -> None:
    database: Database = app.extensions["database"]
    steps = Steps(database, seed)
    steps.run(80)
    clock.moment = steps.now

    seen = Presses(app, clock, random.Random(seed)).run(250)

    assert seen.keys() >= {200, 303, 422}
