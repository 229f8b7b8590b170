"""Tables: lines of a table, and rules of which one is taken, that another always goes before, or that cannot be told apart."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kernel.errors import Fault
from policies.layers import precedence
from policies.lint.subject import Located, Subject, fault_in, substance
from policies.rules.base import Rule, Scope
from policies.rules.charges import Cancellation, LaterThan
from policies.rules.ranking import Priority
from policies.rules.tariff import PriceRule
from policies.scopes import Extent, can_meet, contains, extent_of

L = TypeVar("L")
# A table longer than this is not compared line by line: nobody could follow it.
MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: whom and what it is about, how many limits it states, and for what it stands (a price class)."""

    extent: Extent
    width: int
    stands_for: str = ""


def check(subject: Subject) -> Iterator[Fault]:
    """What is never reached, and where nobody can say which of two is meant."""
    yield from _rivals(subject)
    for price in subject.of(PriceRule):
        yield from _unreached(price, "assignments", _lines(price.rule.assignments), _comes_first)
        for number, tariff in enumerate(price.rule.tariffs):
            rows = [Line(extent_of(row), row.width, row.price_class) for row in tariff.rows[: MOST_LINES + 1]]
            yield from _unreached(price, f"tariffs[{number}].rows", rows, _is_more_special)
            yield from _alike(price, f"tariffs[{number}].rows", rows)
    for priority in subject.of(Priority):
        yield from _unreached(priority, "order", _lines(priority.rule.order), _comes_first)
    for cancellation in subject.of(Cancellation):
        yield from _unreached(cancellation, "steps", cancellation.rule.steps, _costs_more)


def _lines(scopes: Sequence[Scope]) -> list[Line]:
    return [Line(extent_of(scope), scope.width) for scope in scopes[: MOST_LINES + 1]]


def _rivals(subject: Subject) -> Iterator[Fault]:
    """Rules of which one alone applies: those that never do, and those between which only their names decide."""
    settling: dict[str, list[Located[Rule]]] = {}
    for found in subject.rules:
        if found.rule.settles:
            settling.setdefault(found.rule.settles, []).append(found)
    for group in settling.values():
        ranked = sorted(group, key=lambda found: precedence(found.rule))
        for number, found in enumerate(ranked):
            yield from _beside_higher(found, ranked[:number])


def _beside_higher(found: Located[Rule], higher: Sequence[Located[Rule]]) -> Iterator[Fault]:
    """What is told of a rule beside those that are taken before it: the first that always is, else the first that may be."""
    for other in higher:
        if other.covers(found) or (other.extent == found.extent and other.meets_validity_of(found)):
            yield fault_in(found, "never-reached", "", found.rule.id, other=other.rule.id)
            return
    said = substance(found.rule)
    for other in higher:
        if other.rule.scope.width == found.rule.scope.width and other.meets(found) and substance(other.rule) != said:
            yield fault_in(found, "rules-overlap", "scope", found.rule.id, other=other.rule.id)
            return


def _unreached(found: Located[Rule], field: str, lines: Sequence[L], goes_before: Callable[[L, L, bool], bool]) -> Iterator[Fault]:
    """Lines that another goes before; each is told beside the first that does. ``goes_before`` hears whether that is earlier."""
    if len(lines) > MOST_LINES:
        yield fault_in(found, "table-too-long", field, most=MOST_LINES)
        return
    for number, line in enumerate(lines):
        before = next((place for place, other in enumerate(lines) if place != number and goes_before(other, line, place < number)), None)
        if before is not None:
            yield fault_in(found, "line-never-reached", f"{field}[{number}]", number=number + 1, other=before + 1)


def _comes_first(other: Line, line: Line, is_earlier: bool) -> bool:
    return is_earlier and contains(other.extent, line.extent)


def _is_more_special(other: Line, row: Line, is_earlier: bool) -> bool:
    return other.width > row.width and other.stands_for == row.stands_for and contains(other.extent, row.extent)


def _costs_more(other: LaterThan, step: LaterThan, is_earlier: bool) -> bool:
    return other.days >= step.days and other.percent >= step.percent and (is_earlier or other != step)


def _alike(found: Located[PriceRule], field: str, rows: Sequence[Line]) -> Iterator[Fault]:
    """Two rows with equally many limits that can both fit: which one is meant cannot be told."""
    for number, row in enumerate(rows if len(rows) <= MOST_LINES else ()):
        for place, other in enumerate(rows[:number]):
            if other.width == row.width and other.stands_for == row.stands_for and can_meet(other.extent, row.extent):
                yield fault_in(found, "price-rows-overlap", f"{field}[{number}]", row.stands_for, number=number + 1, other=place + 1)
                break
