"""Uses: when each private feed was last read and by which client, gathered here and written outside the requests."""

import threading
import time
import weakref
from collections.abc import Callable
from datetime import datetime

import structlog

from calendars.tokens import NOTED_EVERY, Use

TICK_SECONDS = 60.0
SOON_SECONDS = 1.0


class Uses:
    """Gathers uses in memory; a thread of its own writes them once a minute, each feed at most every quarter of an hour.

    A first use is written at once: until then each press on a caretaker's link gives the feed another address.
    """

    def __init__(self, write: Callable[[list[Use]], None]) -> None:
        self._write = write
        self._waiting: dict[int, Use] = {}
        self._turn = threading.Lock()
        self._hurry = threading.Event()
        self._clock: threading.Thread | None = None

    def note(self, use: Use, noted_at: datetime | None) -> None:
        """Remember a use, unless the feed's row (``noted_at``) has one of the last quarter of an hour."""
        if noted_at is not None and use.at - noted_at < NOTED_EVERY:
            return
        with self._turn:
            self._waiting[use.token_id] = use
            if self._clock is None:
                # Begun with the first use and not before: a server forks its workers after the app is made.
                self._clock = threading.Thread(target=_run, args=(weakref.ref(self), self._hurry), name="feed-uses", daemon=True)
                self._clock.start()
        if noted_at is None:
            self._hurry.set()

    def flush(self) -> None:
        """Write what waits; what cannot be written now waits on."""
        with self._turn:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            self._write(list(waiting.values()))
        except Exception as error:  # the thread must outlive a database that is away
            structlog.get_logger("arena").warning("feed uses not written", kind=type(error).__qualname__)
            with self._turn:
                self._waiting = waiting | self._waiting


def _run(uses: "weakref.ref[Uses]", hurry: threading.Event) -> None:
    """Write once a minute, or soon, for as long as the app lives; the last minute of a process may be lost."""
    while True:
        if hurry.wait(TICK_SECONDS):
            time.sleep(SOON_SECONDS)
            hurry.clear()
        living = uses()
        if living is None:
            return
        living.flush()
        del living
