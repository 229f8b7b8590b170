"""The page on which a draft is tried on bookings: asked for, under way, and what it would change."""

from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from booking.compared import Compared
from booking.models import WhatIf
from booking.otherwise import change_text, lines, named, otherwise_label, outcome_text, reasons, sum_text
from booking.pages.blueprint import routes
from booking.runs import RUN_WHAT_IFS, Dates, ask, is_left, is_over, latest, why_failed
from kernel.clock import now
from kernel.errors import Invalid, Stale
from policies.pages.drafts import draft_in
from policies.pages.shelves import shelf_at, trail
from policies.places import Place, Shelf
from policies.tools import Tool
from web.fields import Day
from web.forms import Form, Input, parse
from web.pages import done, form_again
from web.texts import gettext as _

DATES_A_PAGE = 50
MOST_NAMED = 50
TEMPLATE = "booking/whatif.html"

for show in (otherwise_label, change_text, sum_text, outcome_text, reasons):
    routes.add_app_template_filter(show, show.__name__)


class WhatIfInput(Input):
    """The draft's version as it was seen, and the dates of use to try it on."""

    version: int
    since: Day | None = None
    until: Day | None = None


@routes.post("/policies/<policy_place:place>/draft/what-if")
def ask_what_if(place: str) -> ResponseReturnValue:
    """Put the draft to be tried."""
    shelf = _shelf(place)
    try:
        wanted = parse(WhatIfInput, request.form)
        edge.transact(ask, shelf.place, Dates(wanted.since, wanted.until), version=wanted.version)
    except (Invalid, Stale) as refusal:
        return form_again(TEMPLATE, refusal, **_context(_shelf(place)))
    return done(_("Utkastet prøves på bookingene."), url_for("booking.what_if_page", place=place), kind="info")


@routes.get("/policies/<policy_place:place>/draft/what-if")
def what_if_page(place: str) -> str:
    """How far it is, or what the draft would change; what nobody runs is begun."""
    context = _context(_shelf(place))
    asked: WhatIf | None = context["asked"]
    values = {"since": asked.since, "until": asked.until} if asked else {}
    return render_template(TEMPLATE, form=Form(values), **context)


def what_if_of(place: Place) -> Tool:
    """The what-if as a draft's page offers it."""
    why = _("Se hvilke bookinger det siste året og framover som ville blitt avgjort annerledes.")
    return Tool(_("Prøv utkastet på bookingene"), why, url_for("booking.what_if_page", place=place.path))


def _shelf(place: str) -> Shelf:
    edge.actor().require(edge.actor().is_officer, "officer")
    return shelf_at(place)


def _context(shelf: Shelf) -> dict[str, Any]:
    """What the page shows; raises Missing (``no-draft``) where there is neither a draft nor a what-if."""
    asked = latest(edge.reading(), shelf.place)
    if asked is None:
        draft_in(shelf)
    elif is_left(asked, now()):
        current_app.extensions[RUN_WHAT_IFS]()
    draft = (_("Utkast"), url_for("policies.draft_page", place=shelf.place.path))
    return {
        "shelf": shelf,
        "asked": asked,
        "failed": why_failed(asked) if asked else None,
        "is_running": asked is not None and not is_over(asked),
        "is_changed": asked is not None and (shelf.draft is None or shelf.draft.document != asked.document),
        "reloads": request.args.get("reload") != "no",
        "trail": [*trail(shelf), draft, (_("Prøving"), _address(shelf))],
        **(_found(Compared.from_json(asked.result), shelf) if asked and asked.result else {}),
    }


def _found(compared: Compared, shelf: Shelf) -> dict[str, Any]:
    """What a run found: sums, who is concerned, and one page of the dates of the kind that is asked for."""
    kind = request.args.get("kind", "")
    dates = [one for one in compared.differing if not kind or kind in {difference.kind for difference in one.differences}]
    number = max(request.args.get("page", 1, type=int), 1)
    shown = dates[(number - 1) * DATES_A_PAGE : number * DATES_A_PAGE]
    parties = compared.parties()
    return {
        "compared": compared,
        "parties": named(edge.reading(), parties[:MOST_NAMED]),
        "unnamed": len(parties[MOST_NAMED:]),
        "kind": kind,
        "lines": lines(edge.reading(), compared, shown),
        "pages": (
            _address(shelf, kind=kind, page=number - 1) if number > 1 else "",
            _address(shelf, kind=kind, page=number + 1) if dates[number * DATES_A_PAGE :] else "",
        ),
    }


def _address(shelf: Shelf, **chosen: Any) -> str:
    return url_for("booking.what_if_page", place=shelf.place.path, **{name: value for name, value in chosen.items() if value})
