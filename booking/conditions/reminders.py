"""Reminders: whoever has a date in the coming days is told once, in the morning, what is missing before they are let in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.conditions.queries import Visit, entries, visits
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from booking.telling import readers
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.wallclock import local_day, to_wall
from policies.entry import Entry
from policies.verdict import By, Condition
from venues.queries import municipality

DAYS_BEFORE = 3
MORNING = 8
# What was booked or moved so lately was told in the mail about that.
JUST_TOLD = timedelta(days=1)


def to_remind(session: Session, now: datetime) -> Sequence[int]:
    """The holders, by id, with dates within three days that ask anything and were not looked at; nobody before the morning."""
    zone = municipality(session).zone
    if to_wall(now, zone).hour < MORNING:
        return ()
    asked = select(Booking.holder_id).join(Booking.occurrences).where(Occurrence.conditions.is_not(None), *_unseen(zone, now))
    return session.scalars(asked.distinct().order_by(Booking.holder_id)).all()


def remind(session: Session, holder: int, *, by: Actor, now: datetime) -> None:
    """Put a notice into the outbox for each reader of a holder's dates within three days that lack something.

    Each date is looked at once. What staff have to do is not the holder's to be told.
    """
    by.require(by.is_administrator, "administrator")
    # Of two workers the second finds them seen.
    lock(session, Key(Subject.PERSON, holder))
    zone = municipality(session).zone
    asking = visits(session, Booking.holder_id == holder, *_unseen(zone, now))
    lacking = lacking_of(asking, entries(session, asking, today=to_wall(now, zone).date()))
    session.execute(update(Occurrence).where(Occurrence.id.in_([visit.id for visit in asking])).values(reminded_at=now))
    wanting = [visit for visit in asking if visit.id in lacking]
    among = {visit.use.organisation: int(visit.use.booking or 0) for visit in wanting}
    whom = {whose: readers(session, session.get_one(Booking, one), by=by) for whose, one in among.items()}
    for reader in sorted({reader for told in whom.values() for reader in told}):
        dates = sorted(visit.id for visit in wanting if reader in whom[visit.use.organisation])
        post(session, "conditions-missing", person_id=reader, now=now, facts={"dates": dates})


def _unseen(zone: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    until = local_day(to_wall(now, zone).date(), zone, days=DAYS_BEFORE + 1).end
    ahead = (Occurrence.state == OccurrenceState.BOOKED, Occurrence.starts_at > now, Occurrence.starts_at < until)
    return (*ahead, Occurrence.reminded_at.is_(None), Occurrence.changed_at < now - JUST_TOLD)


def lacking_of(asking: Sequence[Visit], found: dict[int, Entry]) -> dict[int, list[Condition]]:
    """By date what the holder's side has not done; dates that lack nothing are left out."""
    lacking = {visit.id: [one for one in found[visit.id].missing if one.by is By.HOLDER] for visit in asking}
    return {number: conditions for number, conditions in lacking.items() if conditions}
