"""Differences: what changes from one version of a policy to another, rule by rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from policies.document import Document
from policies.rules.base import Rule


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that is new, gone or other than it was."""

    change: Change
    before: Rule | None
    after: Rule | None

    @property
    def rule(self) -> Rule:
        """The rule as it now is, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found


def differences(old: Document | None, new: Document) -> tuple[Difference, ...]:
    """What differs in the rules, in the order of the new document, those that are gone last; their order is no difference."""
    before: dict[str, Rule] = {rule.id: rule for rule in old.rules} if old else {}
    return (*_now(before, new), *_gone(before, new))


def _now(before: dict[str, Rule], new: Document) -> Iterator[Difference]:
    for rule in new.rules:
        earlier = before.get(rule.id)
        if earlier is None:
            yield Difference(Change.ADDED, None, rule)
        elif earlier != rule:
            yield Difference(Change.CHANGED, earlier, rule)


def _gone(before: dict[str, Rule], new: Document) -> Iterator[Difference]:
    kept = {rule.id for rule in new.rules}
    yield from (Difference(Change.REMOVED, rule, None) for rule in before.values() if rule.id not in kept)
