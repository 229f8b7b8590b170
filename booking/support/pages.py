"""Pages of agreements and grants, for officers and for those they are given to, and of what was sought in vain."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from accounts import edge, organisations, queries
from booking.support.agreements import AgreementTerms, Meter, end_agreement, make_agreement, meters
from booking.support.choosing import choice, chosen_organisation, this_day
from booking.support.classes import price_classes
from booking.support.grants.pages import support_of
from booking.support.labels import reason_label
from booking.support.unmet import MOST_SHOWN, unmet
from booking.support.upgrades import WEIGHTS, table, upgrades
from kernel.clock import now
from kernel.errors import Conflict, Invalid
from venues.models import Room, Venue
from web import language
from web.forms import Form, Input, parse
from web.hooks import Link, hooks
from web.pages import done, form_again
from web.texts import gettext as _
from web.writing import WRITERS

FORM_REFUSALS = (Invalid, Conflict)
YEAR = timedelta(days=365)

routes = Blueprint("support", __name__)
routes.add_app_template_filter(reason_label, "reason_label")


class Looked(Input):
    """How many days back."""

    days: Literal["30", "90", "365"] = "90"


def install(app: Flask) -> None:
    """Serve the pages and name them in the navigation."""
    app.register_blueprint(routes)
    hooks(app).navigation.append(links)


def links() -> Iterator[Link]:
    """Officers have the lists of all, those who act for an organisation what it has."""
    actor = edge.actor()
    if actor.is_officer:
        yield Link(_("Avtaler og tilskudd"), url_for("support.agreements_page"), "staff")
        yield Link(_("Søkt forgjeves"), url_for("support.sought_page"), "staff")
    if actor.organisations:
        yield Link(_("Mine avtaler"), url_for("support.mine_page"), "account")


@routes.after_request
def keep_nothing(response: Response) -> Response:
    """What these pages show is for those who may see it today."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@routes.get("/agreements")
def agreements_page() -> str:
    """All agreements with their meters, for officers."""
    found = meters(edge.reading(), by=edge.actor(), now=now())
    return render_template("support/agreements.html", meters=found, class_names=_class_names(found))


@routes.get("/agreements/new")
def new_agreement_page() -> str:
    """Find the organisation, then say what it gets."""
    chosen = chosen_organisation(request.args.get("organisation", type=int))
    if chosen is None:
        return render_template("support/choose.html", **choice(_("Ny avtale"), url_for("support.agreements_page")))
    today = this_day()
    form = Form({"first_day": today.isoformat(), "last_day": (today + YEAR).isoformat()})
    return render_template("support/new_agreement.html", form=form, organisation=chosen, **_terms())


@routes.post("/agreements")
def register_agreement() -> ResponseReturnValue:
    """Make it."""
    try:
        made = edge.transact(make_agreement, parse(AgreementTerms, request.form))
    except FORM_REFUSALS as refusal:
        chosen = chosen_organisation(request.form.get("organisation", type=int))
        if chosen is None:
            return form_again("support/choose.html", refusal, **choice(_("Ny avtale"), url_for("support.agreements_page")))
        return form_again("support/new_agreement.html", refusal, organisation=chosen, **_terms())
    return done(_("Avtalen «%(title)s» er laget.", title=made.title), url_for("support.agreements_page"))


@routes.post("/agreements/<int:agreement_id>/end")
def end_of_agreement(agreement_id: int) -> ResponseReturnValue:
    """End it; what is booked stands."""
    ended = edge.transact(end_agreement, agreement_id)
    return done(_("Avtalen «%(title)s» er avsluttet.", title=ended.title), url_for("support.agreements_page"))


@routes.get("/support")
def mine_page() -> ResponseReturnValue:
    """On to the organisation one acts for, or a choice between several."""
    actor = edge.actor()
    actor.require_known()
    names = queries.names_of_organisations(edge.reading(), actor.organisations)
    if len(names) == 1:
        return redirect(url_for("support.organisation_page", organisation_id=next(iter(names))), 303)
    return render_template("support/mine.html", names=sorted(names.items(), key=lambda named: named[1]))


@routes.get("/organisations/<int:organisation_id>/support")
def organisation_page(organisation_id: int) -> str:
    """An organisation's agreements and grants, for those who act for it and officers."""
    session, actor = edge.reading(), edge.actor()
    found = meters(session, by=actor, now=now(), organisation_id=organisation_id)
    return render_template(
        "support/organisation.html",
        organisation=organisations.organisation_of(session, organisation_id),
        actor=actor,
        meters=found,
        class_names=_class_names(found),
        **support_of(organisation_id),
    )


@routes.get("/office/sought")
def sought_page() -> str:
    """What was sought in vain, for officers."""
    looked = parse(Looked, request.args)
    found = unmet(edge.reading(), since=_since(looked), by=edge.actor())
    return render_template("support/sought.html", found=found, form=Form({"days": looked.days}), most=MOST_SHOWN)


@routes.get("/office/upgrades")
def upgrades_page() -> str:
    """What to mend first in the rooms, for officers."""
    looked = parse(Looked, request.args)
    found = upgrades(edge.reading(), since=_since(looked), by=edge.actor())
    return render_template("support/upgrades.html", found=found, form=Form({"days": looked.days}), weights=WEIGHTS)


@routes.get("/office/upgrades.<any(csv, xlsx):kind>")
def upgrades_file(kind: str) -> Response:
    """The same as a file."""
    media, write = WRITERS[kind]
    rows = table(upgrades(edge.reading(), since=_since(parse(Looked, request.args)), by=edge.actor()))
    response = Response(write(list(rows)), content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="oppgraderinger.{kind}"'
    return response


def _since(looked: Looked) -> date:
    return this_day() - timedelta(days=int(looked.days))


def _class_names(found: Sequence[Meter]) -> dict[str, str]:
    """What the policies of the agreements' rooms call price classes, in the language of the request."""
    if not found:
        return {}
    rooms = {room.id: room for meter in found for room in meter.agreement.rooms}
    first = min(meter.agreement.first_day for meter in found)
    last = max(meter.agreement.last_day for meter in found)
    named = price_classes(edge.reading(), list(rooms.values()), first, last)
    return {code: name.in_language(language.choose()) for code, name in named.items()}


def _terms() -> dict[str, Any]:
    """What an agreement can name: the rooms in use by venue, and the price classes of the coming year."""
    session, today = edge.reading(), this_day()
    in_use = select(Room).join(Room.venue).where(Room.retired_at.is_(None), Venue.retired_at.is_(None))
    rooms = session.scalars(in_use.options(contains_eager(Room.venue)).order_by(Venue.name, Venue.id, Room.name, Room.id)).all()
    named = price_classes(session, rooms, today, today + YEAR)
    return {
        "venues": [
            (venue.name, [(f"{venue.slug}/{room.slug}", room.name) for room in found])
            for venue, found in groupby(rooms, key=lambda room: room.venue)
        ],
        "classes": [(code, name.in_language(language.choose())) for code, name in named.items()],
    }
