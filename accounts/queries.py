"""Questions about people and organisations: who acts, what one represents, searches, names for ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from accounts.models import Delegation, DelegationState, Person, RoleGrant
from kernel.errors import Missing, refuse


@dataclass(frozen=True, slots=True)
class Known:
    """An actor with the epoch of its sessions, which rises when older ones shall end."""

    actor: Actor
    session_epoch: int


def actor_of(session: Session, person_id: int, *, via: str = "page") -> Actor:
    """The actor that a person is, in one query; raises Missing (``no-such-person``)."""
    known = known_person(session, person_id, via=via)
    if known is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    return known.actor


def known_person(session: Session, person_id: int, *, via: str) -> Known | None:
    """The person with roles and delegations, None when there is no such person any more."""
    return _known(session.execute(_person_with_rights().where(Person.id == person_id)).all(), via)


def _person_with_rights() -> Select[Any]:
    """A row per role and confirmed delegation; a person has few of either, so their product is small."""
    confirmed = and_(Delegation.person_id == Person.id, Delegation.state == DelegationState.CONFIRMED)
    return (
        select(
            Person.id, Person.name, Person.email, Person.language, Person.session_epoch, RoleGrant.role, RoleGrant.venue_id, Delegation.organisation_id
        )
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(Delegation, confirmed)
    )


def _known(rows: Sequence[Row[Any]], via: str) -> Known | None:
    if not rows:
        return None
    first = rows[0]
    actor = Actor(
        person_id=first.id,
        name=first.name,
        email=first.email or "",
        language=first.language,
        roles=frozenset(row.role for row in rows if row.role),
        venues=frozenset(row.venue_id for row in rows if row.role is Role.CARETAKER and row.venue_id),
        organisations=frozenset(row.organisation_id for row in rows if row.organisation_id),
        via=via,
    )
    return Known(actor, first.session_epoch)
