"""Since: what was done to a booking after somebody read it, from the audit log, told by role and without names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Delegation, DelegationState
from booking.models import Booking
from database.audit import Audit


@dataclass(frozen=True, slots=True)
class Done:
    """One act: its verb, when, by whose hand (``holder``, ``organisation``, ``office``, ``service``), and the starts of the dates
    that it was about by the wall clock in ISO form, as they are now."""

    verb: str
    at: datetime
    by: str
    dates: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"verb": self.verb, "at": self.at.isoformat(), "by": self.by, "dates": list(self.dates)}


def changes_since(session: Session, booking: Booking, version: int) -> Sequence[Done]:
    """The acts that made the later versions, the first first; two statements."""
    acts = select(Audit).where(Audit.subject == "booking", Audit.subject_id == booking.id).order_by(Audit.id)
    found = [act for act in session.scalars(acts) if act.facts.get("version", 0) > version]
    starts = {date.number: f"{date.local_start:%Y-%m-%dT%H:%M}" for date in booking.occurrences}
    roles = _roles(session, booking, {act.hand_id for act in found if act.hand_id is not None})
    return [Done(act.verb, act.at, roles.get(act.hand_id, "service"), _dates(act.facts, starts)) for act in found]


def _dates(facts: Mapping[str, Any], starts: Mapping[int, str]) -> tuple[str, ...]:
    dates = facts.get("dates")
    return tuple(starts[number] for number in dates if number in starts) if isinstance(dates, list) else ()


def _roles(session: Session, booking: Booking, hands: set[int]) -> dict[int | None, str]:
    """In what capacity each of them acts on the booking."""
    confirmed = (Delegation.organisation_id == booking.organisation_id, Delegation.state == DelegationState.CONFIRMED)
    theirs = set(session.scalars(select(Delegation.person_id).where(Delegation.person_id.in_(hands), *confirmed)))

    return {hand: "holder" if hand == booking.holder_id else "organisation" if hand in theirs else "office" for hand in hands}
