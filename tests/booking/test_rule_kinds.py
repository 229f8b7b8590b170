"""The worked examples of ``docs/rule-kinds.md``: each is a policy with cases, and every kind has one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from booking.trying import tried
from policies.cases import read_cases
from policies.lint import lint
from policies.rules import KINDS

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "rule-kinds.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(found) for found in re.findall(r"^```json\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)]
AT_ONCE = {"kind": "decision_route", "id": "at-once", "route": "at-once"}


def whole(example: dict[str, Any]) -> str:
    """The example as a file of cases, with what it leaves out to be short."""
    rules = example["rules"]
    route = [] if any(rule["id"] == AT_ONCE["id"] for rule in rules) else [AT_ONCE]
    document = {"title": {}, "layer": "municipality", "events": example.get("events", {}), "rules": [*route, *rules]}
    return json.dumps({"policies": [document], "cases": [peopled(case) for case in example["cases"]]})


def peopled(case: dict[str, Any]) -> dict[str, Any]:
    """The case with twenty people in a room for a hundred, where it says nothing else."""
    heads = {} if "participants" in case["request"] else {"heads": 20}
    return {**case, "request": {**heads, **case["request"]}, "facts": {"room": {"capacity": 100}, **case.get("facts", {})}}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: "+".join(rule["id"] for rule in example["rules"]))
def test_an_example_gives_what_it_says(example: dict[str, Any]) -> None:
    found = list(tried(*read_cases(whole(example))))

    assert {one.case.name: one.differences for one in found} == {case["name"]: () for case in example["cases"]}


def test_every_kind_has_an_example_and_a_heading() -> None:
    used = {rule["kind"] for example in EXAMPLES for rule in example["rules"]}
    headings = set(re.findall(r"`([a-z_]+)`", " ".join(re.findall(r"^### (.*)$", TEXT, re.MULTILINE))))

    assert {kind.model_fields["kind"].default for kind in KINDS} == used == headings


def test_the_regulation_that_the_guide_encodes_is_sound_and_gives_what_it_says() -> None:
    guide = (DOCS / "policies.md").read_text(encoding="utf-8")
    documents, cases = read_cases(re.findall(r"^```json\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)[0])

    assert [lint(document) for document in documents] == [()]
    assert [(one.case.name, one.differences) for one in tried(documents, cases) if one.differences] == []
