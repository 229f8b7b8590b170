"""A club opens its training to all: somebody new in town finds it by district and age, follows it, and reads of it on other pages."""

from dataclasses import replace
from urllib.request import urlopen

import icalendar
import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.models import Booking
from booking.reservations import reserve
from database.transact import Database
from kernel.wallclock import to_wall
from settings import Settings
from tests.booking.conftest import NOW, Hall, wish
from tests.cast import ZONE
from tests.journeys.conftest import Look, Open, follow, texts
from venues.models import District, Venue

pytestmark = pytest.mark.browser
TOWN = "http://drammen.localhost"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, embed_in=TOWN)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_club_opens_its_training_and_a_newcomer_follows_it(
    open_browser: Open, look: Look, hall: Hall, database: Database, live_server: str
) -> None:
    database.transact(in_a_district)
    season: Booking = database.transact(reserve, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}), by=hall.berit, now=NOW)
    berit, new = open_browser("berit"), open_browser()

    show_contact(berit, hall)
    berit.goto(f"/bookings/{season.reference}")
    refused = opened(berit, join="Ring Berit, 412 34 567")
    opened(berit, join="Bare møt opp")
    new.goto("/")
    follow(new.get_by_role("link", name="Se det som skjer"))
    new.get_by_label("Bydel").select_option("Bragernes/Øren")
    new.get_by_label("For hvem").select_option("Barn (6–12)")
    new.get_by_label("Fra og med").fill("2026-09-14")
    follow(new.get_by_role("button", name="Vis"))
    walls = look(new)
    found = texts(new, ".happening")
    follow(new.get_by_role("link", name="Følg dette"))
    address = new.locator("code.secret").inner_text().partition("/calendars")[2]
    before = calendar(f"{live_server}/calendars{address}")
    cancel(berit, 2)
    after = calendar(f"{live_server}/calendars{address}")

    assert "Skriv ikke telefonnummer eller e-postadresser her" in refused
    assert found == [
        "18:00–20:00 Åpen turn Trening Barn (6–12) gratis Hvor Gymsal 1, Øren flerbrukshall "
        "Arrangør Skiold turn, post@skiold.example Slik blir du med Bare møt opp Legg i kalenderen Åpen turn"
    ]
    assert before == ["09-15 18:00 Åpen turn", "09-22 18:00 Åpen turn", "09-29 18:00 Åpen turn"]
    assert after == ["09-15 18:00 Åpen turn", "09-22 18:00 AVLYST: Åpen turn", "09-29 18:00 Åpen turn"]
    assert framed(new, TOWN, live_server) == ["18:00–20:00", "Åpen turn", "18:00–20:00", "AVLYST Åpen turn"]
    assert framed(new, "http://elsewhere.localhost", live_server) == []
    assert walls == []


def in_a_district(session: Session) -> None:
    session.scalars(select(Venue)).one().district = District(slug="bragernes-oren", name="Bragernes/Øren")


def show_contact(page: Page, hall: Hall) -> None:
    page.goto(f"/organisations/{hall.cast.skiold.id}")
    page.get_by_label("Nettside eller e-postadresse").fill("post@skiold.example")
    follow(page.get_by_role("button", name="Lagre"))


def opened(page: Page, *, join: str) -> str:
    """What the page says once the training is marked as open to all."""
    form = page.locator("details:has(form[action$=description])").first
    if not form.locator("form").is_visible():
        form.locator("summary").first.click()
    form.get_by_label("Arrangementet er åpent for alle").check()
    if not form.get_by_label("Slik blir man med").is_visible():
        form.locator("summary", has_text="Det alle kan lese").click()
    form.get_by_label("Navn på det som skjer").fill("Åpen turn")
    form.get_by_label("Hva det koster").select_option("Gratis")
    form.get_by_label("Slik blir man med").fill(join)
    follow(form.get_by_role("button", name="Lagre"))
    return " ".join(texts(page, "main"))


def cancel(page: Page, number: int) -> None:
    date = page.locator(f"#date-{number}")
    date.locator("summary", has_text="Avlys").click()
    follow(date.get_by_role("button", name="Ja, avlys"))


def calendar(address: str) -> list[str]:
    with urlopen(address) as answer:
        events = icalendar.Calendar.from_ical(answer.read()).walk("VEVENT")
    return sorted(f"{to_wall(event['DTSTART'].dt, ZONE):%m-%d %H:%M} {event['SUMMARY']}" for event in events)


def framed(page: Page, origin: str, server: str) -> list[str]:
    """What a page of another site shows in its frame."""
    frame = f'<!doctype html><iframe name="on" src="{server}/embed/open?from=2026-09-14&amp;age=6-12" title="Det skjer"></iframe>'
    page.route(f"{origin}/**", lambda route: route.fulfill(body=frame, content_type="text/html"))
    # A browser asks before a page reaches into this machine.
    page.context.grant_permissions(["local-network-access"], origin=origin)
    page.goto(f"{origin}/kultur")
    page.wait_for_load_state()
    return [" ".join(text.split()) for text in page.frames[-1].locator(".happening-time, .happening h3").all_inner_texts()]
