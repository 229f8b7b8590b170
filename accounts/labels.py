"""Labels: the words on screen for roles and classes of applicants."""

from collections.abc import Mapping

from accounts.identity import ApplicantClass, Role
from accounts.models import Team
from kernel.texts import marked as _
from web.texts import gettext

ROLES: Mapping[Role, str] = {
    Role.CARETAKER: _("Vaktmester"),
    Role.OFFICER: _("Saksbehandler"),
    Role.ADMINISTRATOR: _("Administrator"),
}
CLASSES: Mapping[ApplicantClass, str] = {
    ApplicantClass.ORGANISATION: _("Frivillig organisasjon"),
    ApplicantClass.GROUP: _("Gruppe uten organisasjonsnummer"),
    ApplicantClass.PERSON: _("Privatperson"),
    ApplicantClass.BUSINESS: _("Bedrift"),
    ApplicantClass.PUBLIC_BODY: _("Offentlig virksomhet"),
    ApplicantClass.MUNICIPALITY: _("Kommunens egen virksomhet"),
}


def role(value: Role) -> str:
    """What a role is called."""
    return gettext(ROLES[value])


def applicant_class(value: ApplicantClass) -> str:
    """What a class of applicants is called."""
    return gettext(CLASSES[value])


def known(value: bool | None) -> str:
    """Yes, no, or that nobody has looked."""
    return gettext("Ikke undersøkt") if value is None else gettext("Ja") if value else gettext("Nei")


def team_ages(team: Team) -> str:
    """From which age to which the members of a team are."""
    if team.youngest is None and team.oldest is None:
        return gettext("alle aldre")
    if team.oldest is None:
        return gettext("fra %(age)d år", age=team.youngest)
    if team.youngest is None:
        return gettext("til %(age)d år", age=team.oldest)
    return gettext("%(first)d–%(last)d år", first=team.youngest, last=team.oldest)


def organisation_number(number: str) -> str:
    """Nine digits in groups of three, as they are written and read aloud."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def phone_number(number: str) -> str:
    """A Norwegian number in pairs, any other as it is kept."""
    own = number.removeprefix("+47")
    return f"{own[:2]} {own[2:4]} {own[4:6]} {own[6:]}" if len(own) == 8 and own.isdigit() else number
