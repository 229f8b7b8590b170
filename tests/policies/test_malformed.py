"""Malformed documents: refused with place and remedy by every command and on the page; what is published stays in force."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.transact import Database
from policies import cli
from policies.models import PolicyVersion
from tests.accounts.conftest import Visitor
from tests.policies.conftest import DRAFT, FIRST
from tests.policies.examples import REASON, rule

HALL = {"title": REASON, "layer": "venue", "place": "oren-flerbrukshall"}
SOUND = {**HALL, "rules": [rule("length", at_most=60)]}
PRICE = {
    "tariffs[0].version": "2026",
    "tariffs[0].first": "2026-01-01",
    "tariffs[0].rows[0].price_class": "list",
    "tariffs[0].rows[0].ore": "500",
}
Run = Callable[[str, bytes], tuple[int, str, str]]


def written(*rules: Any, **fields: Any) -> bytes:
    return json.dumps({**HALL, "rules": rules, **fields}).encode()


# What is malformed, the place that is told, and the code.
MALFORMED: dict[str, tuple[bytes, str, str]] = {
    "an unknown kind": (written({**rule("lenght"), "id": "a"}), "rules[0].kind [a]", "unknown-rule-kind"),
    "no kind": (written({"id": "length"}), "rules[0].kind [length]", "missing-field"),
    "a rule that is none": (written("length"), "rules[0]", "not-fields"),
    "a wrong type": (written(rule("length", at_most="60")), "rules[0].at_most [length]", "quoted-number"),
    "a missing price": (
        written(rule("price", tariffs=[{"version": "1", "first": "2026-01-01", "rows": [{"price_class": "list"}]}])),
        "rules[0].tariffs[0].rows[0].ore [price]",
        "missing-field",
    ),
    "a bad date": (written(rule("grid", minutes=15, valid_from="2026-02-30")), "rules[0].valid_from [grid]", "bad-iso-date"),
    "a date that nobody means": (
        written(rule("grid", minutes=15, valid_until="9999-12-31")),
        "rules[0].valid_until [grid]",
        "out-of-range",
    ),
    "an office that never answers": (
        written(rule("decision_route", route="by-role", office={"weekdays": [], "hours": {"start": "08:00", "end": "15:00"}})),
        "rules[0].office.weekdays [decision-route]",
        "too-few-items",
    ),
    "a promise for years ahead": (
        written(
            rule(
                "decision_route",
                route="by-role",
                promise={"amount": 400, "unit": "working-hours"},
                office={"weekdays": [7], "hours": {"start": "08:00", "end": "08:01"}},
            )
        ),
        "rules[0].promise [decision-route]",
        "promise-too-long",
    ),
    "a room that takes more than it takes": (written(rule("capacity", over="allow")), "rules[0].over [capacity]", "not-a-choice"),
    "a place that is not of its layer": (written(layer="room"), "place", "wrong-place"),
    "a layer that is none": (written(layer="county"), "layer", "not-a-choice"),
    "five megabytes of rules": (written(*[rule("grid", minutes=15)] * 60_000), "", "document-too-large"),
    "too many rules": (written(*[{**rule("grid", minutes=15), "id": f"g{number}"} for number in range(501)]), "rules", "too-many-items"),
    "lists in lists": (b"[" * 200_000, "[0][0]", "nested-too-deep"),
    "lists in a rule": (b'{"rules": [' + b"[" * 500 + b"]" * 500 + b"]}", "rules[0][0][0]", "nested-too-deep"),
    "a field twice": (written().replace(b'"rules": []', b'"rules": [], "rules": []'), "rules", "repeated-field"),
    "NaN": (written(rule("length", at_most=float("nan"))), "rules[0].at_most", "not-a-number"),
    "infinity": (written(rule("length", at_most=1)).replace(b'"at_most": 1', b'"at_most": 1e999'), "rules[0].at_most", "too-many-digits"),
    "a huge number": (written(rule("length", at_most=10**50)), "rules[0].at_most [length]", "too-large"),
    "more digits than can be read": (
        written(rule("length", at_most=1)).replace(b'"at_most": 1', b'"at_most": ' + b"9" * 10_000),
        "rules[0].at_most",
        "too-many-digits",
    ),
    "half a sign": (written(title={"nb": "\ud800", "nn": "x", "en": "x"}), "title.nb", "unseen-sign"),
    "half a sign in a name": (written(**{"x\ud800": 1}), "x", "unseen-sign"),
    "a null": (written(title={"nb": "x\0", "nn": "x", "en": "x"}), "title.nb", "unseen-sign"),
    "bytes that are no text": (written(title={"nb": "QQ", "nn": "x", "en": "x"}).replace(b"QQ", b"\xff\xfe"), "title.nb", "unseen-sign"),
    "a null byte": (b"\0" + written(), "", "broken-json"),
    "half a file": (written(rule("length", at_most=60))[:-40], "", "broken-json"),
    "nothing": (b"", "", "broken-json"),
    "an address that a browser runs": (
        written(rule("grid", minutes=15, source={"paragraph": "§ 1", "address": "javascript:alert(1)"})),
        "rules[0].source.address [grid]",
        "bad-address",
    ),
    "a regulation that is data": (
        written(regulation={"text": "§ 1", "address": "data:text/html,<script>alert(1)</script>"}),
        "regulation.address",
        "bad-address",
    ),
    "a reason without end": (
        written(rule("grid", minutes=15) | {"reason": {"nb": "x" * 2001, "nn": "x", "en": "x"}}),
        "rules[0].reason.nb [grid]",
        "too-long-text",
    ),
    "a date in seconds": (written(rule("grid", minutes=15, valid_from="1700006400")), "rules[0].valid_from [grid]", "bad-iso-date"),
    "other digits in a date of every year": (
        written(rule("season", during=[{"first": "٠١-٠١", "last": "12-31"}])),
        "rules[0].during[0].first [season]",
        "bad-anchor",
    ),
    "other digits in a time": (
        written(rule("opening", only_between={"start": "٠٨:٠٠", "end": "20:00"})),
        "rules[0].only_between.start [opening]",
        "bad-clock",
    ),
    "a cancellation dearer than the use": (
        written(rule("cancellation", steps=[{"days": 3, "percent": 101}])),
        "rules[0].steps[0].percent [cancellation]",
        "too-large",
    ),
    "a quota under nothing": (
        written(rule("quota", period="week", minutes=0, comparator="under")),
        "rules[0].minutes [quota]",
        "not-above",
    ),
    "an age under nothing": (
        written(rule("eligibility", age={"comparator": "under", "years": 0})),
        "rules[0].age.years [eligibility]",
        "not-above",
    ),
}
MALFORMED_FORMS = {
    "half a sign in what travels along": {"tariffs[0].rows[0].rest": '{"x\\ud800": "\\ud800"}'},
    "half a sign in a value that travels along": {"tariffs[0].rows[0].rest": '{"tags": ["\\ud800"]}'},
    "lists in lists in what travels along": {"tariffs[0].rows[0].rest": '{"x": ' + "[" * 5000 + "]" * 5000 + "}"},
    "NaN in what travels along": {"tariffs[0].rows[0].rest": '{"weekdays": NaN}'},
    "more digits than can be read": {"tariffs[0].rows[0].ore": "9" * 5000},
    "a null": {"reason.nb": "x\0"},
    "fields in fields": {"scope" + ".x" * 400: "1"},
    "rows in rows": {"scope" + "[0]" * 2000: "1"},
}


@pytest.fixture
def run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on a file of these bytes."""
    monkeypatch.setattr(cli, "now", lambda: datetime(2026, 7, 1, tzinfo=UTC))

    def command(words: str, text: bytes) -> tuple[int, str, str]:
        file = tmp_path / "policy.json"
        file.write_bytes(text)
        name, *options = words.split()
        result = app.test_cli_runner().invoke(args=["policies", name, str(file), *options])
        return result.exit_code, result.stdout, result.stderr

    return command


def versions(database: Database) -> list[tuple[int, date]]:
    with Session(database.engine) as session:
        return [(one.number, one.valid_from) for one in session.scalars(select(PolicyVersion))]


def test_what_is_malformed_is_refused_with_its_place_and_what_is_published_stays(house: Database, run: Run) -> None:
    told = {name: [run(words, text) for words in ("lint", "publish --from 2026-09-01")] for name, (text, _, _) in MALFORMED.items()}

    for name, (_text, place, code) in MALFORMED.items():
        for exit_code, said, error in told[name]:
            found = [line for line in error.splitlines() if line.endswith(f"({code})")]
            assert (name, exit_code, said, bool(found)) == (name, 1, "", True), error
            assert re.search(rf"policy\.json:\d+: {re.escape(place)}", found[0]), (name, found[0])
            assert "Traceback" not in error and "Ikke godtatt" not in error
    assert versions(house) == [(1, FIRST)]


@pytest.mark.parametrize("changes", MALFORMED_FORMS.values(), ids=MALFORMED_FORMS)
def test_a_malformed_form_is_shown_again_and_what_is_published_stays(drafting: Visitor, house: Database, changes: dict[str, str]) -> None:
    sent = {"kind": "price", "version": "1", "id": "price-2", "reason.nb": "Slik er det.", **PRICE, **changes}

    page = drafting.post(f"{DRAFT}/rules/new", form_on=f"{DRAFT}/rules/new?kind=price", **sent)

    assert page.status_code in (303, 422)
    assert drafting.get(DRAFT).status_code == 200
    assert versions(house) == [(1, FIRST)]


def test_what_a_form_says_that_cannot_be_stands_at_its_fields(drafting: Visitor, house: Database) -> None:
    frame = {"kind": "length", "version": "1", "id": "length-2", "at_most": "60", "reason.nb": "Slik er det."}
    price = {"kind": "price", "version": "1", "id": "price-2", "reason.nb": "Slik er det.", **PRICE}
    wrong = [
        (frame, "source.address", "javascript:alert(1)"),
        (frame, "reason.nb", "x" * 2001),
        (frame, "valid_from", "1700006400"),
        *((price, "tariffs[0].rows[0].ore", amount) for amount in ("1/2", "1e3", "٥٠٠", "0x10")),
    ]

    pages = [drafting.post(f"{DRAFT}/rules/new", form_on=DRAFT, **{**form, name: value}) for form, name, value in wrong]

    faulty = [(page.status_code, re.findall(r'<div id="error-([^"]+)"', page.text)) for page in pages]
    assert faulty == [(422, [name]) for _form, name, _value in wrong]


def test_the_limit_and_the_layers_are_told_as_they_are(run: Run) -> None:
    _, _, layer = run("lint", written(layer="county"))
    _, _, large = run("lint", MALFORMED["five megabytes of rules"][0])

    assert "Velg municipality, venue eller room." in layer
    assert "høyst 1000000 tegn, en fil med tilfeller høyst 2000000." in large


def test_two_documents_of_one_layer_and_of_two_places_are_refused(run: Run) -> None:
    case = {"name": "an evening", "request": {"start": "2026-11-17T18:00", "end": "2026-11-17T19:30"}, "expected": {}}
    room = {**SOUND, "layer": "room", "place": "bakoli/gym"}

    twice = run("check", json.dumps({"policies": [SOUND, SOUND], "cases": [case]}).encode())
    elsewhere = run("check", json.dumps({"policies": [SOUND, room], "cases": [case]}).encode())

    assert (twice[0], "policies[1].layer: " in twice[2], "(layer-twice)" in twice[2]) == (1, True, True)
    assert (elsewhere[0], "policies[1].place: " in elsewhere[2], "(other-place)" in elsewhere[2]) == (1, True, True)


def test_what_cannot_be_read_and_what_the_linter_finds_are_told_together(run: Run) -> None:
    row = {"price_class": "list", "ore": 83000, "derived": {"base": 55000, "percent": 150}}
    rules = [
        rule("lenght", at_most=60),
        rule("season", during=[{"first": "school-start", "last": "W22"}]),
        rule("length", at_least=90, at_most=60),
        rule("grid", minutes="15"),
        {**rule("price", tariffs=[{"version": "1", "first": "2026-01-01", "rows": [row]}]), "id": "length"},
    ]
    text = json.dumps({"title": REASON, "layer": "municipality", "events": {"school-start": ["2026-02-30"]}, "rules": rules}, indent=1)

    exit_code, _, error = run("lint", text.encode())

    told = re.findall(r"policy\.json:(\d+): (\S+?)(?: \[.*?\])?: .*\((\S+)\)$", error, re.MULTILINE)
    assert (exit_code, [(place, code) for _line, place, code in told]) == (
        1,
        [
            ("events.school-start[0]", "bad-iso-date"),
            ("rules[0].kind", "unknown-rule-kind"),
            ("rules[2].at_most", "no-length-fits"),
            ("rules[3].minutes", "quoted-number"),
            ("rules[4].id", "repeated-rule-id"),
            ("rules[4].tariffs[0].rows[0].ore", "sum-differs"),
        ],
    )
    assert text.split("\n")[int(told[-1][0]) - 1].strip() == '"ore": 83000,'


def test_a_file_with_a_byte_order_mark_is_read(run: Run) -> None:
    assert run("lint", b"\xef\xbb\xbf" + json.dumps(SOUND).encode()) == (0, "Ingen feil.\n", "")
