"""Returned: reports of mails that did not arrive are taken from a Maildir, one file after another, and noted."""

import stat
from pathlib import Path

import structlog

from accounts.identity import SERVICE
from booking.turns import attempt
from database.transact import Database
from kernel.clock import now
from notices.bounces import MOST_BYTES, bounced
from notices.waiting import note_bounce
from settings import Settings

AT_ONCE = 50

log = structlog.get_logger(__name__)


def read_maildir(database: Database, settings: Settings, folder: Path) -> int:
    """Read what is new in a Maildir (of which ``new`` and ``cur`` are used) and put it with what was seen; returns how many bounced.

    At most 50 files a turn; what can be neither read nor moved is told in the log and keeps no other waiting.
    """
    files = sorted((folder / "new").iterdir())[:AT_ONCE]
    seen: list[bool] = []
    for file in files:
        attempt(f"read {file.name}", lambda file=file: seen.append(_read(database, settings, file)))
    return sum(seen)


def read_report(database: Database, settings: Settings, raw: bytes) -> bool:
    """Note what a mail reports; False when it is no report about a notice of ours that had left."""
    found = bounced(raw, settings.secret_key)
    return found is not None and database.transact(note_bounce, *found, by=SERVICE, now=now())


def head_of(file: Path) -> bytes:
    """The beginning of a plain file; nothing of a link, a pipe or whatever else may lie there."""
    if not stat.S_ISREG(file.lstat().st_mode):
        return b""
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES)


def _read(database: Database, settings: Settings, file: Path) -> bool:
    is_bounce = read_report(database, settings, head_of(file))
    seen = file.parents[1] / "cur"
    seen.mkdir(exist_ok=True)
    file.rename(seen / f"{file.name}:2,S")
    log.info("report read", is_bounce=is_bounce)
    return is_bounce
