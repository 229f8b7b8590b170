"""Judging: which rules in force a request breaks, what it costs and who decides, before it is told as a verdict."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from policies.layers import Effective, Group, Placed, Policy
from policies.occasion import Occasion
from policies.rules.base import Breach, Reads
from policies.rules.handling import DecisionRoute, Margins, Route
from policies.rules.tariff import Priced
from policies.verdict import Decider, Effect, Outcome, Price

EVERYTHING = frozenset(Reads)


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach, and the placed rule that found it."""

    placed: Placed
    breach: Breach

    @property
    def refuses(self) -> bool:
        return self.breach.effect is Effect.REFUSE


@dataclass(frozen=True, slots=True)
class Judged:
    """All findings, and what the settling rules give; ``decider`` is who would answer if a review is needed."""

    findings: tuple[Finding, ...]
    price: Price | None
    margins: Margins
    decider: Decider
    outcome: Outcome
    reads: tuple[str, ...]


def judge(policy: Policy, occasion: Occasion, memo: "Memo | None" = None) -> Judged:
    """Apply what is in force on the first date of use; staff who may decide await no review."""
    effective = policy.on(occasion.parts[0].date)
    findings = list(memo.findings(effective, occasion) if memo else found(effective.groups, occasion))
    price, missing = _price(effective, occasion)
    findings += missing
    placed, route = _route(effective, occasion)
    is_reviewed = not occasion.facts.by_staff and (route.route is Route.BY_ROLE or any(_reviews(finding) for finding in findings))
    if is_reviewed:
        findings += [Finding(placed, breach) for breach in route.lateness(occasion)]
    return Judged(
        tuple(findings), price, _margins(effective, occasion), route.settle(occasion), _outcome(findings, is_reviewed), effective.reads
    )


class Memo:
    """What was found before for equal facts; made by whoever judges many requests together, and dropped after."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[Finding, ...]] = {}
        self._numbers: dict[Hashable, int] = {}

    def findings(self, effective: Effective, occasion: Occasion, within: frozenset[Reads] = EVERYTHING) -> Iterator[Finding]:
        """The same as ``found``, with each group of rules judged once per equal facts that it reads.

        Groups that read more than ``within`` are left out.
        """
        # Equal facts get one number, so that long ones are hashed once per request and not once per group.
        known = {part: self._numbers.setdefault((part, value), len(self._numbers)) for part, value in _facts_read(occasion).items()}
        for place, group in enumerate(effective.groups):
            if not within.issuperset(group.reads):
                continue
            key = (effective, place, *(known[part] for part in group.reads))
            if key not in self._found:
                self._found[key] = tuple(found((group,), occasion))
            yield from self._found[key]


def found(groups: Iterable[Group], occasion: Occasion) -> Iterator[Finding]:
    """What those of the rules find that have the request in their scope."""
    for group in groups:
        if group.scope.covers(occasion):
            for placed in group.rules:
                for breach in placed.rule.judge(occasion):
                    yield Finding(placed, breach)


def _outcome(findings: Iterable[Finding], is_reviewed: bool) -> Outcome:
    if any(finding.refuses for finding in findings):
        return Outcome.REFUSED
    return Outcome.REVIEW if is_reviewed else Outcome.ACCEPTED


def _reviews(finding: Finding) -> bool:
    return finding.breach.effect is Effect.REVIEW


def _price(effective: Effective, occasion: Occasion) -> tuple[Price | None, list[Finding]]:
    placed = effective.settling("price", occasion)
    if placed is None:
        return None, []
    priced: Priced = placed.rule.settle(occasion)
    return priced.price, [Finding(placed, breach) for breach in priced.breaches]


def _route(effective: Effective, occasion: Occasion) -> tuple[Placed, DecisionRoute]:
    placed = effective.settling("decider", occasion)
    # The baseline has a route without any scope, so one is always found.
    if placed is None or not isinstance(placed.rule, DecisionRoute):
        raise LookupError("no decision route in force")
    return placed, placed.rule


def _margins(effective: Effective, occasion: Occasion) -> Margins:
    placed = effective.settling("buffers", occasion)
    margins: Margins = placed.rule.settle(occasion) if placed else Margins()
    return margins


def _facts_read(occasion: Occasion) -> dict[Reads, Hashable]:
    """The values behind each declared part; what stands under no part here no restricting rule may read."""
    request, facts = occasion.request, occasion.facts
    return {
        Reads.ROOM: (request.room, facts.room),
        Reads.TIME: (request.wall, request.interval, facts.windows, facts.hours_known, facts.closures, facts.days),
        Reads.MOMENT: (request.submitted, request.wall.zone, facts.office_holidays),
        Reads.APPLICANT: (request.applicant, request.organisation, request.person, request.age, facts.applicant),
        Reads.HEADS: (request.heads,),
        Reads.USE: (
            request.activity,
            request.participants,
            request.commercial,
            request.alcohol,
            request.open_to_all,
            request.in_series,
        ),
        Reads.COUNTS: (request.agreement, facts.usage, facts.entitlement),
    }
