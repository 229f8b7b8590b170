"""The year of an organisation: found in the register, an agreement signed and drawn on, a closure, a grant, a report, the year after."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from accounts.register.client import client_for
from database.transact import Database
from tests.accounts.register.stand_in import answering
from tests.booking.conftest import POLICY, REASON, furnish
from tests.clock import Clock
from tests.journeys.conftest import Look, Open, Work, follow, press, texts

pytestmark = pytest.mark.browser
NUMBER = "313000133"
NAME = "VÅRSOL PENSJONISTFORENING"
GYM = "/rooms/oren-flerbrukshall/gymsal-1/book"
DECEMBER, JANUARY = datetime(2026, 12, 20, 12, 0, tzinfo=UTC), datetime(2027, 1, 10, 12, 0, tzinfo=UTC)


def with_free_hours() -> dict[str, Any]:
    """The policy, with a price class that costs nothing."""
    *rules, prices = POLICY["rules"]
    tariffs = [{**tariff, "rows": [*tariff["rows"], {"price_class": "free", "ore": 0}]} for tariff in prices["tariffs"]]
    return {**POLICY, "price_classes": {**POLICY["price_classes"], "free": REASON}, "rules": [*rules, {**prices, "tariffs": tariffs}]}


@pytest.fixture
def registers(app: Flask) -> Iterator[None]:
    """The registers of Brønnøysund, on the loopback."""
    with answering() as (_answers, address):
        client = client_for(address, "https://arena.test", resolve=lambda host, port: ["127.0.0.1"])
        app.extensions["register"] = replace(app.extensions["register"], client=client)
        yield


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_from_the_register_to_next_years_agreement(
    open_browser: Open, registers: None, database: Database, clock: Clock, work: Work, look: Look
) -> None:
    database.transact(furnish, with_free_hours())
    per, kari = open_browser("per"), open_browser("kari")
    register(per)
    confirm(kari)
    nora, invited = join(open_browser, per, work)
    agree(kari)
    asked = [(mail.to, mail.subject) for mail in work() if "avtale" in mail.subject]
    nora.goto("/support")
    follow(nora.get_by_role("link", name="Samvær på dagtid"))
    signed = press(nora, "Signer for")
    season = book(nora, "2026-10-13", times=10)
    single = book(nora, "2026-10-02")
    drawn = meter(nora)
    faults = look(nora)
    close(open_browser("olav"))
    credited = meter(nora)
    award(kari)
    unpaid = sorted(set(texts(kari, ".checked tbody .why")))
    clock.moment = DECEMBER
    kari, nora = open_browser("kari"), open_browser("nora", password="enda-en-lang-setning")
    renewed = renew(kari)
    clock.moment = JANUARY
    work()
    nora = open_browser("nora", password="enda-en-lang-setning")
    filled, sent = report(nora)
    faults += look(nora)
    nora.goto("/support")
    standing = texts(nora, ".agreement-head")

    assert invited == f"Du er invitert til å booke lokaler på vegne av {NAME}."
    assert sorted(asked) == [("nora", "En avtale med kommunen til signering"), ("per", "En avtale med kommunen til signering")]
    assert signed == "Avtalen er signert."
    assert (season, single) == ("Booket", "Booket")
    assert drawn[:4] == ["30 timer", "0 minutter", "22 timer", "8 timer"]
    assert credited[:4] == ["30 timer", "0 minutter", "20 timer", "10 timer"] and "2 timer" in credited[4:]
    assert unpaid == ["Timene er alt gratis, og tilskuddet betaler ikke for dem."]
    assert renewed == "Avtalen «Samvær på dagtid» er laget."
    assert filled[0] == "10 datoer, 20 timer"
    assert sent == "Rapporten er sendt."
    assert [one.rpartition(" ")[2] for one in standing] == ["senere", "Utløpt"]
    assert faults == []


def register(per: Page) -> None:
    """Find the organisation by a part of its name, and register it with oneself as who asks to act for it."""
    per.goto("/organisations")
    per.get_by_label("Organisasjonsnummer eller navn").fill("vårsol")
    follow(per.get_by_role("button", name="Finn organisasjonen"))
    follow(per.get_by_role("link", name=NAME))
    follow(per.get_by_role("link", name="Registrer organisasjonen"))
    follow(per.locator("main").get_by_role("button", name="Registrer"))


def confirm(kari: Page) -> None:
    """Per leads it."""
    kari.goto("/register?q=vårsol")
    follow(kari.get_by_role("link", name=NAME).first)
    follow(kari.get_by_role("button", name="Bekreft som leder"))


def join(open_browser: Open, per: Page, work: Work) -> tuple[Page, str]:
    """Nora, who has no account yet, is invited to act for it too; the page of the invitation and what it says."""
    per.goto("/organisations")
    follow(per.locator("main").get_by_role("link", name=NAME))
    per.get_by_label("E-postadresse", exact=True).fill("nora@example.org")
    follow(per.get_by_role("button", name="Send invitasjon"))
    invitation = next(mail for mail in work() if mail.to == "nora")
    nora = open_browser()
    nora.goto(*invitation.links.values())
    invited = texts(nora, "main .ds-paragraph")[0]
    nora.get_by_label("Navn").fill("Nora Ny")
    nora.get_by_label("Telefon").fill("41234567")
    nora.get_by_label("Passord", exact=True).fill("enda-en-lang-setning")
    follow(nora.get_by_role("button", name="Åpne konto og godta"))
    return nora, invited


def agree(kari: Page) -> None:
    """Thirty hours in the gym for nothing."""
    kari.goto("/agreements/new")
    kari.get_by_label("Hvilken organisasjon?").fill("vårsol")
    follow(kari.locator("main").get_by_role("button", name="Søk"))
    follow(kari.get_by_role("link", name=f"Velg {NAME}"))
    kari.get_by_label("Navn på avtalen").fill("Samvær på dagtid")
    kari.get_by_label("Prisklasse").select_option("free")
    kari.get_by_label("Første dag").fill("2026-09-01")
    kari.get_by_label("Siste dag").fill("2026-12-31")
    kari.get_by_label("Timer", exact=True).fill("30")
    kari.locator("input[value='oren-flerbrukshall/gymsal-1']").check()
    press(kari, "Lag avtalen")


def book(page: Page, day: str, *, times: int = 1) -> str:
    """Two hours on an afternoon, every week where there are several; the state that the booking has."""
    page.goto(GYM)
    page.get_by_label("Dato", exact=True).fill(day)
    page.get_by_label("Fra", exact=True).fill("13:00")
    page.get_by_label("Til", exact=True).fill("15:00")
    if times > 1:
        page.get_by_label("Gjentas").select_option("weekly")
        page.get_by_label("Antall ganger").fill(str(times))
    page.get_by_label(NAME).check()
    page.get_by_label("Hva skal dere gjøre").fill("Trim for pensjonister")
    page.get_by_label("Type aktivitet").select_option("sport.training")
    page.get_by_label("67 år og eldre").fill("15")
    follow(page.get_by_role("button", name="Se om det går"))
    follow(page.get_by_role("button", name=re.compile("^Book")))
    return texts(page, "main p.tags .ds-tag")[0]


def meter(page: Page) -> list[str]:
    page.goto("/support")
    follow(page.get_by_role("link", name="Samvær på dagtid"))
    return texts(page, ".meter-numbers dd")


def close(olav: Page) -> None:
    """The gym is closed on one of the days."""
    olav.goto("/venues/oren-flerbrukshall")
    follow(olav.get_by_role("link", name="Stengninger"))
    olav.get_by_label("Fra").fill("2026-10-20T06:00")
    olav.get_by_label("Til").fill("2026-10-21T06:00")
    olav.get_by_label("Grunn").fill("Vannlekkasje")
    follow(olav.get_by_role("button", name="Steng", exact=True))
    follow(olav.get_by_role("button", name="Steng, og gi dem tilbud om noe annet"))


def award(kari: Page) -> None:
    """A grant for rent, that asks for a report."""
    kari.goto("/grants/schemes/new")
    kari.get_by_label("Navn").fill("Leie til trening")
    kari.get_by_label("Tilskudd til leie").check()
    kari.get_by_label("Frist for rapport i dager").fill("60")
    press(kari, "Lag ordningen")
    kari.goto("/grants/new")
    kari.get_by_label("Hvilken organisasjon?").fill("vårsol")
    follow(kari.locator("main").get_by_role("button", name="Søk"))
    follow(kari.get_by_role("link", name=f"Velg {NAME}"))
    kari.get_by_label("Ordning").select_option("Leie til trening")
    kari.get_by_label("Vedtaket").fill("Innvilget.")
    follow(kari.get_by_role("button", name="Registrer tilskuddet"))


def renew(kari: Page) -> str:
    """Next year's agreement goes on from this one."""
    kari.goto("/agreements")
    follow(kari.get_by_role("link", name="Samvær på dagtid"))
    follow(kari.get_by_role("link", name="Forny for neste periode"))
    assert kari.get_by_label("Første dag").input_value() == "2027-09-01"
    return press(kari, "Lag avtalen")


def report(nora: Page) -> tuple[list[str], str]:
    nora.goto("/support")
    follow(nora.locator("section[aria-labelledby=reports]").get_by_role("link", name="Leie til trening"))
    filled = texts(nora, "section[aria-labelledby=measured] dd")
    nora.get_by_label("Hva tilskuddet gikk til").fill("Trim hver tirsdag.")
    return filled, press(nora, "Send rapporten")
