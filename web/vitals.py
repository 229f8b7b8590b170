"""Vitals: whether the process lives, what it has counted, and what crawlers may see."""

import os
from functools import cache

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from werkzeug.exceptions import NotFound

LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
REQUESTS = Counter("arena_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("arena_request_seconds", "Time to answer", ["route"], buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))

routes = Blueprint("vitals", __name__)


def install(app: Flask) -> None:
    """Serve /healthz, /metrics and /robots.txt."""
    app.register_blueprint(routes)


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request under its route, never under its path."""
    answered, took = _counters(method, route, status)
    answered.inc()
    took.observe(seconds)


@routes.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@routes.get("/metrics")
def metrics() -> Response:
    """What was counted, for this machine alone unless the settings open it."""
    forwarded = any(name in request.headers for name in FORWARDED)
    if not current_app.extensions["settings"].metrics_open and (forwarded or request.remote_addr not in LOOPBACK):
        raise NotFound
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


@routes.get("/robots.txt")
def robots() -> Response:
    """Public pages may be found; what is private, endless or for programs is left alone."""
    # Not the private calendars: Google reads no feed that robots.txt closes, and each says noindex itself.
    closed = ("/api/", "/metrics", "/problems/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@cache
def _counters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), SECONDS.labels(route)


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
