"""Peers: Radicale, a CalDAV server from the package index that serves the same collection beside us, as a client would subscribe to it."""

import re
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from radicale.item import Item
from radicale.item.filter import TIMESTAMP_MAX, TIMESTAMP_MIN
from radicale.storage import load

from bench.dav import configured
from tests import postgres
from tests.storm import Served

EVENT = re.compile(rb"(BEGIN:VEVENT\r\nUID:(.*?)\r\n.*?END:VEVENT\r\n)", re.S)
HEAD, END = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Arena//bench//NO\r\n", b"END:VCALENDAR\r\n"
ZONE = re.compile(rb"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", re.S)
WHOSE = "bench"
WHO = {"Authorization": "Basic " + b64encode(b"bench:bench").decode()}
ANY_TIME = (TIMESTAMP_MIN, TIMESTAMP_MAX)
SECONDS = 20
ROOT = Path(__file__).parents[1]


def collect(folder: Path, name: str, feed: bytes) -> str:
    """The path of a collection that holds the events of a feed, written by Radicale's own storage, one file each.

    It is told what each event is: finding that out, it would read the time zone of each anew, some 10 ms an event.
    """
    path = f"/bench/{name}/"
    head = HEAD + b"".join(ZONE.findall(feed))
    place = path.strip("/")
    items = (
        Item(
            collection_path=place,
            text=(head + event + END).decode(),
            uid=uid.decode(),
            name="VCALENDAR",
            component_name="VEVENT",
            time_range=ANY_TIME,
        )
        for event, uid in EVENT.findall(feed)
    )
    storage = load(configured(folder))
    with storage.acquire_lock("w", WHOSE):
        storage.create_collection(path, items, {"tag": "VCALENDAR", "D:displayname": name})
    return path


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Radicale on the collections of a folder, without the flushes of a disk that it would do when it first reads them."""
    port = postgres.free_port()
    command = [sys.executable, "-m", "bench.dav", str(folder), str(port)]
    with subprocess.Popen(command, start_new_session=True, cwd=ROOT) as process:
        try:
            _wait(port)
            yield Served(port, process.pid)
        finally:
            process.terminate()


def _wait(port: int) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
            connection.request("GET", "/.well-known/caldav")
            connection.getresponse().read()
            return
        time.sleep(0.05)
    raise RuntimeError("Radicale does not answer")
