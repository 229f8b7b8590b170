"""Random steps: some hundred acts on both databases, each as a model says that looks at everything by brute force."""

import pytest

from database.transact import Database
from tests.steps import Steps


@pytest.mark.parametrize("seed", [1])
def test_bookings_become_what_brute_force_says(database: Database, seed: int) -> None:
    episode = Steps(database, seed)

    done = episode.run(250)

    assert sum(done.values()) >= 200
    assert {"wish training", "wish private", "wish concert", "wish asked", "wish block"} <= set(done)
    assert {"move", "shift", "shift, taken", "readd", "add", "split", "release", "cancel", "approve", "confirm"} <= set(done)
