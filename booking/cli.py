"""The command ``policies replay``: named for those who write policies, it reads bookings."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from accounts import edge
from booking.replay import Replayed, replay
from kernel.errors import Missing
from web.texts import gettext as _
from web.wording import sentence

LONGEST = 200


@click.command("replay")
@click.argument("booking")
@with_appcontext
def replay_command(booking: str) -> None:
    """Judge the stored facts of BOOKING (MIGEFU-973) again under the stored versions; exit 1 unless the verdicts are the same."""
    try:
        with edge.database().reading() as session:
            found = replay(session, booking)
    except Missing as refusal:
        click.echo(" ".join(sentence(fault) for fault in refusal.faults), err=True)
        raise SystemExit(1) from None
    for one in found:
        _tell(one)
    different = sum(not one.is_same for one in found)
    click.echo(_("%(count)d vurderinger, %(different)d avvik", count=len(found), different=different))
    raise SystemExit(1 if different else 0)


def _tell(one: Replayed) -> None:
    mark, unreadable = "OK" if one.is_same else _("AVVIK"), _("det som er lagret, kan ikke leses")
    click.echo(f"{mark:6} {one.act}: {unreadable}" if one.unreadable else f"{mark:6} {one.act} {one.day}")
    for difference in one.differences:
        values = {"stored": _short(difference.stored), "again": _short(difference.again)}
        told = _("%(part)s: lagret %(stored)s, nå %(again)s", part=difference.part, **values)
        click.echo(f"       {told}")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
