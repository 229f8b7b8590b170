"""Two programmes that people use, vdirsyncer and khal, subscribe over HTTP and show a booking as it is, right after each step."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from accounts.inputs import OrganisationChange
from accounts.organisations import change_organisation
from booking.ending import cancel
from booking.reservations import reserve
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from tests.booking.conftest import NOW, Hall, furnish, move, wish
from tests.clock import stop

VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair hall]
a = "feed"
b = "files"
collections = null
conflict_resolution = "a wins"
[storage feed]
type = "http"
url = "{address}"
[storage files]
type = "filesystem"
path = "{folder}/files"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[hall]]
path = {folder}/files
readonly = True
[locale]
local_timezone = Europe/Oslo
default_timezone = Europe/Oslo
timeformat = %H:%M
dateformat = %d.%m.
longdateformat = %Y-%m-%d
datetimeformat = %d.%m. %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""
Show = Callable[[], list[str]]


@pytest.fixture
def hall(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Hall:
    stop(monkeypatch)
    return app.extensions["database"].transact(furnish)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """What a programme says to a command; it knows nothing of this machine but a folder of its own."""
    home = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, str(Path(__file__).with_name("programmes.py"))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}

    def said(*words: str) -> str:
        both.stdin.write(json.dumps(words) + "\n")
        both.stdin.flush()
        status, output = json.loads(both.stdout.readline())
        assert status == 0, output
        return output

    with subprocess.Popen(command, env=home, **pipes) as both:
        yield said
        both.stdin.close()


@pytest.fixture
def show(run: Callable[..., str], hall: Hall, app: Flask, live_server: str, tmp_path: Path) -> Show:
    """What a caretaker's computer says of two days, after it has fetched the round."""
    round_ = Draft("Olav, kontoret", Audience.CARETAKER, venues=("oren-flerbrukshall",))
    token = app.extensions["database"].transact(make_feed, round_, by=hall.olav, now=NOW).token
    places = {"folder": tmp_path, "address": f"{live_server}/calendars/private/{token}.ics"}
    for name, config in (("vdirsyncer", VDIRSYNCER), ("khal", KHAL)):
        (tmp_path / name).write_text(config.format(**places))
    (tmp_path / "files").mkdir()
    run("vdirsyncer", "--config", str(tmp_path / "vdirsyncer"), "discover")

    def fetched() -> list[str]:
        run("vdirsyncer", "--config", str(tmp_path / "vdirsyncer"), "sync")
        days = ("--day-format", "", "--format", "{start-date-long} {start-time}-{end-time} {title}", "2026-09-15", "2d")
        return run("khal", "--config", str(tmp_path / "khal"), "list", *days).splitlines()

    return fetched


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_made_moved_renamed_and_cancelled_is_shown_at_the_next_fetch(show: Show, hall: Hall, app: Flask):
    transact = app.extensions["database"].transact
    shown = [show()]
    asked = wish(start="2026-09-15T18:00", end="2026-09-15T19:30", purpose="Ærespris; 🏆")
    booking = transact(reserve, asked, by=hall.berit, now=NOW)
    shown.append(show())
    to = {"start": datetime(2026, 9, 16, 20), "end": datetime(2026, 9, 16, 21)}
    transact(move, booking.id, 1, **to, by=hall.berit, now=NOW)
    shown.append(show())
    name = OrganisationChange(name="Skiold turnforening", applicant_class=hall.cast.skiold.applicant_class)
    transact(change_organisation, hall.cast.skiold.id, name, by=hall.kari, now=NOW)
    shown.append(show())
    transact(cancel, booking.id, by=hall.kari, now=NOW)
    shown.append(show())

    assert shown == [
        [],
        ["2026-09-15 18:00-19:30 Skiold turn – Ærespris; 🏆"],
        ["2026-09-16 20:00-21:00 Skiold turn – Ærespris; 🏆"],
        ["2026-09-16 20:00-21:00 Skiold turnforening – Ærespris; 🏆"],
        ["2026-09-16 20:00-21:00 AVLYST: Skiold turnforening – Ærespris; 🏆"],
    ]
