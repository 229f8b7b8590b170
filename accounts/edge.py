"""The web edge of a request: who acts, the session that reads, and the transaction that writes."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy.orm import Session

from accounts.identity import COMMAND, NOBODY, Actor
from database.transact import Database
from kernel.clock import now
from web import api

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
    """Who acts: on pages who is signed in, in the API whom the token stands for, on the command line the operator."""
    if not has_request_context():
        return COMMAND
    found: Actor | None = g.get("actor")
    if found is None:
        found = g.actor = _caller() if request.path.startswith("/api/") else getattr(current_user, "actor", NOBODY)
    return found


def transact(verb: Callable[..., T], *args: object, **kwargs: object) -> T:
    """Run a verb in its own write transaction as the request's actor, now; what is read afterwards is fresh."""
    hand = actor()
    if "reading" in g:
        # Gives the connection back while the write waits for its turn, and forgets what was read before it.
        g.reading.rollback()
    return database().transact(verb, *args, by=hand, now=now(), **kwargs)


def forget_actor() -> None:
    """Somebody signed in or out in this request."""
    g.pop("actor", None)


def close_reading(_error: BaseException | None) -> None:
    """End the request's reading session."""
    session: Session | None = g.pop("reading", None)
    if session is not None:
        session.close()


def install(app: Flask, *, url: str) -> None:
    """Give the app its database and see to it that no reading session outlives its request."""
    app.extensions["database"] = Database(url)
    app.teardown_appcontext(close_reading)


def _caller() -> Actor:
    """The API knows people by token alone: a cookie, which browsers send by themselves, acts for nobody there."""
    found = api.caller()
    return found if isinstance(found, Actor) else Actor(via="api")
