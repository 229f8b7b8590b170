"""Versioned: static files under addresses that change with their content, so that browsers keep them and ask no more."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

ENDPOINT = "static"
KEPT = "public, max-age=31536000, immutable"
SIGNS = 12


def install(app: Flask) -> None:
    """Add the content's version to every address of a static file, and let answers to such an address be kept for a year."""
    app.extensions["static_versions"] = {}
    app.url_defaults(_add_version)
    app.after_request(_keep)


def version_of(name: str) -> str | None:
    """The first signs of the file's SHA-256, read once per process and file; None where there is no such file."""
    versions: dict[str, str | None] = current_app.extensions["static_versions"]
    if name not in versions:
        file = Path(current_app.static_folder or "") / name
        versions[name] = sha256(file.read_bytes()).hexdigest()[:SIGNS] if file.is_file() else None
    return versions[name]


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == ENDPOINT and "v" not in values and (version := version_of(values["filename"])):
        values["v"] = version


def _keep(response: Response) -> Response:
    """What was asked for by the version it has is the same for ever; anything else is asked about again."""
    if request.endpoint == ENDPOINT and response.status_code in (200, 304):
        name = (request.view_args or {})["filename"]
        if request.args.get("v") == version_of(name) is not None:
            response.headers["Cache-Control"] = KEPT
    return response
