"""Offers on the page of a booking: all that is offered taken by one press, and what of it could not be had."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from booking.attending import attend
from booking.closures import close_rooms
from booking.models import Occurrence, Offer
from booking.states import OccurrenceState, OfferState
from database.outbox import UNDO_WITHIN
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import Hall, publish_with
from tests.booking.test_accepting_all import LEAK, NEAR, THREE
from tests.clock import Clock


def offer_other_half(database: Database, hall: Hall, clock: Clock) -> None:
    """Half of the hall is closed, and the other is kept for each of the dates that lost it."""
    database.transact(close_rooms, "oren-flerbrukshall", LEAK, confirmed=True, by=hall.olav, now=clock())
    clock.pass_by(UNDO_WITHIN)
    attend(database)


def test_the_page_takes_all_and_says_what_was_not_to_be_had(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    database: Database = app.extensions["database"]
    reference = booked(**THREE)
    offer_other_half(database, hall, clock)
    database.transact(publish_with, NEAR)
    berit = visit("berit")
    page = berit.get(f"/bookings/{reference}")

    answer = berit.post(f"/bookings/{reference}/offers/acceptance", form_on=f"/bookings/{reference}")
    after = berit.get(answer.location)
    again_pressed = berit.post(f"/bookings/{reference}/offers/acceptance", form_on=f"/bookings/{reference}")

    assert "Ja, vi tar alle 3" in page.text
    assert answer.status_code == 303
    assert "Dere har takket ja til 2 tider. 1 tid var ikke å få lenger." in after.text
    assert "Ja, vi tar alle" not in after.text
    assert (again_pressed.status_code, f"Det er ingen tilbud å svare på for booking {reference} nå." in again_pressed.text) == (409, True)
    with database.reading() as session:
        found = session.scalars(select(Occurrence.state).order_by(Occurrence.number)).all()
    assert found == [OccurrenceState.BOOKED, OccurrenceState.BOOKED, OccurrenceState.DISPLACED]


def test_who_takes_one_of_them_reads_which_time_that_is(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    database: Database = app.extensions["database"]
    reference = booked(**THREE)
    offer_other_half(database, hall, clock)
    with database.reading() as session:
        first = session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.starts_at)).first()
    berit = visit("berit")

    answer = berit.post(f"/bookings/{reference}/offers/{first}/acceptance", form_on=f"/bookings/{reference}")

    assert "Tiden er deres: tirsdag 15. september 2026 kl. 18:00–20:00, Gymsal 2, Øren flerbrukshall." in berit.get(answer.location).text


def test_only_who_may_answer_is_asked_among_ones_bookings(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    database: Database = app.extensions["database"]
    page = f"/bookings/{booked('siri', **THREE)}"
    visit("berit").post(f"{page}/confirmation", form_on=page)
    offer_other_half(database, hall, clock)

    asked = {name: "Svar innen" in visit(name).get("/bookings").text for name in ("siri", "berit", "nils")}

    assert asked == {"siri": False, "berit": True, "nils": True}


def test_the_page_says_that_none_of_them_was_to_be_had(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    """Also of what nobody has stood by yet, which keeps its time for longer as it takes something."""
    database: Database = app.extensions["database"]
    reference = booked("siri", **THREE)
    offer_other_half(database, hall, clock)
    database.transact(publish_with, {**NEAR, "ahead": {"amount": 3, "unit": "days"}})
    siri = visit("siri")

    answer = siri.post(f"/bookings/{reference}/offers/acceptance", form_on=f"/bookings/{reference}")

    assert answer.status_code == 303
    assert "3 tider var ikke å få lenger. Dere hører fra oss når vi finner noe annet" in siri.get(answer.location).text
