"""Proofs: long runs on databases of their own that end well or raise, and what they did."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from app import TABLES
from database.migrate import upgrade
from database.transact import Database
from tests import postgres
from tests.databases import PostgresCopies, SqliteCopies
from tests.steps import LONGEST_EPISODE, Steps
from tests.storms.test_all_at_once import storm
from tests.storms.test_kills import KILLS, test_what_was_promised_survives_every_kill
from tests.storms.test_races import SLOTS, test_every_slot_has_exactly_one_winner_and_every_loser_is_offered_something

for tables in TABLES:
    import_module(tables)

Copies = SqliteCopies | PostgresCopies
EACH_RACE = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """One run that ended well: what it was, on which database, from which seed or in which round, and what it did."""

    work: str
    kind: str
    number: int
    seconds: float
    done: Counter[str] = field(default_factory=Counter)


@contextmanager
def databases() -> Iterator[dict[str, Copies]]:
    """Copies of a migrated database of each kind; PostgreSQL where it is installed."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="arena-prove-")))
        kinds: dict[str, Copies] = {"sqlite": SqliteCopies(folder, upgrade)}
        if postgres.is_available():
            kinds["postgresql"] = PostgresCopies(ending.enter_context(postgres.server()), upgrade)
        yield kinds


def random_steps(kinds: dict[str, Copies], *, steps: int, seed: int) -> Iterator[Proof]:
    """So many random acts on each kind of database, in episodes with seeds of their own, counted up from the first."""
    episodes = [min(LONGEST_EPISODE, steps - taken) for taken in range(0, steps, LONGEST_EPISODE)]
    for number, length in enumerate(episodes, start=seed):
        for kind, copies in kinds.items():
            began = time.monotonic()
            with _opened(copies) as database:
                done = Steps(database, number).run(length)
            yield Proof("random steps", kind, number, time.monotonic() - began, done + Counter(steps=length))


def storms(kinds: dict[str, Copies], *, rounds: int, series: int) -> Iterator[Proof]:
    """The storm in which the server is killed, the race for slots, and all at once with the import of so many series; each so many
    times on each kind of database."""
    for number in range(1, rounds + 1):
        for kind, copies in kinds.items():
            with _opened(copies) as database, tempfile.TemporaryDirectory() as folder:
                began = time.monotonic()
                test_what_was_promised_survives_every_kill(database, Path(folder), postgres.free_port())
            yield Proof("kills", kind, number, time.monotonic() - began, Counter(kills=KILLS))
            with _opened(copies) as database, tempfile.TemporaryDirectory() as folder:
                began = time.monotonic()
                test_every_slot_has_exactly_one_winner_and_every_loser_is_offered_something(database, Path(folder), postgres.free_port())
            yield Proof("races", kind, number, time.monotonic() - began, Counter(slots=SLOTS))
            with _opened(copies) as database, tempfile.TemporaryDirectory() as folder:
                began = time.monotonic()
                done = storm(database, Path(folder), postgres.free_port(), rounds=EACH_RACE, series=series)
            yield Proof("all at once", kind, number, time.monotonic() - began, done)


@contextmanager
def _opened(copies: Copies) -> Iterator[Database]:
    with copies.copy() as url:
        database = Database(url)
        try:
            yield database
        finally:
            database.engine.dispose()
