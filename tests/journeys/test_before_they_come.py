"""A club does what has to be done before its meeting, the caretaker the rest; then they may be let in."""

import pytest
from playwright.sync_api import Page

from booking.reservations import reserve
from database.transact import Database
from tests.booking.conditions.conftest import MEETING, conditional
from tests.booking.conftest import Hall, furnish, wish
from tests.clock import Clock
from tests.journeys.conftest import Look, Open, follow, texts

pytestmark = pytest.mark.browser
PDF = {"name": "bevis.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
PEOPLE = (("Ada Lien", "41 23 45 67", "1980"), ("Bo Dal", "41 23 45 68", "2010"))


@pytest.fixture
def hall(database: Database, clock: Clock) -> Hall:
    return database.transact(furnish, conditional())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_missing_is_done_one_after_another(open_browser: Open, database: Database, hall: Hall, clock: Clock, look: Look) -> None:
    reference = database.transact(reserve, wish(**MEETING), by=hall.berit, now=clock()).reference
    berit = open_browser("berit")
    berit.goto("/bookings")
    faults = look(berit)
    to_do = texts(berit, "section[aria-labelledby=tasks] h3")

    follow(berit.get_by_role("link", name="Les og signer"))
    faults += look(berit)
    berit.get_by_label("Jeg har lest teksten").check()
    berit.get_by_label("Navnet ditt").fill("Berit Moe")
    follow(berit.get_by_role("button", name="Signer"))
    follow(berit.get_by_role("link", name="Last opp"))
    faults += look(berit)
    berit.get_by_label("Dokumentet").set_input_files(PDF)  # type: ignore[arg-type]
    follow(berit.get_by_role("button", name="Last opp"))
    follow(berit.get_by_role("link", name="Skriv hvem"))
    faults += look(berit)
    name_two(berit)
    too_young = texts(berit, "[data-error-summary] li")
    berit.get_by_label("Fødselsår").nth(1).fill("2001")
    follow(berit.get_by_role("button", name="Lagre navnene"))
    faults += look(berit)

    assert to_do == ["Branninstruks", "Forsikringsbevis", "Navngi de ansvarlige"]
    assert [line.startswith("Ansvarlig 2, fødselsår: Den som er til stede, må ha fylt 18 år") for line in too_young] == [True]
    assert texts(berit, "section[aria-labelledby=before] .ds-tag") == ["Mangler", "Mangler", "Signert", "Levert", "Navngitt"]
    faults += let_in(open_browser("olav"), look)
    berit.goto(f"/bookings/{reference}")
    assert "Alt er gjort. Dere kan slippes inn." in texts(berit, "section[aria-labelledby=before] > p")
    assert faults == []


def name_two(page: Page) -> None:
    """Names two people, the second too young."""
    for number, parts in enumerate(PEOPLE):
        for label, value in zip(("Navn", "Telefon", "Fødselsår"), parts, strict=True):
            page.get_by_label(label, exact=True).nth(number).fill(value)
    follow(page.get_by_role("button", name="Lagre navnene"))


def let_in(olav: Page, look: Look) -> list[str]:
    """The caretaker confirms on the day's list what is missing still."""
    day = "/caretaker?day=2026-09-15"
    olav.goto(day)
    faults = look(olav)
    for what in ("Vakt er funnet", "Intern fordeling er sendt inn"):
        olav.get_by_text(f"Bekreft: {what}").click()
        follow(olav.locator("details[open]").get_by_role("button", name="Bekreft"))
    assert texts(olav, ".entry") == ["Kan slippes inn"]
    assert "Ansvarlige: Ada Lien" in olav.locator(".uses").inner_text()
    return faults + look(olav)
