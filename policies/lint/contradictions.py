"""Contradictions: restricting rules that say different things of the same, and rules that say nothing of their own."""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from kernel.errors import Fault
from policies.lint.notice import least_days, most_days
from policies.lint.subject import Located, Subject, fault_in, substance
from policies.rules.base import Consequence, Rule, Span
from policies.rules.counts import Concurrency, NoShow, Quota
from policies.rules.opening import Opening
from policies.rules.people import AgeMix
from policies.rules.periods import ApplicationWindow, DropIn
from policies.rules.timing import Grid, Horizon, LeadTime, Length
from policies.rules.use import Capacity
from policies.scopes import MODEL_YEARS, can_share_season
from policies.seasons import Calendar, anchor


class Stricter(Enum):
    """Which of two limits leaves less: the smaller, the greater, or neither, because each leaves something else."""

    LESS = "less"
    MORE = "more"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Limits:
    """The fields of a kind that are its limits, and the one that says what follows when they are not kept."""

    effect: str = ""
    fields: tuple[tuple[str, Stricter], ...] = ()


LESS, MORE, NEITHER = Stricter
LIMITS: Mapping[type[Rule], Limits] = {
    LeadTime: Limits("effect", (("notice", MORE),)),
    Horizon: Limits("effect", (("ahead", LESS), ("last_date", LESS))),
    Length: Limits("effect", (("at_least", MORE), ("at_most", LESS))),
    Grid: Limits("effect", (("minutes", NEITHER), ("offset", NEITHER))),
    Opening: Limits("outside", (("only_between", NEITHER),)),
    Capacity: Limits("over", (("at_least", MORE), ("at_most", LESS))),
    AgeMix: Limits("otherwise", (("at_least", MORE), ("at_most", LESS), ("at_least_percent", MORE), ("at_most_percent", LESS))),
    Quota: Limits("effect", (("minutes", LESS), ("dates", LESS))),
    Concurrency: Limits("effect", (("at_most", LESS),)),
    NoShow: Limits("effect", (("times", LESS),)),
    DropIn: Limits("effect", (("released", LESS),)),
}
# Kinds that are there for their limits alone.
NOTHING_ELSE = (Length, Horizon, AgeMix)
NO_LIMITS = Limits()
STRICTNESS = [consequence.value for consequence in (Consequence.REFUSE, Consequence.REVIEW, Consequence.WARN, Consequence.ALLOW)]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A rule as what it lets through: how strict it is, 0 the strictest, the limits that it states, and which way each tightens."""

    found: Located[Rule]
    strictness: int
    limits: Mapping[str, object]
    tightens: Mapping[str, Stricter]


def check(subject: Subject) -> Iterator[Fault]:
    """Limits that differ, deadlines that differ, and rules without an effect."""
    alike: dict[Hashable, list[Restriction]] = {}
    for found in subject.rules:
        restriction = _restriction(found)
        if isinstance(found.rule, NOTHING_ELSE) and not restriction.limits:
            yield fault_in(found, "limits-nothing", "")
        elif found.rule.restricts or found.rule.gives == "conditions":
            said = substance(found.rule, {LIMITS.get(type(found.rule), NO_LIMITS).effect, *restriction.tightens})
            alike.setdefault(said, []).append(restriction)
    for group in alike.values():
        yield from _differing(group)
        yield from _unnecessary(group)
    yield from _deadlines(subject)


def _restriction(found: Located[Rule]) -> Restriction:
    """The rule; those of a kind without a choice of effect are equally strict."""
    kind = LIMITS.get(type(found.rule), NO_LIMITS)
    strictness = STRICTNESS.index(getattr(found.rule, kind.effect).value) if kind.effect else 0
    values = {name: getattr(found.rule, name) for name, _stricter in kind.fields}
    return Restriction(found, strictness, {name: value for name, value in values.items() if value is not None}, dict(kind.fields))


def _differing(group: Sequence[Restriction]) -> Iterator[Fault]:
    """Rules with the same scope and effect, and different limits; each is told beside the first that it differs from."""
    for number, one in enumerate(group):
        for other in group[:number]:
            names = _differ(one, other)
            if names:
                yield fault_in(one.found, "limits-differ", names[0], other=other.found.rule.id)
                break


def _differ(one: Restriction, other: Restriction) -> list[str]:
    """The limits in which two rules with the same scope and effect differ."""
    if one.strictness != other.strictness or one.found.extent != other.found.extent or not one.found.meets_validity_of(other.found):
        return []
    return [name for name, value in one.limits.items() if not _same(value, other.limits.get(name, value))]


def _unnecessary(group: Sequence[Restriction]) -> Iterator[Fault]:
    """Rules that refuse nothing which another does not refuse already; of two that say the same, the later."""
    for number, one in enumerate(group):
        for place, other in enumerate(group):
            if other is one or not _says_all_of(other, one) or _differ(one, other):
                continue
            if place < number or not _says_all_of(one, other):
                yield fault_in(one.found, "rule-unnecessary", "", other=other.found.rule.id)
                break


def _says_all_of(one: Restriction, other: Restriction) -> bool:
    """Whether whatever the other refuses is refused by the first."""
    return (
        one.strictness <= other.strictness
        and all(name in one.limits and _leaves_no_more(one.limits[name], value, one.tightens[name]) for name, value in other.limits.items())
        and one.found.covers(other.found)
    )


def _leaves_no_more(limit: object, other: object, direction: Stricter) -> bool:
    (least, most), (fewest, greatest) = _bounds(limit), _bounds(other)
    match direction:
        case Stricter.MORE:
            return least >= greatest or limit == other
        case Stricter.LESS:
            return most <= fewest or limit == other
        case Stricter.NEITHER:
            return limit == other


def _same(limit: object, other: object) -> bool:
    """Whether two limits are one; a week is seven days."""
    bounds = _bounds(limit)
    return limit == other or (bounds == _bounds(other) and bounds[0] == bounds[1])


def _bounds(limit: object) -> tuple[float, float]:
    """The number that a limit is, between two where it is not known how many days it comes to."""
    match limit:
        case Span():
            return least_days(limit), most_days(limit)
        case int():
            return limit, limit
        case date():
            return limit.toordinal(), limit.toordinal()
        case _:
            return -math.inf, math.inf


def _deadlines(subject: Subject) -> Iterator[Fault]:
    """Two application windows for the same use in the same season, with different deadlines."""
    windows = [(found, _closings(found.rule, subject.calendar)) for found in subject.of(ApplicationWindow)]
    for number, (found, closings) in enumerate(windows):
        for other, others in windows[:number]:
            if closings != others and can_share_season(found.rule.season, other.rule.season) and found.meets(other):
                yield fault_in(found, "two-deadlines", "closes", found.rule.closes, other=other.rule.id, stands=other.rule.closes)
                break


def _closings(rule: ApplicationWindow, calendar: Calendar) -> tuple[object, ...]:
    """The deadline of each year, or how it is named where it has no dates."""
    days = tuple(anchor(rule.closes).date_in(year, calendar.events, ends=True) for year in MODEL_YEARS)
    return days if any(days) else (anchor(rule.closes),)
