"""Prices: versions that overlap or leave days between them, classes without a price, and sums that do not come out."""

from collections.abc import Iterator
from datetime import date, timedelta

from kernel.errors import Fault
from policies.lint.gaps import gaps
from policies.lint.subject import Located, Subject, fault_in
from policies.rules.tariff import LIST, PriceRule, Row, Tariff

DAY = timedelta(days=1)


def check(subject: Subject) -> Iterator[Fault]:
    """What the price lists leave open or reckon wrongly."""
    named = set().union(*(document.price_classes for document in (*subject.wider, subject.document)))
    for found in subject.of(PriceRule):
        yield from _versions(found)
        yield from _unnamed(found, named)
        for number, tariff in enumerate(found.rule.tariffs):
            yield from _sums(found, f"tariffs[{number}].rows", tariff)
            yield from _classes(found, f"tariffs[{number}].rows", tariff)
    yield from gaps(subject)


def _versions(found: Located[PriceRule]) -> Iterator[Fault]:
    """Each version beside what holds before it."""
    ordered = sorted(enumerate(found.rule.tariffs), key=lambda numbered: numbered[1].first)
    reached, before = date.min, ""
    for number, tariff in ordered:
        place, last = f"tariffs[{number}]", tariff.last or date.max
        if last < tariff.first:
            yield fault_in(found, "never-valid", f"{place}.last", last.isoformat(), valid_from=tariff.first.isoformat())
            continue
        if before and tariff.first <= reached:
            yield fault_in(found, "tariffs-overlap", place, tariff.version, other=before)
        elif before and tariff.first > reached + DAY:
            without = f"{(reached + DAY).isoformat()}/{(tariff.first - DAY).isoformat()}"
            yield fault_in(found, "tariffs-apart", f"{place}.first", without, before=before, after=tariff.version)
        if last >= reached:
            reached, before = last, tariff.version


def _classes(found: Located[PriceRule], field: str, tariff: Tariff) -> Iterator[Fault]:
    """Every class that an applicant can come into needs a price in every version, and the list price is what support is measured by."""
    wanted = {LIST} | {assigned.price_class for assigned in found.rule.assignments}
    for missing in sorted(wanted - {row.price_class for row in tariff.rows}):
        yield fault_in(found, "price-class-without-price", field, missing, tariff=tariff.version)


def _unnamed(found: Located[PriceRule], named: set[str]) -> Iterator[Fault]:
    """A class that a tariff prices and no document names is shown to people by its slug."""
    used = {row.price_class for tariff in found.rule.tariffs for row in tariff.rows} - {LIST}
    for unnamed in sorted(used - named):
        yield fault_in(found, "price-class-unnamed", "tariffs", unnamed)


def _sums(found: Located[PriceRule], field: str, tariff: Tariff) -> Iterator[Fault]:
    """Prices that are not what they are said to be reckoned from; half an øre may be taken either way."""
    for number, row in enumerate(tariff.rows):
        if row.derived and not _comes_out(row):
            facts = {"base": row.derived.base, "percent": row.derived.percent, "sum": row.derived.base * row.derived.percent // 100}
            yield fault_in(found, "sum-differs", f"{field}[{number}].ore", row.ore, **facts)


def _comes_out(row: Row) -> bool:
    return row.derived is None or abs(row.derived.base * row.derived.percent - row.ore * 100) <= 50
