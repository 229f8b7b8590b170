"""What holds of every policy, request and facts, whatever they are."""

import json
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.document import Document, checked
from policies.evaluate import evaluate, evaluate_series, refusals_for_all
from policies.judging import Memo, found, judge
from policies.layers import Policy, combine, grouped
from policies.occasion import Occasion
from policies.request import Facts, Request
from policies.rules import KINDS
from policies.rules.base import Reads
from policies.verdict import Change, Effect, Outcome, Verdict
from tests.policies import generated

STRICTNESS = {Outcome.ACCEPTED: 0, Outcome.REVIEW: 1, Outcome.REFUSED: 2}
ROOM = "oren-flerbrukshall/gymsal-1"
LAYERS = st.tuples(
    generated.documents(), generated.documents("venue", "oren-flerbrukshall", most=4), generated.documents("room", ROOM, most=3)
).map(lambda layers: [checked(layer) for layer in layers])


@given(LAYERS, generated.requests(), generated.facts())
def test_the_same_values_give_the_same_verdict_and_it_can_be_stored(layers: list[Document], request: Request, facts: Facts) -> None:
    verdict = evaluate(combine(layers), request, facts)

    stored = json.loads(json.dumps([request.to_json(), facts.to_json(), verdict.to_json()]))
    again = evaluate(combine(layers), Request.from_json(stored[0]), Facts.from_json(stored[1]))

    assert again == verdict == Verdict.from_json(stored[2])


@given(LAYERS, generated.requests(), generated.facts(), st.integers())
def test_the_order_of_rules_and_documents_never_matters(layers: list[Document], request: Request, facts: Facts, seed: int) -> None:
    random = Random(seed)
    shuffled = [layer.model_copy(update={"rules": tuple(random.sample(layer.rules, len(layer.rules)))}) for layer in layers]
    random.shuffle(shuffled)

    assert evaluate(combine(shuffled), request, facts) == evaluate(combine(layers), request, facts)


@given(generated.documents(most=6), generated.requests(), generated.facts(), st.data())
def test_every_objection_of_a_smaller_policy_stands_in_the_larger(
    small: dict[str, Any], request: Request, facts: Facts, data: st.DataObject
) -> None:
    """Restricting rules of one layer only add up: none hides another's objection, and none makes the outcome milder."""
    restricting = [rule for rule in small["rules"] if rule["kind"] not in ("decision_route", "price", "buffers")]
    more = {**small, "rules": restricting}
    fewer = {**small, "rules": [rule for rule in restricting if data.draw(st.booleans())]}

    larger, smaller = (evaluate(combine([checked(one)]), request, facts) for one in (more, fewer))

    told = {(o.rule, o.code, o.field, o.value) for o in (*larger.objections, *larger.warnings)}
    assert {(o.rule, o.code, o.field, o.value) for o in (*smaller.objections, *smaller.warnings) if o.layer != "baseline"} <= told
    if not {rule["kind"] for rule in restricting} & {"opening", "lead_time", "capacity", "entitlement"}:
        assert STRICTNESS[larger.outcome] >= STRICTNESS[smaller.outcome]


@given(LAYERS, generated.requests(), generated.facts())
def test_the_outcome_is_the_strictest_effect(layers: list[Document], request: Request, facts: Facts) -> None:
    verdict = evaluate(combine(layers), request, facts)

    effects = {objection.effect for objection in verdict.objections}
    assert (verdict.outcome is Outcome.REFUSED) == (Effect.REFUSE in effects)
    assert (verdict.decider is not None) == (verdict.outcome is Outcome.REVIEW)
    if verdict.outcome is Outcome.ACCEPTED and not facts.by_staff:
        assert Effect.REVIEW not in effects


@settings(max_examples=120)
@given(LAYERS, generated.requests(), generated.facts())
def test_a_nearest_alternative_is_itself_not_refused(layers: list[Document], request: Request, facts: Facts) -> None:
    policy = combine(layers)

    for objection in evaluate(policy, request, facts).refusals:
        for way in objection.alternatives:
            assert not curable(policy, request.moved(way.wall), facts)


@settings(max_examples=20)
@given(LAYERS, generated.requests(), generated.facts())
def test_no_nearer_time_of_the_same_length_is_legal(layers: list[Document], request: Request, facts: Facts) -> None:
    """Every start of the same day on five minutes is tried; what is offered on that day is as near as any of them."""
    policy, wall = combine(layers), request.wall
    offered = [way.wall for o in evaluate(policy, request, facts).refusals for way in o.alternatives if way.change is Change.TIME]
    assume(offered)
    nearest = min((abs(way.start - wall.start) for way in offered if way.start.date() == wall.start.date()), default=timedelta(days=1))

    for start in generated.five_minutes_of(wall):
        tried = generated.sound(request, replace(wall, start=start, end=start + (wall.end - wall.start)))
        if tried and abs(start - wall.start) < nearest:
            assert curable(policy, tried, facts)


@given(LAYERS, st.lists(generated.requests(), min_size=2, max_size=4), generated.facts())
def test_a_memo_changes_nothing(layers: list[Document], requests: list[Request], facts: Facts) -> None:
    policy, memo = combine(layers), Memo()

    assert [evaluate(policy, one, facts, memo) for one in requests] == [evaluate(policy, one, facts) for one in requests]


@given(LAYERS, generated.requests(), generated.facts(), generated.requests(), generated.facts())
def test_a_rule_reads_nothing_but_what_it_declares(
    layers: list[Document], request: Request, facts: Facts, other: Request, others: Facts
) -> None:
    """All parts that a rule does not declare are taken from another request; its findings stay the same."""
    policy = combine(layers)
    for placed in policy.on(request.dates[0]).restricting:
        mixed = mix(request, facts, other, others, placed.rule.reads)
        one, another = (list(found(grouped([placed]), Occasion(*pair, policy.calendar))) for pair in (mixed, (request, facts)))
        assert one == another


@given(LAYERS, generated.requests(), generated.facts())
def test_what_refuses_everybody_refuses_each(layers: list[Document], request: Request, facts: Facts) -> None:
    policy, memo = combine(layers), Memo()
    occasion = Occasion(request, facts, policy.calendar)

    for_all = {(o.rule, o.code, o.value) for o in refusals_for_all(policy, request.dates[0], memo.known(occasion), lambda: occasion, memo)}

    assert for_all <= {(o.rule, o.code, o.value) for o in evaluate(policy, request, facts).refusals}


@given(LAYERS, generated.requests(), generated.facts())
def test_a_series_of_one_is_that_request(layers: list[Document], request: Request, facts: Facts) -> None:
    policy = combine(layers)

    assert evaluate_series([(policy, request, facts)]) == (evaluate(policy, request, facts),)


def curable(policy: Policy, request: Request, facts: Facts) -> list[str]:
    """What refuses the request and could be mended by another time or length."""
    findings = judge(policy, Occasion(request, facts, policy.calendar)).findings
    return [finding.placed.rule.id for finding in findings if finding.refuses and finding.placed.rule.cures]


def mix(request: Request, facts: Facts, other: Request, others: Facts, kept: frozenset[Reads]) -> tuple[Request, Facts]:
    taken = [fields for part, fields in PARTS.items() if part not in kept]
    of_request = {name: getattr(other, name) for names, _ in taken for name in names}
    if Reads.HEADS in kept and request.heads is None:
        # The number that was not given would be reckoned from the other's participants.
        of_request.pop("participants", None)
    return replace(request, **of_request), replace(facts, **{name: getattr(others, name) for _, names in taken for name in names})


PARTS: dict[Reads, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Reads.ROOM: (("room",), ("room",)),
    Reads.TIME: (("wall", "interval"), ("windows", "hours_known", "closures", "days")),
    Reads.MOMENT: (("submitted",), ("office_holidays",)),
    Reads.APPLICANT: (("applicant", "organisation", "person", "age"), ("applicant",)),
    Reads.HEADS: (("heads",), ()),
    Reads.AGES: (("participants",), ()),
    Reads.USE: (("activity", "commercial", "alcohol", "open_to_all", "in_series"), ()),
    Reads.COUNTS: (("agreement", "team"), ("usage", "entitlement", "agreements")),
}


def test_every_kind_is_generated() -> None:
    assert set(generated.FIELDS) == {kind.model_fields["kind"].default for kind in KINDS}


def test_the_parts_are_all_that_can_be_read() -> None:
    named = {name for of_request, of_facts in PARTS.values() for name in (*of_request, *of_facts)}

    # Exceptions are no rule's business: they are put to its findings afterwards.
    assert named | {"by_staff", "waivers", "exceptions"} == {*Request.__dataclass_fields__, *Facts.__dataclass_fields__}
