"""Upkeep: what open complaints are about is left alone by what forgets by itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.complaints.queries import held
from booking.conditions.upkeep import forget_past


def forget_unless_held(session: Session, *, by: Actor, now: datetime) -> list[str]:
    """``forget_past``, but for what an open complaint holds; the names of files to be deleted."""
    return forget_past(session, held=held(session).bookings, by=by, now=now)
