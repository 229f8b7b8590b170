"""What happens to a person: a link is asked for, an account opened, a password or profile changed, a caller entered."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.attempts import LINK, forgive, take
from accounts.identity import Actor
from accounts.inputs import CallerInput, LinkInput, ProfileInput
from accounts.models import Person, Proof, ProofLink
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Conflict, Gone, Invalid, Missing, refuse

LINK_LASTS = timedelta(hours=24)
KINDS = {Proof.OPEN_ACCOUNT: "account-link", Proof.RESET_PASSWORD: "password-link"}


def ask_for_link(session: Session, asked: LinkInput, *, language: str, network: str, by: Actor, now: datetime) -> ProofLink:
    """Send a link that opens an account or, for an address that has one, lets a new password be chosen.

    The same rows are written either way, so that neither the answer nor its time tells whether there is an account.
    Raises Throttled (``too-many-attempts``).
    """
    take(session, LINK, asked.email, network, now=now)
    person = by_email(session, asked.email)
    link = ProofLink(
        purpose=Proof.RESET_PASSWORD if person and person.password_hash else Proof.OPEN_ACCOUNT,
        email=asked.email,
        language=language,
        next_page=asked.next,
        created_at=now,
        expires_at=now + LINK_LASTS,
    )
    session.add(link)
    session.flush()
    post(session, KINDS[link.purpose], person_id=None, now=now, facts={"proof_link": link.id})
    record(session, Act("ask_for_link", "proof_link", link.id, {}), by=by, now=now)
    return link


def open_account(session: Session, link_id: int, profile: ProfileInput, *, password_hash: str, by: Actor, now: datetime) -> Person:
    """Open the account that a link proves the address of; a caller whom staff entered before becomes its holder.

    Raises Gone (``link-used``, ``link-expired``) and Conflict (``account-exists``).
    """
    link = usable(session, link_id, Proof.OPEN_ACCOUNT, Proof.RESET_PASSWORD, now=now)
    person = settle(session, link.email, profile, password_hash=password_hash, now=now)
    _use_up(session, link.email, now)
    record(session, Act("open_account", "person", person.id, {"proof_link": link.id}, holder_id=person.id), by=by, now=now)
    return person


def settle(session: Session, email: str, profile: ProfileInput, *, password_hash: str, now: datetime) -> Person:
    """The person of a proved address, with profile and password; raises Conflict (``account-exists``)."""
    person = by_email(session, email)
    if person is not None and person.password_hash is not None:
        raise refuse(Conflict, "account-exists")
    if person is None:
        person = Person(email=email, created_at=now, session_epoch=0, revision=0)
        session.add(person)
    _describe(person, profile, now)
    person.password_hash = password_hash
    person.proved_at = now
    person.revision += 1
    session.flush()
    return person


def reset_password(session: Session, link_id: int, *, password_hash: str, by: Actor, now: datetime) -> Person:
    """Choose a new password by a link; every session begun with the old one ends.

    Raises Gone (``link-used``, ``link-expired``) and Missing (``no-account-yet``).
    """
    link = usable(session, link_id, Proof.OPEN_ACCOUNT, Proof.RESET_PASSWORD, now=now)
    person = by_email(session, link.email)
    if person is None or person.password_hash is None:
        raise refuse(Missing, "no-account-yet")
    _use_up(session, link.email, now)
    person.proved_at = now
    replace_password(session, person, password_hash, now=now)
    record(session, Act("reset_password", "person", person.id, {"proof_link": link.id}, holder_id=person.id), by=by, now=now)
    return person


def change_password(session: Session, *, password_hash: str, by: Actor, now: datetime) -> Person:
    """Choose a new password while signed in; every other session ends."""
    person = _locked(session, by.require_known())
    _use_up(session, person.email or "", now)
    replace_password(session, person, password_hash, now=now)
    record(session, Act("change_password", "person", person.id, {}), by=by, now=now)
    return person


def renew_hash(session: Session, person_id: int, *, password_hash: str, by: Actor, now: datetime) -> None:
    """Keep the same password under today's stronger settings; nothing ends by it."""
    session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))


def note_sign_in(session: Session, person_id: int, email: str, network: str, *, by: Actor, now: datetime) -> None:
    """Remember that somebody signed in, and forget the attempts that it took."""
    forgive(session, email, network, by=by, now=now)
    session.execute(update(Person).where(Person.id == person_id).values(seen_at=now, warned_at=None))


def change_profile(session: Session, profile: ProfileInput, *, by: Actor, now: datetime) -> Person:
    """Change one's own name, telephone, birth date or language."""
    person = _locked(session, by.require_known())
    _describe(person, profile, now)
    person.revision += 1
    record(session, Act("change_profile", "person", person.id, {}), by=by, now=now)
    session.flush()
    return person


def enter_caller(session: Session, caller: CallerInput, *, by: Actor, now: datetime) -> Person:
    """Enter somebody who calls, without password; raises Conflict (``person-exists``) naming who has the address."""
    by.require(by.is_officer, "officer")
    known = by_email(session, caller.email) if caller.email else None
    if known is not None:
        raise refuse(Conflict, "person-exists", "email", caller.email, person=known.id, name=known.name)
    person = Person(**caller.model_dump(), created_at=now, session_epoch=0, revision=0)
    session.add(person)
    session.flush()
    record(session, Act("enter_caller", "person", person.id, {}, holder_id=person.id), by=by, now=now)
    return person


def by_email(session: Session, email: str) -> Person | None:
    """The person of an address as it was normalised on entry."""
    return session.scalar(select(Person).where(Person.email == email))


def _describe(person: Person, profile: ProfileInput, now: datetime) -> None:
    if profile.born and profile.born > now.date():
        raise refuse(Invalid, "not-in-the-past", "born", profile.born)
    person.name, person.phone, person.language = profile.name, profile.phone, profile.language
    person.born = profile.born or person.born
    person.without_calendar = profile.without_calendar


def usable(session: Session, link_id: int, *purposes: Proof, now: datetime) -> ProofLink:
    """The link, locked, for one of its purposes; raises Missing (``no-such-link``) and what ``require_open`` does."""
    # Two presses on one link: the row lock lets the second see that it was used.
    link = session.get(ProofLink, link_id, with_for_update=True)
    if link is None or link.purpose not in purposes:
        raise refuse(Missing, "no-such-link")
    require_open(link, now)
    return link


def is_open(link: ProofLink, now: datetime) -> bool:
    """Whether a link works still."""
    return link.used_at is None and now < link.expires_at


def require_open(link: ProofLink, now: datetime) -> None:
    """Raises Gone (``link-used``, ``link-expired``) for a link that does not work any more."""
    if link.used_at is not None:
        raise refuse(Gone, "link-used")
    if link.expires_at <= now:
        raise refuse(Gone, "link-expired", hours=int((link.expires_at - link.created_at).total_seconds() // 3600))


def _use_up(session: Session, email: str, now: datetime) -> None:
    """One link used, or a password changed, makes every other link of the address useless."""
    session.execute(update(ProofLink).where(ProofLink.email == email, ProofLink.used_at.is_(None)).values(used_at=now))


def replace_password(session: Session, person: Person, password_hash: str, *, now: datetime) -> None:
    """Write the new password, end every session and tell the person."""
    person.password_hash = password_hash
    person.session_epoch += 1
    person.revision += 1
    session.flush()
    post(session, "password-changed", person_id=person.id, now=now)


def _locked(session: Session, person_id: int) -> Person:
    lock(session, Key(Subject.PERSON, person_id))
    person = session.get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    return person
