"""What happens to notices: leased, tried, marked, given back, bounced, acknowledged, called for, and put out again by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Task
from booking.states import TaskReason
from booking.tasks import call_for, settle
from database.audit import Act, record
from database.outbox import Delivery, Notice
from kernel.errors import Gone, Missing, refuse
from notices.itip import Entered, enter, lock_booking

LEASE = timedelta(minutes=5)
AT_ONCE = 50
MOST_ATTEMPTS = 15
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Leased:
    """Notices that are ours to send until a moment, in order."""

    numbers: tuple[int, ...]
    until: datetime


def lease(session: Session, *, by: Actor, now: datetime) -> Leased:
    """Take some notices that are due, the first of each booking and reader only, and keep others away from them.

    A reader learns of a booking in the order in which things happened; one whose mailbox is full holds up nobody else.
    """
    by.require(by.is_administrator, "administrator")
    one_line = (func.coalesce(Notice.booking_id, -Notice.id), func.coalesce(Notice.person_id, 0))
    first = select(func.min(Notice.id)).where(Notice.state == Delivery.WAITING).group_by(*one_line)
    free = or_(Notice.leased_until.is_(None), Notice.leased_until <= now)
    due = select(Notice.id).where(Notice.id.in_(first), Notice.due_at <= now, free).order_by(Notice.id).limit(AT_ONCE)
    ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(leased_until=now + LEASE))
    return Leased(tuple(ids), now + LEASE)


def begin(session: Session, number: int, *, until: datetime, by: Actor, now: datetime) -> datetime | None:
    """Count one attempt at a notice leased until then and renew its lease; None when it is no longer ours to send.

    The attempt is counted before it is made, so that a mail which kills the process is given up one day too.
    """
    by.require(by.is_administrator, "administrator")
    notice = session.get_one(Notice, number, with_for_update=True)
    if not _is_ours(notice, until):
        return None
    if notice.attempts >= MOST_ATTEMPTS:
        _give_up(session, notice, now)
        return None
    notice.attempts += 1
    notice.leased_until = now + LEASE
    session.flush()
    return now + LEASE


def mark(
    session: Session,
    number: int,
    *,
    until: datetime,
    is_sent: bool,
    is_told: bool = True,
    entered: Entered | None = None,
    by: Actor,
    now: datetime,
) -> Notice:
    """Write what became of a notice leased until then; where nothing was left to tell there is nothing to acknowledge either.

    What its mail has ``entered`` into the reader's calendar is noted with it. One that did not leave is tried again after longer
    and longer pauses, for some two days in all. What left is sent, even when the lease ran out meanwhile;
    what did not is then left to whoever has it now.
    """
    by.require(by.is_administrator, "administrator")
    if entered:
        lock_booking(session, number)
    notice = session.get_one(Notice, number, with_for_update=True)
    if entered:
        enter(session, notice, entered, now=now)
    if is_sent:
        notice.state, notice.sent_at, notice.leased_until = Delivery.SENT, now, None
        notice.answer_by = notice.answer_by if is_told else None
    elif _is_ours(notice, until):
        notice.leased_until = None
        notice.due_at = now + min(FIRST_PAUSE * 2 ** (notice.attempts - 1), LONGEST_PAUSE)
        if notice.attempts >= MOST_ATTEMPTS:
            _give_up(session, notice, now)
    session.flush()
    return notice


def give_back(session: Session, numbers: Sequence[int], *, until: datetime, by: Actor, now: datetime) -> None:
    """Let others have what was leased until then and was not tried."""
    by.require(by.is_administrator, "administrator")
    session.execute(update(Notice).where(Notice.id.in_(numbers), Notice.leased_until == until).values(leased_until=None))


def failed(session: Session, *, by: Actor) -> Sequence[Notice]:
    """What will not be tried again, oldest first."""
    by.require(by.is_officer or by.via == "command", "officer")
    return session.scalars(select(Notice).where(Notice.state == Delivery.FAILED).order_by(Notice.id)).all()


def try_again(session: Session, *, by: Actor, now: datetime) -> int:
    """Let all that failed wait anew, once what was wrong is mended; returns how many."""
    by.require(by.is_administrator or by.via == "command", "administrator")
    anew = {"state": Delivery.WAITING, "attempts": 0, "due_at": now, "leased_until": None}
    found = session.scalars(update(Notice).where(Notice.state == Delivery.FAILED).values(anew).returning(Notice.id)).all()
    settle(session, found, by=by, now=now)
    return len(found)


def note_bounce(session: Session, number: int, created: int, *, by: Actor, now: datetime) -> bool:
    """Note that the mail of a notice, made in that second, came back, so that an officer calls; False when it is none that left.

    A report that comes twice, or after the reader has answered, changes nothing.
    """
    by.require(by.is_administrator, "administrator")
    notice = session.get(Notice, number, with_for_update=True)
    # One that waits has left too, when it was tried and the answer of the mail server was lost.
    has_left = notice is not None and (notice.state is Delivery.SENT or (notice.state is Delivery.WAITING and notice.attempts > 0))
    if notice is None or not has_left or int(notice.created_at.timestamp()) != created:
        return False
    notice.state, notice.leased_until = Delivery.BOUNCED, None
    call_for(session, TaskReason.BOUNCED, notice, now=now)
    return True


def acknowledge(session: Session, number: int, *, by: Actor, now: datetime) -> Notice:
    """Its reader says that a notice was read; nobody has to call any more. Raises Missing, Gone (``answer-given``)."""
    notice = session.get(Notice, number, with_for_update=True)
    if notice is None or notice.person_id != by.require_known():
        raise refuse(Missing, "unknown-notice", "notice", number)
    if notice.acknowledged_at is not None:
        raise refuse(Gone, "answer-given")
    notice.state, notice.acknowledged_at, notice.leased_until = Delivery.ACKNOWLEDGED, now, None
    settle(session, [number], by=by, now=now)
    record(session, Act("acknowledge", "notice", number, {"booking": notice.booking_id}, notice.person_id), by=by, now=now)
    session.flush()
    return notice


def unanswered(session: Session, now: datetime) -> Sequence[int]:
    """The urgent notices that were not acknowledged in time and nobody was called for, by id."""
    return session.scalars(select(Notice.id).where(*_unanswered(now)).order_by(Notice.id).limit(AT_ONCE)).all()


def call_about(session: Session, number: int, *, by: Actor, now: datetime) -> None:
    """Let an officer call whoever has not acknowledged a notice, unless they have done so meanwhile."""
    by.require(by.is_administrator, "administrator")
    notice = session.scalar(select(Notice).where(Notice.id == number, *_unanswered(now)).with_for_update(of=Notice))
    if notice is not None:
        call_for(session, TaskReason.UNACKNOWLEDGED, notice, now=now)


def _unanswered(now: datetime) -> Sequence[ColumnElement[bool]]:
    called = exists().where(Task.notice_id == Notice.id)
    return (Notice.answer_by <= now, Notice.state.in_([Delivery.WAITING, Delivery.SENT]), ~called)


def _give_up(session: Session, notice: Notice, now: datetime) -> None:
    notice.state, notice.leased_until = Delivery.FAILED, None
    call_for(session, TaskReason.FAILED, notice, now=now)


def _is_ours(notice: Notice, until: datetime) -> bool:
    return notice.state is Delivery.WAITING and notice.leased_until == until
