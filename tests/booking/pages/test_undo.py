"""The button that takes back what one has just done: on a booking, on a request, on a closure, and on any page for two minutes."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.accounts.conftest import Visitor
from tests.booking.conftest import Hall
from tests.booking.pages.test_closing import LEAK, onward
from tests.clock import Clock

CLOSURES = "/venues/oren-flerbrukshall/closures"
PRIVATE = {"organisation": None, "start": "2026-09-22T18:00", "end": "2026-09-22T20:00"}
BUTTON = re.compile(r'action="(/acts/\d+/undoing)".*?<button[^>]*>Angre \(til kl. 22:32\)</button>', re.DOTALL)


def pressed(visitor: Visitor, address: str) -> str:
    """The page after the button on this one was pressed."""
    found = BUTTON.search(visitor.get(address).text)
    assert found
    answer = visitor.client.post(found[1], data={"csrf_token": token(visitor, address)})
    assert answer.status_code == 303
    return visitor.get(answer.location).text


def token(visitor: Visitor, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(address).text)
    assert found
    return found[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_done_is_undone_where_it_is_told(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    mine, asked = booked(), booked("per", **PRIVATE)
    berit, kari, olav = visit("berit"), visit("kari"), visit("olav")

    berit.post(f"/bookings/{mine}/cancellation", form_on=f"/bookings/{mine}")
    back = pressed(berit, f"/bookings/{mine}")
    kari.post(f"/bookings/{asked}/refusal", form_on=f"/office/requests/{asked}", reason="Valg")
    waits = pressed(kari, "/office")
    question = olav.post(CLOSURES, **LEAK)
    olav.post(onward(question.text), form_on=CLOSURES, **LEAK)
    opened = pressed(olav, CLOSURES)

    assert [re.findall(r"Det er angret: «(.*?)»\. Alt er som rett før det ble gjort\.", page) for page in (back, waits, opened)] == [
        [f"Avlyst: {mine}, 15. september"],
        [f"Avslått: {asked}, 22. september"],
        ["Stengt: Gymsal 1, Øren flerbrukshall, 15. september"],
    ]
    assert ("Tiden er deres." in back, "Venter på svar" in waits, "Vannlekkasje" in opened) == (True, True, False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_too_late_is_told_so(visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock) -> None:
    mine, berit = booked(), visit("berit")
    berit.post(f"/bookings/{mine}/cancellation", form_on=f"/bookings/{mine}")
    found = BUTTON.search(berit.get(f"/bookings/{mine}").text)
    assert found
    clock.pass_by(timedelta(minutes=2))

    late = berit.post(found[1], form_on=f"/bookings/{mine}")

    assert not BUTTON.search(berit.get(f"/bookings/{mine}").text)
    assert (late.status_code, "Det er for sent å angre: etter 2 minutter er varslene sendt." in late.text) == (409, True)
    assert f'href="http://localhost/bookings/{mine}">Tilbake til der du var' in late.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_way_back_stands_on_every_page_of_who_acted_and_on_the_booking_in_another_browser(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    mine, berit = booked(), visit("berit")
    berit.post(f"/bookings/{mine}/cancellation", form_on=f"/bookings/{mine}")
    berit.get(f"/bookings/{mine}")

    pages = [berit.get(address).text for address in (f"/bookings/{mine}", "/bookings", "/find")]
    elsewhere, others = visit("berit").get(f"/bookings/{mine}").text, visit("nils").get(f"/bookings/{mine}").text

    assert [len(BUTTON.findall(page)) for page in (*pages, elsewhere, others)] == [1, 1, 1, 1, 0]
    assert f'Avlyst: <a class="ds-link whole" href="/bookings/{mine}">{mine}, 15. september</a>' in pages[1]
    assert "Tiden er deres." in pressed(berit, "/bookings")
    assert not BUTTON.search(berit.get("/bookings").text)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_period_that_was_given_back_is_had_again_from_any_page(
    hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    both, berit = [booked(), booked(start="2026-09-17T18:00", end="2026-09-17T20:00")], visit("berit")
    address = f"/organisations/{hall.cast.skiold.id}/releases"
    page = f"{address}?first_day=2026-09-14&last_day=2026-09-20"
    fields = dict(re.findall(r'name="(seen|told_at|first_day|last_day)" value="([^"]*)"', berit.get(page).text))
    berit.post(address, form_on=page, **fields)
    gone = berit.get("/bookings").text

    back = pressed(berit, "/bookings")

    assert [f">{one}</a>" in re.findall(r"Gitt tilbake.*", gone)[0] for one in both] == [True, True]
    assert f"Det er angret: «Gitt tilbake: {both[0]}, {both[1]}»." in back
    assert ["Tiden er deres." in berit.get(f"/bookings/{one}").text for one in both] == [True, True]
