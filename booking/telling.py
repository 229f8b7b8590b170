"""Telling: what happened to a booking, to whom it belongs; urgent where another took or changed a date that is near."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Delegation, DelegationState, Person
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
    """Post a notice to the readers; ``lost`` are the starts, in UTC, of dates that are no longer as they were.

    It is urgent to the first of them alone, so that one person is called. Who has no address for mail is called when nothing can be
    undone any more.
    """
    near = answer_by(lost, booking.room.venue.zone, now=now) if booking.kind.is_judged else None
    for number, reader in enumerate(readers(session, booking, by=by)):
        until = near if number == 0 and reader != by.person_id else None
        if until and not session.get_one(Person, reader).email:
            until = now + UNDO_WITHIN
        post(session, kind, person_id=reader, booking_id=booking.id, now=now, facts=facts, answer_by=until)


def readers(session: Session, booking: Booking, *, by: Actor) -> list[int]:
    """Whom a booking is told about, by id: its holder, and of what an organisation has stood by also those who act for it, its leaders
    first, where the holder does not and it was none of them who did it. A holder who acts for it no more is told nothing.

    One statement, none where the holder acts for it and did it.
    """
    organisation = booking.stood_by
    if organisation is None or (by.person_id == booking.holder_id and by.acts_for(organisation)):
        return [booking.holder_id]
    rights = select(Delegation.person_id, Delegation.state).where(Delegation.organisation_id == organisation)
    states = {row.person_id: row.state for row in session.execute(rights.order_by(Delegation.is_leader.desc(), Delegation.id))}
    acting = [person for person, state in states.items() if state is DelegationState.CONFIRMED]
    match states.get(booking.holder_id):
        case DelegationState.CONFIRMED:
            return [booking.holder_id]
        case DelegationState.ENDED:
            return acting
        case _:
            return [booking.holder_id, *(() if by.acts_for(organisation) else acting)]


def answer_by(lost: Iterable[datetime], zone: str, *, now: datetime) -> datetime | None:
    """Until when the loss of these dates is to be acknowledged: half of the time that is left, at most four hours.

    None when none of them is today or tomorrow.
    """
    tomorrow = to_wall(now, zone).date() + DAY
    near = [start for start in lost if start > now and to_wall(start, zone).date() <= tomorrow]
    return now + min((min(near) - now) / 2, LONGEST) if near else None
