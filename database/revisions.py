"""Revisions: the one counter that all feeds have in common, for a change that may be told in any of them."""

from sqlalchemy import text
from sqlalchemy.orm import Session

EVERYWHERE = text("UPDATE municipality SET revision = revision + 1")


def raise_everywhere(session: Session) -> None:
    """Make every feed newer: an organisation's name stands in the feeds of all places where it has booked."""
    session.execute(EVERYWHERE)
