"""Alive, counted, and what crawlers may see."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from settings import Settings
from tests.web.trial import make_app


def test_the_process_says_that_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_requests_are_counted_under_their_route_never_under_their_path(client: FlaskClient) -> None:
    client.get("/calendars/private/abc.ics").close()

    text = client.get("/metrics").text
    assert 'arena_requests_total{method="GET",route="/calendars/private/<token>.ics",status="200"}' in text
    assert "abc" not in text


@pytest.mark.parametrize(
    ("address", "headers", "is_open", "status"),
    [
        ("127.0.0.1", {}, False, 200),
        ("198.51.100.7", {}, False, 404),
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.7"}, False, 404),
        ("198.51.100.7", {}, True, 200),
    ],
)
def test_figures_are_for_this_machine_unless_opened(
    settings: Settings, address: str, headers: dict[str, str], is_open: bool, status: int
) -> None:
    client = make_app(replace(settings, metrics_open=is_open)).test_client()

    assert client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code == status


def test_crawlers_are_kept_from_what_is_for_programs(client: FlaskClient) -> None:
    assert "Disallow: /api/" in client.get("/robots.txt").text.splitlines()
