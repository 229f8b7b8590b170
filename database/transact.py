"""The one transaction at the edge: runs a verb in a session of its own, commits, and reruns it once after a lost race."""

import fcntl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from database.engine import BUSY_SECONDS, apart, make_engine, sqlite_file
from database.failures import Failure, failure_of
from database.glances import Glances
from database.prepared import WIRE, wire
from kernel.errors import Busy, Conflict, Refusal, refuse

T = TypeVar("T")
POLL_SECONDS = 0.0003
# What a session of a verb says that is run again.
AGAIN = "again"


class Outdated(Exception):
    """What a verb remembered of the database is true no more; its second run has to read it."""


class Database:
    """A database as the edge uses it: ``transact`` to write, ``reading`` to read, ``glances`` for a row."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine: Engine = make_engine(url)
        self.glances = Glances(self.engine)
        file = sqlite_file(self.engine)
        self._queue = WriteQueue(file.with_name(file.name + ".writers")) if file else None

    def transact(self, verb: Callable[..., T], *args: object, **kwargs: object) -> T:
        """Run ``verb(session, …)`` in one write transaction and commit; rerun the whole call once after a lost race.

        Raises what the verb refuses; Conflict (``lost-race``) when the race is lost twice; Busy (``database-busy``)
        when the database could not be had in time or the connection was lost (then nobody knows whether the commit
        took: the caller repeats with the same idempotency key).
        """
        for last in (False, True):
            try:
                return self._once(lambda session: verb(session, *args, **kwargs), again=last)
            except Outdated as error:
                if last:
                    raise refuse(Conflict, "lost-race") from error
            except DBAPIError as error:
                refusal = _refusal_of(error)
                if isinstance(refusal, Conflict) and not last:
                    continue
                raise refusal from error
        raise AssertionError("unreachable")

    @contextmanager
    def rehearsing(self, *, without: Collection[str] = ()) -> Iterator["Rehearsal"]:
        """Writes of which nothing stays and for which nobody waits, on a copy that is gone at the end of the block.

        The tables ``without`` which it works, since the verbs only add to them, are not copied.
        """
        with (
            apart(self.engine, without=without) as engine,
            engine.connect().execution_options(writes=True, alone=True) as connection,
            connection.begin() as whole,
        ):
            yield Rehearsal(connection)
            whole.rollback()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state on SQLite, committed states on PostgreSQL, and is never committed."""
        with Session(self.engine, autoflush=False) as session:
            yield session

    def _once(self, verb: Callable[[Session], T], *, again: bool) -> T:
        # What is made ready before one's turn, and put away after it, keeps nobody waiting.
        with self._writing() as connection, closing(wire(connection)) as over, Session(connection, expire_on_commit=False) as session:
            session.info.update({WIRE: over, AGAIN: again})
            with self._queue.turn() if self._queue else nullcontext(), connection.begin() as whole:
                answer = verb(session)
                session.flush()
                # By name: the end of the block would pass over a transaction that a swallowed error has rolled back.
                whole.commit()
            return answer

    def _writing(self) -> Connection:
        return self.engine.connect().execution_options(writes=True)


class Rehearsal:
    """Runs verbs as ``Database.transact`` does, each upon what those before it wrote; a refusal takes back its own verb alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def transact(self, verb: Callable[..., T], *args: object, **kwargs: object) -> T:
        """Run ``verb(session, …)`` in a savepoint; raises what the verb refuses, and as ``Database.transact`` does."""
        try:
            with Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
                answer = verb(session, *args, **kwargs)
                session.commit()
                return answer
        except DBAPIError as error:
            raise _refusal_of(error) from error


def _refusal_of(error: DBAPIError) -> Refusal:
    """A lost race or a busy database in words for people; raises the error itself when it is a defect."""
    match failure_of(error):
        case Failure.LOST_RACE:
            return refuse(Conflict, "lost-race")
        case Failure.OTHER:
            raise error
        case _:
            return refuse(Busy, "database-busy")


class WriteQueue:
    """Lets the writers of all processes into a SQLite file one at a time, no process twice while another waits.

    SQLite's own busy wait sleeps in growing steps; with eight writers its p99 was measured at 132 ms, against 20 ms
    for this queue. Whoever waits holds a second file, ``next``, so that the one who just wrote cannot slip in before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = path.with_name(path.name + "-next")
        self._threads = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn; raises Busy after ten seconds."""
        if not self._threads.acquire(timeout=BUSY_SECONDS):
            raise refuse(Busy, "database-busy")
        try:
            give_up = time.monotonic() + BUSY_SECONDS
            with self._path.open("ab", buffering=0) as file:
                with self._next.open("ab", buffering=0) as next_in_line:
                    _lock(next_in_line.fileno(), give_up)
                    _lock(file.fileno(), give_up)
                yield
        finally:
            self._threads.release()


def _lock(descriptor: int, give_up: float) -> None:
    """Lock a file until it is closed; raises Busy when it cannot be had until a moment of the monotonic clock."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise refuse(Busy, "database-busy") from None
            time.sleep(POLL_SECONDS)
