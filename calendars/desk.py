"""Desk: what is answered to a calendar programme, by what it sends: its status, its headers and its body."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header

from calendars.feeds import Asked, Feeds, Told
from calendars.forms import Form
from calendars.standing import PRIVATE
from calendars.tokens import Use
from calendars.uses import Uses
from calendars.words import WHY_NOT
from kernel.clock import now
from kernel.errors import Busy, Refusal

# Old Outlook and Exchange ask for gzip and then cannot read it.
NO_GZIP = re.compile(r"Microsoft Office|Outlook|Exchange|MSOffice", re.I)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as HTTP has it; the body of «not modified» is empty."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_refusal(self) -> bool:
        return self.status >= 400


class Desk:
    """Answers from the feeds of this process, and notes who read which private one."""

    def __init__(self, feeds: Feeds, uses: Uses, *, gzip: bool) -> None:
        self._feeds = feeds
        self._uses = uses
        self._gzip = gzip

    def answer(self, order: Asked, environ: Mapping[str, Any]) -> Answer:
        """Answer what an address orders, asked with the headers of ``environ``, in plain words where there is nothing to give: error
        pages repeat their address."""
        moment, client = now(), environ.get("HTTP_USER_AGENT", "")
        asked = Asked(
            order.address,
            order.wanted,
            if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
            if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE", ""),
            packed=self._gzip and _reads_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) and not NO_GZIP.search(client),
        )
        try:
            told = self._feeds.answer(asked, now=moment)
        except Refusal as refusal:
            return refused(refusal, is_private=order.address.kind == PRIVATE)
        if told.standing.used:
            self._uses.note(Use(told.standing.used.token_id, moment, client), told.standing.used.noted_at)
        return _answer(told, order.wanted.form)


def refused(refusal: Refusal, *, is_private: bool) -> Answer:
    """Why there is nothing to give."""
    fault = refusal.faults[0]
    facts = {name: ", ".join(fact) if isinstance(fact, list) else fact for name, fact in fault.facts.items()}
    told = {"field": fault.field, "value": fault.value, **facts}
    text = WHY_NOT.get(fault.code, fault.code).format_map(told)
    headers = {**KEEPING[is_private], "Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8"}
    if isinstance(refusal, Busy):
        headers["Retry-After"] = str(refusal.after)
    return _whole(refusal.status, headers, f"{text}\n".encode())


# By whether a feed is private; this much is said again of what is not modified (RFC 9110 15.4.5).
KEEPING = {
    True: {"Cache-Control": "private, max-age=0, must-revalidate", "Vary": "Accept-Encoding"},
    False: {"Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"},
}
OF_BODIES = {"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


def _answer(told: Told, form: Form) -> Answer:
    headers = KEEPING[told.standing.is_private] | {"ETag": f'"{told.tag}"'}
    if told.body is None:
        return Answer(NOT_MODIFIED, headers, b"")
    if told.modified:
        headers["Last-Modified"] = http_date(told.modified)
    headers |= {"Content-Type": form.content_type, "Content-Disposition": _disposition(told.standing.name, form)}
    if told.packed:
        headers["Content-Encoding"] = "gzip"
    return _whole(OK, headers, told.body)


OK, NOT_MODIFIED = 200, 304


def _whole(status: int, headers: dict[str, str], body: bytes) -> Answer:
    return Answer(status, headers | OF_BODIES | {"Content-Length": str(len(body))}, body)


@lru_cache(maxsize=256)
def _reads_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted, Accept)["gzip"] > 0


def _disposition(name: str, form: Form) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name.translate(str.maketrans("æøåÆØÅ", "aoaAOA"))).strip("-").lower() or "kalender"
    return f"inline; filename=\"{plain}.{form}\"; filename*=UTF-8''{quote(f'{name}.{form}')}"
