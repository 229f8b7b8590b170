"""An officer changes the rules in the forms from a date; what is used before it and after it is decided by its own version."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.judging import unfolded
from booking.models import Booking, Judgement
from database.transact import Database
from policies.evaluate import evaluate
from policies.queries import policy_of
from policies.request import Facts, Request
from policies.verdict import Verdict
from tests.booking.conftest import Hall
from tests.journeys.conftest import Open, follow, texts

pytestmark = pytest.mark.browser
ROOM = "/rooms/oren-flerbrukshall/gymsal-1"
BEFORE, AFTER = "2026-09-15", "2026-10-13"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_use_before_and_after_a_new_version_is_decided_by_its_own(open_browser: Open, hall: Hall, database: Database) -> None:
    per, kari = open_browser("per"), open_browser("kari")

    asked_early = [book(per, BEFORE, "10:00", "13:00"), book(per, AFTER, "10:00", "13:00")]
    change_the_rules(kari)
    asked_late = [book(per, BEFORE, "18:00", "21:00"), look(per, AFTER, "18:00", "21:00"), book(per, AFTER, "18:00", "20:00")]

    assert asked_early == ["1 200 kr", "1 200 kr"]
    refused = "3 timer er for lenge. Book høyst 2 timer. Flere vil øve nå. (§ 4 i kommunens retningslinjer)"
    assert asked_late == ["1 200 kr", refused, "1 000 kr"]
    assert versions_asked(database) == [[1], [1], [1], [2]]


def change_the_rules(kari: Page) -> None:
    """From the first of October an hour costs 500 kr and nobody gets more than two hours."""
    kari.goto("/policies")
    follow(kari.locator("main").get_by_role("link", name="Drammen kommune"))
    follow(kari.get_by_role("button", name="Endre retningslinjen"))
    follow(kari.get_by_role("link", name="(prices)"))
    kari.get_by_label("Kroner").first.fill("500")
    follow(kari.get_by_role("button", name="Lagre i utkastet"))
    kari.get_by_label("Ny regel om").select_option("length")
    follow(kari.get_by_role("button", name="Legg til regel"))
    kari.get_by_label("Høyst (minutter)").fill("120")
    for language in ("Bokmål", "Nynorsk", "Engelsk"):
        kari.get_by_label(language).fill("Flere vil øve nå.")
    kari.get_by_label("Paragraf").fill("§ 4")
    follow(kari.get_by_role("button", name="Lagre i utkastet"))
    kari.get_by_label("Gjelder fra").fill("2026-10-01")
    follow(kari.get_by_role("button", name="Publiser retningslinjen"))


def look(page: Page, day: str, start: str, end: str) -> str:
    """Fill in the form and see what would become of it: what speaks against it, nothing when all is well."""
    page.goto(f"{ROOM}/book?date={day}&from={start}&to={end}")
    page.get_by_label("Hva skal dere gjøre").fill("Øving")
    page.get_by_label("Type aktivitet").select_option("culture.music")
    page.get_by_label("20–66 år").fill("6")
    follow(page.get_by_role("button", name="Se om det går"))
    return " ".join(texts(page, "main .against"))


def book(page: Page, day: str, start: str, end: str) -> str:
    """The price that the page of the booking tells."""
    assert look(page, day, start, end) == ""
    follow(page.get_by_role("button", name="Send forespørsel"))
    return texts(page, "main .price")[0]


def versions_asked(database: Database) -> list[list[int]]:
    """The versions that decided each booking; the facts kept with it give the same verdict once more."""
    with Session(database.engine) as session:
        rows = session.scalars(select(Judgement).join(Booking).order_by(Booking.id)).all()
        for stored in (one for row in rows for one in unfolded(row.judged)):
            again = evaluate(policy_of(session, stored["versions"]), Request.from_json(stored["request"]), Facts.from_json(stored["facts"]))
            assert again == Verdict.from_json(stored["verdict"])
        return [[version for one in unfolded(row.judged) for version in one["versions"]] for row in rows]
