"""The command ``demo load``."""

import click
from flask import current_app
from flask.cli import AppGroup

from database.transact import Database
from demo.load import is_empty, load
from demo.people import PASSWORD, PEOPLE
from kernel.clock import now
from settings import Settings

commands = AppGroup("demo", help="A believable autumn in Drammen, invented where nothing is known.")


@commands.command("load")
def load_command() -> None:
    """Fill an empty database with the demo and say whom one can sign in as; a database in use is left alone."""
    database: Database = current_app.extensions["database"]
    settings: Settings = current_app.extensions["settings"]
    with database.reading() as session:
        empty = is_empty(session)
    if empty:
        loaded = load(database, now=now())
        click.echo(f"demo: {loaded.bookings} bookings, {loaded.refused} refused by policy")
        click.echo(f"caretaker's feed: {settings.public_url}/calendars/private/{loaded.feed}.ics")
    click.echo(f"sign in at {settings.public_url} with the password {PASSWORD} as")
    for name, (written, part, _, _) in PEOPLE.items():
        click.echo(f"  {name}@example.org   {written}, {part}")
