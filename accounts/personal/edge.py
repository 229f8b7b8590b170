"""The edge of personal data: what is declared, for whoever answers a request or works by the clock."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app

from accounts.personal import looks
from accounts.personal.erasing import Erased
from accounts.personal.held import Personal
from accounts.personal.retention import Forgotten

PERSONAL, UPLOADS, COPIES = "personal", "uploads", "personal_copies"


def install(app: Flask, personal: Personal, uploads: Path) -> None:
    """Give the app what is declared, and the folder of what people hand in."""
    app.extensions[PERSONAL], app.extensions[UPLOADS] = personal, uploads
    app.extensions.setdefault(COPIES, [])
    looks.install(app)


def on_erasure(app: Flask, drop: Callable[[], None]) -> None:
    """Have copies outside of the database dropped when somebody was erased, or what was kept long enough forgotten."""
    app.extensions.setdefault(COPIES, []).append(drop)


def declared() -> Personal:
    """What is declared."""
    found: Personal = current_app.extensions[PERSONAL]
    return found


def uploads() -> Path:
    """Where what people hand in lies."""
    found: Path = current_app.extensions[UPLOADS]
    return found


def clear_after(done: Erased | Forgotten) -> None:
    """Delete, once it is committed, uploaded files that no row names any more, and copies that may tell what was erased or forgotten."""
    for name in done.files:
        (uploads() / name).unlink(missing_ok=True)
    for drop in current_app.extensions[COPIES]:
        drop()
