"""A club's season without script: Tuesdays become Wednesdays from October, one is left where it was, the autumn break is given back."""

from datetime import date

import pytest
from playwright.sync_api import Page

from booking.models import Booking
from booking.reservations import reserve
from database.transact import Database
from tests.booking.conftest import NOW, Hall, wish
from tests.journeys.conftest import Open, follow, texts
from venues.models import SchoolPeriod

pytestmark = pytest.mark.browser
TUESDAYS = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=6"}, "team": "J12"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_tuesdays_become_wednesdays_and_the_autumn_break_is_given_back(open_browser: Open, database: Database, hall: Hall) -> None:
    database.transact(lambda session, *, by, now: session.query(SchoolPeriod).delete(), by=hall.kari, now=NOW)
    season: Booking = database.transact(reserve, wish(**TUESDAYS), by=hall.berit, now=NOW)
    database.transact(reserve, wish(start="2026-10-14T18:00", end="2026-10-14T20:00", purpose="Kamp"), by=hall.nils, now=NOW)
    page = open_browser("berit")

    page.goto(f"/bookings/{season.reference}")
    to_wednesdays(page)
    refused = texts(page, "main .ds-alert[data-color=danger] li")
    page.locator("#date-4").get_by_label("Flytt dem som går").check()
    follow(page.locator("#date-4").get_by_role("button", name="Flytt", exact=True))
    moved = texts(page, "main .date-head strong")
    told = texts(page, ".ds-alert")[0]
    give_back(page, season.organisation_id)
    page.goto(f"/bookings/{season.reference}")

    assert refused == ["Gymsal 1 er opptatt onsdag 14. oktober 2026 kl. 18:00–20:00."]
    assert [one.split(" 2026")[0] for one in moved] == [
        "Tirsdag 15. september",
        "Tirsdag 22. september",
        "Tirsdag 29. september",
        "Onsdag 7. oktober",
        "Tirsdag 13. oktober",
        "Onsdag 21. oktober",
    ]
    assert "Disse ble stående der de var: tir. 13. okt." in told
    assert texts(page, "main .date .ds-tag") == ["Booket", "Booket", "Booket", "Avlyst", "Booket", "Booket"]


def to_wednesdays(page: Page) -> None:
    """From the first Tuesday of October, by a day."""
    first = page.locator("#date-4")
    first.locator("summary", has_text="Flytt").click()
    first.get_by_label("Dato", exact=True).fill(f"{date(2026, 10, 7)}")
    # By the keyboard: what has just unfolded may still be moving under a pointer.
    first.get_by_label("Denne og de som kommer etter").first.press("Space")
    follow(first.get_by_role("button", name="Flytt", exact=True))


def give_back(page: Page, organisation: int | None) -> None:
    page.goto(f"/organisations/{organisation}")
    follow(page.get_by_role("link", name="Gi tilbake en periode"))
    page.get_by_label("Første dag").fill("2026-10-05")
    page.get_by_label("Siste dag").fill("2026-10-09")
    page.get_by_label("J12").check()
    follow(page.get_by_role("button", name="Se hvilke datoer det er"))
    follow(page.get_by_role("button", name="Gi tilbake 1 dato"))
