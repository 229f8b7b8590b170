"""Scouts stand in line for an evening that is taken; it is given back, kept for them, and theirs; who stands behind them learns it too."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from booking.reservations import reserve
from database.transact import Database
from tests.booking.conftest import Hall, wish
from tests.clock import Clock
from tests.journeys.conftest import Feed, Look, Open, Work, follow, press, texts

pytestmark = pytest.mark.browser
WISH = "/rooms/oren-flerbrukshall/gymsal-1/book?date=2026-09-15&from=18:00&to=20:00"
THAT_EVENING = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_first_in_line_gets_the_evening_and_the_next_hears_that_it_was_in_vain(
    open_browser: Open, hall: Hall, database: Database, clock: Clock, work: Work, feed: Feed, look: Look
) -> None:
    had = database.transact(reserve, wish(), by=hall.berit, now=clock())
    work()
    tone, nils, berit, reader = open_browser("tone"), open_browser("nils"), open_browser("berit"), open_browser()
    ask(tone, "Onsdagskvilterne")
    faults = look(tone)
    follow(tone.get_by_role("button", name="Stå i kø"))
    ask(nils, "Skiold turn")
    follow(nils.get_by_role("button", name="Stå i kø"))
    waits = [(mail.to, mail.subject[:13], "holder vi den av" in mail.text) for mail in work()]
    berit.goto(f"/bookings/{had.reference}")
    berit.get_by_text("Avlys bookingen").click()
    follow(berit.get_by_role("button", name="Ja, avlys"))
    ask(berit, "Skiold turn")
    told_third, third_can = berit.locator("main").inner_text(), berit.get_by_role("button", name="Stå i kø").count()
    faults = [*faults, *look(berit)]
    work()
    tone.goto("/bookings")
    kept, faults = texts(tone, "section[aria-labelledby=offered] .hit > div > p"), [*faults, *look(tone)]
    (offered,) = work()
    reader.goto(offered.links["Ja, vi tar den"])
    taken = press(reader, "Ja, vi tar den")
    reader.goto(offered.links["Nei takk"])
    replayed = texts(reader, "main .ds-paragraph")[0]
    (told,) = work()
    nils.goto("/bookings")
    behind = texts(nils, "section[aria-labelledby=in-line] .ds-tag")
    clock.moment = THAT_EVENING
    in_vain = [*work(), *work()]

    assert waits == [("tone", "På venteliste", True), ("nils", "På venteliste", True)]
    assert ("Gymsal 1 ble nettopp ledig" in told_third, "holdes for dem som står i kø" in told_third, third_can) == (True, True, 1)
    assert kept[:2] == ["Tirsdag 15. september 2026 18:00–20:00", "Det er tiden dere står i kø for. Pris: 800 kr."]
    assert (offered.to, offered.subject[:13]) == ("tone", "Tilbud om tid")
    assert taken == "Tiden er deres: tirsdag 15. september 2026 kl. 18:00–20:00, Gymsal 1, Øren flerbrukshall."
    assert replayed == "Dette er alt gjort, og lenken virker ikke lenger."
    assert (told.to, told.subject[:9], "Pris: 800 kr" in told.text) == ("tone", "Bekreftet", True)
    assert behind == ["I kø"]
    assert [(mail.to, mail.subject[:15]) for mail in in_vain] == [("nils", "Ble ikke ledig:")]
    assert feed("gymsal-1") == ["09-15 18:00-20:00 AVLYST: Skiold turn", "09-15 18:00-20:00 Opptatt"]
    assert faults == []


def ask(page: Page, who: str) -> None:
    """Ask for the evening, and read that it is taken."""
    page.goto(WISH)
    page.get_by_label(who).check()
    page.get_by_label("Hva skal dere gjøre").fill("Møte")
    page.get_by_label("Type aktivitet").select_option("sport.training")
    page.get_by_label("6–12 år").fill("12")
    follow(page.get_by_role("button", name="Se om det går"))
