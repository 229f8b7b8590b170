"""Labels: schemes, figures, and what the check of a grant says, in words."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from booking.support.grants.models import ReportState
from booking.support.grants.rules import Paid, Rules
from booking.support.models import SchemeKind
from kernel.texts import marked as _
from policies.labels import uses
from web.formats import kroner, numeric_date
from web.texts import gettext
from web.written import listed

KINDS: Mapping[str, str] = {
    SchemeKind.OPERATING: _("Driftstilskudd i penger"),
    SchemeKind.RENT: _("Tilskudd til leie"),
    SchemeKind.ROOMS: _("Rom gratis eller rimeligere"),
}
FIGURES: Mapping[str, str] = {
    "members": _("Aktive medlemmer"),
    "young-members": _("Medlemmer under 26 år"),
    "activities": _("Aktiviteter i året"),
    "income": _("Inntekter i kroner"),
    "costs": _("Kostnader i kroner"),
    "equity": _("Egenkapital i kroner"),
}
STATES: Mapping[str, str] = {
    ReportState.DRAFT: _("Ikke sendt"),
    ReportState.SENT: _("Venter på svar"),
    ReportState.RETURNED: _("Sendt tilbake"),
    ReportState.APPROVED: _("Godkjent"),
}
WHY: Mapping[str, str] = {
    "paid": _("Organisasjonen betaler %(share)s %% av leien."),
    "stands-under": _("Står under tilskuddet."),
    "under-another": _("Står under et annet tilskudd, så dette betaler ikke for det."),
    "another-activity": _("Ordningen gjelder ikke slik bruk."),
    "another-venue": _("Ordningen gjelder ikke her."),
    "not-open-to-all": _("Ordningen gjelder bare det som er åpent for alle."),
    "nobody-young": _("Ingen av deltakerne er under %(age)s år."),
    "ages-unknown": _("Alderen sier ikke hvor mange som er under %(age)s år. Oppgi fordelingen."),
    "no-price": _("Verken pris eller beregningssats er kjent."),
    "free-already": _("Timene er alt gratis, og tilskuddet betaler ikke for dem."),
    "low-enough": _("Prisen er alt nede i egenandelen på %(share)s %%."),
    "nobody-came": _("Ingen kom."),
    "members-unknown": _("Antallet aktive medlemmer er ikke notert."),
    "too-few-members": _("%(members)s aktive medlemmer er for få. Ordningen krever %(least)s."),
    "too-few-activities": _("%(activities)s aktiviteter er for få. Ordningen krever %(least)s."),
    "by-members": _("Grunnbeløp %(base)s, og %(each)s for hvert av %(members)s medlemmer."),
}
MONEY = {"base", "each"}
FROM = re.compile(r"(?:^| )(\d{4}-\d{2}-\d{2})(?=, |$)")


def scheme_kind_label(kind: str) -> str:
    return gettext(KINDS[kind])


def figure_name(figure: str) -> str:
    return gettext(FIGURES[figure])


def report_label(state: str) -> str:
    return gettext(STATES[state])


def tariff_label(tariff: str) -> str:
    """Price lists by the day from which they count, ``2026 (fra 01.01.2026)``, or a rate by its own."""
    found = FROM.fullmatch(tariff)
    if found:
        return gettext(_("Sats fra %(day)s"), day=_day(found))
    return FROM.sub(lambda found: gettext(_(" (fra %(day)s)"), day=_day(found)), tariff)


def grant_why(paid: Paid) -> str:
    """In a sentence or more, why a grant pays what it does, and what reduced it."""
    facts: dict[str, Any] = {name: kroner(value) if name in MONEY else value for name, value in paid.facts.items()}
    said = [gettext(WHY[paid.code], **facts)]
    if facts.get("capped"):
        said.append(gettext(_("Bare høyeste timesats er regnet med.")))
    if facts.get("young", 100) < 100:
        said.append(gettext(_("%(percent)s %% av deltakerne er unge nok."), percent=f"{facts['young']:.0f}"))
    if facts.get("local", 100) < 100:
        said.append(gettext(_("%(percent)s %% av tiden er deres egen."), percent=facts["local"]))
    return " ".join(said)


def rules_in_words(rules: Rules, kind: SchemeKind, own_share: int | None = None, *, venues: Mapping[str, str]) -> list[str]:
    """A scheme's rules as data, a sentence each; ``own_share`` is a grant's own where it has one, ``venues`` the names of slugs."""
    said = []
    if rules.activities:
        said.append(gettext(_("Gjelder %(uses)s."), uses=uses(", ".join(rules.activities))))
    if rules.open_to_all:
        said.append(gettext(_("Gjelder det som er åpent for alle.")))
    if rules.under_age is not None:
        said.append(gettext(_("Gjelder deltakere under %(age)s år."), age=rules.under_age))
    if rules.venues:
        said.append(gettext(_("Gjelder i %(venues)s."), venues=listed([venues.get(slug, slug) for slug in rules.venues])))
    if kind is SchemeKind.RENT:
        said.append(gettext(_("Organisasjonen betaler %(share)s %% av leien."), share=rules.own_share if own_share is None else own_share))
    if rules.most_per_hour is not None:
        said.append(gettext(_("Høyst %(amount)s i timen er regnet med."), amount=kroner(rules.most_per_hour * 100)))
    if kind is SchemeKind.OPERATING:
        amounts = {"base": kroner(rules.base * 100), "each": kroner(rules.per_member * 100)}
        said.append(gettext(_("Grunnbeløp %(base)s, og %(each)s for hvert medlem."), **amounts))
    if rules.least_members:
        said.append(gettext(_("Minst %(least)s aktive medlemmer."), least=rules.least_members))
    if rules.least_activities:
        said.append(gettext(_("Minst %(least)s aktiviteter i året."), least=rules.least_activities))
    return said


def _day(found: re.Match[str]) -> str:
    return numeric_date(date.fromisoformat(found[1]))
