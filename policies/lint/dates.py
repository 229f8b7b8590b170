"""Dates: events without a date, weeks that do not hold their event, week 53, and rules that end before they begin."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import Fault
from policies.lint.subject import Located, Subject, anchors_in, fault_in, nodes_in
from policies.rules.base import Rule
from policies.seasons import Anchor, anchor

WEEK_53 = 53
SUNDAY = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Use:
    """A yearly date where it is written, the rule that names it (none for a named period), and the years that need it."""

    place: str
    written: str
    rule: Mapping[str, object]
    years: tuple[int, ...] = ()

    @property
    def anchor(self) -> Anchor:
        return anchor(self.written)

    @property
    def event(self) -> str:
        return self.anchor.event or self.anchor.holds


def check(subject: Subject) -> Iterator[Fault]:
    """What is wrong with the dates that a document names; an event without dates is told once."""
    uses = tuple(_uses(subject))
    yield from _twice(subject)
    yield from _undated(subject, {use.event: use for use in reversed(uses) if use.event})
    yield from _years(subject, {(use.event, year): use for use in reversed(uses) if use.event for year in use.years})
    for use in uses:
        yield from _weeks(subject, use)
    for found in subject.rules:
        yield from _validity(found)


def _uses(subject: Subject) -> Iterator[Use]:
    for node in anchors_in(tuple(nodes_in(subject.document.periods, "periods"))):
        yield Use(node.place, str(node.value), {})
    for found in subject.rules:
        for node in found.anchors:
            yield Use(node.place, str(node.value), {"rule": found.rule.id}, tuple(_needed(found, subject.today)))


def _needed(found: Located[Rule], today: date | None) -> Iterator[int]:
    """The years in which a rule's dates are needed next: this one and the following, as far as the rule is in force."""
    if today:
        first = max(today, found.rule.valid_from or today).year
        last = (found.rule.valid_until or date.max).year
        yield from range(first, min(first + 1, last) + 1)


def _twice(subject: Subject) -> Iterator[Fault]:
    """Two dates of one event in a year: only the first would count."""
    for name, days in subject.document.events.items():
        for year, times in Counter(day.year for day in days).items():
            if times > 1:
                yield Fault("event-twice", f"events.{name}", name, {"year": str(year)})


def _undated(subject: Subject, first_uses: Mapping[str, Use]) -> Iterator[Fault]:
    """Events that nobody has dated; a venue's document may leave that to the municipality's."""
    for event, use in first_uses.items():
        if not subject.calendar.events.get(event):
            if subject.knows_widest:
                yield Fault("event-without-date", use.place, event, use.rule)
            else:
                yield Fault("event-from-elsewhere", use.place, event, use.rule)


def _years(subject: Subject, first_uses: Mapping[tuple[str, int], Use]) -> Iterator[Fault]:
    for (event, year), use in sorted(first_uses.items()):
        days = subject.calendar.events.get(event, ())
        if days and all(day.year != year for day in days):
            yield Fault("event-year-missing", use.place, event, {**use.rule, "year": str(year)})


def _weeks(subject: Subject, use: Use) -> Iterator[Fault]:
    """Week 53, which few years have, and weeks said to hold an event that lies in another."""
    named = use.anchor
    if named.week == WEEK_53:
        yield Fault("week-53", use.place, use.written, use.rule)
    for day in subject.calendar.events.get(named.holds, ()):
        actual = day.isocalendar()
        if named.week != actual.week:
            monday = Anchor(week=named.week).date_in(day.year, {}) or day
            facts = {
                "week": named.week,
                "span": f"{monday.isoformat()}/{(monday + SUNDAY).isoformat()}",
                "event": named.holds,
                "day": day.isoformat(),
                "actual": actual.week,
            }
            yield Fault("week-without-event", use.place, use.written, {**use.rule, **facts})


def _validity(found: Located[Rule]) -> Iterator[Fault]:
    rule = found.rule
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        yield fault_in(found, "never-valid", "valid_until", rule.valid_until.isoformat(), valid_from=rule.valid_from.isoformat())
    ends = rule.scope.dates.last if rule.scope.dates else None
    if rule.valid_from and ends and ends < rule.valid_from:
        yield fault_in(found, "never-valid", "scope.dates.last", ends.isoformat(), valid_from=rule.valid_from.isoformat())
