"""The page on which staff say what loose equipment and which attendants a venue has."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts import edge
from booking.furnishing import ChangedResource, Losing, NewResource, add_resource, change_resource, restore_resource, retire_resource
from booking.pages.blueprint import routes
from kernel.errors import Conflict, Refusal
from policies.labels import choices
from policies.taxonomy import Activity
from venues.models import Resource
from venues.pages.guards import require_carer
from venues.queries import venue_named
from venues.vocabulary import RESOURCE_LABELS
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, form_again
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
    except FORM_REFUSALS as refusal:
        return form_again(PAGE, refusal, **_of(venue))
    return done(_("%(name)s er lagt til.", name=added.name), url_for("booking.resources_page", venue=venue))


@routes.get("/venues/<venue>/resources/<int:resource>")
def resource_form(venue: str, resource: int) -> str:
    """What is said of one of them."""
    context = _of(venue, resource)
    return render_template(PAGE, form=Form({name: getattr(context["resource"], name) for name in SAID}), **context)


@routes.post("/venues/<venue>/resources/<int:resource>")
def resource_save(venue: str, resource: int) -> ResponseReturnValue:
    """Say it anew; whom it leaves with too little is shown before they lose their time."""
    try:
        edge.transact(change_resource, resource, parse(ChangedResource, _said()), _losing())
    except FORM_REFUSALS as refusal:
        return _question(venue, resource, refusal) or form_again(PAGE, refusal, **_of(venue, resource))
    return done(_told(_("Endringene er lagret.")), url_for("booking.resources_page", venue=venue))


@routes.post("/venues/<venue>/resources/<int:resource>/retirement")
def resource_retirement(venue: str, resource: int) -> ResponseReturnValue:
    """Take something out of use; who was promised some is shown before they lose their time."""
    try:
        row = edge.transact(retire_resource, resource, _losing())
    except Conflict as refusal:
        if page := _question(venue, resource, refusal):
            return page
        raise
    return done(_told(_("%(name)s er tatt ut av bruk.", name=row.name)), url_for("booking.resources_page", venue=venue))


@routes.post("/venues/<venue>/resources/<int:resource>/restoration")
def resource_restoration(venue: str, resource: int) -> ResponseReturnValue:
    """Take it into use again."""
    row = edge.transact(restore_resource, resource)
    return done(_("%(name)s er tatt i bruk igjen.", name=row.name), url_for("booking.resources_page", venue=venue))


def _losing() -> Losing:
    """Whom one was shown, and who of them was ticked."""
    seen = request.args.get("confirmed", "")
    return Losing(seen, request.form.getlist("dates", type=int) if seen else None)


def _said() -> MultiDict[str, str]:
    return MultiDict(pair for pair in request.form.items(multi=True) if pair[0] != "dates")


def _told(message: str) -> str:
    return message + " " + _("De som mistet tid, får beskjed om to minutter, med tilbud om noe annet.") if _losing().chosen else message


def _question(venue: str, resource: int, refusal: Refusal) -> Response | None:
    """What was typed, which is in order, with the dates for which there is too little."""
    if "seen" not in refusal.details:
        return None
    again = url_for(request.endpoint or "", venue=venue, resource=resource, confirmed=refusal.details["seen"])
    said = [pair for pair in _said().items(multi=True) if pair[0] != "csrf_token"]
    retires = request.endpoint == "booking.resource_retirement"
    page = render_template(PAGE, form=Form(_said()), met=refusal.faults, retires=retires, again=again, said=said, **_of(venue, resource))
    return Response(page, status=refusal.status)


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
