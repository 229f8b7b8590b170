"""Conditional requests (RFC 9110 13): one table for every form of a feed, whole and packed, by GET and by HEAD."""

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

import calendars.feeds
from calendars.standing import PRIVATE, Address
from calendars.tokens import hashed
from tests.calendars.conftest import VENUE
from tests.calendars.test_feeds import ADDRESSES, _forget, _raised, _said

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
        assert (head.status_code, head.data, _said(head)) == (status, b"", _said(got)), given


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
    paths = [path.replace(".ics", f".{ending}") for path in (*ADDRESSES, *autumn.addresses.values())]
    here = [client.get(path) for path in paths]

    _forget(app, files=True)
    there = [client.get(path) for path in paths]

    assert [(one.data, one.headers["ETag"]) for one in there] == [(one.data, one.headers["ETag"]) for one in here]


OTHER = """
import hashlib, sys
from datetime import datetime
from pathlib import Path
from calendars.cache import Cache
from calendars.feeds import Asked, Feeds
from calendars.standing import Address
from calendars.window import Wanted
from database.transact import Database
url, public_url, folder, moment = sys.argv[1:5]
feeds = Feeds(Database(url), Cache(Path(folder)), public_url)
for address in sys.argv[5:]:
    told = feeds.answer(Asked(Address(*address.split()), Wanted()), now=datetime.fromisoformat(moment))
    print(told.tag, hashlib.sha256(told.body).hexdigest())
"""


def test_a_process_of_its_own_gives_the_same_bytes_and_tags(app, autumn, clock, client, tmp_path):
    """One that was started anew, with hashes of its own."""
    token = autumn.addresses["round"].rpartition("/")[2].removesuffix(".ics")
    asked = {VENUE: Address("venue", "oren-flerbrukshall"), autumn.addresses["round"]: Address(PRIVATE, hashed(token))}
    given = [autumn.database.url, app.extensions["settings"].public_url, str(tmp_path / "other"), clock.moment.isoformat()]
    given += [f"{address.kind} {address.first}" for address in asked.values()]

    there = subprocess.run(
        [sys.executable, "-c", OTHER, *given], env=os.environ | {"PYTHONHASHSEED": "77"}, capture_output=True, text=True, check=True
    )

    here = [client.get(path) for path in asked]
    assert there.stdout.split() == [word for one in here for word in (one.headers["ETag"].strip('"'), hashlib.sha256(one.data).hexdigest())]
