"""Cancelling on the page of a booking: others than the holder are asked why, and the answer stands with the date."""

from collections.abc import Callable

from tests.accounts.conftest import Visitor


def test_an_officer_says_why_and_the_page_tells_it(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked()
    kari, berit = visit("kari"), visit("berit")

    asked = kari.get(f"/bookings/{reference}").text
    kari.post(f"/bookings/{reference}/cancellation", form_on=f"/bookings/{reference}", reason="Valglokale")
    told = berit.get(f"/bookings/{reference}").text

    assert ('name="reason"' in asked, "Berit Moe får lese det i en e-post." in asked) == (True, True)
    assert '<p class="ds-paragraph against">Valglokale</p>' in told


def test_the_holder_is_not_asked(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked()

    assert 'name="reason"' not in visit("berit").get(f"/bookings/{reference}").text
