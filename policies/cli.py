"""Commands ``policies lint``, ``publish`` and ``schema``."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from accounts import edge
from accounts.identity import SERVICE
from kernel.clock import now
from kernel.errors import Fault, Invalid, Missing, Refusal, refuse
from kernel.wallclock import parse_day, to_wall
from policies.cases import documents_in
from policies.document import Document, checked, schema
from policies.given import CaseFile
from policies.lines import line_of, lines_of
from policies.lint import ADVICE
from policies.lint.files import faults_of
from policies.places import Place, place_at, shelf_of
from policies.reading import LONGEST_OF_CASES
from policies.verbs import publish_all
from web.formats import HOME_ZONE, long_date
from web.texts import gettext as _
from web.wording import sentence

commands = AppGroup("policies", help="Rules as data: lint, check, publish.")
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@commands.command("lint")
@FILE
def lint_command(file: Path) -> None:
    """Say what is wrong in a policy document, with line and rule; exit 1 if anything is."""
    text = text_in(file)
    faults = faults_of(text, to_wall(now(), HOME_ZONE).date())
    tell(file, text, [fault for fault in faults if fault.code not in ADVICE])
    tell(file, text, [fault for fault in faults if fault.code in ADVICE], mark=f", {_('råd')}")
    if not faults:
        click.echo(_("Ingen feil."))
    raise SystemExit(1 if faults else 0)


@commands.command("publish")
@FILE
@click.option("--from", "valid_from", required=True, help="The first date of use: 2026-08-01 or 01.08.2026.")
@click.option("--withdraw", is_flag=True, help="Confirm that a document without rules takes all own rules of the place away.")
def publish_command(file: Path, valid_from: str, withdraw: bool) -> None:
    """Put a policy document, or all those of a file of cases, in force from a date, in the places that they name."""
    text = text_in(file)
    try:
        documents, day = documents_in(text), parse_day(valid_from, "from")
        published = edge.database().transact(_publish_all, documents, day, withdraw)
    except Refusal as refusal:
        tell(file, text, refusal.faults)
        raise SystemExit(1) from None
    for place, number in published:
        told = _("Versjon %(number)d er publisert og gjelder fra %(day)s.", number=number, day=long_date(day))
        click.echo(f"{place}: {told}" if place else told)


def _publish_all(session: Session, documents: Sequence[Document], day: date, withdraws: bool) -> list[tuple[str, int]]:
    """Publish them in one transaction; the place and number of each."""
    placed = [(_place(session, document), document) for document in documents]
    versions = publish_all(session, placed, day, withdraws=withdraws, by=SERVICE, now=now())
    return [(document.place, version.number) for document, version in zip(documents, versions, strict=True)]


def _place(session: Session, document: Document) -> Place:
    """The place of a document; raises Invalid (``no-such-place``) where it is not among the venues and rooms."""
    try:
        return place_at(session, document.place)
    except Missing as refusal:
        raise refuse(Invalid, "no-such-place", "place", document.place, near=refusal.faults[0].facts.get("near")) from None


@commands.command("export")
@click.argument("place", default="")
@click.option("--on", "on_day", default="", help="As in force on this date of use; today when left out.")
def export_command(place: str, on_day: str) -> None:
    """Print the document in force in PLACE (venue or venue/room; the municipality's when left out), to be changed or tried."""
    with edge.database().reading() as session:
        try:
            day = parse_day(on_day, "on") if on_day else to_wall(now(), HOME_ZONE).date()
            version = shelf_of(session, place_at(session, place)).current(day)
        except Refusal as refusal:
            raise click.ClickException(" ".join(map(sentence, refusal.faults))) from None
    if version is None:
        raise click.ClickException(_("Ingen egen retningslinje."))
    click.echo(json.dumps(checked(version.document).data(), indent=1, ensure_ascii=False))


@commands.command("schema")
@click.option("--cases", is_flag=True, help="Of a file of cases instead.")
def schema_command(cases: bool) -> None:
    """Print the JSON Schema of a policy document, or of a file of cases."""
    found = CaseFile.model_json_schema() if cases else schema()
    click.echo(json.dumps(found, indent=1, ensure_ascii=False))


def text_in(file: Path) -> str:
    """The text, one sign longer than is read when it is too long; what is no UTF-8 is told at its place."""
    with file.open(encoding="utf-8-sig", errors="surrogateescape") as opened:
        return opened.read(LONGEST_OF_CASES + 1)


def tell(file: Path, text: str, faults: Iterable[Fault], mark: str = "") -> None:
    """Say on the error stream what is wrong where in a document; ``mark`` stands behind each code."""
    found = list(faults)
    lines = lines_of(text if any(fault.field for fault in found) else "")
    numbered = [(int(str(fault.facts.get("line") or line_of(fault.field, lines))), fault) for fault in found]
    for line, fault in sorted(numbered, key=lambda pair: pair[0]):
        rule = f" [{fault.facts['rule']}]" if fault.facts.get("rule") else ""
        click.echo(f"{file}:{line}: {fault.field}{rule}: {sentence(fault)} ({fault.code}{mark})", err=True)
