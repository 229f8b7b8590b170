"""Storms: real server processes, and client processes that book through the API all at once."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from accounts.tokens import make_token
from database.transact import Database
from kernel.clock import now
from tests.asking import send
from tests.booking.conftest import Hall, furnish

ROOT = Path(__file__).parent.parent
SOON = timedelta(days=30)


def _next_autumn() -> date:
    """A first of September to come, after which no public holiday lies for sixteen weeks; feeds reach that far."""
    today = now().date()
    this_year = date(today.year, 9, 1)
    return this_year if this_year > today + SOON else this_year.replace(year=today.year + 1)


FIRST = _next_autumn()
SLOTS_A_DAY = 10
OREN = "oren-flerbrukshall"


@dataclass(frozen=True, slots=True)
class Served:
    """Server processes of one application on one database."""

    port: int
    group: int

    def kill(self) -> None:
        """End all of them at once, as a power failure would."""
        os.killpg(self.group, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: the slot asked for, status, body, and how long it took; status 0 when the connection broke."""

    slot: int
    status: int
    body: Any
    seconds: float


@contextmanager
def servers(url: str, instance: Path, port: int, *, workers: int = 2, app: str = "app:create_app()") -> Iterator[Served]:
    """The application, or another one, under gunicorn in ``workers`` processes."""
    environment = {**os.environ, "DATABASE_URL": url, "INSTANCE": str(instance), "SECRET_KEY": "only-for-the-tests-nowhere-else!"}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--workers",
        str(workers),
        "--threads",
        "4",
        "--bind",
        f"127.0.0.1:{port}",
        app,
    ]
    with (instance / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(port)
        yield Served(port, process.pid)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def prepare(database: Database) -> list[str]:
    """The hall with its policy, and API tokens of two people who book for one club and of one officer."""

    def fill(session: Any, *, by: Any, now: datetime) -> list[str]:
        del by
        return tokens_of(session, furnish(session), now)

    return database.transact(fill, by=None, now=now())


def tokens_of(session: Session, hall: Hall, now: datetime) -> list[str]:
    """Of two delegates of one club, and of an officer."""
    found = []
    for hand in (hall.berit, hall.nils, hall.kari):
        session.info.pop("locked", None)
        found.append(make_token(session, hand.require_known(), "storm", by=hand, now=now).text)
    return found


def body_of(slot: int, room: str = "gymsal-1") -> dict[str, Any]:
    """The wish for an hour of the hall; ten slots a day from 10 to 20."""
    start = datetime.combine(FIRST + timedelta(days=slot // SLOTS_A_DAY), datetime.min.time()) + timedelta(hours=10 + slot % SLOTS_A_DAY)
    return {
        "room": f"{OREN}/{room}",
        "start": start.isoformat(),
        "end": (start + timedelta(hours=1)).isoformat(),
        "purpose": "Trening",
        "activity": "sport.training",
        "participants": {"6-12": 10},
        "organisation": "313000001",
    }


def post(connection: http.client.HTTPConnection, path: str, token: str, body: object, key: str = "") -> tuple[int, Any]:
    """One request of the API."""
    return send(connection, "POST", path, token, body, {"Idempotency-Key": key} if key else {})


def race(port: int, tokens: Sequence[str], slots: Sequence[int], *, clients: int = 8) -> list[Said]:
    """All clients ask for all slots in the same order at the same time."""
    with ProcessPoolExecutor(clients, mp_context=get_context("spawn")) as pool:
        found = pool.map(_client, [port] * clients, [tokens[n % len(tokens)] for n in range(clients)], [list(slots)] * clients)
        return [said for answers in found for said in answers]


def _client(port: int, token: str, slots: list[int]) -> list[Said]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for slot in slots:
        began = time.perf_counter()
        try:
            status, body = post(connection, "/api/v1/bookings", token, body_of(slot))
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            status, body = 0, None
        found.append(Said(slot, status, body, time.perf_counter() - began))
    return found


def _wait(port: int) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no answer on port {port}")
