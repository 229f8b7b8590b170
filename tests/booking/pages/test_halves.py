"""Half the hall to one and half to another at once, then the whole hall: refused, naming both, on page, API and by the verb."""

import html
from collections.abc import Callable

import pytest
from flask import Flask

from accounts.tokens import make_token
from booking.outcome import Taken
from booking.reservations import reserve
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import NOW, Hall, wish
from tests.booking.pages.conftest import ASKED

HALL = "oren-flerbrukshall"
HALVES = ("gymsal-1", "gymsal-2")


def test_on_pages(visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")

    halves = [ordered(visitor, room) for room in HALVES]
    whole = ordered(visitor, "hel-hall")

    assert [answer[0] for answer in halves] == [303, 303]
    assert whole[0] == 409
    assert all(name in whole[1] for name in ("Gymsal 1", "Gymsal 2"))


def test_in_the_api(app: Flask, hall: Hall) -> None:
    database: Database = app.extensions["database"]
    token = database.transact(make_token, hall.berit.require_known(), "skript", by=hall.berit, now=NOW).text

    answers = [asked(app, token, room) for room in (*HALVES, "hel-hall")]

    assert [status for status, _ in answers] == [201, 201, 409]
    faults = answers[2][1]["faults"]
    assert [(fault["code"], fault["facts"]["space"]) for fault in faults] == [("time-taken", "Gymsal 1"), ("time-taken", "Gymsal 2")]


def test_by_the_verb_that_commands_call(app: Flask, hall: Hall) -> None:
    database: Database = app.extensions["database"]
    for room in HALVES:
        database.transact(reserve, wish(room=f"{HALL}/{room}"), by=hall.berit, now=NOW)

    with pytest.raises(Taken) as refused:
        database.transact(reserve, wish(room=f"{HALL}/hel-hall"), by=hall.berit, now=NOW)

    assert [fault.facts["space"] for fault in refused.value.faults] == ["Gymsal 1", "Gymsal 2"]


def ordered(visitor: Visitor, room: str) -> tuple[int, str]:
    """What the page says to the order, pressed on the preview of an hour that seemed free."""
    fields = {**ASKED, "room": f"{HALL}/{room}", "key": f"en-nokkel-for-{room}"}
    answer = visitor.post("/bookings", form_on=f"/rooms/{HALL}/{room}/book", **fields)
    return answer.status_code, html.unescape(answer.text)


def asked(app: Flask, token: str, room: str) -> tuple[int, dict[str, object]]:
    body = wish(room=f"{HALL}/{room}").model_dump(mode="json", exclude_none=True)
    answer = app.test_client().post("/api/v1/bookings", json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.get_json()
