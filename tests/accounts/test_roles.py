"""What happens to roles."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import roles
from accounts.deputies import name_deputy
from accounts.identity import Role
from accounts.inputs import DeputyInput
from accounts.models import Person, RoleGrant
from database.outbox import Notice
from kernel.errors import Conflict, Invalid
from tests.accounts.conftest import NOW
from tests.cast import Cast, actor


def grants(session: Session, person: Person) -> list[RoleGrant]:
    return list(session.scalars(select(RoleGrant).where(RoleGrant.person == person)))


def test_a_granted_role_is_held_told_and_raises_the_revision(session: Session, cast: Cast) -> None:
    roles.grant_role(session, cast.per.id, Role.CARETAKER, venue_id=cast.oren.id, by=actor(session, cast.ada), now=NOW)

    assert actor(session, cast.per).venues == frozenset({cast.oren.id})
    notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.facts, cast.per.revision) == ("role-granted", {"role": "caretaker", "venue": cast.oren.id}, 1)


def test_a_role_is_held_once(session: Session, cast: Cast) -> None:
    roles.grant_role(session, cast.kari.id, Role.OFFICER, by=actor(session, cast.ada), now=NOW)

    assert (len(grants(session, cast.kari)), session.scalars(select(Notice)).all()) == (1, [])


@pytest.mark.parametrize(
    ("role", "with_venue", "code"), [(Role.CARETAKER, False, "role-needs-venue"), (Role.OFFICER, True, "role-without-venue")]
)
def test_role_and_venue_go_together(session: Session, cast: Cast, role: Role, with_venue: bool, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        roles.grant_role(session, cast.per.id, role, venue_id=cast.oren.id if with_venue else None, by=actor(session, cast.ada), now=NOW)

    assert (refusal.value.faults[0].code, refusal.value.faults[0].field) == (code, "venue")


def test_a_revoked_role_is_gone(session: Session, cast: Cast) -> None:
    roles.revoke_role(session, grants(session, cast.olav)[0].id, by=actor(session, cast.ada), now=NOW)

    assert (actor(session, cast.olav).roles, cast.olav.revision) == (frozenset(), 1)


def test_who_stood_in_does_so_no_more_and_their_feeds_are_written_anew(session: Session, cast: Cast) -> None:
    days = DeputyInput(email=cast.per.email or "", first_day=NOW.date(), last_day=NOW.date())
    name_deputy(session, cast.olav.id, days, by=actor(session, cast.kari), now=NOW)
    session.commit()
    session.info.clear()
    before = cast.per.revision

    roles.revoke_role(session, grants(session, cast.olav)[0].id, by=actor(session, cast.ada), now=NOW)

    assert (grants(session, cast.per), cast.per.revision) == ([], before + 1)


def test_the_last_administrator_stays(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        roles.revoke_role(session, grants(session, cast.ada)[0].id, by=actor(session, cast.ada), now=NOW)

    assert refusal.value.faults[0].code == "last-administrator"
