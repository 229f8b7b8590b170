"""Keeping: what was read is kept; what follows from it is noted where nobody had said anything, and else shown to staff.

Bookings that stand never change by it: they keep what they were judged by.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.identity import Actor, ApplicantClass
from accounts.inputs import OrganisationInput
from accounts.models import Delegation, DelegationState, Organisation, Standing
from accounts.organisations import conclude, confirm_delegate, organisation_of, register_organisation
from accounts.queries import home_municipality
from accounts.register.classes import Classes, Classified, Known
from accounts.register.models import Entry, Origin, Review, RoleHolder
from accounts.register.queries import entry_of, holders_of, is_held_by, open_review, roles_by_person
from accounts.register.reading import EntryState, Record, Roles, Unit, Voluntary
from accounts.standings import held_on, standings_of
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.revisions import raise_everywhere
from kernel.errors import Conflict, Missing, refuse
from kernel.wallclock import to_wall
from web.formats import HOME_ZONE

A_DAY = timedelta(days=1)
STATUS = "status:"
SOURCE = "Brønnøysundregistrene, lest {day:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class Read:
    """How records came: by which way, and when they were read."""

    origin: Origin
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """How an entry stands, and what follows from it."""

    state: EntryState
    name: str
    classified: Classified


def keep(session: Session, records: Sequence[Record], classes: Classes, read: Read, *, by: Actor, now: datetime) -> int:
    """Keep records, roles of organisations that stand here alone; returns of how many something was kept.

    What is older than what is here says nothing.
    """
    by.require(by.is_known, "")
    numbers = {one.number for one in records}
    ours = {one.number: one for one in session.scalars(select(Organisation).where(Organisation.number.in_(numbers)))}
    acting = _by_role(session, {ours[one.number].id for one in records if isinstance(one, Roles) and one.number in ours})
    keys = (*(Key(Subject.ORGANISATION, one.id) for one in ours.values()), *(Key(Subject.PERSON, one.person_id) for one in acting))
    lock(session, *keys)
    entries = {one.number: one for one in session.scalars(select(Entry).where(Entry.number.in_(numbers)))}
    home = home_municipality(session)
    before = {number: seen(entry, classes, home) for number, entry in entries.items() if number in ours}
    kept = {one.number for one in records if not isinstance(one, Roles) and _write(session, entries, one, read)}
    session.flush()
    for number in sorted(kept & ours.keys()):
        _compare(session, ours[number], entries[number], before.get(number), seen(entries[number], classes, home), now)
    for roles in (one for one in records if isinstance(one, Roles) and one.number in ours):
        kept.add(roles.number)
        theirs = [one for one in acting if one.organisation_id == ours[roles.number].id]
        _keep_roles(session, roles, theirs, by=by, now=now)
    session.flush()
    return len(kept)


def register(session: Session, given: OrganisationInput, classes: Classes, *, by: Actor, now: datetime) -> Organisation:
    """Register an organisation by its number: under the name and in the class that the register gives it, where it was read.

    Else what is stated goes until the register was read. Raises as ``register_organisation``, Conflict
    (``organisation-dissolved``, and ``not-in-register`` to all but officers).
    """
    entry, home = entry_of(session, given.number), home_municipality(session)
    if entry is None:
        return register_organisation(session, given, by=by, now=now)
    if entry.state is EntryState.DELETED:
        raise refuse(Conflict, "organisation-dissolved", "number", entry.number, name=entry.name)
    if entry.state is EntryState.UNKNOWN:
        if not by.is_officer:
            raise refuse(Conflict, "not-in-register", "number", entry.number)
        return register_organisation(session, given, by=by, now=now)
    found = seen(entry, classes, home)
    said = {} if by.is_officer and "applicant_class" in given.model_fields_set else {"applicant_class": found.classified.row.name}
    is_same = given.name.casefold() == entry.name.casefold()
    filled = given.model_copy(update={**said, "name": given.name if is_same or by.is_officer else entry.name})
    organisation = register_organisation(session, filled, by=by, now=now)
    _compare(session, organisation, entry, None, found, now)
    session.flush()
    return organisation


def confirm_by_role(session: Session, delegation_id: int, *, is_leader: bool = False, by: Actor, now: datetime) -> Delegation:
    """Let a person act for an organisation as long as they hold a role in it by the register.

    Raises as ``confirm_delegate``, Conflict (``holds-no-role``) for who holds none.
    """
    delegation = session.get(Delegation, delegation_id)
    if delegation is None:
        raise refuse(Missing, "no-such-delegation", "delegation", delegation_id)
    codes = roles_by_person(holders_of(session, delegation.organisation.number), [delegation.person])
    code = codes.get(delegation.person_id, "")
    confirmed = confirm_delegate(session, delegation_id, is_leader=is_leader, role_code=code, by=by, now=now)
    if not code:
        raise refuse(Conflict, "holds-no-role", "delegation", delegation.person.name)
    return confirmed


def settle_review(session: Session, review_id: int, *, is_taken: bool, by: Actor, now: datetime) -> Review:
    """Let what the register says hold here from now on, or leave what is; officers do. What is booked stands as it is.

    Raises Missing (``no-such-review``), Conflict (``review-settled``).
    """
    by.require(by.is_officer, "officer")
    review = session.get(Review, review_id)
    if review is None:
        raise refuse(Missing, "no-such-review", "review", review_id)
    lock(session, Key(Subject.ORGANISATION, review.organisation_id))
    session.refresh(review)
    if review.settled_at is not None:
        raise refuse(Conflict, "review-settled", "review", review.organisation.name)
    review.settled_at, review.settled_by, review.is_taken = now, by.person_id, is_taken
    if is_taken:
        organisation = organisation_of(session, review.organisation_id)
        for name, (_was, becomes) in review.changes.items():
            _apply(session, organisation, name, becomes, now)
        organisation.changed_at = now
        organisation.revision += 1
        raise_everywhere(session)
    facts = {"organisation": review.organisation_id, "changes": review.changes, "is_taken": is_taken}
    record(session, Act("settle_review", "register_review", review.id, facts), by=by, now=now)
    session.flush()
    return review


def seen(entry: Entry, classes: Classes, home: str) -> Seen:
    """How an entry stands, and what follows from it in a municipality of this number."""
    local = entry.municipality == home if entry.municipality and home else None
    numbers = [str(number) for number, _name in entry.categories]
    known = Known(entry.form, entry.sector, entry.state, entry.is_voluntary, local, numbers)
    return Seen(entry.state, entry.name, classes.classify(known))


def _write(session: Session, entries: dict[str, Entry], found: Unit | Voluntary, read: Read) -> bool:
    """Write a record into its entry; of an organisation that is gone what was known stays, but that it is gone."""
    entry = entries.get(found.number)
    if isinstance(found, Voluntary):
        if entry is not None:
            entry.categories = [list(one) for one in found.categories]
        return entry is not None
    if entry is not None and entry.read_at > read.at:
        return False
    if entry is None:
        entry = entries[found.number] = Entry(number=found.number, name=found.name, categories=[])
        session.add(entry)
    entry.state, entry.deleted_on, entry.read_at, entry.origin = found.state, found.deleted_on, read.at, read.origin
    entry.is_stale = read.origin is Origin.FILE
    if found.name:
        for name in ("name", "form", "municipality", "sector", "is_voluntary", "language", "parent", "purpose"):
            setattr(entry, name, getattr(found, name))
    return True


def _compare(session: Session, organisation: Organisation, entry: Entry, before: Seen | None, after: Seen, now: datetime) -> None:
    """Note what nobody had said, and let staff look at what the register says otherwise than before, or than what holds here."""
    today = to_wall(now, HOME_ZONE).date()
    is_gone = after.state is EntryState.DELETED
    organisation.dissolved_on = (organisation.dissolved_on or entry.deleted_on or today) if is_gone else None
    held = {one.name for one in held_on(standings_of(session, organisation.id), today)}
    was = _said(before) if before and before.state is not EntryState.UNKNOWN else {}
    gone = {name: "no" for name in was if name.startswith(STATUS) and after.state is not EntryState.UNKNOWN}
    changes: dict[str, list[str]] = {}
    alike = set()
    for name, value in {**gone, **_said(after)}.items():
        has = _here(organisation, name, held, before)
        if (
            value == ""
            or value.casefold() == has.casefold()
            or has == ApplicantClass.MUNICIPALITY
            or (not was and value == EntryState.ACTIVE)
        ):
            alike.add(name)
        elif not was and (has == "" or name.startswith(STATUS)):
            _apply(session, organisation, name, value, now)
        elif was.get(name) != value:
            changes[name] = [has, value]
    _review(session, organisation, changes, alike, now)


def _said(seen: Seen) -> dict[str, str]:
    """What an entry says, by name; of a number that no register knows no more than that."""
    if seen.state is EntryState.UNKNOWN:
        return {"state": str(seen.state)}
    found = seen.classified
    said = {"state": str(seen.state), "name": seen.name, "class": str(found.row.name)}
    said |= {"voluntary": _word(found.voluntary), "local": _word(found.local)}
    return said | {STATUS + name: "yes" for name in found.statuses}


def _here(organisation: Organisation, name: str, held: Iterable[str], before: Seen | None) -> str:
    match name:
        case "state":
            return str(before.state if before else EntryState.ACTIVE)
        case "name":
            return organisation.name
        case "class":
            return str(organisation.applicant_class)
        case "voluntary":
            return _word(organisation.in_voluntary_register)
        case "local":
            return _word(organisation.is_local)
        case _:
            return _word(name.removeprefix(STATUS) in held)


def _apply(session: Session, organisation: Organisation, name: str, value: str, now: datetime) -> None:
    match name:
        case "name":
            organisation.name = value
        case "class":
            organisation.applicant_class = ApplicantClass(value)
        case "voluntary":
            organisation.in_voluntary_register = value == "yes"
        case "local":
            organisation.is_local = value == "yes"
        case "state":
            pass  # it is the register's, and stands in the entry
        case _:
            _note(session, organisation, name.removeprefix(STATUS), value == "yes", to_wall(now, HOME_ZONE).date(), now)


def _note(session: Session, organisation: Organisation, name: str, holds: bool, today: date, now: datetime) -> None:
    """A status that follows from the register is noted like any other, and ended the day before it does not hold."""
    if holds:
        source = SOURCE.format(day=today)
        session.add(Standing(organisation_id=organisation.id, name=name, first_day=today, source=source, noted_at=now))
        return
    for one in standings_of(session, organisation.id):
        if one.name == name and one.ended_at is None:
            one.last_day, one.ended_at = today - A_DAY, now


def _review(session: Session, organisation: Organisation, changes: Mapping[str, list[str]], alike: Iterable[str], now: datetime) -> None:
    review = open_review(session, organisation.id)
    before: dict[str, list[str]] = review.changes if review else {}
    left = {name: change for name, change in before.items() if name not in alike}
    found = left | {name: [left.get(name, [has])[0], becomes] for name, (has, becomes) in changes.items()}
    wanted = {name: change for name, change in found.items() if change[0] != change[1]}
    if review is None and wanted:
        session.add(Review(organisation=organisation, changes=wanted, noticed_at=now))
    elif review is not None and wanted != before:
        review.changes, review.settled_at = wanted or before, None if wanted else now


def _by_role(session: Session, organisations: Collection[int]) -> Sequence[Delegation]:
    """Who acts for one of these by a role that they hold."""
    found = select(Delegation).where(Delegation.organisation_id.in_(organisations), Delegation.role_code != "")
    return session.scalars(found.where(Delegation.state == DelegationState.CONFIRMED)).all()


def _keep_roles(session: Session, roles: Roles, acting: Iterable[Delegation], *, by: Actor, now: datetime) -> None:
    """Write who holds roles, and end the acting of those who did so by a role that they hold no more."""
    session.execute(delete(RoleHolder).where(RoleHolder.number == roles.number))
    session.add_all(RoleHolder(number=roles.number, code=one.code, name=one.name, born=one.born) for one in roles.holders)
    session.flush()
    holders = holders_of(session, roles.number)
    for delegation in acting:
        session.refresh(delegation)
        if delegation.role_code and not any(is_held_by(one, delegation.person) for one in holders):
            conclude(session, delegation, why="role-ended", by=by, now=now)


def _word(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
