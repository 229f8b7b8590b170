"""Drafting: a form's fields become a rule and a rule a form's fields; documents change one thing at a time."""

from typing import Any

import pytest
from hypothesis import given
from werkzeug.datastructures import MultiDict

from kernel.errors import Invalid, Missing
from policies.differences import Change, differences
from policies.document import checked
from policies.drafting import empty_document, new_id, rule_of, shown, with_rule, without_rule
from policies.drafting import given as given_by
from policies.entered import entered, kept
from policies.rules.periods import SeasonRule
from policies.rules.tariff import PriceRule
from policies.verdict import Layer
from tests.policies import generated
from tests.policies.examples import at_once, document, rule


def form(fields: dict[str, Any]) -> MultiDict[str, str]:
    """The fields as a browser sends them: a list is several fields of one name."""
    pairs = ((name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value]))
    return MultiDict((name, "" if one is None else str(one)) for name, one in pairs)


@given(generated.documents(most=3))
def test_a_rule_shown_in_a_form_and_sent_back_is_the_same_rule(data: dict[str, Any]) -> None:
    for one in checked(data).rules:
        sent = form(shown(entered(type(one), one.model_dump(mode="json", exclude_none=True))))

        assert rule_of(given_by(sent)) == one


@pytest.mark.parametrize(
    ("written", "ore"), [("1145", 114500), ("1 145,50", 114550), ("99.5", 9950), ("0", 0), ("500 kr", 50000), ("12,50 kr.", 1250)]
)
def test_kroner_are_read_as_people_write_them(written: str, ore: int) -> None:
    row = {"tariffs[0].version": "a", "tariffs[0].rows[0].price_class": "list", "tariffs[0].rows[0].ore": written}

    assert kept(PriceRule, given_by(form(row)))["tariffs"][0]["rows"][0]["ore"] == ore


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ({"during[0].first": "24.12.", "during[0].last": "2. 1"}, {"during": [{"first": "12-24", "last": "01-02"}]}),
        ({"during[0].first": "uke 33", "during[0].last": "W35-5"}, {"during": [{"first": "W33", "last": "W35-5"}]}),
        ({"during[0].first": "12-24", "during[0].last": "school-start"}, {"during": [{"first": "12-24", "last": "school-start"}]}),
        ({"valid_from": "24.11.2026", "valid_until": "2026-12-31"}, {"valid_from": "2026-11-24", "valid_until": "2026-12-31"}),
        ({"named[]": "vinter, sommer"}, {"named": ["vinter", "sommer"]}),
        ({"scope.tags[]": "Garderobe, to dusjer\r\nScene"}, {"scope": {"tags": ["Garderobe, to dusjer", "Scene"]}}),
    ],
)
def test_dates_and_lists_are_read_as_people_write_them(typed: dict[str, str], means: dict[str, Any]) -> None:
    assert kept(SeasonRule, given_by(form(typed))) == means


@pytest.mark.parametrize("written", ["gratis", "1,234", "-5"])
def test_an_amount_that_is_none_is_a_fault_at_its_field(written: str) -> None:
    data = {"kind": "price", "id": "pris", "tariffs[0].version": "a", "tariffs[0].first": "2026-01-01"}
    data |= {"tariffs[0].rows[0].price_class": "list", "tariffs[0].rows[0].ore": written}

    with pytest.raises(Invalid) as refusal:
        rule_of(given_by(form(data)))

    assert [fault.field for fault in refusal.value.faults] == ["tariffs[0].rows[0].ore"]


def test_rows_that_are_empty_or_to_be_dropped_are_not_there_and_a_choice_alone_says_nothing() -> None:
    data = given_by(
        form(
            {
                "tariffs[0].version": "a",
                "tariffs[0].rows[0].unit": "hour",
                "tariffs[0].rows[1].price_class": "list",
                "tariffs[0].rows[1].ore": "1",
                "tariffs[0].rows[2].price_class": "list",
                "tariffs[0].rows[2].drop": "yes",
                "promise.unit": "working-days",
                "notice.unit": "days",
                "scope.between.start": "",
            }
        )
    )

    assert data == {"tariffs": [{"version": "a", "rows": [{"price_class": "list", "ore": "1"}]}], "notice": {"unit": "days"}}


def test_a_hostile_field_name_or_hidden_value_does_no_harm() -> None:
    data = given_by(form({"assignments[0].price_class": "list", "assignments[0].rest": "[1", "kind": "price", "id": "a"}))

    assert data["assignments"] == [{"price_class": "list"}]


def test_one_rule_is_added_changed_and_removed_and_an_id_that_is_taken_is_refused() -> None:
    start = document(at_once(), rule("length", at_most=60))
    longer = document(rule("length", at_most=90)).rules[0]
    grid = document(rule("grid", minutes=15)).rules[0]

    added = with_rule(start, grid)
    changed = with_rule(added, longer, instead_of="length")

    assert [one.id for one in added.rules] == ["decision-route", "length", "grid"]
    assert [one.model_dump().get("at_most") for one in changed.rules] == [None, 90, None]
    assert [one.id for one in without_rule(changed, "length").rules] == ["decision-route", "grid"]
    with pytest.raises(Invalid):
        with_rule(start, longer)
    with pytest.raises(Missing):
        without_rule(start, "grid")


def test_a_new_rule_gets_an_id_that_is_free() -> None:
    start = document(rule("length"), rule("length", id="length-2"))

    assert (new_id(start, "length"), new_id(start, "lead_time")) == ("length-3", "lead-time")


def test_an_empty_document_is_a_sound_one() -> None:
    found = empty_document(Layer.ROOM, "a/b", "Sal B")

    assert (found.rules, found.title.nb) == ((), "Retningslinjer for Sal B")


def test_differences_are_told_rule_by_rule_and_never_of_order() -> None:
    old = document(at_once(), rule("length", at_most=60), rule("grid", minutes=15))
    new = document(rule("length", at_most=90), at_once(), rule("buffers", before=5))

    assert [(one.change, one.rule.id) for one in differences(old, new)] == [
        (Change.CHANGED, "length"),
        (Change.ADDED, "buffers"),
        (Change.REMOVED, "grid"),
    ]
