"""Crowding: an applicant stands in line for one time with a few wishes, such as those of its teams, and fills no line."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.applicants import Applicant
from booking.models import Booking, Occurrence
from booking.outcome import Dated
from booking.states import OccurrenceState
from kernel.errors import Conflict, Fault
from kernel.interval import Interval

MOST_IN_LINE = 3


def require_few_in_line(session: Session, applicant: Applicant, dates: Sequence[Dated]) -> None:
    """Raises Conflict (``too-often-in-line``) for dates that would wait where three of the same applicant do, whose keys are locked.

    One statement, none where nothing would wait.
    """
    waiting = [(date, date.judged.wall.interval()) for date in dates if date.state is OccurrenceState.WAITING]
    if not waiting:
        return
    times, club = [time for _date, time in waiting], applicant.organisation
    alone = (Booking.holder_id == applicant.holder.id) & Booking.organisation_id.is_(None)
    query = (
        select(Booking.reference, Occurrence.room_id, Occurrence.starts_at, Occurrence.ends_at)
        .join(Occurrence, Occurrence.booking_id == Booking.id)
        .where(Booking.organisation_id == club.id if club else alone, Occurrence.state == OccurrenceState.WAITING)
        .where(Occurrence.starts_at < max(time.end for time in times), Occurrence.ends_at > min(time.start for time in times))
        .order_by(Booking.id)
    )
    rows, faults = session.execute(query).all(), []
    for date, time in waiting:
        there = [row for row in rows if row.room_id == date.case.room.id and Interval(row.starts_at, row.ends_at).overlaps(time)]
        if len(there) >= MOST_IN_LINE:
            facts = {"most": MOST_IN_LINE, "reference": there[0].reference}
            faults.append(Fault("too-often-in-line", "start", f"{date.judged.wall.start:%Y-%m-%dT%H:%M}", facts))
    if faults:
        raise Conflict(*faults)
