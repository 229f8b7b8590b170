"""Random steps: some hundred acts on both databases, each as a model says that looks at everything by brute force."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.transact import Database
from tests.conftest import Copies
from tests.steps import Steps

# By the kind of database and the seed, of which every third begins before summer time ends, and every third before it begins.
EPISODES = [("sqlite", 1), ("sqlite", 3), ("sqlite", 25), ("postgresql", 5)]
MET = {
    *("wish training", "wish private", "wish concert", "wish asked", "wish block", "wish needy", "wish night", "import"),
    *("move", "cancel", "approve", "prefer", "confirm", "shift days", "shift clock", "shift room", "restate purpose", "restate team"),
    *("wish training, chosen", "restate resources", "readd", "add", "split", "release", "displace, seen", "close", "break", "open again"),
    *("shorter hours", "hours as before", "retire room", "restore room", "lose outside, seen", "stock", "retire stock", "restore stock"),
    *("undo", "offered", "accept offer", "accept all offers", "accept several offers", "decline offer"),
    *("outsider, not-acting", "kept for the line", "rooms remembered"),
}


def test_bookings_become_what_brute_force_says(copies: Copies) -> None:
    """Each act there is was done in one of the episodes."""
    done: set[str] = set()
    for kind, seed in EPISODES:
        with copies.of(kind).copy() as url:
            done |= _done(url, seed, 170)

    assert done >= MET


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 6), ("postgresql", 2)])
def test_what_fails_is_made_small(copies: Copies, kind: str, examples: int) -> None:
    """Hypothesis plays chance, and says of a failure with how few steps it is met."""

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(chance=st.randoms(use_true_random=False), steps=st.integers(20, 60), seed=st.integers(0, 2))
    def played(chance: random.Random, steps: int, seed: int) -> None:
        with copies.of(kind).copy() as url:
            _done(url, seed, steps, chance)

    played()


def _done(url: str, seed: int, steps: int, chance: random.Random | None = None) -> set[str]:
    database = Database(url)
    try:
        return set(+Steps(database, seed, chance).run(steps))
    finally:
        database.engine.dispose()
