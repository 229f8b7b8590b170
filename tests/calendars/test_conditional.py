"""Conditional requests (RFC 9110 13): one table for every form of a feed, whole and packed, by GET and by HEAD."""

from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

import calendars.feeds
from tests.calendars.conftest import VENUE
from tests.calendars.test_feeds import _forget, _raised

ROOM = "/calendars/rooms/oren-flerbrukshall/gymsal-1"
HOUR = timedelta(hours=1)
# What the client sends: {tag} is the entity tag it was given, {same}, {later} and {earlier} are dates about Last-Modified.
TABLE = [
    ({}, 200),
    ({"If-None-Match": '"{tag}"'}, 304),
    ({"If-None-Match": 'W/"{tag}"'}, 304),
    ({"If-None-Match": '"other", W/"{tag}" , "third"'}, 304),
    ({"If-None-Match": '"other","third"'}, 200),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": "{tag}"}, 200),
    ({"If-None-Match": '"{tag}'}, 200),
    ({"If-None-Match": ""}, 200),
    ({"If-Modified-Since": "{same}"}, 304),
    ({"If-Modified-Since": "{later}"}, 304),
    ({"If-Modified-Since": "{earlier}"}, 200),
    ({"If-Modified-Since": "yesterday"}, 200),
    ({"If-Modified-Since": "2026-11-23T12:00:00Z"}, 200),
    ({"If-None-Match": '"other"', "If-Modified-Since": "{later}"}, 200),
    ({"If-None-Match": '"{tag}"', "If-Modified-Since": "{earlier}"}, 304),
]


@pytest.mark.parametrize("packed", [{}, {"Accept-Encoding": "gzip"}], ids=["plain", "gzip"])
@pytest.mark.parametrize("path", [VENUE, "round", f"{ROOM}.ifb", f"{ROOM}.json"])
def test_every_condition_is_answered_by_get_and_head_alike(path, packed, autumn, client):
    address = autumn.addresses.get(path, path)
    first = client.get(address, headers=packed)
    modified = parsedate_to_datetime(first.headers["Last-Modified"])
    known = {"tag": first.headers["ETag"].strip('"')}
    known |= {name: format_datetime(modified + by, usegmt=True) for name, by in (("same", 0 * HOUR), ("later", HOUR), ("earlier", -HOUR))}

    for given, status in TABLE:
        headers = packed | {name: value.format(**known) for name, value in given.items()}
        got, head = client.get(address, headers=headers), client.head(address, headers=headers)

        assert (got.status_code, bool(got.data)) == (status, status == 200), given
        assert (head.status_code, head.data, head.headers["ETag"]) == (status, b"", got.headers["ETag"]), given
        # A later date is no promise: only where nothing is sent may it be left out.
        assert head.headers.get("Content-Encoding") == got.headers.get("Content-Encoding"), given


def test_a_tag_of_one_encoding_is_that_of_no_other_and_holds_for_both(autumn, client):
    plain, packed = client.get(VENUE), client.get(VENUE, headers={"Accept-Encoding": "gzip"})

    assert plain.headers["ETag"] != packed.headers["ETag"]
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        for encoding in ({}, {"Accept-Encoding": "gzip"}):
            assert client.get(VENUE, headers={"If-None-Match": tag, **encoding}).status_code == 304


def test_a_hundred_subscribers_and_one_change_cause_one_rendering(app, autumn, client, monkeypatch):
    tag, renderings, render = client.get(VENUE).headers["ETag"], [], calendars.feeds.render
    monkeypatch.setattr(calendars.feeds, "render", lambda *given: renderings.append(1) or render(*given))
    autumn.change(_raised)

    answers = [client.get(VENUE, headers={"If-None-Match": tag}) for _ in range(100)]

    assert ({one.status_code for one in answers}, len({one.headers["ETag"] for one in answers}), len(renderings)) == ({200}, 1, 1)


@pytest.mark.parametrize("ending", ["ics", "ifb", "json"])
def test_another_process_gives_each_form_with_the_same_bytes_and_tag(ending, app, autumn, client):
    paths = [VENUE, *autumn.addresses.values()]
    paths = [path.replace(".ics", f".{ending}") for path in paths]
    here = [client.get(path) for path in paths]

    _forget(app, files=True)
    there = [client.get(path) for path in paths]

    assert [(one.data, one.headers["ETag"]) for one in there] == [(one.data, one.headers["ETag"]) for one in here]
