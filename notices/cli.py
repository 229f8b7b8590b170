"""The commands ``notices deliver``, ``notices failed``, ``notices again``, ``notices bounces`` and ``worker``."""

import sys
import time
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from accounts.identity import COMMAND, SERVICE
from accounts.lapsing import lapse_delegation, unused
from accounts.personal.cli import forget_due
from accounts.personal.edge import declared
from accounts.register.edge import register
from accounts.upkeep import forget_expired
from booking.attending import attend
from booking.billing.payments import TILL, open_payments, settled_through
from booking.casework import reminders
from booking.casework.presence import forget_gone
from booking.casework.promises import broken, escalate
from booking.complaints import queries, verbs
from booking.conditions import uploads
from booking.conditions.reminders import remind, to_remind
from booking.conditions.upkeep import forget_past
from booking.decisions import lapse, unconfirmed
from booking.rounds import changes
from booking.runs import forget_old, run_waiting
from booking.support import lapsing
from booking.support.grants import reports
from booking.turns import attempt
from booking.undo import forget_acts
from calendars.health import silent, tell_silent
from calendars.incoming.pages import refreshing
from database.transact import Database
from kernel.clock import now
from notices.bounces import MOST_BYTES
from notices.deliver import deliver
from notices.returned import head_of, read_maildir, read_report
from notices.waiting import call_about, failed, try_again, unanswered
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


@commands.command("bounces")
@click.argument("file", type=click.Path(exists=True, allow_dash=True, path_type=Path))
def bounces_command(file: Path) -> None:
    """Read a mail server's report that a mail did not arrive, from FILE, standard input (-), or all that is new in a Maildir."""
    if file.is_dir():
        found = read_maildir(_database(), _settings(), file)
    else:
        raw = sys.stdin.buffer.read(MOST_BYTES) if str(file) == "-" else head_of(file)
        found = int(read_report(_database(), _settings(), raw))
    click.echo(f"{found} bounced")


@click.command("worker")
@click.option("--every", default=20, show_default=True, help="Seconds between turns.")
def worker_command(every: int) -> None:
    """Do all periodic work until stopped: end what nobody confirmed, offer free time, tell of broken promises, remind, tell of
    calendars that nobody fetches, see whom notices did not reach, fetch calendars of others, follow the registers, end what nobody
    uses of the right to act for organisations, tell caretakers of their day, ask what was paid, forget what is old and erase who is to
    be erased, send notices, try drafts."""
    while True:
        _tidy()
        attempt("send notices", _send)
        for _second in range(max(every, 1)):
            # An officer looks at the page of a draft meanwhile.
            attempt("try drafts", run_waiting, _database())
            time.sleep(1)


def _tidy() -> None:
    """What is periodic beside mail; neither a job nor one booking or person in it keeps the others waiting."""
    for job in (
        _lapse,
        _attend,
        _escalate,
        _raise_complaints,
        _ask_again,
        _remind,
        _remind_of_reports,
        _remind_of_agreements,
        _tell_silent,
        _read_bounces,
        _refresh_calendars,
        _follow_register,
        _lapse_delegations,
        _call,
        _begin_days,
        _tell_of_changes,
        _settle_payments,
        _forget_expired,
        _forget_runs,
        _forget_acts,
        _forget_past,
        _forget_personal,
    ):
        attempt(job.__name__, job)


def _lapse() -> None:
    with _database().reading() as session:
        due = unconfirmed(session, now())
    for booking in due:
        attempt(f"lapse booking {booking}", _database().transact, lapse, booking, by=SERVICE, now=now())


def _attend() -> None:
    attend(_database())


def _escalate() -> None:
    with _database().reading() as session:
        late = broken(session, now())
    for booking in late:
        attempt(f"escalate booking {booking}", _database().transact, escalate, booking, by=SERVICE, now=now())


def _raise_complaints() -> None:
    with _database().reading() as session:
        late = queries.overdue(session, now())
    for reference in late:
        attempt(f"raise complaint {reference}", _database().transact, verbs.raise_overdue, reference, by=SERVICE, now=now())


def _ask_again() -> None:
    with _database().reading() as session:
        due = reminders.unanswered(session, now())
    for question in due:
        attempt(f"remind of question {question}", _database().transact, reminders.remind, question, by=SERVICE, now=now())


def _remind() -> None:
    with _database().reading() as session:
        holders = to_remind(session, now())
    for holder in holders:
        attempt(f"remind person {holder}", _database().transact, remind, holder, by=SERVICE, now=now())


def _remind_of_reports() -> None:
    with _database().reading() as session:
        due = reports.to_remind(session, now())
    for report in due:
        attempt(f"remind of report {report}", _database().transact, reports.remind, report, by=SERVICE, now=now())


def _remind_of_agreements() -> None:
    with _database().reading() as session:
        due = lapsing.to_remind(session, now())
    for agreement in due:
        attempt(f"remind of agreement {agreement}", _database().transact, lapsing.remind, agreement, by=SERVICE, now=now())


def _tell_silent() -> None:
    with _database().reading() as session:
        feeds = silent(session, now())
    for feed in feeds:
        attempt(f"tell of silent feed {feed}", _database().transact, tell_silent, feed, by=SERVICE, now=now())


def _read_bounces() -> None:
    if folder := _settings().bounces:
        read_maildir(_database(), _settings(), folder)


def _refresh_calendars() -> None:
    refreshing().refresh_due()


def _follow_register() -> None:
    register().follow()


def _lapse_delegations() -> None:
    with _database().reading() as session:
        found = unused(session, timedelta(days=_settings().delegation_months * 365 // 12), now())
    for one in found:
        attempt(f"lapse delegation {one.id}", _database().transact, lapse_delegation, one, by=SERVICE, now=now())


def _call() -> None:
    with _database().reading() as session:
        late = unanswered(session, now())
    for notice in late:
        attempt(f"call about notice {notice}", _database().transact, call_about, notice, by=SERVICE, now=now())


def _begin_days() -> None:
    with _database().reading() as session:
        due = changes.to_begin(session, now())
    for person in due:
        attempt(f"begin day of person {person}", _database().transact, changes.begin, person, by=SERVICE, now=now())


def _tell_of_changes() -> None:
    with _database().reading() as session:
        told = changes.to_tell(session, now())
    for person in told:
        attempt(f"tell person {person} of changes", _database().transact, changes.tell, person, by=SERVICE, now=now())


def _settle_payments() -> None:
    till = current_app.extensions[TILL]
    with _database().reading() as session:
        begun = open_payments(session) if till else ()
    for payment in begun:
        attempt(f"settle payment {payment.id}", settled_through, till, _database(), payment, by=SERVICE, now=now())


def _forget_acts() -> None:
    _database().transact(forget_acts, by=SERVICE, now=now())


def _forget_expired() -> None:
    _database().transact(forget_expired, by=SERVICE, now=now())
    _database().transact(forget_gone, by=SERVICE, now=now())


def _forget_runs() -> None:
    _database().transact(forget_old, by=SERVICE, now=now())


def _forget_past() -> None:
    for file in _database().transact(forget_past, personal=declared(), by=SERVICE, now=now()):
        attempt(f"discard {file}", discard, uploads.folder(_settings()), file)


def _forget_personal() -> None:
    forget_due(by=SERVICE)


def _send() -> int:
    return deliver(_database(), _settings())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database
