"""Cases tried as the command tries them: the library's regulations, invented ones that nobody coded for, and what is occupied."""

import json
from pathlib import Path
from typing import Any

import pytest

from booking.trying import tried
from kernel.errors import Invalid
from policies import library
from policies.cases import Difference, read_cases
from policies.lint import lint
from policies.rules import KINDS
from tests.policies.examples import at_once, document

LIBRARY = [library.FOLDER / f"{name}.json" for name in library.names()]
INVENTED = sorted((Path(__file__).parents[1] / "policies" / "regulations").glob("*.json"))
HALL = document(at_once()).data()
EVENING = {"start": "2026-11-17T18:00", "end": "2026-11-17T20:00"}


def differing(*cases: dict[str, Any], facts: dict[str, Any] | None = None) -> list[tuple[str, Difference]]:
    text = json.dumps({"policies": [HALL], "facts": facts or {}, "cases": [{"name": str(n), **case} for n, case in enumerate(cases)]})
    return [(one.case.name, difference) for one in tried(*read_cases(text)) for difference in one.differences]


@pytest.mark.parametrize("file", [*LIBRARY, *INVENTED], ids=lambda file: file.stem)
def test_every_case_of_a_regulation_comes_to_what_it_states(file: Path) -> None:
    found = list(tried(*read_cases(file.read_text(encoding="utf-8"))))

    assert [(one.case.name, one.differences) for one in found if one.differences] == []


@pytest.mark.parametrize("file", [*LIBRARY, *INVENTED], ids=lambda file: file.stem)
def test_the_linter_finds_nothing_in_a_regulation(file: Path) -> None:
    documents, _cases = read_cases(file.read_text(encoding="utf-8"))

    assert [fault for document in documents for fault in lint(document)] == []


def test_the_library_holds_the_published_cases_by_name() -> None:
    names = [case.name for file in LIBRARY for case in read_cases(file.read_text(encoding="utf-8"))[1]]

    wanted = [*(f"D{number}" for number in range(1, 9)), *(f"L{number}" for number in range(1, 9))]
    assert [one for one in wanted if not any(name.startswith(f"{one}:") for name in names)] == []


def test_the_invented_regulations_use_every_kind_of_rule() -> None:
    documents = [document for file in INVENTED for document in read_cases(file.read_text(encoding="utf-8"))[0]]

    assert {type(rule) for document in documents for rule in document.rules} == set(KINDS)


def test_what_one_case_occupies_is_free_in_the_next() -> None:
    taken = {
        "request": EVENING,
        "facts": {"occupied": [{"spaces": ["room"], **EVENING}]},
        "expected": {"codes": ["time-taken"], "taken": ["room"]},
    }
    free = {"request": EVENING, "expected": {"outcome": "accepted", "codes": [], "taken": []}}

    assert differing(taken, free, taken) == []


def test_a_date_that_only_touches_what_is_occupied_is_free() -> None:
    before, after = (
        {"spaces": ["room"], "start": f"2026-11-17T{start}", "end": f"2026-11-17T{end}"}
        for start, end in (("17:00", "18:00"), ("20:00", "21:00"))
    )

    assert differing({"request": EVENING, "facts": {"occupied": [before, after]}, "expected": {"outcome": "accepted"}}) == []


def test_a_series_comes_to_its_strictest_date_and_to_the_sum_of_those_that_are_left() -> None:
    series = {**EVENING, "repeat": {"rrule": "FREQ=WEEKLY;COUNT=3", "except": ["2026-12-01"]}}
    expected = {"outcome": "accepted", "dates": 3, "on": {"2026-11-24": {"taken": []}, "2026-12-01": {"outcome": "accepted"}}}

    found = differing({"request": series, "facts": {"occupied": [{"spaces": ["room"], **EVENING}]}, "expected": expected})

    assert found == [
        ("0", Difference("outcome", "accepted", "refused")),
        ("0", Difference("dates", 3, 1)),
        ("0", Difference("2026-12-01", "", None)),
    ]


def test_time_that_is_occupied_twice_is_told_with_its_place() -> None:
    twice = {"occupied": [{"spaces": ["a"], **EVENING}, {"spaces": ["b"], **EVENING}, {"spaces": ["b", "a"], **EVENING}]}

    with pytest.raises(Invalid) as refusal:
        differing({"request": EVENING, "expected": {}}, {"request": EVENING, "facts": twice, "expected": {}})

    assert [(fault.code, fault.field, fault.value) for fault in refusal.value.faults] == [
        ("occupied-twice", "cases[1].facts.occupied[2]", "b, a")
    ]
