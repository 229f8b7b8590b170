"""An officer asks, the clock of the promise stops, the applicant answers on a telephone, the clock goes on, the officer grants."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from booking.casework import presence
from database.transact import Database
from tests.booking.conftest import Hall
from tests.browsing import violations
from tests.clock import Clock
from tests.journeys.conftest import Open, follow, texts

pytestmark = pytest.mark.browser
WISH = "/rooms/oren-flerbrukshall/gymsal-1/book?date=2026-09-18&from=17:00&to=22:00"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_question_stops_the_clock_until_it_is_answered(open_browser: Open, hall: Hall, clock: Clock, database: Database) -> None:
    per, kari = open_browser("per", script=True), open_browser("kari", script=True)
    per.set_viewport_size({"width": 360, "height": 780})
    ask_for_a_room(per)
    clock.pass_by(timedelta(hours=36))
    database.transact(presence.look, 1, by=hall.olav, now=clock())

    ask_the_applicant(kari)
    told = kari.locator("[role=status].presence")
    told.filter(has_text="Haugen").wait_for()
    asked = [*texts(kari, "main p.tags .ds-tag"), told.inner_text()]
    per.reload()
    paused, broken = promise(per), violations(per)
    clock.pass_by(timedelta(days=2))
    per.get_by_label("Svar").fill("Tolv barn og tre voksne.")
    follow(per.get_by_role("button", name="Send svaret"))
    goes_on = promise(per)
    kari.reload()
    said = texts(kari, ".messages .said")
    follow(kari.get_by_role("button", name="Innvilg"))
    per.reload()

    assert asked == ["Venter på svar", "venter på søkeren", "tiden holdes av", "Olav Haugen (vaktmester) ser også på denne saken."]
    assert "Fristen for svaret vårt står stille siden 3. september 2026 kl. 10:30" in paused
    assert (broken, violations(kari)) == ([], [])
    assert "Svaret er lovet innen 8. september 2026 kl. 13:00." in goes_on
    assert said == ["Hvor mange kommer?", "Tolv barn og tre voksne."]
    assert texts(per, "main p.tags .ds-tag")[0] == "Booket"


def ask_for_a_room(page: Page) -> None:
    page.goto(WISH)
    page.get_by_label("Hva skal dere gjøre").fill("Bursdag")
    page.get_by_label("Type aktivitet").select_option("celebration")
    page.get_by_label("6–12 år").fill("14")
    follow(page.get_by_role("button", name="Se om det går"))
    follow(page.get_by_role("button", name="Send forespørsel"))


def ask_the_applicant(page: Page) -> None:
    follow(page.get_by_role("link", name="Innboks"))
    follow(page.get_by_role("link", name="Per Solli: Bursdag"))
    page.get_by_label("Skriv til Per Solli").fill("Hvor mange kommer?")
    page.get_by_label("Må besvares").check()
    follow(page.get_by_role("button", name="Send meldingen"))


def promise(page: Page) -> str:
    return texts(page, "main .ds-alert .ds-paragraph")[-1]
