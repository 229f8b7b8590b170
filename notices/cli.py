"""The commands ``notices deliver``, ``notices failed``, ``notices again`` and ``worker``."""

import time
from collections.abc import Callable

import click
import structlog
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from accounts.identity import COMMAND, SERVICE
from accounts.upkeep import forget_expired
from booking.conditions import uploads
from booking.conditions.reminders import remind
from booking.conditions.upkeep import forget_past
from booking.decisions import lapse_unconfirmed
from booking.runs import forget_old, run_waiting
from database.transact import Database
from kernel.clock import now
from kernel.errors import Refusal
from notices.deliver import deliver
from notices.waiting import failed, try_again
from settings import Settings
from venues.pictures import discard

commands = AppGroup("notices", help="Mail that waits in the outbox.")
log = structlog.get_logger(__name__)


@commands.command("deliver")
def deliver_command() -> None:
    """Send what waits."""
    _tidy()
    click.echo(f"{_send()} sent")


@commands.command("failed")
def failed_command() -> None:
    """List what was given up: number, kind, and whom or what it is about, by id."""
    with _database().reading() as session:
        found = failed(session, by=COMMAND)
    for notice in found:
        click.echo(f"{notice.id} {notice.kind} person={notice.person_id} booking={notice.booking_id} since={notice.created_at:%Y-%m-%d}")
    click.echo(f"{len(found)} failed")


@commands.command("again")
def again_command() -> None:
    """Let everything that was given up be tried again."""
    click.echo(f"{_database().transact(try_again, by=COMMAND, now=now())} will be tried again")


@click.command("worker")
@click.option("--every", default=20, show_default=True, help="Seconds between turns.")
def worker_command(every: int) -> None:
    """Do all periodic work until stopped: end wishes that nobody confirmed, remind, forget what is old, send notices, try drafts."""
    while True:
        for job in (_tidy, _send):
            _attempt(job)
        for _second in range(max(every, 1)):
            # An officer looks at the page of a draft meanwhile.
            _attempt(_try_drafts)
            time.sleep(1)


def _attempt(job: Callable[[], object]) -> None:
    try:
        job()
    except (Refusal, DBAPIError) as error:  # a database that is busy or away, a race lost; the next turn does it
        log.warning("turn not finished", job=job.__name__, error=type(error).__name__)


def _tidy() -> None:
    while _database().transact(lapse_unconfirmed, by=SERVICE, now=now()):
        pass
    while _database().transact(remind, by=SERVICE, now=now()):
        pass
    _database().transact(forget_expired, by=SERVICE, now=now())
    _database().transact(forget_old, by=SERVICE, now=now())
    for file in _database().transact(forget_past, by=SERVICE, now=now()):
        discard(uploads.folder(_settings()), file)


def _send() -> int:
    return deliver(_database(), _settings())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _try_drafts() -> int:
    return run_waiting(_database())


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database
