"""The web edge of feeds: addresses that calendar programmes read, and what makes the feeds of this process ready."""

import re
from urllib.parse import quote

from flask import Blueprint, Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.http import http_date

import calendars.api
import calendars.pages
from calendars.cache import Cache
from calendars.feeds import Asked, Feeds, Told
from calendars.forms import ENDINGS, Form
from calendars.standing import PRIVATE, Address
from calendars.tokens import Use, hashed, note_uses
from calendars.uses import Uses
from calendars.window import wanted_of
from calendars.words import WHY_NOT
from kernel.clock import now
from kernel.errors import Busy, Refusal

# Old Outlook and Exchange ask for gzip and then cannot read it.
NO_GZIP = re.compile(r"Microsoft Office|Outlook|Exchange|MSOffice", re.I)
LONGEST_TOKEN = 100
ENDING = f"<any({', '.join(Form)}):form>"

routes = Blueprint("feeds", __name__, url_prefix="/calendars")


class Sessions(SecureCookieSessionInterface):
    """The app's sessions, but none for feeds: no cookie decides what they say, and Vary must not claim so (RFC 9110 12.5.5)."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return self.session_class() if _is_feed(request) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not _is_feed(request):
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Serve feeds, the page of one's own, and their API."""
    settings = app.extensions["settings"]
    base = app.extensions["database"]
    cache = Cache(settings.instance / "feeds")
    app.extensions["feeds"] = Feeds(base, cache, settings.public_url, cancelled_days=settings.feed_cancelled_days)
    app.extensions["feed_uses"] = Uses(lambda uses: base.transact(note_uses, uses))
    app.session_interface = Sessions()
    app.register_blueprint(routes)
    calendars.pages.install(app)
    app.register_blueprint(calendars.api.api)


@routes.get(f"/venues/<slug>.{ENDING}")
def venue(slug: str, form: str) -> Response:
    """The public feed of a venue."""
    return answer(Address("venue", slug), Form(form))


@routes.get(f"/rooms/<venue>/<slug>.{ENDING}")
def room(venue: str, slug: str, form: str) -> Response:
    """The public feed of a room."""
    return answer(Address("room", venue, slug), Form(form))


@routes.get(f"/districts/<slug>.{ENDING}")
def district(slug: str, form: str) -> Response:
    """The public feed of the venues of a district."""
    return answer(Address("district", slug), Form(form))


@routes.get(f"/organisations/<number>.{ENDING}")
def organisation(number: str, form: str) -> Response:
    """The public feed of what an organisation has booked."""
    return answer(Address("organisation", number), Form(form))


@routes.get(f"/private/<token>.{ENDING}")
def private(token: str, form: str) -> Response:
    """A subscriber's own feed. The token is known here and nowhere below."""
    return answer(Address(PRIVATE, hashed(token[:LONGEST_TOKEN])), Form(form))


def answer(address: Address, form: Form) -> Response:
    """Answer a calendar programme, in plain words where there is nothing to give: error pages repeat their address."""
    moment = now()
    try:
        asked = Asked(
            address,
            wanted_of(request.args, form),
            if_none_match=request.headers.get("If-None-Match", ""),
            if_modified_since=request.headers.get("If-Modified-Since", ""),
            packed=_takes_gzip(),
        )
        feeds: Feeds = current_app.extensions["feeds"]
        told = feeds.answer(asked, now=moment)
    except Refusal as refusal:
        return _refused(refusal, is_private=address.kind == PRIVATE)
    if told.standing.used:
        uses: Uses = current_app.extensions["feed_uses"]
        client = request.headers.get("User-Agent", "")
        uses.note(Use(told.standing.used.token_id, moment, client), told.standing.used.noted_at)
    return _response(told, form)


def _is_feed(asked: Request) -> bool:
    return asked.path.startswith("/calendars/") and asked.path.endswith(ENDINGS)


def _response(told: Told, form: Form) -> Response:
    response = Response(told.body or b"", 304 if told.body is None else 200)
    response.headers.update(_headers(is_private=told.standing.is_private))
    response.headers["ETag"] = f'"{told.tag}"'
    if told.modified:
        response.headers["Last-Modified"] = http_date(told.modified)
    if told.body is None:
        del response.headers["Content-Type"]
        return response
    response.headers["Content-Type"] = form.content_type
    response.headers["Content-Disposition"] = _disposition(told.standing.name, form)
    if told.packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _headers(*, is_private: bool) -> dict[str, str]:
    return {
        "Cache-Control": "private, max-age=0, must-revalidate" if is_private else "public, max-age=300",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }


def _refused(refusal: Refusal, *, is_private: bool) -> Response:
    code = refusal.faults[0].code
    text = WHY_NOT.get(code) or f"{code} {refusal.faults[0].field}: {refusal.faults[0].value}"
    response = Response(text + "\n", refusal.status, content_type="text/plain; charset=utf-8")
    response.headers.update(_headers(is_private=is_private) | {"Cache-Control": "no-store"})
    if isinstance(refusal, Busy):
        response.headers["Retry-After"] = str(refusal.after)
    return response


def _takes_gzip() -> bool:
    if not current_app.extensions["settings"].feed_gzip or NO_GZIP.search(request.headers.get("User-Agent", "")):
        return False
    return request.accept_encodings["gzip"] > 0


def _disposition(name: str, form: Form) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name.translate(str.maketrans("æøåÆØÅ", "aoaAOA"))).strip("-").lower() or "kalender"
    return f"inline; filename=\"{plain}.{form}\"; filename*=UTF-8''{quote(f'{name}.{form}')}"
