"""Pages for staff about people: search, one person with roles, callers, invitations to roles."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge, invitations, people, queries, roles
from accounts.identity import Role
from accounts.inputs import CallerInput, InvitationInput, RoleInput, SearchInput
from accounts.models import Person
from accounts.pages.blueprint import routes
from accounts.personal import looks
from kernel.clock import now
from kernel.errors import Missing, refuse
from web import language
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _


@routes.get("/people")
def people_page() -> str:
    """Search by name, telephone or e-mail; without a search, everybody who has a role."""
    actor, session, wanted = edge.actor(), edge.reading(), parse(SearchInput, request.args).q
    found = queries.find_people(session, wanted, by=actor) if wanted else queries.staff(session, by=actor)
    looks.shown(*(person.id for person in found))
    held = queries.roles_of(session, [person.id for person in found])
    shown = {"found": found, "held": held, "venues": queries.venues(session), "wanted": wanted, "actor": actor}
    return render_template("accounts/people.html", form=Form({"q": wanted}), **shown)


@routes.get("/people/new")
def new_caller_page() -> str:
    """Enter somebody who calls."""
    edge.actor().require(edge.actor().is_officer, "officer")
    shown = {"name": request.args.get("name"), "phone": request.args.get("phone"), "language": "nb"}
    return render_template("accounts/new_caller.html", form=Form(shown))


@routes.post("/people")
def enter_caller() -> ResponseReturnValue:
    """Enter somebody who calls."""
    try:
        person = edge.transact(people.enter_caller, parse(CallerInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("accounts/new_caller.html", refusal)
    return done(_("%(name)s er registrert.", name=person.name), url_for("accounts.person_page", person_id=person.id))


@routes.get("/people/<int:person_id>")
def person_page(person_id: int) -> str:
    """A person with roles and what he or she acts for."""
    return render_template("accounts/person.html", form=Form({}), **_about(person_id))


@routes.post("/people/<int:person_id>/roles")
def grant_role(person_id: int) -> ResponseReturnValue:
    """Give a role."""
    try:
        given = parse(RoleInput, request.form)
        edge.transact(roles.grant_role, person_id, given.role, venue_id=given.venue)
    except FORM_REFUSALS as refusal:
        return form_again("accounts/person.html", refusal, **_about(person_id))
    return done(_("Rollen er gitt."), url_for("accounts.person_page", person_id=person_id))


@routes.post("/roles/<int:grant_id>/revocation")
def revoke_role(grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    grant = edge.transact(roles.revoke_role, grant_id)
    return done(_("Rollen er trukket tilbake."), url_for("accounts.person_page", person_id=grant.person_id))


@routes.get("/invitations")
def invitations_page() -> str:
    """Who is invited to a role, and the form to invite."""
    return render_template("accounts/invitations.html", form=Form({}), **_invited())


@routes.post("/invitations")
def invite() -> ResponseReturnValue:
    """Invite somebody to a role."""
    try:
        given = parse(InvitationInput, request.form)
        edge.transact(invitations.invite, given, language=language.choose())
    except FORM_REFUSALS as refusal:
        return form_again("accounts/invitations.html", refusal, **_invited())
    return done(_("Invitasjonen er sendt til %(email)s.", email=given.email), url_for("accounts.invitations_page"))


@routes.post("/invitations/<int:invitation_id>/withdrawal")
def withdraw_invitation(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = edge.transact(invitations.withdraw_invitation, invitation_id)
    to_organisation = url_for("accounts.organisation_page", organisation_id=invitation.organisation_id or 0)
    return done(
        _("Invitasjonen er trukket tilbake."), to_organisation if invitation.organisation_id else url_for("accounts.invitations_page")
    )


def _about(person_id: int) -> dict[str, Any]:
    actor, session = edge.actor(), edge.reading()
    actor.require(actor.is_officer, "officer")
    person = session.get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    looks.shown(person_id)
    return {
        "person": person,
        "held": queries.roles_of(session, [person_id]),
        "represented": queries.represented(session, person_id),
        "venues": queries.venues(session),
        "roles": list(Role),
        "actor": actor,
    }


def _invited() -> dict[str, Any]:
    actor, session = edge.actor(), edge.reading()
    actor.require(actor.is_administrator, "administrator")
    waiting = [invitation for invitation in queries.open_invitations(session, now()) if invitation.role]
    return {"invited": waiting, "venues": queries.venues(session), "roles": list(Role)}
