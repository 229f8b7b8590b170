"""Random steps: some hundred acts on both databases, each as a model says that looks at everything by brute force."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.transact import Database
from tests.conftest import Copies
from tests.steps import BEGINNINGS, Steps

MET = {
    *("wish training", "wish private", "wish concert", "wish asked", "wish block", "move", "cancel", "approve", "confirm"),
    *("shift", "shift, taken", "readd", "add", "split", "release"),
    *("displace, seen", "close", "open again", "undo", "offered", "accept offer", "decline offer"),
}


@pytest.mark.parametrize("seed", range(len(BEGINNINGS)))
def test_bookings_become_what_brute_force_says(database: Database, seed: int) -> None:
    """Summer time begins or ends within two of the episodes."""
    done = Steps(database, seed).run(300)

    assert sum(done.values()) >= 250
    assert set(done) >= MET


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(chance=st.randoms(use_true_random=False), steps=st.integers(1, 60), seed=st.integers(0, len(BEGINNINGS) - 1))
def test_what_fails_is_made_small(copies: Copies, kind: str, chance: random.Random, steps: int, seed: int) -> None:
    """Hypothesis plays chance, and says of a failure with how few steps it is met."""
    with copies.of(kind).copy() as url:
        database = Database(url)
        try:
            Steps(database, seed, chance).run(steps)
        finally:
            database.engine.dispose()
