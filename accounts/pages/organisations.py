"""Pages of organisations: mine, one of them with its delegates, registering one, and for officers all of them."""

from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts import edge, invitations, organisations, queries, standings
from accounts.identity import ApplicantClass
from accounts.inputs import (
    GroupInput,
    InvitationInput,
    NumberInput,
    OrganisationChange,
    OrganisationInput,
    SearchInput,
    StandingEnd,
    StandingInput,
)
from accounts.models import Delegation, DelegationState, Organisation, Person
from accounts.pages.blueprint import routes
from kernel.clock import now
from kernel.errors import Conflict, Invalid, Missing, Throttled, refuse
from kernel.wallclock import to_wall
from web import language
from web.formats import HOME_ZONE
from web.forms import Form, parse
from web.pages import done, form_again
from web.texts import gettext as _

FORM_REFUSALS = (Invalid, Conflict, Throttled)
CLASSES = (ApplicantClass.ORGANISATION, ApplicantClass.BUSINESS, ApplicantClass.PUBLIC_BODY)


@routes.get("/organisations")
def organisations_page() -> ResponseReturnValue:
    """What one acts for, and a search by number for what one wants to act for."""
    represented = queries.represented(edge.reading(), edge.actor().require_known())
    if "number" not in request.args:
        return render_template("accounts/organisations.html", form=Form({}), represented=represented, found=None, number="")
    try:
        number = parse(NumberInput, request.args).number
    except Invalid as refusal:
        form = Form(request.args, refusal.faults)
        return render_template("accounts/organisations.html", form=form, represented=represented, found=None, number=""), 422
    found = queries.organisation_by_number(edge.reading(), number)
    return render_template("accounts/organisations.html", form=Form(request.args), represented=represented, found=found, number=number)


@routes.get("/organisations/new")
def new_organisation_page() -> str:
    """Register an organisation by its number."""
    edge.actor().require(edge.actor().is_known, "officer")
    form = Form({"number": request.args.get("number"), "applicant_class": ApplicantClass.ORGANISATION})
    return render_template("accounts/new_organisation.html", form=form, actor=edge.actor(), classes=_classes())


@routes.post("/organisations")
def register_organisation() -> ResponseReturnValue:
    """Register it; an officer has confirmed it thereby, anybody else waits for one."""
    try:
        made = edge.transact(organisations.register_organisation, parse(OrganisationInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("accounts/new_organisation.html", refusal, actor=edge.actor(), classes=_classes())
    return done(_("%(name)s er registrert.", name=made.name), url_for("accounts.organisation_page", organisation_id=made.id))


@routes.get("/groups/new")
def new_group_page() -> str:
    """Register a group without a number."""
    return render_template("accounts/new_group.html", form=Form({"name": request.args.get("name")}), needs_birth_date=_needs_birth_date())


@routes.post("/groups")
def register_group() -> ResponseReturnValue:
    """Register it with oneself as the responsible adult."""
    try:
        made = edge.transact(organisations.register_group, parse(GroupInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("accounts/new_group.html", refusal, needs_birth_date=_needs_birth_date())
    return done(_("%(name)s er registrert.", name=made.name), url_for("accounts.organisation_page", organisation_id=made.id))


@routes.get("/organisations/<int:organisation_id>")
def organisation_page(organisation_id: int) -> str:
    """An organisation, and for those who act for it and officers its delegates."""
    organisation = _seen(organisation_id)
    about = _about(organisation)
    return render_template("accounts/organisation.html", form=Form({"first_day": about.get("today")}), **about)


@routes.get("/organisations/<int:organisation_id>/facts")
def change_organisation_page(organisation_id: int) -> str:
    """Correct what is said of it, for officers."""
    edge.actor().require(edge.actor().is_officer, "officer")
    organisation = organisations.organisation_of(edge.reading(), organisation_id)
    shown = {name: _written(getattr(organisation, name)) for name in OrganisationChange.model_fields}
    return render_template("accounts/change_organisation.html", form=Form(shown), organisation=organisation, classes=_classes())


@routes.post("/organisations/<int:organisation_id>/facts")
def change_organisation(organisation_id: int) -> ResponseReturnValue:
    """Correct what is said of it."""
    organisation = organisations.organisation_of(edge.reading(), organisation_id)
    try:
        edge.transact(organisations.change_organisation, organisation_id, parse(OrganisationChange, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("accounts/change_organisation.html", refusal, organisation=organisation, classes=_classes())
    return done(_("Endringen er lagret."), url_for("accounts.organisation_page", organisation_id=organisation_id))


@routes.post("/organisations/<int:organisation_id>/publicity")
def show_publicly(organisation_id: int) -> ResponseReturnValue:
    """Say whether anybody may read what it has booked."""
    edge.transact(organisations.show_publicly, organisation_id, is_shown=request.form.get("is_shown") == "yes")
    return done(_("Endringen er lagret."), url_for("accounts.organisation_page", organisation_id=organisation_id))


@routes.post("/organisations/<int:organisation_id>/delegations")
def ask_to_represent(organisation_id: int) -> ResponseReturnValue:
    """Ask to act for it."""
    edge.transact(organisations.ask_to_represent, organisation_id)
    return done(_("Du har bedt om å representere organisasjonen. Lederen får beskjed."), url_for("accounts.organisations_page"))


@routes.post("/organisations/<int:organisation_id>/invitations")
def invite_delegate(organisation_id: int) -> ResponseReturnValue:
    """Invite somebody to act for it."""
    organisation = _seen(organisation_id)
    try:
        given = parse(InvitationInput, MultiDict([*request.form.items(), ("organisation", organisation_id)]))
        edge.transact(invitations.invite, given, language=language.choose())
    except FORM_REFUSALS as refusal:
        return form_again("accounts/organisation.html", refusal, **_about(organisation))
    return done(
        _("Invitasjonen er sendt til %(email)s.", email=given.email), url_for("accounts.organisation_page", organisation_id=organisation_id)
    )


@routes.post("/delegations/<int:delegation_id>/confirmation")
def confirm_delegate(delegation_id: int) -> ResponseReturnValue:
    """Let somebody act for the organisation, as leader too where that was pressed."""
    delegation = edge.transact(organisations.confirm_delegate, delegation_id, is_leader=request.form.get("is_leader") == "yes")
    return done(_("Bekreftet."), _back_from(delegation))


@routes.post("/delegations/<int:delegation_id>/responsibility")
def change_responsible(delegation_id: int) -> ResponseReturnValue:
    """Make a delegate the responsible adult of the group."""
    delegation = edge.transact(organisations.change_responsible, delegation_id)
    return done(_("Gruppen har fått en ny ansvarlig."), _back_from(delegation))


@routes.post("/delegations/<int:delegation_id>/end")
def end_delegation(delegation_id: int) -> ResponseReturnValue:
    """End or decline it."""
    delegation = edge.transact(organisations.end_delegation, delegation_id)
    return done(_("Representasjonen er avsluttet."), _back_from(delegation))


@routes.post("/organisations/<int:organisation_id>/standings")
def note_standing(organisation_id: int) -> ResponseReturnValue:
    """Note a status or a figure of it."""
    organisation = _seen(organisation_id)
    try:
        edge.transact(standings.note_standing, organisation_id, parse(StandingInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("accounts/organisation.html", refusal, **_about(organisation))
    return done(_("Det er notert."), url_for("accounts.organisation_page", organisation_id=organisation_id, _anchor="standings"))


@routes.post("/standings/<int:standing_id>/end")
def end_standing(standing_id: int) -> ResponseReturnValue:
    """Let a status or a figure hold no longer."""
    ended = edge.transact(standings.end_standing, standing_id, last_day=parse(StandingEnd, request.form).last_day)
    return done(_("Det er avsluttet."), url_for("accounts.organisation_page", organisation_id=ended.organisation_id, _anchor="standings"))


@routes.get("/register")
def register_page() -> str:
    """For officers: who waits to be confirmed, and a search of all organisations."""
    actor, wanted = edge.actor(), parse(SearchInput, request.args).q
    waiting = queries.waiting_delegations(edge.reading(), by=actor)
    found = queries.find_organisations(edge.reading(), wanted, by=actor)
    return render_template("accounts/register.html", waiting=waiting, found=found, wanted=wanted, form=Form({"q": wanted}))


def _seen(organisation_id: int) -> Organisation:
    """A group is seen only by those who belong to it, and by officers."""
    actor = edge.actor()
    actor.require_known()
    organisation = organisations.organisation_of(edge.reading(), organisation_id)
    if organisation.number is None and not (actor.is_officer or actor.acts_for(organisation_id)):
        raise refuse(Missing, "no-such-organisation", "organisation", organisation_id)
    return organisation


def _about(organisation: Organisation) -> dict[str, Any]:
    actor, session = edge.actor(), edge.reading()
    sees = actor.is_officer or actor.acts_for(organisation.id)
    mine = [
        delegation for delegation in queries.represented(session, actor.require_known()) if delegation.organisation_id == organisation.id
    ]
    return {
        "organisation": organisation,
        "actor": actor,
        "mine": mine[0] if mine else None,
        "may_decide": actor.is_officer or queries.leads(session, actor.person_id, organisation.id),
        "delegates": queries.delegates(session, organisation.id) if sees else None,
        "invited": queries.open_invitations(session, now(), organisation_id=organisation.id) if sees else [],
        "asked": DelegationState.ASKED,
        **(_standings(organisation) if actor.is_officer else {"standings": None}),
    }


def _standings(organisation: Organisation) -> dict[str, Any]:
    """What officers know of it, and the names that the policies ask for."""
    session, today = edge.reading(), to_wall(now(), HOME_ZONE).date()
    known = standings.standings_of(session, organisation.id)
    names: standings.Names = current_app.extensions[standings.STANDING_NAMES]
    return {
        "standings": known,
        "held": {one.id for one in standings.held_on(known, today)},
        "noted_by": queries.names_of_people(session, {one.noted_by for one in known if one.noted_by}),
        "standing_names": names(session, today),
        "today": today,
    }


def _classes() -> tuple[ApplicantClass, ...]:
    return (*CLASSES, ApplicantClass.MUNICIPALITY) if edge.actor().is_officer else CLASSES


def _needs_birth_date() -> bool:
    person = edge.reading().get(Person, edge.actor().require_known())
    return person is None or person.born is None


def _back_from(delegation: Delegation) -> str:
    """To the organisation; who has just left one that is not shown to everybody goes to the list of one's own."""
    if delegation.person_id == edge.actor().person_id:
        return url_for("accounts.organisations_page")
    return url_for("accounts.organisation_page", organisation_id=delegation.organisation_id)


def _written(value: object) -> object:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
