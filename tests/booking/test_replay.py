"""Replay: what is stored gives the same verdict whatever changed since, and what was tampered with is found."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking import decisions
from booking.models import Booking, Judgement
from booking.replay import replay
from booking.reservations import reserve
from database.guards import POSTGRESQL, SQLITE, missing_guards
from database.transact import Database
from kernel.errors import Missing
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests.booking.conftest import NOW, POLICY, REASON, Hall, again, furnish, wish
from tests.database.test_guards import drop
from venues.models import OpeningHours

FIRST = date(2026, 9, 15)
THREE = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}, "on_conflict": "skip"}
QUOTA = {"kind": "quota", "id": "quota", "minutes": 240, "period": "half-year", "per": "organisation", "reason": REASON}


def book(session: Session, hall: Hall, **changes: Any) -> Booking:
    again(session)
    made = reserve(session, wish(**changes), by=hall.berit, now=NOW)
    again(session)
    return made


def everything_changes(session: Session) -> None:
    """From tomorrow nobody may stay longer than a quarter, prices are tripled, and the hall has no opening hours at all."""
    rules = [*POLICY["rules"], {"kind": "length", "id": "short", "at_most": 15, "reason": REASON}]  # type: ignore[misc]
    changed = deepcopy({**POLICY, "rules": rules})
    for tariff in changed["rules"][4]["tariffs"]:  # type: ignore[index]
        for row in tariff["rows"]:
            row["ore"] *= 3
    again(session)
    publish(session, place_at(session, ""), checked(changed), NOW.date() + timedelta(days=1), by=SERVICE, now=NOW)
    session.execute(delete(OpeningHours))
    again(session)


def unguarded(session: Session) -> None:
    """Somebody with the database in their hands takes its guards of judgements down first."""
    connection = session.connection()
    for guard in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        if guard.table == "judgement" and guard.name not in missing_guards(connection):
            drop(connection, guard)


def tamper(session: Session, change: Callable[[dict[str, Any]], None]) -> None:
    unguarded(session)
    row = session.scalars(select(Judgement)).one()
    judged = deepcopy(row.judged)
    change(judged)
    row.judged = judged
    again(session)


def test_a_series_is_judged_the_same_after_everything_has_changed(session: Session, hall: Hall) -> None:
    reference = book(session, hall, **THREE).reference
    everything_changes(session)

    found = replay(session, reference)

    assert [(one.act, one.day, one.is_same) for one in found] == [("reserve", FIRST + timedelta(weeks=n), True) for n in range(3)]


def test_dates_that_earlier_ones_left_no_hours_for_are_judged_with_them(session: Session, hall: Hall) -> None:
    place = place_at(session, "oren-flerbrukshall")
    document = checked({"title": REASON, "layer": "venue", "place": place.path, "rules": [QUOTA]})
    publish(session, place, document, date(2026, 1, 1), by=SERVICE, now=NOW)
    booking = book(session, hall, **THREE)

    found = replay(session, booking.reference)

    assert [one.state.value for one in booking.occurrences] == ["booked", "booked", "skipped"]
    assert [one.differences for one in found] == [(), (), ()]


def test_every_act_on_a_booking_is_judged_again_in_its_turn(session: Session, hall: Hall) -> None:
    again(session)
    waiting = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    decisions.approve(session, waiting.id, by=hall.kari, now=NOW)
    everything_changes(session)

    assert [(one.act, one.is_same) for one in replay(session, waiting.reference)] == [("reserve", True), ("approve", True)]


def test_time_that_staff_block_was_never_judged(session: Session, hall: Hall) -> None:
    again(session)
    blocked = reserve(session, wish(kind="block", organisation=None, participants={}), by=hall.kari, now=NOW)
    again(session)

    assert replay(session, blocked.reference) == []


def test_a_booking_whose_judgement_is_gone_is_told_as_such(session: Session, hall: Hall) -> None:
    reference = book(session, hall).reference
    unguarded(session)
    session.execute(delete(Judgement))

    with pytest.raises(Missing) as refused:
        replay(session, reference)

    assert [(fault.code, fault.value) for fault in refused.value.faults] == [("no-judgement", reference)]


def test_a_verdict_or_facts_that_somebody_changed_are_told_by_part(session: Session, hall: Hall) -> None:
    reference = book(session, hall).reference

    tamper(session, lambda judged: judged["verdict"]["common"].update(outcome="refused"))
    (outcome,) = replay(session, reference)
    tamper(session, lambda judged: judged["verdict"]["common"].update(outcome="accepted"))
    tamper(session, lambda judged: judged["facts"]["common"].update(windows=[]))
    (hours,) = replay(session, reference)

    (difference,) = outcome.differences
    assert (difference.part, difference.stored, difference.again) == ("outcome", "refused", "accepted")
    assert {one.part for one in hours.differences} >= {"outcome", "objections"}


@pytest.mark.parametrize(
    "change",
    [
        lambda judged: judged["verdict"]["common"].update(outcome="kanskje"),
        lambda judged: judged["request"].pop("common"),
        lambda judged: judged["versions"].update(each=[[999_999]]),
        lambda judged: judged["versions"].update(each=["x"]),
        lambda judged: judged.pop("facts"),
        lambda judged: judged.clear(),
        lambda judged: judged.update(request={"common": {}, "each": []}),
    ],
)
def test_what_can_no_longer_be_read_is_told_and_is_no_sameness(
    session: Session, hall: Hall, change: Callable[[dict[str, Any]], None]
) -> None:
    reference = book(session, hall).reference
    tamper(session, change)

    (found,) = replay(session, reference)

    assert (found.act, found.day, found.unreadable, found.is_same) == ("reserve", None, True, False)


def test_a_reference_that_nobody_has_is_missing(session: Session, hall: Hall) -> None:
    with pytest.raises(Missing):
        replay(session, "BAKOLI-274")


def run(app: Flask, reference: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["policies", "replay", reference])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_tells_a_line_per_date_and_ends_with_1_when_a_row_was_changed(app: Flask) -> None:
    database: Database = app.extensions["database"]
    hall = database.transact(furnish)
    reference = database.transact(reserve, wish(**THREE), by=hall.berit, now=NOW).reference

    sound = run(app, reference.lower().replace("-", " "))
    with Session(database.engine) as session:
        tamper(session, lambda judged: judged["verdict"]["common"].update(outcome="refused"))
        session.commit()
    changed = run(app, reference)

    dates = ("2026-09-15", "2026-09-22", "2026-09-29")
    assert sound == (0, "".join(f"OK     reserve {day}\n" for day in dates) + "3 vurderinger, 0 avvik\n", "")
    told = "".join(f'AVVIK  reserve {day}\n       outcome: lagret "refused", nå "accepted"\n' for day in dates)
    assert changed == (1, f"{told}3 vurderinger, 3 avvik\n", "")


@pytest.mark.parametrize("reference", ["BAKOLI-274", "", "x", "æøå"])
def test_the_command_says_so_when_there_is_no_such_booking(app: Flask, reference: str) -> None:
    code, said, error = run(app, reference)

    assert (code, said, "Vi finner ingen booking" in error, "Traceback" in error) == (1, "", True, False)
