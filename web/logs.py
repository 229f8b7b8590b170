"""Logs: one line of JSON per request and per defect, with a request id, without personal data, addresses or tokens."""

import logging
import re
import secrets
import sys
import time
import traceback
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from pydantic_core import to_json

from web import vitals

GIVEN_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
TOKEN_LIKE = re.compile(r"[^/.]{20,}")
MASK = "…"
NO_ROUTE = "none"
HEADER = "X-Request-Id"


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told of a request: its route as it is written, and its path without secrets."""

    route: str
    path: str


def install(app: Flask, *, trust_given_id: bool) -> None:
    """Count and log each request; behind a trusted proxy its request id is kept."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    _log.cache_clear()

    def begin() -> None:
        g.request_id = new_number(request.headers.get(HEADER, "") if trust_given_id else "")
        g.began = time.perf_counter()

    app.before_request(begin)
    app.after_request(_end)


def new_number(given: str = "") -> str:
    """A number for a request: the one that a trusted proxy gave it, or one of our own."""
    return given if GIVEN_ID.match(given) else secrets.token_hex(8)


def request_id() -> str:
    """The number under which this request stands in the log."""
    return str(g.get("request_id", "")) if has_request_context() else ""


def log_defect(error: Exception, **about: object) -> None:
    """Log where the unexpected happened; messages of libraries may quote personal data and are left out.

    ``about`` says by ids what was being done where that is no request.
    """
    place = "".join(traceback.format_tb(error.__traceback__))
    _log().error("defect", error=type(error).__qualname__, trace=place, **(about or _about()))


def told() -> Told:
    """What may be told of this request; one without a route is counted with all others that have none."""
    route = request.url_rule
    return Told(route.rule, _safe_path()) if route else Told(NO_ROUTE, TOKEN_LIKE.sub(MASK, request.path))


def ended(request: Told, method: str, status: int, seconds: float, *, number: str) -> None:
    """Count and log a request that was answered."""
    vitals.count("none" if request.route == NO_ROUTE else method, request.route, status, seconds)
    _log().info("request", status=status, ms=round(seconds * 1000, 1), request_id=number, method=method, path=request.path)


def _line(told: Any, **_options: Any) -> str:
    """What is told, as one line; it is written with each request, and the library's own way takes six times as long."""
    return to_json(told, fallback=repr).decode()


def _safe_path() -> str:
    """The path of a request with a route, with values only where they are no tokens."""
    path = request.path
    for name, value in (request.view_args or {}).items():
        if "token" in name or TOKEN_LIKE.search(str(value)):
            path = path.replace(str(value), MASK)
    return path


def _end(response: Response) -> Response:
    ended_at = time.perf_counter()
    seconds = ended_at - g.get("began", ended_at)
    number = response.headers[HEADER] = request_id()
    # The server closes what it has sent: nobody waits for the log.
    response.call_on_close(partial(ended, told(), request.method, response.status_code, seconds, number=number))
    return response


def _about() -> dict[str, Any]:
    return {"request_id": request_id(), "method": request.method, "path": told().path}


@cache
def _log() -> Any:
    """The logger, put together once for what ``install`` configured."""
    return structlog.get_logger("arena").bind()
