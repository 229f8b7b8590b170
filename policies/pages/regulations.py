"""The pages of the adopted text beside the rules that encode it: of a draft, and of a published version."""

from flask import render_template, url_for

from policies.document import checked
from policies.pages.blueprint import routes
from policies.pages.drafts import of_draft
from policies.pages.shelves import shelf_at, trail, version_of
from policies.paragraphs import beside
from policies.told import names_of
from web.texts import gettext as _


@routes.get("/policies/<policy_place:place>/draft/regulation")
def draft_regulation(place: str) -> str:
    """The text of the draft, each paragraph beside its rules, with the way to write those that are missing."""
    context = of_draft(place)
    address = url_for("policies.draft_regulation", place=place)
    crumbs = [*context.pop("trail"), (_("Reglement og regler"), address)]
    return render_template("policies/regulation.html", is_draft=True, trail=crumbs, **context)


@routes.get("/policies/<policy_place:place>/versions/<int:number>/regulation")
def version_regulation(place: str, number: int) -> str:
    """The text of a published version, each paragraph beside its rules."""
    shelf = shelf_at(place)
    document = checked(version_of(shelf, number).document)
    version = (_("Versjon %(number)d", number=number), url_for("policies.version_page", place=place, number=number))
    address = url_for("policies.version_regulation", place=place, number=number)
    return render_template(
        "policies/regulation.html",
        is_draft=False,
        shelf=shelf,
        document=document,
        beside=beside(document.regulation, document.rules),
        price_names=names_of([document]),
        trail=[*trail(shelf), version, (_("Reglement og regler"), address)],
    )
