"""Rules in plain words: every kind says itself, for whom and when, in three languages."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from policies import labels
from policies.kinds import KNOWN, OTHERWISE, by_heading, heading_of
from policies.rules import KINDS
from policies.rules.tariff import PriceRule
from policies.shapes import shapes
from policies.taxonomy import Activity
from policies.titles import title
from policies.told import told_document
from policies.values import scope_words as limits
from policies.words import sentences
from policies.words.tellers import TELLERS
from tests.policies.examples import REASON, document, rule


@pytest.fixture
def database_url() -> str:
    """Nobody asks a database for words."""
    return "sqlite:///unused"


def said(app: Flask, given: dict[str, Any], language: str = "nb") -> str:
    with app.test_request_context(f"/?lang={language}"):
        return " ".join(sentences(document(given).rules[0]))


def test_every_kind_has_a_name_and_a_heading_of_its_own() -> None:
    named = {word for word, kind in KNOWN.items() if getattr(kind, "called", "")}

    assert named == {word for word in KNOWN if heading_of(word) != OTHERWISE} == set(KNOWN)
    assert sorted(word for _heading, words in by_heading() for word in words) == sorted(KNOWN)
    assert set(labels.ACTIVITIES) == set(Activity)


@pytest.mark.parametrize("kind", KNOWN)
def test_no_field_and_no_choice_of_a_kind_goes_by_its_name_in_the_code(app: Flask, kind: str) -> None:
    with app.test_request_context("/"):
        bare = sorted(set(nameless(KNOWN[kind])))

    assert bare == []


def nameless(model: type[Any]) -> Iterator[str]:
    """The fields and choices of a class, and of what it is made of, for which there are no words."""
    for shape in shapes(model):
        if shape.name == "kind":
            continue
        if not shape.title and title(model, shape) == labels.readable(shape.name):
            yield f"{model.__name__}.{shape.name}"
        yield from (f"{shape.name}: {one}" for one in shape.choices if one not in labels.CHOICES.get(type(one), {}))
        if shape.of:
            yield from nameless(shape.of)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            rule("eligibility", allowed=["organisation", "group"]),
            "Kan bookes av frivillig organisasjon eller gruppe uten organisasjonsnummer.",
        ),
        (rule("eligibility", age={"comparator": "over", "years": 17}), "Den som booker må ha fylt 18 år."),
        (rule("eligibility", age={"comparator": "under", "years": 20}), "Den som booker må være under 20 år."),
        (
            rule("eligibility", registered=True, local=True),
            "Organisasjonen må stå i Frivillighetsregisteret. Bare for dem som hører til i kommunen.",
        ),
        (rule("purpose", forbidden=["celebration"], alcohol="refuse"), "Ikke til fest og selskap. Alkohol avslås."),
        (
            rule("opening", school_break="refuse", public_holiday="allow"),
            "Bare når rommet er åpent. Tid som er åpen etter avtale må vurderes av en saksbehandler. Bruk i skoleferier avslås."
            " Bruk når vi ikke kjenner åpningstiden må vurderes av en saksbehandler.",
        ),
        (rule("lead_time", notice={"amount": 14, "unit": "days"}), "Man må be om det minst 14 dager før."),
        (rule("lead_time", notice={"amount": 1, "unit": "weeks"}, comparator="over"), "Man må be om det mer enn 1 uke før."),
        (rule("horizon", ahead={"amount": 6, "unit": "months"}), "Man kan booke høyst 6 måneder fram."),
        (rule("length", at_least=90, at_most=240), "Minst 1 time 30 minutter. Høyst 4 timer."),
        (rule("length", at_most=60, effect="warn"), "Høyst 1 time. Ellers godtas bookingen med en advarsel."),
        (rule("grid", minutes=60), "Begynner og slutter på hele timer."),
        (rule("quota", period="week", minutes=600), "Høyst 10 timer per uke for hver organisasjon eller person."),
        (rule("buffers", before=15, after=30), "15 minutter før er satt av til klargjøring. 30 minutter etter er satt av til rydding."),
        (rule("decision_route", route="at-once"), "Man får svar med én gang."),
        (
            rule("eligibility", any_status=["main-club", "may17-committee"]),
            "Bare for dem kommunen har registrert som hovedlag eller «may17 committee».",
        ),
        (
            rule("prime_time", hours=[{"weekdays": [1, 2], "between": {"start": "16:00", "end": "19:00"}, "ages": {"last": 19}}]),
            "Tiden mandag og tirsdag kl. 16:00–19:00 er for dem som er under 20 år. Ønsker fra andre om denne tiden avslås.",
        ),
        (
            rule("surcharge", title=REASON | {"nb": "Helg"}, operation="percent", percent=25),
            "Helg: 25 % i tillegg.",
        ),
        (
            rule("cancellation", steps=[{"days": 1, "percent": 100}, {"days": 14, "percent": 50}]),
            "Den som avlyser, betaler 50 % av prisen senere enn 14 dager før og hele prisen senere enn 1 dag før.",
        ),
        (
            rule("no_show", charged_percent=100, release_hours=24, times=2, months=6, hearing_days=0, effect="refuse"),
            "Kommer ingen, koster det full pris. Avlyses det senere enn 24 timer før det begynner, regnes det som om ingen kom."
            " Har ingen kommet 2 ganger i løpet av 6 måneder, avslås nye bookinger.",
        ),
        (rule("access", means="key", deposit=200000), "Man kommer inn med nøkkel. Depositum: 2 000 kr."),
        (
            rule("responsible", number=2, least_age=21, waiver=None),
            "Minst 2 voksne som har fylt 21 år, skal være til stede og navngis før noen slippes inn.",
        ),
        (
            rule("length", at_most=360, waiver={"by": "officer"}),
            "Høyst 6 timer. Saksbehandler kan gjøre unntak.",
        ),
        (
            rule("decision_route", route="by-role", title=REASON | {"nb": "skolen"}, promise={"amount": 2, "unit": "working-days"}),
            "Det er skolen som svarer. Svaret kommer innen 2 virkedager. Tiden holdes ikke av mens man venter."
            " Det som begynner før svaret kan komme, godtas med en advarsel.",
        ),
    ],
)
def test_a_rule_says_what_it_does(app: Flask, given: dict[str, Any], words: str) -> None:
    assert said(app, given).replace("\N{NO-BREAK SPACE}", " ") == words


def test_every_kind_of_the_catalogue_is_told_in_sentences_of_its_own() -> None:
    assert {*TELLERS, PriceRule} >= set(KINDS)


def test_a_scope_says_whom_what_and_when(app: Flask) -> None:
    scope = {"applicants": ["person"], "activities": ["sport"], "weekdays": [6, 7], "between": {"start": "16:00", "end": "24:00"}}
    scope |= {"season": {"first": "11-01", "last": "04-30"}, "day_classes": ["school-break"], "alcohol": True, "local": False}
    scope |= {"ages": {"last": 19}, "heads": {"first": 50}, "outside": [{"weekdays": [7], "between": {"start": "20:00", "end": "24:00"}}]}

    with app.test_request_context("/"):
        found = limits(document(rule("grid", minutes=15, scope=scope)).rules[0].scope)

    assert found == (
        "privatperson",
        "utenfra kommunen",
        "minst 50 deltakere",
        "der alle er under 20 år",
        "idrett",
        "med alkohol",
        "lørdag og søndag",
        "kl. 16:00–24:00",
        "skoleferier",
        "1. november til 30. april",
        "utenom søndag kl. 20:00–24:00",
    )


def test_prices_are_told_by_the_names_of_their_classes(app: Flask) -> None:
    rows = [{"price_class": "list", "ore": 114500}, {"price_class": "free", "ore": 0, "weekdays": [1, 2, 3, 4, 5]}]
    lists = [
        {"version": "2025", "first": "2025-01-01", "rows": rows},
        {"version": "2020", "first": "2020-01-01", "last": "2020-12-31", "rows": rows},
    ]
    prices = rule("price", assignments=[{"applicants": ["organisation"], "price_class": "free"}, {"price_class": "list"}], tariffs=lists)
    given = document(prices, price_classes={"free": {"nb": "Gratis for lag", "nn": "", "en": "Free"}})

    with app.test_request_context("/"):
        (price,) = told_document(given, date(2026, 1, 1)).prices

    assert [tariff.version for tariff in price.tariffs] == ["2025"]
    assert [(row.name, row.terms, row.ore, row.unit) for row in price.tariffs[0].rows] == [
        ("Full pris", ("alle andre",), 114500, "per time"),
        ("Gratis for lag", ("mandag–fredag", "frivillig organisasjon"), 0, "per time"),
    ]
    assert price.rule.sentences[0] == "Frivillig organisasjon: prisklasse Gratis for lag."


@pytest.mark.parametrize("language", ["nn", "en"])
def test_rules_speak_the_language_asked_for(app: Flask, language: str) -> None:
    assert said(app, rule("grid", minutes=60), language) != said(app, rule("grid", minutes=60))
