"""Problems: every error as an answer - a problem document (RFC 9457) for programs, a page in the user's language for people."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, json, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from kernel.errors import Busy, Fault, Refusal, Stale, Throttled, Unidentified
from kernel.interval import Interval
from web import language, logs, wording
from web.hooks import hooks

MEGABYTE = 1_000_000
DRAINED = 32 * MEGABYTE
PROBLEM_TYPE = "application/problem+json"
KINDS: Mapping[int, tuple[str, str]] = {
    400: ("refused", "bad-request"),
    401: ("unidentified", "sign-in-first"),
    403: ("forbidden", "refused-request"),
    404: ("missing", "not-found"),
    405: ("refused", "method-not-allowed"),
    410: ("gone", "gone"),
    413: ("refused", "body-too-large"),
    415: ("refused", "not-a-json-body"),
    428: ("refused", "no-precondition"),
    429: ("throttled", "too-many-requests"),
}


def install(app: Flask) -> None:
    """Answer refusals, HTTP errors and the unexpected."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_unexpected)


def answer_refusal(refusal: Refusal) -> ResponseReturnValue:
    """What a verb refused; nobody signed in on a page is sent to sign in."""
    sign_in = hooks().sign_in
    if isinstance(refusal, Unidentified) and sign_in is not None and not for_programs():
        return sign_in()
    return problem(refusal.title, status_of(refusal), refusal.faults, headers=headers_of(refusal), details=refusal.details)


def answer_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask or a view said with an HTTP status; redirects pass."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    if isinstance(error, RequestEntityTooLarge):
        drain()
    if isinstance(error, MethodNotAllowed) and request.method == "GET" and not for_programs() and (above := page_above()):
        return redirect(above, 303)
    kind, code = KINDS.get(status, ("unexpected" if status >= 500 else "refused", "refused-request"))
    if isinstance(error, CSRFError):
        sign_in = hooks().sign_in
        # Without a session nobody is signed in any more: what was typed survives signing in anew.
        if sign_in is not None and not session and not for_programs():
            return sign_in()
        code = "stale-form"
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "WWW-Authenticate", "Retry-After")}
    return problem(kind, status, (Fault(code, facts=facts_of(error)),), headers=kept)


def page_above() -> str:
    """The nearest address above this one that has a page: where that of an act leads which is opened anew after it was refused there."""
    routes, path = current_app.create_url_adapter(request), request.path
    while routes and (path := path.rpartition("/")[0]):
        with suppress(HTTPException):
            routes.match(path, method="GET")
            return path
    return ""


def answer_unexpected(error: Exception) -> ResponseReturnValue:
    """A defect: logged with its place in the code, answered without details."""
    logs.log_defect(error)
    return problem("unexpected", 500, (Fault("unexpected", facts={"request_id": logs.request_id()}),))


def problem(
    kind: str,
    status: int,
    faults: tuple[Fault, ...],
    headers: Mapping[str, str] | None = None,
    details: Mapping[str, object] | None = None,
) -> Response:
    """The answer for one kind of refusal, for programs (with ``details`` as further members) or for people."""
    if for_programs():
        told = {**(details or {}), **document(kind, status, faults)}
        response = Response(json.dumps(told), status=status, content_type=PROBLEM_TYPE)
    else:
        response = Response(page(kind, status, faults), status=status, content_type="text/html; charset=utf-8")
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response


def for_programs() -> bool:
    """Whether the one who asks is a program: all of the API."""
    return request.path.startswith("/api/")


def document(kind: str, status: int, faults: tuple[Fault, ...]) -> dict[str, Any]:
    """The members of RFC 9457, and ``faults``: one object for each thing that is wrong."""
    told = [fault_object(fault) for fault in wording.gathered(faults)]
    return {
        "type": f"{current_app.extensions['settings'].public_url}/problems/{kind}",
        "title": wording.title(kind),
        "status": status,
        "detail": " ".join(fault["message"] for fault in told),
        "request_id": logs.request_id(),
        "faults": told,
    }


def fault_object(fault: Fault) -> dict[str, Any]:
    """One fault as JSON, with its sentence."""
    return {
        "code": fault.code,
        "field": fault.field,
        "value": simple(fault.value),
        "message": wording.sentence(fault),
        "facts": simple(dict(fault.facts)),
    }


def page(kind: str, status: int, faults: tuple[Fault, ...]) -> str:
    """The page that says what is wrong; a broken service gets one that asks neither the database nor the session."""
    if status < 500:
        return render_template("problems/problem.html", kind=kind, status=status, faults=faults)
    chosen = request.cookies.get(language.COOKIE, language.DEFAULT)
    with force_locale(chosen if chosen in language.LANGUAGES else language.DEFAULT):
        template = current_app.jinja_env.get_template("problems/broken.html")
        return template.render(kind=kind, faults=faults, lang=chosen, request_id=logs.request_id())


def status_of(refusal: Refusal) -> int:
    """The status on the class; a stale row is 412 when the request named its version, as RFC 9110 13.1.1 has it."""
    if isinstance(refusal, Stale) and "If-Match" in request.headers:
        return HTTPStatus.PRECONDITION_FAILED
    return refusal.status


def headers_of(refusal: Refusal) -> dict[str, str]:
    """Retry-After for what may be sent again, WWW-Authenticate for who must say who they are (RFC 9110 11.6.1)."""
    if isinstance(refusal, Throttled | Busy):
        return {"Retry-After": str(refusal.after)}
    if isinstance(refusal, Unidentified):
        return {"WWW-Authenticate": "Bearer"}
    return {}


def facts_of(error: HTTPException) -> dict[str, object]:
    """What the sentence for an HTTP error needs."""
    if isinstance(error, RequestEntityTooLarge):
        return {"limit": (request.max_content_length or 0) // MEGABYTE}
    if isinstance(error, MethodNotAllowed):
        return {"allowed": sorted(set(error.valid_methods or ()) - {"OPTIONS", "HEAD"})}
    return {}


def drain() -> None:
    """Read what the client still sends, within reason: closing on it would reset the connection before it reads the answer."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, DRAINED)
    while left > 0:
        chunk = stream.read(min(left, 65536))
        if not chunk:
            return
        left -= len(chunk)


def simple(value: object) -> Any:
    """A fact as JSON: times as RFC 3339, spans as start and end, lengths in minutes, everything else in its own shape."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Interval():
            return {"start": simple(value.start), "end": simple(value.end)}
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds() // 60)
        case Mapping():
            return {str(key): simple(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [simple(item) for item in value]
        case _:
            structlog.get_logger("arena").error("fact without a shape in JSON", kind=type(value).__qualname__)
            return str(value)
