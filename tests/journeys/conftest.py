"""People at a browser in which no script runs unless it is asked for, and a clock that stands still in all of the program."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from urllib.request import urlopen

import icalendar
import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.outbox import UNDO_WITHIN
from database.transact import Database
from kernel.wallclock import to_wall
from settings import Settings
from tests.booking.conftest import Hall, furnish
from tests.browsing import USUAL, Axe, barriers
from tests.cast import BEGINNING, PASSWORD, ZONE
from tests.clock import Clock, stop
from tests.notices.conftest import words
from tests.notices.mailserver import MailServer
from venues.models import Fact, OpeningHours, Origin, Room, Space, Venue
from venues.opening import Openness

LINK = re.compile(r"^(.+?):\s+http://[^/\s]+(/(?:answers|calendars/links|invitations)/\S+)", re.M)
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stop(monkeypatch)


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["database"]
    return found


@pytest.fixture
def mailserver() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, mailserver: MailServer) -> Settings:
    """Mail leaves to a server on the loopback."""
    return replace(settings, mail_url=mailserver.url)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as its reader has it: to whom, what about, its words, and the links that need no signing in, by their words."""

    to: str
    subject: str
    text: str
    links: dict[str, str]

    @classmethod
    def of(cls, mail: EmailMessage) -> "Mail":
        text = words(mail)
        return cls(mail["To"].partition("@")[0], mail["Subject"], text, dict(LINK.findall(text)))


Work = Callable[[], list[Mail]]


@pytest.fixture
def work(app: Flask, clock: Clock, mailserver: MailServer) -> Work:
    """Two minutes pass, and the worker takes a turn; tells the mails that left by it, in order."""

    def turn() -> list[Mail]:
        clock.pass_by(UNDO_WITHIN)
        before = len(mailserver.mails)
        assert app.test_cli_runner().invoke(args=["notices", "deliver"]).exit_code == 0
        return [Mail.of(mail) for mail in mailserver.mails[before:]]

    return turn


Feed = Callable[..., list[str]]


@pytest.fixture
def feed(live_server: str) -> Feed:
    """What the public calendar of a room says, as somebody's calendar fetches and reads it: a line per event, in order."""

    def read(room: str, *, venue: str = "oren-flerbrukshall") -> list[str]:
        with urlopen(f"{live_server}/calendars/rooms/{venue}/{room}.ics") as answer:
            events = icalendar.Calendar.from_ical(answer.read()).walk("VEVENT")
        return sorted(f"{_when(event)} {event['SUMMARY']}" for event in events)

    return read


def _when(event: icalendar.Event) -> str:
    start, end = (to_wall(event[name].dt, ZONE) for name in ("DTSTART", "DTEND"))
    return f"{start:%m-%d %H:%M}-{end:%H:%M}" if start.date() == end.date() else f"{start:%m-%d %H:%M}-{end:%m-%d %H:%M}"


@pytest.fixture
def hall(database: Database, clock: Clock) -> Hall:
    """The cast in their hall, in the app's own database."""
    return database.transact(furnish)


def neighbour(session: Session) -> Room:
    """A gym in a school nearby, open every evening, that one reaches without steps and by a lift."""
    oren = session.scalars(select(Venue)).one()
    oren.latitude, oren.longitude = 59.730, 10.210
    venue = Venue(slug="fjell-skole", name="Fjell skole", kind="school", zone=ZONE, latitude=59.734, longitude=10.214, changed_at=BEGINNING)
    space = Space(venue=venue, slug="gymsal", name="Gymsal")
    room = Room(venue=venue, slug="gymsal", name="Gymsal", kind="gym", changed_at=BEGINNING, spaces=[space])
    session.add_all([venue, room])
    session.flush()
    for weekday in range(7):
        hours = OpeningHours(venue_id=venue.id, weekday=weekday, from_minute=8 * 60, to_minute=23 * 60, origin=Origin.STAFF)
        hours.openness = Openness.OPEN
        session.add(hours)
    for feature in ("step-free-entrance", "lift"):
        session.add(Fact(venue_id=venue.id, key=f"access.{feature}", value={"value": "yes"}, origin=Origin.STAFF))
    return room


Open = Callable[..., Page]


@pytest.fixture
def open_browser(browser: Browser, live_server: str, clock: Clock) -> Iterator[Open]:
    """A browser of one's own, without script unless one is wanted; somebody is signed in when a name is given.

    ``phone`` is the User-Agent of a telephone that it shall be.
    """
    contexts = []

    def start(name: str = "", *, password: str = PASSWORD, script: bool = False, phone: str = "") -> Page:
        held = {"user_agent": phone, "viewport": PHONE} if phone else {}
        context = browser.new_context(base_url=live_server, java_script_enabled=script, **USUAL, **held)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if name:
            sign_in(page, name, password)
        return page

    yield start
    for context in contexts:
        context.close()


Look = Callable[[Page], list[str]]


@pytest.fixture
def look(browser: Browser, axe: Axe) -> Iterator[Look]:
    """What is wrong with a page, seen by a browser with script but the same cookies."""
    contexts = []

    def look(seen: Page) -> list[str]:
        context = browser.new_context(storage_state=seen.context.storage_state(), **USUAL)
        contexts.append(context)
        return barriers(context.new_page(), axe, seen.url)

    yield look
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-postadresse").fill(f"{name}@example.org")
    page.get_by_label("Passord", exact=True).fill(password)
    follow(page.locator("main").get_by_role("button", name="Logg inn"))


def follow(link: Locator) -> None:
    """Click what leads to another page, and be there when it has come whole: a click alone does not wait for that."""
    with link.page.expect_navigation():
        link.click()


def follow_menu(page: Page, menu: str, link: str) -> None:
    """Open a menu of the page's head and follow a link in it."""
    page.locator("summary", has_text=menu).click()
    follow(page.get_by_role("link", name=link))


def texts(page: Page | Locator, selector: str) -> list[str]:
    """What the elements say, spaces drawn together."""
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


def press(page: Page, button: str) -> str:
    """What the page says once the button was pressed."""
    follow(page.get_by_role("button", name=button))
    return texts(page, ".ds-alert")[0]
