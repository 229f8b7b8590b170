"""The pages on which those who look after a venue say who answers there and hang up photos."""

from pathlib import Path
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from kernel.errors import Fault, Invalid
from venues import pictures
from venues.inputs import ContactInput, PhotoInput
from venues.pages.blueprint import routes
from venues.pages.guards import require_carer
from venues.pages.public import answering
from venues.queries import photos_of, venue_named
from venues.shown import contacts
from venues.staffing import add_contact, add_photo, remove_contact, remove_photo
from web.forms import Form, parse
from web.guards import larger_body
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _


@routes.get("/venues/<venue>/contacts")
def contacts_page(venue: str) -> str:
    """Who answers at a venue, and the form to add more."""
    return render_template("venues/contacts.html", form=Form({}), **_of_contacts(venue))


@routes.post("/venues/<venue>/contacts")
def contacts_save(venue: str) -> ResponseReturnValue:
    """Say who answers at which hours."""
    try:
        edge.transact(add_contact, venue, parse(ContactInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("venues/contacts.html", refusal, **_of_contacts(venue))
    return done(_("Kontakten er lagt til."), url_for("venues.contacts_page", venue=venue))


@routes.post("/venues/<venue>/contacts/<int:contact>/removal")
def contact_removal(venue: str, contact: int) -> ResponseReturnValue:
    """Take a line of who answers away."""
    edge.transact(remove_contact, contact)
    return done(_("Kontakten er fjernet."), url_for("venues.contacts_page", venue=venue))


@routes.get("/venues/<venue>/photos")
def photos_page(venue: str) -> str:
    """The photos of a venue and its rooms, and the form to hang up another."""
    return render_template("venues/photos.html", form=Form({}), **_of_photos(venue))


@routes.post("/venues/<venue>/photos")
@larger_body()
def photos_save(venue: str) -> ResponseReturnValue:
    """Hang up a photo."""
    try:
        given, picture = _given(venue)
        edge.transact(add_photo, venue, given, file=pictures.store(folder(), picture))
    except FORM_REFUSALS as refusal:
        return form_again("venues/photos.html", refusal, **_of_photos(venue))
    return done(_("Bildet er lagt til."), url_for("venues.photos_page", venue=venue))


@routes.post("/venues/<venue>/photos/<int:photo>/removal")
def photo_removal(venue: str, photo: int) -> ResponseReturnValue:
    """Take a photo down."""
    pictures.discard(folder(), edge.transact(remove_photo, photo).file)
    return done(_("Bildet er fjernet."), url_for("venues.photos_page", venue=venue))


def folder() -> Path:
    """Where the photos lie."""
    found: Path = current_app.extensions["settings"].instance / "photos"
    return found


def _given(venue: str) -> tuple[PhotoInput, bytes]:
    """Words and picture, for those only who may hang it up, because decoding costs; raises Invalid with the faults of both."""
    require_carer(venue_named(edge.reading(), venue))
    faults: list[Fault] = []
    try:
        picture = pictures.decoded(_uploaded())
    except Invalid as invalid:
        picture, faults = b"", [*invalid.faults]
    try:
        given = parse(PhotoInput, request.form)
    except Invalid as invalid:
        raise Invalid(*invalid.faults, *faults) from None
    if faults:
        raise Invalid(*faults)
    return given, picture


def _uploaded() -> bytes:
    file = request.files.get("photo")
    if file is None:
        return b""
    body: bytes = file.read(pictures.MOST_BYTES + 1)
    return body


def _of_contacts(venue: str) -> dict[str, Any]:
    session = edge.reading()
    place = venue_named(session, venue)
    require_carer(place)
    rows = contacts(session, place.id)
    return {"venue": place, "rows": rows, "contacts": answering(rows)}


def _of_photos(venue: str) -> dict[str, Any]:
    session = edge.reading()
    place = venue_named(session, venue)
    require_carer(place)
    names = {room.id: room.name for room in place.rooms}
    return {"venue": place, "photos": photos_of(session, place.id), "room_names": names}
