"""The edge of the registers: what reads them in this process, and their commands."""

from flask import Flask, current_app, g

from accounts.register.classes import classes_of
from accounts.register.client import client_for
from accounts.register.following import Register


def register() -> Register:
    """The registers as this process reads them; what the request read before is read afresh after it."""
    if "reading" in g:
        g.reading.rollback()
    found: Register = current_app.extensions["register"]
    return found


def install(app: Flask) -> None:
    """Make ready what reads the registers."""
    settings = app.extensions["settings"]
    client = client_for(settings.register_url, settings.public_url)
    app.extensions["register"] = Register(app.extensions["database"], classes_of(settings.register_classes), client)
