"""Tasks: whom an officer has to call because a notice did not reach them, until that is done or they have answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Person
from booking.models import Booking, Task
from booking.states import TaskReason
from database.audit import Act, Hand, record
from database.outbox import Notice
from kernel.errors import Conflict, Missing, refuse

MOST = 100


@dataclass(frozen=True, slots=True)
class Call:
    """A task that is open, with the person as they are known now and the reference of the booking it is about."""

    task: Task
    person: Person | None
    reference: str


def call_for(session: Session, reason: TaskReason, notice: Notice, *, now: datetime) -> None:
    """Let an officer call whom a notice did not reach, whose row is locked; one that failed again is to be called for again."""
    task = session.scalar(select(Task).where(Task.notice_id == notice.id))
    if task is None:
        task = Task(notice_id=notice.id, kind=notice.kind, person_id=notice.person_id, booking_id=notice.booking_id)
        session.add(task)
    task.reason, task.created_at, task.done_at, task.done_by = reason, now, None, None
    session.flush()


def settle(session: Session, notices: Collection[int], *, by: Hand, now: datetime) -> None:
    """Nobody has to be called about these notices any more: they were answered, or are sent anew."""
    left = (Task.notice_id.in_(notices), Task.done_at.is_(None))
    session.execute(update(Task).where(*left).values(done_at=now, done_by=by.person_id))


def finish(session: Session, number: int, *, by: Actor, now: datetime) -> Task:
    """Say that the person was called; raises Missing, Conflict (``task-done``), Forbidden to all but officers."""
    by.require(by.is_officer, "officer")
    task = session.get(Task, number, with_for_update=True)
    if task is None:
        raise refuse(Missing, "unknown-task", "task", number)
    if task.done_at is not None:
        raise refuse(Conflict, "task-done", "task", number)
    task.done_at, task.done_by = now, by.person_id
    facts = {"notice": task.notice_id, "reason": str(task.reason), "booking": task.booking_id}
    record(session, Act("finish", "task", task.id, facts, task.person_id), by=by, now=now)
    session.flush()
    return task


def calls(session: Session, *, by: Actor) -> list[Call]:
    """The tasks that are open, oldest first, in one statement; for officers."""
    by.require(by.is_officer, "officer")
    query = select(Task, Person, Booking.reference).outerjoin(Person, Person.id == Task.person_id)
    query = query.outerjoin(Booking, Booking.id == Task.booking_id).where(Task.done_at.is_(None)).order_by(Task.id)
    return [Call(task, person, reference or "") for task, person, reference in session.execute(query.limit(MOST))]
