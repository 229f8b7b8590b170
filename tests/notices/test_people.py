"""What mails about people say: links, invitations, roles, and who acts for whom."""

from accounts.emails import ask_to_change_email, change_email
from accounts.identity import NOBODY, Role
from accounts.inputs import InvitationInput, LinkInput
from accounts.invitations import invite, withdraw_invitation
from accounts.links import path_for
from accounts.models import Invitation, ProofLink
from accounts.organisations import ask_to_represent
from accounts.people import ask_for_link
from accounts.roles import grant_role
from tests.cast import actor
from tests.notices.conftest import Clock, Office, words


def address(office: Office, row: Invitation | ProofLink) -> str:
    return office.settings.public_url + path_for(row, office.settings.secret_key)


def test_an_invitation_to_a_role_says_who_invites_to_what_and_until_when(office: Office) -> None:
    given = InvitationInput(email="ny@example.org", role=Role.CARETAKER, venue=office.hall.cast.oren.id)
    ada = office.change(lambda session: actor(session, office.hall.cast.ada))
    invitation = office.act(invite, given, by=ada)

    (mail,) = office.mails()

    role = office.app.jinja_env.filters["role_name"]
    with office.app.app_context():
        caretaker = role(Role.CARETAKER).lower()
    assert (mail["To"], mail["Subject"]) == ("ny@example.org", "Du er invitert")
    assert words(mail) == (
        f"""Hei! Du er invitert til rollen {caretaker} for Øren flerbrukshall.
Den som inviterer deg, er Ada Lien.

Åpne lenken på telefonen, så får du vaktlista i kalenderen der med en gang.
Se invitasjonen og svar her:
{address(office, invitation)}

Lenken gjelder til 15. september 2026 kl. 22:30. Kjenner du ikke til dette, kan du se bort fra meldingen.
"""
    )


def test_an_invitation_to_act_for_an_organisation_names_it(office: Office) -> None:
    office.act(invite, InvitationInput(email="ny@example.org", organisation=office.hall.cast.skiold.id), by=office.hall.berit)

    _, text = office.last()

    assert text.startswith("Hei! Du er invitert til å booke lokaler på vegne av Skiold turn.\nDen som inviterer deg, er Berit Moe.\n")


def test_an_invitation_that_was_withdrawn_is_not_sent(office: Office) -> None:
    given = InvitationInput(email="ny@example.org", organisation=office.hall.cast.skiold.id)
    invitation = office.act(invite, given, by=office.hall.berit)
    office.act(withdraw_invitation, invitation.id, by=office.hall.berit)

    assert office.mails() == []


def test_an_invitation_is_in_the_language_of_whom_it_is_for(office: Office) -> None:
    office.change(lambda session: setattr(session.merge(office.hall.cast.per), "language", "en"))
    office.act(invite, InvitationInput(email="per@example.org", organisation=office.hall.cast.skiold.id), by=office.hall.berit)

    assert office.last()[0] == "You are invited"


def test_a_link_says_until_when_it_works(office: Office) -> None:
    asked = LinkInput(email="ny@example.org")
    link = office.act(ask_for_link, asked, language="nb", network="192.0.2.1", by=NOBODY)

    assert office.last() == (
        "Åpne kontoen din",
        f"""Hei! Trykk på lenken for å bekrefte adressen og åpne kontoen.

{address(office, link)}

Lenken gjelder til 2. september 2026 kl. 22:30. Har du ikke bedt om den, kan du se bort fra denne meldingen.
""",
    )


def test_a_link_that_ran_out_before_the_mail_could_leave_is_not_sent(office: Office, clock: Clock) -> None:
    office.act(ask_for_link, LinkInput(email="ny@example.org"), language="nb", network="192.0.2.1", by=NOBODY)
    clock.pass_by(hours=24)

    assert office.mails() == []


def test_a_new_role_is_named(office: Office) -> None:
    ada = office.change(lambda session: actor(session, office.hall.cast.ada))
    office.act(grant_role, office.hall.cast.per.id, Role.OFFICER, by=ada)

    assert office.last() == (
        "Du har fått en ny rolle",
        f"Hei! Du har fått rollen saksbehandler.\n{office.settings.public_url}/profile\n",
    )


def test_a_leader_is_asked_about_a_new_delegate(office: Office) -> None:
    skiold = office.hall.cast.skiold.id
    office.act(ask_to_represent, skiold, by=office.hall.per)

    assert office.last() == (
        "Noen vil representere organisasjonen din",
        "Hei! Per Solli vil representere Skiold turn. Bekreft bare noen du kjenner.\n\n"
        f"{office.settings.public_url}/organisations/{skiold}\n",
    )


def test_a_new_address_is_asked_and_the_old_one_told_how_to_take_it_back(office: Office) -> None:
    link = office.act(ask_to_change_email, "per.ny@example.org", language="nb", network="192.0.2.1", by=office.hall.per)
    (asked,) = office.mails()
    office.act(change_email, link.id, by=office.hall.per)

    (told,) = office.mails()

    back = office.change(lambda session: session.query(ProofLink).order_by(ProofLink.id.desc()).first())
    assert (asked["To"], told["To"]) == ("per.ny@example.org", "per@example.org")
    assert address(office, link) in words(asked)
    assert words(told) == (
        f"""Hei! Kontoen din har fått en annen e-postadresse og bruker ikke lenger denne.
Var det ikke deg, tar du adressen tilbake her og velger et nytt passord:

{address(office, back)}

Lenken gjelder til 8. september 2026 kl. 22:30.
"""
    )
