"""The whole errand of somebody new on Drammen's rooms at half past ten in the evening, and what the caretaker sees of it."""

import re
from datetime import date, datetime

import icalendar
import pytest
import recurring_ical_events
from playwright.sync_api import Locator, Page
from sqlalchemy import select

from accounts.models import Person
from accounts.queries import actor_of
from booking.reservations import reserve
from booking.wish import Wish
from database.transact import Database
from demo.load import load
from demo.people import PASSWORD
from policies.taxonomy import Activity
from tests.clock import Clock
from tests.journeys.conftest import Mail, Open, Work, follow, follow_menu, texts
from venues.models import Resource, Venue

pytestmark = pytest.mark.browser
MATCH = Wish(
    room="oren-flerbrukshall/hel-hall",
    start=datetime(2026, 10, 20, 17, 0),
    end=datetime(2026, 10, 20, 19, 0),
    purpose="Kamp",
    activity=Activity.SPORT_MATCH,
    organisation="313000028",
    participants={"18+": 30},
)
PARAGRAPH = "Lokalet kan brukes i åpningstiden, og ikke på helligdager eller i skolens ferier. (§ 2 i kommunens retningslinjer)"


@pytest.fixture
def autumn(database: Database, clock: Clock) -> None:
    """The demo, and a match in the whole hall on one Tuesday."""
    loaded = load(database, now=clock())
    assert loaded.refused == 0
    with database.reading() as session:
        assert not session.scalars(select(Venue.slug).where(~select(Resource.id).where(Resource.venue_id == Venue.id).exists())).all()
        nils = session.scalars(select(Person).where(Person.email == "nils@example.org")).one()
        actor = actor_of(session, nils.id, via="command")
    database.transact(reserve, MATCH, by=actor, now=clock())


def test_somebody_new_books_ten_weeks_and_the_caretaker_sees_what_goes(open_browser: Open, autumn: None, work: Work) -> None:
    nina, olav = open_browser(), open_browser("olav", password=PASSWORD)

    open_account(nina, work)
    register_group(nina)
    find(nina)
    look(nina)
    told = {day: " ".join(texts(row, ".against")) for day, row in dates(nina) if row.locator(".against").count()}
    follow(nina.get_by_role("button", name="Ta de 8 datoene som går"))
    feed = subscribe(olav)

    assert told == {
        "Tirsdag 29. september 2026": f"Skolen har fri 29. september 2026: Høstferie. {PARAGRAPH}",
        "Tirsdag 20. oktober 2026": "Opptatt 17:00–19:00: Strømsø håndball",
    }
    assert texts(nina, "main p.tags .ds-tag")[0] == "Booket"
    assert {day for day, row in dates(nina) if row.get_attribute("data-kept") == "no"} == set(told)
    assert evenings(feed) == [
        f"{day} 18:00-20:00 Øren flerbrukshall, Gymsal 1, Fiktivveien 2, Drammen"
        for day in ("2026-09-08", "2026-09-15", "2026-09-22", "2026-10-06", "2026-10-13", "2026-10-27", "2026-11-03", "2026-11-10")
    ]


def open_account(page: Page, work: Work) -> None:
    page.goto("/")
    follow(page.get_by_role("link", name="Åpne konto"))
    page.get_by_label("E-postadresse").fill("nina@example.org")
    follow(page.get_by_role("button", name="Send lenke"))
    page.goto(link_in(work()))
    page.get_by_label("Navn").fill("Nina Ny")
    page.get_by_label("Telefon").fill("41 23 45 67")
    page.get_by_label("Passord").fill("en lang setning")
    follow(page.get_by_role("button", name="Åpne konto og logg inn"))


def link_in(mails: list[Mail]) -> str:
    """The address in the mail to the new one."""
    (text,) = (mail.text for mail in mails if mail.to == "nina")
    found = re.search(r"http://\S+/links/\S+", text)
    assert found
    return found[0]


def register_group(page: Page) -> None:
    follow_menu(page, "Min side", "Mine organisasjoner")
    follow(page.get_by_role("link", name="Registrer en gruppe"))
    page.get_by_label("Gruppens navn").fill("Tirsdagsdanserne")
    page.get_by_label("Fødselsdatoen din").fill("1984-05-17")
    follow(page.get_by_role("button", name="Registrer gruppen"))


def find(page: Page) -> None:
    """Search for a room for thirty on ten Tuesdays, and open the form of one that is found."""
    follow(page.get_by_role("link", name="Finn rom"))
    page.get_by_label("Hvor mange").fill("30")
    page.get_by_label("Dato").fill("2026-09-08")
    page.get_by_label("Fra").fill("18:00")
    page.get_by_label("Til", exact=False).first.fill("20:00")
    page.get_by_label("Gjentas").select_option("10")
    page.get_by_label("Hvor", exact=True).select_option("bragernes-oren")
    follow(page.get_by_role("button", name="Finn rom"))
    hit = page.locator(".hit", has_text="Gymsal 1, Øren flerbrukshall")
    follow(hit.get_by_role("link", name="Book"))


def look(page: Page) -> None:
    page.get_by_label("Tirsdagsdanserne").check()
    page.get_by_label("Hva skal dere gjøre").fill("Dans for alle")
    page.get_by_label("Type aktivitet").select_option("sport.training")
    page.get_by_label("20–66 år").fill("30")
    follow(page.get_by_role("button", name="Se om det går"))


def dates(page: Page) -> list[tuple[str, Locator]]:
    """Each date of a series as the page shows it, by its day."""
    rows = page.locator("main .dates > .date").all()
    return [(row.locator("strong").first.inner_text().rpartition(" ")[0].strip(), row) for row in rows]


def subscribe(page: Page) -> bytes:
    """Make the caretaker's own feed of the hall, and fetch it as a calendar would."""
    follow_menu(page, "Min side", "Kalendere")
    page.get_by_label("Navn").fill("Olav, mobil")
    page.get_by_label("Vaktmester: det som skjer").check()
    page.get_by_label("Øren flerbrukshall", exact=True).check()
    follow(page.get_by_role("button", name="Lag kalenderabonnement"))
    return page.request.get(page.locator("code.secret").inner_text()).body()


def evenings(feed: bytes) -> list[str]:
    """When and where the dancers stand in the calendar."""
    calendar = icalendar.Calendar.from_ical(feed)
    events = recurring_ical_events.of(calendar).between(date(2026, 9, 1), date(2027, 7, 1))
    return sorted(
        f"{event.start:%Y-%m-%d %H:%M}-{event.end:%H:%M} {event['LOCATION']}" for event in events if "Tirsdagsdanserne" in event["SUMMARY"]
    )
