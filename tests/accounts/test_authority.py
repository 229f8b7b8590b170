"""Who may do what: every verb tried as everybody, in one table."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from accounts import invitations, organisations, people, queries, roles, tokens
from accounts.identity import Actor, ApplicantClass, Role
from accounts.inputs import (
    CallerInput,
    GroupInput,
    InvitationInput,
    LinkInput,
    OrganisationChange,
    OrganisationInput,
    ProfileInput,
)
from accounts.models import Delegation, Invitation, RoleGrant
from kernel.errors import Refusal
from tests.accounts.conftest import NOW
from tests.cast import PASSWORD_HASH, Cast

EVERYBODY = ("nobody", "private", "asked", "delegate", "leader", "caretaker", "officer", "administrator", "command")
PROFILE = ProfileInput(name="Per Solli", phone="41234567")
Try = Callable[[Session, Cast, Actor], object]


def delegation(session: Session, cast: Cast, who: str) -> int:
    wanted = session.query(Delegation.id).filter_by(person_id=getattr(cast, who).id)
    return int(wanted.scalar())


def grant(session: Session, cast: Cast, who: str) -> int:
    return int(session.query(RoleGrant.id).filter_by(person_id=getattr(cast, who).id).scalar())


def invited(session: Session, cast: Cast, *, email: str, **offer: object) -> int:
    row = Invitation(email=email, created_at=NOW, expires_at=NOW + invitations.INVITATION_LASTS, **offer)
    session.add(row)
    session.flush()
    return row.id


def numbered(**more: object) -> OrganisationInput:
    return OrganisationInput(number="313000060", name="Vårsol pensjonistforening", **more)  # type: ignore[arg-type]


VERBS: dict[str, Try] = {
    "ask_for_link": lambda s, c, by: people.ask_for_link(s, LinkInput(email="per@example.org"), language="nb", network="", by=by, now=NOW),
    "change_profile": lambda s, c, by: people.change_profile(s, PROFILE, by=by, now=NOW),
    "change_password": lambda s, c, by: people.change_password(s, password_hash=PASSWORD_HASH, by=by, now=NOW),
    "enter_caller": lambda s, c, by: people.enter_caller(s, CallerInput(name="Gro Holt", phone="41234567"), by=by, now=NOW),
    "register_organisation": lambda s, c, by: organisations.register_organisation(s, numbered(), by=by, now=NOW),
    "register as the municipality": lambda s, c, by: organisations.register_organisation(
        s, numbered(applicant_class=ApplicantClass.MUNICIPALITY), by=by, now=NOW
    ),
    "register with facts from registers": lambda s, c, by: organisations.register_organisation(s, numbered(is_local=True), by=by, now=NOW),
    "register_group": lambda s, c, by: organisations.register_group(s, GroupInput(name="Turgruppa"), by=by, now=NOW),
    "register_group for another": lambda s, c, by: organisations.register_group(
        s, GroupInput(name="Turgruppa"), responsible_id=c.tone.id, by=by, now=NOW
    ),
    "change_organisation": lambda s, c, by: organisations.change_organisation(
        s, c.skiold.id, OrganisationChange(name="Skiold turn", applicant_class=ApplicantClass.ORGANISATION), by=by, now=NOW
    ),
    "change_responsible": lambda s, c, by: organisations.change_responsible(s, delegation(s, c, "tone"), by=by, now=NOW),
    "ask_to_represent": lambda s, c, by: organisations.ask_to_represent(s, c.strommen.id, by=by, now=NOW),
    "confirm_delegate": lambda s, c, by: organisations.confirm_delegate(s, delegation(s, c, "siri"), by=by, now=NOW),
    "end_delegation of another": lambda s, c, by: organisations.end_delegation(s, delegation(s, c, "siri"), by=by, now=NOW),
    "end_delegation of a leader": lambda s, c, by: organisations.end_delegation(s, delegation(s, c, "berit"), by=by, now=NOW),
    "invite a delegate": lambda s, c, by: invitations.invite(
        s, InvitationInput(email="ny@example.org", organisation=c.skiold.id), by=by, now=NOW
    ),
    "invite to a role": lambda s, c, by: invitations.invite(s, InvitationInput(email="ny@example.org", role=Role.OFFICER), by=by, now=NOW),
    "withdraw an invitation to a role": lambda s, c, by: invitations.withdraw_invitation(
        s, invited(s, c, email="ny@example.org", role=Role.OFFICER), by=by, now=NOW
    ),
    "withdraw an invitation of a delegate": lambda s, c, by: invitations.withdraw_invitation(
        s, invited(s, c, email="ny@example.org", organisation_id=c.skiold.id), by=by, now=NOW
    ),
    "accept_invitation sent to Per": lambda s, c, by: invitations.accept_invitation(
        s, invited(s, c, email="per@example.org", organisation_id=c.skiold.id), by=by, now=NOW
    ),
    "grant_role": lambda s, c, by: roles.grant_role(s, c.per.id, Role.OFFICER, by=by, now=NOW),
    "revoke_role": lambda s, c, by: roles.revoke_role(s, grant(s, c, "olav"), by=by, now=NOW),
    "make_token for Per": lambda s, c, by: tokens.make_token(s, c.per.id, "skript", by=by, now=NOW),
    "find_people": lambda s, c, by: queries.find_people(s, "per", by=by),
    "find_organisations": lambda s, c, by: queries.find_organisations(s, "skiold", by=by),
    "staff": lambda s, c, by: queries.staff(s, by=by),
    "waiting_delegations": lambda s, c, by: queries.waiting_delegations(s, by=by),
}
ALL_BUT_NOBODY = {*EVERYBODY} - {"nobody"}
WITH_A_PERSON = ALL_BUT_NOBODY - {"command"}
OFFICERS = {"officer", "administrator", "command"}
ADMINISTRATORS = {"administrator", "command"}
MAY: dict[str, set[str]] = {
    "ask_for_link": {*EVERYBODY},
    "change_profile": WITH_A_PERSON,
    "change_password": WITH_A_PERSON,
    "enter_caller": OFFICERS,
    "register_organisation": ALL_BUT_NOBODY,
    "register as the municipality": OFFICERS,
    "register with facts from registers": OFFICERS,
    "register_group": WITH_A_PERSON,
    "register_group for another": OFFICERS,
    "change_organisation": OFFICERS,
    "change_responsible": OFFICERS,
    "ask_to_represent": WITH_A_PERSON,
    "confirm_delegate": {"leader"} | OFFICERS,
    "end_delegation of another": {"asked", "leader"} | OFFICERS,
    "end_delegation of a leader": {"leader"} | OFFICERS,
    "invite a delegate": {"leader"} | OFFICERS,
    "invite to a role": ADMINISTRATORS,
    "withdraw an invitation to a role": ADMINISTRATORS,
    "withdraw an invitation of a delegate": {"leader"} | OFFICERS,
    "accept_invitation sent to Per": {"private"},
    "grant_role": ADMINISTRATORS,
    "revoke_role": ADMINISTRATORS,
    "make_token for Per": {"private", "command"},
    "find_people": OFFICERS,
    "find_organisations": OFFICERS,
    "staff": OFFICERS,
    "waiting_delegations": OFFICERS,
}


def outcome(session: Session, cast: Cast, verb: Try, by: Actor) -> str:
    """``done``, or what the verb refused with; undone afterwards."""
    session.info.pop("locked", None)
    with session.begin_nested() as attempt:
        try:
            verb(session, cast, by)
            return "done"
        except Refusal as refusal:
            return f"{refusal.title}: {refusal.faults[0].code}"
        finally:
            attempt.rollback()
            session.expire_all()


def test_each_verb_does_it_for_some_and_refuses_all_others(session: Session, cast: Cast, actors: dict[str, Actor]) -> None:
    outcomes = {name: {who: outcome(session, cast, verb, by) for who, by in actors.items()} for name, verb in VERBS.items()}

    assert {name: {who for who, said in told.items() if said == "done"} for name, told in outcomes.items()} == MAY
    refused = {(who, said) for told in outcomes.values() for who, said in told.items() if said != "done"}
    assert {said for who, said in refused if who == "nobody"} == {"unidentified: sign-in-first"}
    assert {said for who, said in refused if who not in ("nobody", "command")} == {
        "forbidden: not-your-role",
        "forbidden: invitation-for-another",
        "forbidden: own-account-only",
    }
