"""Staff who shrink hours, lower a capacity or retire a room are led to the dates that lie outside since."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.accounts.conftest import Visitor
from tests.booking.pages.conftest import ROOM
from tests.clock import Clock
from venues.pages import outside
from venues.queries import room_at, venue_named

HALL = "/venues/oren-flerbrukshall"
OUTSIDE = f"{HALL}/outside"
TILL_SEVEN = {
    f"rows[{4 * day}].{part}": value
    for day in range(7)
    for part, value in (("weekday", str(day)), ("start", "8"), ("end", "19"), ("openness", "open"))
}


@pytest.fixture(autouse=True)
def venues_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(outside, "now", clock)


@pytest.fixture
def kari(visit: Callable[..., Visitor]) -> Visitor:
    return visit("kari")


def revision(app: Flask, *, of_room: bool) -> str:
    with Session(app.extensions["database"].engine) as session:
        row = room_at(session, "oren-flerbrukshall/gymsal-1") if of_room else venue_named(session, "oren-flerbrukshall")
        return str(row.revision)


def shrink(app: Flask, kari: Visitor) -> TestResponse:
    return kari.post(f"{HALL}/opening-hours", version=revision(app, of_room=False), **TILL_SEVEN)


def change_room(app: Flask, kari: Visitor, capacity: str) -> TestResponse:
    return kari.post(f"{ROOM}/edit", name="Gymsal 1", kind="gym", capacity=capacity, version=revision(app, of_room=True))


def test_shrunk_hours_lead_to_the_dates_that_lie_outside(app: Flask, kari: Visitor, booked: Callable[..., str]) -> None:
    reference = booked()

    saved = shrink(app, kari)
    page = kari.get(saved.location)

    assert (saved.status_code, saved.location) == (303, OUTSIDE)
    assert "Åpningstidene er lagret." in page.text
    assert f'href="/bookings/{reference}"' in page.text
    assert "ikke åpent" in page.text


def test_what_lay_outside_before_does_not_lead_there_again(app: Flask, kari: Visitor, booked: Callable[..., str]) -> None:
    booked()
    shrink(app, kari)

    assert [shrink(app, kari).location, change_room(app, kari, "30").location] == [f"{HALL}/opening-hours", ROOM]


def test_a_lowered_capacity_leads_there_and_a_room_with_places_enough_to_the_room(
    app: Flask, kari: Visitor, booked: Callable[..., str]
) -> None:
    reference = booked()

    enough, lowered = change_room(app, kari, "18"), change_room(app, kari, "17")

    assert [enough.location, lowered.location] == [ROOM, f"{OUTSIDE}?room=gymsal-1"]
    assert f'href="/bookings/{reference}"' in kari.get(lowered.location).text


def test_a_retired_room_leads_to_what_is_booked_in_it(app: Flask, kari: Visitor, booked: Callable[..., str]) -> None:
    booked()

    retired = kari.post(f"{ROOM}/retirement", form_on=f"{ROOM}/edit", version=revision(app, of_room=True))

    assert retired.location == f"{OUTSIDE}?room=gymsal-1"
    assert "rommet er tatt ut av bruk" in kari.get(retired.location).text


def test_who_is_displaced_from_there_gets_it_back_by_the_button_beside_the_message(
    app: Flask, kari: Visitor, booked: Callable[..., str]
) -> None:
    reference = booked()
    place = kari.post(f"{ROOM}/retirement", form_on=f"{ROOM}/edit", version=revision(app, of_room=True)).location
    address = f"{OUTSIDE}/displacement?room=gymsal-1"
    shown = kari.post(address, form_on=place, reason="Gulvet")
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', shown.text)

    displaced = kari.post(address, form_on=place, reason="Gulvet", seen=seen)
    lost = kari.get(displaced.location)
    (undoing,) = re.findall(r'action="(/acts/[0-9]+/undoing)"', lost.text)
    undone = kari.post(undoing, form_on=place)

    assert (shown.status_code, displaced.location, undone.location) == (409, place, place)
    pages = [re.sub(r'<ul class="undoable".*?</ul>', "", page.text, flags=re.DOTALL) for page in (shown, lost, kari.get(place))]
    assert [reference in page for page in pages] == [True, False, True]


def test_the_list_is_for_those_who_look_after_the_venue(visit: Callable[..., Visitor]) -> None:
    statuses = [visit(name).get(OUTSIDE).status_code for name in ("", "per", "berit", "olav", "kari")]

    assert statuses == [401, 403, 403, 200, 200]
