"""Telling: what happened to a booking, to its holder; urgent where another took or changed a date that is near."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking
from database.outbox import UNDO_WITHIN, post
from kernel.wallclock import to_wall

DAY = timedelta(days=1)
LONGEST = timedelta(hours=4)


def tell(
    session: Session,
    booking: Booking,
    kind: str,
    *,
    lost: Iterable[datetime] = (),
    facts: dict[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Post a notice to the holder; ``lost`` are the starts, in UTC, of dates that are no longer as they were.

    Who has no address for mail is called when nothing can be undone any more.
    """
    is_own = by.person_id == booking.holder_id or not booking.kind.is_judged
    until = None if is_own else answer_by(lost, booking.room.venue.zone, now=now)
    if until and not booking.holder.email:
        until = now + UNDO_WITHIN
    post(session, kind, person_id=booking.holder_id, booking_id=booking.id, now=now, facts=facts, answer_by=until)


def answer_by(lost: Iterable[datetime], zone: str, *, now: datetime) -> datetime | None:
    """Until when the loss of these dates is to be acknowledged: half of the time that is left, at most four hours.

    None when none of them is today or tomorrow.
    """
    tomorrow = to_wall(now, zone).date() + DAY
    near = [start for start in lost if start > now and to_wall(start, zone).date() <= tomorrow]
    return now + min((min(near) - now) / 2, LONGEST) if near else None
