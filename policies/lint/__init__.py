"""Lint: what a readable document nevertheless gets wrong, each with its place and rule; a checker is a pure function that yields faults."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from kernel.errors import Fault
from policies.document import Document
from policies.lint import contradictions, dates, hours, languages, nobody, notice, prices, references, tables, trials, units
from policies.lint.subject import Subject, located

CHECKERS: tuple[Callable[[Subject], Iterator[Fault]], ...] = (
    languages.check,
    dates.check,
    hours.check,
    notice.check,
    nobody.check,
    contradictions.check,
    tables.check,
    prices.check,
    references.check,
    units.check,
    trials.check,
)
# What people can live with until it is mended; everything else keeps a document from being published.
ADVICE = {
    "almost-alike",
    "class-name-missing",
    "event-from-elsewhere",
    "event-year-missing",
    "home-of-persons",
    "hours-for-minutes",
    "kroner-for-ore",
    "language-missing",
    "paragraph-not-found",
    "period-from-elsewhere",
    "price-class-unnamed",
    "price-gap-likely",
    "rule-unnecessary",
    "rules-overlap",
    "title-untranslated",
    "waiver-by-another",
}


def lint(document: Document, *, wider: Sequence[Document] = (), today: date | None = None) -> tuple[Fault, ...]:
    """All that should be mended before the document is published; ``field`` is the place in it (``rules[3].reason.nn``).

    ``wider`` are the documents of wider layers as far as they are known; ``today`` is the local date, without which
    nothing is said of what the coming years need.
    """
    return found_in(Subject(document, located(document, range(len(document.rules))), tuple(wider), today))


def errors(document: Document) -> tuple[Fault, ...]:
    """What keeps the document from being published; a missing bokmål text is among it, for all else falls back on it."""
    return tuple(fault for fault in lint(document) if fault.code not in ADVICE)


def found_in(subject: Subject) -> tuple[Fault, ...]:
    """What the checkers find."""
    return tuple(fault for check in CHECKERS for fault in check(subject))
