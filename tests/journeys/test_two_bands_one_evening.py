"""Two bands want the same room: the officer decides between them on one page, and the other takes what is offered instead."""

import pytest
from playwright.sync_api import Page

from database.transact import Database
from tests import browsing
from tests.booking.conftest import REASON, Hall, publish_with
from tests.journeys.conftest import Open, follow, texts

pytestmark = pytest.mark.browser
ROOM = "/rooms/oren-flerbrukshall/gymsal-1"
CLUBS_FIRST = {
    "kind": "priority",
    "id": "order",
    "order": [{"name": {"nb": "lag og foreninger", "nn": "lag og foreiningar", "en": "clubs"}, "applicants": ["organisation"]}],
    "reason": REASON,
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_band_gets_the_evening_and_the_other_takes_what_it_is_offered(open_browser: Open, hall: Hall, database: Database) -> None:
    database.transact(publish_with, CLUBS_FIRST)
    berit, per, kari = open_browser("berit"), open_browser("per"), open_browser("kari", script=True)
    ask(berit, "Orkesteret", applicant="313000001")
    ask(per, "Garasjebandet", applicant="me")

    follow(kari.get_by_role("link", name="Innboks"))
    follow(kari.get_by_role("link", name="Skiold turn: Orkesteret"))
    beside = texts(kari, ".wishes tbody tr td:nth-child(2)")
    loses = texts(kari, "form .ds-alert strong")
    broken = browsing.violations(kari)
    follow(kari.get_by_role("button", name="Innvilg"))

    per.reload()
    told = texts(per, "section[aria-labelledby=instead] > .ds-paragraph")
    follow(per.locator("section[aria-labelledby=instead] a", has_text="Gymsal 2"))
    again = [per.get_by_label(label, exact=True).input_value() for label in ("Dato", "Fra", "Til", "Hva skal dere gjøre")]
    send(per)
    kari.reload()
    follow(kari.get_by_role("link", name="Per Solli: Garasjebandet"))
    follow(kari.get_by_role("button", name="Innvilg"))
    per.reload()

    assert beside == ["gruppe 1 av 2 (lag og foreninger)", "gruppe 2 av 2"]
    assert loses == ["Per Solli: Garasjebandet"]
    assert broken == []
    assert told[0] == (
        "Fredag 18. september 2026 kl. 18:00–22:00: Tiden gikk til Skiold turn. "
        "Den går foran i rekkefølgen: gruppe 1 av 2 (lag og foreninger). Deres: gruppe 2 av 2."
    )
    assert again == ["2026-09-18", "18:00", "22:00", "Garasjebandet"]
    assert texts(per, "main h1") == ["Gymsal 2, Øren flerbrukshall"]
    assert texts(per, "main p.tags .ds-tag")[0] == "Booket"


def ask(page: Page, purpose: str, *, applicant: str) -> None:
    page.goto(f"{ROOM}/book?date=2026-09-18&from=18:00&to=22:00&applicant={applicant}")
    page.get_by_label("Hva skal dere gjøre").fill(purpose)
    page.get_by_label("Type aktivitet").select_option("culture.concert")
    page.get_by_label("6–12 år").fill("14")
    send(page)


def send(page: Page) -> None:
    follow(page.get_by_role("button", name="Se om det går"))
    follow(page.get_by_role("button", name="Send forespørsel"))
