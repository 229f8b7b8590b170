"""A form that another site sends with an administrator's cookie, and an API request with nothing but it, do nothing."""

from dataclasses import replace

from flask import Flask

from tests.authority.sending import send
from tests.authority.tries import TRIES, Try
from tests.authority.world import World
from tests.contents import changed, contents


def test_no_form_is_taken_without_the_token_that_stands_on_its_page(app: Flask, world: World, cookies: dict[str, str]) -> None:
    """But for the answers of links in mails, whose addresses are secrets that no other site knows."""
    posts = [attempt for tries in TRIES.values() for attempt in tries(world) if attempt.method == "POST" and not attempt.is_api]
    forms = [attempt for attempt in posts if not attempt.address.startswith("/answers/")]
    before = contents(app.extensions["database"].engine)

    told = {attempt.address: send(app, attempt, "administrator", world, cookies).status_code for attempt in forms}

    assert {address: status for address, status in told.items() if status != 400} == {}
    assert changed(before, contents(app.extensions["database"].engine)) == []


def test_a_cookie_acts_for_nobody_in_the_api(app: Flask, world: World, cookies: dict[str, str]) -> None:
    before = contents(app.extensions["database"].engine)

    told = {attempt.address: send_with_cookie(app, attempt, cookies["administrator"]) for attempt in of_api(world)}

    assert {address: status for address, status in told.items() if status != 400} == {}
    assert changed(before, contents(app.extensions["database"].engine)) == []


def of_api(world: World) -> list[Try]:
    return [replace(attempt, headers={}) for tries in TRIES.values() for attempt in tries(world) if attempt.is_api]


def send_with_cookie(app: Flask, attempt: Try, cookie: str) -> int:
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
    return client.open(attempt.address, method=attempt.method, json=attempt.json).status_code
