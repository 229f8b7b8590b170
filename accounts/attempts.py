"""Attempts at signing in or asking for a link: counted in the database, so that the limits hold across processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from zlib import crc32

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.models import Attempt
from database.locks import Key, Subject, lock
from kernel.errors import Fault, Throttled

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts of a kind are let through within a time, for one address and from one network."""

    kind: str
    within: timedelta
    per_address: int
    per_network: int


SIGN_IN = Limit("sign-in", timedelta(minutes=15), per_address=8, per_network=60)
LINK = Limit("link", timedelta(hours=1), per_address=4, per_network=40)


def take(session: Session, limit: Limit, email: str, network: str, *, now: datetime) -> None:
    """Count one attempt; raises Throttled (``too-many-attempts``) with the seconds until the next is let through."""
    allowed = {address_subject(limit, email): limit.per_address, network_subject(limit, network): limit.per_network}
    lock(session, *(Key(Subject.ATTEMPT, crc32(subject.encode()) & 0x7FFFFFFF) for subject in allowed))
    wait = max(_seconds_to_wait(session, subject, limit.within, most, now) for subject, most in allowed.items())
    if wait:
        raise Throttled(Fault("too-many-attempts", facts={"minutes": timedelta(seconds=wait + 59)}), after=wait)
    session.add_all(Attempt(subject=subject, at=now) for subject in allowed)


def count_sign_in(session: Session, email: str, network: str, *, by: object, now: datetime) -> None:
    """Count an attempt at signing in, before the password is looked at; raises Throttled."""
    take(session, SIGN_IN, email, network, now=now)


def forgive(session: Session, email: str, network: str, *, by: object, now: datetime) -> None:
    """Forget the attempts of an address that signed in at last, and the last one of its network."""
    session.execute(delete(Attempt).where(Attempt.subject == address_subject(SIGN_IN, email)))
    latest = select(func.max(Attempt.id)).where(Attempt.subject == network_subject(SIGN_IN, network)).scalar_subquery()
    session.execute(delete(Attempt).where(Attempt.id == latest))


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete what no limit looks at any more; returns how many rows."""
    gone = session.execute(delete(Attempt).where(Attempt.at < now - KEPT))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


def address_subject(limit: Limit, email: str) -> str:
    """The address as it is counted: hashed, because people mistype, and type others' addresses."""
    return f"{limit.kind}:{sha256(email.encode()).hexdigest()}"


def network_subject(limit: Limit, remote: str) -> str:
    """The network as it is counted: an IPv4 address, or the /64 that a household has in IPv6."""
    try:
        address = ip_address(remote)
    except ValueError:
        return f"{limit.kind}:unknown"
    return f"{limit.kind}:{ip_network((address, 32 if address.version == 4 else 64), strict=False)}"


def _seconds_to_wait(session: Session, subject: str, within: timedelta, most: int, now: datetime) -> int:
    """The attempt that must fall out of the window first is the most-th latest."""
    latest = select(Attempt.at).where(Attempt.subject == subject, Attempt.at > now - within).order_by(Attempt.at.desc())
    oldest = session.scalar(latest.offset(most - 1).limit(1))
    return 0 if oldest is None else max(1, int((oldest + within - now).total_seconds()))
