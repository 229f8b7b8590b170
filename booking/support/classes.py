"""Price classes: those that the policies of rooms know in a period, with their names."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from policies.queries import in_force_for
from policies.verdict import Reason
from venues.models import Room


def price_classes(session: Session, rooms: Sequence[Room], first: date, last: date) -> dict[str, Reason]:
    """The names by code; a room's own policy names a class after the municipality's does."""
    names: dict[str, Reason] = {}
    for found in in_force_for(session, rooms, first, last).values():
        for version in (version for scope in found.scopes for version in reversed(scope)):
            names |= found.parsed.documents[version].price_classes
    return names
