"""The language of a page: asked for, remembered, the person's own, the browser's, bokmål."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.hooks import hooks


def language_of(client: FlaskClient, path: str = "/about", accept: str = "") -> str:
    text = client.get(path, headers={"Accept-Language": accept} if accept else {}).text
    return text.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(("accept", "expected"), [("", "nb"), ("nn,en;q=0.5", "nn"), ("en-GB,en", "en"), ("no", "nb"), ("de", "nb")])
def test_a_new_visitor_gets_the_browser_s_language_else_bokmal(client: FlaskClient, accept: str, expected: str) -> None:
    assert language_of(client, accept=accept) == expected


def test_a_choice_is_remembered_and_goes_before_the_person_s_own(app: Flask, client: FlaskClient) -> None:
    hooks(app).language = lambda: "en"

    before = language_of(client, accept="nb")
    asked = language_of(client, "/about?lang=nn")
    after = language_of(client, accept="nb")

    assert (before, asked, after) == ("en", "nn", "nn")


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    assert language_of(client, "/about?lang=../etc") == "nb"
    assert "Set-Cookie" not in client.get("/api/v1/halls?limit=1").headers


def test_the_switch_keeps_the_address_and_its_search(client: FlaskClient) -> None:
    text = client.get("/about?needs=piano&needs=projector").text

    assert 'href="/about?needs=piano&amp;needs=projector&amp;lang=nn"' in text


def test_the_api_follows_accept_language_alone(client: FlaskClient) -> None:
    client.get("/about?lang=nn")

    assert client.get("/api/v1/nothing", headers={"Accept-Language": "en"}).get_json()["title"] == "Does not exist"
