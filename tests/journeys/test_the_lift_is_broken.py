"""The lift is broken on Saturday: who needs it is offered a room that has one, and their own when it is mended; others notice nothing."""

import pytest
from playwright.sync_api import Page

from database.transact import Database
from tests.booking.conftest import Hall
from tests.browsing import Axe, barriers
from tests.journeys.conftest import Feed, Look, Open, Work, follow, neighbour, press, texts

pytestmark = pytest.mark.browser
HALL = "oren-flerbrukshall"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_needs_the_lift_gets_a_room_with_one_until_it_is_mended(
    open_browser: Open, hall: Hall, database: Database, work: Work, feed: Feed, axe: Axe, look: Look
) -> None:
    database.transact(neighbour)
    berit, nils, reader, olav = open_browser("berit"), open_browser("nils"), open_browser(), open_browser("olav", script=True)
    for page, room, needs in ((berit, "gymsal-1", "Heis til andre etasje"), (nils, "gymsal-2", "")):
        ask(page, room, needs)
        follow(page.get_by_role("button", name="Book", exact=True))
    work()
    report(olav)
    met = [(row.inner_text().split(", ")[1], row.locator("input").is_checked()) for row in olav.locator(".ds-alert li").all()]
    faults = barriers(olav, axe)
    follow(olav.get_by_role("button", name="Meld det ute av drift"))
    (lost,) = work()
    fill(nils, "gymsal-1")
    nils.get_by_text("Trenger noen heis").click()
    nils.get_by_label("Heis", exact=True).check()
    follow(nils.get_by_role("button", name="Se om det går"))
    needed = texts(nils, "main dl.facts > div:has(dt:text-is('Trenger')) dd")
    refused, instead, faults = texts(nils, "main .against")[0], texts(nils, "main .date a"), [*faults, *look(nils)]
    reader.goto(lost.links["Ja, vi tar den"])
    offered = texts(reader, "main .ds-paragraph")[0]
    reader.goto(f"/venues/{HALL}")
    shown = texts(reader, ".ds-alert li")
    olav.goto("/caretaker?day=2026-09-19")
    day = texts(olav, ".round .ds-tag[data-color=warning]")
    mend(olav)
    work()
    (mended,) = work()
    reader.goto(lost.links["Ja, vi tar den"])
    outdated = texts(reader, "main .ds-paragraph")[0]
    reader.goto(mended.links["Ja, vi tar den"])
    back = press(reader, "Ja, vi tar den")

    assert met == [("Skiold turn", True), ("Skiold turn", False)]
    assert (lost.to, lost.subject[:10]) == ("berit", "Mistet tid")
    assert "Noe dere trenger, er ute av drift: Heisen mangler en del" in lost.text
    assert offered == "Lørdag 19. september 2026 kl. 12:00–14:00, Gymsal, Fjell skole"
    assert needed == ["heis"]
    assert refused.endswith(
        "er ute av drift til 20. september 2026 kl. 00:00: Heisen mangler en del. Velg en annen tid, eller ta bort behovet."
    )
    assert instead == ["søn. 20. sep. 12:00–14:00 (Heis: ukjent)", "fre. 18. sep. 12:00–14:00 (Heis: ukjent)"]
    assert shown == ["Ute av drift: heis lørdag 19. september 2026 kl. 00:00–24:00: Heisen mangler en del"]
    assert day == ["ute av drift: heis"]
    assert "er endret siden meldingen ble sendt" in outdated
    assert back == "Tiden er deres: lørdag 19. september 2026 kl. 12:00–14:00, Gymsal 1, Øren flerbrukshall."
    assert feed("gymsal-1") == ["09-19 12:00-14:00 Skiold turn"]
    assert faults == []


def ask(page: Page, room: str, needs: str) -> None:
    fill(page, room)
    page.get_by_text("Lag, klargjøring og melding").click()
    page.get_by_label("Klargjøring").fill(needs)
    follow(page.get_by_role("button", name="Se om det går"))


def fill(page: Page, room: str) -> None:
    page.goto(f"/rooms/{HALL}/{room}/book?date=2026-09-19&from=12:00&to=14:00")
    page.get_by_label("Hva skal dere gjøre").fill("Trening")
    page.get_by_label("Type aktivitet").select_option("sport.training")
    page.get_by_label("6–12 år").fill("12")


def report(page: Page) -> None:
    """The caretaker says that the lift is out of order all of Saturday, and is shown whose day it is."""
    page.goto(f"/venues/{HALL}")
    follow(page.get_by_role("link", name="Stengninger"))
    page.get_by_label("Fra").fill("2026-09-19T00:00")
    page.get_by_label("Til").fill("2026-09-20T00:00")
    page.get_by_label("Grunn").fill("Heisen mangler en del")
    page.get_by_label("Bare noe er ute av drift").select_option("lift")
    follow(page.get_by_role("button", name="Steng", exact=True))


def mend(page: Page) -> None:
    page.goto(f"/venues/{HALL}/closures")
    page.get_by_text("Det virker igjen").first.click()
    follow(page.get_by_role("button", name="Ja, det virker igjen"))
