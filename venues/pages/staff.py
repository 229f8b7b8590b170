"""The pages on which staff say what is known of the municipality, a venue, a room and its access."""

from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from venues.access import answers
from venues.editing import edit_access, edit_municipality, edit_room, edit_venue, restore_room, retire_room
from venues.inputs import AccessInput, MunicipalityInput, RoomInput, VenueInput
from venues.labels import facility_label, in_order, kind_label
from venues.models import Room, Venue
from venues.pages.blueprint import routes
from venues.pages.guards import require_carer, require_officer
from venues.pages.outside import said, save
from venues.queries import districts, municipality, room_at, statements_about, subject_of, venue_named
from venues.search import facilities, rooms_in_use
from venues.statements import SEATED, STANDING, reading
from venues.vocabulary import FACILITY_LABELS, KIND_LABELS
from web.forms import Form, Input, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _


class VersionInput(Input):
    """The revision that the person saw."""

    version: int


@routes.get("/municipality")
def municipality_form() -> str:
    """The municipality's name and contact."""
    require_officer()
    row = municipality(edge.reading())
    names = ("name", "contact_name", "contact_phone", "contact_email")
    return render_template("venues/municipality_form.html", form=Form({name: getattr(row, name) for name in names}), row=row)


@routes.post("/municipality")
def municipality_save() -> ResponseReturnValue:
    """Keep the municipality's name and contact."""
    try:
        edge.transact(edit_municipality, parse(MunicipalityInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("venues/municipality_form.html", refusal, row=municipality(edge.reading()))
    return done(_("Endringene er lagret."), url_for("venues.municipality_form"))


@routes.get("/venues/<venue>/edit")
def venue_form(venue: str) -> str:
    """What staff say of a venue."""
    require_officer()
    row = venue_named(edge.reading(), venue)
    names = ("name", "kind", "address", "latitude", "longitude", "entrance", "getting_in", "minutes_before", "follows_school_calendar")
    values = {name: getattr(row, name) for name in names} | {"district": row.district.name if row.district else ""}
    return render_template("venues/venue_form.html", form=Form(values), **_of_venue(row))


@routes.post("/venues/<venue>/edit")
def venue_save(venue: str) -> ResponseReturnValue:
    """Keep what staff say of a venue."""
    try:
        edge.transact(edit_venue, venue, parse(VenueInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("venues/venue_form.html", refusal, **_of_venue(venue_named(edge.reading(), venue)))
    return done(_("Endringene er lagret."), url_for("venues.venue_page", venue=venue))


@routes.get("/rooms/<venue>/<room>/edit")
def room_form(venue: str, room: str) -> str:
    """What staff say of a room."""
    require_officer()
    row = room_at(edge.reading(), f"{venue}/{room}")
    said = statements_about(edge.reading(), [row.venue_id]).get((row.venue_id, row.id), ())
    places = {"seated": reading(said, SEATED).value, "standing": reading(said, STANDING).value}
    values = {"name": row.name, "kind": row.kind, "capacity": row.capacity, "facilities": row.facilities, **places}
    return render_template("venues/room_form.html", form=Form(values), **_of_room(row))


@routes.post("/rooms/<venue>/<room>/edit")
def room_save(venue: str, room: str) -> ResponseReturnValue:
    """Keep what staff say of a room."""
    path = f"{venue}/{room}"
    try:
        change = partial(edit_room, path=path, given=parse(RoomInput, said()))
        return save(change, venue, room, _("Endringene er lagret."), f"/rooms/{path}", form=partial(_room_as_typed, path))
    except FORM_REFUSALS as refusal:
        return form_again("venues/room_form.html", refusal, **_of_room(room_at(edge.reading(), path)))


@routes.post("/rooms/<venue>/<room>/retirement")
def room_retirement(venue: str, room: str) -> ResponseReturnValue:
    """Take a room out of use."""
    change = partial(retire_room, path=f"{venue}/{room}", version=parse(VersionInput, said()).version)
    form, onward = url_for("venues.room_form", venue=venue, room=room), url_for("venues.venue_page", venue=venue)
    return save(change, venue, room, _("Rommet er tatt ut av bruk."), onward, form=lambda: redirect(form, 303))


@routes.post("/rooms/<venue>/<room>/restoration")
def room_restoration(venue: str, room: str) -> ResponseReturnValue:
    """Take a retired room into use again."""
    change = partial(restore_room, path=f"{venue}/{room}", version=parse(VersionInput, said()).version)
    onward = url_for("venues.venue_page", venue=venue)
    return save(change, venue, room, _("Rommet er i bruk igjen."), onward, form=lambda: redirect(onward, 303))


@routes.get("/venues/<venue>/access")
def access_form(venue: str) -> str:
    """The answers on access of a venue or, with ``?room=``, of one of its rooms."""
    context = _of_access(venue, request.args.get("room", ""))
    values = {f"answers.{one.feature}": one.answer.value for one in context["answers"]}
    values |= {f"details.{one.feature}": one.reading.detail for one in context["answers"]}
    return render_template("venues/access_form.html", form=Form(values), **context)


@routes.post("/venues/<venue>/access")
def access_save(venue: str) -> ResponseReturnValue:
    """Keep the answers on access."""
    room = request.args.get("room", "")
    try:
        edge.transact(edit_access, venue, room, parse(AccessInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("venues/access_form.html", refusal, **_of_access(venue, room))
    return done(_("Svarene er lagret."), url_for("venues.venue_page", venue=venue))


def _of_venue(row: Venue) -> dict[str, Any]:
    session = edge.reading()
    known = [(word, word) for word in in_order(KIND_LABELS, kind_label)]
    kinds = known if row.kind in KIND_LABELS or not row.kind else [*known, (row.kind, row.kind)]
    return {"venue": row, "kinds": kinds, "districts": [(one.name, one.name) for one in districts(session)]}


def _of_room(row: Room) -> dict[str, Any]:
    known = [(word, word) for word in in_order(KIND_LABELS, kind_label)]
    words = in_order({*FACILITY_LABELS, *facilities(rooms_in_use(edge.reading()))}, facility_label)
    kinds = known if row.kind in KIND_LABELS or not row.kind else [*known, (row.kind, row.kind)]
    return {"venue": row.venue, "room": row, "kinds": kinds, "facilities": words}


def _room_as_typed(path: str) -> str:
    require_officer()
    return render_template("venues/room_form.html", form=Form(request.form), **_of_room(room_at(edge.reading(), path)))


def _of_access(venue: str, room: str) -> dict[str, Any]:
    session = edge.reading()
    place, one = subject_of(session, venue, room)
    require_carer(place)
    said = statements_about(session, [place.id])
    found = answers(said.get((place.id, one.id if one else None), ()))
    return {"venue": place, "room": one, "row": one or place, "answers": found}
