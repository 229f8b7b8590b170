"""Outside: bookings ahead that a room no longer offers, as the package of bookings tells them to the pages of venues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from venues.models import Room, Venue

BOOKINGS_OUTSIDE = "bookings_outside"
ASK_AGAIN = "ask_again"


class Why(StrEnum):
    """What stands in the way: the room is not open then, more people are coming than it takes, it is out of use."""

    CLOSED = "closed"
    CROWDED = "crowded"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, order=True)
class Outside:
    """One date of a booking or request ahead, in UTC, and why its room no longer offers it."""

    starts_at: datetime
    ends_at: datetime
    reference: str
    number: int
    room: str
    why: Why


class FindOutside(Protocol):
    """Finds the dates ahead in a venue, or in one room of it, that lie outside of what the rooms offer now, in order."""

    def __call__(self, session: Session, venue: Venue, room: Room | None, *, now: datetime) -> Sequence[Outside]: ...


class AskAgain(Protocol):
    """Lets those who stand in line in a venue or a room be asked again, in the transaction that changed its hours or its use."""

    def __call__(self, session: Session, changed: Venue | Room, *, now: datetime) -> None: ...


def nothing_outside(session: Session, venue: Venue, room: Room | None, *, now: datetime) -> Sequence[Outside]:
    """Where nothing can be booked nothing lies outside; the package of bookings puts its own query in this place."""
    return ()
