"""Every code that the program refuses with has a sentence, and every sentence gets the facts it asks for."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from flask import Flask
from flask_babel import force_locale

from kernel.errors import Fault
from web.faults import CODES, WRONG_KIND
from web.wording import SENTENCES, sentence
from web.written import written

ROOT = Path(__file__).parents[2]
SKIPPED = {"tests", "bench", "docs", "node_modules", "instance"}
MAKERS = {"refuse": 1, "Fault": 0, "PydanticCustomError": 0, "fault_in": 1, "fault_at": 1}
AGES_UNKNOWN = "Oppgi hvor mange dere er i hver aldersgruppe. Regelen gjelder dem som er 13–19 år."
# The rule is known wherever a fault is made by it.
EVERYWHERE = {"value", "field", "rule"}


def sources() -> Iterator[Path]:
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name not in SKIPPED and not folder.name.startswith("."):
            yield from folder.rglob("*.py")


def uses() -> Iterator[tuple[str, set[str] | None, str]]:
    """Each code that is written in the program, the facts given with it (None when not seen), and where."""
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                place = MAKERS[node.func.id]  # type: ignore[attr-defined]
                code = node.args[place] if len(node.args) > place else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value, facts_in(node), f"{file.relative_to(ROOT)}:{node.lineno}"


def facts_in(call: ast.Call) -> set[str] | None:
    dicts = [argument for argument in [*call.args, *(word.value for word in call.keywords)] if isinstance(argument, ast.Dict)]
    named = {word.arg for word in call.keywords}
    if None in named or call.func.id == "PydanticCustomError":  # type: ignore[attr-defined]
        return None
    if any(None in given.keys for given in dicts):
        return None
    if not dicts and call.func.id == "Fault" and (len(call.args) > 3 or "facts" in named):  # type: ignore[attr-defined]
        return None
    written_out = {key.value for given in dicts for key in given.keys if isinstance(key, ast.Constant)}
    return {name for name in named if name} | {str(name) for name in written_out}


def placeholders(text: str) -> set[str]:
    """The facts that a sentence asks for; a span is written of two of them."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return names - {"span"} | ({"from", "to"} if "span" in names else set())


def test_every_code_in_the_program_has_a_sentence() -> None:
    missing = {f"{code} ({where})" for code, _, where in uses() if code not in SENTENCES}

    assert missing == set()


def test_every_breach_of_a_policy_has_a_sentence() -> None:
    rules = [node for file in (ROOT / "policies" / "rules").glob("*.py") for node in ast.walk(ast.parse(file.read_text()))]
    codes = {
        node.args[0].value
        for node in rules
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Breach" and isinstance(node.args[0], ast.Constant)
    }

    assert {code for code in codes if f"policy:{code}" not in SENTENCES} == set()


def test_every_finding_of_the_validator_has_a_sentence() -> None:
    assert {*CODES.values(), WRONG_KIND} - set(SENTENCES) == set()


def test_every_sentence_gets_the_facts_it_asks_for() -> None:
    starved = {
        f"{code} lacks {placeholders(SENTENCES[code]) - facts - EVERYWHERE} ({where})"
        for code, facts, where in uses()
        if code in SENTENCES and facts is not None and placeholders(SENTENCES[code]) - facts - EVERYWHERE
    }

    assert starved == set()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nb", "«16» er ikke et av valgene. Velg hall eller sal."),
        ("nn", "«16» er ikkje eit av vala. Vel hall eller sal."),
        ("en", "“16” is not one of the choices. Choose hall or sal."),
    ],
)
def test_a_sentence_is_in_the_language_of_the_reader(app: Flask, language: str, expected: str) -> None:
    fault = Fault("not-a-choice", "kind", 16, {"choices": ["hall", "sal"]})

    with app.test_request_context(), force_locale(language):
        assert sentence(fault) == expected


def test_an_objection_is_told_with_its_limit_and_the_rule_s_own_reason(app: Flask) -> None:
    facts = {"limit": 120, "reason": {"nb": "Hallen deles av mange.", "nn": "", "en": "Many share the hall."}}
    fault = Fault("policy:too-long", "end", 180, facts)

    with app.test_request_context(), force_locale("nn"):
        assert sentence(fault) == "3 timar er for lenge. Book høgst 2 timar. Hallen deles av mange."
    with app.test_request_context(), force_locale("en"):
        assert sentence(fault) == "3 hours is too long. Book at most 2 hours. Many share the hall."


def test_iso_times_roles_and_what_is_not_known_are_written_for_people(app: Flask) -> None:
    with app.test_request_context():
        taken = {"space": "Hall A", "from": "2026-11-24T17:00:00+00:00", "to": "2026-11-24T19:00:00+00:00"}
        expected = "Hall A er opptatt tirsdag 24. november 2026 kl. 18:00–20:00."
        assert sentence(Fault("time-taken", "start", "2026-11-24T18:00", taken)) == expected
        assert sentence(Fault("not-your-role", facts={"need": "caretaker"})).endswith("Det kreves rollen vaktmester.")
        assert sentence(Fault("unknown-space", "space", "x", {"known": None})).endswith("Kjente deler: –.")


@pytest.mark.parametrize(
    ("near", "told"),
    [
        (("hall-a", "hall-b"), "Rommet «x» finnes ikke. Det som likner mest: hall-a eller hall-b."),
        ((), "Rommet «x» finnes ikke."),
        (None, "Rommet «x» finnes ikke."),
    ],
)
def test_what_is_most_like_it_is_told_where_something_is(app: Flask, near: tuple[str, ...] | None, told: str) -> None:
    with app.test_request_context():
        assert sentence(Fault("unknown-room", "room", "x", {"near": near})) == told


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("policy:school-break", "start", "Høstferie", {"limit": "2026-09-29"}), "Skolen har fri 29. september 2026: Høstferie."),
        (
            Fault("policy:hours-of-other-ages", "start", "17:00-19:00", {"limit": "0-19 16:00-19:00"}),
            "Mellom 16:00 og 19:00 er tiden for dem som er under 20 år.",
        ),
        (
            Fault("policy:outside-hours-of-age", "end", "20:00-21:00", {"limit": "67+ 10:00-12:00"}),
            "Mellom 10:00 og 12:00 er tiden for dem som er 67 år og eldre. 20:00–21:00 er utenfor.",
        ),
        (Fault("policy:ages-unknown", "participants", None, {"limit": "13-19"}), AGES_UNKNOWN),
        (Fault("policy:outside-opening-hours", "start", "17:00-18:30", {"limit": None}), "Rommet er stengt hele dagen."),
        (
            Fault("policy:outside-opening-hours", "start", "17:00-18:30", {"limit": "08:00-12:00, 20:00-23:00"}),
            "Rommet er stengt 17:00–18:30. Åpent: 08:00–12:00, 20:00–23:00.",
        ),
        (
            Fault("policy:status-missing", "organisation", "", {"limit": "main-club, may17-committee"}),
            "Dette er bare for dem kommunen har registrert som hovedlag eller «may17 committee».",
        ),
        (
            Fault("policy:figure-too-low", "organisation", 12, {"limit": "active-members at-least 20"}),
            "Tallet 12 er for lavt. Kravet er: aktive medlemmer minst 20.",
        ),
        (
            Fault("policy:activity-not-allowed", "activity", "celebration", {"limit": "sport, culture.music", "effect": "refuse"}),
            "Rommet kan ikke brukes til dette. Det kan brukes til idrett eller øving: kor, korps og band.",
        ),
        (Fault("policy:quota-used", "end", 120, {"limit": 0, "effect": "refuse"}), "Kvoten er brukt opp."),
        (Fault("policy:alcohol", "alcohol", True, {"limit": False, "effect": "refuse"}), "Det er ikke lov med alkohol i rommet."),
        (Fault("policy:alcohol", "alcohol", True, {"limit": False, "effect": "review"}), "Alkohol i rommet må godkjennes."),
        (Fault("policy:alcohol", "alcohol", True, {"limit": False, "effect": "warn"}), "Dere har sagt at det serveres alkohol."),
        (
            Fault("policy:public-holiday", "start", "Første juledag", {"limit": "2026-12-25"}),
            "25. desember 2026 er en helligdag: Første juledag.",
        ),
        (
            Fault("policy:agreement-other-dates", "start", "2027-07-06", {"limit": "2026-08-01/2027-06-30"}),
            "Avtalen gjelder ikke 6. juli 2027. Den gjelder i tidsrommet 1. august 2026 – 30. juni 2027.",
        ),
    ],
)
def test_days_inside_an_objection_are_written_for_people(app: Flask, fault: Fault, told: str) -> None:
    with app.test_request_context():
        assert sentence(fault) == told


def test_a_value_with_braces_is_shown_and_never_interpreted(app: Flask) -> None:
    with app.test_request_context():
        assert sentence(Fault("bad-date", "day", "{facts.__class__}")).startswith("«{facts.__class__}» er ikke en dato.")


def test_an_unknown_code_is_still_an_answer(app: Flask) -> None:
    with app.test_request_context():
        assert sentence(Fault("never-heard-of")) == "Ikke godtatt (never-heard-of)."


def test_a_long_value_is_cut(app: Flask) -> None:
    with app.test_request_context():
        assert written("a" * 5000) == "a" * 100 + "…"
