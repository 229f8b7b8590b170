"""The commands ``bookings import`` and ``why``, and ``policies check``, ``replay`` and ``whatif``, which go through bookings' own code."""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from accounts import edge
from accounts.identity import COMMAND
from booking.answers import Telling, fault_line
from booking.compared import Compared
from booking.importing import import_plan
from booking.meant import Terms, meant
from booking.otherwise import Line, lines, named, otherwise_label, outcome_text, reasons, sum_text
from booking.pages.happened import answers, told_room
from booking.pages.labels import price_text
from booking.pages.why import local_moment
from booking.plan import read_plan
from booking.replay import Replayed, replay
from booking.trying import Tried, tried
from booking.whatif import Question, last_season, what_if
from booking.why import why
from booking.wish import OnConflict
from kernel.clock import now
from kernel.errors import Invalid, Missing, Refusal, refuse
from kernel.wallclock import parse_day, to_utc
from policies.cases import documents_in, read_cases
from policies.cli import FILE, tell, text_in
from policies.document import Document
from policies.places import place_at
from policies.taxonomy import Activity
from venues.queries import room_at
from web.formats import moment
from web.sheets import MOST_BYTES
from web.texts import gettext as _
from web.wording import sentence

commands = AppGroup("bookings", help="Bookings.")
LONGEST = 200


@commands.command("import")
@FILE
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, and book nothing.")
@click.option("--skip-conflicts", is_flag=True, help="Leave out the dates that are not to be had, and book the others.")
@click.option(
    "--activity", type=click.Choice([one.value for one in Activity]), default=Activity.SPORT_TRAINING.value, help="Of rows without."
)
def import_command(file: Path, *, dry_run: bool, skip_conflicts: bool, activity: str) -> None:
    """Book a season plan (XLSX or CSV), a line per row; exit 1 unless all is booked, 2 when the file cannot be read."""
    moment, terms = now(), Terms(Activity(activity), OnConflict.SKIP if skip_conflicts else OnConflict.REFUSE)
    telling = Telling(dry_run=dry_run)
    try:
        with file.open("rb") as opened:
            plan = read_plan(file.name, opened.read(MOST_BYTES + 1))
        with edge.database().reading() as session:
            rows = meant(session, plan, terms, by=COMMAND, now=moment)
    except Refusal as refusal:
        told = _refused(refusal, 2)
        click.echo(_("Ingenting er booket. Rett filen, og kjør den igjen."), err=True)
        raise told from None
    for heading in plan.unread:
        click.echo(_("Kolonnen «%(heading)s» er ikke lest.", heading=heading), err=True)
    for sheet in plan.beside:
        click.echo(_("Arket «%(sheet)s» er ikke lest: bare det øverste leses. Lagre det som en egen fil.", sheet=sheet), err=True)
    try:
        for answer in import_plan(edge.database(), rows, digest=plan.digest, dry_run=dry_run, by=COMMAND, now=moment, told=Counter()):
            click.echo("\n".join(telling.lines(answer)))
    except Refusal as refusal:
        raise _refused(refusal, 1) from None
    click.echo(telling.sums())
    if dry_run:
        click.echo(_("Prøvekjøring: ingenting er endret."))
    raise SystemExit(0 if telling.is_whole else 1)


def _refused(refusal: Refusal, code: int) -> SystemExit:
    for fault in refusal.faults:
        click.echo(fault_line(fault), err=True)
    return SystemExit(code)


@commands.command("why")
@click.argument("room", metavar="VENUE/ROOM")
@click.option("--at", required=True, help="A moment of the room's own clock: 2026-09-15T18:00.")
def why_command(room: str, at: str) -> None:
    """Say why a room is taken, closed or free at a moment, past or coming, and what led there, a line per act."""
    try:
        wall = local_moment(at)
        with edge.database().reading() as session:
            found = room_at(session, room)
            told = why(session, found, to_utc(wall, found.venue.zone, field="at"), by=COMMAND, now=now())
            click.echo("\n".join(answers(told)))
            for line in told_room(told):
                about = ", ".join(filter(None, (line.whose, line.reference)))
                click.echo(f"{moment(line.at, found.venue.zone)}: {line.text}{f' ({about})' if about else ''}")
    except Refusal as refusal:
        raise _refused(refusal, 1) from None


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
    notes = [*(["*"] if one.case.reading else []), *([_("(fiktivt)")] if one.case.fictional else [])]
    click.echo(" ".join([f"{mark:6}", one.case.name, *notes]))
    for each in one.differences:
        told = _("%(part)s: ventet %(wanted)s, fikk %(found)s", part=each.part, wanted=_short(each.wanted), found=_short(each.found))
        click.echo(f"       {told}")


@click.command("whatif")
@FILE
@click.option("--since", default="", help="The first date of use: 2026-08-01 or 01.08.2026; a year back when left out.")
@click.option("--until", default="", help="The last date of use; all that is coming when left out.")
@with_appcontext
def whatif_command(file: Path, since: str, until: str) -> None:
    """Say which past and coming bookings would be decided otherwise if FILE were in force, and how; it changes nothing."""
    text = text_in(file)
    try:
        draft, dates = _draft_in(text), [parse_day(day, name) if day else None for name, day in (("since", since), ("until", until))]
        with edge.database().reading() as session:
            place = place_at(session, draft.place)
            question = Question(place=place, draft=draft, since=dates[0] or last_season(session, now()), until=dates[1])
        found = what_if(edge.database(), question, by=COMMAND, now=now(), told=Counter())
    except Refusal as refusal:
        tell(file, text, refusal.faults)
        raise SystemExit(1) from None
    with edge.database().reading() as session:
        _tell_otherwise(session, found, question.since)


def _draft_in(text: str) -> Document:
    documents = documents_in(text)
    if len(documents) > 1:
        raise refuse(Invalid, "one-document", "policies", len(documents))
    return documents[0]


class Counter:
    """A line on the error stream that says how far it is: once a second, over itself where somebody watches."""

    def __init__(self) -> None:
        self._told = 0.0
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        is_end = done == total
        if done != self._done and (is_end or time.monotonic() - self._told >= 1):
            self._told, self._done = time.monotonic(), done
            watched = sys.stderr.isatty()
            click.echo(f"\r{done}/{total}" if watched else f"{done}/{total}", nl=is_end or not watched, err=True)


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


def _tell_otherwise(session: Session, found: Compared, since: date) -> None:
    counted = {"judged": found.judged, "day": since, "otherwise": len(found.differing), "unknown": found.unknown}
    click.echo(_("%(judged)d prøvd fra %(day)s, %(otherwise)d avgjøres annerledes, %(unknown)d kan ikke prøves", **counted))
    for one in found.sums():
        click.echo(f"  {otherwise_label(one.kind)}: {sum_text(one)}")
    for who, party in named(session, found.parties()):
        click.echo(f"{who}: {'; '.join(f'{otherwise_label(one.kind)}: {sum_text(one)}' for one in party.sums)}")
    for line in lines(session, found, found.differing):
        _tell_line(line)


def _tell_line(line: Line) -> None:
    when = f"{line.use.start:%Y-%m-%d %H:%M}–{line.use.end:%H:%M}"
    click.echo(f"{when} {line.use.reference} {line.room}, {line.who}: {', '.join(map(otherwise_label, line.kinds))}")
    for mark, side in ((_("nå"), line.now), (_("med utkastet"), line.then)):
        price = "" if side.is_refused else f", {price_text(side.charged)}"
        said = "".join(f" {sentence(fault)}" for fault in reasons(line, side))
        click.echo(f"       {mark}: {outcome_text(side)}{price}.{said}")
