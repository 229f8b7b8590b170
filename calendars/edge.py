"""The web edge of feeds: addresses that calendar programmes read, and what makes the feeds of this process ready."""

from functools import partial

from flask import Blueprint, Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.datastructures import Headers

import calendars.api
import calendars.pages
import calendars.public_pages
from accounts.personal.edge import on_erasure
from calendars.cache import Cache
from calendars.desk import Answer, Desk, refused
from calendars.feeds import Asked, Feeds
from calendars.forms import ENDINGS, Form
from calendars.front import Front
from calendars.standing import PATHS, PRIVATE, Address
from calendars.tokens import hashed, note_uses
from calendars.uses import Uses
from calendars.whatson import Among
from calendars.window import wanted_of
from kernel.errors import Missing, Refusal
from web import logs
from web.guards import FRAMED, is_by_token

LONGEST_TOKEN = 100
ENDING = f"<any({', '.join(Form)}):form>"

routes = Blueprint("feeds", __name__, url_prefix="/calendars")


class NoSession(SecureCookieSession):
    """What stands for a session where no cookie counts; it is not kept."""


class Sessions(SecureCookieSessionInterface):
    """The app's sessions, but none for feeds, for what other pages frame and for who has a token: no cookie decides what they are
    told, and Vary must not claim so (RFC 9110 12.5.5)."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return NoSession() if _has_no_session(request) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, NoSession):
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Serve feeds, the page of one's own, and their API."""
    settings = app.extensions["settings"]
    base = app.extensions["database"]
    cache = Cache(settings.instance / "feeds")
    on_erasure(app, cache.forget)
    feeds = Feeds(base, cache, settings.public_url, cancelled_days=settings.feed_cancelled_days)
    uses = Uses(lambda uses: base.transact(note_uses, uses))
    desk = Desk(feeds, uses, gzip=settings.feed_gzip)
    front = Front(app.wsgi_app, desk, app.extensions["security_headers"], trust_given_id=settings.trusted_proxies > 0)
    app.extensions.update(feeds=feeds, feed_uses=uses, feed_desk=desk, feed_front=front)
    app.wsgi_app = front  # type: ignore[method-assign]
    app.session_interface = Sessions()
    app.register_blueprint(routes)
    calendars.pages.install(app)
    calendars.public_pages.install(app)
    app.register_blueprint(calendars.api.api)


def place(kind: str, form: str, **parts: str) -> Response:
    """The public feed of a venue, of a room, of the venues of a district, or of what an organisation has booked."""
    return answer(Address.of_place(kind, *parts.values()), Form(form))


for _kind, _path in PATHS.items():
    routes.add_url_rule(f"{_path}.{ENDING}", str(_kind), partial(place, _kind))


@routes.get(f"/open.{ENDING}", defaults={"path": ""})
@routes.get(f"/open/<path:path>.{ENDING}")
def what_is_on(path: str, form: str) -> Response:
    """The public feed of what is open to all, or of some of it: ``open/districts/fjell/ages/6-12.ics``."""
    try:
        return answer(Address.open_to_all(Among.at(path)), Form(form))
    except Missing as refusal:
        return _response(refused(refusal, is_private=False))


@routes.get(f"/private/<token>.{ENDING}")
def private(token: str, form: str) -> Response:
    """A subscriber's own feed. The token is known here and nowhere below."""
    return answer(Address(PRIVATE, hashed(token[:LONGEST_TOKEN])), Form(form))


def answer(address: Address, form: Form) -> Response:
    """Answer a calendar programme, in plain words where there is nothing to give."""
    try:
        order = Asked(address, wanted_of(request.args, form))
    except Refusal as refusal:
        return _response(refused(refusal, is_private=address.kind == PRIVATE))
    desk: Desk = current_app.extensions["feed_desk"]
    told = desk.answer(order, request.environ)
    if not told.is_refusal:
        front: Front = current_app.extensions["feed_front"]
        front.note(request.environ, order, logs.told())
    return _response(told)


def _has_no_session(asked: Request) -> bool:
    is_feed = asked.path.startswith("/calendars/") and asked.path.endswith(ENDINGS)
    return is_feed or asked.path.startswith(FRAMED) or is_by_token(asked)


def _response(told: Answer) -> Response:
    response = Response(told.body, told.status)
    response.headers = Headers(told.headers)
    return response
