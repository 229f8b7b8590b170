"""Pages of one's own profile: who one is, password, tokens for programs."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge, emails, passwords, people, queries, signin, tokens
from accounts.inputs import ChangedEmailInput, ChangedPasswordInput, ProfileInput, TokenInput
from accounts.models import Person
from accounts.pages.blueprint import network, routes
from kernel.errors import Invalid, Throttled, Unidentified, refuse
from web import language
from web.forms import Form, parse
from web.pages import done, form_again
from web.texts import gettext as _


@routes.get("/profile")
def profile_page() -> str:
    """Name, telephone, language."""
    person = _myself()
    shown = {name: getattr(person, name) for name in ProfileInput.model_fields}
    return render_template("accounts/profile.html", form=Form(shown), email=person.email)


@routes.post("/profile")
def change_profile() -> ResponseReturnValue:
    """Change what one says about oneself; the language chosen here goes before one chosen on this machine."""
    email = _myself().email
    try:
        edge.transact(people.change_profile, parse(ProfileInput, request.form))
    except Invalid as refusal:
        return form_again("accounts/profile.html", refusal, email=email)
    answer = done(_("Profilen er lagret."), url_for("accounts.profile_page"))
    answer.delete_cookie(language.COOKIE)
    return answer


@routes.get("/profile/email")
def email_page() -> str:
    """Change the address that one signs in with."""
    return render_template("accounts/email.html", form=Form({}), email=_myself().email)


@routes.post("/profile/email")
def ask_to_change_email() -> ResponseReturnValue:
    """Send a link to the new address; the old one holds until the link is used."""
    email = _myself().email or ""
    try:
        given = parse(ChangedEmailInput, request.form)
        signin.prove(email, given.current_password, network=network())
        edge.transact(emails.ask_to_change_email, given.email, language=language.choose(), network=network())
    except (Invalid, Throttled) as refusal:
        return form_again("accounts/email.html", refusal, email=email)
    sent = _("Vi har sendt en lenke til %(email)s. Adressen er byttet når du har åpnet den og trykket på knappen.", email=given.email)
    return done(sent, url_for("accounts.profile_page"), kind="info")


@routes.get("/profile/password")
def password_page() -> str:
    """Change the password."""
    return render_template("accounts/password.html", form=Form({}), email=_myself().email)


@routes.post("/profile/password")
def change_password() -> ResponseReturnValue:
    """Change the password and stay signed in here, while every other session ends."""
    email = _myself().email or ""
    try:
        given = parse(ChangedPasswordInput, request.form)
        signin.prove(email, given.current_password, network=network())
        person = edge.transact(people.change_password, password_hash=passwords.hashed(given.password))
    except (Invalid, Throttled) as refusal:
        return form_again("accounts/password.html", refusal, email=email)
    signin.begin_session(person.id)
    return done(_("Passordet er byttet. Andre steder du var logget inn, er logget ut."), url_for("accounts.profile_page"))


@routes.get("/profile/tokens")
def tokens_page() -> str:
    """The tokens by which programs act for one."""
    return render_template("accounts/tokens.html", form=Form({}), tokens=_my_tokens())


@routes.post("/profile/tokens")
def make_token() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    person_id = edge.actor().require_known()
    try:
        made = edge.transact(tokens.make_token, person_id, parse(TokenInput, request.form).name)
    except Invalid as refusal:
        return form_again("accounts/tokens.html", refusal, tokens=_my_tokens())
    return Response(render_template("accounts/tokens.html", form=Form({}), tokens=_my_tokens(), made=made), status=201)


@routes.post("/profile/tokens/<int:token_id>/revocation")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Make a token useless."""
    edge.transact(tokens.revoke_token, token_id)
    return done(_("Tokenet er trukket tilbake."), url_for("accounts.tokens_page"))


def _myself() -> Person:
    person = edge.reading().get(Person, edge.actor().require_known())
    if person is None:
        raise refuse(Unidentified, "sign-in-first")
    return person


def _my_tokens() -> object:
    return queries.tokens(edge.reading(), edge.actor().require_known())
