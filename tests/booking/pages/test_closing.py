"""Closing on the page: whom it meets is shown, and no other is ended by pressing on."""

import re
from collections.abc import Callable

from tests.accounts.conftest import Visitor

PAGE = "/venues/oren-flerbrukshall/closures"
LEAK = {"room": "gymsal-1", "start": "2026-09-15T08:00", "end": "2026-09-15T23:00", "reason": "Vannlekkasje"}


def test_a_longer_time_typed_on_the_question_is_asked_about_again(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    first, second = booked(), booked(start="2026-09-17T18:00", end="2026-09-17T20:00")
    olav = visit("olav")

    asked = olav.post(PAGE, **LEAK)
    again = olav.post(onward(asked.text), form_on=PAGE, **{**LEAK, "end": "2026-09-17T23:00"})
    closed = olav.post(onward(again.text), form_on=PAGE, **{**LEAK, "end": "2026-09-17T23:00"})

    assert (asked.status_code, again.status_code, closed.status_code) == (409, 409, 303)
    assert (first in asked.text, second in asked.text, second in again.text) == (True, False, True)
    assert all("Måtte vike" in visit("berit").get(f"/bookings/{reference}").text for reference in (first, second))


def onward(page: str) -> str:
    found = re.search(r'action="([^"]+confirmed=[^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")
