"""Sends a try as a browser with a person's cookie, or as a program with the person's token."""

import copy
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.accounts.conftest import Visitor
from tests.authority.tries import Try
from tests.authority.world import World


def send(app: Flask, attempt: Try, name: str, world: World, cookies: Mapping[str, str]) -> TestResponse:
    """The answer; forms go without the token against forgery."""
    client = app.test_client()
    if attempt.is_api:
        bearer = {"Authorization": f"Bearer {world.bearers[name]}"} if name in world.bearers else {}
        return client.open(attempt.address, method=attempt.method, json=attempt.json, headers={**bearer, **attempt.headers})
    if name in cookies:
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookies[name])
    sent: dict[str, Any] = {"query_string": attempt.form} if attempt.method == "GET" else {"data": copy.deepcopy(attempt.form)}
    return client.open(attempt.address, method=attempt.method, **sent)


def signed_in(app: Flask, who: str) -> str:
    """The session cookie that somebody of the cast gets."""
    visitor = Visitor(app.test_client())
    assert visitor.sign_in(who).status_code == 303
    cookie = visitor.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value
