"""Pages of organisations: mine, one of them with its delegates, registering one."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts import edge, invitations, organisations, queries, standings
from accounts.identity import ApplicantClass
from accounts.inputs import (
    GroupInput,
    HandoverInput,
    InvitationInput,
    NumberInput,
    OrganisationChange,
    OrganisationInput,
    PublicContactInput,
    SearchInput,
    StandingEnd,
    StandingInput,
)
from accounts.lapsing import A_MONTH
from accounts.models import Delegation, DelegationState, Organisation, Person
from accounts.pages.blueprint import routes
from accounts.personal import looks
from accounts.register.classes import ClassRow
from accounts.register.edge import register
from accounts.register.keeping import confirm_by_role, seen
from accounts.register.keeping import register as register_by_number
from accounts.register.models import Entry
from accounts.register.queries import entry_of, holders_of, open_review, roles_by_person, subunits_of
from accounts.register.reading import EntryState
from accounts.teams import teams_of
from kernel.clock import now
from kernel.errors import Invalid, Missing, Refusal, refuse
from kernel.wallclock import to_wall
from web import language
from web.formats import HOME_ZONE
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _

CLASSES = (ApplicantClass.ORGANISATION, ApplicantClass.BUSINESS, ApplicantClass.PUBLIC_BODY)


@routes.get("/organisations")
def organisations_page() -> ResponseReturnValue:
    """What one acts for, and a search by number or name for what one wants to act for."""
    actor, wanted = edge.actor(), request.args.get("number", "").strip()
    actor.require_known()
    if wanted and not any(sign.isdecimal() for sign in wanted):
        return _mine(Form(request.args), named=register().search(parse(SearchInput, {"q": wanted}).q, by=actor), wanted=wanted)
    if "number" not in request.args:
        return _mine(Form({}))
    try:
        number = parse(NumberInput, request.args).number
    except Invalid as refusal:
        return _mine(Form(request.args, refusal.faults)), 422
    found = queries.organisation_by_number(edge.reading(), number)
    if found is None:
        register().look_up(number, by=actor)
    return _mine(Form(request.args), found=found, number=number, entry=entry_of(edge.reading(), number))


@routes.get("/organisations/new")
def new_organisation_page() -> str:
    """Register an organisation by its number."""
    edge.actor().require(edge.actor().is_known, "officer")
    form = Form({"number": request.args.get("number"), "applicant_class": ApplicantClass.ORGANISATION})
    return render_template("accounts/new_organisation.html", form=form, **_new(request.args.get("number", "")))


@routes.post("/organisations")
def register_organisation() -> ResponseReturnValue:
    """Register it; an officer has confirmed it thereby, anybody else waits for one."""
    try:
        made = edge.transact(register_by_number, parse(OrganisationInput, request.form), register().classes)
    except FORM_REFUSALS as refusal:
        return form_again("accounts/new_organisation.html", refusal, **_new(request.form.get("number", "")))
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
    return render_template(
        "accounts/organisation.html", form=Form({"first_day": about.get("today"), "public_contact": organisation.public_contact}), **about
    )


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


@routes.post("/organisations/<int:organisation_id>/contact")
def show_contact(organisation_id: int) -> ResponseReturnValue:
    """State where anybody reaches it."""
    organisation = _seen(organisation_id)
    try:
        edge.transact(organisations.show_contact, organisation_id, parse(PublicContactInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("accounts/organisation.html", refusal, **_about(organisation))
    return done(_("Endringen er lagret."), url_for("accounts.organisation_page", organisation_id=organisation_id, _anchor="contact"))


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
    """Let somebody act for the organisation, as leader too where that was pressed, or as long as they hold a role."""
    is_leader, code = request.form.get("is_leader") == "yes", request.form.get("role_code", "")
    delegation = edge.transact(confirm_by_role if code else organisations.confirm_delegate, delegation_id, is_leader=is_leader)
    return done(_("Bekreftet."), _back_from(delegation))


@routes.post("/delegations/<int:delegation_id>/renewal")
def renew_delegation(delegation_id: int) -> ResponseReturnValue:
    """Say that one acts for it still."""
    delegation = edge.transact(organisations.renew_delegation, delegation_id)
    return done(_("Da gjelder det videre."), url_for("accounts.organisation_page", organisation_id=delegation.organisation_id))


@routes.post("/organisations/<int:organisation_id>/handover")
def hand_over(organisation_id: int) -> ResponseReturnValue:
    """Give the lead to a named successor."""
    try:
        given = parse(HandoverInput, request.form)
        invitation = edge.transact(invitations.hand_over, organisation_id, given, language=language.choose())
    except FORM_REFUSALS as refusal:
        return again(organisation_id, refusal)
    if invitation is None:
        return done(_("%(email)s leder organisasjonen nå.", email=given.successor), url_for("accounts.organisations_page"))
    said = _("Invitasjonen er sendt til %(email)s. Du leder organisasjonen til den er godtatt.", email=given.successor)
    return done(said, url_for("accounts.organisation_page", organisation_id=organisation_id))


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


def again(organisation_id: int, refusal: Refusal) -> ResponseReturnValue:
    """The organisation's page with what was sent to it and what is wrong with it."""
    return form_again("accounts/organisation.html", refusal, **_about(_seen(organisation_id)))


def _mine(form: Form, **found: Any) -> str:
    """The page of what one acts for, with what was found."""
    represented = queries.represented(edge.reading(), edge.actor().require_known())
    shown = {"found": None, "number": "", "entry": None, "named": None, "wanted": "", **found}
    return render_template("accounts/organisations.html", form=form, represented=represented, **shown)


def _new(number: str) -> dict[str, Any]:
    """What the form of a new organisation shows: what the register calls it, where that was read."""
    entry = entry_of(edge.reading(), number.replace(" ", ""))
    known = entry if entry and entry.state is not EntryState.UNKNOWN else None
    return {"actor": edge.actor(), "classes": _classes(), "entry": known, "row": known and _because(known)}


def _because(entry: Entry) -> ClassRow:
    return seen(entry, register().classes, queries.home_municipality(edge.reading())).classified.row


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
    delegates = queries.delegates(session, organisation.id) if sees else None
    invited = queries.open_invitations(session, now(), organisation_id=organisation.id) if sees else []
    looks.shown(*(one.person_id for one in delegates or ()), *queries.people_of(session, [one.email for one in invited]))
    return {
        "organisation": organisation,
        "actor": actor,
        "mine": mine[0] if mine else None,
        "lapses_on": mine[0].warned_at + A_MONTH if mine and mine[0].warned_at else None,
        "may_decide": actor.is_officer or queries.leads(session, actor.person_id, organisation.id),
        "delegates": delegates,
        "teams": teams_of(session, organisation.id) if sees else (),
        **_register(organisation, delegates),
        "invited": invited,
        "asked": DelegationState.ASKED,
        **(_standings(organisation) if actor.is_officer else {"standings": None}),
    }


def _register(organisation: Organisation, delegates: Sequence[Delegation] | None) -> dict[str, Any]:
    """What the registers say of it: for everybody what is public, who holds roles for those who act for it and officers."""
    session, entry = edge.reading(), entry_of(edge.reading(), organisation.number)
    holders = holders_of(session, organisation.number) if delegates is not None else ()
    return {
        "entry": entry,
        "row": _because(entry) if entry else None,
        "subunits": subunits_of(session, entry.number) if entry else (),
        "holders": holders,
        "held_roles": roles_by_person(holders, [one.person for one in delegates or ()]),
        "review": open_review(session, organisation.id) if edge.actor().is_officer else None,
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
