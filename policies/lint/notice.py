"""Notice: how early, how late and when in the year one may ask, where that leaves no day on which one can."""

from collections.abc import Iterator, Sequence

from kernel.errors import Fault
from policies.lint.subject import Located, Subject, fault_in
from policies.office import Unit
from policies.rules.base import Rule, Span
from policies.rules.periods import ApplicationWindow, DropIn, SeasonRule
from policies.rules.timing import Horizon, LeadTime
from policies.scopes import MODEL_YEARS, contains
from policies.seasons import Calendar, anchor
from policies.verdict import Effect

DAY_HOURS, OFFICE_HOURS, WORKING_WEEK = 24, 8, 5
# No stretch that people count in working days has more public holidays in it.
HOLIDAYS = 14
# A window that stays open longer than this has its ends the wrong way round: it opens for the year after.
LONGEST_WINDOW = 270


def check(subject: Subject) -> Iterator[Fault]:
    """What lead times, horizons, drop-in hours, seasons and application windows say together."""
    horizons = [(found, found.rule.ahead) for found in subject.of(Horizon) if found.rule.ahead and found.rule.effect is Effect.REFUSE]
    releases = [(found, found.rule.released) for found in subject.of(DropIn) if found.rule.effect is Effect.REFUSE]
    for lead in subject.of(LeadTime):
        if lead.rule.effect is Effect.REFUSE:
            yield from _too_late(lead, [*horizons, *releases])
    for release, released in releases:
        yield from _in_vain(release, released, horizons)
    for season in subject.of(SeasonRule):
        if not season.rule.during and not season.rule.named:
            yield fault_in(season, "season-of-nothing", "")
    for window in subject.of(ApplicationWindow):
        yield from _backwards(window, subject.calendar)


def _too_late(lead: Located[LeadTime], limits: Sequence[tuple[Located[Rule], Span]]) -> Iterator[Fault]:
    """A lead time longer than one may book ahead."""
    notice = lead.rule.notice
    for other, ahead in limits:
        if least_days(notice) > most_days(ahead) and _are_about_the_same(lead, other):
            facts = {"unit": notice.unit.value, "other": other.rule.id, "ahead": ahead.amount, "ahead_unit": ahead.unit.value}
            yield fault_in(lead, "lead-beyond-horizon", "notice", notice.amount, **facts)


def _in_vain(release: Located[DropIn], released: Span, horizons: Sequence[tuple[Located[Horizon], Span]]) -> Iterator[Fault]:
    """Time that is released before anybody may book it."""
    for other, ahead in horizons:
        if most_days(ahead) < least_days(released) and _are_about_the_same(release, other):
            facts = {"unit": released.unit.value, "other": other.rule.id, "ahead": ahead.amount, "ahead_unit": ahead.unit.value}
            yield fault_in(release, "released-beyond-horizon", "released", released.amount, **facts)


def _are_about_the_same(first: Located[Rule], second: Located[Rule]) -> bool:
    """Whether one of the two applies wherever the other does."""
    return first.meets_validity_of(second) and (contains(first.extent, second.extent) or contains(second.extent, first.extent))


def least_days(span: Span) -> int:
    """How many dates lie between now and then at least."""
    match span.unit:
        case Unit.HOURS | Unit.WORKING_HOURS:
            return span.amount // DAY_HOURS
        case Unit.DAYS | Unit.WORKING_DAYS:
            return span.amount
        case Unit.WEEKS:
            return 7 * span.amount
        case Unit.MONTHS:
            return 28 * span.amount


def most_days(span: Span) -> int:
    """How many dates lie between now and then at most."""
    match span.unit:
        case Unit.HOURS:
            return span.amount // DAY_HOURS + 1
        case Unit.DAYS:
            return span.amount
        case Unit.WEEKS:
            return 7 * span.amount
        case Unit.MONTHS:
            return 31 * span.amount
        case Unit.WORKING_HOURS:
            return _calendar_days(span.amount // OFFICE_HOURS + 1)
        case Unit.WORKING_DAYS:
            return _calendar_days(span.amount)


def _calendar_days(working_days: int) -> int:
    return working_days + 2 * (working_days // WORKING_WEEK + 1) + HOLIDAYS


def _backwards(found: Located[ApplicationWindow], calendar: Calendar) -> Iterator[Fault]:
    """A window that closes before it opens."""
    rule = found.rule
    if rule.opens is None:
        return
    closing = [anchor(rule.closes).date_in(year, calendar.events, ends=True) for year in MODEL_YEARS]
    windows = [(calendar.last_before(rule.opens, closes), closes) for closes in closing if closes]
    lengths = [(closes - opens).days for opens, closes in windows if opens]
    if lengths and min(lengths) > LONGEST_WINDOW:
        yield fault_in(found, "closes-before-it-opens", "closes", rule.closes, opens=rule.opens, days=min(lengths))
