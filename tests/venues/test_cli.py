"""The command ``venues import``: what it says, and that it changes nothing when it refuses or only tries."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.transact import Database
from venues.models import Fact, Venue

INVENTORY = Path(__file__).parents[2] / "venues" / "data" / "drammen-inventory.json"


def count(app: Flask) -> tuple[int, int, int]:
    database: Database = app.extensions["database"]
    with Session(database.engine) as session:
        found = (session.scalar(select(func.count()).select_from(table)) or 0 for table in (Venue, Fact))
        return (*found, session.scalar(select(func.coalesce(func.sum(Venue.revision), 0))) or 0)


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["venues", *arguments])
    return result.exit_code, result.output


def test_an_import_says_what_is_new_unknown_and_contradictory_and_the_second_changes_nothing(app: Flask) -> None:
    code, first = run(app, "import", str(INVENTORY))
    after = count(app)

    again, second = run(app, "import", str(INVENTORY))

    assert (code, again, after[0], count(app)) == (0, 0, 23, after)
    assert "Nytt: 10 bydeler, 48 rom, 23 lokaler" in first
    assert "drammenshallen/hele-hallen, Plass til: 4" in first
    assert "Nytt: 0\nEndret: 0\nUendret: 48 rom, 23 lokaler" in second


def test_a_dry_run_says_the_same_and_changes_nothing(app: Flask) -> None:
    code, said = run(app, "import", "--dry-run", str(INVENTORY))

    assert (code, count(app)) == (0, (0, 0, 0))
    assert "48 rom" in said


def test_a_bad_file_is_refused_with_all_its_faults_and_their_places(app: Flask, tmp_path: Path) -> None:
    whole = json.loads(INVENTORY.read_text())
    whole["venues"][1]["slug"] = whole["venues"][0]["slug"]
    whole["venues"][10]["rooms"][0]["capacity"] = "mange"
    whole["municipality"]["zone"] = "Europe/Drammen"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(whole))

    code, said = run(app, "import", str(bad))

    assert (code, count(app)) == (1, (0, 0, 0))
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "municipality.zone",
        "venues[10].rooms[0].capacity (drammensbiblioteket/moterom)",
        "venues[1].slug",
    ]


@pytest.mark.parametrize("body", [b"{", b" " * 10_000_000, b"PK"])
def test_what_is_no_inventory_ends_with_one(app: Flask, tmp_path: Path, body: bytes) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(body)

    assert (run(app, "import", str(bad))[0], count(app)) == (1, (0, 0, 0))
