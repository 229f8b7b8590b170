"""Front: what calendar programmes ask for again and again, answered before the app, whose hooks have nothing new to say of it."""

from collections.abc import Iterable, Mapping
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wsgi import ClosingIterator

from calendars.desk import NOT_MODIFIED, OK, Desk
from calendars.feeds import Asked
from web.guards import of_unmodified
from web.logs import HEADER, Told, ended, new_number

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READING = ("GET", "HEAD")
MOST_KNOWN = 4096
LONGEST_KNOWN = 500


class Front:
    """A WSGI application before the app's own.

    An address comes to be known when the app has answered it in full: what it orders, and what may be told of it in logs. What is
    not known, and what goes wrong, is the app's.
    """

    def __init__(self, app: "WSGIApplication", desk: Desk, headers: Mapping[str, str], *, trust_given_id: bool) -> None:
        self._app = app
        self._desk = desk
        self._headers = {OK: headers, NOT_MODIFIED: of_unmodified(headers)}
        self._trust_given_id = trust_given_id
        self._known: dict[tuple[str, str], tuple[Asked, Told]] = {}

    def note(self, environ: "WSGIEnvironment", order: Asked, told: Told) -> None:
        """Answer this address here from now on."""
        address = _address(environ)
        if sum(map(len, address)) > LONGEST_KNOWN:
            return
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[address] = order, told

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, or have the app answer it."""
        known = self._known.get(_address(environ)) if environ["REQUEST_METHOD"] in READING else None
        if known is None:
            return self._app(environ, start_response)
        began = perf_counter()
        order, told = known
        try:
            answer = self._desk.answer(order, environ)
        except Exception:  # the app meets it again, logs it and says so as it says everything
            return self._app(environ, start_response)
        if answer.is_refusal:
            self._known.pop(_address(environ), None)
        number = new_number(environ.get("HTTP_X_REQUEST_ID", "") if self._trust_given_id else "")
        headers = {**self._headers.get(answer.status, self._headers[OK]), **answer.headers, HEADER: number}
        start_response(f"{answer.status} {HTTP_STATUS_CODES[answer.status].upper()}", list(headers.items()))
        method, seconds = environ["REQUEST_METHOD"], perf_counter() - began
        # The server closes what it has sent: nobody waits for the log.
        return ClosingIterator(
            [] if method == "HEAD" else [answer.body], partial(ended, told, method, answer.status, seconds, number=number)
        )


def _address(environ: "WSGIEnvironment") -> tuple[str, str]:
    return environ["PATH_INFO"], environ.get("QUERY_STRING", "")
