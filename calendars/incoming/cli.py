"""The commands ``calendars subscribe`` and ``calendars refresh``."""

import click
from flask.cli import with_appcontext

from accounts import edge
from accounts.identity import COMMAND
from calendars.incoming.models import Source
from calendars.incoming.pages import refreshing
from calendars.incoming.sources import STRENGTH, SourceInput, activate, followed, source_for
from calendars.incoming.words import failure_text, skipped_text
from kernel.errors import Refusal
from web.forms import parse
from web.texts import gettext as _
from web.wording import sentence


@click.command("subscribe")
@click.argument("address", metavar="URL")
@click.option("--room", required=True, metavar="VENUE/ROOM", help="The room that it occupies.")
@click.option("--name", default="", help="What it is called; without it as the room.")
@click.option("--strength", default=STRENGTH, show_default=True, help="How strong it is beside bookings, 0 to 100.")
@with_appcontext
def subscribe_command(address: str, room: str, name: str, strength: int) -> None:
    """Let the calendar at URL occupy a room, from now on; exit 1 when it cannot be fetched."""
    venue, _slash, slug = room.partition("/")
    given = {"room": slug, "address": address, "name": name or room, "strength": strength}
    try:
        source = refreshing().add(venue, parse(SourceInput, given), None, by=COMMAND)
        edge.transact(activate, source.id)
        found = refreshing().take(source.id, by=COMMAND)
    except Refusal as refusal:
        raise _refused(refusal) from None
    _tell(found)
    raise SystemExit(1 if found.failure else 0)


@click.command("refresh")
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@with_appcontext
def refresh_command(numbers: tuple[int, ...]) -> None:
    """Fetch all calendars that rooms follow, or those of these numbers, a line each; exit 1 unless all came."""
    with edge.database().reading() as session:
        wanted = numbers or followed(session)
    failed = 0
    for number in wanted:
        try:
            found = refreshing().refresh(number, by=COMMAND)
        except Refusal as refusal:
            failed += 1
            click.echo(f"{number}: {' '.join(sentence(fault) for fault in refusal.faults)}", err=True)
            continue
        _tell(found)
        failed += bool(found.failure)
    raise SystemExit(1 if failed else 0)


def _tell(source: Source) -> None:
    with edge.database().reading() as session:
        found = source_for(session, source.id, by=COMMAND)
        report, name = found.report or {}, f"{found.id} {found.room.venue.slug}/{found.room.slug} {found.name}"
    if source.failure:
        click.echo(f"{name}: {failure_text(source.failure)}", err=True)
        return
    told = {key: report.get(key, 0) for key in ("dates", "took", "moved", "went", "met", "skipped_total")}
    click.echo(
        f"{name}: "
        + _(
            "%(dates)d datoer, %(took)d nye, %(moved)d flyttet, %(went)d borte, %(met)d møter bookinger, %(skipped_total)d hoppet over",
            **told,
        )
    )
    for uid, line, reason in report.get("skipped", ()):
        click.echo(f"  {line}: {uid}: {skipped_text(reason)}")


def _refused(refusal: Refusal) -> SystemExit:
    for fault in refusal.faults:
        click.echo(sentence(fault), err=True)
    return SystemExit(1)
