"""Proofs: long runs on databases of their own that end well or raise, what they did, and the journal by which they go on."""

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from app import TABLES
from database.migrate import upgrade
from database.transact import Database
from kernel.clock import now
from tests import postgres
from tests.databases import PostgresCopies, SqliteCopies
from tests.foreign import CASES, DATA, huge, mutated
from tests.steps import LONGEST_EPISODE, Steps
from tests.storms.test_all_at_once import storm
from tests.storms.test_kills import survived
from tests.storms.test_races import contested

for tables in TABLES:
    import_module(tables)

KILLS = 20
ROOT = Path(__file__).parents[1]
KINDS = ("sqlite", "postgresql", "none")
EACH_INPUTS = 1_000
EACH_HUGE = 10
EACH_RACE = 10
SLOTS = 300


@dataclass(frozen=True, slots=True)
class NoCopies:
    """In the place of databases, for what asks none: a file that nobody opens."""

    folder: Path

    @contextmanager
    def copy(self) -> Iterator[str]:
        yield f"sqlite:///{self.folder / 'none.db'}"


Copies = SqliteCopies | PostgresCopies | NoCopies


@dataclass(frozen=True, slots=True)
class Run:
    """A run to be made: what it is, on which database, from which seed or in which round, of what extent, and how it is made."""

    work: str
    kind: str
    number: int
    extent: int
    make: Callable[[Database, Path], Counter[str]]

    @property
    def name(self) -> tuple[str, str, int, int]:
        return self.work, self.kind, self.number, self.extent


@dataclass(frozen=True, slots=True)
class Proof:
    """One run that ended well: which it was, on what day, of which code, and what it did."""

    work: str
    kind: str
    number: int
    extent: int
    day: str
    code: str
    seconds: float
    done: dict[str, int]

    @property
    def name(self) -> tuple[str, str, int, int]:
        return self.work, self.kind, self.number, self.extent


@contextmanager
def databases(wanted: Sequence[str]) -> Iterator[dict[str, Copies]]:
    """Copies of a migrated database of each kind that is wanted; PostgreSQL where it is installed."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="arena-prove-")))
        kinds: dict[str, Copies] = {}
        if "sqlite" in wanted:
            kinds["sqlite"] = SqliteCopies(folder, upgrade)
        if "postgresql" in wanted and postgres.is_available():
            kinds["postgresql"] = PostgresCopies(ending.enter_context(postgres.server()), upgrade)
        if "none" in wanted:
            kinds["none"] = NoCopies(folder)
        yield kinds


def random_steps(kind: str, *, steps: int, seed: int) -> Iterator[Run]:
    """So many random acts, in episodes with seeds of their own, counted up from the first."""
    lengths = [min(LONGEST_EPISODE, steps - taken) for taken in range(0, steps, LONGEST_EPISODE)]
    for number, length in enumerate(lengths, start=seed):
        yield Run("random steps", kind, number, length, _steps(number, length))


def storms(kind: str, *, rounds: int, series: int) -> Iterator[Run]:
    """So many times the storm in which the server is killed, the race for slots, and all at once with the import of so many series."""
    for number in range(1, rounds + 1):
        yield Run("kills", kind, number, KILLS, _kills)
        yield Run("races", kind, number, SLOTS, _races)
        yield Run("all at once", kind, number, series, _all_at_once(series))


def inputs(*, small: int, large: int, seed: int) -> Iterator[Run]:
    """So many mutated files of the cases, and of the one with 20,000 events, each run with a seed of its own."""
    for work, wanted, each in (("inputs", small, EACH_INPUTS), ("large inputs", large, EACH_HUGE)):
        for number, taken in enumerate(range(0, wanted, each), start=seed):
            extent = min(each, wanted - taken)
            yield Run(work, "none", number, extent, _inputs(work, number, extent))


def proved(run: Run, copies: Copies, code: str) -> Proof:
    """Make a run on a database of its own; raises AssertionError where it does not end well."""
    with copies.copy() as url, tempfile.TemporaryDirectory() as folder:
        database, began = Database(url), time.monotonic()
        try:
            done = run.make(database, Path(folder))
        finally:
            database.engine.dispose()
    return Proof(*run.name, f"{now():%Y-%m-%d}", code, time.monotonic() - began, dict(done))


def code_here() -> str:
    """A sign of the code that is proved: of every module of ours that is loaded, and of the migrations; without this package, and
    without the pages, which no proof asks for: it is verbs and the API that they try."""
    files = {Path(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
    ours = {file for file in files if file.is_relative_to(ROOT) and not {"bench", ".venv", "pages"} & set(file.relative_to(ROOT).parts)}
    ours |= set((ROOT / "database" / "migrations").rglob("*.py"))
    told = "".join(f"{file.relative_to(ROOT)} {sha256(file.read_bytes()).hexdigest()}\n" for file in sorted(ours))
    return sha256(told.encode()).hexdigest()[:12]


def kept_in(journal: Path) -> list[Proof]:
    """The runs that ended well, of whatever code, in the order in which they did."""
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
    return [Proof(**json.loads(line)) for line in lines]


def keep(proof: Proof, journal: Path) -> None:
    """Add a run to the journal, a line that others who prove beside may add to as well."""
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(proof)) + "\n")


def _steps(seed: int, length: int) -> Callable[[Database, Path], Counter[str]]:
    return lambda database, _folder: Steps(database, seed).run(length) + Counter(steps=length)


def _inputs(work: str, seed: int, extent: int) -> Callable[[Database, Path], Counter[str]]:
    def make(_database: Database, _folder: Path) -> Counter[str]:
        sources = [huge()] if work == "large inputs" else [(DATA / case["file"]).read_bytes() for case in CASES]
        return mutated(sources, seed=seed, inputs=extent)

    return make


def _kills(database: Database, folder: Path) -> Counter[str]:
    survived(database, folder, postgres.free_port(), kills=KILLS)
    return Counter(kills=KILLS)


def _races(database: Database, folder: Path) -> Counter[str]:
    contested(database, folder, postgres.free_port(), slots=SLOTS)
    return Counter(slots=SLOTS)


def _all_at_once(series: int) -> Callable[[Database, Path], Counter[str]]:
    return lambda database, folder: storm(database, folder, postgres.free_port(), rounds=EACH_RACE, series=series)
