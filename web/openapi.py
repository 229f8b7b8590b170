"""OpenAPI: the description of the API (3.1), made from the operations and models that serve it."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api import LONGEST_KEY, PREFIX, VERSION, Api, Operation, asks_for

REF = "#/components/schemas/{model}"
PATH_PART = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
PATH_KINDS = {"int": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
REFUSALS = {
    400: "cannot be read",
    401: "who asks is not known",
    403: "not allowed",
    404: "does not exist",
    409: "something is in the way",
    412: "changed by others",
    413: "body too large",
    415: "not JSON",
    422: "invalid",
    428: "If-Match is missing",
    429: "too many requests",
    503: "busy",
}

routes = Blueprint("openapi", __name__)


class FaultShape(BaseModel):
    """One thing that is wrong."""

    code: str
    field: str
    value: Any
    message: str
    facts: dict[str, Any]


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    faults: list[FaultShape]


def install(app: Flask) -> None:
    """Serve the description at /api/v1/openapi.json."""
    app.register_blueprint(routes)


@routes.get(f"{PREFIX}/openapi.json")
def openapi() -> Response:
    """The description of every API route registered with the app."""
    apis = [blueprint for blueprint in current_app.blueprints.values() if isinstance(blueprint, Api)]
    told = [operation for api in apis for operation in api.operations]
    return Response(json.dumps(describe(told, current_app.extensions["settings"].public_url)), content_type="application/json")


def describe(operations: Iterable[Operation], server: str) -> dict[str, Any]:
    """The OpenAPI document of these operations."""
    operations = list(operations)
    refs, definitions = models_json_schema(_models(operations), ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for told in operations:
        path = PREFIX + PATH_PART.sub(r"{\2}", told.rule)
        paths.setdefault(path, {})[told.method.lower()] = _operation(told, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Arena", "version": "1", "description": "Rooms, bookings and calendars of a municipality."},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(operations: list[Operation]) -> list[tuple[type[BaseModel], Any]]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for told in operations:
        if told.body is not None:
            wanted[told.body, "validation"] = None
        wanted |= {(model, "serialization"): None for model in told.answers.values() if model is not None}
    return list(wanted)


def _operation(told: Operation, refs: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{told.method.lower()}{told.rule}").strip("_"),
        "summary": told.summary,
        "tags": [told.tag],
        "parameters": [*_path_parameters(told.rule), *_query_parameters(told.query), *_headers(told)],
        "responses": {**_answers(told, refs), **_refusals(told)},
        "security": [{}, {"bearer": []}] if told.public else [{"bearer": []}],
    }
    if told.body is not None:
        content = {"application/json": {"schema": refs[told.body, "validation"]}}
        described["requestBody"] = {"required": asks_for(told.body), "content": content}
    return described


def _path_parameters(rule: str) -> list[dict[str, Any]]:
    found = PATH_PART.findall(rule)
    return [{"name": name, "in": "path", "required": True, "schema": PATH_KINDS.get(kind, {"type": "string"})} for kind, name in found]


def _query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema()
    required, inner = schema.get("required", []), schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(shape, inner)}
        for name, shape in schema["properties"].items()
    ]


def _headers(told: Operation) -> list[dict[str, Any]]:
    key = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": LONGEST_KEY}}
    version = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string", "pattern": VERSION.pattern}}
    return [key] * told.idempotent + [version] * told.versioned


def _answers(told: Operation, refs: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, model in told.answers.items():
        answers[str(status)] = {"description": told.summary or "done"}
        if model is not None:
            answers[str(status)]["content"] = {"application/json": {"schema": refs[model, "serialization"]}}
    return answers


def _refusals(told: Operation) -> dict[str, Any]:
    return {
        str(status): {"description": words, "content": {"application/problem+json": {"schema": PROBLEM}}}
        for status, words in REFUSALS.items()
        if status not in told.answers
    }


def _inlined(shape: Any, inner: dict[str, Any]) -> Any:
    """The schema with its references filled in: parameters have no place for definitions of their own."""
    if isinstance(shape, list):
        return [_inlined(part, inner) for part in shape]
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return _inlined(inner[shape["$ref"].rpartition("/")[2]], inner)
    return {key: _inlined(value, inner) for key, value in shape.items()}
