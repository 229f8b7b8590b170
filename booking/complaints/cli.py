"""The command ``cases export``."""

import json
import shutil
from pathlib import Path

import click
from flask.cli import AppGroup

from accounts import edge
from accounts.identity import COMMAND
from booking.complaints.bundle import bundled
from booking.complaints.gathered import gathered
from booking.complaints.redaction import redacted
from kernel.clock import now
from kernel.errors import Missing
from web.wording import sentence

commands = AppGroup("cases", help="Cases.")


@commands.command("export")
@click.argument("reference")
@click.option("--redacted", "is_redacted", is_flag=True, help="For everybody: without people, other organisations and what anybody wrote.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole bundle into this zip, in place of JSON.")
def export_command(reference: str, *, is_redacted: bool, to: Path | None) -> None:
    """The whole case of REFERENCE, a booking's or a complaint's (MIGEFU-973), as JSON; exit 1 when there is none."""
    try:
        with edge.database().reading() as session:
            whole = gathered(session, reference, by=COMMAND, now=now())
            case = redacted(session, whole) if is_redacted else whole.case
    except Missing as refusal:
        click.echo(" ".join(sentence(fault) for fault in refusal.faults), err=True)
        raise SystemExit(1) from None
    if to is None:
        click.echo(json.dumps(case, ensure_ascii=False, indent=2))
        return
    try:
        with bundled(case, whole) as file, to.open("wb") as written:
            shutil.copyfileobj(file, written)
    except OSError as error:
        raise click.FileError(str(to), error.strerror) from None
    click.echo(str(to))
