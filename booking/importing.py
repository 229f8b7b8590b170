"""Importing: a season plan booked row by row through the gate that every wish goes through, or rehearsed with nothing left behind."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Organisation
from booking.conflicts import Collision
from booking.lifecycle import LIVE
from booking.meant import Meant
from booking.models import Booking, Occurrence
from booking.outcome import Dated, Declined, Taken, barred, collision_fault, shortage_faults
from booking.reservations import Weighed, settle, weigh
from booking.states import BookingState
from database.audit import Act, record
from database.transact import Database
from kernel.errors import Fault, Refusal
from kernel.wallclock import nearest_interval

# What tells of bookings and is not read to make one; it grows the most.
ONLY_ADDED_TO = ("audit", "judgement", "notice")
Told = Callable[[int, int], None]


class Fate(StrEnum):
    """What became of a row: BOOKED or WAITS for a decision, ALREADY there, TAKEN by others, REFUSED by rules or for what it asks, or
    PASSED, where no date is ahead."""

    BOOKED = "booked"
    WAITS = "waits"
    ALREADY = "already"
    TAKEN = "taken"
    REFUSED = "refused"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a row: the booking with its number of ``dates`` and who decides on it, or what stands in the way."""

    meant: Meant
    fate: Fate
    reference: str = ""
    dates: int = 0
    decider: str = ""
    left_out: tuple[Fault, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all of the row that is ahead is booked."""
        return self.fate in (Fate.BOOKED, Fate.ALREADY, Fate.PASSED) and not self.left_out


def import_plan(
    database: Database, rows: Sequence[Meant], *, digest: str, dry_run: bool = False, by: Actor, now: datetime, told: Told
) -> Iterator[Answered]:
    """Each row in a transaction of its own, so that others come in between and what is broken off leaves whole rows.

    A dry run books them all in a copy of what there is, so that rows meet each other and nobody waits.
    """
    if not dry_run:
        yield from _each(database.transact, rows, digest=digest, by=by, now=now, told=told)
        return
    with database.rehearsing(without=ONLY_ADDED_TO) as rehearsal:
        answers = list(_each(rehearsal.transact, rows, digest=digest, by=by, now=now, told=told))
    yield from answers


def _each(
    transact: Callable[..., Answered], rows: Sequence[Meant], *, digest: str, by: Actor, now: datetime, told: Told
) -> Iterator[Answered]:
    for number, row in enumerate(rows, start=1):
        try:
            answer = transact(import_row, row, digest=digest, by=by, now=now)
        except Refusal as refusal:
            answer = Answered(row, Fate.REFUSED, left_out=refusal.faults)
        told(number, len(rows))
        yield answer


def import_row(session: Session, row: Meant, *, digest: str, by: Actor, now: datetime) -> Answered:
    """Book a row unless it is there already; ``digest`` names its file in the audit log. Raises what ``weigh`` raises."""
    by.require(by.is_officer, "officer")
    if row.wish is None:
        return Answered(row, Fate.PASSED)
    weighed = weigh(session, row.wish, by=by, now=now)
    there = _there(session, row, weighed, now)
    if there:
        return there
    left_out = _left_out(session, weighed)
    try:
        booking = settle(session, row.wish, weighed, by=by, now=now)
    except (Declined, Taken) as refusal:
        return Answered(row, Fate.TAKEN if isinstance(refusal, Taken) else Fate.REFUSED, left_out=left_out)
    record(session, Act("import", "booking", booking.id, {"plan": digest, "row": row.row.number}, booking.holder_id), by=by, now=now)
    fate = Fate.BOOKED if booking.state is BookingState.BOOKED else Fate.WAITS
    return Answered(row, fate, booking.reference, sum(date.is_kept for date in weighed.dates), booking.decider, left_out)


def _there(session: Session, row: Meant, weighed: Weighed, now: datetime) -> Answered | None:
    """A live booking of the same club and team in the room that has the row's dates ahead and no others.

    Dates that were left out or cancelled since are among its dates still; one that was moved is another.
    """
    wanted = {(date.judged.wall.start, date.judged.wall.end) for date in weighed.dates}
    starts_at = nearest_interval(weighed.dates[0].judged.wall).start
    same = select(Occurrence.booking_id).where(Occurrence.room_id == weighed.case.room.id, Occurrence.starts_at == starts_at)
    theirs = (Booking.organisation_id == row.club.id, Booking.team == weighed.case.team, Booking.state.in_(sorted(LIVE)))
    dates = select(Booking.reference, Occurrence.local_start, Occurrence.local_end, Occurrence.state).join(Occurrence)
    found: dict[str, dict[Any, bool]] = {}
    for reference, start, end, state in session.execute(dates.where(*theirs, Booking.id.in_(same), Occurrence.starts_at > now)):
        found.setdefault(reference, {})[start, end] = state in LIVE
    there = next((reference for reference in sorted(found) if found[reference].keys() == wanted), None)
    return Answered(row, Fate.ALREADY, there, sum(found[there].values())) if there else None


def _left_out(session: Session, weighed: Weighed) -> tuple[Fault, ...]:
    """Everything that is in the way of dates, bookings by their reference and whose they are: staff read it."""
    dates = [date for date in weighed.dates if not date.is_kept]
    booked = _booked(session, {collision.occurrence_id for date in dates for collision in date.collisions if collision.occurrence_id})
    return tuple(
        fault
        for date in dates
        for fault in (*barred(date), *(_taken(date, one, booked) for one in date.collisions), *shortage_faults(date))
    )


def _taken(date: Dated, collision: Collision, booked: Mapping[int, tuple[str, str]]) -> Fault:
    fault = collision_fault(date, collision)
    if collision.occurrence_id is None:
        return fault
    reference, by = booked[collision.occurrence_id]
    times = f"{str(fault.facts['from'])[-5:]}–{str(fault.facts['to'])[-5:]}"
    return Fault("taken-by", fault.field, fault.value, {**fault.facts, "times": times, "reference": reference, "by": by})


def _booked(session: Session, occurrences: Collection[int]) -> dict[int, tuple[str, str]]:
    """Bookings by their occurrences: the reference, and with whose it is; a private person is not named."""
    if not occurrences:
        return {}
    found = select(Occurrence.id, Booking.reference, Organisation.name).join(Booking, Occurrence.booking_id == Booking.id)
    rows = session.execute(found.outerjoin(Organisation, Booking.organisation_id == Organisation.id).where(Occurrence.id.in_(occurrences)))
    return {row.id: (row.reference, ", ".join(filter(None, (row.reference, row.name)))) for row in rows}
