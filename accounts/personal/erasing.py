"""Erasing: a person's details are replaced and the key stays, so that the audit log and statistics do; what must be kept is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import ApiToken, Delegation, DelegationState, Organisation, Person, RoleGrant
from accounts.organisations import conclude
from accounts.personal.held import Held, Kept, Personal, Way, Whose
from accounts.personal.models import Erasure
from accounts.personal.retention import Forgotten, forget_rows
from database.audit import Act, record
from database.base import table_of
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Missing, refuse

AGAIN_AFTER = timedelta(days=1)
LOOKED_AT_FOR = timedelta(days=3)
MOST_AT_ONCE = 100
# Of a person whom something keeps: the way in goes at once, the rest when nothing keeps it.
WAYS_IN = {"password_hash": None, "proved_at": None}


@dataclass(frozen=True, slots=True)
class Erased:
    """An erasure, what of the person is kept for now, and the uploaded files that nothing names any more."""

    erasure: Erasure
    kept: Sequence[Kept]
    files: Sequence[str]


def ask_erasure(session: Session, person_id: int, *, personal: Personal, by: Actor, now: datetime) -> Erased:
    """Erase a person, by themselves or for them by an administrator: what nothing keeps goes at once.

    Their tokens and their right to act for organisations end. Raises Conflict, all at once, for what has to be settled first
    (``has-role``, ``answers-for-group``, and what the packages above know of), Missing, Forbidden.
    """
    by.require(by.is_administrator or by.person_id == person_id, "administrator")
    return _begin(session, person_id, personal=personal, is_unused=False, by=by, now=now)


def end_unused(session: Session, person_id: int, *, personal: Personal, by: Actor, now: datetime) -> Erased | None:
    """Erase somebody whose account nobody used for as long as accounts are kept; not where something would have to be settled first."""
    by.require(by.is_administrator, "administrator")
    if list(_obstacles(session, person_id, personal, now)):
        return None
    return _begin(session, person_id, personal=personal, is_unused=True, by=by, now=now)


def carry_out(session: Session, erasure_id: int, *, personal: Personal, by: Actor, now: datetime) -> Erased:
    """Erase what nothing keeps by now of a person who is to be erased, and what was written of one while they were being erased.

    Doing it again the same day does nothing. Who came back and opened the account anew meanwhile is not erased further.
    """
    by.require(by.is_administrator, "administrator")
    erasure = session.get(Erasure, erasure_id)
    if erasure is None:
        raise refuse(Missing, "unknown-erasure", "erasure", erasure_id)
    lock(session, Key(Subject.PERSON, erasure.person_id))
    session.refresh(erasure)
    person = session.get_one(Person, erasure.person_id)
    if person.password_hash is not None:
        erasure.done_at, erasure.tried_at = erasure.done_at or now, now
    elif erasure.done_at is None or erasure.tried_at <= now - AGAIN_AFTER:
        return _carry_out(session, erasure, person, personal=personal, by=by, now=now)
    session.flush()
    return Erased(erasure, (), ())


def unfinished(session: Session, now: datetime) -> Sequence[int]:
    """The erasures that were not tried today, done ones once more: an act may have been under way when they were carried out."""
    open_still = or_(Erasure.done_at.is_(None), Erasure.done_at > now - LOOKED_AT_FOR)
    found = select(Erasure.id).where(open_still, Erasure.tried_at <= now - AGAIN_AFTER)
    return session.scalars(found.order_by(Erasure.id).limit(MOST_AT_ONCE)).all()


def obstacles(session: Session, person_id: int, *, personal: Personal, now: datetime) -> Sequence[Fault]:
    """What has to be settled before a person can be erased."""
    return list(_obstacles(session, person_id, personal, now))


def kept_of(session: Session, person: Person, *, personal: Personal, today: date) -> Sequence[Kept]:
    """What of a person must be kept: all details while something open needs them, and what laws name."""
    whose = Whose(person.id, person.email)
    every = frozenset(column for held in personal.declared if held.table is Person for column in held.columns)
    found = [Kept(one.code, None, every) for one in personal.evidence if _is_needed(session, replace(personal, evidence=(one,)), whose)]
    told = {one.code for one in found}
    return found + [kept for law in personal.laws if (kept := law(session, person.id, today)) is not None and kept.code not in told]


def _begin(session: Session, person_id: int, *, personal: Personal, is_unused: bool, by: Actor, now: datetime) -> Erased:
    acting = select(Delegation).where(Delegation.person_id == person_id, Delegation.state != DelegationState.ENDED)
    organisations = {one.organisation_id for one in session.scalars(acting)}
    lock(session, Key(Subject.PERSON, person_id), *(Key(Subject.ORGANISATION, one) for one in organisations))
    person = session.get(Person, person_id, populate_existing=True)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    if faults := list(_obstacles(session, person_id, personal, now)):
        raise Conflict(*faults)
    known = session.scalar(select(Erasure).where(Erasure.person_id == person_id, Erasure.done_at.is_(None)))
    if known is None:
        for delegation in session.scalars(acting):
            conclude(session, delegation, is_told=False, why="erased", by=by, now=now)
        session.execute(update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None)).values(revoked_at=now))
        known = Erasure(person_id=person_id, is_unused=is_unused, asked_at=now, tried_at=now)
        session.add(known)
        session.flush()
        record(session, Act("ask_erasure", "person", person_id, {"unused": is_unused}, holder_id=person_id), by=by, now=now)
    return _carry_out(session, known, person, personal=personal, by=by, now=now)


def _carry_out(session: Session, erasure: Erasure, person: Person, *, personal: Personal, by: Actor, now: datetime) -> Erased:
    whose = Whose(person.id, person.email)
    kept = kept_of(session, person, personal=personal, today=now.date())
    done = [
        forget_rows(session, _without(held, kept), and_(held.of(whose), _is_free(session, personal, held)), now=now)
        for held in personal.declared
        if held.of is not None and held.way is not Way.KEPT
    ]
    # Sessions end, and feeds and calendars that tell of the person are written anew.
    session.refresh(person)
    person.session_epoch, person.revision, erasure.tried_at = person.session_epoch + 1, person.revision + 1, now
    erasure.done_at = None if kept or _is_needed(session, personal, whose) else erasure.done_at or now
    session.flush()
    facts = {"rows": sum(one.rows for one in done), "kept": sorted(one.code for one in kept)}
    if facts["rows"]:
        for renew in personal.renewed:
            renew(session, person.id)
        record(session, Act("erase", "person", person.id, facts, holder_id=person.id), by=by, now=now)
    return Erased(erasure, kept, _files(done))


def _without(held: Held, kept: Sequence[Kept]) -> Held:
    """The person's own row without the columns that are kept."""
    if held.table is not Person:
        return held
    columns = {column for one in kept for column in one.columns}
    return replace(held, emptied=WAYS_IN | {name: value for name, value in held.emptied.items() if name not in columns})


def _is_free(session: Session, personal: Personal, held: Held) -> ColumnElement[bool]:
    return ~personal.is_evidence(session, held.booking)


def _is_needed(session: Session, personal: Personal, whose: Whose) -> bool:
    """Whether something open needs what any row says of a person."""
    rows = [
        exists().where(held.of(whose), personal.is_evidence(session, held.booking)).select_from(table_of(held.table))
        for held in personal.declared
        if held.of is not None and held.booking is not None
    ]
    return bool(rows) and bool(session.scalar(select(or_(*rows))))


def _obstacles(session: Session, person_id: int, personal: Personal, now: datetime) -> Iterator[Fault]:
    if session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == person_id).limit(1)):
        yield Fault("has-role", "person", person_id)
    for name in session.scalars(select(Organisation.name).where(Organisation.responsible_id == person_id).order_by(Organisation.name)):
        yield Fault("answers-for-group", "person", person_id, {"group": name})
    for known in personal.obstacles:
        yield from known(session, person_id, now)


def _files(done: Sequence[Forgotten]) -> Sequence[str]:
    return [file for one in done for file in one.files]
