"""The list of teams on an organisation's page: one is listed, or taken off."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge, teams
from accounts.inputs import TeamInput
from accounts.pages.blueprint import routes
from accounts.pages.organisations import again
from web.forms import parse
from web.pages import FORM_REFUSALS, done
from web.texts import gettext as _


@routes.post("/organisations/<int:organisation_id>/teams")
def list_team(organisation_id: int) -> ResponseReturnValue:
    """List a team, or say something else of the one of that name."""
    try:
        edge.transact(teams.list_team, organisation_id, parse(TeamInput, request.form))
    except FORM_REFUSALS as refusal:
        return again(organisation_id, refusal)
    return done(_("Lagret."), url_for("accounts.organisation_page", organisation_id=organisation_id, _anchor="teams"))


@routes.post("/teams/<int:team_id>/removal")
def strike_team(team_id: int) -> ResponseReturnValue:
    """Take it off the list."""
    struck = edge.transact(teams.strike_team, team_id)
    return done(_("Tatt av listen."), url_for("accounts.organisation_page", organisation_id=struck.organisation_id, _anchor="teams"))
