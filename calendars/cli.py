"""The command ``calendars read``: what a foreign calendar would give."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from calendars.incoming.bounds import MOST_BYTES
from calendars.incoming.cli import refresh_command, subscribe_command
from calendars.incoming.reading import Found, Outcome, Reading, read
from kernel.errors import Refusal
from kernel.wallclock import parse_day
from policies.cli import FILE
from web.wording import sentence

commands = AppGroup("calendars", help="Calendars of others.")
for command in (subscribe_command, refresh_command):
    commands.add_command(command)


@commands.command("read")
@FILE
@click.option("--from", "first", required=True, metavar="DATE", help="The first day.")
@click.option("--to", "last", required=True, metavar="DATE", help="The day after the last one.")
@click.option("--zone", default="Europe/Oslo", show_default=True, help="The zone of the days, and of times without one.")
def read_command(file: Path, first: str, last: str, zone: str) -> None:
    """Print what an import of an iCalendar file would take, as JSON; exit 1 when the file is refused."""
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    try:
        reading = read(data, first=parse_day(first, "from"), last=parse_day(last, "to"), zone=zone)
    except Refusal as refusal:
        raise click.UsageError(" ".join(sentence(fault) for fault in refusal.faults)) from None
    click.echo(json.dumps(as_data(reading), ensure_ascii=False, indent=1))
    raise SystemExit(0 if reading.outcome is Outcome.IMPORT else 1)


def as_data(reading: Reading) -> dict[str, object]:
    """A reading as it is told to other programs: dates for whole days, else UTC."""
    return {
        "outcome": reading.outcome,
        "reason": reading.reason,
        "skipped": [asdict(one) for one in reading.skipped],
        "remarks": [asdict(one) for one in reading.remarks],
        "occurrences": [_occurrence(one) for one in reading.occurrences],
    }


def _occurrence(one: Found) -> dict[str, str]:
    whole = [one.local_start.date().isoformat(), one.local_end.date().isoformat()]
    start, end = whole if one.all_day else [_utc(one.starts_at), _utc(one.ends_at)]
    return {"uid": one.uid if one.has_uid else "", "start": start, "end": end, "status": one.status, "summary": one.summary}


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
