"""The pages of published policies: all places, one place with its versions, one version."""

from datetime import date

from flask import Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from kernel.clock import now
from kernel.errors import Missing, refuse
from kernel.wallclock import to_wall
from policies.differences import differences, texts_differ
from policies.document import Document, checked, schema
from policies.models import PolicyVersion
from policies.pages.blueprint import routes
from policies.places import Shelf, place_at, shelf_of, shelves
from policies.told import names_of, told_document
from policies.verdict import Layer
from venues.queries import municipality


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
    return render_template(
        "policies/place.html",
        shelf=shelf,
        current=current,
        document=document,
        told=told_document(document, today()) if document else None,
        coming=shelf.coming(today()),
        past=shelf.past(today()),
        trail=trail(shelf),
        is_officer=edge.actor().is_officer,
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
        price_names=names_of([document]),
        before=before,
        differences=differences(earlier, document) if earlier else (),
        texts_differ=texts_differ(earlier, document) if earlier else False,
        trail=[*trail(shelf), (str(number), address)],
        is_officer=edge.actor().is_officer,
    )


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
