"""Nobody: scopes that no request can be in, and requirements that nobody can meet."""

from collections.abc import Iterator

from accounts.identity import ApplicantClass
from kernel.errors import Fault
from policies.lint.subject import Located, Subject, fault_at, fault_in
from policies.rules.applicants import Eligibility
from policies.rules.base import Rule, Scope, When
from policies.rules.use import Purpose
from policies.scopes import activities_in, can_fit, extent_of, is_empty, is_never, times_of
from policies.verdict import Effect

# Who asks to earn money and names no organisation is a business.
NEVER_COMMERCIAL = {ApplicantClass.PERSON}


def check(subject: Subject) -> Iterator[Fault]:
    """Rules, and parts of rules, that are about nobody or let nobody in."""
    for found in subject.rules:
        yield from _scopes(found)
    yield from _statuses(subject)
    yield from _purposes(subject)


def _scopes(found: Located[Rule]) -> Iterator[Fault]:
    own, *parts = found.whens
    if _holds_nobody(own[1]):
        yield fault_at(found, "scope-of-nobody", own[0].place)
        return
    for node, when in parts:
        if _holds_nobody(when) or (isinstance(when, Scope) and not can_fit(found.extent, extent_of(when))):
            yield fault_at(found, "scope-of-nobody", node.place)


def _holds_nobody(when: When) -> bool:
    if not isinstance(when, Scope):
        return is_never(times_of(when))
    return is_empty(extent_of(when)) or (when.commercial is True and bool(when.applicants) and NEVER_COMMERCIAL.issuperset(when.applicants))


def _statuses(subject: Subject) -> Iterator[Fault]:
    """Statuses that one rule asks for, and it or another turns away."""
    strict = [found for found in subject.of(Eligibility) if found.rule.effect is Effect.REFUSE]
    for asks in strict:
        for bars in strict:
            asked, both = set(asks.rule.any_status), sorted(set(asks.rule.any_status) & set(bars.rule.no_status))
            if both and (asks is bars or (len(both) == len(asked) and bars.covers(asks))):
                yield fault_in(asks, "status-asked-and-barred", "any_status", ", ".join(both), other=bars.rule.id)


def _purposes(subject: Subject) -> Iterator[Fault]:
    """Activities that one rule allows and it or another forbids, and rules that together allow none."""
    strict = [found for found in subject.of(Purpose) if found.rule.effect is Effect.REFUSE]
    allowing = [(found, activities_in(found.rule.allowed)) for found in strict if found.rule.allowed]
    forbidding = [(found, activities_in(found.rule.forbidden)) for found in strict if found.rule.forbidden]
    for found, allowed in allowing:
        for other, forbidden in forbidding:
            clashing = [one for one in found.rule.allowed if not activities_in((one,)) & ~forbidden] if allowed & forbidden else []
            if clashing and (found.rule is other.rule or other.covers(found)):
                yield fault_in(found, "activity-allowed-and-forbidden", "allowed", ", ".join(clashing), other=other.rule.id)
        for other, those in allowing:
            if not allowed & those and other.covers(found):
                yield fault_in(found, "no-activity-fits", "allowed", ", ".join(found.rule.allowed), other=other.rule.id)
