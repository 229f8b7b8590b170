"""What happens to roles: granted and revoked, by administrators alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from accounts.models import Person, RoleGrant
from accounts.queries import venues
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Conflict, Invalid, Missing, refuse


def grant_role(session: Session, person_id: int, role: Role, *, venue_id: int | None = None, by: Actor, now: datetime) -> RoleGrant:
    """Give a person a role; one that is held already stays as it is.

    Raises Invalid (``role-needs-venue``, ``role-without-venue``) where role and venue do not go together.
    """
    by.require(by.is_administrator, "administrator")
    lock(session, Key(Subject.PERSON, person_id))
    return give(session, person_id, role, venue_id, by=by, now=now)


def give(session: Session, person_id: int, role: Role, venue_id: int | None, *, by: Actor, now: datetime) -> RoleGrant:
    """Grant without asking who may; the caller has locked the person."""
    require_match(session, role, venue_id)
    person = session.get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    of_person = select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.deputy_for.is_(None))
    held = session.scalar(of_person.where(RoleGrant.venue_id.is_(None) if venue_id is None else RoleGrant.venue_id == venue_id))
    if held is not None:
        return held
    grant = RoleGrant(person=person, role=role, venue_id=venue_id, granted_at=now)
    session.add(grant)
    person.revision += 1
    session.flush()
    record(session, Act("grant_role", "person", person_id, {"role": role, "venue": venue_id}, holder_id=person_id), by=by, now=now)
    post(session, "role-granted", person_id=person_id, now=now, facts={"role": role, "venue": venue_id})
    return grant


def revoke_role(session: Session, grant_id: int, *, by: Actor, now: datetime) -> RoleGrant:
    """Take a role from a person, and from who stands in for them with it.

    Raises Conflict (``last-administrator``) when nobody would be left to grant any.
    """
    by.require(by.is_administrator, "administrator")
    grant = session.get(RoleGrant, grant_id)
    if grant is None:
        raise refuse(Missing, "no-such-role", "role", grant_id)
    # Two administrators who revoke each other at the same moment count under the same locks.
    administrators = _administrators(session)
    concerned = {grant.person_id, *administrators, *(one.person_id for one in _standing_in(session, grant))}
    lock(session, *(Key(Subject.PERSON, person_id) for person_id in concerned))
    if grant.role is Role.ADMINISTRATOR and _administrators(session) <= {grant.person_id}:
        raise refuse(Conflict, "last-administrator")
    grant.person.revision += 1
    for one in _standing_in(session, grant):
        one.person.revision += 1
        session.delete(one)
    session.delete(grant)
    session.flush()
    facts = {"role": grant.role, "venue": grant.venue_id}
    record(session, Act("revoke_role", "person", grant.person_id, facts, holder_id=grant.person_id), by=by, now=now)
    return grant


def require_match(session: Session, role: Role, venue_id: int | None) -> None:
    """A caretaker is one of a venue, the others of the municipality; raises Invalid, or Missing (``no-such-venue``)."""
    if role is Role.CARETAKER and venue_id is None:
        raise refuse(Invalid, "role-needs-venue", "venue")
    if role is not Role.CARETAKER and venue_id is not None:
        raise refuse(Invalid, "role-without-venue", "venue", venue_id)
    if venue_id is not None and venue_id not in venues(session):
        raise refuse(Missing, "no-such-venue", "venue", venue_id)


def _standing_in(session: Session, grant: RoleGrant) -> Sequence[RoleGrant]:
    """The roles of those who stand in with one."""
    if grant.deputy_for is not None:
        return ()
    return session.scalars(select(RoleGrant).where(RoleGrant.deputy_for == grant.person_id, RoleGrant.venue_id == grant.venue_id)).all()


def _administrators(session: Session) -> set[int]:
    return set(session.scalars(select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMINISTRATOR)))
