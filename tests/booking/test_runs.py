"""Runs: a what-if waits, is run by one process at a time, is taken up again when that was killed, and is forgotten."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from accounts.identity import SERVICE
from booking import runs
from booking.compared import Compared, Kind, Sum
from booking.models import Booking, WhatIf
from booking.reservations import reserve
from booking.runs import LEASE, Dates, TakenOver, ask, forget_old, lease, run_waiting, tell, why_failed
from booking.states import RunState
from database.audit import Audit
from database.transact import Database
from kernel.errors import Fault, Forbidden, Invalid, Missing, Stale
from policies.document import checked
from policies.occasion import Occasion
from policies.places import place_at
from policies.rules.base import Breach
from policies.rules.timing import Length
from policies.verbs import discard_draft, save_draft
from tests.booking.conftest import NOW, Hall, furnish, wish
from tests.booking.test_whatif import SHORT, amended
from tests.meanwhile import meanwhile

DATES = Dates(date(2026, 9, 1))


@pytest.fixture
def hall(database: Database, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """The hall on a database of its own, with one booking, and a draft that forbids it."""
    monkeypatch.setattr(runs, "clock_now", lambda: NOW)
    hall = database.transact(furnish)
    database.transact(reserve, wish(), by=hall.berit, now=NOW)
    draft(database, hall, amended(SHORT), version=0)
    return hall


def draft(database: Database, hall: Hall, document: dict[str, Any], version: int) -> None:
    with database.reading() as session:
        place = place_at(session, "")
    database.transact(save_draft, place, checked(document), version=version, by=hall.kari, now=NOW)


def asked(database: Database, hall: Hall, dates: Dates = DATES, version: int = 1) -> int:
    with database.reading() as session:
        place = place_at(session, "")
    found: WhatIf = database.transact(ask, place, dates, version=version, by=hall.kari, now=NOW)
    return found.id


def standing(database: Database) -> list[tuple[int, RunState]]:
    with database.reading() as session:
        return [(row.id, row.state) for row in session.scalars(select(WhatIf).order_by(WhatIf.id))]


def test_what_is_asked_waits_until_it_is_run_and_keeps_what_was_found(database: Database, hall: Hall) -> None:
    number = asked(database, hall)
    waiting = standing(database)

    finished = run_waiting(database)

    with database.reading() as session:
        row = session.get_one(WhatIf, number)
        found = Compared.from_json(row.result or {})
        acts = session.scalars(select(Audit).where(Audit.verb == "ask-what-if")).all()
    assert (waiting, finished, row.state, row.done, row.total) == ([(number, RunState.WAITING)], 1, RunState.DONE, 1, 1)
    assert found.sums() == (Sum(Kind.REFUSED, 1, 120, -80_000),)
    assert [(act.hand_id, act.subject_id) for act in acts] == [(hall.kari.person_id, number)]


def test_one_that_is_run_is_nobody_elses_until_its_run_was_silent_for_too_long(database: Database, hall: Hall) -> None:
    asked(database, hall)

    killed = database.transact(lease, by=SERVICE, now=NOW)
    another = database.transact(lease, by=SERVICE, now=NOW + LEASE / 2)
    database.transact(tell, killed, 1, 2, by=SERVICE, now=NOW + LEASE / 2)
    too_soon = database.transact(lease, by=SERVICE, now=NOW + LEASE)
    taken_up = database.transact(lease, by=SERVICE, now=NOW + LEASE * 2)

    assert (another, too_soon) == (None, None)
    assert (killed.id, killed.begun, taken_up.id, taken_up.begun) == (taken_up.id, 1, killed.id, 2)
    with pytest.raises(TakenOver):
        database.transact(tell, killed, 2, 2, by=SERVICE, now=NOW + LEASE * 2)


def test_a_killed_run_is_taken_up_again_and_ended(database: Database, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    number = asked(database, hall)
    database.transact(lease, by=SERVICE, now=NOW)

    at_once = run_waiting(database)
    monkeypatch.setattr(runs, "clock_now", lambda: NOW + LEASE)
    later = run_waiting(database)

    assert (at_once, later, standing(database)) == (0, 1, [(number, RunState.DONE)])


def test_one_that_kills_whoever_runs_it_is_given_up(database: Database, hall: Hall) -> None:
    number = asked(database, hall)

    begun = [database.transact(lease, by=SERVICE, now=NOW + LEASE * times) for times in range(4)]

    assert [leased.begun if leased else None for leased in begun] == [1, 2, 3, None]
    assert standing(database) == [(number, RunState.FAILED)]


def test_one_that_a_rule_breaks_in_fails_at_once_saying_where_and_the_next_is_run(
    database: Database, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = asked(database, hall)
    draft(database, hall, amended(), version=1)
    sound = asked(database, hall, version=2)
    with_a_defect(monkeypatch)

    with capture_logs() as said:
        finished = run_waiting(database)

    with database.reading() as session:
        reference = session.scalars(select(Booking.reference)).one()
        failed = why_failed(session.get_one(WhatIf, broken))
    assert (finished, standing(database)) == (1, [(broken, RunState.FAILED), (sound, RunState.DONE)])
    assert failed == Fault("rule-not-judged", value=reference, facts={"start": "2026-09-15T18:00:00", "rule": "short"})
    assert [(line["event"], line["error"], line["booking"], "in judge" in line["trace"]) for line in said] == [
        ("defect", "OverflowError", reference, True)
    ]


def test_one_whose_draft_can_no_longer_be_read_fails_at_once(database: Database, hall: Hall) -> None:
    number = asked(database, hall)
    with Session(database.engine) as session:
        session.execute(update(WhatIf).values(document={"rules": "x"}))
        session.commit()

    run_waiting(database)

    assert standing(database) == [(number, RunState.FAILED)]


def test_the_thread_that_runs_them_where_no_worker_is_outlives_one_that_breaks(
    database: Database, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asked(database, hall)
    with_a_defect(monkeypatch)

    runner = runs.Runner(database)
    runner.start()
    runner._thread.join()

    assert standing(database) == [(number, RunState.FAILED)]


def with_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule on lengths breaks on every request, as a defect in a rule would."""

    def judge(_rule: Length, _occasion: Occasion) -> Iterator[Breach]:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(Length, "judge", judge)


def test_a_run_that_was_taken_over_leaves_the_result_to_the_other(database: Database, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(database, hall)
    stalled = database.transact(lease, by=SERVICE, now=NOW)
    monkeypatch.setattr(runs, "clock_now", lambda: NOW + LEASE)
    run_waiting(database)

    with pytest.raises(TakenOver):
        database.transact(runs.finish, stalled, Compared(judged=0, unknown=0), by=SERVICE, now=NOW + LEASE)


def test_who_asks_the_same_again_gets_the_one_that_waits_and_who_asks_otherwise_another(database: Database, hall: Hall) -> None:
    first = asked(database, hall)
    same = asked(database, hall)
    other = asked(database, hall, Dates(date(2026, 9, 2)))
    run_waiting(database)

    anew = asked(database, hall, Dates(date(2026, 9, 2)))

    assert same == first
    assert standing(database) == [(first, RunState.DONE), (other, RunState.DONE), (anew, RunState.WAITING)]


def test_who_asks_while_another_does_gets_the_same_one(database: Database, hall: Hall) -> None:
    with database.reading() as session:
        place = place_at(session, "")
    asking = partial(ask, place=place, dates=DATES, version=1, by=hall.kari, now=NOW)

    later = meanwhile(database, asking, asking)

    assert standing(database) == [(later.result().id, RunState.WAITING)]


def test_a_draft_that_is_another_or_gone_and_dates_turned_round_are_not_tried(database: Database, hall: Hall) -> None:
    with pytest.raises(Invalid):
        asked(database, hall, Dates(date(2026, 9, 2), date(2026, 9, 1)))
    draft(database, hall, amended(), version=1)
    with pytest.raises(Stale):
        asked(database, hall)
    with database.reading() as session:
        place = place_at(session, "")
    database.transact(discard_draft, place, version=2, by=hall.kari, now=NOW)
    with pytest.raises(Missing):
        asked(database, hall)
    with pytest.raises(Forbidden):
        database.transact(ask, place, DATES, version=1, by=hall.olav, now=NOW)


def test_after_a_week_it_is_forgotten(database: Database, hall: Hall) -> None:
    asked(database, hall)

    def left(days: int) -> int:
        database.transact(forget_old, by=SERVICE, now=NOW + timedelta(days=days))
        with Session(database.engine) as session:
            return len(session.scalars(select(WhatIf.id)).all())

    assert (left(7), left(8)) == (1, 0)
