"""Delivering: notices are leased in a short transaction, sent outside of it, and marked in another; in order per booking."""

import smtplib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from database.outbox import Delivery, Notice
from database.transact import Database
from kernel.clock import now as clock_now
from notices.compose import mail_of
from settings import Settings

LEASE = timedelta(minutes=5)
AT_ONCE = 50
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
SMTP_SECONDS = 20

log = structlog.get_logger(__name__)
Send = Callable[[EmailMessage], None]


def deliver(database: Database, settings: Settings) -> int:
    """Send what waits until nothing is due; returns how many mails left."""
    sent = 0
    with sender(settings) as send:
        while leased := database.transact(lease, by=SERVICE, now=clock_now()):
            sent += sum(_deliver(database, settings, number, send) for number in leased)
    return sent


def lease(session: Session, *, by: Actor, now: datetime) -> Sequence[int]:
    """Take some notices that are due, the first of each booking only, and keep others away from them for five minutes."""
    by.require(by.is_administrator, "administrator")
    first = select(func.min(Notice.id)).where(Notice.state == Delivery.WAITING).group_by(func.coalesce(Notice.booking_id, -Notice.id))
    free = or_(Notice.leased_until.is_(None), Notice.leased_until <= now)
    due = select(Notice.id).where(Notice.id.in_(first), Notice.due_at <= now, free).order_by(Notice.id).limit(AT_ONCE)
    ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(leased_until=now + LEASE, attempts=Notice.attempts + 1))
    return ids


def mark(session: Session, number: int, *, is_sent: bool, by: Actor, now: datetime) -> None:
    """Write what became of a notice; one that failed is tried again after longer and longer pauses, eight times in all."""
    by.require(by.is_administrator, "administrator")
    notice = session.get_one(Notice, number)
    notice.leased_until = None
    if is_sent:
        notice.state, notice.sent_at = Delivery.SENT, now
    elif notice.attempts >= MOST_ATTEMPTS:
        notice.state = Delivery.FAILED
    else:
        notice.due_at = now + FIRST_PAUSE * 2 ** (notice.attempts - 1)
    session.flush()


@contextmanager
def _smtp(settings: Settings) -> Any:
    parts = urlsplit(settings.mail_url)
    with smtplib.SMTP(parts.hostname or "127.0.0.1", parts.port or 25, timeout=SMTP_SECONDS) as server:
        if parts.scheme == "smtp+tls":
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server.send_message


@contextmanager
def _files(settings: Settings) -> Any:
    folder = Path(urlsplit(settings.mail_url).path)
    folder.mkdir(parents=True, exist_ok=True)

    def write(mail: EmailMessage) -> None:
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(mail.as_bytes())

    yield write


def sender(settings: Settings) -> AbstractContextManager[Send]:
    """How mail leaves: ``smtp://`` or ``smtp+tls://`` to a server, ``file://`` into a folder."""
    found: AbstractContextManager[Send] = (_files if settings.mail_url.startswith("file:") else _smtp)(settings)
    return found


def _deliver(database: Database, settings: Settings, number: int, send: Send) -> bool:
    """Whether a mail left; a notice that nobody is left to read counts as done."""
    with database.reading() as session:
        mail = mail_of(session, session.get_one(Notice, number), settings)
    try:
        if mail is not None:
            send(mail)
    except (smtplib.SMTPException, OSError) as error:
        log.warning("notice not delivered", notice=number, error=type(error).__name__)
        database.transact(mark, number, is_sent=False, by=SERVICE, now=clock_now())
        return False
    database.transact(mark, number, is_sent=True, by=SERVICE, now=clock_now())
    return mail is not None
