"""Ahead: what is booked and what waits in a place, as the package of bookings tells it to those who publish a policy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from policies.places import Place

BOOKINGS_AHEAD = "bookings_ahead"


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many dates ahead are booked in a place, and how many requests wait for an answer."""

    booked: int = 0
    waiting: int = 0


class CountAhead(Protocol):
    """Counts what lies ahead in a place."""

    def __call__(self, session: Session, place: Place, *, now: datetime) -> Ahead: ...


def nothing_ahead(session: Session, place: Place, *, now: datetime) -> Ahead:
    """Where nothing can be booked nothing lies ahead; the package of bookings puts its own query in this place."""
    return Ahead()
