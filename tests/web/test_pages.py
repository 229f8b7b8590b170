"""The page frame and every macro in a real browser: accessible, on a telephone too, and whole without script."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from settings import Settings
from tests.browsing import USUAL
from tests.web.trial import make_app

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VENDOR = ROOT / "web" / "static" / "vendor" / "designsystemet.css"
CHROMIUM = shutil.which("chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = [(1280, 900), (360, 740)]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
    pytest.mark.skipif(not (AXE.exists() and VENDOR.exists()), reason="needs the npm packages (make assets)"),
]


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, make_app(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(browser: Browser, address: str, size: tuple[int, int], *, script: bool = True) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, **USUAL)
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/everything", "/wishes/new", "/about", "/nothing", "/problems/conflict", "/refused/busy"])
def test_a_page_has_no_barrier_that_axe_can_find(browser: Browser, address: str, path: str, size: tuple[int, int]) -> None:
    page = opened(browser, address + path, size)

    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.context.close()


@pytest.mark.parametrize("size", [*SIZES, (320, 600)])
def test_a_page_never_scrolls_sideways(browser: Browser, address: str, size: tuple[int, int]) -> None:
    page = opened(browser, f"{address}/everything", size)

    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    page.context.close()


def test_a_page_breaks_no_rule_of_its_own_content_policy(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))

    page.goto(f"{address}/everything")
    page.wait_for_load_state("networkidle")

    assert said == []
    assert page.evaluate("document.fonts.check('16px Inter')")
    context.close()


def test_a_form_with_faults_works_without_script(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/wishes/new", SIZES[1], script=False)

    page.get_by_label("Rom").fill("Gymsal")
    page.get_by_label("Antall").fill("mange")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Antall: «mange» er ikke et tall.").click()

    assert page.url.endswith("/wishes#field-people")
    assert page.get_by_label("Rom").input_value() == "Gymsal"
    assert page.get_by_label("Antall").get_attribute("aria-invalid") == "true"
    page.context.close()


def test_a_question_before_an_act_folds_out_without_script(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/everything", SIZES[1], script=False)

    page.get_by_text("Avlys bestillingen").click()

    expect(page.get_by_role("button", name="Ja, avlys")).to_be_visible()
    assert not page.get_by_role("button", name="Skriv ut").is_visible()
    page.context.close()


def test_the_faults_are_where_the_keyboard_stands_when_a_form_comes_back(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/everything", SIZES[0])

    assert page.evaluate("document.activeElement.matches('.ds-error-summary')")
    page.context.close()


def test_the_first_press_of_tab_offers_to_skip_to_the_content(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/about", SIZES[0])

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_week_of_a_room_stays_a_table_for_those_who_hear_it(browser: Browser, address: str, size: tuple[int, int]) -> None:
    page = opened(browser, f"{address}/everything", size)

    week = page.get_by_role("table", name="Gymsal, uke 48")
    tuesday = week.get_by_role("row").filter(has=page.get_by_role("rowheader", name="tirsdag 24. november"))

    assert tuesday.get_by_role("cell").filter(has_text="Strømsø Håndballklubb").inner_text().split() == [
        "16:00–18:00",
        "Opptatt",
        "Strømsø",
        "Håndballklubb",
    ]
    assert tuesday.get_by_role("link", name="Ledig tirsdag 24. november 2026 18:00–21:00").is_visible()
    page.context.close()
