"""The caretaker's sheet, once a day at the chosen hour, and what changes after it, gathered, for whoever is on duty."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.deputies import name_deputy
from accounts.inputs import DeputyInput
from accounts.queries import actor_of
from booking import ending, undo
from booking.changing import Change, change
from booking.closures import close_rooms
from booking.models import Booking, Undo
from booking.rounds.settings import SettingInput, choose
from notices import cli
from tests.clock import Clock
from tests.notices.conftest import Office
from venues.inputs import ClosureInput

DAY = "2026-09-15"
PLACE = "Øren flerbrukshall, Gymsal 1"
TWO_MINUTES = timedelta(minutes=2)


def at(clock: Clock, moment: str) -> None:
    """Let it be that time of the wall clock, in the summer."""
    clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC) - timedelta(hours=2)


def turn(office: Office) -> list[tuple[str, int]]:
    """A turn of the worker, done twice by two of them; which notices there are of rounds, and to whom."""
    with office.app.app_context():
        cli._attend()
        for _worker in range(2):
            cli._begin_days()
            cli._tell_of_changes()
    return [(one.kind, one.person_id) for one in office.notices() if one.kind in ("day-sheet", "round-changed")]


def wants(office: Office, **given: Any) -> None:
    chosen = {"sheet": "always", "at": "06:30", "changes": "mail", **given}
    office.act(choose, SettingInput.model_validate(chosen), by=office.hall.olav)


def told(office: Office) -> list[str]:
    """What the latest mail tells of changes."""
    return [line for line in office.last()[1].splitlines() if line.startswith("- ")]


def test_a_sheet_once_a_day_at_its_hour_as_text_and_as_one_page(office: Office, clock: Clock) -> None:
    office.book(needs=["40 stoler & <b>"])
    office.book(start=f"{DAY}T20:00", end=f"{DAY}T21:00", purpose="<b>Kor</b>")
    at(clock, f"{DAY} 06:29")
    wants(office)
    early = turn(office)
    at(clock, f"{DAY} 06:30")
    olav = office.hall.cast.olav.id

    assert (early, turn(office)) == ([], [("day-sheet", olav)])
    mail = next(mail for mail in office.mails() if mail["To"] == "olav@example.org")
    assert mail["Subject"] == "Dagsark, 15. september 2026"
    text, page = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    lines = [line for line in text.splitlines() if line]
    assert lines[1:9] == [
        "ØREN FLERBRUKSHALL",
        "Først inn 17:45, sist ut 21:00",
        "[ ] 17:45 Lås opp",
        "[ ] 17:45–18:00 Klargjør Gymsal 1: sett fram 40 stoler & <b>",
        "[ ] 20:00 Skift i Gymsal 1: rydd bort 40 stoler & <b>",
        "[ ] 21:00 Lås",
        "18:00–20:00 Gymsal 1: Skiold turn, Berit Moe, 99 00 00 03",
        "20:00–21:00 Gymsal 1: Skiold turn, Berit Moe, 99 00 00 03",
    ]
    assert all(part in page for part in ("Først inn 17:45", "40 stoler &amp; &lt;b&gt;", 'href="tel:+4799000003"', "<td>☐ Lås</td>"))
    assert "sett fram 40 stoler &amp; &lt;b&gt;" in page and "<b>" not in page
    at(clock, "2026-09-16 06:30")
    assert turn(office)[1:] == [("day-sheet", olav)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("sheet", "sent"), [("busy", 0), ("always", 1), ("never", 0)])
def test_a_day_without_anything_is_said_in_a_line_or_not_at_all(sheet: str, sent: int, office: Office, clock: Clock) -> None:
    at(clock, f"{DAY} 06:00")
    wants(office, sheet=sheet)
    at(clock, f"{DAY} 06:31")

    assert len(turn(office)) == sent
    assert all("Ingenting å gjøre." in mail.get_body(["plain"]).get_content() for mail in office.mails())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_hours_that_the_clock_change_skips_or_repeats_send_one_sheet(office: Office, clock: Clock) -> None:
    clock.moment = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    wants(office, at="02:30")
    counts = []
    for moment in (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    ):
        clock.moment = moment
        counts.append(len(turn(office)))

    assert counts == [1, 1, 2]


def test_what_changes_after_the_sheet_is_told_an_act_at_a_time_but_not_ones_own(office: Office, clock: Clock) -> None:
    moved = office.book()
    office.book(start=f"{DAY}T21:00", end=f"{DAY}T22:00")
    at(clock, f"{DAY} 06:00")
    wants(office)
    at(clock, f"{DAY} 06:30")
    olav, hall = office.hall.cast.olav.id, office.hall
    turn(office)
    office.act(change, moved.id, Change(number=1, start=datetime(2026, 9, 16, 18, 0), end=datetime(2026, 9, 16, 20, 0)), by=hall.kari)
    office.book(start=f"{DAY}T10:00", end=f"{DAY}T11:00")
    undone = office.book(start=f"{DAY}T12:00", end=f"{DAY}T13:00")
    office.act(ending.cancel, undone.id, by=hall.berit)
    waiting = turn(office)[1:]
    clock.pass_by(TWO_MINUTES)

    assert (waiting, turn(office)[1:]) == ([], [("round-changed", olav)])
    assert told(office) == [
        f"- Nytt: tirsdag 15. september 2026 kl. 10:00–11:00, {PLACE}, Skiold turn, 99 00 00 03 ({reference(office, 3)})",
        f"- Flyttet: onsdag 16. september 2026 kl. 18:00–20:00, {PLACE}, Skiold turn, 99 00 00 03 ({reference(office, 1)})"
        f". Var tirsdag 15. september 2026 kl. 18:00–20:00, {PLACE}",
    ]
    leak = ClosureInput(start=f"{DAY}T20:30", end=f"{DAY}T23:00", reason="Vannlekkasje")
    office.act(close_rooms, "oren-flerbrukshall", leak, confirmed=True, by=hall.olav)
    clock.pass_by(TWO_MINUTES)
    own = turn(office)[2:]
    office.act(ending.cancel, moved.id, by=hall.berit)
    clock.pass_by(TWO_MINUTES)

    assert (own, turn(office)[2:]) == ([], [("round-changed", olav)])
    assert [line.partition(",")[0] for line in told(office)] == ["- Avlyst: onsdag 16. september 2026 kl. 18:00–20:00"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_undone_is_never_told_and_a_closure_is_with_what_it_displaces(office: Office, clock: Clock, tmp_path: Path) -> None:
    booking = office.book()
    at(clock, f"{DAY} 06:00")
    wants(office, changes="sms", sheet="never")
    office.act(ending.cancel, booking.id, by=office.hall.kari)
    clock.pass_by(minutes=1)
    office.act(undo.undo, office.change(lambda session: session.query(Undo).order_by(Undo.id.desc()).first().id), by=office.hall.kari)
    clock.pass_by(TWO_MINUTES)
    undone = turn(office)
    leak = ClosureInput(start=f"{DAY}T17:00", end=f"{DAY}T23:00", reason="Vannlekkasje")
    office.act(close_rooms, "oren-flerbrukshall", leak, confirmed=True, by=office.hall.kari)
    clock.pass_by(TWO_MINUTES)

    assert (undone, len(turn(office))) == ([], 1)
    office.deliver(sms_url=f"file://{tmp_path / 'sms'}")
    texts = [file.read_text().splitlines() for file in (tmp_path / "sms").iterdir()]
    assert [text for number, text in texts if number == "+4799000001"] == [
        "Stengt: tirsdag 15. september 2026 kl. 17:00–23:00, Øren flerbrukshall: Vannlekkasje og 1 endring til."
        f" {office.settings.public_url}/caretaker/sheet"
    ]


def test_who_stands_in_gets_sheet_and_changes_in_place_of_the_caretaker(office: Office, clock: Clock) -> None:
    at(clock, f"{DAY} 05:00")
    wants(office)
    tone, olav = office.hall.cast.tone.id, office.hall.cast.olav.id
    days = DeputyInput(email="tone@example.org", first_day="2026-09-15", last_day="2026-09-15")
    office.act(name_deputy, olav, days, by=office.hall.olav)
    at(clock, f"{DAY} 06:30")
    first = turn(office)
    assert office.mails()[0]["To"] == "tone@example.org"
    office.book(start=f"{DAY}T10:00", end=f"{DAY}T11:00")
    clock.pass_by(TWO_MINUTES)
    then = turn(office)[1:]
    with office.database.reading() as session:
        held = [actor_of(session, tone, now=moment).venues for moment in (clock(), clock() + timedelta(days=1))]
    at(clock, "2026-09-16 06:30")

    assert (first, then) == ([("day-sheet", tone)], [("round-changed", tone)])
    assert held == [{office.hall.cast.oren.id}, frozenset()]
    assert turn(office)[2:] == [("day-sheet", olav)]


def reference(office: Office, number: int) -> str:
    with office.database.reading() as session:
        return session.query(Booking).order_by(Booking.id).all()[number - 1].reference
