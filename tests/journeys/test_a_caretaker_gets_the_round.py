"""From the mail with the invitation to the round in the calendar of a telephone, for who has an account and who has none yet."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from playwright.sync_api import Page

from booking.reservations import reserve
from database.transact import Database
from tests.booking.conftest import NOW, Hall, wish
from tests.browsing import Axe, barriers
from tests.clock import Clock
from tests.journeys.conftest import Look, Open, Work, follow, press, texts

pytestmark = pytest.mark.browser
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
CALENDAR = "iOS/26.0 (23A341) dataaccessd/1.0"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_caretaker_subscribes_from_the_mail_and_is_told_when_the_telephone_stops(
    open_browser: Open, hall: Hall, database: Database, app: Flask, work: Work, clock: Clock, axe: Axe, look: Look, live_server: str
) -> None:
    database.transact(reserve, wish(), by=hall.berit, now=NOW)
    kari, olav, later = open_browser("kari"), open_browser(phone=IPHONE, script=True), open_browser(phone=IPHONE)
    kari.goto("/calendars/health")
    said = press(kari, "Send lenke på e-post")
    (mail,) = [mail for mail in work() if mail.to == "olav"]
    (link,) = mail.links.values()
    for _scanner in range(2):
        urlopen(live_server + link).close()
    olav.goto(link)
    faults = barriers(olav, axe)
    follow(olav.get_by_role("button", name="Lag kalenderen min"))
    lost = address(olav)
    faults += barriers(olav, axe)
    olav.goto(link)
    follow(olav.get_by_role("button", name="Lag kalenderen min"))
    steps, opened = texts(olav, "details[open] summary"), olav.get_by_role("link", name="Åpne i kalenderen").get_attribute("href")
    found = fetched(address(olav))
    ended = status(lost)
    app.extensions["feed_uses"].flush()
    later.goto(link)
    taken = texts(later, "main .ds-paragraph")
    clock.pass_by(hours=37)
    warnings, again = work(), work()
    kari.goto("/calendars/health")
    seen = texts(kari, ".rows .ds-tag[data-color=danger]")
    faults += look(kari)

    assert said == "Lenken er sendt til Olav Haugen på e-post."
    assert mail.subject == "Vaktlista i kalenderen din"
    assert steps == ["iPhone, iPad og Mac"]
    assert opened == "webcal:" + address(olav).partition(":")[2]
    assert [line for line in found if line.startswith("SUMMARY")] == ["SUMMARY:Skiold turn – Trening"]
    assert ended == 404
    assert any("alt i bruk" in text for text in taken)
    assert [(mail.to, mail.subject) for mail in warnings if "alender" in mail.subject] == [("olav", "Kalenderen din henter ikke vaktlista")]
    assert [mail for mail in again if "alender" in mail.subject] == []
    assert seen == ["Har sluttet å hente"]
    assert faults == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_new_caretaker_opens_an_account_and_has_the_calendar_one_press_later(open_browser: Open, hall: Hall, work: Work) -> None:
    ada, phone = open_browser("ada"), open_browser(phone=ANDROID)
    ada.goto("/invitations")
    ada.get_by_label("E-postadresse").fill("nora@example.org")
    ada.get_by_label("Rolle", exact=True).select_option("caretaker")
    ada.get_by_label("Bygg").select_option(label="Øren flerbrukshall")
    follow(ada.locator("main").get_by_role("button", name="Send invitasjon"))
    (mail,) = work()
    phone.goto(*mail.links.values())
    phone.get_by_label("Navn").fill("Nora Ny")
    phone.get_by_label("Telefon").fill("41234567")
    phone.get_by_label("Passord", exact=True).fill("enda-en-lang-setning")
    follow(phone.get_by_role("button", name="Åpne konto og godta"))
    follow(phone.get_by_role("button", name="Lag kalenderabonnement"))
    steps, found = texts(phone, "details[open] summary"), fetched(address(phone))

    assert steps == ["Android med ICSx⁵", "Google Kalender"]
    assert found[0] == "BEGIN:VCALENDAR"


def address(page: Page) -> str:
    return page.locator(".secret").inner_text()


def fetched(address: str) -> list[str]:
    """What the calendar of a telephone gets."""
    with urlopen(Request(address, headers={"User-Agent": CALENDAR})) as answer:
        return answer.read().decode().splitlines()


def status(address: str) -> int:
    try:
        with urlopen(address) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
