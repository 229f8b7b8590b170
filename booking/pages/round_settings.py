"""A caretaker's own settings: what is sent of the round, and who stands in."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import deputies, edge
from accounts.identity import Role
from accounts.inputs import DeputyInput
from accounts.models import Person
from booking.pages.blueprint import routes
from booking.rounds.models import ChangesWanted, RoundSetting, SheetWanted
from booking.rounds.settings import A_MINUTE, USUAL_HOUR, SettingInput, choose
from kernel.errors import Missing, refuse
from web.fields import clock_text
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _


@routes.get("/caretaker/settings")
def round_settings() -> str:
    """What is sent to me of my round."""
    actor = edge.actor()
    actor.require(Role.CARETAKER in actor.roles, "caretaker")
    row = edge.reading().get(RoundSetting, actor.require_known())
    shown = {"sheet": SheetWanted.NEVER, "at": clock_text(USUAL_HOUR), "changes": ChangesWanted.NEVER}
    if row is not None:
        shown = {"sheet": row.sheet, "at": clock_text(row.at_minute * A_MINUTE), "changes": row.changes}
    return render_template("booking/round_settings.html", form=Form(shown), person_id=actor.person_id)


@routes.post("/caretaker/settings")
def choose_round() -> ResponseReturnValue:
    """Say what I want to be sent."""
    try:
        edge.transact(choose, parse(SettingInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("booking/round_settings.html", refusal, person_id=edge.actor().require_known())
    return done(_("Lagret."), url_for("booking.round_settings"))


@routes.get("/caretaker/<int:person_id>/deputies")
def deputies_page(person_id: int) -> str:
    """Who stands in for a caretaker."""
    return render_template("booking/deputies.html", form=Form({}), **_about(person_id))


@routes.post("/caretaker/<int:person_id>/deputies")
def name_deputy(person_id: int) -> ResponseReturnValue:
    """Let somebody stand in for a caretaker."""
    try:
        edge.transact(deputies.name_deputy, person_id, parse(DeputyInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("booking/deputies.html", refusal, **_about(person_id))
    return done(_("Stedfortrederen er meldt inn, og får beskjed."), url_for("booking.deputies_page", person_id=person_id))


@routes.post("/caretaker/deputies/<int:grant_id>/end")
def end_deputy(grant_id: int) -> ResponseReturnValue:
    """End that somebody stands in."""
    caretaker = edge.transact(deputies.end_deputy, grant_id)
    return done(_("Stedfortrederen er meldt ut."), url_for("booking.deputies_page", person_id=caretaker.id))


def _about(person_id: int) -> dict[str, Any]:
    actor, session = edge.actor(), edge.reading()
    actor.require(actor.is_officer or actor.person_id == person_id, "officer")
    person = session.get(Person, person_id)
    if person is None or not deputies.is_caretaker(session, person_id):
        raise refuse(Missing, "not-a-caretaker", "person", person_id)
    return {"person": person, "is_own": actor.person_id == person_id, "deputies": deputies.deputies_of(session, person_id)}
