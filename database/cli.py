"""Commands ``database upgrade`` and ``database check``."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text

from database.engine import make_engine
from database.migrate import differences, faults, upgrade
from database.transact import Database

commands = AppGroup("database", help="Migrations and guards.")


@commands.command("upgrade")
@click.option("--to", "revision", default="head", help="An older revision, for rehearsals.")
def upgrade_command(revision: str) -> None:
    """Bring the database to the newest revision, guards included."""
    database: Database = current_app.extensions["database"]
    upgrade(database.url, revision)
    click.echo(f"database is at {revision}")


@commands.command("check")
@click.option("--url", default="", help="Another database than DATABASE_URL.")
def check_command(url: str) -> None:
    """Say where models, migrations and guards disagree; exit 1 if they do."""
    database: Database = current_app.extensions["database"]
    asked = url or database.url
    engine = make_engine(asked)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        found = [*faults(connection, asked), *differences(asked)]
    engine.dispose()
    for line in found:
        click.echo(line)
    click.echo(f"{engine.dialect.name}: {len(found)} faults")
    raise SystemExit(1 if found else 0)
