"""Rules in plain words: what the policies in force say of a room and what it costs, each with its paragraph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.money import Ore
from policies import labels, values, words
from policies.document import Document
from policies.layers import LAYERS, Effective, Placed
from policies.queries import InForce
from policies.rules.tariff import LIST, PriceRule, Row, Tariff
from policies.scopes import contains, extent_of
from policies.verdict import Layer
from policies.words.charges import payers
from web.language import choose
from web.texts import gettext

AHEAD = timedelta(days=366)
# Prices stand in a list of their own, agreements with those who have one.
NOT_TOLD = ("price", "entitlement", "agreement_hours")
# Of these one has to know the figures, which a reason seldom says.
IN_FIGURES = ("cancellation", "no_show", "surcharge", "access", "complaint")


@dataclass(frozen=True, slots=True)
class Said:
    """One rule as a person reads it: whom it is about, in short (its reason, where that says enough), and to the letter."""

    about: str
    brief: str
    sentences: tuple[str, ...]
    paragraph: str
    address: str
    until: date | None


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A line of the price list: whom it is for, on which terms, how much per what (øre)."""

    name: str
    who: str
    terms: str
    amount: Ore
    unit: str


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices from a date on, as one reads them."""

    version: str
    since: date
    is_coming: bool
    lines: tuple[PriceLine, ...]
    source: Said


@dataclass(frozen=True, slots=True)
class Told:
    """What the policies in force say: rules under their headings, and the price lists of today and to come."""

    groups: tuple[tuple[str, tuple[Said, ...]], ...]
    prices: tuple[PriceList, ...]


def told(in_force: InForce, today: date) -> Told:
    """The rules in force for use of a room today, in the language of the request."""
    documents = in_force.documents_on(today)
    applied = tuple(_applied(in_force.on(today).on(today)))
    own = max((document.layer for document in documents), key=LAYERS.index, default=None)
    return Told(tuple(_groups(applied, own)), tuple(_prices(applied, documents, own, today)))


def _applied(effective: Effective) -> Iterator[Placed]:
    """The rules that can apply to somebody: of those that settle one thing none whose every request one before it settles."""
    settling: list[Placed] = []
    for placed in effective.rules:
        rule = placed.rule
        before = (one.rule for one in settling if one.rule.settles == rule.settles)
        if rule.restricts or not rule.settles:
            yield placed
        elif not any(contains(extent_of(one.scope), extent_of(rule.scope)) for one in before):
            settling.append(placed)
            yield placed


def _groups(applied: Sequence[Placed], own: Layer | None) -> Iterator[tuple[str, tuple[Said, ...]]]:
    for kind, called in (one for _heading, kinds in labels.kinds() for one in kinds):
        lines = tuple(dict.fromkeys(_said(placed, own) for placed in applied if placed.rule.kind == kind))
        if lines and kind not in NOT_TOLD:
            yield called, lines


def _said(placed: Placed, own: Layer | None) -> Said:
    rule = placed.rule
    about = ", ".join(values.scope_words(rule.scope))
    paragraph = rule.source.paragraph if placed.layer is own else labels.paragraph_of(rule.source.paragraph, placed.layer)
    said, reason = words.sentences(rule), rule.reason.in_language(choose())
    figures = f"{about[:1].upper()}{about[1:]}: {' '.join(said)}" if about else " ".join(said)
    brief = figures if rule.kind in IN_FIGURES or not reason else reason
    return Said(about, brief, said, paragraph, rule.source.address, rule.valid_until)


def _prices(applied: Sequence[Placed], documents: Sequence[Document], own: Layer | None, today: date) -> Iterator[PriceList]:
    """The tariffs of the price rule that counts, those that hold today or within a year."""
    placed = next((placed for placed in applied if isinstance(placed.rule, PriceRule)), None)
    if placed is None or not isinstance(placed.rule, PriceRule):
        return
    rule = placed.rule
    names = {name: reason.in_language(choose()) for document in documents for name, reason in document.price_classes.items()}
    for tariff in sorted(rule.tariffs, key=lambda tariff: tariff.first):
        if (tariff.last is None or tariff.last >= today) and tariff.first <= today + AHEAD:
            yield PriceList(tariff.version, tariff.first, tariff.first > today, tuple(_lines(rule, tariff, names)), _said(placed, own))


def _lines(rule: PriceRule, tariff: Tariff, names: Mapping[str, str]) -> Iterator[PriceLine]:
    for row in tariff.rows:
        terms = ", ".join(values.scope_words(row))
        name = labels.price_class(row.price_class, names)
        yield PriceLine(name, _who(rule, row), terms, row.ore, labels.choice(row.unit))


def _who(rule: PriceRule, row: Row) -> str:
    """Whom a price class is for, by the assignments that lead to it, with all that is asked of them."""
    if row.price_class == LIST and not rule.assignments:
        return gettext("alle")
    leading = (assigned for assigned in rule.assignments if assigned.price_class == row.price_class)
    return "; ".join(dict.fromkeys(payers(rule, assigned) for assigned in leading))
