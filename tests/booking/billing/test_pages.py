"""The pages of billing: who sees what, exact sums, what is disputed and answered, and that they bar nobody."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from accounts.models import Person
from accounts.queries import actor_of
from accounts.tokens import make_token
from tests.accounts.conftest import Visitor
from tests.booking.billing.conftest import TODAY, Given
from tests.booking.support.test_pages import faults, rows
from tests.browsing import Axe, barriers
from tests.cast import PASSWORD

Visit = Callable[[str], Visitor]
# What these pages ask is asked of both databases beside them.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def kroner(html: str) -> list[list[str]]:
    """The rows of tables, with plain spaces in their sums."""
    return [[cell.replace("\xa0", " ") for cell in row] for row in rows(html)]


def test_accounts_and_periods_are_for_those_they_concern(visit: Visit, given: Given) -> None:
    addresses = {
        "club": f"/organisations/{given.skiold}/account",
        "Per": f"/people/{given.per}/account",
        "periods": "/invoices",
        "period": f"/invoices/{given.period}",
        "file": f"/invoices/{given.period}/lines.csv",
        "date": f"/bookings/{given.season}/occurrences/1/cost",
    }
    answers = {}
    for name in ("", "per", "siri", "nils", "olav", "kari"):
        visitor = visit(name)
        answers[name] = [visitor.get(address).status_code for address in addresses.values()]

    assert answers == {
        "": [401, 401, 401, 401, 401, 401],
        "per": [403, 200, 403, 403, 403, 404],
        "siri": [403, 403, 403, 403, 403, 404],
        "nils": [200, 403, 403, 403, 403, 200],
        "olav": [403, 403, 403, 403, 403, 403],
        "kari": [200, 200, 200, 200, 200, 200],
    }


def test_the_account_shows_exact_sums_by_team_and_the_api_the_same(app: Flask, visit: Visit, given: Given) -> None:
    address, database = f"/organisations/{given.skiold}/account", app.extensions["database"]
    told = kroner(visit("nils").get(address).text)
    with database.reading() as session:
        kari = actor_of(session, session.scalars(select(Person.id).where(Person.email == "kari@example.org")).one())
    token = database.transact(make_token, kari.person_id, "skript", by=kari, now=TODAY).text
    api = app.test_client().get(f"/api/v1{address}", headers={"Authorization": f"Bearer {token}"}).get_json()

    # The 13th is tomorrow: all of it. The 20th is eight days ahead: half.
    assert told[:4] == [
        ["Lag", "Fakturert", "Ikke fakturert ennå", "Booket framover", "Sum", "Gebyr om alt avlyses i dag"],
        ["+G10", "600 kr", "0 kr", "0 kr", "600 kr", "0 kr"],
        ["J12", "800 kr", "800 kr", "800 kr", "2 400 kr", "400 kr"],
        ["Alle", "1 400 kr", "800 kr", "800 kr", "3 000 kr", "400 kr"],
    ]
    assert api["whole"] == {"billed": 140000, "due": 80000, "expected": 80000, "at_risk": 40000}
    assert api["teams"][1] == {"organisation": "", "team": "J12", "billed": 80000, "due": 80000, "expected": 80000, "at_risk": 40000}
    assert [row[1:3] for row in told[5:7]] == [["800 kr", "Avlyst"], ["800 kr", "Booket framover"]]


def test_what_is_disputed_waits_for_an_answer_that_can_be_another_price(visit: Visit, given: Given) -> None:
    club, officer = visit("nils"), visit("kari")
    page = f"/bookings/{given.season}/occurrences/4/cost"

    empty = club.post(page.replace("cost", "dispute"), form_on=page, reason=" ")
    raised = club.post(page.replace("cost", "dispute"), form_on=page, reason="Det var avtalt 500 kroner.")
    closed = officer.post("/invoices", form_on="/invoices", first_day="2026-10-01", last_day="2026-10-31")
    waiting, billed = officer.get("/invoices").text, kroner(officer.get(closed.location).text)
    wrong = officer.post(page, answer="Ja.", amount="tre")
    read = re.findall(r'name="dispute" value="(\d+)"', officer.get(page).text)
    answered = officer.post(page, answer="Ja, 500.", amount="500,00", dispute=read[0])
    other = officer.post(page, answer="Nei.", amount="800", dispute=read[0])
    officer.post("/invoices", form_on="/invoices", first_day="2026-11-01", last_day="2026-11-30")

    assert (faults(empty.text), raised.status_code) == ({"reason": "Dette må fylles ut."}, 303)
    assert "Det var avtalt 500 kroner." in waiting
    assert billed[1:] == [["=Skiold turn", "1", "800 kr"]]
    assert faults(wrong.text) == {"amount": "«tre» er ikke et beløp. Skriv kroner, for eksempel 250 eller 99,50."}
    assert (answered.status_code, faults(other.text)) == (303, {"answer": "En annen har alt svart. Last siden på nytt, og se svaret."})
    told = club.get(page).text
    assert "Ja, 500." in told
    assert [row[1] for row in kroner(told)[1:]] == ["500 kr"]


def test_a_price_that_another_corrected_meanwhile_is_not_overwritten_unseen(visit: Visit, given: Given) -> None:
    officer, page = visit("kari"), f"/bookings/{given.season}/occurrences/4/cost"
    read = re.findall(r'name="version" value="(\d+)"', officer.get(page).text)[0]

    first = officer.post(page, answer="Halv pris.", amount="400", version=read)
    late = officer.post(page, answer="Dyrere.", amount="900", version=read)
    seen = re.findall(r'name="version" value="(\d+)"', late.text)[0]
    again = officer.post(page, answer="Dyrere.", amount="900", version=seen)

    assert [one.status_code for one in (first, late, again)] == [303, 409, 303]
    assert "Noen andre har endret dette mens du så på det" in late.text
    assert "400 kr" in late.text


def test_to_choose_nobody_is_not_to_bill_all(visit: Visit, given: Given) -> None:
    officer, days = visit("kari"), {"first_day": "2026-10-01", "last_day": "2026-10-31"}

    nobody = officer.post("/invoices", form_on="/invoices", some="yes", **days)
    shown = kroner(officer.get("/invoices/new?first_day=2026-10-01&last_day=2026-10-31").text)
    one = officer.post("/invoices", form_on="/invoices", some="yes", payers=f"p{given.per}", **days)

    assert (nobody.status_code, "Ingen er valgt." in nobody.text) == (422, True)
    assert shown[1:] == [["=Skiold turn", "2", "1 600 kr"]]
    assert "Ingenting ble fakturert." in officer.get(one.location).text


def test_a_reference_is_said_and_another_payer_only_by_the_office(visit: Visit, given: Given) -> None:
    address = f"/organisations/{given.skiold}/account"
    club, officer = visit("nils"), visit("kari")

    said = [
        club.post(f"{address}/terms", form_on=address, reference="PO 17").status_code,
        club.post(f"{address}/terms", form_on=address, reference="PO 17", payer="313000028").status_code,
        officer.post(f"{address}/terms", form_on=address, reference="PO 17", payer="123").status_code,
        officer.post(f"{address}/terms", form_on=address, reference="PO 17", payer="313 000 028").status_code,
    ]

    assert said == [303, 403, 422, 303]
    assert "Fakturaene går til Strømmen sangkor." in club.get(address).text


def test_what_another_said_of_the_invoices_is_shown_before_it_is_replaced(visit: Visit, given: Given) -> None:
    address = f"/organisations/{given.skiold}/account"
    club, officer = visit("nils"), visit("kari")
    (read,) = re.findall(r'name="seen" value="(\w+)"', club.get(address).text)

    first = officer.post(f"{address}/terms", form_on=address, reference="PO 17", payer="313000028", seen=read)
    again = officer.post(f"{address}/terms", form_on=address, reference="PO 17", payer="313000028", seen=read)
    mistyped = club.post(f"{address}/terms", form_on=address, reference="PO 18" * 30, seen=read)
    late = club.post(f"{address}/terms", form_on=address, reference="PO 18", seen=read)
    (seen,) = re.findall(r'name="seen" value="(\w+)"', late.text)
    saw = club.post(f"{address}/terms", form_on=address, reference="PO 18", seen=seen)

    assert [one.status_code for one in (first, again, mistyped, late, saw)] == [303, 303, 422, 409, 303]
    assert re.findall(r'name="seen" value="(\w+)"', mistyped.text) == [read]
    assert "Noen andre endret dette mens du så på siden." in faults(late.text)["reference"]
    assert "<dd>PO 17</dd>" in late.text and "<dd>Strømmen sangkor</dd>" in late.text


@pytest.mark.browser
def test_the_pages_bar_nobody_and_fit_a_phone(page: Page, given: Given, axe: Axe) -> None:
    page.goto("/sign-in")
    page.fill("[name=email]", "kari@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/(?!sign-in)"))
    pages = ["/invoices", "/invoices/new?first_day=2026-10-01&last_day=2026-10-31", f"/invoices/{given.period}", "/account"]
    pages += [f"/organisations/{given.skiold}/account", f"/bookings/{given.season}/occurrences/1/cost"]

    found = {address: barriers(page, axe, address) for address in pages}

    assert {address: problems for address, problems in found.items() if problems} == {}
