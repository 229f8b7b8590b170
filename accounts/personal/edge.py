"""The edge of personal data: what is declared, for whoever answers a request or works by the clock."""

from collections.abc import Iterable
from pathlib import Path

from flask import Flask, current_app

from accounts.personal import looks
from accounts.personal.held import Personal

PERSONAL, UPLOADS = "personal", "uploads"


def install(app: Flask, personal: Personal, uploads: Path) -> None:
    """Give the app what is declared, and the folder of what people hand in."""
    app.extensions[PERSONAL], app.extensions[UPLOADS] = personal, uploads
    looks.install(app)


def declared() -> Personal:
    """What is declared."""
    found: Personal = current_app.extensions[PERSONAL]
    return found


def uploads() -> Path:
    """Where what people hand in lies."""
    found: Path = current_app.extensions[UPLOADS]
    return found


def discard(files: Iterable[str]) -> None:
    """Delete uploaded files that no row names any more."""
    for name in files:
        (uploads() / name).unlink(missing_ok=True)
