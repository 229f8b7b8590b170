"""Splitting: dates of a booking become a booking of their own, with their time, their history and what was judged of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.cases import booking_at, require_holder
from booking.conditions.models import Condition, Met
from booking.ending import keys_of
from booking.judging import keep_stored
from booking.lifecycle import Act as Doing
from booking.lifecycle import state_of
from booking.models import Booking, Occurrence
from booking.reasons import judged_last
from booking.references import new_reference
from booking.revisions import touch
from booking.scope import Scope, reached
from booking.states import BookingState
from booking.telling import tell
from database.audit import Act, record
from database.base import table_of
from database.locks import lock
from kernel.errors import Conflict, refuse
from policies.verdict import Whose

OWN = {"id", "reference", "split_from", "state", "version", "changed_at"}
CARRIED = [column.key for column in table_of(Booking).columns if column.key not in OWN]
MET = table_of(Met)


def split(session: Session, booking_id: int, number: int, *, version: int | None = None, by: Actor, now: datetime) -> Booking:
    """The date and those following it become a booking of their own, which is returned.

    Nothing is judged and no time is given up. Raises Conflict (``nothing-to-split`` where all dates follow, ``in-the-past``,
    ``wrong-state``), Stale, Missing, Forbidden.
    """
    booking = booking_at(session, booking_id, version, by=by)
    require_holder(booking, by)
    dates = reached(booking, number, Scope.FOLLOWING, Doing.MOVE, now=now)
    lock(session, *keys_of(session, booking))
    made = parted(session, booking, from_then_on(booking, dates), by=by, now=now)
    tell(session, made, "booking-split", facts={"from": booking.id}, by=by, now=now)
    session.flush()
    return made


def from_then_on(booking: Booking, dates: Sequence[Occurrence]) -> list[Occurrence]:
    """These and all that lie after the first of them, whatever became of those."""
    return [date for date in booking.occurrences if date.starts_at >= dates[0].starts_at]


def parted(session: Session, booking: Booking, dates: Collection[Occurrence], *, by: Actor, now: datetime) -> Booking:
    """A booking of its own of these dates of one whose keys are locked; claims follow their dates, which keep their numbers.

    What was judged last of them is kept with it, and what was done before they may enter, but for documents. Raises
    Conflict (``nothing-to-split``) where it would leave nothing.
    """
    moving = set(dates)
    if len(moving) == len(booking.occurrences):
        raise refuse(Conflict, "nothing-to-split", "booking", booking.reference)
    judged = judged_last(session, booking)[booking.id]
    made = Booking(
        **{name: getattr(booking, name) for name in CARRIED},
        reference=new_reference(),
        split_from=booking.id,
        state=state_of([date.state for date in moving], fallback=BookingState.CANCELLED),
        changed_at=now,
        version=1,
    )
    session.add(made)
    session.flush()
    for date in moving:
        date.first_reference = date.first_reference or booking.reference
        date.booking, date.changed_at = made, now
    booking.state = state_of([date.state for date in booking.occurrences], fallback=BookingState.CANCELLED)
    booking.version += 1
    booking.changed_at = now
    session.flush()
    session.refresh(booking, ["occurrences"])
    session.refresh(made, ["occurrences"])
    starts = sorted({date.local_start for date in moving})
    keep_stored(session, made.id, [judged[start] for start in starts if start in judged], act="split", now=now)
    _copy_met(session, booking, made)
    for each in (booking, made):
        each.follow_dates()
        touch(session, each)
    numbers = sorted(date.number for date in moving)
    record(
        session,
        Act("split", "booking", booking.id, {"to": made.id, "dates": numbers, "version": booking.version}, booking.holder_id),
        Act("split-from", "booking", made.id, {"from": booking.id, "dates": numbers, "version": made.version}, made.holder_id),
        by=by,
        now=now,
    )
    return made


def _copy_met(session: Session, booking: Booking, made: Booking) -> None:
    """What was done for this booking alone; a file belongs to one row and is handed in again."""
    asked = select(Condition.digest).where(Condition.whose == Whose.BOOKING)
    met = select(MET).where(MET.c.booking_id == booking.id, MET.c.condition_digest.in_(asked), MET.c.file == "")
    rows = session.execute(met.where(MET.c.withdrawn_at.is_(None), MET.c.forgotten_at.is_(None))).mappings()
    copies = [{**{name: row[name] for name in row if name != "id"}, "booking_id": made.id} for row in rows]
    if copies:
        session.execute(insert(MET), copies)
