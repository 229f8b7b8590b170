"""The pages of published policies: all places, one place with its versions, one version."""

from collections.abc import Mapping
from datetime import date

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from accounts.queries import names_of_people
from kernel.clock import now
from kernel.errors import Missing, refuse
from kernel.wallclock import to_wall
from policies.compared import compared
from policies.document import Document, checked, schema
from policies.models import PolicyVersion
from policies.pages.blueprint import routes
from policies.places import Shelf, place_at, shelf_of, shelves
from policies.told import told_document
from policies.verdict import Layer
from venues.queries import municipality
from web.formats import long_date
from web.forms import Form
from web.texts import gettext as _

DRAFT = "draft"


@routes.get("/policies")
def all_policies() -> str:
    """The places with a policy of their own or a draft of one, then all others, which most are."""
    found, is_officer = shelves(edge.reading()), edge.actor().is_officer
    own = [shelf for shelf in found if shelf.place.layer is Layer.MUNICIPALITY or shelf.versions or (shelf.draft and is_officer)]
    others = [shelf for shelf in found if shelf not in own]
    return render_template("policies/list.html", own=own, others=others, today=today(), is_officer=is_officer)


@routes.get("/policies/<policy_place:place>")
def place_page(place: str) -> str:
    """What a place's own document says now, and its coming and past versions."""
    shelf = shelf_at(place)
    current = shelf.current(today())
    document = checked(current.document) if current else None
    offered = comparable(shelf, is_officer=edge.actor().is_officer)
    return render_template(
        "policies/place.html",
        shelf=shelf,
        form=Form({"new": offered[0][0], "old": offered[1][0]} if len(offered) > 1 else {}),
        comparable=offered,
        current=current,
        document=document,
        told=told_document(document, today()) if document else None,
        coming=shelf.coming(today()),
        past=shelf.past(today()),
        trail=trail(shelf),
        is_officer=edge.actor().is_officer,
        publishers=publishers(shelf),
    )


@routes.get("/policies/<policy_place:place>/versions/<int:number>")
def version_page(place: str, number: int) -> str:
    """One published version, and what it changed."""
    shelf = shelf_at(place)
    version = version_of(shelf, number)
    before = next((older for older in shelf.versions if older.number == number - 1), None)
    document, earlier = checked(version.document), checked(before.document) if before else None
    address = url_for("policies.version_page", place=place, number=number)
    return render_template(
        "policies/version.html",
        shelf=shelf,
        version=version,
        document=document,
        told=told_document(document, version.valid_from),
        before=before,
        compared=compared(earlier, document) if earlier else None,
        trail=[*trail(shelf), (str(number), address)],
        is_officer=edge.actor().is_officer,
        publishers=publishers(shelf),
    )


@routes.get("/policies/<policy_place:place>/versions/compare")
def compare_page(place: str) -> str:
    """Any two versions beside each other, for officers also the draft: what the later says otherwise than the earlier."""
    shelf, is_officer = shelf_at(place), edge.actor().is_officer
    wanted = [request.args.get(name, "") for name in ("old", "new")]
    old, new = (_document_of(shelf, number, is_officer=is_officer) for number in wanted)
    address = url_for("policies.compare_page", place=place, old=wanted[0], new=wanted[1])
    return render_template(
        "policies/compare.html",
        shelf=shelf,
        form=Form({"old": wanted[0], "new": wanted[1]}),
        comparable=comparable(shelf, is_officer=is_officer),
        compared=compared(old, new),
        trail=[*trail(shelf), (_("Sammenlign"), address)],
    )


def comparable(shelf: Shelf, *, is_officer: bool) -> list[tuple[str, str]]:
    """What can be compared, newest first, as a form offers it."""
    versions = [
        (str(version.number), _("Versjon %(number)d, fra %(day)s", number=version.number, day=long_date(version.valid_from)))
        for version in shelf.versions
    ]
    return [(DRAFT, _("Utkastet")), *versions] if is_officer and shelf.draft else versions


def publishers(shelf: Shelf) -> Mapping[int, str]:
    """Who published each version, for officers; others are told the day alone. Nobody signed in is the command line."""
    if not edge.actor().is_officer:
        return {}
    names = names_of_people(edge.reading(), {version.published_by for version in shelf.versions if version.published_by})
    by_command = _("kommandolinjen")
    return {one.number: names.get(one.published_by, "") if one.published_by else by_command for one in shelf.versions}


def _document_of(shelf: Shelf, number: str, *, is_officer: bool) -> Document:
    """The document of a version, or the draft's; raises Missing."""
    if number == DRAFT and is_officer and shelf.draft:
        return checked(shelf.draft.document)
    return checked(version_of(shelf, int(number) if number.isascii() and number.isdecimal() else 0).document)


@routes.get("/policies/<policy_place:place>/versions/<int:number>.json")
def version_data(place: str, number: int) -> ResponseReturnValue:
    """One published version as a document, for editors and other municipalities."""
    document: Document = checked(version_of(shelf_at(place), number).document)
    answer: Response = jsonify(document.data())
    answer.headers["Content-Disposition"] = f'attachment; filename="{place.replace("/", "-") or "policy"}-{number}.json"'
    return answer


@routes.get("/policies/schema.json")
def schema_page() -> ResponseReturnValue:
    """The JSON Schema of a policy document."""
    return jsonify(schema())


def shelf_at(path: str) -> Shelf:
    """The shelf of a place; raises Missing."""
    session = edge.reading()
    return shelf_of(session, place_at(session, path))


def version_of(shelf: Shelf, number: int) -> PolicyVersion:
    """A version by its number; raises Missing."""
    for version in shelf.versions:
        if version.number == number:
            return version
    raise refuse(Missing, "unknown-policy-version", "number", number)


def trail(shelf: Shelf) -> list[tuple[str, str]]:
    """The way to a place."""
    return [("", url_for("policies.all_policies")), (shelf.place.name, url_for("policies.place_page", place=shelf.place.path))]


def today() -> date:
    """The local date in the municipality."""
    return to_wall(now(), municipality(edge.reading()).zone).date()
