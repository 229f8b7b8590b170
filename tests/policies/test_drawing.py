"""A kind of rule that nobody has seen: its form is drawn from its class and read back, its faults come back, it is told."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

import pytest
from flask import Flask, get_template_attribute
from pydantic import Field

from accounts.identity import ApplicantClass
from database.transact import Database
from policies import library
from policies.drafting import given, rule_of, shown
from policies.drawing import Around, drawn, left_out
from policies.entered import entered
from policies.kinds import FRAME, KNOWN, by_heading
from policies.rules.base import Band, Clock, Consequence, Count, Minutes, Model, Rule, Scope, Season, Slug, Span, Text, Weekday
from policies.shapes import READ, Shape, Sort, shapes
from policies.told import told_rule
from policies.values import scope_words
from policies.verdict import Reason
from tests.accounts.conftest import Visitor
from tests.policies.conftest import DRAFT
from tests.policies.forms import standing_in
from tests.policies.test_drafting import form
from web.forms import Form


class Weather(StrEnum):
    DRY = "dry"
    ANY_WEATHER = "any-weather"


class Prize(Scope):
    """A row that is limited as a price is."""

    name: Text = Field(title="Premie")
    ore: Annotated[int, Field(ge=0)]
    outcome: Consequence = Consequence.WARN


class Round(Model):
    """A row with rows of its own."""

    day: date
    prizes: tuple[Prize, ...] = ()


class Lottery(Rule):
    """Lots are drawn: one field of every sort that a rule can have."""

    called: ClassVar[str] = "Loddtrekning"
    heading: ClassVar[str] = "Når"

    kind: Literal["lottery"] = "lottery"
    draws_on: date = Field(title="Trekkes", description="Dagen det trekkes lodd.")
    closes: Clock = Field(title="Siste frist")
    ore: Count = Field(0, title="Innskudd")
    lots: Count = Field(title="Antall lodd")
    wait: Minutes | None = Field(None, title="Pause")
    for_whom: tuple[ApplicantClass, ...] = Field((), title="For")
    weekdays: tuple[Weekday, ...] = ()
    weather: Weather = Field(title="Vær")
    outcome: Consequence = Field(Consequence.REFUSE, title="Den som ikke trekkes")
    is_open: bool = Field(False, title="Åpen trekning")
    insured: bool | None = Field(None, title="Forsikret")
    lists: tuple[Slug, ...] = Field((), title="Lister")
    words: Reason = Field(Reason(), title="Beskjed")
    season: Season | None = None
    between: Band | None = None
    notice: Span = Field(title="Varsel")
    except_for: Scope = Field(Scope(), title="Unntatt")
    rounds: tuple[Round, ...] = Field((), title="Runder")
    odds: dict[str, int] = Field({}, title="Odds")


LOTTERY: dict[str, Any] = {
    "kind": "lottery",
    "id": "lodd",
    "reason": {"nb": "Alle har lik sjanse.", "nn": "", "en": ""},
    "draws_on": "2026-10-01",
    "closes": "24:00",
    "ore": 5050,
    "lots": 3,
    "wait": 90,
    "for_whom": ["group", "person"],
    "weekdays": [6, 7],
    "weather": "any-weather",
    "insured": False,
    "lists": ["a", "b-2"],
    "words": {"nb": "Lykke til", "nn": "", "en": "Good luck"},
    "season": {"first": "11-01", "last": "04-30"},
    "between": {"start": "08:00", "end": "16:00"},
    "notice": {"amount": 2, "unit": "working-days"},
    "except_for": {"room_kinds": ["gym", "en helt egen type"], "commercial": True},
    "rounds": [
        {
            "day": "2026-10-01",
            "prizes": [{"name": "Ball", "ore": 19900, "weekdays": [1]}, {"name": "Vaffel", "ore": 0, "outcome": "allow"}],
        },
        {"day": "2026-11-01"},
    ],
    "odds": {"en": 1},
}
TOLD = (
    "Trekkes: 1. oktober 2026.",
    "Siste frist: 24:00.",
    "Innskudd: 50,50 kr.",
    "Antall lodd: 3.",
    "Pause: 1 time 30 minutter.",
    "For: Gruppe uten organisasjonsnummer og Privatperson.",
    "Dager: lørdag og søndag.",
    "Vær: Any weather.",
    "Den som ikke trekkes avslås.",
    "Åpen trekning: Nei.",
    "Forsikret: Nei.",
    "Lister: a og b-2.",
    "Beskjed: Lykke til.",
    "Hvert år: 1. november til 30. april.",
    "Klokkeslett: 08:00–16:00.",
    "Varsel: 2 virkedager.",
    "Unntatt: gymsal og en helt egen type, kommersiell bruk.",
    "Runder: day: 1. oktober 2026: mandag, premie: Ball, kroner: 199 kr, outcome: godtas med en advarsel;"
    " day: 1. oktober 2026: premie: Vaffel, kroner: 0 kr, outcome: er greit; day: 1. november 2026.",
    "Odds: {'en': 1}.",
)


@pytest.fixture
def lottery(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """The made-up kind in the catalogue, and a rule of it."""
    monkeypatch.setitem(KNOWN, "lottery", Lottery)
    return rule_of(LOTTERY)


def test_its_form_is_drawn_and_read_back_unchanged(drafting: Visitor, lottery: Rule) -> None:
    token = standing_in(drafting.get(DRAFT).text)["csrf_token"]
    sent = form(
        shown(entered(Lottery, lottery.model_dump(mode="json", exclude_none=True))) | {"version": 1, "more": "yes", "csrf_token": token}
    )

    page = drafting.client.post(f"{DRAFT}/rules/new", data=sent, headers={"Referer": f"http://localhost{DRAFT}"})

    assert page.status_code == 200
    assert '<h1 class="ds-heading" data-size="lg">Loddtrekning</h1>' in page.text
    assert rule_of(given(standing_in(page.text))) == lottery


def test_its_new_form_holds_what_the_class_says_by_itself(drafting: Visitor, lottery: Rule) -> None:
    page = drafting.get(f"{DRAFT}/rules/new?kind=lottery").text

    assert given(standing_in(page)) == {
        "kind": "lottery",
        "id": "lottery",
        "outcome": "refuse",
        "ore": "0",
        "notice": {"unit": "hours"},
    }


def test_its_faults_come_back_at_its_inputs(drafting: Visitor, lottery: Rule, house: Database) -> None:
    wrong = {
        "closes": "25:00",
        "ore": "gratis",
        "weather": "snow",
        "between.start": "18:00",
        "between.end": "17:00",
        "lists[]": "Ikke Slik",
        "rounds[0].prizes[0].name": "Ball",
        "rounds[0].prizes[0].ore": "-1",
        "season.first": "02-30",
        "notice.amount": "to",
    }

    page = drafting.post(f"{DRAFT}/rules/new", form_on=f"{DRAFT}/rules/new?kind=lottery", kind="lottery", id="lodd", version="1", **wrong)

    faulty = set(re.findall(r'<div id="error-([^"]+)"', page.text))
    told = set(re.findall(r'href="#field-([^"]+)"', page.text.replace("%5B", "[").replace("%5D", "]")))
    assert page.status_code == 422
    assert faulty == told
    assert faulty == {
        *("draws_on", "closes", "ore", "lots", "weather", "between.end", "lists[]", "notice.amount", "notice.unit"),
        *("rounds[0].day", "rounds[0].prizes[0].ore", "season.first", "season.last"),
    }


def test_it_is_told_field_by_field_under_the_heading_it_names(app: Flask, lottery: Rule) -> None:
    with app.test_request_context("/"):
        found = told_rule(lottery)

    assert found.sentences == TOLD
    assert dict(by_heading())["Når"][-1] == "lottery"


@pytest.mark.parametrize("kind", KNOWN.values())
def test_what_may_be_nothing_is_nothing_by_default_for_documents_leave_it_out(kind: type[Any]) -> None:
    assert [shape.name for shape in every_shape(kind) if shape.is_optional and shape.default is not None] == []


def every_shape(model: type[Any]) -> Iterator[Shape]:
    """The fields of a class and of all that it is made of."""
    for shape in shapes(model):
        yield shape
        if shape.of:
            yield from every_shape(shape.of)


@pytest.mark.parametrize("name", library.names())
def test_every_rule_of_the_library_is_drawn_from_its_class_and_read_back(app: Flask, name: str) -> None:
    rules = [one for document in library.read(name) for one in document.rules]

    with app.test_request_context("/"):
        macro = get_template_attribute("policies/_drawn.html", "drawn")
        pages = []
        for one in rules:
            data = entered(type(one), one.model_dump(mode="json", exclude_none=True))
            pages.append(str(macro(Form(shown(data)), drawn(type(one), data, Around({}), but=FRAME - {"reason", "source", "id", "scope"}))))

    back = [rule_of(given(standing_in(page)) | {"kind": one.kind}) for one, page in zip(rules, pages, strict=True)]
    assert [unordered(one.model_dump(mode="json")) for one in back] == [unordered(one.model_dump(mode="json")) for one in rules]


def unordered(data: Any) -> Any:
    """The data with words in one order: boxes that are ticked have none."""
    if isinstance(data, dict):
        return {name: unordered(value) for name, value in data.items()}
    if isinstance(data, list):
        return sorted(data) if all(isinstance(item, str) for item in data) else [unordered(item) for item in data]
    return data


@pytest.mark.parametrize("kind", ["length", "price"])
def test_a_limit_that_comes_later_stands_in_every_form_and_is_told(drafting: Visitor, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    later = Shape("by_weather", Sort.CHOICE, choices=tuple(Weather), is_many=True, title="Bare i dette været")
    monkeypatch.setitem(READ, Scope, (*shapes(Scope), later))
    monkeypatch.setattr(Scope, "by_weather", (Weather.DRY,), raising=False)

    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', drafting.get(f"{DRAFT}/rules/new?kind={kind}").text)
    with drafting.client.application.test_request_context("/"):
        words = scope_words(Scope(alcohol=True))

    assert names.count("scope.by_weather[]") == len(Weather)
    assert sorted(name for name in set(names) if name.startswith("scope.") and names.count(name) > 1 and not name.endswith("[]")) == []
    assert words == ("med alkohol", "bare i dette været: Dry")


def test_what_a_form_made_by_hand_does_not_have_is_drawn_after_it(app: Flask) -> None:
    with app.test_request_context("/"):
        inputs = drawn(Lottery, {}, Around({}), but=FRAME)
        left = left_out(
            inputs, '<input name="draws_on"><select name="notice.unit"></select><input name="rounds[0].day"><input name="lists[]">'
        )

    names = [one.name for one in left]
    assert {"draws_on", "rounds", "lists[]"}.isdisjoint(names)
    assert [part.name for one in left if one.name == "notice" for part in one.parts] == ["notice.amount"]
