"""Questions about people and organisations: who acts, who leads, what one represents, searches, names for ids."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, Integer, Row, Select, String, and_, bindparam, column, func, or_, select, table
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor, Role
from accounts.models import ApiToken, Delegation, DelegationState, Invitation, Organisation, Person, RoleGrant
from database.folding import lowered
from kernel.errors import Missing, refuse

MOST_FOUND = 50
# What gives the rows of a statement: a glance, or a connection.
Asked = Callable[[ClauseElement, Mapping[str, Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """An actor with the epoch of its sessions, which rises when older ones shall end."""

    actor: Actor
    session_epoch: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """An actor known by a token, with the token's id and when its use was last noted."""

    actor: Actor
    token_id: int
    used_at: datetime | None


def actor_of(session: Session, person_id: int, *, via: str = "page", now: datetime | None = None) -> Actor:
    """The actor that a person is, in one query; without ``now`` with roles for good only. Raises Missing (``no-such-person``)."""
    known = known_person(session, person_id, via=via, now=now)
    if known is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    return known.actor


def known_person(session: Session, person_id: int, *, via: str, now: datetime | None) -> Known | None:
    """The person with roles and delegations, None when there is no such person any more."""
    rows = session.execute(_person_with_rights().where(Person.id == person_id)).all()
    return Known(_actor(rows, via, now), rows[0].session_epoch) if rows else None


def bearer_of(asked: Asked, token_hash: str, *, now: datetime) -> Bearer | None:
    """The actor of a live token, in one query; None when it stands for nothing."""
    rows = asked(_BEARERS, {"token_hash": token_hash})
    return Bearer(_actor(rows, "api", now), rows[0].token_id, rows[0].used_at) if rows else None


def leaders(session: Session, organisation_id: int) -> list[int]:
    """The ids of those who lead the organisation."""
    found = select(Delegation.person_id).where(Delegation.organisation_id == organisation_id, *_LEADING)
    return list(session.scalars(found.order_by(Delegation.person_id)))


def leads(session: Session, person_id: int | None, organisation_id: int | None) -> bool:
    """Whether the person leads the organisation."""
    return person_id is not None and organisation_id is not None and person_id in leaders(session, organisation_id)


def represented(session: Session, person_id: int) -> Sequence[Delegation]:
    """What a person acts for or has asked to act for, the organisations with it, by name."""
    found = (
        select(Delegation).join(Delegation.organisation).where(Delegation.person_id == person_id, Delegation.state != DelegationState.ENDED)
    )
    return session.scalars(found.options(joinedload(Delegation.organisation)).order_by(Organisation.name, Organisation.id)).all()


def delegates(session: Session, organisation_id: int) -> Sequence[Delegation]:
    """Who acts or asks to act for an organisation, with their persons: leaders first, then by name."""
    found = (
        select(Delegation)
        .join(Delegation.person)
        .where(Delegation.organisation_id == organisation_id, Delegation.state != DelegationState.ENDED)
    )
    return session.scalars(found.options(joinedload(Delegation.person)).order_by(Delegation.is_leader.desc(), Person.name, Person.id)).all()


def organisation_by_number(session: Session, number: str) -> Organisation | None:
    """The organisation of a number."""
    return session.scalar(select(Organisation).where(Organisation.number == number))


def tokens(session: Session, person_id: int) -> Sequence[ApiToken]:
    """A person's live tokens, newest first."""
    found = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    return session.scalars(found.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())).all()


def roles_of(session: Session, person_ids: Iterable[int]) -> Sequence[RoleGrant]:
    """The roles that these people hold."""
    return session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_(list(person_ids))).order_by(RoleGrant.role, RoleGrant.id)).all()


def staff(session: Session, *, by: Actor) -> Sequence[Person]:
    """Everybody with a role, by name, for officers."""
    by.require(by.is_officer, "officer")
    return session.scalars(select(Person).where(Person.id.in_(select(RoleGrant.person_id))).order_by(Person.name, Person.id)).all()


def holding(session: Session, roles: Iterable[Role], *, venue_id: int | None = None) -> Sequence[Person]:
    """Everybody who has one of these roles for good, a caretaker's only at that venue where one is named; by name."""
    held = select(RoleGrant.person_id).where(RoleGrant.role.in_(list(roles)), RoleGrant.deputy_for.is_(None))
    if venue_id is not None:
        held = held.where(or_(RoleGrant.venue_id.is_(None), RoleGrant.venue_id == venue_id))
    return session.scalars(select(Person).where(Person.id.in_(held)).order_by(Person.name, Person.id)).all()


def open_invitations(session: Session, now: datetime, *, organisation_id: int | None = None) -> Sequence[Invitation]:
    """Invitations that wait for an answer: to one organisation, or all."""
    found = select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.expires_at > now)
    if organisation_id is not None:
        found = found.where(Invitation.organisation_id == organisation_id)
    return session.scalars(
        found.options(joinedload(Invitation.organisation)).order_by(Invitation.created_at.desc(), Invitation.id.desc())
    ).all()


def waiting_delegations(session: Session, *, by: Actor) -> Sequence[Delegation]:
    """Everybody who has asked to act for an organisation, oldest first, for officers."""
    by.require(by.is_officer, "officer")
    found = select(Delegation).where(Delegation.state == DelegationState.ASKED)
    joined = found.options(joinedload(Delegation.person), joinedload(Delegation.organisation))
    return session.scalars(joined.order_by(Delegation.created_at, Delegation.id).limit(MOST_FOUND)).all()


def people_of(session: Session, emails: Sequence[str]) -> Sequence[int]:
    """The ids of those whose addresses these are."""
    return session.scalars(select(Person.id).where(Person.email.in_(emails))).all() if emails else ()


def find_people(session: Session, wanted: str, *, by: Actor) -> Sequence[Person]:
    """People by a part of name, e-mail or telephone, for officers; at most fifty, by name."""
    by.require(by.is_officer, "officer")
    found = select(Person).where(or_(_contains(Person.name, wanted), _contains(Person.email, wanted), _has_digits(Person.phone, wanted)))
    return session.scalars(found.order_by(Person.name, Person.id).limit(MOST_FOUND)).all()


def find_organisations(session: Session, wanted: str, *, by: Actor) -> Sequence[Organisation]:
    """Organisations by a part of name, e-mail or number, for officers; at most fifty, by name."""
    by.require(by.is_officer, "officer")
    named = or_(
        _contains(Organisation.name, wanted), _contains(Organisation.contact_email, wanted), _has_digits(Organisation.number, wanted)
    )
    return session.scalars(select(Organisation).where(named).order_by(Organisation.name, Organisation.id).limit(MOST_FOUND)).all()


def names_of_people(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The names for ids, as pages show what audit and bookings keep."""
    return {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(list(ids))))}


def names_of_organisations(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The names for ids of organisations."""
    return {row.id: row.name for row in session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(list(ids))))}


def venues(session: Session) -> dict[int, str]:
    """The names of all venues by id, in order of name; the map of rooms itself lies above this package."""
    return {row.id: row.name for row in session.execute(select(VENUE.c.id, VENUE.c.name).order_by(VENUE.c.name))}


def venue_of_slug(session: Session, slug: str) -> int | None:
    """The id of a venue."""
    return session.scalar(select(VENUE.c.id).where(VENUE.c.slug == slug))


def home_municipality(session: Session) -> str:
    """The number of the municipality; empty until its premises were imported."""
    return session.scalar(select(MUNICIPALITY.c.number)) or ""


VENUE = table("venue", column("id", Integer), column("name", String), column("slug", String))
MUNICIPALITY = table("municipality", column("number", String))
_LEADING = (Delegation.state == DelegationState.CONFIRMED, Delegation.is_leader.is_(True))


def _person_with_rights() -> Select[*tuple[Any, ...]]:
    """A row per role and confirmed delegation; a person has few of either, so their product is small."""
    confirmed = and_(Delegation.person_id == Person.id, Delegation.state == DelegationState.CONFIRMED)
    columns = (Person.id, Person.name, Person.email, Person.language, Person.session_epoch)
    held = (RoleGrant.role, RoleGrant.venue_id, RoleGrant.starts_at, RoleGrant.ends_at)
    wanted = select(*columns, *held, Delegation.organisation_id)
    return wanted.select_from(Person).outerjoin(RoleGrant, RoleGrant.person_id == Person.id).outerjoin(Delegation, confirmed)


def _bearers() -> Select[*tuple[Any, ...]]:
    wanted = _person_with_rights().add_columns(ApiToken.id.label("token_id"), ApiToken.used_at)
    joined = wanted.join(ApiToken, ApiToken.person_id == Person.id)
    return joined.where(ApiToken.token_hash == bindparam("token_hash"), ApiToken.revoked_at.is_(None))


# Asked by every request of the API: put together once.
_BEARERS = _bearers()


def _actor(rows: Sequence[Row[Any]], via: str, now: datetime | None) -> Actor:
    first = rows[0]
    held = [row for row in rows if row.role and (row.ends_at is None or (now is not None and row.starts_at <= now < row.ends_at))]
    return Actor(
        person_id=first.id,
        name=first.name,
        email=first.email or "",
        language=first.language,
        roles=frozenset(row.role for row in held),
        venues=frozenset(row.venue_id for row in held if row.role is Role.CARETAKER and row.venue_id),
        organisations=frozenset(row.organisation_id for row in rows if row.organisation_id),
        via=via,
    )


def _contains(column: Any, wanted: str) -> ColumnElement[bool]:
    return lowered(column).contains(wanted.strip().lower(), autoescape=True)


def _has_digits(column: Any, wanted: str) -> ColumnElement[bool]:
    """Telephone numbers and organisation numbers are typed with spaces; three digits are the least that is looked for.

    A telephone shows who calls with Norway's code, which people leave out when they write their number.
    """
    digits = "".join(character for character in wanted if character.isdigit())
    digits = re.sub(r"^(00)?47(?=\d{8}$)", "", digits)
    plain = all(character.isdigit() or character in " +-()" for character in wanted)
    return func.replace(column, " ", "").contains(digits) if plain and len(digits) >= 3 else column.in_(())
