"""What is asked for again is answered before the app: as the app would, logged and counted as there, and refused as there."""

from collections.abc import Iterator

import pytest
from flask import Flask, request, request_started
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from calendars.feeds import Feeds
from calendars.models import Audience, FeedToken
from calendars.tokens import revoke_feed
from tests.calendars.conftest import NOW, VENUE, Autumn
from tests.calendars.test_conditional import ROOM, TABLE
from tests.calendars.test_feeds import _said
from tests.cast import actor


@pytest.fixture
def entered(app: Flask) -> Iterator[list[str]]:
    """The addresses with which the app itself was entered."""
    seen: list[str] = []

    with request_started.connected_to(lambda _app: seen.append(request.path), app):
        yield seen


@pytest.mark.parametrize("path", [VENUE, f"{VENUE}?level=busy&lang=en", "round", f"{ROOM}.ifb", f"{ROOM}.json", "/calendars/open.ics"])
def test_it_says_what_the_app_says_and_does_not_enter_it(
    path: str, app: Flask, autumn: Autumn, client: FlaskClient, entered: list[str]
) -> None:
    address, front = autumn.addresses.get(path, path), app.extensions["feed_front"]
    whole = client.get(address)
    tag, date = whole.headers["ETag"].strip('"'), whole.headers["Last-Modified"]

    for given, _status in TABLE:
        for method in ("GET", "HEAD"):
            headers = {"Accept-Encoding": "gzip"} | {
                name: value.format(tag=tag, same=date, later=date, earlier="") for name, value in given.items()
            }
            front._known.clear()
            entered.clear()
            first, again = (client.open(address, method=method, headers=headers) for _ in range(2))

            assert len(entered) == 1
            assert (again.status, _said(again), again.data) == (first.status, _said(first), first.data), given
            assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_it_is_logged_and_counted_under_its_route_and_without_its_token(autumn: Autumn, client: FlaskClient) -> None:
    address = autumn.addresses["round"]
    route = {"method": "GET", "route": "/calendars/private/<token>.<any(ics, ifb, json):form>", "status": "200"}
    before = REGISTRY.get_sample_value("arena_requests_total", route) or 0

    with capture_logs() as lines:
        for _ in range(2):
            client.get(address).close()

    told = [{name: value for name, value in line.items() if name not in ("ms", "request_id")} for line in lines]
    assert told == [{"event": "request", "log_level": "info", "status": 200, "method": "GET", "path": "/calendars/private/….ics"}] * 2
    assert REGISTRY.get_sample_value("arena_requests_total", route) == before + 2


def test_a_feed_that_was_ended_is_refused_and_forgotten(autumn: Autumn, client: FlaskClient, entered: list[str]) -> None:
    address = autumn.addresses["round"]
    client.get(address)
    autumn.change(_ended)
    entered.clear()

    first, again = client.get(address), client.get(address)

    assert (first.status_code, _said(first), first.data) == (410, _said(again), again.data)
    assert len(entered) == 1


def _ended(session: Session) -> None:
    feed = session.query(FeedToken).filter_by(audience=Audience.CARETAKER).one()
    revoke_feed(session, feed.id, by=actor(session, feed.person), now=NOW)


def test_what_fails_is_told_by_the_app(autumn: Autumn, client: FlaskClient, entered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    client.get(VENUE)
    monkeypatch.setattr(Feeds, "answer", lambda *_given, **_named: 1 / 0)
    client.application.testing = False
    entered.clear()

    with capture_logs() as lines:
        answer = client.get(VENUE)
        answer.close()

    assert (answer.status_code, len(entered)) == (500, 1)
    assert [line["event"] for line in lines] == ["defect", "request"]
