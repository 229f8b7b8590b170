"""Lint: what a readable document nevertheless gets wrong, each with the place, the rule and a remedy by code."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from kernel.errors import Fault
from policies.document import Document
from policies.rules.base import Rule, When
from policies.rules.tariff import LIST, PriceRule, Row, Tariff
from policies.rules.timing import Horizon, Length
from policies.verdict import Reason

LANGUAGES = ("nb", "nn", "en")
# What people can live with until it is mended; everything else keeps a document from being published.
ADVICE = {"language-missing", "title-missing", "price-class-unnamed"}


def lint(document: Document) -> tuple[Fault, ...]:
    """All that should be mended before the document is published; ``field`` is the place in it (``rules[3].reason.nn``)."""
    faults = [*_title(document)]
    for number, rule in enumerate(document.rules):
        place = f"rules[{number}]"
        faults += _missing_languages(f"{place}.reason", rule.reason, rule.id)
        faults += _empty_validity(place, rule)
        faults += _empty_limits(place, rule)
        if isinstance(rule, PriceRule):
            faults += _prices(place, rule, document)
    return (*faults, *_rivals(document))


def errors(document: Document) -> tuple[Fault, ...]:
    """What keeps the document from being published; a missing bokmål text is among it, for all else falls back on it."""
    return tuple(fault for fault in lint(document) if fault.code not in ADVICE or fault.facts.get("language") == "nb")


def _title(document: Document) -> Iterator[Fault]:
    for language in LANGUAGES:
        if not getattr(document.title, language):
            yield Fault("title-missing", f"title.{language}", "", {"language": language})


def _missing_languages(place: str, reason: Reason, rule: str) -> Iterator[Fault]:
    for language in LANGUAGES:
        if not getattr(reason, language):
            yield Fault("language-missing", f"{place}.{language}", "", {"rule": rule, "language": language})


def _empty_validity(place: str, rule: Rule) -> Iterator[Fault]:
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        until = {"rule": rule.id, "valid_from": rule.valid_from.isoformat()}
        yield Fault("never-valid", f"{place}.valid_until", rule.valid_until.isoformat(), until)


def _empty_limits(place: str, rule: Rule) -> Iterator[Fault]:
    """Limits that nothing can meet, or that limit nothing."""
    if isinstance(rule, Length) and rule.at_least is not None and rule.at_most is not None and rule.at_most < rule.at_least:
        yield Fault("no-length-fits", f"{place}.at_most", rule.at_most, {"rule": rule.id, "at_least": rule.at_least})
    if isinstance(rule, Horizon) and rule.ahead is None and rule.last_date is None:
        yield Fault("limits-nothing", place, "", {"rule": rule.id})
    if isinstance(rule, Length) and rule.at_least is None and rule.at_most is None:
        yield Fault("limits-nothing", place, "", {"rule": rule.id})


def _prices(place: str, rule: PriceRule, document: Document) -> Iterator[Fault]:
    for (_a, first), (b, second) in combinations(enumerate(rule.tariffs), 2):
        if _overlapping(first, second):
            yield Fault("tariffs-overlap", f"{place}.tariffs[{b}]", second.version, {"rule": rule.id, "other": first.version})
    for number, tariff in enumerate(rule.tariffs):
        where = f"{place}.tariffs[{number}]"
        if tariff.last and tariff.last < tariff.first:
            yield Fault("never-valid", f"{where}.last", tariff.last.isoformat(), {"rule": rule.id, "valid_from": tariff.first.isoformat()})
        yield from _missing_classes(where, rule, tariff)
        yield from _overlapping_rows(where, rule, tariff)
    yield from _unnamed_classes(place, rule, document)


def _overlapping(first: Tariff, second: Tariff) -> bool:
    ends = [tariff.last or date.max for tariff in (first, second)]
    return first.first <= ends[1] and second.first <= ends[0]


def _missing_classes(place: str, rule: PriceRule, tariff: Tariff) -> Iterator[Fault]:
    """Every class that an applicant can come into needs a price in every version, and the list price is what support is measured by."""
    wanted = {LIST} | {assigned.price_class for assigned in rule.assignments}
    for missing in sorted(wanted - {row.price_class for row in tariff.rows}):
        yield Fault("price-class-without-price", f"{place}.rows", missing, {"rule": rule.id, "tariff": tariff.version})


def _overlapping_rows(place: str, rule: PriceRule, tariff: Tariff) -> Iterator[Fault]:
    """Two rows with equally many limits that can both fit: which one is meant cannot be told."""
    for (a, first), (b, second) in combinations(enumerate(tariff.rows), 2):
        if first.price_class == second.price_class and first.width == second.width and _can_meet(first, second):
            yield Fault("price-rows-overlap", f"{place}.rows[{b}]", second.price_class, {"rule": rule.id, "other": f"{place}.rows[{a}]"})


def _can_meet(first: Row, second: Row) -> bool:
    """Whether some request could be in both scopes; statements on different things do not part them."""
    lists = ("applicants", "room_kinds", "activities", "weekdays")
    parted = any(_disjoint(getattr(first, name), getattr(second, name)) for name in lists)
    flags = ("commercial", "alcohol", "open_to_all", "in_series")
    opposed = any(None not in (pair := (getattr(first, name), getattr(second, name))) and pair[0] != pair[1] for name in flags)
    return not parted and not opposed and not _apart(first, second)


def _disjoint(first: Sequence[object], second: Sequence[object]) -> bool:
    return bool(first) and bool(second) and set(first).isdisjoint(second)


def _apart(first: When, second: When) -> bool:
    """Whether their time bands or their dates never meet."""
    bands = first.between and second.between and (first.between.end <= second.between.start or second.between.end <= first.between.start)
    dates = first.dates and second.dates and (first.dates.last < second.dates.first or second.dates.last < first.dates.first)
    return bool(bands or dates)


def _unnamed_classes(place: str, rule: PriceRule, document: Document) -> Iterator[Fault]:
    """A class that a tariff prices and the document does not name is shown to people by its slug."""
    used = {row.price_class for tariff in rule.tariffs for row in tariff.rows} - {LIST}
    for unnamed in sorted(used - document.price_classes.keys()):
        yield Fault("price-class-unnamed", f"{place}.tariffs", unnamed, {"rule": rule.id})


def _rivals(document: Document) -> Iterator[Fault]:
    """Two rules of a kind of which one alone applies, with the same scope: the second can never be reached."""
    settling = [(number, rule) for number, rule in enumerate(document.rules) if rule.settles]
    for (_a, first), (b, second) in combinations(settling, 2):
        dates = _meeting_validity(first, second)
        if first.settles == second.settles and first.scope == second.scope and dates:
            yield Fault("never-reached", f"rules[{b}]", second.id, {"rule": second.id, "other": first.id})


def _meeting_validity(first: Rule, second: Rule) -> bool:
    starts = max(first.valid_from or date.min, second.valid_from or date.min)
    return starts <= min(first.valid_until or date.max, second.valid_until or date.max)
