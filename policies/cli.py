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
from kernel.errors import Fault, Refusal
from kernel.wallclock import parse_day, to_wall
from policies.cases import documents_in
from policies.document import Document, schema
from policies.given import CaseFile
from policies.lines import line_of, lines_of
from policies.lint.files import faults_of
from policies.places import place_at
from policies.reading import LONGEST_OF_CASES
from policies.verbs import publish_all
from web.formats import HOME_ZONE
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
    tell(file, text, faults)
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
        told = _("Versjon %(number)d er publisert.", number=number)
        click.echo(f"{place}: {told}" if place and len(published) > 1 else told)


def _publish_all(session: Session, documents: Sequence[Document], day: date, withdraws: bool) -> list[tuple[str, int]]:
    """Publish them in one transaction; the place and number of each."""
    placed = [(place_at(session, document.place), document) for document in documents]
    versions = publish_all(session, placed, day, withdraws=withdraws, by=SERVICE, now=now())
    return [(document.place, version.number) for document, version in zip(documents, versions, strict=True)]


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


def tell(file: Path, text: str, faults: Iterable[Fault]) -> None:
    """Say on the error stream what is wrong where in a document."""
    found = list(faults)
    lines = lines_of(text if any(fault.field for fault in found) else "")
    numbered = [(int(str(fault.facts.get("line") or line_of(fault.field, lines))), fault) for fault in found]
    for line, fault in sorted(numbered, key=lambda pair: pair[0]):
        rule = f" [{fault.facts['rule']}]" if fault.facts.get("rule") else ""
        click.echo(f"{file}:{line}: {fault.field}{rule}: {sentence(fault)} ({fault.code})", err=True)
