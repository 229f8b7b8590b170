"""People at a browser in which no script runs unless it is asked for, and a clock that stands still in all of the program."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page

from database.transact import Database
from tests.booking.conftest import Hall, furnish
from tests.cast import PASSWORD
from tests.clock import Clock, stop


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stop(monkeypatch)


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["database"]
    return found


@pytest.fixture
def hall(database: Database, clock: Clock) -> Hall:
    """The cast in their hall, in the app's own database."""
    return database.transact(furnish)


Open = Callable[..., Page]


@pytest.fixture
def open_browser(browser: Browser, live_server: str, clock: Clock) -> Iterator[Open]:
    """A browser of one's own, without script unless one is wanted; somebody is signed in when a name is given."""
    contexts = []

    def start(name: str = "", *, password: str = PASSWORD, script: bool = False) -> Page:
        context = browser.new_context(base_url=live_server, java_script_enabled=script, locale="nb-NO", timezone_id="Europe/Oslo")
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if name:
            sign_in(page, name, password)
        return page

    yield start
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


def texts(page: Page | Locator, selector: str) -> list[str]:
    """What the elements say, spaces drawn together."""
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]
