"""Questions about what was read of the register: an entry, its sub-units and roles, what waits for staff, what is to be read."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from accounts.models import Organisation, Person
from accounts.register.models import Entry, Following, Review, RoleHolder
from accounts.register.reading import BOARD, EntryState
from database.folding import lowered

MOST_FOUND, MOST_AT_ONCE = 20, 50
READ_AGAIN = timedelta(days=30)


def entry_of(session: Session, number: str | None) -> Entry | None:
    """What was read of a number."""
    return session.get(Entry, number) if number else None


def letters_in(session: Session, number: str | None, language: str) -> str:
    """The language of letters to an organisation whose writer's is this: of the two Norwegian ones the one that it has chosen."""
    entry = entry_of(session, number)
    return entry.language if entry and entry.language and language != "en" else language


def subunits_of(session: Session, number: str) -> Sequence[Entry]:
    """The sub-units that were read of an organisation, by name."""
    return session.scalars(select(Entry).where(Entry.parent == number).order_by(Entry.name, Entry.number).limit(100)).all()


def holders_of(session: Session, number: str | None) -> Sequence[RoleHolder]:
    """Who holds roles in an organisation, the leader of the board first."""
    found = session.scalars(select(RoleHolder).where(RoleHolder.number == number).order_by(RoleHolder.id)).all()
    return sorted(found, key=lambda one: BOARD.index(one.code))


def is_held_by(holder: RoleHolder, person: Person) -> bool:
    """Whether a person is who holds a role: the same first and last name and birth date; register names may have more between."""
    theirs, ours = holder.name.casefold().split(), person.name.casefold().split()
    return bool(theirs and ours) and (theirs[0], theirs[-1], holder.born) == (ours[0], ours[-1], person.born) and person.born is not None


def roles_by_person(holders: Iterable[RoleHolder], people: Iterable[Person]) -> dict[int, str]:
    """The first role of each person who holds one by the register, by the person's id."""
    found = [(person.id, holder.code) for holder in holders for person in people if is_held_by(holder, person)]
    return dict(reversed(found))


def named(session: Session, name: str) -> Sequence[Entry]:
    """Organisations that were read, by a part of the name, at most twenty; nothing that is dissolved."""
    alive = (Entry.state.not_in((EntryState.DELETED, EntryState.UNKNOWN)), Entry.parent.is_(None))
    found = select(Entry).where(lowered(Entry.name).contains(name.strip().lower(), autoescape=True), *alive)
    return session.scalars(found.order_by(Entry.name, Entry.number).limit(MOST_FOUND)).all()


def open_review(session: Session, organisation_id: int) -> Review | None:
    """What staff have to look at of an organisation."""
    return session.scalar(select(Review).where(Review.organisation_id == organisation_id, Review.settled_at.is_(None)))


def open_reviews(session: Session, *, by: Actor) -> Sequence[Review]:
    """All that staff have to look at, longest first."""
    by.require(by.is_officer, "officer")
    found = select(Review).where(Review.settled_at.is_(None)).options(joinedload(Review.organisation))
    return session.scalars(found.order_by(Review.id).limit(MOST_AT_ONCE)).all()


def numbers_here(session: Session) -> set[str]:
    """The numbers of the organisations that stand here."""
    return {number for number in session.scalars(select(Organisation.number)) if number}


def numbers_to_read(session: Session, now: datetime) -> Sequence[str]:
    """Whose entry is to be read: never read, changed since, from a file, or a month old; longest waiting first, fifty at most."""
    joined = select(Organisation.number).outerjoin(Entry, Entry.number == Organisation.number).where(Organisation.number.is_not(None))
    due = or_(Entry.number.is_(None), Entry.is_stale, Entry.read_at < now - READ_AGAIN)
    return [number for number in session.scalars(joined.where(due).order_by(Entry.read_at, Organisation.id).limit(MOST_AT_ONCE)) if number]


def following(session: Session) -> Following | None:
    """How far updates were followed."""
    return session.get(Following, 1)
