"""The commands ``policies replay`` and ``policies check``: named for those who write policies, they go through the code of bookings."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from accounts import edge
from booking.replay import Replayed, replay
from booking.trying import Tried, tried
from kernel.errors import Invalid, Missing
from policies.cases import read_cases
from policies.cli import FILE, tell, text_in
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


@click.command("check")
@FILE
@with_appcontext
def check_command(file: Path) -> None:
    """Try the policies of FILE on its cases, a line per case; exit 1 if one does not come to what it states."""
    text = text_in(file)
    try:
        outcomes = list(tried(*read_cases(text)))
    except Invalid as refusal:
        tell(file, text, refusal.faults)
        raise SystemExit(1) from None
    for one in outcomes:
        _tell_case(one)
    if any(one.case.reading for one in outcomes):
        click.echo(_("* vår lesning av reglementet, ikke et sitat"))
    different = sum(bool(one.differences) for one in outcomes)
    click.echo(_("%(count)d tilfeller, %(different)d avvik", count=len(outcomes), different=different))
    raise SystemExit(1 if different else 0)


def _tell_case(one: Tried) -> None:
    mark = _("AVVIK") if one.differences else "OK"
    notes = f"{' *' if one.case.reading else ''}{_(' (fiktivt)') if one.case.fictional else ''}"
    click.echo(f"{mark:6} {one.case.name}{notes}")
    for each in one.differences:
        told = _("%(part)s: ventet %(wanted)s, fikk %(found)s", part=each.part, wanted=_short(each.wanted), found=_short(each.found))
        click.echo(f"       {told}")


def _tell(one: Replayed) -> None:
    mark, unreadable = "OK" if one.is_same else _("AVVIK"), _("det som er lagret, kan ikke leses")
    click.echo(f"{mark:6} {one.act}: {unreadable}" if one.unreadable else f"{mark:6} {one.act} {one.day}")
    for difference in one.differences:
        values = {"stored": _short(difference.stored), "again": _short(difference.again)}
        told = _("%(part)s: lagret %(stored)s, nå %(again)s", part=difference.part, **values)
        click.echo(f"       {told}")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
