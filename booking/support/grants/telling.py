"""Telling: what is decided about an organisation, to each who acts for it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.models import DelegationState
from accounts.queries import delegates
from database.outbox import post


def tell_delegates(session: Session, organisation_id: int, kind: str, facts: dict[str, Any], *, now: datetime) -> None:
    """A notice to each who acts for an organisation."""
    for delegation in delegates(session, organisation_id):
        if delegation.state is DelegationState.CONFIRMED:
            post(session, kind, person_id=delegation.person_id, now=now, facts=facts)
