"""Exceptions on pages: offered where a rule can be waived, asked for without script, granted on grounds and told."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask import Flask

from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import NO_TRADE, TWO_HOURS, Hall, publish_with
from tests.booking.pages.conftest import ASKED, ROOM, Hidden

LONG = {**ASKED, "to": "21:00"}
WHY = "Cupen varer i tre timer."
GROUNDS = "Cupen er for hele byen."


@pytest.fixture
def hall(app: Flask, hall: Hall) -> Hall:
    """Nobody may stay for more than two hours, but for exceptions."""
    database: Database = app.extensions["database"]
    database.transact(publish_with, TWO_HOURS, NO_TRADE)
    return hall


def preview(**changes: str | list[str]) -> str:
    return f"{ROOM}/book/preview?{urlencode({**LONG, **changes}, doseq=True)}"


def asked_for(visitor: Visitor) -> str:
    """Sends the request for three hours; the address of the booking's page."""
    page = visitor.get(preview(exceptions="two-hours", exception_reason=WHY))
    sent = visitor.client.post("/bookings", data=Hidden(page, "/bookings").forms[0])
    assert sent.status_code == 303
    return str(sent.location)


def test_an_objection_that_can_be_waived_offers_to_ask_and_others_do_not(visit: Callable[..., Visitor]) -> None:
    page = visit("berit").get(preview()).text

    offered = [line for line in page.splitlines() if 'href="#exceptions"' in line]
    assert [("3 timer er for lenge" in line, "§\N{NO-BREAK SPACE}4" in line) for line in offered] == [(True, True)]
    assert page.count('name="exceptions"') == 1
    assert "Avgjøres av saksbehandler." in page
    assert 'id="exceptions"' not in visit("berit").get(preview(to="20:00")).text


def test_what_would_not_help_is_not_offered(visit: Callable[..., Visitor]) -> None:
    page = visit("berit").get(preview(commercial="yes")).text

    assert ("#exceptions" in page, 'name="exceptions"' in page, "Det hjelper ikke å be om unntak her" in page) == (False, False, True)


def test_asking_leads_to_a_request_that_tells_what_is_asked_and_why(visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")

    looked = visitor.get(preview(exceptions="two-hours", exception_reason=WHY)).text
    told = visitor.get(asked_for(visitor)).text

    assert ("Ikke be om unntak" in looked, "Det kan gis unntak fra disse reglene" in looked) == (True, False)
    assert ("Dette blir en forespørsel" in looked, "Dere ber om unntak:" in looked, WHY in looked) == (True, True, True)
    assert ("Unntak avgjøres av saksbehandler." in told, "§\N{NO-BREAK SPACE}4" in told, WHY in told) == (True, True, True)


def test_the_officer_sees_rule_paragraph_and_reason_and_grants_on_grounds(visit: Callable[..., Visitor]) -> None:
    berit, kari = visit("berit"), visit("kari")
    address = asked_for(berit)
    reference = address.rpartition("/")[2]

    page = kari.get(f"/office/requests/{reference}").text
    without = kari.post(f"{address}/approval", form_on=f"/office/requests/{reference}", note="Velkommen.")
    granted = kari.post(f"{address}/approval", form_on=f"/office/requests/{reference}", grounds=GROUNDS)
    told = berit.get(address).text

    assert all(words in page for words in ("Unntak det bes om", "3 timer er for lenge", "§\N{NO-BREAK SPACE}4", WHY, 'name="grounds"'))
    assert (without.status_code, "Skriv hvorfor det gis unntak." in without.text, "Velkommen." in without.text) == (422, True, True)
    assert granted.status_code == 303
    assert f"Unntak gitt av Kari Nordby (saksbehandler), 1. september 2026 kl. 22:30: {GROUNDS}" in told


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"asking": "yes"}, "Kryss av for regelen dere ber om unntak fra, og skriv hvorfor."),
        ({"exceptions": "two-hours"}, "Begrunnelse for unntak: Dette må fylles ut."),
        ({"exception_reason": WHY}, "Kryss av for regelen dere ber om unntak fra"),
        ({"exceptions": "no-trade", "exception_reason": WHY}, "Det gis ikke unntak fra regelen «no-trade»."),
        ({"exceptions": ["two-hours", "no-such"], "exception_reason": WHY}, "Ingen regel for rommet heter «no-such»."),
        ({"exceptions": "§ 4", "exception_reason": WHY}, "«§ 4» kan ikke brukes. Skriv små bokstaver"),
    ],
)
def test_what_is_wrong_with_the_asking_is_told_on_the_same_page(
    visit: Callable[..., Visitor], changes: dict[str, str | list[str]], sentence: str
) -> None:
    page = visit("berit").get(preview(**changes))

    assert (page.status_code, sentence in page.text, "Se over før du bekrefter" in page.text) == (422, True, True)


def test_what_is_sent_by_hand_for_a_rule_that_is_not_waived_is_refused(visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")
    form = Hidden(visitor.get(preview(exceptions="two-hours", exception_reason=WHY)), "/bookings").forms[0]

    sent = visitor.client.post("/bookings", data={**form, "exceptions": ["two-hours", "no-trade"]})

    assert (sent.status_code, "Det gis ikke unntak fra regelen «no-trade»." in sent.text) == (422, True)


def test_a_lawful_time_is_taken_without_asking(visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")
    links = Hidden(visitor.get(preview(exceptions="two-hours", exception_reason=WHY, commercial="yes"))).links

    assert "exceptions=two-hours" in links["Endre det du har fylt ut"]
    assert not any("exceptions" in href for words, href in links.items() if words[:1].isdigit())
