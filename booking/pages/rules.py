"""Rules in plain words: what the policies in force say of a room and what it costs, each with its paragraph."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.labels import applicant_class
from booking.pages.labels import activity_label
from kernel.money import Ore
from policies.document import Document
from policies.layers import Effective, Placed
from policies.occasion import clock
from policies.queries import InForce
from policies.rules.base import Scope, When
from policies.rules.tariff import LIST, PriceRule, Row, Tariff
from policies.verdict import Reason
from web import formats
from web.language import choose
from web.texts import gettext
from web.texts import marked as _

HEADINGS: Mapping[str, str] = {
    "eligibility": _("Hvem som kan låne"),
    "purpose": _("Hva rommet kan brukes til"),
    "opening": _("Når rommet kan brukes"),
    "lead_time": _("Hvor tidlig dere må be om det"),
    "horizon": _("Hvor langt fram dere kan booke"),
    "length": _("Hvor lenge"),
    "grid": _("Hvilke klokkeslett"),
    "capacity": _("Hvor mange"),
    "quota": _("Hvor mye hver kan bruke"),
    "decision_route": _("Hvem som svarer, og når"),
    "buffers": _("Klargjøring og rydding"),
}
UNITS: Mapping[str, str] = {"hour": _("per time"), "day": _("per dag"), "occasion": _("per gang")}
DAY_CLASSES: Mapping[str, str] = {
    "working-day": _("virkedager"),
    "weekend": _("helger"),
    "public-holiday": _("helligdager"),
    "school-break": _("skoleferier"),
}
WEEKDAYS = (_("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"))
AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Said:
    """One rule as a person reads it: the reason that stands with it, and where it comes from."""

    text: str
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
    effective = in_force.on(today).on(today)
    return Told(tuple(_groups(effective)), tuple(_prices(effective, in_force.documents_on(today), today)))


def said(reason: Reason, placed: Placed) -> Said:
    """A rule's reason with its place in the adopted text."""
    rule = placed.rule
    return Said(reason.in_language(choose()), rule.source.paragraph, rule.source.address, rule.valid_until)


def _groups(effective: Effective) -> Iterator[tuple[str, tuple[Said, ...]]]:
    for kind, heading in HEADINGS.items():
        lines = [said(placed.rule.reason, placed) for placed in effective.rules if placed.rule.kind == kind]
        shown = tuple(dict.fromkeys(line for line in lines if line.text))
        if shown:
            yield gettext(heading), shown


def _prices(effective: Effective, documents: Sequence[Document], today: date) -> Iterator[PriceList]:
    for placed in effective.rules:
        rule = placed.rule
        if isinstance(rule, PriceRule):
            names = {name: reason for document in documents for name, reason in document.price_classes.items()}
            for tariff in sorted(rule.tariffs, key=lambda tariff: tariff.first):
                if (tariff.last is None or tariff.last >= today) and tariff.first <= today + AHEAD:
                    yield PriceList(
                        tariff.version, tariff.first, tariff.first > today, tuple(_lines(rule, tariff, names)), said(rule.reason, placed)
                    )
            return


def _lines(rule: PriceRule, tariff: Tariff, names: Mapping[str, Reason]) -> Iterator[PriceLine]:
    for row in tariff.rows:
        title = names[row.price_class].in_language(choose()) if row.price_class in names else row.price_class
        yield PriceLine(title, _who(rule, row), ", ".join(terms_of(row)), row.ore, gettext(UNITS[row.unit.value]))


def _who(rule: PriceRule, row: Row) -> str:
    """Whom a price class is for, by the assignments that lead to it."""
    classes = [one for assigned in rule.assignments if assigned.price_class == row.price_class for one in assigned.applicants]
    if not classes and row.price_class == LIST and not rule.assignments:
        return gettext("alle")
    return ", ".join(applicant_class(one) for one in dict.fromkeys(classes))


def terms_of(scope: When | Scope) -> Iterator[str]:
    """The limits of a price in words."""
    if scope.weekdays:
        yield _days(scope.weekdays)
    if scope.between:
        yield f"{clock(scope.between.start)}–{clock(scope.between.end)}"
    yield from (gettext(DAY_CLASSES[one.value]) for one in scope.day_classes)
    if scope.dates:
        yield gettext("%(first)s til %(last)s", first=formats.long_date(scope.dates.first), last=formats.long_date(scope.dates.last))
    if isinstance(scope, Scope):
        yield from (activity_label(one) for one in scope.activities)
        yield from _flags(scope)


def _flags(scope: Scope) -> Iterator[str]:
    told = (
        (scope.commercial, gettext("kommersiell bruk"), gettext("ikke kommersiell bruk")),
        (scope.open_to_all, gettext("åpent for alle"), gettext("lukket arrangement")),
        (scope.in_series, gettext("faste tider"), gettext("enkelttider")),
    )
    yield from ((yes if value else no) for value, yes, no in told if value is not None)


def _days(days: Iterable[int]) -> str:
    return ", ".join(gettext(WEEKDAYS[day - 1]) for day in sorted(set(days)))
