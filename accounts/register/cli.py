"""The commands ``accounts register load``, ``accounts register refresh`` and ``accounts register show``."""

import json
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from accounts import edge
from accounts.identity import COMMAND
from accounts.inputs import NumberInput
from accounts.queries import home_municipality, organisation_by_number
from accounts.register.edge import register
from accounts.register.following import read_on
from accounts.register.keeping import seen
from accounts.register.models import Entry
from accounts.register.queries import entry_of, holders_of, numbers_here, subunits_of
from accounts.register.reading import Unreadable
from kernel.errors import Invalid
from kernel.fetching import Unfetched
from web.forms import parse
from web.wording import sentence

register_commands = AppGroup("register", help="What the registers of Brønnøysund say of organisations.")


@register_commands.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--read-at", type=click.DateTime(), help="When the register gave it out, in UTC; else when the file was written.")
def load_command(file: Path, read_at: datetime | None) -> None:
    """Take in FILE as the register gives it out: organisations, sub-units, roles or voluntary organisations; JSON or CSV, also in gzip."""
    moment = read_at.astimezone() if read_at and read_at.tzinfo else read_at and read_at.replace(tzinfo=read_on(file).tzinfo)
    try:
        loaded = register().load(file, read_at=moment or read_on(file), by=COMMAND)
    except Unreadable as failure:
        raise click.ClickException(f"{file}: {failure}") from None
    click.echo(f"{loaded.rows} rows, {loaded.kept} kept, {loaded.unreadable} unreadable")


@register_commands.command("refresh")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
def refresh_command(numbers: tuple[str, ...]) -> None:
    """Read all organisations that stand here anew, or those of these numbers, a line each; exit 1 unless all could be read."""
    with edge.database().reading() as session:
        wanted = [_number(one) for one in numbers] or sorted(numbers_here(session))
    failed = 0
    for number in wanted:
        try:
            register().refresh(number, by=COMMAND)
        except Unfetched as failure:
            failed += 1
            click.echo(f"{number}: {failure.code}", err=True)
            continue
        with edge.database().reading() as session:
            click.echo(f"{number}: {_line(entry_of(session, number))}")
    raise SystemExit(1 if failed else 0)


@register_commands.command("show")
@click.argument("number")
def show_command(number: str) -> None:
    """Print what was read of NUMBER and what follows from it, as JSON; of role holders no birth date. Exit 1 when nothing was read."""
    with edge.database().reading() as session:
        entry = entry_of(session, _number(number))
        if entry is None:
            raise click.ClickException(f"{number}: not read")
        found = seen(entry, register().classes, home_municipality(session)).classified
        organisation = organisation_by_number(session, entry.number)
        told = {column.name: getattr(entry, column.name) for column in Entry.__table__.columns}
        told |= {"class": found.row.name, "because": found.row.asks(), "local": found.local, "statuses": sorted(found.statuses)}
        told |= {"organisation": organisation and organisation.id, "subunits": [one.number for one in subunits_of(session, entry.number)]}
        told |= {"roles": [{"code": one.code, "name": one.name} for one in holders_of(session, entry.number)]}
    click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))


def _number(text: str) -> str:
    try:
        return parse(NumberInput, {"number": text}).number
    except Invalid as refusal:
        raise click.ClickException(" ".join(sentence(fault) for fault in refusal.faults)) from None


def _line(entry: Entry | None) -> str:
    return f"{entry.name}, {entry.state}" if entry else ""
