"""What happens to the address that one signs in with: a change is asked for, proved by a link to the new one, and can be taken back."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from accounts.attempts import LINK, take
from accounts.identity import Actor
from accounts.models import Person, Proof, ProofLink
from accounts.people import LINK_LASTS, by_email, replace_password, usable
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Conflict, Forbidden, Missing, refuse

MAY_BE_RESTORED = timedelta(days=7)
KINDS = {Proof.CHANGE_EMAIL: "email-link", Proof.RESTORE_EMAIL: "email-changed"}


def ask_to_change_email(session: Session, email: str, *, language: str, network: str, by: Actor, now: datetime) -> ProofLink:
    """Send a link to the new address; nothing changes before it is used, and nothing tells whether somebody has the address.

    The edge has asked for the password. Raises Throttled (``too-many-attempts``).
    """
    person_id = by.require_known()
    take(session, LINK, email, network, now=now)
    link = _send(session, Proof.CHANGE_EMAIL, email, person_id, language=language, lasts=LINK_LASTS, now=now)
    record(session, Act("ask_to_change_email", "proof_link", link.id, {}), by=by, now=now)
    return link


def change_email(session: Session, link_id: int, *, by: Actor, now: datetime) -> Person:
    """Give one's account the address that the link proves; other sessions end, and the old address may take it back for a week.

    Raises Gone (``link-used``, ``link-expired``), Forbidden (``own-account-only``) and Conflict (``account-exists``).
    """
    link = usable(session, link_id, Proof.CHANGE_EMAIL, now=now)
    if by.require_known() != link.person_id:
        raise refuse(Forbidden, "own-account-only")
    person, left = _moved(session, link, now)
    # An earlier address keeps its week, so that a thief who moves the account twice takes nothing from it.
    _use_up(session, or_(ProofLink.email == left, _of(person) & (ProofLink.purpose == Proof.CHANGE_EMAIL)), now)
    person.session_epoch += 1
    session.flush()
    if left and left != person.email:
        _send(session, Proof.RESTORE_EMAIL, left, person.id, language=person.language, lasts=MAY_BE_RESTORED, now=now)
    record(session, Act("change_email", "person", person.id, {"proof_link": link.id}), by=by, now=now)
    return person


def restore_email(session: Session, link_id: int, *, password_hash: str, by: Actor, now: datetime) -> Person:
    """Take the account back to an address it was moved from, with a new password, because another may know the old one.

    Whoever reads mail there may do it without being signed in. Raises Gone and Conflict as ``change_email`` does.
    """
    link = usable(session, link_id, Proof.RESTORE_EMAIL, now=now)
    person, left = _moved(session, link, now)
    _use_up(session, or_(ProofLink.email == left, _of(person)), now)
    replace_password(session, person, password_hash, now=now)
    record(session, Act("restore_email", "person", person.id, {"proof_link": link.id}, holder_id=person.id), by=by, now=now)
    return person


def _moved(session: Session, link: ProofLink, now: datetime) -> tuple[Person, str]:
    """The person at the address of the link, and the address that was left."""
    lock(session, Key(Subject.PERSON, link.person_id or 0))
    person, holder = session.get(Person, link.person_id, populate_existing=True), by_email(session, link.email)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", link.person_id)
    if holder is not None and holder.id != person.id:
        raise refuse(Conflict, "account-exists")
    left = person.email or ""
    person.email, person.proved_at = link.email, now
    person.revision += 1
    session.flush()
    return person, left


def _send(session: Session, purpose: Proof, email: str, person_id: int, *, language: str, lasts: timedelta, now: datetime) -> ProofLink:
    link = ProofLink(purpose=purpose, email=email, person_id=person_id, language=language, created_at=now, expires_at=now + lasts)
    session.add(link)
    session.flush()
    post(session, KINDS[purpose], person_id=None, now=now, facts={"proof_link": link.id})
    return link


def _of(person: Person) -> ColumnElement[bool]:
    return ProofLink.person_id == person.id


def _use_up(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(update(ProofLink).where(which, ProofLink.used_at.is_(None)).values(used_at=now))
