"""Pages at the entrance: sign in and out, ask for a link, open an account, choose a new password, accept an invitation."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from accounts import edge, emails, invitations, links, passwords, people, queries, signin
from accounts.begun import safe_next
from accounts.identity import Role
from accounts.inputs import AccountInput, LinkInput, NewPasswordInput, SignInInput
from accounts.models import Invitation, Person, Proof, ProofLink
from accounts.pages.blueprint import network, routes
from kernel.clock import now
from kernel.errors import Forbidden, Gone, Missing, Refusal
from web import language, problems
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _

SENT_TO = "link-sent-to"
ENDED = {"link-used", "link-expired", "invitation-used", "invitation-expired", "no-such-link"}
# Who comes by a link of one's own asking may ask for another; who was invited asks whoever invited.
OWN_LINKS = {"accounts.link_page", "accounts.use_link"}


@routes.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """Sign in; somebody who is signed in already goes on."""
    onward = safe_next(request.args.get("next", ""))
    if edge.actor().is_known:
        return redirect(onward, 303)
    return render_template("accounts/sign_in.html", form=Form({}), next=onward, is_needed=False)


@routes.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Begin a session and go on to what was begun."""
    onward = safe_next(request.form.get("next", ""))
    try:
        signin.sign_in(parse(SignInInput, request.form), network=network())
    except FORM_REFUSALS as refusal:
        return form_again("accounts/sign_in.html", refusal, next=onward, is_needed=False)
    return redirect(onward, 303)


@routes.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    signin.end_session()
    return done(_("Du er logget ut."), "/")


@routes.get("/account-links")
def account_link_page() -> str:
    """Ask for a link that opens an account."""
    onward = safe_next(request.args.get("next", ""))
    return render_template("accounts/account_link.html", form=Form({}), next=onward)


@routes.post("/account-links")
def ask_for_account_link() -> ResponseReturnValue:
    """Send a link that opens an account."""
    return _send_link("accounts/account_link.html")


@routes.get("/password-links")
def password_link_page() -> str:
    """Ask for a link that lets one choose a new password."""
    return render_template("accounts/password_link.html", form=Form({}), next=safe_next(request.args.get("next", "")))


@routes.post("/password-links")
def ask_for_password_link() -> ResponseReturnValue:
    """Send a link that lets one choose a new password."""
    return _send_link("accounts/password_link.html")


@routes.get("/links/sent")
def link_sent() -> str:
    """What happens next, the same for every address."""
    return render_template("accounts/link_sent.html", email=session.get(SENT_TO, ""))


@routes.get("/links/<token>")
def link_page(token: str) -> str:
    """What the link is for, and the form to do it; opening the page changes nothing."""
    link = links.row_of(edge.reading(), ProofLink, token, _secret())
    people.require_open(link, now())
    template = _link_template(link)
    return render_template(template, form=Form({"language": link.language}), email=link.email, action=request.path, actor=edge.actor())


@routes.post("/links/<token>")
def use_link(token: str) -> ResponseReturnValue:
    """Open the account, set the new password or change the address, sign in, and go on to what was begun."""
    link = links.row_of(edge.reading(), ProofLink, token, _secret())
    people.require_open(link, now())
    template = _link_template(link)
    try:
        person = USES[template](link)
    except FORM_REFUSALS as refusal:
        return form_again(template, refusal, email=link.email, action=request.path, actor=edge.actor())
    signin.begin_session(person.id)
    is_moved = link.purpose in (Proof.CHANGE_EMAIL, Proof.RESTORE_EMAIL)
    told = _("Du logger inn med %(email)s fra nå av.", email=person.email) if is_moved else _("Du er logget inn.")
    return done(told, safe_next(link.next_page))


@routes.get("/invitations/<token>")
def invitation_page(token: str) -> str:
    """What one is invited to, and the way to accept it."""
    invitation = links.row_of(edge.reading(), Invitation, token, _secret())
    invitations.require_open(invitation, now())
    return render_template("accounts/invitation.html", form=Form({"language": language.choose()}), **_invited(invitation))


@routes.post("/invitations/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Accept; somebody new opens an account on the same page."""
    invitation = links.row_of(edge.reading(), Invitation, token, _secret())
    shown = _invited(invitation)
    try:
        if edge.actor().is_known or shown["has_account"]:
            edge.transact(invitations.accept_invitation, invitation.id)
        else:
            signin.begin_session(_open_invited(invitation).id)
    except (*FORM_REFUSALS, Forbidden) as refusal:
        return form_again("accounts/invitation.html", refusal, **shown)
    return done(_("Takk! Invitasjonen er godtatt."), _after(invitation))


@routes.errorhandler(Gone)
@routes.errorhandler(Missing)
def link_ended(refusal: Refusal) -> ResponseReturnValue:
    """A link that was used, ran out or is none of ours: what happened, and the way on from there."""
    fault = refusal.faults[0]
    if fault.code not in ENDED:
        return problems.answer_refusal(refusal)
    may_ask_again = request.endpoint in OWN_LINKS
    page = render_template("accounts/link_ended.html", fault=fault, may_ask_again=may_ask_again, actor=edge.actor())
    return page, problems.status_of(refusal)


def _send_link(template: str) -> ResponseReturnValue:
    onward = safe_next(request.form.get("next", ""))
    try:
        asked = parse(LinkInput, request.form).model_copy(update={"next": onward})
        edge.transact(people.ask_for_link, asked, language=language.choose(), network=network())
    except FORM_REFUSALS as refusal:
        return form_again(template, refusal, next=onward)
    session[SENT_TO] = asked.email
    return redirect(url_for("accounts.link_sent"), 303)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _link_template(link: ProofLink) -> str:
    """What the link's page shows.

    Whether there is an account is asked when the link is opened, not when it was sent: meanwhile one may have been opened.
    Changing an address asks for its person to be signed in, so that who gets such a mail by mistake gives nothing away.
    """
    if link.purpose is Proof.CHANGE_EMAIL:
        edge.actor().require_known()
        return "accounts/change_email.html"
    if link.purpose is Proof.RESTORE_EMAIL:
        return "accounts/restore_email.html"
    person = people.by_email(edge.reading(), link.email)
    return "accounts/new_password.html" if person and person.password_hash else "accounts/open_account.html"


def _open(link: ProofLink) -> Person:
    given = parse(AccountInput, request.form)
    return edge.transact(people.open_account, link.id, given, password_hash=passwords.hashed(given.password))


def _reset(link: ProofLink) -> Person:
    given = parse(NewPasswordInput, request.form)
    return edge.transact(people.reset_password, link.id, password_hash=passwords.hashed(given.password))


def _change_email(link: ProofLink) -> Person:
    return edge.transact(emails.change_email, link.id)


def _restore_email(link: ProofLink) -> Person:
    given = parse(NewPasswordInput, request.form)
    return edge.transact(emails.restore_email, link.id, password_hash=passwords.hashed(given.password))


USES: Mapping[str, Callable[[ProofLink], Person]] = {
    "accounts/open_account.html": _open,
    "accounts/new_password.html": _reset,
    "accounts/change_email.html": _change_email,
    "accounts/restore_email.html": _restore_email,
}


def _open_invited(invitation: Invitation) -> Person:
    given = parse(AccountInput, request.form)
    return edge.transact(invitations.open_account_by_invitation, invitation.id, given, password_hash=passwords.hashed(given.password))


def _after(invitation: Invitation) -> str:
    """Where to go on: to the organisation, or for a caretaker to the form of the calendar of the round."""
    if invitation.organisation_id:
        return url_for("accounts.organisation_page", organisation_id=invitation.organisation_id)
    return "/calendars?about=round" if invitation.role is Role.CARETAKER else "/"


def _invited(invitation: Invitation) -> dict[str, Any]:
    person = people.by_email(edge.reading(), invitation.email)
    venue = queries.venues(edge.reading()).get(invitation.venue_id) if invitation.venue_id else None
    return {
        "invitation": invitation,
        "organisation": invitation.organisation,
        "venue": venue,
        "has_account": person is not None and person.password_hash is not None,
        "actor": edge.actor(),
    }
