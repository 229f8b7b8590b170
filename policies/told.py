"""Told: the rules of a policy as its public page shows them, in plain words under a few headings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from policies import labels
from policies.document import Document
from policies.kinds import by_heading
from policies.rules.base import Rule
from policies.rules.tariff import PriceRule, PriceUnit, Row, Tariff
from policies.values import NAMELESS, scope_words
from policies.verdict import Source
from policies.words import sentences
from policies.words.charges import payers
from web.texts import current_locale, gettext


@dataclass(frozen=True, slots=True)
class ToldRule:
    """One rule: whom it is for (nothing means everybody), what it says, why, where it stands, until when it holds."""

    id: str
    kind: str
    scope: tuple[str, ...]
    sentences: tuple[str, ...]
    reason: str
    source: Source
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One line of a price list; ``terms`` are the limits of the row, amount in øre."""

    name: str
    terms: tuple[str, ...]
    ore: int
    unit: str


@dataclass(frozen=True, slots=True)
class ToldTariff:
    """A price list and the dates of use it is for."""

    version: str
    first: date
    last: date | None
    rows: tuple[ToldRow, ...]


@dataclass(frozen=True, slots=True)
class ToldPrice:
    """What use costs: who belongs to which class, the lists of today and to come, where it stands."""

    rule: ToldRule
    tariffs: tuple[ToldTariff, ...]


@dataclass(frozen=True, slots=True)
class ToldPolicy:
    """Everything that a policy says: rules by heading, then the prices."""

    groups: tuple[tuple[str, tuple[ToldRule, ...]], ...]
    prices: tuple[ToldPrice, ...]


def told_document(document: Document, today: date) -> ToldPolicy:
    """One document alone, every rule of it, in the language of the request."""
    names = names_of([document])
    prices = tuple(_price(rule, names, today) for rule in document.rules if isinstance(rule, PriceRule))
    return ToldPolicy(tuple(_groups(document.rules)), prices)


def told_rule(rule: Rule, names: Mapping[str, str] = NAMELESS) -> ToldRule:
    """One rule in words; ``names`` are those of price classes."""
    reason, said = rule.reason.in_language(current_locale().language), sentences(rule, names)
    return ToldRule(rule.id, rule.kind, scope_words(rule.scope), said, reason, rule.source, rule.valid_from, rule.valid_until)


def names_of(documents: Iterable[Document]) -> dict[str, str]:
    """What the price classes are called, the most specific document's word last."""
    language = current_locale().language
    return {slug: name.in_language(language) for document in documents for slug, name in document.price_classes.items()}


def _groups(rules: Sequence[Rule]) -> Iterator[tuple[str, tuple[ToldRule, ...]]]:
    for heading, kinds in by_heading():
        found = [told_rule(rule) for kind in kinds for rule in rules if rule.kind == kind and not isinstance(rule, PriceRule)]
        if found:
            yield gettext(heading), tuple(found)


def _price(rule: PriceRule, names: Mapping[str, str], today: date) -> ToldPrice:
    current = [tariff for tariff in rule.tariffs if tariff.last is None or tariff.last >= today]
    lists = tuple(_tariff(tariff, rule, names) for tariff in sorted(current, key=lambda tariff: tariff.first))
    return ToldPrice(told_rule(rule, names), lists)


def _tariff(tariff: Tariff, rule: PriceRule, names: Mapping[str, str]) -> ToldTariff:
    return ToldTariff(tariff.version, tariff.first, tariff.last, tuple(_row(row, rule, names) for row in tariff.rows))


def _row(row: Row, rule: PriceRule, names: Mapping[str, str]) -> ToldRow:
    terms = (*scope_words(row), *_whom(row, rule))
    return ToldRow(labels.price_class(row.price_class, names), terms, row.ore, labels.choice(PriceUnit(row.unit)))


def _whom(row: Row, rule: PriceRule) -> Iterator[str]:
    """Who comes into the row's class, with all that is asked of them."""
    for assigned in rule.assignments:
        if assigned.price_class == row.price_class:
            yield payers(rule, assigned)
