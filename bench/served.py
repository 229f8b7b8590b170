"""Served: the program and the floors under gunicorn beside each other, on one database of either kind."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from app import TABLES
from database.migrate import upgrade
from database.transact import Database
from tests import postgres
from tests.storm import Served as Group
from tests.storm import servers

for tables in TABLES:
    import_module(tables)

PAGES = re.compile(r"^VmRSS:\s+(\d+) kB$", re.M)
FLOORS = "bench.floors:create()"
SETTINGS: dict[str, dict[str, object]] = {
    "sqlite": {"PRAGMA synchronous": 2, "PRAGMA journal_mode": "wal"},
    "postgresql": {"SHOW synchronous_commit": "on", "SHOW fsync": "on", "SHOW full_page_writes": "on"},
}


@dataclass(frozen=True, slots=True)
class Served:
    """Ports of the program and of the floors, and the database that both write to."""

    database: Database
    ours: int
    floor: int


class Bases:
    """Makes migrated databases of a kind in one folder; their commits are durable."""

    def __init__(self, folder: Path, postgres_url: str | None) -> None:
        self._folder = folder
        self._postgres = postgres_url

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("sqlite", "postgresql") if self._postgres else ("sqlite",)

    def make(self, kind: str, name: str) -> Database:
        """A database with nothing in it; raises RuntimeError when its commits would not be durable."""
        url = f"sqlite:///{self._folder / name}.sqlite" if kind == "sqlite" else self._made(name)
        upgrade(url)
        database = Database(url)
        _require_durable(database)
        return database

    def _made(self, name: str) -> str:
        url = make_url(self._postgres or "")
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS arena_{name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE arena_{name}")
        return url.set(database=f"arena_{name}").render_as_string(hide_password=False)


@contextmanager
def bases(folder: Path) -> Iterator[Bases]:
    """SQLite in the folder, and a PostgreSQL of our own where there is one."""
    with ExitStack() as ending:
        url = ending.enter_context(postgres.server(durability=())) if postgres.is_available() else None
        yield Bases(folder, url)


@contextmanager
def served(database: Database, instance: Path) -> Iterator[Served]:
    """The program and the floors on a database, two processes each; what their folder holds is theirs to read."""
    instance.mkdir(exist_ok=True)
    ours, floor = postgres.free_port(), postgres.free_port()
    with ExitStack() as ending:
        ending.enter_context(servers(database.url, instance, ours))
        ending.enter_context(servers(database.url, instance, floor, app=FLOORS))
        yield Served(database, ours, floor)


def memory_of(server: Group) -> int:
    """What the processes of a server hold of memory, without the one at their head when it has children: bytes."""
    head = Path(f"/proc/{server.group}/task/{server.group}/children").read_text(encoding="ascii").split() or [str(server.group)]
    found = (PAGES.search(Path(f"/proc/{process}/status").read_text(encoding="ascii")) for process in head)
    return sum(int(one[1]) for one in found if one) * 1024


def _require_durable(database: Database) -> None:
    wanted = SETTINGS[database.engine.dialect.name]
    with database.engine.connect() as connection:
        found = {question: connection.exec_driver_sql(question).scalar() for question in wanted}
    if found != wanted:
        raise RuntimeError(f"commits are not durable here: {found}")
