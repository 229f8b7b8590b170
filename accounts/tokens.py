"""What happens to tokens for the API: made, used, revoked; only their SHA-256 is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import ApiToken, Person
from database.audit import Act, record
from kernel.errors import Forbidden, Missing, refuse

PREFIX = "arena_"  # so that a token which leaks into a public place can be recognised
USE_IS_NOTED_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is shown, once."""

    id: int
    text: str


def make_token(session: Session, person_id: int, name: str, *, by: Actor, now: datetime) -> NewToken:
    """Make a token that acts as the person: for oneself, or from the command line."""
    if by.via != "command" and by.require_known() != person_id:
        raise refuse(Forbidden, "own-account-only")
    if session.get(Person, person_id) is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(person_id=person_id, name=name, token_hash=digest(text), created_at=now)
    session.add(token)
    session.flush()
    record(session, Act("make_token", "api_token", token.id, {"person": person_id}, holder_id=person_id), by=by, now=now)
    return NewToken(token.id, text)


def revoke_token(session: Session, token_id: int, *, by: Actor, now: datetime) -> ApiToken:
    """Make a token useless: one's own, or any by an administrator; others' tokens are not to be seen (Missing)."""
    by.require(by.is_known, "")
    token = session.get(ApiToken, token_id)
    if token is None or not (token.person_id == by.person_id or by.is_administrator):
        raise refuse(Missing, "no-such-token", "token", token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        record(session, Act("revoke_token", "api_token", token.id, {"person": token.person_id}, holder_id=token.person_id), by=by, now=now)
        session.flush()
    return token


def note_use(session: Session, token_id: int, *, now: datetime) -> None:
    """Remember that the token was used, at most every quarter of an hour."""
    stale = or_(ApiToken.used_at.is_(None), ApiToken.used_at <= now - USE_IS_NOTED_EVERY)
    session.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(used_at=now))


def is_use_due(used_at: datetime | None, now: datetime) -> bool:
    """Whether a use at this moment is to be noted."""
    return used_at is None or used_at <= now - USE_IS_NOTED_EVERY


def digest(text: str) -> str:
    """What is kept of a token; it is random enough that a slow hash would add nothing."""
    return sha256(text.encode()).hexdigest()
