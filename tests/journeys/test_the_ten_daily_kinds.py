"""An officer writes, changes and tries a rule of each of the ten kinds used daily, in forms alone, and reads it in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.booking.conftest import Hall
from tests.journeys.conftest import Open, follow, texts

pytestmark = pytest.mark.browser
GYM = "/policies/rooms/oren-flerbrukshall/gymsal-1"
ASKED = {"room": "oren-flerbrukshall/gymsal-1", "date": "2026-10-13", "from": "18:00", "to": "20:00", "applicant": "organisation"}
ASKED |= {"activity": "sport.training", "participants.6-12": "18", "age": "40"}
# What none of the other rules refuses.
ALLOWED = {"date": "2026-09-16", "from": "17:00", "to": "18:00", "participants.6-12": "5", "asked": "2026-09-01"}
Fill = Callable[[Locator], None]


@dataclass(frozen=True, slots=True)
class Daily:
    """A kind: how its form is filled in and changed, the request that meets it, and what the tester then says of it."""

    kind: str
    write: Fill
    change: Fill
    asked: dict[str, str]
    says: str


def fills(**values: str) -> Fill:
    """Fills in what stands under these labels; an underscore is a space, what is offered as a choice is chosen."""

    def fill(form: Locator) -> None:
        for label, value in values.items():
            found = form.get_by_label(re.compile(rf"^{re.escape(label.replace('_', ' '))}( \(valgfritt\))?$")).first
            if found.evaluate("field => field.tagName") == "SELECT":
                found.select_option(label=value)
            else:
                found.fill(value)

    return fill


def ticks(group: str, label: str) -> Fill:
    return lambda form: form.get_by_role("group", name=group).get_by_label(label, exact=True).check()


def route(form: Locator) -> None:
    form.get_by_label("Noen avgjør").check()
    fills(Svar_innen="2")(form)
    form.locator("[name='promise.unit']").select_option(label="virkedager")


def prices(form: Locator) -> None:
    fills(Navn_på_prislista="2026", For_bruk_fra="2026-01-01", Prisklasse="Full pris", Kroner="500")(
        form.locator("details:not(.assignment)")
    )


DAILY = [
    Daily(
        "eligibility", fills(Den_som_booker_må_være="minst", år="18"), fills(år="21"), {"age": "20"}, "Den som booker må være minst 21 år."
    ),
    Daily(
        "purpose",
        ticks("Kan ikke brukes til", "Fest og selskap"),
        fills(Alkohol="avslås"),
        {"alcohol": "yes"},
        "Det er ikke lov med alkohol i rommet.",
    ),
    Daily(
        "opening",
        fills(Bare_fra_klokka="16:00", til_klokka="21:00"),
        fills(til_klokka="19:30"),
        {},
        "20:00 er for sent. Rommet kan brukes 16:00–19:30.",
    ),
    Daily(
        "lead_time",
        fills(så_lenge_før="7", Enhet="dager"),
        fills(så_lenge_før="14"),
        {"date": "2026-09-10"},
        "Det er for kort tid til. Book til 15. september 2026 kl. 00:00 eller senere.",
    ),
    Daily(
        "horizon",
        fills(så_langt_fram="3", Enhet="måneder"),
        fills(så_langt_fram="1"),
        {},
        "Det er for lenge til. Siste dag som kan bookes nå er 1. oktober 2026.",
    ),
    Daily(
        "length",
        fills(**{"Høyst_(minutter)": "180"}),
        fills(**{"Høyst_(minutter)": "90"}),
        {},
        "2 timer er for lenge. Book høyst 1 time 30 minutter.",
    ),
    Daily("capacity", fills(Høyst_så_mange="20"), fills(Høyst_så_mange="10"), {}, "Dere er 18, men rommet er godkjent for 10."),
    Daily(
        "quota",
        fills(så_mange_minutter="600", i_hvert_tidsrom="per uke"),
        fills(så_mange_minutter="300"),
        {"used": "4"},
        "Bookingen er på 2 timer, men det er bare 1 time igjen av kvoten.",
    ),
    Daily("decision_route", route, fills(Svar_innen="3"), ALLOWED, "Saksbehandler, innen 4. september 2026 kl. 15:30."),
    Daily("price", prices, fills(Kroner="650"), {}, "2 timer, 650 kr per time: 1 300 kr prisliste 2026"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_rule_of_each_daily_kind_is_written_changed_and_tried(open_browser: Open, hall: Hall) -> None:
    kari = open_browser("kari")
    kari.goto(GYM)
    follow(kari.get_by_role("button", name="Skriv en egen retningslinje"))

    for daily in DAILY:
        write(kari, daily)
    follow(kari.get_by_role("link", name="Prøv en forespørsel").first)
    by_hand = tried_by_hand(kari)
    kari.goto(kari.url)
    again = texts(kari, ".answer .outcome")
    said = {daily.kind: tried(kari, daily) for daily in DAILY}

    assert by_hand == again == ["Må vurderes", "Godtas med en gang"]
    assert {daily.kind: said[daily.kind] for daily in DAILY if daily.says not in said[daily.kind]} == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("script", [True, False])
def test_the_words_of_a_rule_follow_what_is_typed_and_without_script_come_by_a_button(open_browser: Open, hall: Hall, script: bool) -> None:
    kari = open_browser("kari", script=script)
    kari.goto(GYM)
    follow(kari.get_by_role("button", name="Skriv en egen retningslinje"))
    kari.goto(f"{GYM}/draft/rules/new?kind=length")

    kari.get_by_label("Høyst (minutter)").fill("90")
    if not script:
        follow(kari.get_by_role("button", name="Se regelen i ord"))

    expect(kari.get_by_role("status").filter(has_text="tallene i regelen")).to_contain_text("Høyst 1 time 30 minutter.")


def write(page: Page, daily: Daily) -> None:
    """Add the rule to the draft, and change it there."""
    page.get_by_label("Ny regel om").select_option(daily.kind)
    follow(page.get_by_role("button", name="Legg til regel"))
    daily.write(page.locator("main form"))
    page.get_by_role("group", name="Begrunnelse som søkeren ser").get_by_label("Bokmål").fill("Slik er det.")
    follow(page.get_by_role("button", name="Lagre i utkastet"))
    follow(page.get_by_role("link", name=f"({daily.kind.replace('_', '-')})"))
    daily.change(page.locator("main form"))
    follow(page.get_by_role("button", name="Lagre i utkastet"))


def tried(page: Page, daily: Daily) -> str:
    """What the draft says of a request that meets the rule."""
    page.goto(f"{GYM}/draft/try?{urlencode(ASKED | daily.asked)}")
    return texts(page, ".answer")[0].replace("\u00a0", " ")


def tried_by_hand(page: Page) -> list[str]:
    """The outcomes under draft and published policy of a request that is typed into the form."""
    form = page.locator("main form")
    fills(Rom="Øren flerbrukshall, Gymsal 1", Dato="2026-09-16", Fra="17:00", Til="18:00", Søker="Frivillig organisasjon")(form)
    fills(Type_aktivitet="Trening")(form)
    form.get_by_label("20–66 år").fill("5")
    follow(form.get_by_role("button", name="Prøv"))
    return texts(page, ".answer .outcome")
