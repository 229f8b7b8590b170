"""Copying: a whole document for another place, or chosen rules under free ids; and the library that comes with the program."""

import json
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import Invalid, Missing
from policies import library
from policies.copying import came_along, copy_of, said_otherwise, with_copies
from policies.document import Document
from policies.verdict import Layer
from tests.policies.examples import REASON, at_once, document, rule

HERE = "https://eksempel.no/reglement"


def source(**fields: Any) -> Document:
    given = rule("length", at_most=90, source={"paragraph": "§ 4"}), rule("grid", minutes=30), rule("buffers", after=15)
    return document(*given, regulation={"text": "§ 4 Kort.", **fields}, price_classes={"free": REASON})


def test_the_whole_of_a_document_comes_with_regulation_and_price_classes() -> None:
    found = copy_of(source(), Layer.ROOM, "hall/sal")

    assert (found.layer, found.place) == (Layer.ROOM, "hall/sal")
    assert (found.rules, found.regulation, found.price_classes) == (source().rules, source().regulation, source().price_classes)


def test_chosen_rules_come_at_the_end_each_under_a_free_id() -> None:
    here = document(at_once(), rule("length", at_most=60), rule("length", id="length-2", at_least=30))

    found = with_copies(here, source(), ["buffers", "length"])

    assert [one.id for one in found.rules] == ["decision-route", "length", "length-2", "length-3", "buffers"]
    assert found.rules[:3] == here.rules


@pytest.mark.parametrize(("address", "paragraph"), [(HERE, "§ 4"), ("", "")])
def test_a_copied_rule_keeps_its_paragraph_only_where_its_own_regulation_can_be_named(address: str, paragraph: str) -> None:
    found = with_copies(document(at_once()), source(address=address), ["length"]).rules[-1]

    assert (found.source.paragraph, found.source.address) == (paragraph, address)


def test_what_a_copied_rule_names_comes_along_and_what_is_here_under_that_name_stays() -> None:
    row = {"price_class": "free", "ore": 0, "periods": ["summer"]}
    price = rule("price", tariffs=[{"version": "1", "first": "2026-01-01", "rows": [row]}])
    winter = rule("season", named=["winter"], during=[{"first": "W33", "last": "thaw-7"}])
    named = {
        "price_classes": {"free": REASON, "unused": REASON},
        "periods": {"winter": {"first": "11-01", "last": "school-start"}, "summer": {"first": "06-01", "last": "08-01"}},
        "events": {"school-start": ["2026-08-17"], "thaw": ["2026-04-01"], "unused": ["2026-01-01"]},
    }
    there, here = document(price, winter, **named), document(at_once(), periods={"summer": {"first": "05-01", "last": "08-01"}})

    found = with_copies(here, there, ["price", "season"])

    assert came_along(here, found) == ["free", "winter", "school-start", "thaw"]
    assert (found.periods["summer"], said_otherwise(here, there, ["price", "season"])) == (here.periods["summer"], ["summer"])
    assert came_along(here, with_copies(here, there, ["season"])) == ["winter", "school-start", "thaw"]


def test_nothing_chosen_and_a_rule_that_is_not_there_are_refused() -> None:
    with pytest.raises(Invalid) as nothing:
        with_copies(document(), source(), [])
    with pytest.raises(Missing):
        with_copies(document(), source(), ["length", "price"])

    assert [(fault.code, fault.field) for fault in nothing.value.faults] == [("missing-field", "rules")]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    return tmp_path


def test_the_library_reads_the_files_that_cases_are_written_in(shelf: Path) -> None:
    case = {"name": "en kveld", "request": {"start": "2026-11-17T18:00", "end": "2026-11-17T19:30"}, "expected": {}}
    (shelf / "gymsaler.json").write_text(json.dumps({"policies": [source().data()], "cases": [case]}))

    assert library.names() == ("gymsaler",)
    assert library.read("gymsaler") == (source(),)
    for unknown in ("svømmehaller", "../library", ""):
        with pytest.raises(Missing):
            library.read(unknown)
