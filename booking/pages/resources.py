"""The page on which staff say what loose equipment and which attendants a venue has."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from booking.furnishing import ChangedResource, NewResource, add_resource, change_resource, restore_resource, retire_resource
from booking.pages.blueprint import routes
from kernel.errors import Conflict, Invalid
from policies.labels import choices
from policies.taxonomy import Activity
from venues.models import Resource
from venues.pages.guards import require_carer
from venues.queries import venue_named
from venues.vocabulary import RESOURCE_LABELS
from web.forms import Form, parse
from web.pages import done, form_again
from web.texts import gettext
from web.texts import gettext as _

PAGE = "booking/resources.html"
SAID = ("name", "quantity", "before_minutes", "after_minutes", "rooms", "required_for")


@routes.get("/venues/<venue>/resources")
def resources_page(venue: str) -> str:
    """What a venue has, and the form to add more."""
    return render_template(PAGE, form=Form({"quantity": 1, "lot": 1, "before_minutes": 0, "after_minutes": 0}), **_of(venue))


@routes.post("/venues/<venue>/resources")
def resources_save(venue: str) -> ResponseReturnValue:
    """Add something."""
    try:
        added = edge.transact(add_resource, venue, parse(NewResource, request.form))
    except (Invalid, Conflict) as refusal:
        return form_again(PAGE, refusal, **_of(venue))
    return done(_("%(name)s er lagt til.", name=added.name), url_for("booking.resources_page", venue=venue))


@routes.get("/venues/<venue>/resources/<int:resource>")
def resource_form(venue: str, resource: int) -> str:
    """What is said of one of them."""
    context = _of(venue, resource)
    return render_template(PAGE, form=Form({name: getattr(context["resource"], name) for name in SAID}), **context)


@routes.post("/venues/<venue>/resources/<int:resource>")
def resource_save(venue: str, resource: int) -> ResponseReturnValue:
    """Say it anew."""
    try:
        edge.transact(change_resource, resource, parse(ChangedResource, request.form))
    except (Invalid, Conflict) as refusal:
        return form_again(PAGE, refusal, **_of(venue, resource))
    return done(_("Endringene er lagret."), url_for("booking.resources_page", venue=venue))


@routes.post("/venues/<venue>/resources/<int:resource>/retirement")
def resource_retirement(venue: str, resource: int) -> ResponseReturnValue:
    """Take something out of use."""
    row = edge.transact(retire_resource, resource)
    return done(_("%(name)s er tatt ut av bruk.", name=row.name), url_for("booking.resources_page", venue=venue))


@routes.post("/venues/<venue>/resources/<int:resource>/restoration")
def resource_restoration(venue: str, resource: int) -> ResponseReturnValue:
    """Take it into use again."""
    row = edge.transact(restore_resource, resource)
    return done(_("%(name)s er tatt i bruk igjen.", name=row.name), url_for("booking.resources_page", venue=venue))


def _of(venue: str, resource: int | None = None) -> dict[str, Any]:
    session = edge.reading()
    place = venue_named(session, venue)
    require_carer(place)
    row = session.get(Resource, resource) if resource is not None else None
    return {
        "venue": place,
        "resource": row,
        "kinds": [(kind.value, gettext(label)) for kind, label in RESOURCE_LABELS.items()],
        "rooms": [(room.slug, room.name) for room in place.rooms if room.retired_at is None],
        "activities": choices(Activity),
    }
