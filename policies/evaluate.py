"""Evaluation: a policy applied to a request, purely; the same values always give the same verdict."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from policies.alternatives import nearest
from policies.entitled import drawn, undrawn
from policies.judging import Finding, Judged, Memo, judge
from policies.layers import ORDER, Policy
from policies.occasion import Occasion
from policies.request import Entitlement, Facts, Request, Usage, added
from policies.rules.base import Reads
from policies.rules.counts import Measure, adds
from policies.verdict import Alternative, Change, Effect, Objection, Outcome, Undrawn, Verdict

STRICTNESS = tuple(Effect)
Seek = Callable[[Policy, Occasion, Sequence[Finding]], Mapping[Change, Alternative]]


def evaluate(policy: Policy, request: Request, facts: Facts, memo: Memo | None = None, *, seek: Seek = nearest) -> Verdict:
    """What the policy says of the request, with all objections at once, each with the nearest legal alternatives.

    ``memo`` is shared by those who judge many requests together: what depends on the room alone, or on the time
    alone, is then judged once. ``seek`` finds the alternatives.
    """
    occasion = Occasion(request, facts, policy.calendar)
    judged = judge(policy, occasion, memo)
    refusals = [finding for finding in judged.findings if finding.refuses]
    ways_out = seek(policy, occasion, refusals) if refusals else {}
    held = drawn(request, facts) if request.agreement is None else None
    return _verdict(judged, ways_out, agreement=held.id if held else None, undrawn=undrawn(request, facts))


FOR_ALL = frozenset({Reads.ROOM, Reads.TIME, Reads.MOMENT, Reads.HEADS})


def refusals_for_all(
    policy: Policy,
    day: date,
    known: Mapping[Reads, int],
    occasion: Callable[[], Occasion],
    memo: Memo,
    *,
    within: frozenset[Reads] = FOR_ALL,
) -> tuple[Objection, ...]:
    """What keeps everybody out on an occasion that begins on a day, whoever they are and whatever they would do there.

    Only rules that read room, time, moment and number of people are asked, so that a search can ask before it knows
    the applicant; an empty answer is therefore no promise. Alternatives are not sought. ``known`` is what ``Memo.known``
    says of the occasion, which is not made where all was judged before.
    """
    refusals = [finding for finding in memo.findings_within(within, policy.on(day), known, occasion) if finding.refuses]
    return tuple(_objection(finding, {}) for finding in sorted(refusals, key=_order))


Case = tuple[Policy, Request, Facts]
Counted = tuple[str, date, date]


def evaluate_series(cases: Sequence[Case], memo: Memo | None = None, *, seek: Seek = nearest) -> tuple[Verdict, ...]:
    """The verdicts on the dates of one series in one room, in the order given; each case is policy, request and facts.

    They are judged in date order: an earlier date that is not refused uses up quotas and agreement hours, which
    the facts given count without any date of the series. Judged again together, stored cases give the same verdicts.
    """
    if memo is None and len(cases) > 1:
        memo = Memo()
    verdicts: dict[int, Verdict] = {}
    carried: dict[Counted, Usage] = {}
    for number in sorted(range(len(cases)), key=lambda number: cases[number][1].interval):
        policy, request, before = cases[number]
        facts = _carrying(before, carried)
        verdicts[number] = evaluate(policy, request, facts, memo, seek=seek)
        if len(cases) > 1 and verdicts[number].outcome is not Outcome.REFUSED:
            for added in _counted_for(policy, request, facts):
                carried[_key(added)] = _sum(carried.get(_key(added)), added)
    return tuple(verdicts[number] for number in range(len(cases)))


def _counted_for(policy: Policy, request: Request, facts: Facts) -> Iterator[Usage]:
    """What this date adds to which counts."""
    known = {_key(used) for used in facts.usage}
    for placed in policy.counts(request):
        count = placed.count
        # A date to come is no absence, and no date of a series in one room is at the same time as another.
        if count.measure in (Measure.USED, Measure.AHEAD) and (count.key, count.first, count.last) in known:
            yield adds(count, request.minutes, Occasion(request, facts, policy.calendar).parts if count.inside else ())
    if held := drawn(request, facts):
        yield Usage(*_agreed(held), request.minutes)


def _carrying(facts: Facts, carried: Mapping[Counted, Usage]) -> Facts:
    """The facts with what earlier dates use added; equal facts stay the same object."""
    if not carried:
        return facts
    usage = tuple(_sum(carried.get(_key(used)), used) for used in facts.usage)
    held = facts.entitlement and _drawn_on(facts.entitlement, carried)
    return replace(facts, usage=usage, entitlement=held, agreements=tuple(_drawn_on(one, carried) for one in facts.agreements))


def _drawn_on(held: Entitlement, carried: Mapping[Counted, Usage]) -> Entitlement:
    used = carried.get(_agreed(held))
    return replace(held, minutes_used=held.minutes_used + used.minutes) if used else held


def _sum(earlier: Usage | None, used: Usage) -> Usage:
    return used if earlier is None else added(used, earlier)


def _key(used: Usage) -> Counted:
    return used.key, used.first, used.last


def _agreed(held: Entitlement) -> Counted:
    return f"agreement {held.id}", held.since or held.first, held.until or held.last


def _verdict(judged: Judged, ways_out: Mapping[Change, Alternative], *, agreement: str | None, undrawn: tuple[Undrawn, ...]) -> Verdict:
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
        conditions=judged.conditions,
        access=judged.access,
        rank=judged.rank,
        displacement=judged.displacement,
        cancellation=judged.cancellation,
        absence=judged.absence,
        complaint=judged.complaint,
        checklist=judged.margins.checklist,
        shown_publicly=judged.shown_publicly,
        agreement=agreement,
        undrawn=undrawn,
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
        waivable_by=finding.waivable_by,
        is_asked=finding.is_asked,
        waiver=finding.waiver,
    )


def _order(finding: Finding) -> tuple[int, int, str, str, str, str]:
    """The strictest first, then by kind; so that the order of rules in a document never shows."""
    rule, breach = finding.placed.rule, finding.breach
    return STRICTNESS.index(breach.effect), ORDER[type(rule)], rule.id, breach.code, breach.field, str(breach.value)
