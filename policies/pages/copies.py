"""The pages on which a draft takes what another place's document or the library says: what there is, and which of its rules."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from kernel.errors import Missing, refuse
from policies import library
from policies.copying import came_along, copy_of, said_otherwise, with_copies
from policies.document import Document, checked
from policies.pages.blueprint import routes
from policies.pages.drafts import again, beginning, document_in, seen_version
from policies.pages.shelves import shelf_at, today, trail
from policies.places import Shelf, place_at, shelf_of, shelves
from policies.told import names_of
from policies.verbs import save_draft
from web.forms import Form, refused
from web.pages import FORM_REFUSALS, done
from web.texts import current_locale, ngettext
from web.texts import gettext as _

PLACE, LIBRARY = "place", "library"


@dataclass(frozen=True, slots=True)
class Source:
    """A document to copy from: ``key`` stands for it in addresses, ``place:venue/room`` or ``library:name:0``."""

    key: str
    name: str
    rules: int


@routes.get("/policies/<policy_place:place>/draft/copies")
def copies(place: str) -> str:
    """What can be copied, or the rules of what was chosen."""
    edge.actor().require(edge.actor().is_officer, "officer")
    shelf, key = shelf_at(place), request.args.get("source", "")
    if key:
        return _rules_page(shelf, key, Form({}))
    sources = [(_("Fra andre steder"), list(_elsewhere(shelf))), (_("Fra regelsamlingen"), list(_in_library()))]
    return render_template("policies/copies.html", shelf=shelf, sources=[group for group in sources if group[1]], trail=_trail(shelf))


@routes.post("/policies/<policy_place:place>/draft/copies")
def copy_rules(place: str) -> ResponseReturnValue:
    """Begin a draft with the whole of a document, or take the chosen rules into the draft that there is."""
    edge.actor().require(edge.actor().is_officer, "officer")
    shelf, key = shelf_at(place), request.form.get("source", "")
    source, chosen = _document(key), request.form.getlist("rules")
    try:
        if "whole" in request.form:
            document, taken, more = copy_of(source, shelf.place.layer, shelf.place.path), len(source.rules), []
        else:
            before = document_in(shelf) if shelf.draft else beginning(shelf)
            document, taken = with_copies(before, source, chosen), len(chosen)
            more = list(_beside(before, document, source, chosen))
        edge.transact(save_draft, shelf.place, document, version=seen_version())
    except FORM_REFUSALS as refusal:
        return again(_rules_page(shelf, key, refused(request.form, refusal.faults)), refusal)
    told = ngettext("%(num)d regel er hentet inn i utkastet.", "%(num)d regler er hentet inn i utkastet.", taken)
    return done(" ".join([told, *more]), url_for("policies.draft_page", place=place))


def _beside(before: Document, after: Document, source: Document, chosen: Collection[str]) -> Iterator[str]:
    """What came along with copied rules, and what of theirs means something else here."""
    if brought := came_along(before, after):
        yield _("Dette fulgte med: %(names)s.", names=", ".join(brought))
    if otherwise := said_otherwise(before, source, chosen):
        yield _("Dette finnes her fra før og sier noe annet, så se over reglene: %(names)s.", names=", ".join(otherwise))


def _rules_page(shelf: Shelf, key: str, form: Form) -> str:
    document = _document(key)
    return render_template(
        "policies/copy_rules.html",
        shelf=shelf,
        form=form,
        source=key,
        document=document,
        price_names=names_of([document]),
        version=shelf.draft.version if shelf.draft else 0,
        trail=_trail(shelf),
    )


def _elsewhere(shelf: Shelf) -> Iterator[Source]:
    """The documents in force in other places."""
    for other in shelves(edge.reading()):
        current = other.current(today())
        if current and other.place != shelf.place:
            yield Source(f"{PLACE}:{other.place.path}", other.place.name, len(current.document["rules"]))


def _in_library() -> Iterator[Source]:
    for name in library.names():
        for number, document in enumerate(library.read(name)):
            yield Source(f"{LIBRARY}:{name}:{number}", document.title.in_language(current_locale().language), len(document.rules))


def _document(key: str) -> Document:
    """The document of a key; raises Missing."""
    where, _colon, name = key.partition(":")
    found = {PLACE: _in_force, LIBRARY: _of_library}.get(where, _nothing)(name)
    if found is None:
        raise refuse(Missing, "unknown-policy", "source", key)
    return found


def _in_force(path: str) -> Document | None:
    session = edge.reading()
    current = shelf_of(session, place_at(session, path)).current(today())
    return checked(current.document) if current else None


def _of_library(name: str) -> Document | None:
    file, _colon, number = name.rpartition(":")
    return next((document for place, document in enumerate(library.read(file)) if str(place) == number), None)


def _nothing(name: str) -> Document | None:
    return None


def _trail(shelf: Shelf) -> list[tuple[str, str]]:
    return [*trail(shelf), (_("Hent fra andre"), url_for("policies.copies", place=shelf.place.path))]
