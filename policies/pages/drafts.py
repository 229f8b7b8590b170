"""The pages of a draft: begun from what is in force, looked over with the linter's findings, published from a date."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from kernel.clock import now
from kernel.errors import Fault, Missing, Refusal, refuse
from policies import labels
from policies.ahead import BOOKINGS_AHEAD, CountAhead
from policies.compared import compared
from policies.copying import copy_of
from policies.document import Document, checked
from policies.drafting import empty_document, given, shown
from policies.lint import errors, lint
from policies.models import PolicyDraft
from policies.named import PARTS, document_of, rows_of
from policies.pages.blueprint import routes
from policies.pages.shelves import shelf_at, today, trail, version_of
from policies.pages.steps import steps, tools
from policies.paragraphs import beside
from policies.places import Shelf
from policies.told import names_of
from policies.verbs import discard_draft, publish_draft, save_draft
from web import problems
from web.fields import Day
from web.forms import Form, Input, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _

BLANK_ROWS = 2


class BeginInput(Input):
    """Where a draft begins: at a version's number, or at nothing."""

    number: int | None = None


class PublishInput(Input):
    """The draft's version as it was seen, the first date of use, and whether it shall take all own rules away."""

    version: int
    valid_from: Day
    withdraws: bool = False


@routes.post("/policies/<policy_place:place>/draft")
def begin_draft(place: str) -> ResponseReturnValue:
    """Begin a draft from a version, from the current one, or from nothing."""
    shelf = shelf_at(place)
    edge.transact(save_draft, shelf.place, beginning(shelf, parse(BeginInput, request.form).number), version=0)
    return done(_("Utkastet er laget. Ingenting er endret for søkerne før du publiserer."), url_for("policies.draft_page", place=place))


@routes.get("/policies/<policy_place:place>/draft")
def draft_page(place: str) -> str:
    """The draft: its rules in words, what the linter finds, what differs from what is in force."""
    return render_template("policies/draft.html", form=Form({}), **_to_publish(place))


@routes.post("/policies/<policy_place:place>/publication")
def publish_page(place: str) -> ResponseReturnValue:
    """Publish the draft from a date."""
    try:
        wanted = parse(PublishInput, request.form)
        edge.transact(publish_draft, shelf_at(place).place, wanted.valid_from, version=wanted.version, withdraws=wanted.withdraws)
    except FORM_REFUSALS as refusal:
        return form_again("policies/draft.html", refusal, **_to_publish(place))
    return done(_("Retningslinjen er publisert."), url_for("policies.place_page", place=place))


@routes.post("/policies/<policy_place:place>/draft/removal")
def remove_draft(place: str) -> ResponseReturnValue:
    """Throw the draft away as it was seen."""
    edge.transact(discard_draft, shelf_at(place).place, version=seen_version())
    return done(_("Utkastet er forkastet."), url_for("policies.place_page", place=place))


@routes.get("/policies/<policy_place:place>/draft/text")
def text_form(place: str) -> str:
    """Title, adopted text, and what the document names: price classes, events and periods."""
    context = of_draft(place)
    document: Document = context["document"]
    values = document.model_dump(mode="json", include={"title", "regulation"}, exclude_none=True)
    return _text_page(context, {**values, **rows_of(document)})


@routes.post("/policies/<policy_place:place>/draft/text")
def save_text(place: str) -> ResponseReturnValue:
    """Keep title, adopted text and what the document names."""
    shelf = shelf_at(place)
    data = given(request.form)
    try:
        edge.transact(save_draft, shelf.place, document_of(document_in(shelf), data), version=seen_version())
    except FORM_REFUSALS as refusal:
        return again(_text_page(of_draft(place), data, refusal.faults), refusal)
    return done(_("Endringene er lagret i utkastet."), url_for("policies.draft_page", place=place))


def of_draft(place: str) -> dict[str, Any]:
    """What every page of a draft shows; raises Missing where there is none, Forbidden to all but officers."""
    edge.actor().require(edge.actor().is_officer, "officer")
    shelf = shelf_at(place)
    document = document_in(shelf)
    kept_back = errors(document)
    return {
        "shelf": shelf,
        "draft": draft_in(shelf),
        "document": document,
        "errors": kept_back,
        "advice": [fault for fault in lint(document, today=today()) if fault not in kept_back],
        "beside": beside(document.regulation, document.rules),
        "price_names": names_of([document]),
        "kinds": labels.kinds(),
        "today": today(),
        "trail": [*trail(shelf), (_("Utkast"), url_for("policies.draft_page", place=place))],
    }


def _to_publish(place: str) -> dict[str, Any]:
    """What the page of a draft shows: beside the draft itself what it is published over."""
    context = of_draft(place)
    shelf: Shelf = context["shelf"]
    current = shelf.current(today())
    count: CountAhead = current_app.extensions[BOOKINGS_AHEAD]
    return {
        **context,
        "current": current,
        "compared": compared(checked(current.document) if current else None, context["document"]),
        "steps": list(steps(context)),
        "tools": tools(shelf.place),
        "ahead": count(edge.reading(), shelf.place, now=now()),
    }


def beginning(shelf: Shelf, number: int | None = None) -> Document:
    """What a draft begins with: the version of a number, the current one, or nothing, under the place's present path."""
    version = version_of(shelf, number) if number else shelf.current(today())
    place = shelf.place
    return copy_of(checked(version.document), place.layer, place.path) if version else empty_document(place.layer, place.path, place.name)


def draft_in(shelf: Shelf) -> PolicyDraft:
    """The draft of a place; raises Missing (``no-draft``)."""
    if shelf.draft is None:
        raise refuse(Missing, "no-draft", "place", shelf.place.path)
    return shelf.draft


def document_in(shelf: Shelf) -> Document:
    """The document that the draft holds."""
    return checked(draft_in(shelf).document)


def again(page: str, refusal: Refusal) -> Response:
    """A form's page once more, with the refusal's status."""
    return Response(page, status=problems.status_of(refusal))


def seen_version() -> int:
    """The draft's version that the form was made from; 0, which no draft has, where it says none."""
    return request.form.get("version", 0, type=int)


def _text_page(context: dict[str, Any], data: Mapping[str, Any], faults: tuple[Fault, ...] = ()) -> str:
    rows = {part.rows: len(data.get(part.rows, [])) + BLANK_ROWS for part in PARTS}
    return render_template("policies/text_form.html", form=Form(shown(data), faults), rows=rows, **context)
