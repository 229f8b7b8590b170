"""Clients: one or several that ask a server the same kind of thing, each on its own connection."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from random import Random


@dataclass(frozen=True, slots=True)
class Asking:
    """One request, and the status that its answer must have."""

    method: str
    path: str
    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Load:
    """How long a batch of requests took in all, and each answer alone."""

    seconds: float
    answers: Sequence[float]

    @property
    def each(self) -> float:
        """Seconds per request of the batch, whoever sent it: the inverse is the rate."""
        return self.seconds / len(self.answers)


def load(port: int, asked: Sequence[Asking], *, clients: int, pause: float = 0) -> Load:
    """Send the requests from so many clients at once, dealt out in turn.

    Before each request a client waits ``pause`` seconds on the average, as irregularly as people do (exponential, the same in each run).
    """
    answers: list[float] = []
    faults: list[str] = []
    hands = [asked[number::clients] for number in range(clients)]
    threads = [
        threading.Thread(target=_client, args=(port, hand, _pauses(number, pause), answers, faults)) for number, hand in enumerate(hands)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if faults:
        raise RuntimeError(f"{len(faults)} unexpected answers, the first: {faults[0]}")
    return Load(seconds, answers)


def bodies(connection: HTTPConnection, asked: Asking) -> bytes:
    """Send one request and read the whole answer; raises RuntimeError for another status than expected."""
    body = None if asked.body is None else json.dumps(asked.body)
    connection.request(asked.method, asked.path, body, dict(asked.headers))
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != asked.status:
        raise RuntimeError(f"{asked.method} {asked.path}: {answer.status} {text[:300]!r}")
    return text


def _pauses(client: int, mean: float) -> Iterator[float]:
    chance = Random(client)
    while True:
        yield chance.expovariate(1 / mean) if mean else 0


def _client(port: int, asked: Sequence[Asking], pauses: Iterator[float], answers: list[float], faults: list[str]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for one in asked:
        time.sleep(next(pauses))
        began = time.perf_counter()
        try:
            bodies(connection, one)
        except (RuntimeError, OSError) as fault:
            faults.append(str(fault))
            return
        answers.append(time.perf_counter() - began)
    connection.close()


def header_of(port: int, path: str, name: str, headers: Mapping[str, str]) -> str:
    """One header of the answer to a GET."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers[name]
