"""Asking: what a client process of a storm sends and hears; it imports nothing of the program, so that eight of them start quickly."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

# The version of a change by who looks first; 0 is that of a request that has none.
NEWEST = -1


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: in which race and round, by whom, and what is sent, to which version."""

    race: str
    round: int
    token: str
    method: str
    path: str
    body: dict[str, Any]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What was answered to it, with the first fault's code, and how many seconds that took."""

    race: str
    round: int
    status: int
    code: str
    seconds: float


def ask(port: int, asked: Sequence[Asked]) -> list[Heard]:
    """Send one request after the other."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for one in asked:
        seen = _version(connection, one) if one.version == NEWEST else one.version
        began = time.perf_counter()
        version = {"If-Match": f'"{seen}"'} if seen else {}
        status, text = send(connection, one.method, f"/api/v1{one.path}", one.token, one.body, version)
        faults = (text or {}).get("faults") or [{"code": ""}]
        found.append(Heard(one.race, one.round, status, faults[0]["code"], time.perf_counter() - began))
    return found


def _version(connection: HTTPConnection, one: Asked) -> int:
    found: int = send(connection, "GET", f"/api/v1{one.path}", one.token, None, {})[1]["version"]
    return found


def send(connection: HTTPConnection, method: str, path: str, token: str, body: object, more: Mapping[str, str]) -> tuple[int, Any]:
    """One request of the API, with more headers."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **more}
    connection.request(method, path, json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, json.loads(text) if text else None
