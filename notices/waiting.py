"""What happens to notices that wait: leased, tried, marked, given back, and put out again by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from database.outbox import Delivery, Notice

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
        notice.state, notice.leased_until = Delivery.FAILED, None
        return None
    notice.attempts += 1
    notice.leased_until = now + LEASE
    session.flush()
    return now + LEASE


def mark(session: Session, number: int, *, until: datetime, is_sent: bool, by: Actor, now: datetime) -> Notice:
    """Write what became of a notice leased until then.

    One that did not leave is tried again after longer and longer pauses, for some two days in all. What left is sent,
    even when the lease ran out meanwhile; what did not is then left to whoever has it now.
    """
    by.require(by.is_administrator, "administrator")
    notice = session.get_one(Notice, number, with_for_update=True)
    if is_sent:
        notice.state, notice.sent_at, notice.leased_until = Delivery.SENT, now, None
    elif _is_ours(notice, until):
        notice.leased_until = None
        notice.due_at = now + min(FIRST_PAUSE * 2 ** (notice.attempts - 1), LONGEST_PAUSE)
        if notice.attempts >= MOST_ATTEMPTS:
            notice.state = Delivery.FAILED
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
    found = session.execute(update(Notice).where(Notice.state == Delivery.FAILED).values(anew))
    return found.rowcount  # type: ignore[attr-defined, no-any-return]


def _is_ours(notice: Notice, until: datetime) -> bool:
    return notice.state is Delivery.WAITING and notice.leased_until == until
