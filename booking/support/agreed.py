"""Pages of agreements: what each gives and asks, and for officers the forms that make, change, renew and end them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from werkzeug.datastructures import MultiDict

from accounts import edge
from accounts.queries import names_of_people
from booking.support import principles
from booking.support.agreements import agreement_at, change_agreement, end_agreement, make_agreement, sign_agreement
from booking.support.choosing import choice, chosen_organisation, numbered, this_day
from booking.support.classes import price_classes
from booking.support.duties import held, note_duty, planned
from booking.support.labels import DUTIES
from booking.support.meters import Meter, meter_of, meters
from booking.support.models import Agreement, AgreementTemplate
from booking.support.principles import begun, keep_template, retire_template, templates
from booking.support.routes import class_names
from booking.support.routes import routes as routes
from booking.support.terms import AgreementTerms, TemplateTerms
from booking.support.treating import Consent
from kernel.clock import now
from kernel.errors import Invalid, Refusal, refuse
from policies.labels import WEEKDAYS
from venues.models import Room, Venue
from web import language
from web.fields import Prose
from web.formats import short_date
from web.forms import Form, Input, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _
from web.wording import sentence

YEAR = timedelta(days=365)
# What the page that asks for consent adds to a form.
CONSENT = ("confirmed", "seen", "version")
BECOMES = ("date-ends", "date-draws", "date-priced")
EMPTY_ROWS, MOST_ROWS = 2, 20


class Ending(Input):
    """What becomes of dates that draw on nothing more: they stand, or are cancelled for a reason."""

    cancels: bool = False
    reason: Prose = Field(default="", max_length=500)


class Noted(Input):
    """Whether a duty was done."""

    done: bool = False


@routes.get("/agreements")
def agreements_page() -> str:
    """All agreements with their meters, for officers."""
    found = meters(edge.reading(), by=edge.actor(), now=now())
    return render_template("support/agreements.html", meters=found, class_names=class_names(found))


@routes.get("/agreements/<int:agreement_id>")
def agreement_page(agreement_id: int) -> str:
    """One agreement with its meter, duties and documents, for officers and those who act for the organisation."""
    return render_template("support/agreement.html", **_told(meter_of(edge.reading(), agreement_id, by=edge.actor(), now=now())))


@routes.get("/agreements/new")
def new_agreement_page() -> str:
    """Find the organisation, then say what it gets: from nothing, a template, the agreement that goes before, or one that was ended."""
    session = edge.reading()
    edge.actor().require(edge.actor().is_officer, "officer")
    renews, started = numbered(request.args, "renews"), numbered(request.args, "template")
    before = agreement_at(session, renews) if renews else None
    if ended := numbered(request.args, "again"):
        return _again_page(meter_of(edge.reading(), ended, by=edge.actor(), now=now()).agreement)
    chosen = chosen_organisation(before.organisation_id if before else request.args.get("organisation", type=int))
    if chosen is None:
        kept = [("template", started)] if started else []
        return render_template("support/choose.html", kept=kept, **choice(_("Ny avtale"), url_for("support.agreements_page")))
    template = session.get(AgreementTemplate, started) if started else None
    values = begun(this_day()) | (principles.of_template(template) if template else {})
    values |= principles.of_agreement(before, is_new=True, is_next=True) | {"renews": before.id} if before else {}
    return _form_page("support/new_agreement.html", Form(values), organisation=chosen, templates=templates(session, by=edge.actor()))


def _again_page(ended: Agreement) -> str:
    """The form as an agreement was that was ended by mistake; the coming dates of its rooms draw on what is made of it."""
    found = templates(edge.reading(), by=edge.actor())
    values = principles.of_agreement(ended, is_new=True)
    return _form_page("support/new_agreement.html", Form(values), organisation=ended.organisation, templates=found)


@routes.post("/agreements")
def register_agreement() -> ResponseReturnValue:
    """Make it, once it was seen which coming dates draw on it."""

    def make() -> ResponseReturnValue:
        made = edge.transact(make_agreement, parse(AgreementTerms, _given()), consent=_consent())
        return done(_("Avtalen «%(title)s» er laget.", title=made.title), url_for("support.agreements_page"))

    def again(refusal: Refusal) -> ResponseReturnValue:
        chosen = chosen_organisation(request.form.get("organisation", type=int))
        if chosen is None:
            return form_again("support/choose.html", refusal, **choice(_("Ny avtale"), url_for("support.agreements_page")))
        return form_again("support/new_agreement.html", refusal, organisation=chosen, **_form_context(request.form))

    return _with_consent(make, again, _("Lag avtalen"))


@routes.get("/agreements/<int:agreement_id>/change")
def change_agreement_page(agreement_id: int) -> str:
    """What it gives and asks, to be changed."""
    edge.actor().require(edge.actor().is_officer, "officer")
    found = agreement_at(edge.reading(), agreement_id)
    values = principles.of_agreement(found) | {"version": found.version}
    return _form_page("support/change_agreement.html", Form(values), organisation=found.organisation, agreement=found)


@routes.post("/agreements/<int:agreement_id>/change")
def changed_agreement(agreement_id: int) -> ResponseReturnValue:
    """Change it, once it was seen what becomes of the dates that draw on it."""

    def change() -> ResponseReturnValue:
        version = request.form.get("version", type=int)
        edge.transact(change_agreement, agreement_id, parse(AgreementTerms, _given()), version=version, consent=_consent())
        return done(_("Avtalen er endret."), url_for("support.agreement_page", agreement_id=agreement_id))

    def again(refusal: Refusal) -> ResponseReturnValue:
        found = agreement_at(edge.reading(), agreement_id)
        context = _form_context(request.form)
        return form_again("support/change_agreement.html", refusal, organisation=found.organisation, agreement=found, **context)

    return _with_consent(change, again, _("Endre avtalen"))


@routes.post("/agreements/<int:agreement_id>/end")
def end_of_agreement(agreement_id: int) -> ResponseReturnValue:
    """End it, once it was seen what becomes of the dates that draw on it."""

    def end() -> ResponseReturnValue:
        given = parse(Ending, _given())
        if given.cancels and not given.reason:
            raise refuse(Invalid, "reason-missing", "reason")
        ended = edge.transact(end_agreement, agreement_id, cancels=given.reason if given.cancels else "", consent=_consent())
        return done(_("Avtalen «%(title)s» er avsluttet.", title=ended.title), url_for("support.agreements_page"))

    def again(refusal: Refusal) -> ResponseReturnValue:
        meter = meter_of(edge.reading(), agreement_id, by=edge.actor(), now=now())
        return form_again("support/agreement.html", refusal, **_told(meter))

    return _with_consent(end, again, _("Avslutt avtalen"))


@routes.post("/agreements/<int:agreement_id>/signature")
def signed_agreement(agreement_id: int) -> ResponseReturnValue:
    """Sign it for the organisation."""
    edge.transact(sign_agreement, agreement_id, version=request.form.get("version", type=int))
    return done(_("Avtalen er signert."), url_for("support.agreement_page", agreement_id=agreement_id))


@routes.get("/agreements/<int:agreement_id>/end")
def not_ended_page(agreement_id: int) -> ResponseReturnValue:
    """Whoever loads the page again on which one looks at the dates goes back to the agreement."""
    return redirect(url_for("support.agreement_page", agreement_id=agreement_id), 303)


@routes.post("/agreements/<int:agreement_id>/duties/<int:duty_id>")
def duty_of_agreement(agreement_id: int, duty_id: int) -> ResponseReturnValue:
    """Say that a duty was done, or take it back."""
    noted = parse(Noted, request.form)
    edge.transact(note_duty, agreement_id, duty_id, done=noted.done)
    words = _("Plikten er merket som gjort.") if noted.done else _("Plikten er ikke lenger merket som gjort.")
    return done(words, url_for("support.agreement_page", agreement_id=agreement_id))


@routes.get("/agreements/templates")
def templates_page() -> str:
    """The principles that agreements start from, and a form for one more, or for another of the same name."""
    form = Form(begun(this_day()))
    if number := numbered(request.args, "template"):
        found = edge.reading().get(AgreementTemplate, number)
        form = Form(principles.of_template(found) | {"name": found.name}) if found else form
    return render_template("support/templates.html", **_template_context(form.values), form=form)


@routes.post("/agreements/templates")
def kept_template() -> ResponseReturnValue:
    """Keep it."""
    try:
        kept = edge.transact(keep_template, parse(TemplateTerms, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("support/templates.html", refusal, **_template_context(request.form))
    return done(_("Malen «%(name)s» er lagret.", name=kept.name), url_for("support.templates_page"))


@routes.post("/agreements/templates/<int:template_id>/removal")
def retired_template(template_id: int) -> ResponseReturnValue:
    """Let no more agreements start from it."""
    retired = edge.transact(retire_template, template_id)
    return done(_("Malen «%(name)s» er tatt bort.", name=retired.name), url_for("support.templates_page"))


def _with_consent(act: Callable[[], ResponseReturnValue], again: Callable[[Refusal], ResponseReturnValue], do: str) -> ResponseReturnValue:
    """Do it; where it concerns coming dates ask first, with what becomes of each."""
    try:
        return act()
    except FORM_REFUSALS as refusal:
        if not all(fault.code in BECOMES for fault in refusal.faults):
            return again(refusal)
        hidden = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "confirmed", "seen")]
        told = [(fault, sentence(fault), _when(str(fault.value), str(fault.facts["to"]))) for fault in refusal.faults]
        return render_template("support/consent.html", told=told, hidden_fields=hidden, seen=refusal.details.get("seen", ""), do=do), 409


def _when(start: str, end: str) -> str:
    """``tir. 15. sep. 18:00–20:00``."""
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    return f"{short_date(first)} {first:%H:%M}–{last:%H:%M}"


def _given() -> "MultiDict[str, Any]":
    """The form without what the page that asks for consent adds."""
    return MultiDict([(name, value) for name, value in request.form.items(multi=True) if name not in CONSENT])


def _consent() -> Consent:
    return Consent(confirmed=request.form.get("confirmed") == "yes", seen=request.form.get("seen"))


def _told(meter: Meter) -> dict[str, Any]:
    agreement = meter.agreement
    duties = {"planned": planned(agreement), "held": held(edge.reading(), agreement, now=now())}
    signer = names_of_people(edge.reading(), [agreement.signed_by]) if agreement.signed_by else {}
    return {
        "meter": meter,
        "signer": signer.get(agreement.signed_by or 0),
        "class_names": class_names([meter]),
        "actor": edge.actor(),
        **duties,
    }


def _form_page(template: str, form: Form, **context: Any) -> str:
    return render_template(template, form=form, **{**_form_context(form.values), **context})


def _form_context(values: Any) -> dict[str, Any]:
    """What an agreement can name: the rooms in use by venue, price classes of the coming year, and rows for lists."""
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
        **_rows(values),
    }


def _template_context(values: Any) -> dict[str, Any]:
    context = _form_context(values)
    return {"templates": templates(edge.reading(), by=edge.actor()), "classes": context["classes"], **_rows(values)}


def _rows(values: Any) -> dict[str, Any]:
    """The numbers of the rows that each list of a form has, with some to fill in, and the words of its choices."""
    counts = {name: 1 + max((number_of(key) for key in values if key.startswith(f"{name}[")), default=-1) for name in LISTS}
    choices = {"weekdays": list(enumerate(map(_, WEEKDAYS), start=1)), "duty_kinds": [(kind, _(word)) for kind, word in DUTIES.items()]}
    labels = {
        "title": _("Navn på avtalen"),
        "name": _("Navn på malen"),
        "price_class": _("Prisklasse"),
        "per": _("Timene gjelder"),
        "hours": _("Timer"),
        "first_day": _("Første dag"),
        "last_day": _("Siste dag"),
        "renew_by": _("Må fornyes innen"),
        "rooms": _("Hvilke rom"),
        "times": _("Faste tider"),
        "promised": _("Plikter"),
        "documents": _("Dokumenter"),
        "duties": _("Vilkår"),
        "contact": _("Kontakt i kommunen"),
        "remind_days": _("Minn om fristen så mange dager før"),
    }
    return {"rows": {name: range(min(count + EMPTY_ROWS, MOST_ROWS)) for name, count in counts.items()}, "labels": labels, **choices}


LISTS = ("times", "promised", "documents")


def number_of(name: str) -> int:
    """The row of a field's name: 2 of ``times[2].start``."""
    digits = name.partition("[")[2].partition("]")[0]
    return int(digits) if digits.isdecimal() else -1
