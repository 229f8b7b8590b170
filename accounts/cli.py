"""Commands ``accounts token`` and ``accounts invite``."""

import click
from flask import current_app
from flask.cli import AppGroup

from accounts import edge, invitations, links, queries, tokens
from accounts.identity import Role
from accounts.inputs import InvitationInput
from accounts.people import by_email
from kernel.errors import Missing, Refusal, refuse
from web.forms import parse
from web.wording import sentence

commands = AppGroup("accounts", help="People, roles and tokens.")


@commands.command("token")
@click.argument("email")
@click.option("--name", default="kommandolinje", help="By which the person knows the token again.")
def token_command(email: str, name: str) -> None:
    """Print a new API token of a person; it is not shown again."""
    try:
        with edge.database().reading() as session:
            person = by_email(session, email.strip().lower())
        if person is None:
            raise refuse(Missing, "no-such-person", "email", email)
        made = edge.transact(tokens.make_token, person.id, name)
    except Refusal as refusal:
        raise _told(refusal) from None
    click.echo(made.text)


@commands.command("invite")
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([*(role.value for role in Role), "leader", "delegate"]),
    required=True,
    help="leader and delegate are of an organisation.",
)
@click.option("--venue", default="", help="The slug of a caretaker's venue.")
@click.option("--organisation", default="", help="The number of the organisation.")
@click.option("--language", type=click.Choice(["nb", "nn", "en"]), default="nb")
def invite_command(email: str, role: str, venue: str, organisation: str, language: str) -> None:
    """Send an invitation, and print the address it leads to."""
    try:
        given = parse(InvitationInput, _given(email, role, venue, organisation))
        invitation = edge.transact(invitations.invite, given, language=language)
    except Refusal as refusal:
        raise _told(refusal) from None
    click.echo(current_app.extensions["settings"].public_url + links.path_for(invitation, current_app.config["SECRET_KEY"]))


def _given(email: str, role: str, venue: str, organisation: str) -> dict[str, object]:
    given: dict[str, object] = {"email": email}
    with edge.database().reading() as session:
        if role in list(Role):
            given["role"] = role
        else:
            given["is_leader"] = role == "leader"
        if venue:
            given["venue"] = queries.venue_of_slug(session, venue)
            if given["venue"] is None:
                raise refuse(Missing, "no-such-venue", "venue", venue)
        if organisation:
            found = queries.organisation_by_number(session, organisation.replace(" ", ""))
            if found is None:
                raise refuse(Missing, "no-such-organisation", "organisation", organisation)
            given["organisation"] = found.id
    return given


def _told(refusal: Refusal) -> click.ClickException:
    return click.ClickException("\n".join(f"{fault.field}: {sentence(fault)}".lstrip(": ") for fault in refusal.faults))
