"""Pages of agreements and grants, for officers and for those they are given to, and of what was sought in vain."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from flask import Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge, organisations, queries
from booking.support.agreed import routes
from booking.support.api import api
from booking.support.choosing import this_day
from booking.support.grants.pages import support_of
from booking.support.meters import meters
from booking.support.routes import class_names
from booking.support.unmet import MOST_SHOWN, unmet
from booking.support.upgrades import WEIGHTS, table, upgrades
from kernel.clock import now
from web.forms import Form, Input, parse
from web.hooks import Group, Link, hooks
from web.texts import gettext as _
from web.writing import WRITERS


class Looked(Input):
    """How many days back."""

    days: Literal["30", "90", "365"] = "90"


def install(app: Flask) -> None:
    """Serve the pages and name them in the navigation."""
    app.register_blueprint(routes)
    app.register_blueprint(api)
    hooks(app).navigation.append(links)


def links() -> Iterator[Link]:
    """Officers have the lists of all, those who act for an organisation what it has."""
    actor = edge.actor()
    if actor.is_officer:
        yield Link(_("Avtaler og tilskudd"), url_for("support.agreements_page"), "staff", group=Group.SUPPORT)
        yield Link(_("Søkt forgjeves"), url_for("support.sought_page"), "staff", group=Group.FIGURES)
        yield Link(_("Hva bør oppgraderes først"), url_for("support.upgrades_page"), "staff", group=Group.FIGURES)
    if actor.organisations:
        yield Link(_("Mine avtaler"), url_for("support.mine_page"), "account", group=Group.OWN)


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
        class_names=class_names(found),
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
