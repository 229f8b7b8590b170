"""What happens to deputies: who looks after a caretaker's venues in their stead, from one day to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor, Role
from accounts.inputs import DeputyInput
from accounts.models import Person, RoleGrant
from accounts.people import by_email
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Conflict, Invalid, Missing, refuse
from kernel.interval import Interval
from kernel.wallclock import local_day, to_wall
from web.formats import HOME_ZONE

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who stands in for a caretaker, from the first day to the end of the last; ``grant_id`` is one of the roles that they have for it."""

    grant_id: int
    person: Person
    first_day: date
    last_day: date


def name_deputy(session: Session, caretaker_id: int, given: DeputyInput, *, by: Actor, now: datetime) -> list[RoleGrant]:
    """Let another look after all venues of a caretaker on the days from first to last: the caretaker may, and officers.

    Raises Missing (``not-a-caretaker``) where there is nobody to stand in for, Invalid (``no-such-account``, ``own-deputy``,
    ``end-before-start``, ``out-of-range``), Conflict (``deputy-named``) for days on which somebody stands in already.
    """
    by.require(by.is_officer or by.person_id == caretaker_id, "officer")
    venues = _venues(session, caretaker_id)
    if not venues:
        raise refuse(Missing, "not-a-caretaker", "person", caretaker_id)
    deputy, time = by_email(session, given.email), _time(given, to_wall(now, HOME_ZONE).date())
    if deputy is None or deputy.password_hash is None:
        raise refuse(Invalid, "no-such-account", "email", given.email)
    if deputy.id == caretaker_id:
        raise refuse(Invalid, "own-deputy", "email", given.email)
    lock(session, Key(Subject.PERSON, caretaker_id), Key(Subject.PERSON, deputy.id))
    for other in deputies_of(session, caretaker_id):
        if given.first_day <= other.last_day and other.first_day <= given.last_day:
            raise refuse(Conflict, "deputy-named", "first_day", given.first_day.isoformat(), until=other.last_day.isoformat())
    held = {"role": Role.CARETAKER, "deputy_for": caretaker_id, "starts_at": time.start, "ends_at": time.end, "granted_at": now}
    grants = [RoleGrant(person=deputy, venue_id=venue, **held) for venue in venues]
    session.add_all(grants)
    deputy.revision += 1
    session.flush()
    facts = {"deputy_for": caretaker_id, "venues": venues, "first": given.first_day.isoformat(), "last": given.last_day.isoformat()}
    record(session, Act("name_deputy", "person", deputy.id, facts, holder_id=deputy.id), by=by, now=now)
    post(session, "deputy-named", person_id=deputy.id, now=now, facts=facts)
    return grants


def end_deputy(session: Session, grant_id: int, *, by: Actor, now: datetime) -> Person:
    """End that somebody stands in, at once and for all venues; returns the caretaker, who may, as officers may. Raises Missing."""
    grant = session.get(RoleGrant, grant_id)
    if grant is None or grant.deputy_for is None:
        raise refuse(Missing, "no-such-role", "role", grant_id)
    by.require(by.is_officer or by.person_id == grant.deputy_for, "officer")
    lock(session, Key(Subject.PERSON, grant.deputy_for), Key(Subject.PERSON, grant.person_id))
    same = (RoleGrant.deputy_for == grant.deputy_for, RoleGrant.person_id == grant.person_id, RoleGrant.starts_at == grant.starts_at)
    for one in session.scalars(select(RoleGrant).where(*same)):
        session.delete(one)
    grant.person.revision += 1
    facts = {"deputy_for": grant.deputy_for}
    record(session, Act("end_deputy", "person", grant.person_id, facts, holder_id=grant.person_id), by=by, now=now)
    session.flush()
    return session.get_one(Person, grant.deputy_for)


def deputies_of(session: Session, caretaker_id: int) -> Sequence[Deputy]:
    """Who stands in for a caretaker, now or later, soonest first."""
    found = select(RoleGrant).where(RoleGrant.deputy_for == caretaker_id).options(joinedload(RoleGrant.person))
    times = {(grant.starts_at, grant.ends_at, grant.person_id): grant for grant in session.scalars(found.order_by(RoleGrant.starts_at))}
    return [_deputy(grant) for grant in times.values()]


def is_caretaker(session: Session, person_id: int) -> bool:
    """Whether a person looks after any venue for good, so that others can stand in."""
    return bool(_venues(session, person_id))


def _venues(session: Session, person_id: int) -> list[int]:
    """The venues that a person looks after for good: who stands in cannot pass it on."""
    held = (RoleGrant.person_id == person_id, RoleGrant.role == Role.CARETAKER, RoleGrant.deputy_for.is_(None))
    return sorted(venue for venue in session.scalars(select(RoleGrant.venue_id).where(*held)) if venue)


def _deputy(grant: RoleGrant) -> Deputy:
    assert grant.starts_at and grant.ends_at, "the database keeps no deputy without days"
    last = to_wall(grant.ends_at, HOME_ZONE).date() - timedelta(days=1)
    return Deputy(grant.id, grant.person, to_wall(grant.starts_at, HOME_ZONE).date(), last)


def _time(given: DeputyInput, today: date) -> Interval:
    if given.last_day < given.first_day:
        raise refuse(Invalid, "end-before-start", "last_day", given.last_day.isoformat(), start=given.first_day.isoformat())
    if given.last_day < today or given.last_day - given.first_day > LONGEST or given.first_day > today + LONGEST:
        most = max(given.first_day, today) + LONGEST
        raise refuse(Invalid, "out-of-range", "last_day", given.last_day.isoformat(), least=today.isoformat(), most=most.isoformat())
    return local_day(given.first_day, HOME_ZONE, days=(given.last_day - given.first_day).days + 1)
