"""Peers: Radicale, a CalDAV server from the package index that serves the same collection beside us, as a client would subscribe to it."""

import json
import re
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from tests import postgres
from tests.storm import Served

EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.S)
HEAD, END = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Arena//bench//NO\r\n", b"END:VCALENDAR\r\n"
ZONE = re.compile(rb"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", re.S)
WHO = {"Authorization": "Basic " + b64encode(b"bench:bench").decode()}
SECONDS = 20
ROOT = Path(__file__).parents[1]


def collect(folder: Path, name: str, feed: bytes) -> str:
    """The path of a collection that holds the events of a feed, one file each as Radicale keeps them."""
    place = folder / "collection-root" / "bench" / name
    place.mkdir(parents=True)
    (place / ".Radicale.props").write_text(json.dumps({"tag": "VCALENDAR", "D:displayname": name}), encoding="utf-8")
    head = HEAD + b"".join(ZONE.findall(feed))
    for number, event in enumerate(EVENT.findall(feed)):
        (place / f"{number}.ics").write_bytes(head + event + END)
    return f"/bench/{name}/"


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
