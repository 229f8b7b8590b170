"""Commands ``venues import`` and ``venues demo``."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from accounts import edge
from accounts.identity import SERVICE
from kernel.clock import now
from kernel.errors import Refusal
from venues.demo import load_demo_facts, read_demo
from venues.importing import import_inventory
from venues.inventory import Inventory
from venues.labels import key_label, value_text
from venues.report import ImportReport, Noted
from venues.tables import read_inventory
from web.sheets import MOST_BYTES
from web.texts import gettext as _
from web.wording import sentence

commands = AppGroup("venues", help="The map of rooms.")
SHOWN = 12


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_command(file: Path, *, dry_run: bool) -> None:
    """Bring the map of rooms to what an inventory says (JSON, CSV or XLSX)."""
    try:
        with file.open("rb") as opened:
            inventory = read_inventory(file.name, opened.read(MOST_BYTES + 1))
        report = _tried(inventory) if dry_run else edge.database().transact(import_inventory, inventory, by=SERVICE, now=now())
    except Refusal as refusal:
        for fault in refusal.faults:
            where = f" ({fault.facts['where']})" if fault.facts.get("where") else ""
            click.echo(f"{fault.field}{where}: {sentence(fault)}", err=True)
        raise SystemExit(1) from None
    for line in _lines(report):
        click.echo(line)
    if dry_run:
        click.echo(_("Prøvekjøring: ingenting er endret."))


@commands.command("demo")
def demo_command() -> None:
    """Add the demo's fictional hours, sizes, contacts and school days to the imported inventory."""
    try:
        changed = edge.database().transact(load_demo_facts, read_demo(), by=SERVICE, now=now())
    except Refusal as refusal:
        raise click.ClickException("\n".join(sentence(fault) for fault in refusal.faults)) from None
    click.echo(_("%(count)s endret med fiktive verdier.", count=len(changed)))


def _tried(inventory: Inventory) -> ImportReport:
    """The same verb in a session that is never committed."""
    with edge.database().reading() as session:
        return import_inventory(session, inventory, by=SERVICE, now=now())


def _lines(report: ImportReport) -> Iterator[str]:
    for title, several in ((_("Nytt"), report.new), (_("Endret"), report.changed), (_("Uendret"), report.unchanged)):
        yield f"{title}: {_counted(several)}"
    yield from (f"  * {line.where}" for line in report.changed)
    yield from _doubts(report)
    kept, says = _("Beholdt"), _("filen sier")
    for line in report.kept:
        held, given = value_text(line.held, line.subject), value_text(line.given, line.subject)
        yield f"{kept}: {line.where}, {key_label(line.subject)}: {held} ({says} {given})"
    recomposed, vanished = _("Andre deler enn før"), _("Ikke lenger i filen, ikke slettet")
    yield from (f"{recomposed}: {line.where}: {line.held} → {line.given}" for line in report.recomposed)
    yield from (f"{vanished}: {_kind(line.subject)} {line.where}" for line in report.vanished)


def _doubts(report: ImportReport) -> Iterator[str]:
    """What the sources dispute, what nobody knows, and what the service does not know what to make of."""
    disagree, unknown = _("Kildene er uenige"), _("Ukjent")
    for line in report.contradictory:
        sides = [(value_text(value, line.subject), source) for value, source in line.given]
        told = " / ".join(f"{value} ({source})" if source else value for value, source in sides)
        yield f"{disagree}: {line.where}, {key_label(line.subject)}: {told}"
    yield from (f"{unknown}: {key_label(key)}: {_some(places)}" for key, places in _grouped(report.unknown))
    noted, unfamiliar = _("Ukjent ifølge kilden"), _("Ukjent felt, tatt vare på")
    yield from (f"{noted}: {line.where}: {line.given}" for line in report.notes)
    yield from (f"{unfamiliar}: {key}: {_some(places)}" for key, places in _grouped(report.unfamiliar))


def _counted(lines: list[Noted]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for line in lines:
        counts[line.subject] += 1
    return ", ".join(f"{count} {_kind(subject)}" for subject, count in counts.items()) or "0"


def _kind(subject: str) -> str:
    return {"venue": _("lokaler"), "room": _("rom"), "district": _("bydeler"), "space": _("deler")}.get(subject, subject)


def _grouped(lines: list[Noted]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        found[line.subject].append(line.where)
    return list(found.items())


def _some(places: list[str]) -> str:
    rest = len(places) - SHOWN
    return ", ".join(places[:SHOWN]) + (" " + _("og %(count)s til", count=rest) if rest > 0 else "")
