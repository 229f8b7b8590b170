"""Steps: the way from an empty draft to a published policy, with what each step still lacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from policies.paragraphs import Beside
from policies.places import Place
from policies.tools import DRAFT_TOOLS, OfferTool, Tool
from web.texts import gettext as _
from web.texts import ngettext


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, how it stands, and the ways to do it (label and address)."""

    title: str
    stands: str
    ways: tuple[tuple[str, str], ...]


def steps(context: dict[str, Any]) -> Iterator[Step]:
    """The steps of a draft, by the context of its pages."""
    place: Place = context["shelf"].place
    count = len(context["document"].rules)
    write = (_("Skriv en regel"), url_for("policies.new_rule", place=place.path))
    copy = (_("Hent fra andre"), url_for("policies.copies", place=place.path))
    yield Step(_("Skriv eller hent regler"), ngettext("%(num)d regel i utkastet.", "%(num)d regler i utkastet.", count), (write, copy))
    beside = (_("Se dem side om side"), url_for("policies.draft_regulation", place=place.path))
    yield Step(_("Hold reglene opp mot reglementet"), _beside(context["beside"]), (beside,))
    for tool in tools(place):
        yield Step(tool.title, tool.why, ((tool.title, tool.href),))
    wrong = _faults(len(context["errors"]), len(context["advice"])) if count else _("Utkastet har ingen regler ennå.")
    yield Step(_("Rett det som er galt"), wrong, ((_("Se feil og råd"), "#publish"),))
    yield Step(_("Publiser"), _("Velg dagen de nye reglene gjelder fra."), ((_("Gå til publisering"), "#publish"),))


def tools(place: Place) -> list[Tool]:
    """What other packages offer beside a draft of the place."""
    offers: list[OfferTool] = current_app.extensions[DRAFT_TOOLS]
    return [offer(place) for offer in offers]


def _beside(found: Beside) -> str:
    if not found.rows:
        return _("Den vedtatte teksten er ikke lagt inn.")
    bare, homeless = len(found.bare), len(found.homeless)
    lacking = [ngettext("%(num)d paragraf har ingen regel.", "%(num)d paragrafer har ingen regel.", bare)] if bare else []
    lacking += (
        [ngettext("%(num)d regel har ingen plass i teksten.", "%(num)d regler har ingen plass i teksten.", homeless)] if homeless else []
    )
    return " ".join(lacking) or _("Alle paragrafene har en regel.")


def _faults(errors: int, advice: int) -> str:
    told = (
        ngettext("%(num)d feil må rettes.", "%(num)d feil må rettes.", errors) if errors else "",
        ngettext("%(num)d ting bør rettes.", "%(num)d ting bør rettes.", advice) if advice else "",
    )
    return " ".join(filter(None, told)) or _("Ingen feil.")
