"""Tasks: whom an officer has to call because a notice did not reach them, and what was said of a use that staff have to look at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from accounts.models import Person
from booking.models import Booking, Occurrence, Task, Usage
from booking.states import TaskReason
from database.audit import Act, Hand, record
from database.outbox import Notice
from kernel.errors import Conflict, Missing, refuse
from venues.models import Room

MOST = 100


@dataclass(frozen=True, slots=True)
class Call:
    """A task that is open, with the person as they are known now and the reference of the booking it is about."""

    task: Task
    person: Person | None
    reference: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A task that is open about a calendar of others, with a booking of it that did not get all of its time."""

    task: Task
    booking: Booking


@dataclass(frozen=True, slots=True)
class Report:
    """A task that is open about what was said of a use, and by whom."""

    task: Task
    usage: Usage
    by_name: str | None


def call_for(session: Session, reason: TaskReason, notice: Notice, *, now: datetime) -> None:
    """Let an officer call whom a notice did not reach, whose row is locked; one that failed again is to be called for again."""
    task = session.scalar(select(Task).where(Task.notice_id == notice.id))
    if task is None:
        task = Task(notice_id=notice.id, kind=notice.kind, person_id=notice.person_id, booking_id=notice.booking_id)
        session.add(task)
    task.reason, task.created_at, task.done_at, task.done_by = reason, now, None, None
    session.flush()


def look_at(session: Session, reason: TaskReason, usage: Usage, booking: Booking, *, now: datetime) -> None:
    """Let staff look at what was said of a use."""
    about = {"usage_id": usage.id, "person_id": booking.holder_id, "booking_id": booking.id}
    session.add(Task(reason=reason, kind=str(usage.kind), created_at=now, **about))
    session.flush()


def meets(session: Session, source_id: int, booking_id: int, *, is_new: bool, now: datetime) -> None:
    """Let officers look at what a calendar of others wants that bookings have; once they did, again when there is more of it."""
    task = session.scalar(select(Task).where(Task.source_id == source_id))
    if task is None:
        task = Task(source_id=source_id, kind=str(TaskReason.MEETS), reason=TaskReason.MEETS, created_at=now)
        session.add(task)
    elif task.done_at and is_new:
        task.created_at, task.done_at, task.done_by = now, None, None
    task.booking_id = booking_id
    session.flush()


def meets_no_more(session: Session, source_id: int, *, by: Hand, now: datetime) -> None:
    """A calendar of others wants nothing that bookings have."""
    open_one = (Task.source_id == source_id, Task.done_at.is_(None))
    session.execute(update(Task).where(*open_one).values(done_at=now, done_by=by.person_id))


def settle(session: Session, notices: Collection[int], *, by: Hand, now: datetime) -> None:
    """Nobody has to be called about these notices any more: they were answered, or are sent anew."""
    left = (Task.notice_id.in_(notices), Task.done_at.is_(None))
    session.execute(update(Task).where(*left).values(done_at=now, done_by=by.person_id))


def finish(session: Session, number: int, *, by: Actor, now: datetime) -> Task:
    """Say that it is done; raises Missing, Conflict (``task-done``), Forbidden to all but officers, and caretakers where it is
    about a use of their venue."""
    task = session.get(Task, number, with_for_update=True)
    by.require(by.is_officer or (task is not None and _is_looked_after(session, task, by)), "officer")
    if task is None:
        raise refuse(Missing, "unknown-task", "task", number)
    if task.done_at is not None:
        raise refuse(Conflict, "task-done", "task", number)
    task.done_at, task.done_by = now, by.person_id
    facts = {"notice": task.notice_id, "usage": task.usage_id, "reason": str(task.reason), "booking": task.booking_id}
    record(session, Act("finish", "task", task.id, facts, task.person_id), by=by, now=now)
    session.flush()
    return task


def calls(session: Session, *, by: Actor) -> list[Call]:
    """Whom to call, longest first, in one statement; for officers."""
    by.require(by.is_officer, "officer")
    query = select(Task, Person, Booking.reference).outerjoin(Person, Person.id == Task.person_id)
    query = query.outerjoin(Booking, Booking.id == Task.booking_id).where(Task.done_at.is_(None), Task.notice_id.is_not(None))
    return [Call(task, person, reference or "") for task, person, reference in session.execute(query.order_by(Task.id).limit(MOST))]


def meeting(session: Session, *, by: Actor) -> list[Meeting]:
    """The calendars of others that want time which bookings have, longest first; for officers."""
    by.require(by.is_officer, "officer")
    query = select(Task, Booking).join(Booking, Booking.id == Task.booking_id).where(Task.done_at.is_(None), Task.source_id.is_not(None))
    found = session.execute(query.options(joinedload(Booking.room).joinedload(Room.venue)).order_by(Task.id).limit(MOST))
    return [Meeting(task, booking) for task, booking in found]


def reports(session: Session, *, by: Actor) -> list[Report]:
    """What was said of uses and nobody has looked at, longest first: for officers all of it, for caretakers that of their venues."""
    by.require(by.is_staff, "caretaker")
    where = joinedload(Usage.occurrence).joinedload(Occurrence.room).joinedload(Room.venue)
    whose = joinedload(Usage.occurrence).joinedload(Occurrence.booking).joinedload(Booking.organisation)
    query = select(Task, Usage, Person.name).join(Usage, Usage.id == Task.usage_id).outerjoin(Person, Person.id == Usage.by_id)
    query = query.join(Usage.occurrence).join(Occurrence.room).where(Task.done_at.is_(None), _theirs(by))
    return [Report(*row) for row in session.execute(query.options(where, whose).order_by(Task.id).limit(MOST))]


def _theirs(by: Actor) -> ColumnElement[bool]:
    return true() if by.is_officer else Room.venue_id.in_(sorted(by.venues))


def _is_looked_after(session: Session, task: Task, by: Actor) -> bool:
    venue = select(Room.venue_id).join(Occurrence, Occurrence.room_id == Room.id).join(Usage, Usage.occurrence_id == Occurrence.id)
    return session.scalar(venue.where(Usage.id == task.usage_id)) in by.venues
