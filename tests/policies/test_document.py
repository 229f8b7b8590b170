"""Malformed documents: every fault at once, each with its place, what stands there and the way out."""

import json
from typing import Any, get_args

import pytest

from kernel.errors import Fault, Invalid
from policies.document import Document, checked, read, schema
from policies.reading import LONGEST, LONGEST_OF_CASES
from policies.rules import KINDS, AnyRule
from tests.policies.examples import REASON, document, rule


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(Invalid) as refusal:
        read(text)
    return refusal.value.faults


def written(*rules: dict[str, Any], **fields: Any) -> str:
    return json.dumps({"title": REASON, "layer": "municipality", "rules": rules, **fields})


def test_all_faults_are_told_with_place_value_and_way_out() -> None:
    text = written(
        rule("length", at_least="60", at_mst=3),
        rule("grid", minutes=1.5, scope={"season": {"first": "04-31", "last": "05-01"}, "between": {"start": "25:00", "end": "12:00"}}),
        rule("price", tariffs=[{"version": "1", "first": "2025-02-30", "rows": [{"price_class": "list", "unit": "hours"}]}]),
    )

    found = [(fault.code, fault.field, fault.value, dict(fault.facts)) for fault in faults(text)]

    assert found == [
        ("quoted-number", "rules[0].at_least", "60", {"rule": "length"}),
        ("misspelt-field", "rules[0].at_mst", 3, {"nearest": "at_most", "rule": "length"}),
        ("bad-clock", "rules[1].scope.between.start", "25:00", {"rule": "grid"}),
        ("no-such-date", "rules[1].scope.season.first", "04-31", {"rule": "grid"}),
        ("not-a-whole-number", "rules[1].minutes", 1.5, {"rule": "grid"}),
        ("bad-iso-date", "rules[2].tariffs[0].first", "2025-02-30", {"rule": "price"}),
        ("not-a-choice", "rules[2].tariffs[0].rows[0].unit", "hours", {"choices": ["hour", "day", "occasion"], "rule": "price"}),
        ("missing-field", "rules[2].tariffs[0].rows[0].ore", None, {"rule": "price"}),
    ]


def test_an_unknown_kind_is_told_the_known_ones_and_the_nearest() -> None:
    (fault,) = faults(written(rule("prise")))

    assert (fault.code, fault.field, fault.value, fault.facts["nearest"]) == ("unknown-rule-kind", "rules[0].kind", "prise", "price")
    assert fault.facts["choices"] == [kind.model_fields["kind"].default for kind in KINDS]


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("", "broken-json", ""),
        ('{"title": 1', "broken-json", ""),
        ("{'title': 1}", "broken-json", ""),
        ("[" * 100_000, "nested-too-deep", "[0]" * 33),
        ('{"title":' * 40 + "1" + "}" * 40, "nested-too-deep", ".".join(["title"] * 33)),
        ("[]", "not-fields", ""),
        ('{"title": {"nb": "x"}, "layer": "county", "rules": []}', "not-a-choice", "layer"),
        ('{"title": {"nb": "x", "se": "x"}, "layer": "municipality", "rules": []}', "unknown-field", "title.se"),
        ('{"title": {"nb": "x"}, "layer": "municipality", "rules": [], "rules": []}', "repeated-field", "rules"),
        ('{"title": {"nb": "x\\u0000"}, "layer": "municipality", "rules": []}', "unseen-sign", "title.nb"),
        ('{"title": {"nb": "x"}, "layer": "venue", "place": "a/b", "rules": []}', "wrong-place", "place"),
        ('{"title": {"nb": "x"}, "layer": "municipality", "place": "a", "rules": []}', "wrong-place", "place"),
        ('{"title": {"nb": "x"}, "layer": "municipality", "rules": [{"id": "a"}]}', "missing-field", "rules[0].kind"),
        ('{"title": {"nb": "\\ud800"}, "layer": "municipality", "rules": []}', "unseen-sign", "title.nb"),
        ('{"title": {"nb": NaN}, "layer": "municipality", "rules": []}', "not-a-number", "title.nb"),
        ('{"title": {"nb": 1e999}, "layer": "municipality", "rules": []}', "too-many-digits", "title.nb"),
        (f'{{"format": {"9" * 5000}, "title": {{"nb": "x"}}, "layer": "municipality", "rules": []}}', "too-many-digits", "format"),
        ('{"title": {"nb": "x", "nb": "y"}, "layer": "municipality", "rules": []}', "repeated-field", "title.nb"),
        ('{"format": 2, "title": {"nb": "x"}, "layer": "municipality", "rules": []}', "not-a-choice", "format"),
    ],
)
def test_what_is_not_a_document_is_refused_with_its_place(text: str, code: str, field: str) -> None:
    assert [(fault.code, fault.field) for fault in faults(text)] == [(code, field)]


def test_five_megabytes_are_refused_before_they_are_read() -> None:
    assert [(f.code, f.value, f.facts) for f in faults(" " * 5_000_000)] == [
        ("document-too-large", 5_000_000, {"most": LONGEST, "of_cases": LONGEST_OF_CASES})
    ]


def test_more_rules_than_the_limit_are_refused() -> None:
    many = [{**rule("grid", minutes=15), "id": f"g{number}"} for number in range(501)]

    assert [(f.code, f.field, f.facts) for f in faults(written(*many))] == [("too-many-items", "rules", {"most": 500})]


def test_two_rules_of_one_id_and_an_id_of_the_baseline_are_refused() -> None:
    narrower = {**rule("opening", scope={"weekdays": [1]}), "id": "baseline-opening"}
    text = written(rule("grid", minutes=15), rule("grid", minutes=30), {**rule("grid", minutes=15), "id": "baseline-route"}, narrower)

    assert [(f.code, f.field, f.value) for f in faults(text)] == [
        ("repeated-rule-id", "rules[1].id", "grid"),
        ("reserved-rule-id", "rules[2].id", "baseline-route"),
        ("reserved-rule-id", "rules[3].id", "baseline-opening"),
    ]
    assert document({**rule("opening"), "id": "baseline-opening"}).rules[0].id == "baseline-opening"


def test_a_document_is_read_back_from_its_own_data() -> None:
    given = document(
        rule("opening", scope={"between": {"start": "08:00", "end": "24:00"}, "season": {"first": "11-01", "last": "04-30"}}),
        regulation={"text": "§ 1 ..."},
        price_classes={"free": REASON},
    )

    assert checked(json.loads(json.dumps(given.data()))) == given


def test_the_schema_names_every_kind_and_every_field_of_a_rule() -> None:
    found = schema()

    kinds = set(found["properties"]["rules"]["items"]["discriminator"]["mapping"])
    assert kinds == {kind.model_fields["kind"].default for kind in KINDS}
    assert json.loads(json.dumps(found)) == found


def test_the_catalogue_and_the_union_of_kinds_are_the_same() -> None:
    union = get_args(AnyRule)[0]

    assert set(get_args(union)) == set(KINDS)


def test_documents_are_frozen() -> None:
    given: Document = document(rule("grid", minutes=15))

    with pytest.raises(ValueError, match="frozen"):
        given.place = "x"
