"""Evaluation: a policy applied to a request, purely; the same values always give the same verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from policies.alternatives import nearest
from policies.judging import Finding, Judged, Memo, judge
from policies.layers import ORDER, Policy
from policies.occasion import Occasion
from policies.request import Entitlement, Facts, Request
from policies.verdict import Alternative, Change, Effect, Objection, Outcome, Verdict

STRICTNESS = tuple(Effect)


def evaluate(policy: Policy, request: Request, facts: Facts, memo: Memo | None = None) -> Verdict:
    """What the policy says of the request, with all objections at once, each with the nearest legal alternatives.

    ``memo`` is shared by those who judge many requests together: what depends on the room alone, or on the time
    alone, is then judged once.
    """
    occasion = Occasion(request, facts)
    judged = judge(policy, occasion, memo)
    refusals = [finding for finding in judged.findings if finding.refuses]
    ways_out = nearest(policy, occasion, refusals) if refusals else {}
    return _verdict(judged, ways_out)


@dataclass(frozen=True, slots=True)
class Case:
    """One date of a series: the policy of that date's room, the request, and the facts without its sister dates."""

    policy: Policy
    request: Request
    facts: Facts


@dataclass(frozen=True, slots=True)
class Decided:
    """What was judged, as it has to be stored, and the verdict; ``facts`` count the granted dates before it."""

    request: Request
    facts: Facts
    verdict: Verdict


def evaluate_series(cases: Sequence[Case], memo: Memo | None = None) -> tuple[Decided, ...]:
    """Judge the dates of one series in date order, in which earlier dates use up quotas and agreement hours.

    The answer is in the order of the cases. A refused date uses nothing.
    """
    decided: dict[int, Decided] = {}
    carried: dict[tuple[str, date, date], int] = {}
    for number in sorted(range(len(cases)), key=lambda place: cases[place].request.interval):
        case = cases[number]
        facts = _carrying(case.facts, carried)
        verdict = evaluate(case.policy, case.request, facts, memo)
        decided[number] = Decided(case.request, facts, verdict)
        if verdict.outcome is not Outcome.REFUSED:
            _carry(carried, case)
    return tuple(decided[number] for number in range(len(cases)))


def _carry(carried: dict[tuple[str, date, date], int], case: Case) -> None:
    keys = {(usage.key, usage.first, usage.last) for usage in case.facts.usage}
    if case.facts.entitlement:
        keys.add(_key(case.facts.entitlement))
    for key in keys:
        carried[key] = carried.get(key, 0) + case.request.minutes


def _carrying(facts: Facts, carried: Mapping[tuple[str, date, date], int]) -> Facts:
    """The facts with the minutes of earlier dates added; equal facts stay the same object."""
    if not carried:
        return facts
    usage = tuple(replace(used, minutes=used.minutes + carried.get((used.key, used.first, used.last), 0)) for used in facts.usage)
    held = facts.entitlement
    if held:
        held = replace(held, minutes_used=held.minutes_used + carried.get(_key(held), 0))
    return replace(facts, usage=usage, entitlement=held)


def _key(held: Entitlement) -> tuple[str, date, date]:
    return f"agreement {held.id}", held.first, held.last


def _verdict(judged: Judged, ways_out: Mapping[Change, Alternative]) -> Verdict:
    objections = tuple(_objection(finding, ways_out) for finding in sorted(judged.findings, key=_order))
    return Verdict(
        outcome=judged.outcome,
        objections=tuple(objection for objection in objections if objection.effect is not Effect.WARN),
        warnings=tuple(objection for objection in objections if objection.effect is Effect.WARN),
        decider=judged.decider if judged.outcome is Outcome.REVIEW else None,
        price=judged.price,
        buffer_before=judged.margins.before,
        buffer_after=judged.margins.after,
        reads=judged.reads,
    )


def _objection(finding: Finding, ways_out: Mapping[Change, Alternative]) -> Objection:
    rule, breach = finding.placed.rule, finding.breach
    helpful = sorted(change for change in rule.cures if change in ways_out) if finding.refuses else []
    return Objection(
        rule=rule.id,
        kind=rule.kind,
        layer=finding.placed.layer,
        code=breach.code,
        field=breach.field,
        value=breach.value,
        limit=breach.limit,
        effect=breach.effect,
        reason=rule.reason,
        source=rule.source,
        alternatives=tuple(ways_out[change] for change in helpful),
    )


def _order(finding: Finding) -> tuple[int, int, str, str, str, str]:
    """The strictest first, then by kind; so that the order of rules in a document never shows."""
    rule, breach = finding.placed.rule, finding.breach
    return STRICTNESS.index(breach.effect), ORDER[type(rule)], rule.id, breach.code, breach.field, str(breach.value)
