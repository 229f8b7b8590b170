"""Compared: what was and what is, field by field and in words."""

from typing import Any

import pytest
from flask import Flask

from policies.compared import FieldChange, compared
from policies.document import Document
from tests.policies.examples import REASON, at_once, document, rule

PRICES = [
    {"price_class": "list", "ore": 40000},
    {"price_class": "list", "ore": 60000, "weekdays": [6, 7]},
    {"price_class": "free", "ore": 0, "applicants": ["organisation"]},
]


@pytest.fixture
def database_url() -> str:
    """Nobody asks a database for words."""
    return "sqlite:///unused"


def priced(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return rule("price", tariffs=[{"version": "2026", "first": "2026-01-01", "rows": rows}])


def changes(app: Flask, old: Document, new: Document) -> list[tuple[str, list[FieldChange]]]:
    with app.test_request_context("/"):
        return [(f"{one.change} {one.told.id}", list(one.fields)) for one in compared(old, new).rules]


def test_a_changed_rule_says_what_was_and_what_is_of_each_field(app: Flask) -> None:
    old = document(
        at_once(),
        rule("length", at_least=30, at_most=120, scope={"applicants": ["person"], "weekdays": [6, 7]}),
        rule("capacity", unknown_heads="warn"),
    )
    new = document(
        at_once(),
        rule("length", at_most=240, scope={"applicants": ["person"]}, reason=REASON | {"nb": "Flere vil øve."}, valid_from="2027-01-01"),
        rule("capacity", unknown_heads="refuse"),
    )

    assert changes(app, old, new) == [
        (
            "changed length",
            [
                FieldChange("Hvem, hva og når regelen gjelder", ("lørdag og søndag",), ()),
                FieldChange("Begrunnelse (bokmål)", ("Slik er det.",), ("Flere vil øve.",)),
                FieldChange("Gjelder fra", (), ("1. januar 2027",)),
                FieldChange("Minst", ("30 minutter",), ()),
                FieldChange("Høyst", ("2 timer",), ("4 timer",)),
            ],
        ),
        ("changed capacity", [FieldChange("Når søkeren ikke sier hvor mange de er", ("godtas med en advarsel",), ("avslås",))]),
    ]


def test_of_a_price_list_only_the_lines_that_changed_are_told(app: Flask) -> None:
    classes = {"free": {"nb": "Gratis for lag", "nn": "", "en": ""}}
    dearer = [PRICES[0], PRICES[1] | {"ore": 65000}, PRICES[2]]

    found = changes(app, document(priced(PRICES), price_classes=classes), document(priced(dearer), price_classes=classes))

    head = "navn på prislista: 2026, for bruk fra: 1. januar 2026: lørdag og søndag, prisklasse: Full pris, enhet: per time, kroner: "
    assert found == [("changed price", [FieldChange("Prislister", (f"{head}600 kr",), (f"{head}650 kr",))])]


def test_another_order_of_what_is_tried_first_is_told_with_all_lines(app: Flask) -> None:
    assigned = [{"price_class": "list", "applicants": ["person"]}, {"price_class": "free"}]
    old, new = (document(priced(PRICES) | {"assignments": order}) for order in (assigned, assigned[::-1]))

    ((_rule, fields),) = changes(app, old, new)

    assert fields == [
        FieldChange(
            "Hvem som hører til hvilken prisklasse",
            ("privatperson, prisklasse: Full pris", "prisklasse: free"),
            ("prisklasse: free", "privatperson, prisklasse: Full pris"),
        )
    ]


def test_a_rule_of_another_kind_under_the_same_id_is_told_whole(app: Flask) -> None:
    ((_rule, fields),) = changes(app, document(rule("length", at_most=60)), document(rule("grid", id="length", minutes=60)))

    assert fields == [
        FieldChange("Hva regelen handler om", ("Hvor lenge",), ("Hvilke klokkeslett",)),
        FieldChange("Regelen", ("Høyst 1 time.",), ("Begynner og slutter på hele timer.",)),
    ]


def test_title_text_and_price_classes_are_compared_line_by_line(app: Flask) -> None:
    old = document(regulation={"text": "§ 1 Alle.\n§ 2 Gratis."}, price_classes={"free": REASON})
    new = document(
        title=REASON | {"nb": "Leie"},
        regulation={"text": "§ 1 Alle.\n§ 2 Hundre kroner.", "address": "https://eksempel.no"},
        price_classes={},
    )

    with app.test_request_context("/"):
        found = compared(old, new)
        first = compared(None, new)

    assert found.texts == (
        FieldChange("Tittel (bokmål)", ("Slik er det.",), ("Leie",)),
        FieldChange("Reglementet", ("§ 2 Gratis.",), ("§ 2 Hundre kroner.",)),
        FieldChange("Reglementets nettadresse", (), ("https://eksempel.no",)),
        FieldChange("Prisklasser", ("free: Slik er det., So it is.",), ()),
    )
    assert (first.texts, first.is_same) == ((), True)
