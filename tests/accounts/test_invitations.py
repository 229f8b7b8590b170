"""What happens to invitations."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import invitations
from accounts.identity import COMMAND, NOBODY, Role
from accounts.inputs import InvitationInput, ProfileInput
from accounts.models import Invitation
from accounts.queries import leaders
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Gone, Throttled
from tests.accounts.conftest import NOW
from tests.cast import PASSWORD_HASH, Cast, actor

PROFILE = ProfileInput(name="Nina Ny", phone="41234567")


def send(session: Session, cast: Cast, email: str, *, is_leader: bool = False) -> Invitation:
    given = InvitationInput(email=email, organisation=cast.skiold.id, is_leader=is_leader)
    return invitations.invite(session, given, by=actor(session, cast.berit), now=NOW)


def test_an_invitation_is_sent_as_an_id(session: Session, cast: Cast) -> None:
    sent = send(session, cast, "Ny@Example.org")

    notice = session.scalars(select(Notice)).one()
    assert (sent.email, notice.kind, notice.facts) == ("ny@example.org", "invitation", {"invitation": sent.id, "language": "nb"})


def test_who_accepts_acts_for_the_organisation(session: Session, cast: Cast) -> None:
    sent = send(session, cast, "per@example.org")

    invitations.accept_invitation(session, sent.id, by=actor(session, cast.per), now=NOW)

    assert (actor(session, cast.per).organisations, leaders(session, cast.skiold.id)) == (frozenset({cast.skiold.id}), [cast.berit.id])
    assert (cast.skiold.revision, cast.per.revision) == (1, 1)


def test_who_is_invited_to_lead_leads(session: Session, cast: Cast) -> None:
    sent = send(session, cast, "per@example.org", is_leader=True)

    invitations.accept_invitation(session, sent.id, by=actor(session, cast.per), now=NOW)

    assert leaders(session, cast.skiold.id) == [cast.berit.id, cast.per.id]


def test_somebody_new_opens_an_account_by_the_invitation(session: Session, cast: Cast) -> None:
    given = InvitationInput(email="sjef@example.org", role=Role.ADMINISTRATOR)
    sent = invitations.invite(session, given, by=COMMAND, now=NOW)

    person = invitations.open_account_by_invitation(session, sent.id, PROFILE, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW)

    assert (person.email, person.proved_at, actor(session, person).is_administrator) == ("sjef@example.org", NOW, True)


def test_an_invitation_opens_no_account_over_another(session: Session, cast: Cast) -> None:
    sent = send(session, cast, "per@example.org")

    with pytest.raises(Conflict):
        invitations.open_account_by_invitation(session, sent.id, PROFILE, password_hash="mine now", by=NOBODY, now=NOW)


def test_an_invitation_is_for_the_one_it_was_sent_to(session: Session, cast: Cast) -> None:
    sent = send(session, cast, "per@example.org")

    with pytest.raises(Forbidden) as refusal:
        invitations.accept_invitation(session, sent.id, by=actor(session, cast.siri), now=NOW)

    assert refusal.value.faults[0].code == "invitation-for-another"


@pytest.mark.parametrize(
    ("event", "code"), [("accepted", "invitation-used"), ("old", "invitation-expired"), ("withdrawn", "invitation-expired")]
)
def test_an_invitation_is_accepted_once_and_in_time(session: Session, cast: Cast, event: str, code: str) -> None:
    sent, later = send(session, cast, "per@example.org"), NOW
    match event:
        case "accepted":
            invitations.accept_invitation(session, sent.id, by=actor(session, cast.per), now=NOW)
            session.info.pop("locked")
        case "old":
            later = NOW + timedelta(days=14)
        case "withdrawn":
            invitations.withdraw_invitation(session, sent.id, by=actor(session, cast.berit), now=NOW)

    with pytest.raises(Gone) as refusal:
        invitations.accept_invitation(session, sent.id, by=actor(session, cast.per), now=later)

    assert refusal.value.faults[0].code == code


def test_a_leader_invites_thirty_in_a_day_and_no_more(session: Session, cast: Cast) -> None:
    for number in range(invitations.MOST_A_DAY):
        send(session, cast, f"nr{number}@example.org")

    with pytest.raises(Throttled) as refusal:
        send(session, cast, "enda.en@example.org")

    given = InvitationInput(email="enda.en@example.org", organisation=cast.skiold.id)
    next_day = invitations.invite(session, given, by=actor(session, cast.berit), now=NOW + timedelta(days=1))
    assert (refusal.value.after, next_day.email) == (24 * 3600, "enda.en@example.org")
