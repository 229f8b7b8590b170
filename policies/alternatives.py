"""Alternatives: the nearest time and the nearest length that a policy would not refuse, found where things change.

Between the clock times at which a window, a closure, a rule's time band, the grid or the notice turns, nothing
changes; so the nearest legal start or end lies on such an edge, or one length away from it, or next to it on the grid.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from kernel.errors import Invalid
from kernel.wallclock import WallSpan, at, to_wall
from policies.judging import Finding, found, judge
from policies.layers import Group, Policy
from policies.occasion import Occasion, minutes_of
from policies.rules.base import Reads, Rule
from policies.rules.handling import DecisionRoute
from policies.rules.timing import Grid, LeadTime
from policies.verdict import Alternative, Change

MOST_TRIES = 80
ROUND = 15
TURNS_WITH_TIME = {Reads.TIME, Reads.MOMENT}


def nearest(policy: Policy, occasion: Occasion, refusals: Sequence[Finding]) -> dict[Change, Alternative]:
    """The nearest alternatives by another time and by another length, as far as one of them could help.

    An alternative breaks nothing but what neither time nor length can mend. Only dates whose days are among the
    facts are tried. Another length is at the time that is wanted, or a part of it, where the whole can be had at another time.
    """
    hoped = {change for finding in refusals for change in finding.placed.rule.cures}
    search = Search(policy, occasion, refusals)
    found: dict[Change, Alternative] = {}
    for change in sorted(hoped, reverse=True):
        if wall := search.first_legal(change, meeting=Change.TIME in found):
            found[change] = Alternative(change, wall)
    return found


@dataclass(frozen=True)
class Search:
    """One search around a refused request."""

    policy: Policy
    occasion: Occasion
    refusals: Sequence[Finding]

    def first_legal(self, change: Change, *, meeting: bool = False) -> WallSpan | None:
        """The nearest that the policy allows, ``meeting`` the wanted time."""
        wanted = self.occasion.request.wall
        spans = self._same_length() if change is Change.TIME else self._other_lengths()
        if meeting:
            spans = ((start, end) for start, end in spans if start < wanted.end and wanted.start < end)
        return next((wall for wall in self._tried(spans) if self._is_legal(wall)), None)

    def _same_length(self) -> Iterator[tuple[datetime, datetime]]:
        length = self._length
        for edge in self._edges:
            yield edge, edge + length
            yield edge - length, edge

    def _other_lengths(self) -> Iterator[tuple[datetime, datetime]]:
        """One end moved to an edge, both where both are off, or a length that a rule would allow."""
        wall = self.occasion.request.wall
        near = [edge for edge in self._edges if wall.start.date() <= edge.date() <= wall.end.date()]
        yield from ((wall.start, edge) for edge in near)
        yield from ((edge, wall.end) for edge in near)
        yield from ((earlier, later) for earlier in near for later in near)
        for minutes in self._lengths:
            yield wall.start, wall.start + timedelta(minutes=minutes)
            yield from ((edge, edge + timedelta(minutes=minutes)) for edge in near)
            yield from ((edge - timedelta(minutes=minutes), edge) for edge in near)

    def _tried(self, spans: Iterable[tuple[datetime, datetime]]) -> list[WallSpan]:
        """The spans on the known days, nearest first: the same day before others, then by the clock.

        Of equally near ones the longer, then the earlier.
        """
        wall = self.occasion.request.wall
        usable = {(start, end) for start, end in spans if start < end and self._is_known(start, end)} - {(wall.start, wall.end)}
        ordered = sorted(usable, key=lambda span: (_distance(wall, *span), span[0] - span[1], span[0]))
        return [WallSpan(start, end, wall.zone) for start, end in ordered[:MOST_TRIES]]

    def _is_known(self, start: datetime, end: datetime) -> bool:
        return start.date() in self._days and (end - timedelta(microseconds=1)).date() in self._days

    def _is_legal(self, wall: WallSpan) -> bool:
        try:
            moved = Occasion(self.occasion.request.moved(wall), self.occasion.facts, self.policy.calendar)
        except Invalid:
            return False
        # The cheap question first: most of what is tried fails on a rule about time.
        if any(finding.refuses for finding in found(self._rules_on(moved.parts[0].date), moved)):
            return False
        return not any(finding.refuses and finding.placed.rule.cures for finding in judge(self.policy, moved).findings)

    def _rules_on(self, day: date) -> Sequence[Group]:
        """The rules that another time could break or mend, first those that refuse now: who, where and what stand."""
        if day not in self._rules:
            refusing = {finding.placed.rule.id for finding in self.refusals}
            turning = [group for group in self.policy.on(day).groups if not TURNS_WITH_TIME.isdisjoint(group.reads)]
            fitting = [group for group in turning if group.scope.fits(self.occasion)]
            self._rules[day] = sorted(fitting, key=lambda group: all(placed.rule.id not in refusing for placed in group.rules))
        return self._rules[day]

    @cached_property
    def _rules(self) -> dict[date, Sequence[Group]]:
        return {}

    @cached_property
    def _length(self) -> timedelta:
        return self.occasion.request.wall.end - self.occasion.request.wall.start

    @cached_property
    def _days(self) -> frozenset[date]:
        return frozenset(day.date for day in self.occasion.facts.days) | frozenset(self.occasion.request.dates)

    @cached_property
    def _lengths(self) -> list[int]:
        """Lengths in minutes that the broken rules name as their limit, and what of them lies on the grid."""
        named = {f.breach.limit for f in self.refusals if f.placed.rule.cures == {Change.LENGTH} and isinstance(f.breach.limit, int)}
        return sorted({minutes - minutes % step for minutes in named for step in (1, *self._steps) if minutes >= step}, reverse=True)

    @cached_property
    def _steps(self) -> list[int]:
        return [grid.minutes for grid in self._grids] or [ROUND]

    @cached_property
    def _grids(self) -> list[Grid]:
        rules = (placed.rule for placed in self.policy.on(self.occasion.parts[0].date).restricting)
        return [rule for rule in rules if isinstance(rule, Grid) and rule.scope.fits(self.occasion)]

    @cached_property
    def _edges(self) -> list[datetime]:
        """Every wall clock at which something turns, and its neighbours on the grids (which may hold for a part of the day)."""
        wall = self.occasion.request.wall
        turns = {wall.start, wall.end, *self._window_edges(), *self._rule_edges()}
        turns |= {datetime.combine(day, moment.time()) for day in self._days for moment in (wall.start, wall.end)}
        return sorted({near for turn in turns for near in self._on_grid(turn)})

    def _on_grid(self, turn: datetime) -> Iterator[datetime]:
        yield turn
        for step, offset in [(grid.minutes, grid.offset) for grid in self._grids]:
            past = timedelta(minutes=(minutes_of(turn) - offset) % step, seconds=turn.second)
            yield turn - past
            if past:
                yield turn - past + timedelta(minutes=step)

    def _window_edges(self) -> Iterator[datetime]:
        facts, zone = self.occasion.facts, self.occasion.request.wall.zone
        closures = [closure.interval for closure in facts.closures]
        for interval in [*self.occasion.opened, *self.occasion.agreed, *closures]:
            yield to_wall(interval.start, zone)
            yield to_wall(interval.end, zone)

    def _rule_edges(self) -> Iterator[datetime]:
        for day in sorted(self._days):
            for rule in self._turning_on(day):
                for band in rule.bands:
                    yield at(day, timedelta(minutes=band.start))
                    yield at(day, timedelta(minutes=band.end))
                if isinstance(rule, LeadTime):
                    yield _rounded_up(rule.earliest(self.occasion))
                if isinstance(rule, DecisionRoute) and (promised := rule.settle(self.occasion).promised_by):
                    yield to_wall(promised, self.occasion.request.wall.zone)

    def _turning_on(self, day: date) -> Iterator[Rule]:
        """The rules that may turn with the clock, those that settle something among them."""
        yield from (placed.rule for group in self._rules_on(day) for placed in group.rules)
        settling = (placed.rule for placed in self.policy.on(day).rules if placed.rule.settles)
        yield from (rule for rule in settling if rule.scope.fits(self.occasion))


def _distance(wall: WallSpan, start: datetime, end: datetime) -> tuple[int, timedelta]:
    days = start.date() - wall.start.date()
    return abs(days.days), abs(start - days - wall.start) + abs(end - days - wall.end)


def _rounded_up(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % ROUND, seconds=moment.second)
    return moment - past + timedelta(minutes=ROUND) if past else moment
