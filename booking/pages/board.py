"""The officer's board: what waits by deadline, who competes, and the harmless requests that can be granted together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor
from booking.cases import may_decide
from booking.competing import meetings
from booking.models import Booking, Occurrence
from booking.pages.rows import Row, Wanted, rows
from booking.reasons import verdicts_of_all
from booking.states import BookingState, OccurrenceState
from booking.waiving import exceptions_of
from policies.verdict import Outcome, Verdict
from venues.models import Room

MOST = 100
IS_BROKEN = and_(Booking.broken_at.is_not(None), Booking.broken_at >= Booking.decide_by)
ORDER = (case((IS_BROKEN, 0), else_=1), Booking.paused_at.is_not(None), Booking.decide_by.is_(None), Booking.decide_by, Booking.created_at)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request on the board: how many others want its time, whether somebody has it, and whether it is late."""

    row: Row
    rivals: int
    is_taken: bool
    is_late: bool

    @property
    def booking(self) -> Booking:
        return self.row.booking


def waiting(session: Session, actor: Actor, *conditions: ColumnElement[bool], now: datetime) -> list[Waiting]:
    """What waits for a decision of somebody, with its dates; ten statements whatever waits.

    Broken promises come first, then the soonest deadline, and last what waits for its applicant.
    """
    asked = (Booking.state == BookingState.REQUESTED, _decides(actor), *conditions)
    found = rows(session, Wanted(asked, order=ORDER, limit=MOST), now=now)
    with_dates = select(Booking).where(Booking.id.in_([row.booking.id for row in found])).options(selectinload(Booking.occurrences))
    session.scalars(with_dates).all()
    met = meetings(session, [date for row in found for date in _asked(row.booking)], now=now)
    of = {date.id: row.booking.id for row in found for date in _asked(row.booking)}
    rivals = {(of[one.wanted], one.booking) for one in met if not one.holds}
    taken = {of[one.wanted] for one in met if one.holds}
    return [
        Waiting(
            row,
            rivals=sum(wanted == row.booking.id for wanted, _other in rivals),
            is_taken=row.booking.id in taken,
            is_late=row.booking.decide_by is not None and row.booking.decide_by < now and not row.booking.is_paused,
        )
        for row in found
    ]


def harmless(session: Session, listed: Sequence[Waiting], actor: Actor, *, now: datetime) -> list[Waiting]:
    """Requests that the policy only wants somebody to look at, in nobody's way and without exceptions; one statement."""
    alone = [one for one in listed if not one.rivals and not one.is_taken and may_decide(one.booking, actor)]
    verdicts = verdicts_of_all(session, [one.booking for one in alone])
    return [one for one in alone if _is_harmless(one.booking, verdicts[one.booking.id], now)]


def _is_harmless(booking: Booking, verdicts: dict[datetime, Verdict], now: datetime) -> bool:
    told = [verdicts.get(date.local_start) for date in _asked(booking)]
    are_plain = all(one and one.outcome is Outcome.REVIEW and not one.objections and not one.warnings for one in told)
    return (
        are_plain and not booking.is_paused and not exceptions_of(booking).asked and all(date.starts_at > now for date in _asked(booking))
    )


def _asked(booking: Booking) -> list[Occurrence]:
    return [date for date in booking.occurrences if date.state is OccurrenceState.REQUESTED]


def _decides(actor: Actor) -> ColumnElement[bool]:
    """Officers see all that waits, caretakers what the policy leaves to them in their venues."""
    if actor.is_officer:
        return Booking.id.is_not(None)
    theirs = select(Room.id).where(Room.venue_id.in_(sorted(actor.venues)))
    return and_(Booking.decider == "caretaker", Booking.room_id.in_(theirs))
