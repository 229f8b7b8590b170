"""A leak closes the hall for three days: who it meets is shown first, told and offered a gym nearby; a day early it opens again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.identity import Actor
from booking.models import Booking
from booking.reservations import reserve
from database.transact import Database
from tests.booking.conftest import Hall, wish
from tests.browsing import Axe, barriers
from tests.cast import actor
from tests.clock import Clock
from tests.journeys.conftest import Feed, Open, Work, follow, neighbour, press, texts

pytestmark = pytest.mark.browser
HALL = "oren-flerbrukshall"
TUESDAY_EVENING = datetime(2026, 9, 15, 20, 0, tzinfo=UTC)


@pytest.fixture
def trainings(database: Database, hall: Hall, clock: Clock) -> list[Booking]:
    """A training on each of four evenings."""
    database.transact(neighbour)
    with database.reading() as session:
        tone = actor(session, hall.cast.tone)

    def book(by: Actor, day: int, room: str, **changes: Any) -> Booking:
        time = {"start": f"2026-09-{day}T18:00", "end": f"2026-09-{day}T20:00"}
        booking: Booking = database.transact(reserve, wish(room=f"{HALL}/{room}", **time, **changes), by=by, now=clock())
        return booking

    return [
        book(hall.berit, 14, "gymsal-1"),
        book(tone, 15, "gymsal-1", organisation=f"group:{hall.cast.kvilterne.id}"),
        book(hall.nils, 16, "gymsal-1"),
        book(hall.nils, 17, "gymsal-1"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_met_is_offered_a_gym_nearby_and_the_last_evening_is_given_back(
    open_browser: Open, trainings: list[Booking], work: Work, feed: Feed, clock: Clock, axe: Axe
) -> None:
    work()
    olav, reader = open_browser("olav", script=True), open_browser()
    close(olav)
    met, faults = texts(olav, ".ds-alert li"), barriers(olav, axe)
    follow(olav.get_by_role("button", name="Steng, og gi dem tilbud om noe annet"))
    mails, closed = work(), feed("gymsal-1")
    reader.goto(mails[0].links["Ja, vi tar den"])
    elsewhere = press(reader, "Ja, vi tar den")
    clock.moment = TUESDAY_EVENING
    work()
    olav.reload()
    olav.get_by_text("Åpne igjen").first.click()
    follow(olav.get_by_role("button", name="Ja, åpne igjen"))
    faults += barriers(olav, axe)
    work()
    again = work()[-1]
    reader.goto(again.links["Ja, vi tar den"])
    back = press(reader, "Ja, vi tar den")

    assert met == [
        f"{booking.reference}, {who}, Gymsal 1: {day}. september 2026 kl. 18:00–20:00"
        for booking, who, day in zip(
            trainings, ("Skiold turn", "Onsdagskvilterne", "Skiold turn"), ("mandag 14", "tirsdag 15", "onsdag 16"), strict=False
        )
    ]
    assert [(mail.to, mail.subject[:10], "Lokalet ble stengt: Vannlekkasje" in mail.text) for mail in mails] == [
        ("berit", "Mistet tid", True),
        ("tone", "Mistet tid", True),
        ("nils", "Mistet tid", True),
    ]
    assert elsewhere == "Tiden er deres: mandag 14. september 2026 kl. 18:00–20:00, Gymsal, Fjell skole."
    assert (again.to, "Det er tiden dere mistet. Den er ledig igjen." in again.text) == ("nils", True)
    assert back == "Tiden er deres: onsdag 16. september 2026 kl. 18:00–20:00, Gymsal 1, Øren flerbrukshall."
    assert closed == [
        "09-14 06:00-09-17 06:00 STENGT: Vannlekkasje",
        "09-14 18:00-20:00 AVLYST: Skiold turn",
        "09-15 18:00-20:00 AVLYST: Opptatt",
        "09-16 18:00-20:00 AVLYST: Skiold turn",
        "09-17 18:00-20:00 Skiold turn",
    ]
    assert feed("gymsal-1") == [
        "09-14 06:00-09-15 22:02 STENGT: Vannlekkasje",
        "09-15 18:00-20:00 AVLYST: Opptatt",
        "09-16 18:00-20:00 Skiold turn",
        "09-17 18:00-20:00 Skiold turn",
    ]
    assert feed("gymsal", venue="fjell-skole") == ["09-14 18:00-20:00 Skiold turn"]
    assert faults == []


def close(page: Page) -> None:
    page.goto(f"/venues/{HALL}")
    follow(page.get_by_role("link", name="Stengninger"))
    page.get_by_label("Fra").fill("2026-09-14T06:00")
    page.get_by_label("Til").fill("2026-09-17T06:00")
    page.get_by_label("Grunn").fill("Vannlekkasje")
    follow(page.get_by_role("button", name="Steng", exact=True))
