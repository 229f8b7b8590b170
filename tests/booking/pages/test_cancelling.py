"""Cancelling on the page of a booking: others than the holder are asked why, and the answer stands with the date."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from booking.closures import close_rooms
from booking.models import Booking
from tests.accounts.conftest import Visitor
from tests.booking.conftest import LADDER, NO_SHOW, REASON, Hall, publish_with
from tests.booking.pages.conftest import ASKED, ROOM, Hidden
from tests.clock import Clock
from venues.inputs import ClosureInput


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


@pytest.fixture
def ladder(app: Flask, hall: object) -> None:
    """Cancelled later than 15 days before it costs half the price, later than 8 days before all of it."""
    app.extensions["database"].transact(publish_with, LADDER)


@pytest.mark.usefixtures("ladder")
def test_before_cancelling_one_reads_what_it_costs_and_when_it_costs_more(
    visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    reference = booked()
    berit, told = visit("berit"), []

    for days in (0, 1, 7):
        clock.pass_by(timedelta(days=days))
        page = berit.get(f"/bookings/{reference}").text
        told += [price(page).partition("Å avlyse ")[2].partition(" <")[0]]

    assert told == [
        "koster nå 400 kr. Fra 8. september 2026 koster det 800 kr.",
        "koster nå 400 kr. Fra 8. september 2026 koster det 800 kr.",
        "koster nå 800 kr.",
    ]


def test_before_booking_one_reads_all_that_one_agrees_to(app: Flask, visit: Callable[..., Visitor], hall: object) -> None:
    signing = {"kind": "condition", "id": "fire", "what": "fire", "task": "sign", "whose": "organisation", "due_before": {"amount": 7}}
    signing |= {"title": {**REASON, "nb": "Branninstruks"}, "reason": REASON}
    key = {"kind": "access", "id": "key", "means": "key", "deposit": 50000, "reason": REASON}
    app.extensions["database"].transact(publish_with, LADDER, {**NO_SHOW, "release_hours": 24}, signing, key)

    page = price(visit("berit").get(f"{ROOM}/book/preview?{urlencode(ASKED)}").text)
    terms = " ".join(re.sub("<[^>]+>", " ", page[page.index('id="terms"') :]).split())

    for told in (
        "Den som avlyser, betaler 50 % av prisen senere enn 15 dager før og hele prisen senere enn 8 dager før."
        " Å avlyse koster nå 400 kr. Fra 8. september 2026 koster det 800 kr.",
        "Kommer ingen, koster det full pris. Avlyses det senere enn 24 timer før det begynner, regnes det som om ingen kom."
        " Etter 3 ganger uten at noen kommer, får det følger for nye bookinger. (§ 9)",
        "Branninstruks. Må være gjort innen 8. september 2026.",
        "Nøkkel. Depositum: 500 kr.",
    ):
        assert told in terms


def test_how_one_gets_in_is_told_of_each_room(app: Flask, visit: Callable[..., Visitor], hall: object) -> None:
    key = {"kind": "access", "id": "key", "means": "key", "scope": {"room_kinds": ["gym"]}, "reason": REASON}
    app.extensions["database"].transact(publish_with, key)
    series = ASKED | {"repeat": "weekly", "times": "2", "choice.2026-09-15": "room:oren-flerbrukshall/hel-hall"}

    page = visit("berit").get(f"{ROOM}/book/preview?{urlencode(series)}").text

    assert '<p class="ds-paragraph">Gymsal 1: Nøkkel.</p>' in page


@pytest.mark.usefixtures("ladder")
def test_the_holder_pays_and_an_officer_who_says_why_asks_for_nothing(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    late = {"start": "2026-09-03T18:00", "end": "2026-09-03T20:00"}
    own, others = booked(**late), booked(**late, room="oren-flerbrukshall/gymsal-2")
    berit, kari = visit("berit"), visit("kari")

    berit.post(f"/bookings/{own}/cancellation", form_on=f"/bookings/{own}")
    silent = kari.post(f"/bookings/{others}/cancellation", form_on=f"/bookings/{others}", without_fee="yes")
    kari.post(f"/bookings/{others}/cancellation", form_on=f"/bookings/{others}", without_fee="yes", reason="Begravelse")
    pages = [price(berit.get(f"/bookings/{reference}").text) for reference in (own, others)]

    assert ('name="without_fee"' in berit.get(f"/bookings/{booked()}").text, silent.status_code) == (False, 422)
    assert "Skriv hvorfor." in silent.text
    assert ["Gebyr for avlysning: 800 kr" in pages[0], "Gebyr for avlysning: gratis" in pages[1]] == [True, True]
    assert "Begravelse" in pages[1]


def test_what_is_too_late_to_give_back_is_told_before_and_after(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    app.extensions["database"].transact(publish_with, {**NO_SHOW, "release_hours": 24})
    reference = booked()
    berit, kari = visit("berit"), visit("kari")

    early = price(berit.get(f"/bookings/{reference}").text)
    clock.pass_by(timedelta(days=13, hours=12))
    late = price(berit.get(f"/bookings/{reference}").text)
    berit.post(f"/bookings/{reference}/cancellation", form_on=f"/bookings/{reference}")
    done = price(berit.get(f"/bookings/{reference}").text)
    kari.post(f"/bookings/{reference}/occurrences/1/absence/withdrawal", form_on=f"/bookings/{reference}")
    forgiven = berit.get(f"/bookings/{reference}").text

    assert "Å avlyse er gratis nå. Etter 14. september 2026 kl. 18:00 regnes det som om ingen kom." in early
    assert "Avlyser dere nå, regnes det som om ingen kom. Å avlyse koster nå 800 kr." in late
    assert "Avlyst for sent. Det regnes som om ingen kom." in done and "Det koster 800 kr." in done
    assert "regnes som om ingen kom" not in forgiven


@pytest.mark.usefixtures("ladder")
def test_a_page_that_stood_open_over_midnight_costs_nothing_unseen(
    visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    reference = booked(start="2026-09-17T18:00", end="2026-09-17T20:00")
    berit, address = visit("berit"), f"/bookings/{reference}"
    shown = price(berit.get(address).text)
    (told_at,) = re.findall(r'name="told_at" value="([^"]+)"', shown)

    clock.pass_by(timedelta(days=2))
    late = berit.post(f"{address}/cancellation", form_on=address, told_at=told_at)
    (again,) = re.findall(r'name="told_at" value="([^"]+)"', late.text)
    saw = berit.post(f"{address}/cancellation", form_on=address, told_at=again)

    assert "Å avlyse er gratis nå." in shown
    assert (late.status_code, saw.status_code) == (409, 303)
    assert "Ingenting er avlyst." in late.text and "Å avlyse koster nå 400 kr." in price(late.text)


@pytest.mark.usefixtures("ladder")
def test_a_period_is_not_given_back_for_more_than_the_page_told(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    reference = booked(start="2026-09-17T18:00", end="2026-09-17T20:00")
    with app.extensions["database"].reading() as session:
        club = session.scalars(select(Booking.organisation_id).where(Booking.reference == reference)).one()
    berit, address, week = visit("berit"), f"/organisations/{club}/releases", {"first_day": "2026-09-14", "last_day": "2026-09-20"}
    sent = Hidden(berit.get(f"{address}?{urlencode(week)}"), address).forms[-1]
    sent.pop("csrf_token")

    clock.pass_by(timedelta(days=2))
    late = berit.post(address, form_on=address, **sent)
    again = Hidden(late, address).forms[-1]
    again.pop("csrf_token")
    saw = berit.post(address, form_on=address, **again)

    assert (late.status_code, saw.status_code) == (409, 303)
    assert "Ingenting er avlyst." in late.text and "koster nå 400 kr." in price(late.text)


def test_a_period_is_told_with_what_it_costs_what_stays_and_which_dates_are_not_had(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    booked(start="2026-09-15T18:00", end="2026-09-15T20:00"), booked(start="2026-09-17T18:00", end="2026-09-17T20:00")
    closed = ClosureInput(start=datetime(2026, 9, 17, 8, 0), end=datetime(2026, 9, 18, 8, 0), reason="Lekkasje")
    app.extensions["database"].transact(close_rooms, "oren-flerbrukshall", closed, confirmed=True, by=hall.kari, now=clock())

    page = visit("berit").get(f"/organisations/{hall.cast.skiold.id}/releases?first_day=2026-09-14&last_day=2026-09-20").text

    told = ("Tiden blir ledig for andre.", "det letes ikke etter noe annet", "De andre datoene deres står som før.", "angre i to minutter.")
    assert [part in page for part in (*told, "Det er gratis å gi dem tilbake nå.")] == [True] * 5
    assert "Timene dere gir tilbake til en avtale" not in page
    assert ["Måtte vike" in one for one in page.split('<li class="date">')[1:]] == [False, True]


def test_a_period_that_ends_before_it_begins_is_told_in_days(hall: Hall, visit: Callable[..., Visitor]) -> None:
    answer = visit("berit").get(f"/organisations/{hall.cast.skiold.id}/releases?first_day=2026-09-20&last_day=2026-09-14")

    assert (answer.status_code, "Siste dag må ikke være før 20. september 2026." in answer.text) == (422, True)


def price(text: str) -> str:
    """A page with ordinary spaces in its amounts, and without the links that these are."""
    return re.sub(r"</?a\b[^>]*>", "", text.replace("\N{NO-BREAK SPACE}", " "))
