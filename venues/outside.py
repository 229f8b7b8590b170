"""Outside: bookings ahead that a room no longer offers, as the package of bookings tells them to the pages of venues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from accounts.identity import Actor
from venues.models import Room, Venue

BOOKINGS_OUTSIDE = "bookings_outside"
NARROW = "narrow"


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


class Change(Protocol):
    """A verb on the hours, the capacity or the use of a venue or a room, with all that was said of it."""

    def __call__(self, session: Session, *, by: Actor, now: datetime) -> Venue | Room: ...


class Narrow(Protocol):
    """Runs such a verb: once with nobody ``seen`` to hear whom it puts outside, then with the sign of them, and with a reason where
    they are to lose their time."""

    def __call__(
        self, session: Session, change: Change, venue: str, room: str, *, seen: str, reason: str | None, by: Actor, now: datetime
    ) -> Venue | Room: ...


def nothing_outside(session: Session, venue: Venue, room: Room | None, *, now: datetime) -> Sequence[Outside]:
    """Where nothing can be booked nothing lies outside; the package of bookings puts its own query in this place."""
    return ()


def narrow_without_bookings(
    session: Session, change: Change, venue: str, room: str, *, seen: str, reason: str | None, by: Actor, now: datetime
) -> Venue | Room:
    """How hours and rooms change where nothing can be booked; the package of bookings puts its own verb in this place."""
    return change(session, by=by, now=now)
