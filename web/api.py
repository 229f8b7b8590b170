"""The API's glue: what a route of /api/v1 takes and gives as pydantic models, from which its description is made too."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Generic, TypeVar

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, Field
from pydantic_core import from_json, to_json
from werkzeug.exceptions import PreconditionRequired, UnsupportedMediaType
from werkzeug.http import quote_etag

from kernel.errors import Invalid, Unidentified, refuse
from web.forms import Input, parse, parse_json
from web.hooks import hooks

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/api/v1"
LONGEST_KEY = 200
VERSION = re.compile(r'^(?:W/)?"?([0-9]{1,18})"?$')


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as its callers see it; ``answers`` gives the model (None: no body) for each status that is no refusal."""

    method: str
    rule: str
    summary: str
    tag: str
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | None] = field(default_factory=dict)
    public: bool = False
    idempotent: bool = False
    versioned: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view returns when the model alone does not say it: status, headers, or a version for the ETag."""

    model: BaseModel | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None


class Page(BaseModel, Generic[T]):
    """One page of a list; ``next`` is the cursor of the following one, null on the last."""

    items: list[T]
    next: str | None = None


class PageQuery(Input):
    """The part of a list's query that turns its pages."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=500)


class Api(Blueprint):
    """The API routes of one package; ``openapi`` finds them by this class."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(f"api_{name}", import_name, url_prefix=PREFIX)
        self.tag = name
        self.operations: list[Operation] = []

    def operation(
        self,
        method: str,
        rule: str,
        *,
        answers: Mapping[int, type[BaseModel] | None],
        query: type[BaseModel] | None = None,
        body: type[BaseModel] | None = None,
        public: bool = False,
        idempotent: bool = False,
        versioned: bool = False,
    ) -> Callable[[View], View]:
        """Serve a view that takes ``query=`` and ``body=`` parsed and returns a model, an Answer or a Response.

        Without ``public`` a bearer token is asked for. ``idempotent`` says that Idempotency-Key is honoured,
        ``versioned`` that If-Match is asked for; the view reads them by ``idempotency_key`` and ``expected_version``.
        """

        def register(view: View) -> View:
            summary = (view.__doc__ or "").strip().partition("\n")[0].rstrip(".")
            told = Operation(method, rule, summary, self.tag, query, body, answers, public, idempotent, versioned)
            self.operations.append(told)
            self.add_url_rule(rule, view.__name__, _serving(told, view), methods=[method])
            return view

        return register


def bearer_token() -> str | None:
    """The token of the Authorization header (RFC 6750 2.1), if there is one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def caller() -> object | None:
    """What the request's token stands for, None without one; raises Unidentified (``bad-token``)."""
    found: object | None = g.get("api_caller")
    if found is None and (token := bearer_token()):
        found = g.api_caller = hooks().identify(token)
        if found is None:
            raise refuse(Unidentified, "bad-token", "Authorization")
    return found


def required_caller() -> object:
    """What the request's token stands for; raises Unidentified (``no-token``, ``bad-token``)."""
    found = caller()
    if found is None:
        raise refuse(Unidentified, "no-token", "Authorization")
    return found


def idempotency_key() -> str | None:
    """The request's Idempotency-Key; raises Invalid (``bad-key``)."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise refuse(Invalid, "bad-key", "Idempotency-Key", most=LONGEST_KEY)
    return key


def expected_version() -> int:
    """The version in If-Match; 428 without one, Invalid (``bad-precondition``) for another form."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    found = VERSION.match(given.strip())
    if not found:
        raise refuse(Invalid, "bad-precondition", "If-Match", given)
    return int(found[1])


def page_of(rows: Sequence[Any], query: PageQuery, *, show: Callable[[Any], T], key: Callable[[Any], object]) -> Page[T]:
    """A page from ``limit + 1`` rows: ``show`` makes the item of a row, ``key`` what the next query begins after."""
    kept = rows[: query.limit]
    following = cursor_of(key(kept[-1])) if len(rows) > query.limit else None
    return Page(items=[show(row) for row in kept], next=following)


def cursor_of(key: object) -> str:
    """An opaque cursor of what the next page begins after."""
    return base64.urlsafe_b64encode(to_json(key)).decode().rstrip("=")


def after_cursor(query: PageQuery) -> Any:
    """What the page begins after, None for the first; raises Invalid (``bad-cursor``)."""
    if query.cursor is None:
        return None
    try:
        return from_json(base64.urlsafe_b64decode(query.cursor + "=" * (-len(query.cursor) % 4)))
    except ValueError:
        raise refuse(Invalid, "bad-cursor", "cursor", query.cursor) from None


def respond(given: Any, status: int) -> Response:
    """The response for what a view returned; with an ETag it is 304 where the client has it already."""
    if isinstance(given, Response):
        return given
    answer = given if isinstance(given, Answer) else Answer(given, status)
    headers = {**answer.headers}
    if answer.etag is not None:
        headers["ETag"] = quote_etag(answer.etag)
    if answer.model is None:
        response = Response("", answer.status, headers)
    else:
        response = Response(answer.model.model_dump_json(by_alias=True), answer.status, {"Content-Type": "application/json", **headers})
    if answer.etag is not None and request.method == "GET":
        response.make_conditional(request)
    return response


def _serving(told: Operation, view: Callable[..., Any]) -> Callable[..., Response]:
    @wraps(view)
    def serve(**path: Any) -> Response:
        if told.public:
            caller()
        else:
            required_caller()
        taken = dict(path)
        if told.query is not None:
            taken["query"] = parse(told.query, request.args)
        if told.body is not None:
            taken["body"] = parse_json(told.body, _json_body(told.body))
        elif request.method != "GET":
            parse_json(Input, _json_body(Input))
        return respond(view(**taken), min(told.answers))

    return serve


def asks_for(body: type[BaseModel]) -> bool:
    """Whether a body must be sent; one in which every field may be left out may be left out itself."""
    return any(field.is_required() for field in body.model_fields.values())


def _json_body(body: type[BaseModel]) -> bytes:
    sent = request.get_data()
    if not sent and not asks_for(body):
        return b"{}"
    if not request.is_json:
        raise UnsupportedMediaType
    return sent
