"""The commands ``persons retention`` and ``persons export``."""

from pathlib import Path

import click
from flask import render_template
from flask.cli import AppGroup

from accounts import edge
from accounts.identity import COMMAND, Actor
from accounts.people import by_email
from accounts.personal.edge import clear_after, declared, uploads
from accounts.personal.erasing import carry_out, unfinished
from accounts.personal.exporting import archive, exported
from accounts.personal.retention import due, due_periods, forget
from accounts.personal.unused import end_account, ending
from kernel.clock import now

commands = AppGroup("persons", help="Personal data: how long it is kept, and all that is held of somebody.")


@commands.command("retention")
@click.option("--dry-run", is_flag=True, help="Tell what would be forgotten, and forget nothing.")
def retention_command(*, dry_run: bool) -> None:
    """Forget what has been kept long enough, as the worker does once a day; doing it again does nothing."""
    with edge.database().reading() as session:
        waiting = due(session, personal=declared(), by=COMMAND, now=now())
        people = ending(session, now())
    for one in waiting:
        click.echo(f"{one.held.name}: {one.count} ({', '.join(one.held.emptied or one.held.columns)})")
    click.echo(f"person: {len(people)} to tell or erase")
    if not dry_run:
        rows = sum(forget_period(one.name, by=COMMAND) for one in declared().periods)
        click.echo(f"{rows} rows forgotten, {end_accounts(by=COMMAND)} accounts seen to")


@commands.command("export")
@click.argument("email")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_command(email: str, file: Path) -> None:
    """Write all that is held of the person of EMAIL into FILE, a ZIP."""
    with edge.database().reading() as session:
        person = by_email(session, email.strip().lower())
        if person is None:
            raise click.ClickException(f"nobody has the address {email}")
        found = exported(session, person.id, personal=declared(), by=COMMAND, now=now())
    file.write_bytes(archive(found, render_template("accounts/personal/readme.txt", found=found), folder=uploads()))
    click.echo(f"{sum(len(part['rows']) for part in found['held'])} rows")


def forget_due(*, by: Actor) -> None:
    """Forget what the periods that were not seen to today have kept long enough, and erase who is to be erased."""
    with edge.database().reading() as session:
        names = due_periods(session, declared(), now())
    for name in names:
        forget_period(name, by=by)
    if names:
        end_accounts(by=by)
    with edge.database().reading() as session:
        waiting = unfinished(session, now())
    for erasure in waiting:
        clear_after(edge.database().transact(carry_out, erasure, personal=declared(), by=by, now=now()))


def forget_period(name: str, *, by: Actor) -> int:
    """Forget all that a period has kept long enough, a batch in each transaction; returns how many rows."""
    rows = 0
    while (done := edge.database().transact(forget, name, personal=declared(), by=by, now=now())).rows:
        clear_after(done)
        rows += done.rows
    return rows


def end_accounts(*, by: Actor) -> int:
    """Tell or erase who has not used an account; returns how many."""
    with edge.database().reading() as session:
        people = ending(session, now())
    for person in people:
        erased = edge.database().transact(end_account, person, personal=declared(), by=by, now=now())
        if erased:
            clear_after(erased)
    return len(people)
