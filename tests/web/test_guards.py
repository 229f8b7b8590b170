"""Forgery, headers, sizes and cookies."""

import http.client
import threading
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from settings import Settings
from tests.web.trial import TOKEN, make_app

BEARER = {"Authorization": f"Bearer {TOKEN}"}
WISH = {"room": "Gymsal", "day": "2026-11-24", "start": "18:00", "people": 30, "email": "kari@example.org"}


def test_a_form_without_its_token_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.post("/wishes", data=WISH)

    assert answer.status_code == 400
    assert "Last siden på nytt og send igjen." in answer.text


def test_an_api_request_with_a_bearer_token_needs_no_form_token(client: FlaskClient) -> None:
    client.get("/wishes/new")

    assert client.post("/api/v1/wishes", json=WISH, headers=BEARER).status_code == 201


def test_an_api_request_that_rides_on_the_cookie_of_a_browser_is_refused(client: FlaskClient) -> None:
    client.get("/wishes/new")

    answer = client.post("/api/v1/wishes", json=WISH)

    assert (answer.status_code, answer.get_json()["faults"][0]["code"]) == (400, "stale-form")


def test_an_api_request_without_cookie_and_token_is_told_to_bring_a_token(client: FlaskClient) -> None:
    answer = client.post("/api/v1/wishes", json=WISH)

    assert (answer.status_code, answer.get_json()["faults"][0]["code"]) == (401, "no-token")


def test_every_answer_has_the_security_headers(client: FlaskClient) -> None:
    for path in ("/everything", "/nothing", "/broken", "/api/v1/halls", "/static/arena.css"):
        headers = client.get(path).headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
            "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )


def test_what_is_not_modified_keeps_the_headers_it_came_with(settings: Settings) -> None:
    client = make_app(replace(settings, public_url="https://arena.example.org")).test_client()
    tag = client.get("/static/arena.css").headers["ETag"]

    answer = client.get("/static/arena.css", headers={"If-None-Match": tag})

    assert answer.status_code == 304
    kept = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy")
    assert not set(kept) & set(answer.headers.keys())
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_behind_https_cookies_are_secure_and_the_browser_stays_there(settings: Settings) -> None:
    app = make_app(replace(settings, public_url="https://arena.example.org", trusted_proxies=1))

    answer = app.test_client().get("/wishes/new", headers={"X-Forwarded-Proto": "https"})

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-arena=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_an_upload_of_photos_takes_more_than_other_requests(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    assert client.post("/photos", data=b"x" * 3_000_000).text == "3000000"
    assert client.post("/photos", data=b"x" * 9_000_000).status_code == 413
    assert client.post("/wishes", data=b"x" * 3_000_000, content_type="application/x-www-form-urlencoded").status_code == 413


def test_a_client_that_sends_ten_megabytes_over_a_real_connection_can_read_the_answer(app: Flask) -> None:
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        connection.request("POST", "/api/v1/wishes", body=b"x" * 10_000_000, headers={**BEARER, "Content-Type": "application/json"})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (413, "application/problem+json")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
