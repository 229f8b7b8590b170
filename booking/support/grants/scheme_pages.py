"""Pages of schemes and rates: what officers make and mend."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from accounts import edge
from booking.support.choosing import this_day
from booking.support.grants.labels import figure_name, rules_in_words, scheme_kind_label
from booking.support.grants.models import Rate
from booking.support.grants.schemes import (
    Figure,
    RateChange,
    RateTerms,
    SchemeTerms,
    change_rate,
    change_scheme,
    make_scheme,
    rules_of,
    scheme_at,
    schemes,
    seen_of,
    set_rate,
    venues_of,
)
from booking.support.models import Grant, Scheme, SchemeKind
from kernel.errors import Missing, refuse
from policies.labels import activity
from policies.taxonomy import Activity
from venues.labels import in_order, kind_label
from venues.models import Room, Venue
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, done_or_again, form_again, keep_nothing
from web.texts import gettext as _

routes = Blueprint("schemes", __name__)
routes.after_request(keep_nothing)


@routes.get("/grants/schemes")
def schemes_page() -> str:
    """All schemes, for officers."""
    edge.actor().require(edge.actor().is_officer, "officer")
    found = [(one, rules_of(one)) for one in schemes(edge.reading())]
    venues = venues_of(edge.reading(), *(rules for _scheme, rules in found))
    told = [(one, rules_in_words(rules, one.kind, venues=venues)) for one, rules in found]
    return render_template("support/grants/schemes.html", schemes=told)


@routes.get("/grants/schemes/new")
def new_scheme_page() -> str:
    """Describe a scheme."""
    edge.actor().require(edge.actor().is_officer, "officer")
    form = Form({"first_day": f"{this_day().year}-01-01", "kind": SchemeKind.RENT})
    return render_template("support/grants/new_scheme.html", form=form, **_offers())


@routes.post("/grants/schemes")
def register_scheme() -> ResponseReturnValue:
    """Make it."""
    try:
        made = edge.transact(make_scheme, parse(SchemeTerms, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("support/grants/new_scheme.html", refusal, **_offers())
    return done(_("Ordningen «%(name)s» er laget.", name=made.name), url_for("schemes.schemes_page"))


@routes.get("/grants/schemes/<int:scheme_id>")
def change_scheme_page(scheme_id: int) -> str:
    """A scheme as it is, to be changed."""
    edge.actor().require(edge.actor().is_officer, "officer")
    found = scheme_at(edge.reading(), scheme_id)
    return render_template("support/grants/new_scheme.html", form=Form(_values(found)), **_changing(found))


@routes.post("/grants/schemes/<int:scheme_id>")
def changed_scheme(scheme_id: int) -> ResponseReturnValue:
    """Let it go on by other terms."""
    try:
        made = edge.transact(change_scheme, scheme_id, parse(SchemeTerms, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("support/grants/new_scheme.html", refusal, **_changing(scheme_at(edge.reading(), scheme_id)))
    return done(_("Ordningen «%(name)s» er endret.", name=made.name), url_for("schemes.schemes_page"))


@routes.get("/grants/rates")
def rates_page() -> str:
    """What hours are reckoned to be worth where no price is known."""
    return _rates_page(Form({"first_day": f"{this_day().year}-01-01"}))


@routes.post("/grants/rates")
def register_rate() -> ResponseReturnValue:
    """State a rate."""
    return done_or_again(
        lambda: edge.transact(set_rate, parse(RateTerms, request.form)), _rates_page, _("Satsen er notert."), url_for("schemes.rates_page")
    )


@routes.get("/grants/rates/<int:rate_id>")
def change_rate_page(rate_id: int) -> str:
    """A rate as it is, to be corrected."""
    return _rate_page(rate_id)


@routes.post("/grants/rates/<int:rate_id>")
def changed_rate(rate_id: int) -> ResponseReturnValue:
    """Correct it."""
    return done_or_again(
        lambda: edge.transact(change_rate, rate_id, parse(RateChange, request.form)),
        lambda form: _rate_page(rate_id, form),
        _("Satsen er rettet."),
        url_for("schemes.rates_page"),
    )


def _rates_page(form: Form) -> str:
    session = edge.reading()
    edge.actor().require(edge.actor().is_officer, "officer")
    rates = session.scalars(select(Rate).order_by(Rate.room_kind, Rate.first_day.desc())).all()
    return render_template("support/grants/rates.html", form=form, rates=rates, kinds=_kinds())


def _rate_page(rate_id: int, form: Form | None = None) -> str:
    edge.actor().require(edge.actor().is_officer, "officer")
    rate = edge.reading().get(Rate, rate_id)
    if rate is None:
        raise refuse(Missing, "unknown-rate", "rate", rate_id)
    values = {"room_kind": rate.room_kind, "first_day": rate.first_day, "per_hour": rate.per_hour // 100, "source": rate.source}
    return render_template("support/grants/rate.html", form=form or Form(values), rate=rate, seen=seen_of(rate), kinds=_kinds())


def _kinds() -> list[tuple[str, str]]:
    """The kinds of rooms that there are."""
    kinds = edge.reading().scalars(select(Room.kind).distinct())
    return [(kind, kind_label(kind)) for kind in in_order(kinds, kind_label)]


def _values(scheme: Scheme) -> dict[str, Any]:
    """A scheme as its form has it, in whole kroner."""
    names = ("name", "kind", "purpose", "rules", "duties", "asks", "first_day", "last_day", "report_days")
    ceiling = None if scheme.ceiling is None else scheme.ceiling // 100
    values = rules_of(scheme).model_dump(mode="json", exclude_defaults=True) | {"ceiling": ceiling}
    return {name: value for name, value in (values | {name: getattr(scheme, name) for name in names}).items() if value is not None}


def _changing(scheme: Scheme) -> dict[str, Any]:
    given = edge.reading().scalar(select(func.count()).where(Grant.scheme_id == scheme.id))
    return {"scheme": scheme, "given": given, **_offers()}


def _offers() -> dict[str, Any]:
    """What a scheme can name."""
    venues = edge.reading().execute(select(Venue.slug, Venue.name).where(Venue.retired_at.is_(None)).order_by(Venue.name)).all()
    return {
        "kinds": [(str(kind), scheme_kind_label(kind)) for kind in SchemeKind],
        "activities": [(str(one), activity(one)) for one in Activity],
        "venues": [(slug, name) for slug, name in venues],
        "figures": [(str(one), figure_name(one)) for one in Figure],
    }
