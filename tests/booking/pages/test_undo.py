"""The button that takes back what one has just done: on a booking, on a request, on a closure."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.accounts.conftest import Visitor
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

    assert ["Det er angret. Alt er som det var." in page for page in (back, waits, opened)] == [True] * 3
    assert ("Tiden er deres." in back, "Venter på svar" in waits, "Vannlekkasje" in opened) == (True, True, False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_too_late_is_told_so(visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock) -> None:
    mine, berit = booked(), visit("berit")
    berit.post(f"/bookings/{mine}/cancellation", form_on=f"/bookings/{mine}")
    found = BUTTON.search(berit.get(f"/bookings/{mine}").text)
    assert found
    clock.pass_by(timedelta(minutes=2))

    late = berit.post(found[1], form_on=f"/bookings/{mine}")

    assert (late.status_code, "Det er for sent å angre: etter 2 minutter er varslene sendt." in late.text) == (409, True)
