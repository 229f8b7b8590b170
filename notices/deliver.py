"""Delivering: notices are leased in a short transaction, sent outside of it, and marked in another; in order per booking and reader."""

from collections import deque
from datetime import datetime

import structlog

from accounts.identity import SERVICE
from database.failures import passes
from database.outbox import Delivery, Notice
from database.transact import Database
from kernel.clock import now as clock_now
from notices.compose import Message, message_of
from notices.postbox import Postbox, Undelivered, postbox_of
from notices.smsbox import Sms, smsbox_of
from notices.waiting import begin, give_back, lease, mark
from settings import Settings
from web.logs import log_defect

log = structlog.get_logger(__name__)


def deliver(database: Database, settings: Settings) -> int:
    """Send what waits until nothing is due or mail cannot leave; returns how many mails left."""
    sent = 0
    with postbox_of(settings) as postbox:
        while (leased := database.transact(lease, by=SERVICE, now=clock_now())).numbers:
            left = deque(leased.numbers)
            while left and postbox.is_reached():
                sent += _deliver(database, settings, left.popleft(), leased.until, postbox)
            if left:
                database.transact(give_back, tuple(left), until=leased.until, by=SERVICE, now=clock_now())
                break
    return sent


def _deliver(database: Database, settings: Settings, number: int, until: datetime, postbox: Postbox) -> bool:
    """Whether a mail left; a notice that nobody is left to read counts as done."""
    ours = database.transact(begin, number, until=until, by=SERVICE, now=clock_now())
    if ours is None:
        return False
    try:
        message = _composed(database, settings, number)
        if message is not None and message.sms is not None:
            _text(message.sms, settings, number)
        if message is not None and message.mail is not None:
            postbox.send(message.mail)
    except Undelivered as error:
        log.warning("notice not delivered", notice=number, error=str(error))
        _failed(database, number, ours)
        return False
    except Exception as error:
        if passes(error):
            raise
        # One that cannot be written must not keep all others from leaving.
        log_defect(error, notice=number)
        _failed(database, number, ours)
        return False
    entered = message.entered if message else None
    database.transact(mark, number, until=ours, is_sent=True, is_told=message is not None, entered=entered, by=SERVICE, now=clock_now())
    return message is not None and message.mail is not None


def _text(sms: Sms, settings: Settings, number: int) -> None:
    """Send the short message too; one that does not leave keeps no mail from leaving, and silence is asked about anyway."""
    smsbox = smsbox_of(settings)
    try:
        if smsbox is not None:
            smsbox.send(sms)
    except Undelivered as error:
        log.warning("short message not delivered", notice=number, error=str(error))


def _composed(database: Database, settings: Settings, number: int) -> Message | None:
    with database.reading() as session:
        return message_of(session, session.get_one(Notice, number), settings, now=clock_now())


def _failed(database: Database, number: int, ours: datetime) -> None:
    notice = database.transact(mark, number, until=ours, is_sent=False, by=SERVICE, now=clock_now())
    if notice.state is Delivery.FAILED:
        log.error("notice given up", notice=number, kind=notice.kind)
