"""Paragraphs: a text is cut where people begin paragraphs, and each rule stands at the ones its source names."""

import pytest

from policies.document import Regulation
from policies.paragraphs import beside, named_by, paragraphs
from policies.verdict import Source
from tests.policies.examples import document, rule

LAW = """Reglement for utlån
vedtatt 1. juni 2026
§ 1 Alle kan søke.
§ 2. Åpningstid
a) hverdager 17.00 til 22.00
b) helg etter avtale
1. mai er det stengt.
Kapittel 2 Betaling
§ 3-1: Prisen er
1.095 kr per time
(1) for voksne
(2) for barn"""
LETTERS = """a. Mon-Fri
a2. Weekends
b. Periodic use"""
NUMBERS = """1 Formål
1. Hvem
1.1 Voksne
2. Hva
a. Møter"""


def cut(text: str) -> list[tuple[str, str]]:
    return [(one.name, one.text.splitlines()[0]) for one in paragraphs(text)]


def test_a_text_is_cut_at_the_lines_that_begin_a_paragraph() -> None:
    assert cut(LAW) == [
        ("", "Reglement for utlån"),
        ("§ 1", "§ 1 Alle kan søke."),
        ("§ 2", "§ 2. Åpningstid"),
        ("§ 2 a", "a) hverdager 17.00 til 22.00"),
        ("§ 2 b", "b) helg etter avtale"),
        ("Kapittel 2", "Kapittel 2 Betaling"),
        ("§ 3-1", "§ 3-1: Prisen er"),
        ("§ 3-1 1", "(1) for voksne"),
        ("§ 3-1 2", "(2) for barn"),
    ]
    assert cut(LETTERS) == [("a", "a. Mon-Fri"), ("a2", "a2. Weekends"), ("b", "b. Periodic use")]
    assert cut(NUMBERS) == [("", "1 Formål"), ("1", "1. Hvem"), ("1.1", "1.1 Voksne"), ("2", "2. Hva"), ("2 a", "a. Møter")]


@pytest.mark.parametrize("text", [LAW, LETTERS, NUMBERS, "", "\n\n", "Bare én setning.", "§\n§ x\n§ 99"])
def test_nothing_of_a_text_is_lost(text: str) -> None:
    assert "\n".join(one.text for one in paragraphs(text)) == "\n".join(line for line in text.splitlines() if line.strip())


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("§ 1", ["§ 1"]),
        ("§1 første ledd", ["§ 1"]),
        ("§ 2 bokstav b", ["§ 2 b"]),
        ("§ 2 c", ["§ 2"]),
        ("§§ 1 og 2 a", ["§ 1", "§ 2 a"]),
        ("§ 3-1, § 1", ["§ 1", "§ 3-1"]),
        ("§ 9", []),
        ("Vedtak i kommunestyret 2026", []),
        ("", []),
    ],
)
def test_a_source_names_the_most_exact_paragraphs_there_are(written: str, found: list[str]) -> None:
    assert [one.name for one in named_by(Source(written), Regulation(text=LAW))] == found


def test_paragraphs_without_a_rule_and_rules_without_a_place_are_told() -> None:
    here, elsewhere = "https://eksempel.no/reglement", "https://eksempel.no/annet"
    rules = (
        rule("length", at_most=60, source={"paragraph": "§ 1"}),
        rule("grid", minutes=30, source={"paragraph": "§ 1", "address": f"{here}#p1"}),
        rule("buffers", source={"paragraph": "§ 1", "address": elsewhere}),
        rule("capacity"),
    )
    given = document(*rules, regulation={"text": "§ 1 Kort.\n§ 2 Gratis.", "address": here})

    found = beside(given.regulation, given.rules)

    assert [(row.paragraph.name, [one.id for one in row.rules]) for row in found.rows] == [("§ 1", ["length", "grid"]), ("§ 2", [])]
    assert [one.name for one in found.bare] == ["§ 2"]
    assert [one.id for one in found.homeless] == ["buffers", "capacity"]
    assert [one.id for one in beside(None, given.rules).homeless] == ["length", "grid", "buffers", "capacity"]
