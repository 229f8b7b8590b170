"""An officer tries a request on a draft: the draft's answer in its layers beside the published one, and nothing is written."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.models import Booking
from policies.models import PolicyDraft
from tests.accounts.conftest import Visitor
from tests.policies.test_pages import text_of

GYM = "/policies/rooms/oren-flerbrukshall/gymsal-1"
MUNICIPALITY = "/policies/municipality"
REASON = {"reason.nb": "Slik er det.", "reason.nn": "Slik er det.", "reason.en": "So it is."}
UNKNOWN = (
    "Vi vet ikke hvor mange rommet er godkjent for. Dere er 18. Rommet har ikke plass til flere enn det er godkjent for."
    " advarsel Grunnregel: Hvor mange (baseline-capacity)"
)
ASKED = {
    "room": "oren-flerbrukshall/gymsal-1",
    "date": "2026-09-15",
    "from": "18:00",
    "to": "20:00",
    "applicant": "organisation",
    "activity": "sport.training",
    "participants.6-12": "18",
}


@pytest.fixture
def kari(visit: Callable[..., Visitor]) -> Visitor:
    return visit("kari")


def draft_with(visitor: Visitor, place: str, kind: str, **fields: str) -> None:
    """Begin a draft of the place with one more rule in it."""
    visitor.post(f"{place}/draft", form_on=place)
    new = f"{place}/draft/rules/new"
    added = visitor.post(new, form_on=f"{new}?kind={kind}", kind=kind, version="1", id="ny", **REASON, **fields)
    assert added.status_code == 303, text_of(added.text)


def answers(visitor: Visitor, place: str, **changes: Any) -> list[str]:
    """What draft and published policy say of the usual request with what is changed of it."""
    page = visitor.get(f"{place}/draft/try?{urlencode(ASKED | changes)}").text
    return [text_of(one).strip() for one in re.findall(r'<section class="answer".*?</section>', page, re.DOTALL)]


def test_a_draft_is_judged_in_its_layers_beside_what_is_published(kari: Visitor) -> None:
    draft_with(kari, GYM, "length", at_most="60", effect="refuse", **{"source.paragraph": "§ 4"})

    drafted, published = answers(kari, GYM)

    assert drafted == (
        "Med utkastet Avslås 2 timer er for lenge. Book høyst 1 time. Slik er det. (§ 4) avslår Utkastet: Hvor lenge (ny)"
        f" {UNKNOWN} I stedet: tir. 15. sep. 18:00–19:00"
        " Pris 800 kr 2 timer, 400 kr per time: 800 kr prisliste 2026"
    )
    assert published == (f"Slik det er publisert Godtas med en gang {UNKNOWN} Pris 800 kr 2 timer, 400 kr per time: 800 kr prisliste 2026")


def test_a_way_out_is_the_same_try_at_that_time(kari: Visitor) -> None:
    draft_with(kari, GYM, "length", at_most="60", effect="refuse")
    page = kari.get(f"{GYM}/draft/try?{urlencode(ASKED)}").text

    (way,) = re.findall(r'href="([^"]+)">tir. 15. sep. 18:00–19:00', page)

    assert "Med utkastet Godtas med en gang" in text_of(kari.get(way.replace("&amp;", "&")).text)


def test_who_asks_what_they_used_and_when_they_ask_count(kari: Visitor) -> None:
    draft_with(kari, MUNICIPALITY, "quota", minutes="600", period="week", per="holder", effect="refuse")

    within, beyond = answers(kari, MUNICIPALITY, used="8")[0], answers(kari, MUNICIPALITY, used="9")[0]
    private = answers(kari, MUNICIPALITY, applicant="person", asked="2026-09-14", asked_at="10:00")[0]

    assert within.startswith("Med utkastet Godtas med en gang")
    assert "det er bare 1 time igjen av kvoten. Slik er det. avslår Utkastet: Hvor mye hver kan bruke (ny)" in beyond
    assert "Avgjøres av Saksbehandler, innen 16. september 2026 kl. 15:30. Tiden holdes av til dere i 2 dager." in private
    assert "må vurderes" not in within


def test_what_is_known_of_the_applicant_counts(kari: Visitor) -> None:
    draft_with(
        kari, MUNICIPALITY, "eligibility", registered="yes", **{"any_status[]": "leie-a", "age.comparator": "at-least", "age.years": "18"}
    )

    nothing = answers(kari, MUNICIPALITY)[0]
    everything = answers(kari, MUNICIPALITY, registered="yes", statuses="leie-a, leie-b", age="18")[0]

    assert nothing.count("(ny)") == 3
    assert everything.startswith(f"Med utkastet Godtas med en gang {UNKNOWN}")


@pytest.mark.parametrize(
    ("changes", "faulty"),
    [
        ({"date": "2026-02-30", "age": "gammel"}, {"date", "age"}),
        ({"from": "20:00", "to": "18:00"}, {"to"}),
        ({"participants.6-12": "-1"}, {"participants.6-12"}),
        ({"applicant": "martian"}, {"applicant"}),
        ({"room": "oren-flerbrukshall/gymsal-2"}, {"room"}),
        ({"asked": "2026-03-29", "asked_at": "02:30"}, {"asked"}),
    ],
)
def test_what_cannot_be_tried_is_told_at_its_input(kari: Visitor, changes: dict[str, str], faulty: set[str]) -> None:
    kari.post(f"{GYM}/draft", form_on=GYM)

    page = kari.get(f"{GYM}/draft/try?{urlencode(ASKED | changes)}")

    assert (page.status_code, set(re.findall(r'<div id="error-([^"]+)"', page.text))) == (422, faulty)


def test_only_officers_try_and_nothing_is_written(app: Flask, visit: Callable[..., Visitor], kari: Visitor) -> None:
    draft_with(kari, GYM, "length", at_most="60")
    address = f"{GYM}/draft/try?{urlencode(ASKED)}"

    heard = [visit(name).get(address).status_code for name in ("", "berit", "olav", "kari")]

    assert heard == [401, 403, 403, 200]
    with Session(app.extensions["database"].engine) as session:
        assert session.scalars(select(Booking)).all() == []
        assert session.scalars(select(PolicyDraft.version)).all() == [2]


def test_the_rooms_offered_are_those_of_the_place(kari: Visitor) -> None:
    kari.post(f"{GYM}/draft", form_on=GYM)
    kari.post(f"{MUNICIPALITY}/draft", form_on=MUNICIPALITY)

    offered = [re.findall(r'<option value="(oren[^"]+)"', kari.get(f"{place}/draft/try").text) for place in (GYM, MUNICIPALITY)]

    assert offered == [
        ["oren-flerbrukshall/gymsal-1"],
        ["oren-flerbrukshall/gymsal-1", "oren-flerbrukshall/gymsal-2", "oren-flerbrukshall/hel-hall"],
    ]


def test_an_exception_is_tried_from_the_objection_it_is_about(kari: Visitor) -> None:
    draft_with(kari, GYM, "length", at_most="60", effect="refuse", **{"waiver.by": "officer"})
    page = kari.get(f"{GYM}/draft/try?{urlencode(ASKED)}").text
    (ask,) = re.findall(r'href="([^"]+)">Prøv med unntak<', page)

    asked = kari.get(ask.replace("&amp;", "&")).text

    assert "Med utkastet Avslås" in text_of(page)
    assert "Unntak kan gis av saksbehandler." in text_of(page)
    assert "Med utkastet Må vurderes" in text_of(asked)
    assert "Det er bedt om unntak. Det avgjøres av saksbehandler." in text_of(asked)
    assert re.findall(r'<input[^>]*name="exceptions" value="(\w+)" checked', asked) == ["ny"]


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("access", {"means": "key", "deposit": "2 000 kr"}, "Adgang Nøkkel, fra 15. september 2026 kl. 18:00 til"),
        ("access", {"means": "key", "deposit": "2 000 kr"}, "Depositum: 2 000 kr."),
        ("complaint", {"days": "21", "body.nb": "formannskapet"}, "Klage innen 21 dager, til formannskapet"),
        (
            "no_show",
            {"times": "3", "charged_percent": "50", "release_hours": "24"},
            "Hvis ingen kommer Det koster 50 % av full pris. Etter 3 ganger",
        ),
    ],
)
def test_what_comes_with_a_booking_is_told(kari: Visitor, kind: str, fields: dict[str, str], said: str) -> None:
    draft_with(kari, GYM, kind, **fields)

    assert said in answers(kari, GYM)[0].replace("\u00a0", " ")
