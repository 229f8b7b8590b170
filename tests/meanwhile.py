"""Two writers at once: the second has begun, and waits, while the first is not yet committed."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from database.transact import Database


def meanwhile(database: Database, first: Callable[..., Any], second: Callable[..., Any]) -> Future[Any]:
    """What comes of the second of two verbs, which has read and asks for its lock before the first commits.

    On SQLite writers queue for the whole file before they read, so the second only begins to wait.
    """
    asks = threading.Event()
    here = threading.current_thread()

    def notice(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "pg_advisory" in statement and threading.current_thread() is not here:
            asks.set()

    def after() -> Any:
        try:
            return database.transact(second)
        finally:
            asks.set()

    def both(session: Session) -> Future[Any]:
        first(session)
        later = pool.submit(after)
        if session.get_bind().dialect.name == "postgresql":
            asks.wait()
        return later

    event.listen(database.engine, "before_cursor_execute", notice)
    with ThreadPoolExecutor(1) as pool:
        return database.transact(both)
