"""Pages of personal data: what is held of everybody, one's own to download and erase, and for administrators looks and periods."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from accounts import edge, signin
from accounts.inputs import GivenPassword
from accounts.models import Person
from accounts.pages.blueprint import network, routes
from accounts.personal import labels
from accounts.personal.edge import clear_after, declared, uploads
from accounts.personal.erasing import ask_erasure, kept_of, obstacles
from accounts.personal.exporting import archive, exported
from accounts.personal.looks import MOST_SHOWN, looks_at
from accounts.personal.retention import LEAST_DAYS, MOST_DAYS, PeriodInput, days_of, due, set_period
from kernel.clock import now
from kernel.errors import Conflict, Invalid, Missing, refuse
from web.api import Api
from web.forms import Form, Input, parse, refused
from web.pages import FORM_REFUSALS, done
from web.problems import status_of
from web.texts import gettext as _

api = Api("personal", __name__)


class Proof(Input):
    """The password, as a proof that it is still the same person."""

    current_password: GivenPassword


class Confirmed(Proof):
    """That one has understood what erasing means."""

    understood: bool = False


class ShownHeld(BaseModel):
    """What one table holds of people, in the caller's language; ``days`` is null where the sentence ``kept`` says how long."""

    table: str
    columns: list[str]
    what: str
    why: str
    basis: str
    readers: list[str]
    days: int | None
    kept: str
    end: str


class ShownRegister(BaseModel):
    """The register of what is held of people."""

    items: list[ShownHeld]


@routes.get("/personal-data")
def register_of_personal_data() -> str:
    """What is held of people and why, for anybody."""
    return render_template(
        "accounts/personal/register.html", actor=edge.actor(), personal=declared(), days=days_of(edge.reading(), declared().periods)
    )


@api.operation("GET", "/personal-data", answers={200: ShownRegister}, public=True)
def register() -> ShownRegister:
    """Tell what is held of people, why, on what ground, who reads it and for how long."""
    days = days_of(edge.reading(), declared().periods)
    return ShownRegister(
        items=[
            ShownHeld(
                table=one.name,
                columns=list(one.columns),
                what=_(one.what),
                why=_(one.why),
                basis=labels.basis(one.basis),
                readers=[str(reader) for reader in one.readers],
                days=days[one.period.name] if one.period else None,
                kept=_(one.period.after if one.period else one.kept),
                end=labels.end(one.way),
            )
            for one in declared().declared
        ]
    )


@routes.get("/profile/personal-data")
def personal_data_page() -> str:
    """One's own data: download, who looked, and erasing."""
    return _own(Form({}))


@routes.post("/profile/personal-data/export")
def export_personal_data() -> ResponseReturnValue:
    """Download all that is held about oneself, after the password."""
    try:
        person = _proved(parse(Proof, request.form))
    except FORM_REFUSALS as refusal:
        return _own(refused(request.form, refusal.faults)), status_of(refusal)
    found = exported(edge.reading(), person.id, personal=declared(), by=edge.actor(), now=now())
    return _archive(found)


@routes.get("/profile/personal-data/erasure")
def erasure_page() -> str:
    """What erasing means, and what has to be settled first."""
    return _own(Form({}), "accounts/personal/erasure.html")


@routes.post("/profile/personal-data/erasure")
def erase_myself() -> ResponseReturnValue:
    """Erase oneself, after the password: the session ends, and the page says what is kept and until when."""
    try:
        given, me = parse(Confirmed, request.form), edge.actor().require_known()
        if not given.understood:
            raise refuse(Invalid, "not-understood", "understood")
        if first := obstacles(edge.reading(), me, personal=declared(), now=now()):
            raise Conflict(*first)
        person = _proved(given)
        erased = edge.transact(ask_erasure, person.id, personal=declared())
    except FORM_REFUSALS as refusal:
        return _own(refused(request.form, refusal.faults), "accounts/personal/erasure.html"), status_of(refusal)
    clear_after(erased)
    signin.end_session()
    return render_template("accounts/personal/erased.html", kept=_told(erased.kept), is_done=erased.erasure.done_at is not None)


@routes.get("/people/<int:person_id>/personal-data")
def personal_data_of(person_id: int) -> str:
    """Who looked at a person's contact details, and erasing who has no account, for administrators."""
    return _of(person_id, Form({}))


@routes.post("/people/<int:person_id>/erasure")
def erase_person(person_id: int) -> ResponseReturnValue:
    """Erase a person who asked for it."""
    try:
        erased = edge.transact(ask_erasure, person_id, personal=declared())
    except Conflict as refusal:
        return _of(person_id, refused(request.form, refusal.faults)), refusal.status
    clear_after(erased)
    return done(_("Personen er slettet."), url_for("accounts.personal_data_of", person_id=person_id))


@routes.get("/personal-data/retention")
def retention_page() -> str:
    """How long things are kept, and what would be forgotten now."""
    return _periods(Form({}))


@routes.post("/personal-data/retention/<name>")
def change_period(name: str) -> ResponseReturnValue:
    """Say for how long something is kept."""
    try:
        edge.transact(set_period, name, parse(PeriodInput, request.form), personal=declared())
    except Invalid as refusal:
        return _periods(refused(request.form, refusal.faults), name), refusal.status
    return done(_("Fristen er lagret."), url_for("accounts.retention_page"))


def _own(form: Form, template: str = "accounts/personal/own.html") -> str:
    session, actor = edge.reading(), edge.actor()
    person = _person(actor.require_known())
    return render_template(template, form=form, **_about(person), looks=looks_at(session, person.id, by=actor))


def _of(person_id: int, form: Form) -> str:
    looks = looks_at(edge.reading(), person_id, by=edge.actor())
    person = _person(person_id)
    return render_template("accounts/personal/of_person.html", form=form, person=person, **_about(person), looks=looks)


def _about(person: Person) -> dict[str, Any]:
    session, at = edge.reading(), now()
    kept = kept_of(session, person, personal=declared(), today=at.date())
    return {"first": obstacles(session, person.id, personal=declared(), now=at), "kept": _told(kept), "most": MOST_SHOWN}


def _told(kept: Any) -> list[tuple[str, Any]]:
    return [(labels.cause(one, declared()), one.until) for one in kept]


def _periods(form: Form, wrong: str = "") -> str:
    session = edge.reading()
    counted = due(session, personal=declared(), by=edge.actor(), now=now())
    periods = declared().periods
    waiting = {one.name: sum(row.count for row in counted if row.held.period == one) for one in periods}
    limits = {"least": LEAST_DAYS, "most": MOST_DAYS}
    return render_template(
        "accounts/personal/retention.html",
        form=form,
        wrong=wrong,
        personal=declared(),
        days=days_of(session, periods),
        waiting=waiting,
        **limits,
    )


def _archive(found: dict[str, Any]) -> Response:
    body = archive(found, render_template("accounts/personal/readme.txt", found=found), folder=uploads())
    return Response(body, mimetype="application/zip", headers={"Content-Disposition": "attachment; filename=arena-personal-data.zip"})


def _person(person_id: int) -> Person:
    person = edge.reading().get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    return person


def _proved(given: Proof) -> Person:
    """The person who acts, who gave the password anew; raises Invalid and Throttled."""
    person = _person(edge.actor().require_known())
    signin.prove(person.email or "", given.current_password, network=network())
    return person
