"""A calendar of others on the loopback, which answers well or badly by the path that is asked for."""

import gzip
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


def lesson(uid: str, start: str, end: str, title: str = "Kroppsøving", **more: str) -> str:
    """One event on the local clock: ``lesson("a", "20260915T090000", "20260915T100000")``."""
    told = [f"UID:{uid}", f"DTSTART;TZID=Europe/Oslo:{start}", f"DTEND;TZID=Europe/Oslo:{end}", f"SUMMARY:{title}"]
    told += [f"{name.replace('_', '-')}:{value}" for name, value in more.items()]
    return "\r\n".join(["BEGIN:VEVENT", "DTSTAMP:20260801T000000Z", *told, "END:VEVENT"])


def plan(*lessons: str, head: Sequence[str] = ()) -> bytes:
    """A calendar of these."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Skolen//Timeplan//NO", *head, *lessons, "END:VCALENDAR", ""]).encode()


class Answers(BaseHTTPRequestHandler):
    """``asked`` are the requests that came; ``calendar`` is what is told at ``/plan.ics``."""

    asked: ClassVar[list[tuple[str, dict[str, str]]]]
    calendar: bytes
    ending: threading.Event

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        name = self.path.strip("/").partition(".")[0].partition("?")[0]
        try:
            getattr(self, f"_{name}", self._missing)()
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, *_args: object) -> None:
        return

    def _plan(self) -> None:
        tag = f'"{hash(self.calendar)}"'
        if self.headers.get("If-None-Match") == tag:
            self._told(304, b"", {"ETag": tag})
        else:
            self._told(200, self.calendar, {"ETag": tag, "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"})

    def _missing(self) -> None:
        self._told(404, b"no such thing", {})

    def _busy(self) -> None:
        self._told(503, b"", {"Retry-After": "7200"})

    def _packed(self) -> None:
        self._told(200, gzip.compress(self.calendar), {"Content-Encoding": "gzip"})

    def _bomb(self) -> None:
        self._told(200, gzip.compress(bytes(12_000_000), 1), {"Content-Encoding": "gzip"})

    def _huge(self) -> None:
        self._told(200, bytes(10_000_001), {})

    def _truncated(self) -> None:
        self._told(200, self.calendar[:100], {}, length=len(self.calendar) + 5)

    def _cut(self) -> None:
        self._told(200, gzip.compress(self.calendar)[:-9], {"Content-Encoding": "gzip"})

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.ending.wait(0.02):
            self.wfile.write(b"X")

    def _silent(self) -> None:
        for _drop in iter(lambda: self.ending.wait(0.02), True):
            self.wfile.write(b"H")

    def _picky(self) -> None:
        if self.headers["User-Agent"].startswith("Mozilla/"):
            self._plan()
        else:
            self._told(403, b"", {})

    def _inside(self) -> None:
        self._told(302, b"", {"Location": f"http://127.0.0.1:{self.server.server_port}/plan.ics"})

    def _round(self) -> None:
        self._told(301, b"", {"Location": "/round"})

    def _first(self) -> None:
        self._told(307, b"", {"Location": "second"})

    def _second(self) -> None:
        self._told(301, b"", {"Location": "/third"})

    def _third(self) -> None:
        self._told(303, b"", {"Location": f"//timeplan.test:{self.server.server_port}/plan.ics"})

    def _file(self) -> None:
        self._told(302, b"", {"Location": "file:///etc/passwd"})

    def _told(self, status: int, body: bytes, headers: dict[str, str], *, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def answering(calendar: bytes) -> Iterator[tuple[type[Answers], str]]:
    """The answers and where they are given: ``http://timeplan.test:PORT``."""
    answers = type("Given", (Answers,), {"asked": [], "calendar": calendar, "ending": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield answers, f"http://timeplan.test:{server.server_port}"
    answers.ending.set()
    server.shutdown()
    server.server_close()
