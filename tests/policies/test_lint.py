"""The linter: each planted fault is found with its place and rule, and a sound document is not touched."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from policies.lint import errors, lint
from policies.occasion import Occasion
from policies.rules.base import Breach
from policies.rules.timing import Length
from tests.policies.examples import REASON, document, rule

ROW = {"price_class": "list", "ore": 10_000}


def prices(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return rule("price", tariffs=[{"version": "2025", "first": "2025-01-01", "rows": list(rows)}], **fields)


def found(*rules: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in lint(document(*rules, **fields))]


def test_a_sound_document_has_no_faults() -> None:
    sound = prices(
        ROW,
        {"price_class": "list", "ore": 15_000, "weekdays": [6, 7]},
        {"price_class": "free", "ore": 0, "unit": "occasion"},
        assignments=[{"applicants": ["organisation"], "price_class": "free"}, {"price_class": "list"}],
    )

    assert found(sound, rule("length", at_least=30, at_most=60), price_classes={"free": REASON}) == []


def test_a_reason_missing_in_a_language_is_told_and_keeps_only_bokmaal_from_being_published() -> None:
    given = document(rule("grid", minutes=15, reason={"en": "So."}))

    assert [(f.code, f.field) for f in lint(given)] == [
        ("text-missing", "rules[0].reason.nb"),
        ("language-missing", "rules[0].reason.nn"),
    ]
    assert [f.field for f in errors(given)] == ["rules[0].reason.nb"]


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        (rule("grid", minutes=15, valid_from="2026-01-02", valid_until="2026-01-01"), ("never-valid", "rules[0].valid_until")),
        (rule("length", at_least=90, at_most=60), ("no-length-fits", "rules[0].at_most")),
        (rule("length"), ("limits-nothing", "rules[0]")),
        (rule("horizon"), ("limits-nothing", "rules[0]")),
        (prices(ROW, ROW), ("price-rows-overlap", "rules[0].tariffs[0].rows[1]")),
        (
            prices({**ROW, "weekdays": [1, 2]}, {**ROW, "between": {"start": "16:00", "end": "20:00"}}, ROW),
            ("price-rows-overlap", "rules[0].tariffs[0].rows[1]"),
        ),
        (prices(ROW, assignments=[{"price_class": "free"}]), ("price-class-without-price", "rules[0].tariffs[0].rows")),
        (prices({"price_class": "free", "ore": 0}), ("price-class-without-price", "rules[0].tariffs[0].rows")),
        (
            rule(
                "price",
                tariffs=[
                    {"version": "a", "first": "2025-01-01", "rows": [ROW]},
                    {"version": "b", "first": "2026-01-01", "rows": [ROW]},
                ],
            ),
            ("tariffs-overlap", "rules[0].tariffs[1]"),
        ),
        (
            rule("price", tariffs=[{"version": "a", "first": "2025-01-01", "last": "2024-01-01", "rows": [ROW]}]),
            ("never-valid", "rules[0].tariffs[0].last"),
        ),
    ],
)
def test_a_planted_fault_is_found_at_its_place(planted: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in found(planted)


@pytest.mark.parametrize(
    "parted",
    [
        [{**ROW, "weekdays": [1, 2]}, {**ROW, "weekdays": [3]}],
        [{**ROW, "between": {"start": "08:00", "end": "16:00"}}, {**ROW, "between": {"start": "16:00", "end": "22:00"}}],
        [{**ROW, "applicants": ["person"]}, {**ROW, "applicants": ["business"]}],
        [{**ROW, "commercial": True}, {**ROW, "commercial": False}],
        [{**ROW, "room_kinds": ["gym"]}, {**ROW, "room_kinds": ["classroom"]}],
    ],
)
def test_rows_that_can_never_both_fit_do_not_overlap(parted: list[dict[str, Any]]) -> None:
    assert [code for code, _place in found(prices(*parted)) if code != "price-gap-likely"] == []


def test_a_second_route_with_the_same_scope_is_never_reached() -> None:
    routes = [rule("decision_route", route="at-once"), {**rule("decision_route", route="by-role"), "id": "annen"}]
    later = {**routes[1], "valid_from": "2026-01-01"}
    earlier = {**routes[0], "valid_until": "2025-12-31"}

    # Of two with the same scope the first by id is taken, wherever they stand.
    assert found(*routes) == [("never-reached", "rules[0]")]
    assert found(earlier, later) == []


def test_a_class_without_a_name_is_told() -> None:
    assert found(prices(ROW, {**ROW, "price_class": "free"})) == [("price-class-unnamed", "rules[0].tariffs")]


def test_a_tariff_that_follows_another_does_not_overlap_it() -> None:
    after = [
        {"version": "a", "first": "2024-01-01", "last": date(2024, 12, 31).isoformat(), "rows": [ROW]},
        {"version": "b", "first": "2025-01-01", "rows": [ROW]},
    ]

    assert found(rule("price", tariffs=after)) == []


def test_a_rule_that_ends_in_an_error_is_named_and_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_rule: Length, _occasion: Occasion) -> Iterator[Breach]:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(Length, "judge", fail)

    found = errors(document(rule("length", at_most=60), rule("grid", minutes=15)))

    assert [(fault.code, fault.field, fault.value) for fault in found] == [("rule-fails", "rules[0]", "OverflowError")]
