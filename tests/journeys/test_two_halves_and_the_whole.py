"""A divided hall in several browsers: both halves at the same time, and then not the whole of it."""

import pytest
from playwright.sync_api import Page

from tests.booking.conftest import Hall
from tests.journeys.conftest import Open, follow, texts

pytestmark = pytest.mark.browser
HALL = "/rooms/oren-flerbrukshall"


def test_both_halves_are_booked_at_once_and_the_whole_is_refused_naming_both(open_browser: Open, hall: Hall) -> None:
    berit, tone, nils = (open_browser(name) for name in ("berit", "tone", "nils"))

    look(berit, "gymsal-1", "Skiold turn")
    look(tone, "gymsal-2", "Onsdagskvilterne")
    booked = [confirm(page) for page in (berit, tone)]
    look(nils, "hel-hall", "Skiold turn")

    assert booked == ["Booket", "Booket"]
    assert texts(nils, "main .ds-alert h2") == ["Dette går ikke"]
    assert texts(nils, "main .against") == ["Opptatt 18:00–20:00, Gymsal 1: Skiold turn", "Opptatt 18:00–20:00, Gymsal 2"]
    assert nils.get_by_role("button", name="Book").count() == 0


def look(page: Page, room: str, organisation: str) -> None:
    """Fill in the form for a Tuesday evening and see what would become of it."""
    page.goto(f"{HALL}/{room}/book")
    page.get_by_label("Dato", exact=True).fill("2026-09-15")
    page.get_by_label("Fra", exact=True).fill("18:00")
    page.get_by_label("Til", exact=True).fill("20:00")
    page.get_by_label(organisation).check()
    page.get_by_label("Hva skal dere gjøre").fill("Øving")
    page.get_by_label("Type aktivitet").select_option("sport.training")
    page.get_by_label("6–12 år").fill("18")
    follow(page.get_by_role("button", name="Se om det går"))


def confirm(page: Page) -> str:
    """The state that the booking's page tells when the button was pressed."""
    follow(page.get_by_role("button", name="Book", exact=True))
    return texts(page, "main p.tags .ds-tag")[0]
