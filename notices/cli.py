"""The commands ``notices deliver``, ``notices failed``, ``notices again`` and ``worker``."""

import time

import click
from flask import current_app
from flask.cli import AppGroup

from accounts.identity import COMMAND, SERVICE
from accounts.upkeep import forget_expired
from booking.casework import reminders
from booking.casework.presence import forget_gone
from booking.casework.promises import broken, escalate
from booking.casework.reminders import unanswered
from booking.conditions import uploads
from booking.conditions.reminders import remind, to_remind
from booking.conditions.upkeep import forget_past
from booking.decisions import lapse, unconfirmed
from booking.runs import forget_old, run_waiting
from booking.turns import attempt
from database.transact import Database
from kernel.clock import now
from notices.deliver import deliver
from notices.waiting import failed, try_again
from settings import Settings
from venues.pictures import discard

commands = AppGroup("notices", help="Mail that waits in the outbox.")


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
    """Do all periodic work until stopped: end wishes that nobody confirmed, tell of broken promises, remind, forget, send, try drafts."""
    while True:
        _tidy()
        attempt("send notices", _send)
        for _second in range(max(every, 1)):
            # An officer looks at the page of a draft meanwhile.
            attempt("try drafts", run_waiting, _database())
            time.sleep(1)


def _tidy() -> None:
    """What is periodic beside mail; neither a job nor one booking or person in it keeps the others waiting."""
    for job in (_lapse, _escalate, _ask_again, _remind, _forget_expired, _forget_runs, _forget_past):
        attempt(job.__name__, job)


def _lapse() -> None:
    with _database().reading() as session:
        due = unconfirmed(session, now())
    for booking in due:
        attempt(f"lapse booking {booking}", _database().transact, lapse, booking, by=SERVICE, now=now())


def _escalate() -> None:
    with _database().reading() as session:
        late = broken(session, now())
    for booking in late:
        attempt(f"escalate booking {booking}", _database().transact, escalate, booking, by=SERVICE, now=now())


def _ask_again() -> None:
    with _database().reading() as session:
        due = unanswered(session, now())
    for question in due:
        attempt(f"remind of question {question}", _database().transact, reminders.remind, question, by=SERVICE, now=now())


def _remind() -> None:
    with _database().reading() as session:
        holders = to_remind(session, now())
    for holder in holders:
        attempt(f"remind person {holder}", _database().transact, remind, holder, by=SERVICE, now=now())


def _forget_expired() -> None:
    _database().transact(forget_expired, by=SERVICE, now=now())
    _database().transact(forget_gone, by=SERVICE, now=now())


def _forget_runs() -> None:
    _database().transact(forget_old, by=SERVICE, now=now())


def _forget_past() -> None:
    for file in _database().transact(forget_past, by=SERVICE, now=now()):
        attempt(f"discard {file}", discard, uploads.folder(_settings()), file)


def _send() -> int:
    return deliver(_database(), _settings())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database
