"""Staff who shrink hours, lower a capacity or retire a room see first whom that puts outside, and decide what becomes of them."""

import html
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


def retire(app: Flask, kari: Visitor, address: str = f"{ROOM}/retirement", **decided: str) -> TestResponse:
    return kari.post(address, form_on=f"{ROOM}/edit", version=revision(app, of_room=True), **decided)


def again(page: TestResponse) -> str:
    """Where the page of whom it puts outside sends the same once more."""
    (address,) = re.findall(r'<form class="form" method="post" action="([^"]*confirmed=[^"]*)"', page.text)
    return html.unescape(address)


def undoing(page: TestResponse) -> list[str]:
    return re.findall(r'action="(/acts/[0-9]+/undoing)"', page.text)


def test_whom_shorter_hours_put_outside_is_shown_before_they_are_saved_with_all_that_was_typed(
    app: Flask, kari: Visitor, booked: Callable[..., str]
) -> None:
    reference = booked()

    asked = shrink(app, kari)
    back = kari.post(again(asked), form_on=f"{HALL}/opening-hours", version="0", then="back", **TILL_SEVEN)

    assert (asked.status_code, back.status_code) == (409, 200)
    assert "Skiold turn, Gymsal 1:" in asked.text
    assert f'href="/bookings/{reference}"' in asked.text
    assert set(re.findall(r'<input type="hidden" name="(rows[^"]+)" value="([^"]*)"', asked.text)) == set(TILL_SEVEN.items())
    assert 'name="rows[0].end" value="19"' in back.text
    assert 'name="rows[0].end" value="19"' not in kari.get(f"{HALL}/opening-hours").text
    assert "Ingen bookinger ligger utenfor" in kari.get(OUTSIDE).text


def test_who_is_left_stands_outside_and_does_not_come_up_again(app: Flask, kari: Visitor, booked: Callable[..., str]) -> None:
    reference = booked()
    address = again(shrink(app, kari))

    saved = kari.post(address, form_on=f"{HALL}/opening-hours", version=revision(app, of_room=False), then="leave", **TILL_SEVEN)
    page = kari.get(saved.location)
    once_more = shrink(app, kari)

    assert (saved.status_code, saved.location, once_more.location) == (303, OUTSIDE, f"{HALL}/opening-hours")
    assert "Åpningstidene er lagret." in page.text
    assert f'href="/bookings/{reference}"' in page.text
    assert "ikke åpent" in page.text
    # Hours alone were changed: nobody lost any time.
    assert (len(undoing(page)), "Endret: " in page.text, "Måtte vike: " in page.text) == (1, True, False)


def test_who_gives_way_to_a_room_out_of_use_is_told_why_and_all_is_undone_by_the_button_beside_the_message(
    app: Flask, kari: Visitor, booked: Callable[..., str]
) -> None:
    reference = booked()
    address = again(retire(app, kari))

    bare = retire(app, kari, address, then="displace")
    done = retire(app, kari, again(bare), then="displace", reason="Gulvet")
    page, lost = kari.get(done.location), kari.get(f"/bookings/{reference}")
    (back,) = undoing(page)
    undone = kari.post(back, form_on=f"{ROOM}/edit")

    assert (bare.status_code, done.status_code, done.location, undone.status_code) == (422, 303, HALL, 303)
    assert 'href="#field-reason"' in bare.text
    assert "De som mistet tid, får beskjed om to minutter" in page.text
    assert "Gulvet" in lost.text
    assert "(saksbehandler) angret." in kari.get(f"/bookings/{reference}").text
    assert f"{ROOM}/retirement" in kari.get(f"{ROOM}/edit").text


def test_where_others_are_met_by_then_they_are_shown_and_nothing_is_saved(app: Flask, kari: Visitor, booked: Callable[..., str]) -> None:
    booked()
    address = again(retire(app, kari))
    other = booked(start="2026-09-16T18:00", end="2026-09-16T20:00")

    asked = retire(app, kari, address, then="displace", reason="Gulvet")

    assert (asked.status_code, other in asked.text, 'value="Gulvet"' in asked.text) == (409, True, True)
    assert f"{ROOM}/retirement" in kari.get(f"{ROOM}/edit").text


def test_a_lowered_capacity_displaces_nobody_and_one_with_places_enough_asks_nothing(
    app: Flask, kari: Visitor, booked: Callable[..., str]
) -> None:
    booked()

    enough, lowered = change_room(app, kari, "18"), change_room(app, kari, "17")
    said = {"name": "Gymsal 1", "kind": "gym", "capacity": "17", "version": revision(app, of_room=True)}
    left = kari.post(again(lowered), form_on=f"{ROOM}/edit", then="leave", **said)

    assert (enough.location, lowered.status_code, left.location) == (ROOM, 409, f"{OUTSIDE}?room=gymsal-1")
    assert "1 dato framover har da flere deltakere enn rommet tar" in lowered.text
    assert 'value="displace"' not in lowered.text


def test_who_was_left_is_displaced_from_the_list_and_gets_it_back_by_the_button_beside_the_message(
    app: Flask, kari: Visitor, booked: Callable[..., str]
) -> None:
    reference = booked()
    place = retire(app, kari, again(retire(app, kari)), then="leave").location
    address = f"{OUTSIDE}/displacement?room=gymsal-1"
    shown = kari.post(address, form_on=place, reason="Gulvet")
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', shown.text)

    displaced = kari.post(address, form_on=place, reason="Gulvet", seen=seen)
    lost = kari.get(displaced.location)
    back, *_retiring = undoing(lost)
    undone = kari.post(back, form_on=place)

    assert (shown.status_code, displaced.location, undone.location) == (409, place, place)
    pages = [re.sub(r'<ul class="undoable".*?</ul>', "", page.text, flags=re.DOTALL) for page in (shown, lost, kari.get(place))]
    assert [reference in page for page in pages] == [True, False, True]


def test_the_list_is_for_those_who_look_after_the_venue(visit: Callable[..., Visitor]) -> None:
    statuses = [visit(name).get(OUTSIDE).status_code for name in ("", "per", "berit", "olav", "kari")]

    assert statuses == [401, 403, 403, 200, 200]
