"""Judging: which rules in force a request breaks, what it costs and who decides, before it is told as a verdict."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from accounts.identity import Role
from kernel.money import Ore
from policies.layers import Effective, Group, Placed, Policy
from policies.occasion import Occasion
from policies.request import Waiver
from policies.rules.base import Breach, Reads, Rule, When
from policies.rules.charges import Surcharge, with_surcharges
from policies.rules.handling import DecisionRoute, Margins, Route
from policies.rules.tariff import LIST, Priced, PriceRule
from policies.verdict import Absence, Access, Complaint, Condition, Decider, Displacement, Effect, Ladder, Outcome, Price, Rank, Reason

EVERYTHING = frozenset(Reads)


ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach, and the placed rule that found it; whether an exception is asked for, and the one that was granted."""

    placed: Placed
    breach: Breach
    is_asked: bool = False
    waiver: Waiver | None = None

    @property
    def refuses(self) -> bool:
        return self.breach.effect is Effect.REFUSE and not self.is_asked and self.waiver is None

    @property
    def reviews(self) -> bool:
        return self.waiver is None and (self.breach.effect is Effect.REVIEW or self.is_asked)

    @property
    def waivable_by(self) -> Role | None:
        """Who may except from the rule; nobody from what is firm."""
        waiver = self.placed.rule.waiver
        return waiver.by if waiver and not self.breach.is_firm and self.breach.effect is not Effect.WARN else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All findings, and what the rules settle and give; ``decider`` is who would answer if a review is needed."""

    findings: tuple[Finding, ...]
    outcome: Outcome
    decider: Decider
    price: Price | None
    margins: Margins
    conditions: tuple[Condition, ...]
    access: tuple[Access, ...]
    rank: Rank | None
    displacement: Displacement | None
    cancellation: Ladder | None
    absence: Absence | None
    complaint: Complaint | None
    shown_publicly: bool
    reads: tuple[str, ...]


def judge(policy: Policy, occasion: Occasion, memo: "Memo | None" = None) -> Judged:
    """Apply what is in force on the first date of use; staff who may decide await no review but for exceptions."""
    effective = policy.on(occasion.parts[0].date)
    given = _given(effective, occasion)
    findings = list(memo.findings(effective, occasion) if memo else found(effective.groups, occasion))
    findings += coarse_ages(effective, occasion)
    price, missing = _price(effective, occasion, given.get("surcharges", ()))
    findings = [_excepted(finding, occasion) for finding in (*findings, *missing)]
    placed, route = _route(effective, occasion)
    is_reviewed = any(finding.is_asked and finding.reviews for finding in findings) or (
        not occasion.facts.by_staff and (route.route is Route.BY_ROLE or any(finding.reviews for finding in findings))
    )
    if is_reviewed:
        findings += [Finding(placed, breach) for breach in route.lateness(occasion)]
    margins: Margins = _settled(effective, occasion, "buffers") or Margins()
    return Judged(
        findings=tuple(findings),
        outcome=_outcome(findings, is_reviewed),
        decider=_decider(route, occasion, findings),
        price=price,
        margins=margins,
        conditions=tuple(given.get("conditions", ())),
        access=tuple(given.get("access", ())),
        rank=_rank(effective, occasion, given.get("points", ())),
        displacement=_settled(effective, occasion, "displacement"),
        cancellation=_settled(effective, occasion, "cancellation"),
        absence=_settled(effective, occasion, "absence"),
        complaint=_settled(effective, occasion, "complaint"),
        shown_publicly=_settled(effective, occasion, "publicity") is not False,
        reads=effective.reads,
    )


class Memo:
    """What was found before for equal facts; made by whoever judges many requests together, and dropped after."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[Finding, ...]] = {}
        self._numbers: dict[Hashable, int] = {}

    def number(self, part: Reads, value: Hashable) -> int:
        """One number for equal facts of a part, so that long ones are hashed once and not with each group of rules."""
        return self._numbers.setdefault((part, value), len(self._numbers))

    def known(self, occasion: Occasion) -> dict[Reads, int]:
        """What an occasion is of each part, as numbers."""
        return {part: self.number(part, value) for part, value in _facts_read(occasion).items()}

    def findings(self, effective: Effective, occasion: Occasion) -> Iterator[Finding]:
        """The same as ``found``, with each group of rules judged once per equal facts that it reads."""
        return self.findings_within(EVERYTHING, effective, self.known(occasion), lambda: occasion)

    def findings_within(
        self, within: frozenset[Reads], effective: Effective, known: Mapping[Reads, int], occasion: Callable[[], Occasion]
    ) -> Iterator[Finding]:
        """The findings of the groups that read no more than ``within``; the occasion is made when one of them was not judged before."""
        made: Occasion | None = None
        for place, group in enumerate(effective.groups):
            if within.issuperset(group.reads):
                key = (effective, place, *[known[part] for part in group.reads])
                findings = self._found.get(key)
                if findings is None:
                    made = made or occasion()
                    findings = self._found[key] = tuple(found((group,), made))
                yield from findings


def found(groups: Iterable[Group], occasion: Occasion) -> Iterator[Finding]:
    """What those of the rules find that have the request in their scope."""
    for group in groups:
        if group.scope.covers(occasion):
            for placed in group.rules:
                for breach in placed.rule.judge(occasion):
                    yield Finding(placed, breach)


def coarse_ages(effective: Effective, occasion: Occasion) -> Iterator[Finding]:
    """The bands of participants that reach over an age which a rule in scope tells apart; they have to be split."""
    bands = [band for band in occasion.request.participants if band.heads]
    for placed in effective.telling_ages_apart if bands else ():
        if placed.rule.scope.would_cover(occasion):
            for band in bands:
                cut = next((cut for cut in placed.rule.age_cuts if band.first < cut and (band.last is None or cut <= band.last)), None)
                if cut is not None:
                    written = f"{band.first}-{band.last}" if band.last is not None else f"{band.first}+"
                    yield Finding(placed, Breach("ages-too-coarse", "participants", written, cut, Effect.REFUSE, is_firm=True))


def _excepted(finding: Finding, occasion: Occasion) -> Finding:
    """The finding with the exception that was granted or is asked for, where the rule can be waived at all."""
    rule = finding.placed.rule
    if finding.waivable_by is None:
        return finding
    about = (rule.id, rule.kind, finding.placed.place(occasion.request.room))
    waiver = next((one for one in occasion.facts.waivers if (one.rule, one.kind, one.place) == about and _may(one, finding)), None)
    return replace(finding, waiver=waiver, is_asked=waiver is None and rule.id in occasion.request.exceptions)


def _may(waiver: Waiver, finding: Finding) -> bool:
    """Whether the role in which it was granted is high enough for the rule as it is now."""
    return finding.waivable_by is not None and ROLES.index(waiver.role) >= ROLES.index(finding.waivable_by)


def _decider(route: DecisionRoute, occasion: Occasion, findings: Iterable[Finding]) -> Decider:
    """The highest of the roles that the route, the rules that call for a review and the exceptions asked for name.

    The title is that of the route's own role.
    """
    wanted = [route.role]
    for finding in findings:
        if finding.reviews:
            wanted += filter(None, (finding.placed.rule.review_by, finding.waivable_by if finding.is_asked else None))
    settled, role = route.settle(occasion), max(wanted, key=ROLES.index)
    return settled if role is route.role else replace(settled, role=role, title=Reason())


def _given(effective: Effective, occasion: Occasion) -> dict[str, list[Any]]:
    """Everything that rules add, by what it is."""
    given: dict[str, list[Any]] = {}
    for placed in effective.giving:
        if placed.rule.scope.covers(occasion):
            given.setdefault(placed.rule.gives, []).extend(placed.rule.give(occasion))
    return given


def _settled(effective: Effective, occasion: Occasion, what: str) -> Any:
    placed = effective.settling(what, occasion)
    return placed.rule.settle(occasion) if placed else None


def _rank(effective: Effective, occasion: Occasion, points: Sequence[int]) -> Rank | None:
    rank: Rank | None = _settled(effective, occasion, "rank")
    if rank is None and not points:
        return None
    return replace(rank or Rank(place=1, of=1), points=sum(points))


def _outcome(findings: Iterable[Finding], is_reviewed: bool) -> Outcome:
    if any(finding.refuses for finding in findings):
        return Outcome.REFUSED
    return Outcome.REVIEW if is_reviewed else Outcome.ACCEPTED


def _price(effective: Effective, occasion: Occasion, surcharges: Sequence[Surcharge]) -> tuple[Price | None, list[Finding]]:
    placed = effective.settling("price", occasion)
    if placed is None:
        return None, []
    priced: Priced = placed.rule.settle(occasion)
    price = priced.price
    if price and surcharges:
        within = partial(_within, placed.rule, occasion)
        lists = with_surcharges(price.list_lines, surcharges, occasion, partial(within, LIST)) if price.list_lines else ()
        lines = with_surcharges(price.lines, surcharges, occasion, partial(within, price.price_class))
        price = replace(price, lines=lines, list_lines=lists)
    return price, [Finding(placed, breach) for breach in priced.breaches]


def _within(rule: Rule, occasion: Occasion, price_class: str, when: When) -> Ore:
    return rule.within(occasion, price_class, when) if isinstance(rule, PriceRule) else 0


def _route(effective: Effective, occasion: Occasion) -> tuple[Placed, DecisionRoute]:
    placed = effective.settling("decider", occasion)
    # The baseline has a route without any scope, so one is always found.
    if placed is None or not isinstance(placed.rule, DecisionRoute):
        raise LookupError("no decision route in force")
    return placed, placed.rule


def _facts_read(occasion: Occasion) -> dict[Reads, Hashable]:
    """The values behind each declared part; what stands under no part here no restricting rule may read."""
    request, facts = occasion.request, occasion.facts
    return {
        Reads.ROOM: (request.room, facts.room),
        Reads.TIME: (request.wall, request.interval, facts.windows, facts.hours_known, facts.closures, facts.days),
        Reads.MOMENT: (request.submitted, request.wall.zone, facts.office_holidays),
        Reads.APPLICANT: (request.applicant, request.organisation, request.person, request.age, facts.applicant),
        Reads.HEADS: (request.heads,),
        Reads.AGES: (request.participants,),
        Reads.USE: (
            request.activity,
            request.commercial,
            request.alcohol,
            request.open_to_all,
            request.in_series,
        ),
        Reads.COUNTS: (request.agreement, request.team, facts.usage, facts.entitlement, facts.agreements),
    }
