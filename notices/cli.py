"""The commands ``notices deliver`` and ``worker``."""

import time

import click
from flask import current_app
from flask.cli import AppGroup

from accounts.identity import SERVICE
from accounts.upkeep import forget_expired
from booking.decisions import lapse_unconfirmed
from database.transact import Database
from kernel.clock import now
from notices.deliver import deliver
from settings import Settings

commands = AppGroup("notices", help="Mail that waits in the outbox.")


@commands.command("deliver")
def deliver_command() -> None:
    """Send what waits."""
    click.echo(f"{_turn()} sent")


@click.command("worker")
@click.option("--every", default=20, show_default=True, help="Seconds between turns.")
def worker_command(every: int) -> None:
    """Do all periodic work until stopped: end wishes that nobody confirmed, forget old links, send notices."""
    while True:
        _turn()
        time.sleep(every)


def _turn() -> int:
    database: Database = current_app.extensions["database"]
    settings: Settings = current_app.extensions["settings"]
    while database.transact(lapse_unconfirmed, by=SERVICE, now=now()):
        pass
    database.transact(forget_expired, by=SERVICE, now=now())
    return deliver(database, settings)
