"""The registers on the loopback: they serve what a snapshot file holds, as data.brreg.no documents it, or answer badly."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SNAPSHOT = Path(__file__).parents[3] / "demo" / "register.json"
API = "/enhetsregisteret/api/"


class Answers(BaseHTTPRequestHandler):
    """``rows`` is what the registers hold; ``changed`` the numbers whose entry and whose roles changed, in order.

    ``mood`` is how they answer: well, with ``garbage``, ``silent`` or ``busy``.
    """

    rows: list[dict[str, Any]]
    changed: dict[str, list[str]]
    mood: str
    asked: list[str]
    ending: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.path)
        try:
            match self.mood:
                case "garbage":
                    self._told(200, b'{"organisasjonsnummer": 12, "navn": [[["')
                case "silent":
                    self.ending.wait(5)
                case "busy":
                    self._told(503, b"", {"Retry-After": "7200"})
                case _:
                    self._answer()
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, *_args: object) -> None:
        return

    def _answer(self) -> None:
        parts, query = urlsplit(self.path), {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        match parts.path.removeprefix(API).split("/"):
            case ["enheter", number, "roller"]:
                self._one("rollegrupper", number)
            case ["enheter", number]:
                self._one("institusjonellSektorkode", number)
            case ["underenheter", number]:
                self._one("overordnetEnhet", number)
            case ["underenheter"]:
                self._many("underenheter", [one for one in self.rows if one.get("overordnetEnhet") == query["overordnetEnhet"]])
            case ["enheter"]:
                named = [one for one in self.rows if "maalform" in one and query["navn"].lower() in one["navn"].lower()]
                self._many("enheter", [one for one in named if one["forretningsadresse"]["kommunenummer"] == query["kommunenummer"]])
            case ["oppdateringer", "enheter"]:
                begin = int(query.get("oppdateringsid", 1))
                numbered = [(n, one) for n, one in enumerate(self.changed["enheter"], 1) if n >= begin][: int(query["size"])]
                rows = [{"oppdateringsid": n, "organisasjonsnummer": one, "endringstype": "Endring"} for n, one in numbered]
                self._many("oppdaterteEnheter", rows)
            case ["oppdateringer", "roller"]:
                after = int(query.get("afterId", 0))
                numbered = [(n, one) for n, one in enumerate(self.changed["roller"], 1) if n > after][: int(query["size"])]
                self._told(200, json.dumps([{"id": str(n), "data": {"organisasjonsnummer": one}} for n, one in numbered]).encode())
            case ["", "frivillighetsregisteret", "api", "frivillige-organisasjoner", number]:
                self._one("icnpoKategorier", number)
            case _:
                self._told(404, b"")

    def _one(self, field: str, number: str) -> None:
        found = next((one for one in self.rows if one["organisasjonsnummer"] == number and field in one), None)
        self._told(200 if found else 404, json.dumps(found).encode())

    def _many(self, name: str, rows: list[dict[str, Any]]) -> None:
        self._told(200, json.dumps({"_embedded": {name: rows}} if rows else {}).encode())

    def _told(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def answering() -> Iterator[tuple[type[Answers], str]]:
    """The answers and where they are given: ``http://register.test:PORT``."""
    given = {"rows": json.loads(SNAPSHOT.read_text()), "changed": {"enheter": [], "roller": []}, "mood": "well", "asked": []}
    answers = type("Given", (Answers,), {**given, "ending": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield answers, f"http://register.test:{server.server_port}"
    answers.ending.set()
    server.shutdown()
    server.server_close()
