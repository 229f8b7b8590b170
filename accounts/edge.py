"""The web edge of a request: who acts, the session that reads, and the transaction that writes."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, g
from flask_login import current_user
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, Actor
from database.transact import Database
from kernel.clock import now

T = TypeVar("T")


def database() -> Database:
    """The database of this process."""
    found: Database = current_app.extensions["database"]
    return found


def reading() -> Session:
    """The request's session for reading, closed when the request ends."""
    if "reading" not in g:
        g.reading = Session(database().engine, autoflush=False)
    session: Session = g.reading
    return session


def actor() -> Actor:
    """Who acts in this request: by token, by signed-in session, or nobody."""
    if "actor" not in g:
        g.actor = getattr(current_user, "actor", None) or NOBODY
    found: Actor = g.actor
    return found


def transact(verb: Callable[..., T], *args: object, **kwargs: object) -> T:
    """Run a verb in its own write transaction as the request's actor, now."""
    return database().transact(verb, *args, by=actor(), now=now(), **kwargs)


def close_reading(_error: BaseException | None) -> None:
    """End the request's reading session."""
    session: Session | None = g.pop("reading", None)
    if session is not None:
        session.close()


def install(app: Flask, *, url: str) -> None:
    """Give the app its database and see to it that no reading session outlives its request."""
    app.extensions["database"] = Database(url)
    app.teardown_appcontext(close_reading)
