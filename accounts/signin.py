"""Signing in and out: by password on pages, by bearer token in the API."""

from dataclasses import dataclass

from flask import Flask, after_this_request, render_template, request, session
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import LoginManager, UserMixin, login_user, logout_user

from accounts import edge, passwords, queries, tokens
from accounts.attempts import count_sign_in
from accounts.begun import begun
from accounts.identity import Actor
from accounts.inputs import SignInInput
from accounts.people import by_email, note_sign_in, renew_hash
from database.transact import Database
from kernel.clock import now
from kernel.errors import Busy, Invalid, refuse
from web.forms import Form
from web.hooks import hooks

manager = LoginManager()


@dataclass(frozen=True, slots=True, eq=False)
class SignedIn(UserMixin):
    """Who is signed in on pages; the epoch in the cookie ends the session when the password changes."""

    actor: Actor
    session_epoch: int

    def get_id(self) -> str:
        return f"{self.actor.person_id}.{self.session_epoch}"


def install(app: Flask) -> None:
    """Tell Flask-Login and the web edge how people are known."""
    manager.init_app(app)
    manager.session_protection = None  # it binds a session to the network, which a telephone changes all day
    web = hooks(app)
    web.identify = by_token
    web.language = lambda: edge.actor().language if edge.actor().person_id else None
    web.sign_in = ask_to_sign_in


@manager.user_loader
def load(cookie_id: str) -> SignedIn | None:
    """The person of a session cookie, in one query; None when the session was ended."""
    person_id, _, epoch = cookie_id.partition(".")
    if not person_id.isdecimal():
        return None
    known = queries.known_person(edge.reading(), int(person_id), via="page", now=now())
    return SignedIn(known.actor, known.session_epoch) if known and str(known.session_epoch) == epoch else None


def by_token(text: str) -> Actor | None:
    """The actor of a bearer token; that it was used is noted after the answer is sent."""
    bearer = queries.bearer_of(edge.database().glances.rows, tokens.digest(text), now=now())
    if bearer is None:
        return None
    if tokens.is_use_due(bearer.used_at, now()):
        database = edge.database()

        @after_this_request
        def note(response: Response) -> Response:
            response.call_on_close(lambda: _note_use(database, bearer.token_id))
            return response

    return bearer.actor


def sign_in(given: SignInInput, *, network: str) -> None:
    """Begin a session; raises Invalid (``wrong-sign-in``, the same for an unknown address) and Throttled."""
    edge.transact(count_sign_in, given.email, network)
    person_id = check(given.email, given.password)
    edge.transact(note_sign_in, person_id, given.email, network)
    begin_session(person_id)


def check(email: str, password: str) -> int:
    """The id of whom address and password belong to, found in the same time whether or not there is an account."""
    person = by_email(edge.reading(), email)
    if not passwords.is_right(password, person.password_hash if person else None) or person is None:
        raise refuse(Invalid, "wrong-sign-in")
    if passwords.is_outdated(person.password_hash or ""):
        edge.transact(renew_hash, person.id, password_hash=passwords.hashed(password))
    return person.id


def prove(email: str, password: str, *, network: str) -> None:
    """Ask who is signed in for the password anew; raises Invalid (``wrong-password``) and Throttled."""
    edge.transact(count_sign_in, email, network)
    try:
        check(email, password)
    except Invalid:
        raise refuse(Invalid, "wrong-password", "current_password") from None


def begin_session(person_id: int) -> None:
    """Sign a person in with an empty session, so that nothing planted before signing in lives on."""
    known = queries.known_person(edge.reading(), person_id, via="page", now=now())
    session.clear()
    if known is not None:
        login_user(SignedIn(known.actor, known.session_epoch))
    edge.forget_actor()


def end_session() -> None:
    """Sign out."""
    logout_user()
    session.clear()
    edge.forget_actor()


def ask_to_sign_in() -> ResponseReturnValue:
    """The sign-in page in place of a page that needs a person; what was begun goes along in its form."""
    form = Form({"next": begun()})
    return render_template("accounts/sign_in.html", form=form, next=begun(), is_needed=request.path != "/"), 401


def _note_use(database: Database, token_id: int) -> None:
    try:
        database.transact(tokens.note_use, token_id, now=now())
    except Busy:
        return  # the next request notes it
