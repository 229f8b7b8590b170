"""The command ``cases export``."""

import json

import click
from flask.cli import AppGroup

from accounts import edge
from accounts.identity import COMMAND
from booking.casework.export import exported, redacted
from kernel.errors import Missing
from web.wording import sentence

commands = AppGroup("cases", help="Cases.")


@commands.command("export")
@click.argument("reference")
@click.option("--redacted", "is_redacted", is_flag=True, help="Without people and internal notes.")
def export_command(reference: str, *, is_redacted: bool) -> None:
    """The whole case of REFERENCE (MIGEFU-973) as JSON; exit 1 when there is none."""
    try:
        with edge.database().reading() as session:
            case = exported(session, reference, by=COMMAND)
    except Missing as refusal:
        click.echo(" ".join(sentence(fault) for fault in refusal.faults), err=True)
        raise SystemExit(1) from None
    click.echo(json.dumps(redacted(case) if is_redacted else case, ensure_ascii=False, indent=2))
