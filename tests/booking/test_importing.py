"""Importing a season plan: each row through the gate and answered for itself, the same in a rehearsal that leaves nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.identity import COMMAND
from booking.ending import cancel
from booking.importing import Fate, import_plan
from booking.meant import Terms, meant
from booking.models import Booking, Occurrence
from booking.outcome import Taken
from booking.plan import read_plan
from booking.reservations import reserve
from booking.states import BookingState, OccurrenceState
from database.audit import Audit
from database.transact import Database
from kernel.errors import Refusal
from tests.booking.conftest import NOW, POLICY, REASON, TWO_HOURS, Hall, furnish, publish_with, wish
from tests.clock import stop
from tests.contents import changed, contents
from venues.models import Room, SchoolPeriod, Space

WEEKLY = {"kind": "quota", "id": "weekly", "per": "team", "period": "week", "minutes": 240, "reason": REASON}
PERIODS = {"hosten": {"first": "09-15", "last": "10-20"}}
HEADINGS = "rom;ukedag;fra;til;klubb;lag;periode;unntak"
TRAINING = "oren-flerbrukshall/gymsal-1;tirsdag;18:00;20:00;Skiold turn;G12;2026-09-15 - 2026-10-20;høstferie"
USE = "oren-flerbrukshall/gymsal-1, tirsdag 18:00–20:00, Skiold turn, G12"


class Importing:
    """The command on an app whose clock stands still, and its database."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.database: Database = app.extensions["database"]
        rules = {"periods": PERIODS, "rules": [*POLICY["rules"], TWO_HOURS, WEEKLY]}  # type: ignore[misc]
        self.hall: Hall = self.database.transact(furnish, {**POLICY, **rules})
        self._runner = app.test_cli_runner()
        self._file = folder / "plan.csv"

    def __call__(self, *rows: str, headings: str = HEADINGS, options: tuple[str, ...] = ()) -> tuple[int, list[str], list[str]]:
        self._file.write_text("\n".join([headings, *rows]), encoding="utf-8")
        return self.file(self._file, *options)

    def file(self, file: Path, *options: str) -> tuple[int, list[str], list[str]]:
        result = self._runner.invoke(args=["bookings", "import", str(file), *options])
        progress = re.compile(r"^\d+/\d+$")
        errors = [line for line in result.stderr.splitlines() if not progress.match(line)]
        if result.exit_code == 2:
            assert errors.pop() == "Ingenting er booket. Rett filen, og kjør den igjen."
        return result.exit_code, result.stdout.splitlines(), errors

    def bookings(self) -> list[Booking]:
        with self.database.reading() as session:
            return list(session.scalars(select(Booking).order_by(Booking.id)))

    def booked(self) -> list[date]:
        with self.database.reading() as session:
            starts = select(Occurrence.local_start).where(Occurrence.state == OccurrenceState.BOOKED).order_by(Occurrence.local_start)
            return [start.date() for start in session.scalars(starts)]

    def reserve(self, **changes: Any) -> Booking:
        return self.database.transact(reserve, wish(**changes), by=self.hall.berit, now=NOW)


@pytest.fixture
def run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Importing:
    stop(monkeypatch)
    return Importing(app, tmp_path)


def test_a_row_becomes_a_series_of_its_club_held_by_who_leads_it(run: Importing) -> None:
    code, said, _ = run(TRAINING)

    (made,) = run.bookings()
    assert code == 0
    assert said == [
        f"Rad 2: booket {made.reference}, 5 datoer ({USE})",
        "Rader: 1. Booket: 1, venter på svar: 0, var der alt: 0, opptatt: 0, ikke godtatt: 0.",
    ]
    assert (made.organisation_id, made.holder_id, made.team) == (run.hall.cast.skiold.id, run.hall.berit.person_id, "G12")
    assert (made.hand_id, made.purpose, made.activity) == (None, "Trening", "sport.training")
    assert [day.day for day in run.booked()] == [15, 22, 29, 13, 20]


def test_a_spreadsheet_with_times_dates_and_merged_cells_is_imported(run: Importing, tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ["Rom", "Ukedag", "Fra", "Til", "Klubb", "Første dato", "Siste dato", "Deltakere", "Merknad"],
        ["Gymsal 1", "Mandag", time(17), time(18, 30), 313000001, datetime(2026, 9, 14), datetime(2026, 9, 28), "6-12: 18", "husk nøkkel"],
        [None, "Tirsdag", "kl 17", 0.75, 313000001, "14.09.2026", "28.09.2026", 20, None],
    ):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.create_sheet("Vår").append(["Rom"])
    book.save(tmp_path / "plan.xlsx")

    code, said, error = run.file(tmp_path / "plan.xlsx")

    made = run.bookings()
    assert (code, error) == (
        0,
        ["Kolonnen «Merknad» er ikke lest.", "Arket «Vår» er ikke lest: bare det øverste leses. Lagre det som en egen fil."],
    )
    assert [line.partition(" (")[0] for line in said[:2]] == [
        f"Rad 2: booket {made[0].reference}, 3 datoer",
        f"Rad 3: booket {made[1].reference}, 2 datoer",
    ]
    assert [one.participants for one in made] == [{"6-12": 18}, {"0+": 20}]


@pytest.mark.parametrize(
    ("end", "hour", "merged"),
    [("25:00", "25:00", ""), (timedelta(hours=25), "25:00", ""), (-0.25, "-6:00", ""), (time(19), "", "C3:D3"), (time(19), "", "A2:B3")],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_spreadsheet_with_hours_that_no_day_has_or_cells_merged_across_is_told_by_its_cell_and_nothing_is_booked(
    run: Importing, tmp_path: Path, end: object, hour: str, merged: str
) -> None:
    book = Workbook()
    for row in (
        ["Rom", "Ukedag", "Fra", "Til", "Klubb", "Periode"],
        *[["Gymsal 1", "mandag", time(17), time(19), 313000001, "hosten"]] * 2,
    ):
        book.active.append(row)
    book.active["D3"] = end
    if merged:
        book.active.merge_cells(merged)
    book.save(tmp_path / "plan.xlsx")

    code, said, error = run.file(tmp_path / "plan.xlsx")

    assert (code, said, run.bookings()) == (2, [], [])
    place = f"Cellene {merged} er slått sammen" if merged else f"Rad 3, Til: «{hour}» er ikke et klokkeslett"
    assert [place in line for line in error] == [True]


def test_the_audit_says_which_row_of_which_file_it_came_from(run: Importing) -> None:
    run(TRAINING)

    (made,) = run.bookings()
    with run.database.reading() as session:
        found = session.scalars(select(Audit).where(Audit.subject == "booking", Audit.subject_id == made.id).order_by(Audit.id)).all()
    assert [(act.verb, act.via, act.hand_id) for act in found] == [("reserve", "command", None), ("import", "command", None)]
    assert found[1].facts == {"plan": found[1].facts["plan"], "row": 2}
    assert re.fullmatch("[0-9a-f]{16}", found[1].facts["plan"])


def test_the_same_file_again_changes_nothing(run: Importing) -> None:
    run(TRAINING)
    before = contents(run.database.engine)

    code, said, _ = run(TRAINING)

    assert (code, changed(before, contents(run.database.engine))) == (0, [])
    assert said[0] == f"Rad 2: er der alt {run.bookings()[0].reference}, 5 datoer ({USE})"


def test_a_date_cancelled_since_is_not_booked_anew(run: Importing) -> None:
    run(TRAINING)
    run.database.transact(cancel, run.bookings()[0].id, number=2, by=run.hall.berit, now=NOW)

    code, said, _ = run(TRAINING)

    assert (code, "er der alt" in said[0], len(run.bookings())) == (0, True, 1)


def test_rows_that_meet_each_other_or_a_booking_are_told_by_date_and_whose_it_is(run: Importing) -> None:
    other = run.reserve(start="2026-09-23T18:00", end="2026-09-23T20:00")

    code, said, _ = run(TRAINING, "hel-hall;tir;19;20;Skiold turn;;2026-09-15 - 2026-09-22;", TRAINING.replace("tirsdag", "onsdag"))

    first = run.bookings()[1].reference
    assert code == 1
    assert said[1:] == [
        "Rad 3: opptatt (oren-flerbrukshall/hel-hall, tirsdag 19:00–20:00, Skiold turn)",
        f"       2026-09-15, 2026-09-22: Gymsal 1 er opptatt 18:00–20:00 av {first} (rad 2), Skiold turn.",
        "Rad 4: opptatt (oren-flerbrukshall/gymsal-1, onsdag 18:00–20:00, Skiold turn, G12)",
        f"       2026-09-23: Gymsal 1 er opptatt 18:00–20:00 av {other.reference}, Skiold turn.",
        "Rader: 3. Booket: 1, venter på svar: 0, var der alt: 0, opptatt: 2, ikke godtatt: 0.",
    ]


def test_with_skip_conflicts_the_free_dates_are_booked_and_a_second_run_knows_them(run: Importing) -> None:
    other = run.reserve(start="2026-09-22T18:00", end="2026-09-22T20:00")
    whole = TRAINING.replace("høstferie", "")

    code, said, _ = run(whole, options=("--skip-conflicts",))
    again, repeated, _ = run(whole)

    made = run.bookings()[1]
    assert (code, again) == (1, 0)
    assert said[:3] == [
        f"Rad 2: booket {made.reference}, 4 datoer ({USE})",
        f"       2026-09-22: Gymsal 1 er opptatt 18:00–20:00 av {other.reference}, Skiold turn.",
        "       2026-10-06: Skolen har fri 6. oktober 2026: Høstferie. Fordi.",
    ]
    assert repeated[0] == f"Rad 2: er der alt {made.reference}, 4 datoer ({USE})"


def test_what_a_rule_refuses_is_told_with_its_reason_and_counts_run_from_row_to_row(run: Importing) -> None:
    long = TRAINING.replace("20:00", "21:00")
    code, said, _ = run(long, TRAINING, *(TRAINING.replace("tirsdag", day) for day in ("ons", "tor")))

    assert code == 1
    assert [line for line in said if "ikke godtatt" in line or line.startswith(" ")] == [
        "Rad 2: ikke godtatt (oren-flerbrukshall/gymsal-1, tirsdag 18:00–21:00, Skiold turn, G12)",
        "       2026-09-15, 2026-09-22, 2026-09-29 og 2 til: 3 timer er for lenge. Book høyst 2 timer. Fordi.",
        "Rad 5: ikke godtatt (oren-flerbrukshall/gymsal-1, torsdag 18:00–20:00, Skiold turn, G12)",
        "       2026-09-17, 2026-09-24, 2026-10-01 og 1 til: Kvoten er brukt opp. Fordi.",
        "Rader: 4. Booket: 2, venter på svar: 0, var der alt: 0, opptatt: 0, ikke godtatt: 2.",
    ]


def test_a_row_that_asks_for_an_exception_waits_for_the_role_that_gives_it(run: Importing) -> None:
    headings, long = f"{HEADINGS};unntak fra regel;begrunnelse", TRAINING.replace("20:00", "21:00")

    code, said, _ = run(f"{long};two-hours;Cuptrening", headings=headings)
    again, repeated, _ = run(f"{long};two-hours;Cuptrening", headings=headings)

    (made,) = run.bookings()
    use = USE.replace("20:00", "21:00")
    assert (code, made.state) == (1, BookingState.REQUESTED)
    assert said[0] == f"Rad 2: venter på svar fra saksbehandler {made.reference}, 5 datoer ({use})"
    assert (again, repeated[0]) == (0, f"Rad 2: er der alt {made.reference}, 5 datoer ({use})")


def test_dates_that_have_been_are_left_out_of_a_running_season(run: Importing) -> None:
    running = TRAINING.replace("2026-09-15", "2026-08-18")

    code, said, _ = run(running)

    assert (code, said[0].partition(" (")[0]) == (0, f"Rad 2: booket {run.bookings()[0].reference}, 6 datoer, 3 er passert")


def test_a_dry_run_says_the_same_and_leaves_nothing(run: Importing) -> None:
    other = run.reserve(start="2026-09-23T18:00", end="2026-09-23T20:00")
    rows = (TRAINING, TRAINING, "hel-hall;tir;19;20;Skiold turn;;2026-09-15 - 2026-09-22;", TRAINING.replace("tirsdag", "onsdag"))
    before = contents(run.database.engine)

    code, said, _ = run(*rows, options=("--dry-run",))

    assert (code, changed(before, contents(run.database.engine))) == (1, [])
    reference = re.compile(rf" (?!{other.reference})[A-Z]{{6}}-\d+( \((rad 2)\))?")
    _, really, _ = run(*rows)
    assert said == [
        *(reference.sub(lambda found: f" {found[2]}" if found[2] else "", line) for line in really),
        "Prøvekjøring: ingenting er endret.",
    ]


def test_a_dry_run_keeps_no_writer_waiting(database: Database) -> None:
    hall, plan = database.transact(furnish), read_plan("plan.csv", f"{HEADINGS}\n{TRAINING}\n{TRAINING}".encode())
    with database.reading() as session:
        rows = meant(session, plan, Terms(), by=COMMAND, now=NOW)

    def meanwhile(done: int, _total: int) -> None:
        day = datetime(2026, 9, 15, 18 + 2 * done)
        database.transact(reserve, wish(start=day, end=day.replace(hour=day.hour + 1)), by=hall.berit, now=NOW)

    answers = list(import_plan(database, rows, digest=plan.digest, dry_run=True, by=COMMAND, now=NOW, told=meanwhile))

    assert [answer.fate for answer in answers] == [Fate.BOOKED, Fate.ALREADY]


def test_names_are_matched_whatever_the_capitals_and_parts(run: Importing) -> None:
    rooms = ("GYMSAL 1", "Gymsal 1, Øren flerbrukshall", "øren flerbrukshall / gymsal 1", "oren-flerbrukshall/Gymsal 1")
    clubs = ("skiold TURN", "313 000 001", "313000001")
    rows = [f"{room};tir;18;20;{club};G12;Hosten 2026;uke 41" for room in rooms for club in clubs]

    code, said, _ = run(*rows, "Gymsal 2;tir;18;19;onsdagskvilterne;;hosten;skoleferier")

    assert (code, len(run.bookings())) == (0, 2)
    assert run.bookings()[1].holder_id == run.hall.cast.tone.id
    assert said[-1] == "Rader: 13. Booket: 2, venter på svar: 0, var der alt: 11, opptatt: 0, ikke godtatt: 0."


def test_a_venue_may_have_a_column_of_its_own_and_an_activity_any_language(run: Importing) -> None:
    headings = "building;room;weekday;from;to;club;first date;last date;activity;purpose"

    code, _, error = run("Øren flerbrukshall;Gymsal 1;mon;17;18;Skiold turn;14.09.2026;14.09.2026;Training;Parti 3", headings=headings)

    assert (code, error, [(one.activity, one.purpose) for one in run.bookings()]) == (0, [], [("sport.training", "Parti 3")])


def test_a_room_that_two_venues_have_is_asked_for_with_its_venue(run: Importing) -> None:
    def twin(session: Session) -> None:
        session.info.pop("locked", None)
        venue = session.scalars(select(Room)).first().venue  # type: ignore[union-attr]
        other = type(venue)(slug="marienlyst", name="Marienlyst", kind="", zone=venue.zone, changed_at=NOW)
        space = Space(venue=other, slug="gymsal-1", name="Gymsal 1")
        session.add(Room(venue=other, slug="gymsal-1", name="Gymsal 1", kind="gym", changed_at=NOW, spaces=[space]))

    run.database.transact(twin)

    code, _, error = run(TRAINING.replace("oren-flerbrukshall/", ""))

    assert (code, error) == (2, ["Rad 2, rom: «gymsal-1» kan være flere rom. Skriv oren-flerbrukshall/gymsal-1 eller marienlyst/gymsal-1."])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gymsal-1": "gymsal-3"}, "rom: Rommet «oren-flerbrukshall/gymsal-3» finnes ikke."),
        ({"Skiold turn": "Skjold turn"}, "klubb: Vi kjenner ikke «Skjold turn». Det som likner mest: Skiold turn."),
        ({"Skiold turn": ""}, "klubb: Dette må fylles ut."),
        ({"Skiold turn": "Strømmen sangkor"}, "klubb: Ingen kan stå for bookingene til «Strømmen sangkor»."),
        ({"20:00": "25:00"}, "til: «25:00» er ikke et klokkeslett."),
        ({"20:00": "17:00"}, "til «17:00»: Slutten må være etter starten."),
        ({"2026-09-15 - 2026-10-20": "våren"}, "periode: Perioden «våren» står ikke i retningslinjene for rommet. Skriv hosten,"),
        ({"10-20": "09-16", "tirsdag": "fredag"}, "ukedag: Det er ingen fredag 15. september 2026 – 16. september 2026."),
        ({"2026-10-20": "2036-10-20"}, "periode «2026-09-15/2036-10-20»: Gjentakelsen gir for mange datoer."),
        ({"høstferie": "påske"}, "unntak: Ferien «påske» står ikke i skoleruta for rommet. Skriv Høstferie,"),
        ({"høstferie": "uke 99"}, "unntak: «uke 99» finnes ikke i 2026. Ukene har nummer 1 til 53."),
        ({"høstferie": "Uke 0", "2026-10-20": "2027-02-20"}, "unntak: «Uke 0» finnes ikke i 2026 eller 2027. Ukene har nummer 1 til 53."),
        ({"høstferie": "veke 53", "2026-09-15 - 2026-10-20": "2027-03-01 - 2027-03-20"}, "unntak: «veke 53» finnes ikke i 2027. Ukene"),
        ({"oren-flerbrukshall/gymsal-1": ""}, "rom: Dette må fylles ut."),
        ({"høstferie": "2026-09-01 - 2026-12-31"}, "unntak: Unntakene tar bort alle datoene (6)."),
    ],
)
def test_what_is_wrong_in_the_file_is_told_and_then_nothing_is_booked(run: Importing, changes: dict[str, str], told: str) -> None:
    wrong = TRAINING
    for old, new in changes.items():
        wrong = wrong.replace(old, new)
    before = contents(run.database.engine)

    code, said, error = run(TRAINING, wrong)

    assert (code, said, len(error)) == (2, [], 1)
    assert error[0].startswith(f"Rad 3, {told}")
    assert changed(before, contents(run.database.engine)) == []


def test_all_that_is_wrong_in_a_row_is_told_at_once(run: Importing) -> None:
    wrong = TRAINING.replace("tirsdag", "tirsda").replace("18:00", "25:00").replace("2026-09-15 - 2026-10-20", "vår 2027")
    rule, nobody = wrong.replace("høstferie", "uke 60, påske"), wrong.replace("Skiold turn", "Skjold turn").replace("gymsal-1", "gymsal-3")

    code, said, error = run(rule, nobody)

    assert (code, said) == (2, [])
    assert Counter(line.partition(":")[0] for line in error) == {
        **{f"Rad 2, {column}": number for column, number in (("ukedag", 1), ("fra", 1), ("periode", 1), ("unntak", 2))},
        **{f"Rad 3, {column}": 1 for column in ("ukedag", "fra", "rom", "klubb")},
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("2026-09-15 - 2026-10-20", "våren"),
            [
                "Retningslinjene for rommet har ingen perioder. Skriv første og siste dato i stedet for «våren».",
                "Det står ingen ferier i skoleruta for rommet. Skriv datoene i stedet for «høstferie».",
            ],
        ),
        (("høstferie", "påske"), ["Det står ingen ferier i skoleruta for rommet. Skriv datoene i stedet for «påske»."]),
    ],
)
def test_where_nothing_has_a_name_the_dates_are_asked_for(run: Importing, change: tuple[str, str], told: list[str]) -> None:
    def unnamed(session: Session) -> None:
        publish_with(session)
        session.execute(delete(SchoolPeriod))

    run.database.transact(unnamed)

    code, _, error = run(TRAINING.replace(*change))

    assert (code, [line.partition(": ")[2] for line in error]) == (2, told)


def test_a_row_that_is_all_over_is_told_and_not_asked_for(run: Importing) -> None:
    code, said, _ = run(TRAINING, TRAINING.replace("2026-09-15 - 2026-10-20", "2026-08-01 - 2026-08-20"))

    assert (code, len(run.bookings()), said[1]) == (0, 1, f"Rad 3: 3 datoer er passert ({USE})")
    assert said[-1] == "Rader: 2. Booket: 1, venter på svar: 0, var der alt: 0, opptatt: 0, ikke godtatt: 0. Passert: 1."


def test_a_title_above_the_headings_is_left_unread(run: Importing, tmp_path: Path) -> None:
    book = Workbook()
    rows = (["Sesongplan for hall og sal 2026"], [], ["Rom", "Ukedag", "Fra", "Til", "Klubb", "Periode"])
    for row in (*rows, ["Gymsal 1", "mandag", time(17), time(19), 313000001, "14.09.2026 - 28.09.2026"]):
        book.active.append(row)
    book.active.merge_cells("A1:F2")
    book.save(tmp_path / "plan.xlsx")

    code, said, error = run.file(tmp_path / "plan.xlsx")
    again, met, _ = run("Gymsal 1;mandag;17:00;19:00;313000001;;14.09.2026 - 28.09.2026;", headings=f"Sesongplan\n\n{HEADINGS}")

    assert (code, again, error, len(run.bookings())) == (0, 0, [], 1)
    assert [line.partition(" (")[0] for line in (said[0], met[0])] == [
        f"Rad 4: booket {run.bookings()[0].reference}, 3 datoer",
        f"Rad 4: er der alt {run.bookings()[0].reference}, 3 datoer",
    ]


def test_what_is_wrong_with_the_file_as_a_whole_is_told_without_a_field(run: Importing, tmp_path: Path) -> None:
    (tmp_path / "plan.ods").write_bytes(b"")

    code, _, (error,) = run.file(tmp_path / "plan.ods")

    assert (code, error.startswith("file")) == (2, False)


def test_an_import_that_meets_a_direct_booking_gives_one_winner(database: Database) -> None:
    hall = database.transact(furnish)
    rows = [f"gymsal-1;tir;{hour}:00;{hour + 1}:00;Skiold turn;;2026-09-15 - 2026-10-20;høstferie" for hour in range(10, 20)]
    plan = read_plan("plan.csv", "\n".join([HEADINGS, *rows]).encode())
    with database.reading() as session:
        asked = meant(session, plan, Terms(), by=COMMAND, now=NOW)
    start, won = Barrier(2), []

    def directly() -> None:
        start.wait()
        for hour in reversed(range(10, 20)):
            try:
                times = (datetime(2026, 9, 22, hour), datetime(2026, 9, 22, hour + 1))
                won.append(database.transact(reserve, wish(start=times[0], end=times[1]), by=hall.nils, now=NOW).reference)
            except Taken:
                pass

    def imported() -> Iterator[Any]:
        start.wait()
        yield from import_plan(database, asked, digest=plan.digest, by=COMMAND, now=NOW, told=lambda _done, _total: None)

    thread = Thread(target=directly)
    thread.start()
    answers = list(imported())
    thread.join()

    fates = [answer.fate for answer in answers]
    assert set(fates) <= {Fate.BOOKED, Fate.TAKEN}
    assert fates.count(Fate.BOOKED) + len(won) == 10
    with database.reading() as session:
        held = session.execute(select(Occurrence.starts_at, Occurrence.room_id).where(Occurrence.state == OccurrenceState.BOOKED)).all()
    assert (len(held), len(set(held))) == (len(won) + 5 * fates.count(Fate.BOOKED),) * 2


def test_only_staff_import(run: Importing) -> None:
    with run.database.reading() as session, pytest.raises(Refusal):
        meant(session, read_plan("plan.csv", f"{HEADINGS}\n{TRAINING}".encode()), Terms(), by=run.hall.berit, now=NOW)
