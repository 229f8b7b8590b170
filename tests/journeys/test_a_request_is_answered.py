"""A private party without script: asked for, granted with a word on the way, moved, asked for again as last time, called off."""

import pytest
from playwright.sync_api import Page

from tests.booking.conftest import Hall
from tests.journeys.conftest import Open, follow, texts

pytestmark = pytest.mark.browser
ROOM = "/rooms/oren-flerbrukshall/gymsal-1"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_party_is_asked_for_granted_moved_and_called_off(open_browser: Open, hall: Hall) -> None:
    per, kari = open_browser("per"), open_browser("kari")

    ask(per)
    asked = told(per)
    grant(kari)
    follow(per.get_by_role("link", name="Mine bookinger").first)
    follow(per.locator("main h3 a"))
    granted = told(per)
    move(per)
    moved = texts(per, "main .date strong")
    follow(per.get_by_role("link", name="Samme som sist"))
    again = [per.get_by_label(label, exact=True).input_value() for label in ("Dato", "Fra", "Til", "Hva skal dere gjøre")]
    per.go_back()
    per.locator("summary", has_text="Avlys bookingen").click()
    follow(per.get_by_role("button", name="Ja, avlys"))

    assert asked == ["Venter på svar", "Saksbehandler avgjør. Svaret er lovet innen 4. september 2026 kl. 15:30. Tiden holdes av så lenge."]
    assert granted == ["Booket", "Rydd etter dere."]
    assert moved == ["Lørdag 19. september 2026 13:00–18:00"]
    assert again == ["2026-09-26", "13:00", "18:00", "Bursdag"]
    assert told(per)[0] == "Avlyst"


def ask(page: Page) -> None:
    page.goto(f"{ROOM}/book?date=2026-09-18&from=17:00&to=22:00")
    page.get_by_label("Hva skal dere gjøre").fill("Bursdag")
    page.get_by_label("Type aktivitet").select_option("celebration")
    page.get_by_label("6–12 år").fill("14")
    follow(page.get_by_role("button", name="Se om det går"))
    follow(page.get_by_role("button", name="Send forespørsel"))


def grant(page: Page) -> None:
    """From the inbox, with a word to the one who asked."""
    follow(page.get_by_role("link", name="Innboks"))
    follow(page.get_by_role("link", name="Per Solli: Bursdag"))
    page.get_by_label("Melding til den som søkte").fill("Rydd etter dere.")
    follow(page.get_by_role("button", name="Innvilg"))


def move(page: Page) -> None:
    form = page.locator("#date-1")
    form.locator("summary", has_text="Flytt").click()
    form.get_by_label("Dato").fill("2026-09-19")
    form.get_by_label("Fra").fill("13:00")
    form.get_by_label("Til", exact=True).fill("18:00")
    follow(page.get_by_role("button", name="Flytt", exact=True))
    # What is granted is given up only by who says so.
    page.get_by_label("Send det til kommunen, selv om tiden ikke holdes imens").check()
    follow(page.get_by_role("button", name="Flytt", exact=True))


def told(page: Page) -> list[str]:
    """The state of the booking, and the last that its page announces."""
    return [texts(page, "main p.tags .ds-tag")[0], *texts(page, "main .ds-alert:not([data-color=success]) .ds-paragraph")[-1:]]
