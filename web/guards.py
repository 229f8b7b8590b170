"""Guards: cross-site forgery, security headers, sizes, cookies and proxies, the same for every route."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from kernel.characters import unseen
from kernel.errors import Invalid
from settings import Settings
from web.faults import unwritten

View = TypeVar("View", bound=Callable[..., object])
MEGABYTE = 1_000_000
LARGEST_BODY = 2 * MEGABYTE
LARGEST_PHOTO = 8 * MEGABYTE
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
TILES = "https://cache.kartverket.no"
BODY_LIMIT = "body_limit"
BY_ADDRESS = "by_address"
# Where the answers are that pages of others may frame: they have no cookies, and no language but the one asked for.
FRAMED = "/embed/"
HTTPS_ONLY = "Strict-Transport-Security"
NOT_MODIFIED = "304"

csrf = CSRFProtect()


def install(app: Flask, settings: Settings) -> None:
    """Put all guards in place."""
    secure = settings.public_url.startswith("https:")
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="__Host-arena" if secure else "arena",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # Pages that a link in a mail opens send no referrer; nobody plants our cookie, whose name begins with __Host-.
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(_limit_body)
    app.before_request(_refuse_forgery)
    app.before_request(_refuse_unwritten)
    headers = security_headers(tiles=settings.map_tiles, secure=secure)
    app.extensions["security_headers"] = headers
    framed = security_headers(tiles=False, secure=secure, framed_by=settings.embed_in)
    app.wsgi_app = _with_headers(app.wsgi_app, headers, framed=framed)  # type: ignore[assignment,method-assign]


def larger_body(limit: int = LARGEST_PHOTO) -> Callable[[View], View]:
    """Let one view, an upload of photos, take a larger body."""

    def mark(view: View) -> View:
        setattr(view, BODY_LIMIT, limit)
        return view

    return mark


def by_address(view: View) -> View:
    """Let one view be asked without cookies: its address is a secret that only who may ask has, so nobody can forge it."""
    setattr(view, BY_ADDRESS, True)
    return view


def the_request() -> Request:
    """The request itself: what stands for it looks for it at each of its attributes."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found


def has_cookie() -> bool:
    """Whether the browser brings our cookie."""
    return current_app.config["SESSION_COOKIE_NAME"] in the_request().cookies


def is_by_token(asked: Request) -> bool:
    """Whether a request of the API says by a token who asks, so that no cookie counts."""
    return asked.path.startswith("/api/") and asked.headers.get("Authorization", "").startswith("Bearer ")


def security_headers(*, tiles: bool, secure: bool, framed_by: str = "") -> dict[str, str]:
    """The headers of every answer with a body; the design system's icons are data: images in its style sheet. ``framed_by`` are the origins
    whose pages may frame it."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: {TILES}" if tiles else "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": framed_by or "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        **({} if framed_by else {"X-Frame-Options": "DENY"}),
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return headers | ({HTTPS_ONLY: "max-age=31536000"} if secure else {})


def _limit_body() -> None:
    asked = the_request()
    limit = getattr(current_app.view_functions.get(asked.endpoint or ""), BODY_LIMIT, None)
    if limit is not None:
        asked.max_content_length = limit


def _refuse_forgery() -> None:
    """A browser sends cookies by itself but never a bearer token, so a request with one, or an API request without our
    cookie, cannot be forged from another site; nor can one whose address is a secret. One that leads nowhere does nothing,
    and is told that and not to sign in."""
    asked = the_request()
    if asked.method in SAFE_METHODS or is_by_token(asked) or asked.routing_exception or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    if getattr(current_app.view_functions.get(asked.endpoint or ""), BY_ADDRESS, False):
        return
    if has_cookie() or not asked.path.startswith("/api/"):
        csrf.protect()


def _refuse_unwritten() -> None:
    """No address has signs that do not show, and no field a NUL, with which PostgreSQL cannot even compare; the others are
    told at their fields by those who read them."""
    asked = the_request()
    if unseen(asked.path):
        raise NotFound
    queried = asked.args.items(multi=True) if asked.query_string else ()
    given = [*queried, *(() if asked.is_json else asked.form.items(multi=True))]
    nul = {name: value for name, value in given if "\0" in name or "\0" in value}
    if nul:
        raise Invalid(*unwritten(nul))


def of_unmodified(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of them that «not modified» says too: what a reader has keeps the headers that it came with (RFC 9110 15.4.5), but
    each answer says that the host is asked by HTTPS (RFC 6797 7.1)."""
    return {name: value for name, value in headers.items() if name == HTTPS_ONLY}


def _with_headers(serve: WSGIApplication, headers: Mapping[str, str], *, framed: Mapping[str, str]) -> WSGIApplication:
    """What serves, with these headers on every answer that does not say them itself."""

    def served(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        wanted = framed if environ["PATH_INFO"].startswith(FRAMED) else headers
        return serve(environ, partial(_start, start_response, wanted))

    return served


def _start(start_response: StartResponse, wanted: Mapping[str, str], status: str, given: list[tuple[str, str]], *failed: Any) -> Any:
    told = {name.lower() for name, _value in given}
    headers = of_unmodified(wanted) if status.startswith(NOT_MODIFIED) else wanted
    return start_response(status, given + [(name, value) for name, value in headers.items() if name.lower() not in told], *failed)
