"""Page, files and API of statistics: the same figures, for whom they are, and clear answers to what cannot be told."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from accounts.queries import actor_of
from accounts.tokens import make_token
from booking.statistics import api, pages
from booking.statistics.labels import THEMES, exact, measure_label, written
from booking.statistics.measures import MEASURES, Dimension, shown_by
from tests.accounts.conftest import Visitor
from tests.booking.statistics.conftest import TODAY, give
from tests.booking.support.test_pages import rows
from tests.browsing import Axe, barriers
from tests.cast import PASSWORD

PERIOD = "first=2026-01-01&last=2026-12-31"
Visit = Callable[[str], Visitor]


@pytest.fixture
def filled() -> object:
    return fill


def fill(session: Session) -> None:
    hall = give(session)
    session.get_one(Organisation, hall.cast.skiold.id).name = '=HYPERLINK("x")'


@pytest.fixture
def visit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visit:
    for module in (pages, api):
        monkeypatch.setattr(module, "now", lambda: TODAY)

    def visit(name: str) -> Visitor:
        visitor = Visitor(app.test_client())
        if name:
            assert visitor.sign_in(name).status_code == 303
        return visitor

    return visit


@pytest.fixture
def bearer(app: Flask) -> dict[str, str]:
    """The header by which the officer's scripts are known."""
    database = app.extensions["database"]
    with database.reading() as session:
        kari = actor_of(session, session.scalars(select(Person.id).where(Person.email == "kari@example.org")).one())
    return {"Authorization": f"Bearer {database.transact(make_token, kari.person_id, 'skript', by=kari, now=TODAY).text}"}


@pytest.mark.parametrize("by", list(Dimension))
def test_page_files_and_api_agree_on_every_figure(app: Flask, visit: Visit, bearer: dict[str, str], by: Dimension) -> None:
    officer, query = visit("kari"), f"by={by}&{PERIOD}"

    told = app.test_client().get(f"/api/v1/statistics?{query}", headers=bearer).get_json()
    files = {kind: officer.get(f"/office/statistics/figures.{kind}?{query}").data for kind in ("csv", "xlsx")}
    pages_ = {theme: rows(officer.get(f"/office/statistics?{query}&theme={theme}").text) for theme in THEMES}

    codes, lines = shown_by(by), [*told["lines"], told["whole"]]
    assert [measure["code"] for measure in told["measures"]] == list(codes)
    assert len(lines) > 1
    book = load_workbook(io.BytesIO(files["xlsx"]))
    sheet = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    table = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    with app.test_request_context():
        assert sheet[0][1:] == table[0][1:] == [measure_label(code) for code in codes]
        for line, in_xlsx, in_csv in zip(lines, sheet[1:], table[1:], strict=True):
            for code, cell, text in zip(codes, in_xlsx[1:], in_csv[1:], strict=True):
                value, measure = line["figures"][code], MEASURES[code]
                if value is None:
                    assert (cell, text) == (("skjult", "skjult") if line["hidden"] else (None, ""))
                else:
                    # A share is no whole number in JSON, and read back as the decimal that it is.
                    number = exact(measure, value if isinstance(value, int) else type(exact(measure, 0))(str(value)))
                    assert (float(cell), text.replace(",", ".")) == (float(number), str(number))
        for theme, found in pages_.items():
            columns = [code for code in codes if code in THEMES[theme]] or [codes[0]]
            expected = [[written(MEASURES[code], _read(line, code), is_hidden=line["hidden"]) for code in columns] for line in lines]
            assert [row[1:] for row in found[1:]] == [[cell.replace("\xa0", " ") for cell in row] for row in expected]
    meant = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert {name: meant[name] for name in sheet[0][1:]} == {measure["name"]: measure["definition"] for measure in told["measures"]}


def _read(line: dict[str, dict[str, int | float | None]], code: str) -> object:
    return line["figures"][code]


def test_names_are_no_formulas_and_persons_are_nowhere(visit: Visit) -> None:
    officer = visit("kari")
    data = {by: officer.get(f"/office/statistics/figures.xlsx?by={by}&{PERIOD}").data for by in ("organisation", "class", "room")}

    books = {by: load_workbook(io.BytesIO(found)) for by, found in data.items()}
    cells = [cell for book in books.values() for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    names = [row[0].value for row in books["organisation"].worksheets[0].iter_rows()]
    assert names == ["Organisasjon", '\'=HYPERLINK("x")', "Strømmen sangkor", "Privatpersoner, samlet", "I alt"]
    assert not [cell.value for cell in cells if "Per Solli" in str(cell.value)]


def test_statistics_are_for_officers_and_the_page_of_a_year_for_everybody(visit: Visit) -> None:
    officer = visit("kari")
    answer = officer.post("/office/statistics/year", year="2026")
    files = f"/office/statistics/figures.csv?{PERIOD}"
    addresses = ("/office/statistics", files, "/office/statistics/year", "/statistics", "/statistics/2026")

    seen = {name: [visit(name).get(address).status_code for address in addresses] for name in ("", "per", "nils", "olav", "kari", "ada")}

    assert (answer.status_code, answer.headers["Location"]) == (303, "/statistics/2026")
    assert seen == {
        "": [401, 401, 401, 200, 200],
        "per": [403, 403, 403, 200, 200],
        "nils": [403, 403, 403, 200, 200],
        "olav": [403, 403, 403, 200, 200],
        "kari": [200, 200, 200, 200, 200],
        "ada": [200, 200, 200, 200, 200],
    }
    told = visit("").get("/api/v1/statistics/years/2026").get_json()
    page = {row[0]: row[1:] for row in rows(visit("").get("/statistics/2026").text)}
    assert (told["edition"], told["superseded"], told["content"]["figures"]["value"]) == (1, False, [160000, 0])
    assert [cells for name, cells in page.items() if name.startswith("Kroner fri bruk")] == [["1 600", "0"]]
    assert [cells for name, cells in page.items() if name.startswith("Så mye av")] == [["7,6 %", "–"]]


def test_what_cannot_be_told_is_answered_clearly(app: Flask, visit: Visit, bearer: dict[str, str]) -> None:
    officer, client = visit("kari"), app.test_client()
    wrong = {
        "by=moon&first=2026-01-01&last=2026-12-31": (422, ["by"]),
        "by=room&first=2026-02-30&last=2026-12-31": (422, ["first"]),
        "by=room&first=2026-12-31&last=2026-01-01": (422, ["last"]),
        "by=room&first=1950-01-01&last=2026-12-31": (422, ["last"]),
        "by=room": (422, ["first", "last"]),
        f"by=room&{PERIOD}&venue=ukjent": (404, ["venue"]),
        f"by=room&{PERIOD}&organisation=99999999999": (422, ["organisation"]),
        f"by=room&{PERIOD}&activity=sove": (422, ["activity"]),
    }
    for query, (status, fields) in wrong.items():
        answer = client.get(f"/api/v1/statistics?{query}", headers=bearer)
        found = (answer.status_code, sorted({fault["field"] for fault in answer.get_json()["faults"]}))
        assert found == (status, fields), query
    page = officer.get(f"/office/statistics?by=moon&{PERIOD}")

    assert officer.get(f"/office/statistics?by=room&theme=%20&{PERIOD}").status_code == 200
    assert page.status_code == 422
    assert "ds-validation-message" in page.text or "error-summary" in page.text
    assert officer.get("/statistics/1999").status_code == 404
    assert officer.post("/office/statistics/year", year="2099").status_code == 409
    strange = [officer.post("/office/statistics/year", year=year).status_code for year in ("-1", "0", "x", "9999999999", "9" * 30)]
    assert strange == [422] * 5


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_bar_nobody_and_fit_a_phone(visit: Visit, page: Page, axe: Axe) -> None:
    visit("kari").post("/office/statistics/year", year="2026")
    page.goto("/sign-in")
    page.fill("[name=email]", "kari@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/(?!sign-in)"))
    office = f"/office/statistics?{PERIOD}"
    addresses = [office, f"{office}&by=week", f"{office}&by=class&theme=value"]
    addresses += ["/office/statistics/year?year=2026", "/statistics", "/statistics/2026"]

    found = {address: barriers(page, axe, address) for address in addresses}

    lines = page.locator(".year-table thead .number").evaluate_all(
        "all => all.map(one => { const text = document.createRange(); text.selectNodeContents(one); return text.getClientRects().length })"
    )

    assert {address: problems for address, problems in found.items() if problems} == {}
    assert lines == [1, 1]

    page.goto(office)
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    assert coming.value.suggested_filename.endswith(".csv")
    assert coming.value.path().read_bytes() == visit("kari").get(page.get_by_role("link", name="CSV").get_attribute("href") or "").data
    assert re.fullmatch(r"Filen er hentet: \d+\skB", page.locator("[data-file-said]").inner_text())

    page.route("**/figures.csv?*", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_())
    with page.expect_download() as again:
        page.get_by_role("link", name="CSV").click()
    assert again.value.path().read_bytes() == coming.value.path().read_bytes()
