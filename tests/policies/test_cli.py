"""The commands: faults with line and rule, a line per case, publishing from a date."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.transact import Database
from policies import cli
from policies.lines import line_of, lines_of
from policies.models import PolicyVersion
from tests.cast import assemble
from tests.policies.examples import REASON, document, rule

HALL = {"title": REASON, "layer": "venue", "place": "oren-flerbrukshall"}
PRICE = rule("price", tariffs=[{"version": "2025", "first": "2025-01-01", "rows": [{"price_class": "list", "ore": 60000}]}])
CASE = {
    "name": "D1",
    "request": {"start": "2025-11-18T18:00", "end": "2025-11-18T19:30", "activity": "sport.training", "heads": 20},
    "facts": {"room": {"capacity": 30}, "open": [{"date": "2025-11-18", "start": "16:00", "end": "22:30"}]},
    "expected": {"outcome": "accepted", "codes": [], "price": 900, "list_price": 900},
}


@pytest.fixture
def house(app: Flask) -> Database:
    database: Database = app.extensions["database"]
    database.transact(assemble)
    return database


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["policies", *words])
    return result.exit_code, result.stdout, result.stderr


def written(folder: Path, data: Any) -> str:
    file = folder / "policy.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data, indent=1), encoding="utf-8")
    return str(file)


def test_a_file_of_cases_is_published_whole_or_not_at_all(app: Flask, house: Database, tmp_path: Path) -> None:
    both = [
        {**HALL, "rules": [PRICE]},
        {**HALL, "layer": "room", "place": "oren-flerbrukshall/gymsal-1", "rules": [rule("grid", minutes=15)]},
    ]
    nowhere = [both[0], {**both[1], "place": "oren-flerbrukshall/gymsal-9"}]

    refused = run(app, "publish", written(tmp_path, {"policies": nowhere, "cases": [CASE]}), "--from", "2031-01-01")
    done = run(app, "publish", written(tmp_path, {"policies": both, "cases": [CASE]}), "--from", "2031-01-01")

    assert refused[0] == 1 and "gymsal-9" in refused[2]
    told = "".join(f"{one['place']}: Versjon 1 er publisert og gjelder fra 1. januar 2031.\n" for one in both)
    assert done == (0, told, "")


def test_lint_says_so_when_a_document_is_sound(app: Flask, tmp_path: Path) -> None:
    assert run(app, "lint", written(tmp_path, {**HALL, "rules": [rule("length", at_most=60)]})) == (0, "Ingen feil.\n", "")


def test_lint_names_line_place_and_rule(app: Flask, tmp_path: Path) -> None:
    text = json.dumps({**HALL, "rules": [rule("grid", minutes=15), rule("length", at_least=90, at_most=60)]}, indent=1)

    code, _, said = run(app, "lint", written(tmp_path, text))

    line = text.split("\n").index('   "at_most": 60') + 1
    assert code == 1
    assert f"policy.json:{line}: rules[1].at_most [length]:" in said


@pytest.mark.parametrize("text", ["", "{", "[]", '{"title": {"nb": "x"}, "layer": "venue", "rules": [{"kind": "prise"}]}', "\ud800"])
def test_lint_of_what_is_no_document_says_so(app: Flask, tmp_path: Path, text: str) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))

    code, _, said = run(app, "lint", str(file))

    assert (code, "Traceback" in said) == (1, False)
    assert "policy.json:1:" in said


def test_check_tells_each_case_and_what_differs(app: Flask, tmp_path: Path) -> None:
    late = {**CASE, "name": "for sent", "request": {**CASE["request"], "end": "2025-11-18T23:00"}}
    wrong = {**late, "reading": True, "fictional": True, "expected": {"outcome": "accepted", "codes": [], "price": 99.5}}
    right = {**late, "expected": {"outcome": "refused", "codes": ["after-closing"]}}
    policies = [{**HALL, "rules": [rule("decision_route", route="at-once"), PRICE]}]

    sound = run(app, "check", written(tmp_path, {"policies": policies, "cases": [CASE, right]}))
    differing = run(app, "check", written(tmp_path, {"policies": policies, "cases": [CASE, wrong]}))

    assert (sound[0], sound[1].splitlines()) == (0, ["OK     D1", "OK     for sent", "2 tilfeller, 0 avvik"])
    assert differing[0] == 1
    assert differing[1].splitlines()[1:] == [
        "AVVIK  for sent * (fiktivt)",
        '       outcome: ventet "accepted", fikk "refused"',
        '       codes: ventet [], fikk ["after-closing"]',
        '       price: ventet "99.5", fikk "3000"',
        "* vår lesning av reglementet, ikke et sitat",
        "2 tilfeller, 1 avvik",
    ]


def test_the_file_of_cases_in_the_documentation_runs_as_it_says(app: Flask, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
    example, told = re.findall(r"## A file of cases.*?```json\n(.*?)```\n\n```\n(.*?)```", text, re.DOTALL)[0]

    assert run(app, "check", written(tmp_path, example)) == (0, told, "")


def test_check_names_line_and_place_of_what_cannot_be_read(app: Flask, tmp_path: Path) -> None:
    file = {"policies": [{**HALL, "rules": []}], "cases": [CASE, {**CASE, "request": {**CASE["request"], "end": "2025-11-18T17:00"}}]}
    text = json.dumps(file, indent=1)

    code, said, error = run(app, "check", written(tmp_path, text))

    line = text.split("\n").index('    "end": "2025-11-18T17:00",') + 1
    assert (code, said) == (1, "")
    assert f"policy.json:{line}: cases[1].request.end: Slutten må være etter starten. (end-before-start)" in error


def test_the_schema_of_a_file_of_cases_is_printed(app: Flask) -> None:
    code, said, _ = run(app, "schema", "--cases")

    assert (code, sorted(json.loads(said)["properties"])) == (0, ["cases", "facts", "policies"])


def test_publish_puts_a_document_in_force_where_it_says(app: Flask, house: Database, tmp_path: Path) -> None:
    file = written(tmp_path, {**HALL, "rules": [rule("length", at_most=60)]})

    assert run(app, "publish", file, "--from", "01.08.2026")[:2] == (
        0,
        "oren-flerbrukshall: Versjon 1 er publisert og gjelder fra 1. august 2026.\n",
    )
    with Session(house.engine) as session:
        assert [version.valid_from for version in session.scalars(select(PolicyVersion))] == [date(2026, 8, 1)]


def test_publish_over_a_version_refuses_a_day_that_has_been(
    app: Flask, house: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "now", lambda: datetime(2026, 9, 1, 12, tzinfo=UTC))
    file = written(tmp_path, {**HALL, "rules": [rule("length", at_most=60)]})
    run(app, "publish", file, "--from", "2026-01-01")

    code, _, said = run(app, "publish", file, "--from", "31.08.2026")

    assert (code, "Velg 1. september 2026 eller senere. (begins-in-the-past)" in said) == (1, True)
    with Session(house.engine) as session:
        assert [version.number for version in session.scalars(select(PolicyVersion))] == [1]
    assert run(app, "publish", file, "--from", "01.09.2026")[:2] == (
        0,
        "oren-flerbrukshall: Versjon 2 er publisert og gjelder fra 1. september 2026.\n",
    )


def test_what_is_in_force_is_exported_as_it_can_be_published_again(app: Flask, house: Database, tmp_path: Path) -> None:
    run(app, "publish", written(tmp_path, {**HALL, "rules": [rule("length", at_most=60)]}), "--from", "2026-08-01")

    code, said, _ = run(app, "export", "oren-flerbrukshall", "--on", "2026-09-02")

    assert (code, run(app, "export", "nowhere")[0], run(app, "export", "oren-flerbrukshall", "--on", "2026-07-31")[0]) == (0, 1, 1)
    assert run(app, "lint", written(tmp_path, said)) == (0, "Ingen feil.\n", "")


@pytest.mark.parametrize(
    ("changes", "day"), [({"place": "ingen-hall"}, "2026-08-01"), ({}, "31.04.2026"), ({"rules": [rule("length")]}, "2026-08-01")]
)
def test_publish_of_what_is_wrong_changes_nothing(app: Flask, house: Database, tmp_path: Path, changes: dict[str, Any], day: str) -> None:
    file = written(tmp_path, {**HALL, "rules": [rule("length", at_most=60)], **changes})

    code, _, said = run(app, "publish", file, "--from", day)

    assert (code, bool(said)) == (1, True)
    with Session(house.engine) as session:
        assert session.scalars(select(PolicyVersion)).all() == []


def test_the_schema_is_printed(app: Flask) -> None:
    code, said, _ = run(app, "schema")

    assert (code, json.loads(said)["title"]) == (0, "Document")


def test_every_place_of_a_document_has_its_line() -> None:
    text = json.dumps(document(rule("length", at_most=60), PRICE).data(), indent=2, ensure_ascii=False)

    lines = lines_of(text)

    rows = text.split("\n")
    assert rows[lines["rules[1].tariffs[0].rows[0].ore"] - 1].strip().startswith('"ore"')
    assert rows[lines["rules[0].at_most"] - 1].strip() == '"at_most": 60,'
    assert line_of("rules[0].no_such.thing[3]", lines) == lines["rules[0]"]
