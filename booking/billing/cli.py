"""The commands ``bookings invoices close``, ``list`` and ``export``."""

from contextlib import nullcontext
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup

from accounts import edge
from accounts.identity import COMMAND
from booking.answers import fault_line
from booking.billing.exports import Format, exported
from booking.billing.periods import Closing, close_period, periods, totals
from kernel.clock import now
from kernel.errors import Refusal
from web.formats import kroner
from web.forms import parse
from web.texts import gettext as _

commands = AppGroup("invoices", help="Periods that are billed.")


@commands.command("close")
@click.argument("first")
@click.argument("last")
@click.option("--payer", "payers", multiple=True, help="Only this one: o3 an organisation, p7 a person; may be repeated.")
def close_command(first: str, last: str, payers: tuple[str, ...]) -> None:
    """Bill the dates of use from FIRST to LAST (2026-09-01 or 01.09.2026); the same period again writes nothing."""
    try:
        closing = parse(Closing, {"first_day": first, "last_day": last, "payers": payers})
        period = edge.database().transact(close_period, closing, by=COMMAND, now=now())
        with edge.database().reading() as session:
            click.echo(_line(period.id, period.first_day, period.last_day, *totals(session, period)))
    except Refusal as refusal:
        raise _refused(refusal) from None


@commands.command("list")
def list_command() -> None:
    """The periods that were billed, the one closed last first."""
    with edge.database().reading() as session:
        for period, lines, amount in periods(session, by=COMMAND):
            click.echo(_line(period.id, period.first_day, period.last_day, lines, amount))


@commands.command("export")
@click.argument("period", type=click.IntRange(1, 2**31 - 1))
@click.option("--format", "kind", type=click.Choice(["json", "csv", "xlsx"]), default="json")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; the output when left out.")
def export_command(period: int, kind: Format, out: Path | None) -> None:
    """Write the lines of PERIOD (its number in the list) for the finance system."""
    try:
        pieces = exported(edge.database(), period, kind, by=COMMAND)
    except Refusal as refusal:
        raise _refused(refusal) from None
    with out.open("wb") if out else nullcontext() as file:
        for piece in pieces:
            click.echo(piece, file=file, nl=False)


def _line(number: int, first: date, last: date, lines: int, amount: int) -> str:
    told = {"number": number, "first": first, "last": last, "lines": lines, "amount": kroner(amount)}
    return _("%(number)s: %(first)s til %(last)s, %(lines)s linjer, %(amount)s", **told)


def _refused(refusal: Refusal) -> SystemExit:
    for fault in refusal.faults:
        click.echo(fault_line(fault), err=True)
    return SystemExit(1)
