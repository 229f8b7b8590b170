"""Static files: an address that names the content is kept by browsers, any other is asked about again."""

import re

from flask import Flask, url_for
from flask.testing import FlaskClient


def test_a_static_file_is_addressed_by_its_content_and_kept(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = url_for("static", filename="arena.css")

    kept = client.get(address)

    assert re.fullmatch(r"/static/arena\.css\?v=[0-9a-f]{12}", address)
    assert (kept.status_code, kept.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


def test_another_version_or_none_is_not_kept(client: FlaskClient) -> None:
    told = [client.get(f"/static/arena.css{query}").headers["Cache-Control"] for query in ("", "?v=0123456789ab")]

    assert told == ["no-cache", "no-cache"]


def test_a_file_that_there_is_not_has_no_version(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        assert url_for("static", filename="nowhere.css") == "/static/nowhere.css"

    assert client.get("/static/nowhere.css?v=0").status_code == 404
