"""Upkeep: what nothing looks at any more is forgotten, attempts and old links with the addresses in them."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.attempts import forget_old
from accounts.identity import Actor
from accounts.models import ProofLink, RoleGrant

LINKS_ARE_KEPT = timedelta(days=7)


def forget_expired(session: Session, *, by: Actor, now: datetime) -> int:
    """Delete attempts that no limit counts, links that ended a week ago, roles of deputies that are over; returns how many rows."""
    by.require(by.is_administrator, "administrator")
    links = session.execute(delete(ProofLink).where(ProofLink.expires_at < now - LINKS_ARE_KEPT))
    deputies = session.execute(delete(RoleGrant).where(RoleGrant.ends_at <= now))
    return forget_old(session, now=now) + links.rowcount + deputies.rowcount  # type: ignore[attr-defined, no-any-return]
