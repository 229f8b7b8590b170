"""Opening hours, closures and the school calendar as staff change them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from kernel.errors import Conflict, Forbidden, Invalid, Missing, Stale
from tests.cast import Cast, actor, assemble
from venues.inputs import ClosureInput, HoursInput, SchoolInput
from venues.models import Closure, OpeningHours
from venues.opening import Openness, SchoolDays
from venues.queries import openings_of, room_at
from venues.scheduling import (
    add_closure_row,
    add_school_period,
    end_closure,
    forget_opening_hours,
    remove_school_period,
    set_opening_hours,
    withdraw_closure,
)

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)
MONDAY = date(2026, 10, 5)
HALL = "oren-flerbrukshall"


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)


@pytest.fixture
def kari(session: Session, cast: Cast) -> Actor:
    return actor(session, cast.kari)


def hours(*rows: tuple[int, str, str], version: int = 0, **period: str) -> HoursInput:
    lines = [{"weekday": day, "start": start, "end": end} for day, start, end in rows]
    return HoursInput.model_validate({"rows": lines, "version": version, **period})


def minutes(session: Session, room: str, day: date = MONDAY) -> list[int]:
    found = room_at(session, f"{HALL}/{room}")
    return [window.interval.minutes for window in openings_of(session, [found], day, day)[found.id].windows(day)]


def test_a_week_replaces_the_one_before_and_raises_every_space(session: Session, cast: Cast, kari: Actor) -> None:
    set_opening_hours(session, HALL, "", hours((0, "16:00", "22:00")), by=kari, now=NOW)
    session.info.clear()
    set_opening_hours(session, HALL, "", hours((0, "16:00", "20:00"), (0, "22:00", "24:00"), version=1), by=kari, now=NOW)

    assert minutes(session, "gymsal-1") == [240, 120]
    assert (cast.oren.revision, [space.revision for space in cast.oren.spaces]) == (2, [2, 2])


def test_a_rooms_own_week_stands_until_it_is_forgotten(session: Session, cast: Cast, kari: Actor) -> None:
    for room, week in (("", hours((0, "16:00", "22:00"))), ("gymsal-1", hours((0, "10:00", "12:00")))):
        set_opening_hours(session, HALL, room, week, by=kari, now=NOW)
        session.info.clear()
    own = minutes(session, "gymsal-1")

    forget_opening_hours(session, HALL, "gymsal-1", HoursInput(version=1), by=kari, now=NOW)

    assert (own, minutes(session, "gymsal-1"), minutes(session, "gymsal-2")) == ([120], [360], [360])


def test_a_period_without_windows_is_closed_and_not_unknown(session: Session, cast: Cast, kari: Actor) -> None:
    set_opening_hours(session, HALL, "", hours(first_day="2026-10-05", last_day="2026-10-11"), by=kari, now=NOW)

    room = room_at(session, f"{HALL}/gymsal-1")
    opening = openings_of(session, [room], MONDAY, MONDAY)[room.id]
    assert (opening.is_known(MONDAY), [window.openness for window in opening.windows(MONDAY)]) == (True, [Openness.CLOSED])
    assert opening.is_known(date(2026, 10, 12)) is False


def test_all_faults_of_a_week_are_told_at_once(session: Session, cast: Cast, kari: Actor) -> None:
    week = hours((0, "22:00", "16:00"), (1, "10:00", "14:00"), (1, "13:00", "15:00"), first_day="2026-10-11", last_day="2026-10-05")

    with pytest.raises(Invalid) as refused:
        set_opening_hours(session, HALL, "", week, by=kari, now=NOW)

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [
        ("period-backwards", "last_day"),
        ("end-before-start", "rows[0].end"),
        ("hours-overlap", "rows[2].start"),
    ]
    assert session.scalars(select(OpeningHours)).all() == []


def test_hours_changed_meanwhile_are_not_overwritten(session: Session, cast: Cast, kari: Actor) -> None:
    with pytest.raises(Stale):
        set_opening_hours(session, HALL, "", hours(version=4), by=kari, now=NOW)


def closing(start: str, end: str, room: str = "") -> ClosureInput:
    return ClosureInput.model_validate({"start": start, "end": end, "reason": "Vannskade", "room": room})


def test_what_is_opened_early_was_closed_until_then(session: Session, cast: Cast) -> None:
    olav, midnight = actor(session, cast.olav), datetime(2026, 10, 5, 22, 0, tzinfo=UTC)
    closure = add_closure_row(session, HALL, closing("2026-10-05T00:00", "2026-10-08T00:00"), by=olav, now=NOW)

    end_closure(session, closure.id, by=olav, now=midnight + timedelta(hours=8))

    assert (closure.local_start, closure.local_end) == (datetime(2026, 10, 5), datetime(2026, 10, 6, 8))
    assert (closure.ends_at, closure.withdrawn_at, closure.all_day, closure.sequence) == (midnight + timedelta(hours=8), None, False, 1)
    with pytest.raises(Conflict) as over:
        end_closure(session, closure.id, by=olav, now=midnight + timedelta(hours=9))
    assert [fault.code for fault in over.value.faults] == ["closure-over"]


def test_a_caretaker_closes_a_room_and_opens_it_again(session: Session, cast: Cast) -> None:
    olav = actor(session, cast.olav)
    closure = add_closure_row(session, HALL, closing("2026-10-05T00:00", "2026-10-06T00:00", "gymsal-1"), by=olav, now=NOW)
    revisions = [space.revision for space in cast.oren.spaces]

    withdraw_closure(session, closure.id, by=olav, now=NOW)

    assert (closure.all_day, revisions, [space.revision for space in cast.oren.spaces]) == (True, [1, 0], [2, 0])
    with pytest.raises(Conflict):
        withdraw_closure(session, closure.id, by=olav, now=NOW)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-10-05T10:00", "2026-10-05T10:00", "end-before-start"),
        ("2026-03-29T02:30", "2026-03-29T06:00", "missing-hour"),
        ("1900-01-01T00:00", "2026-10-06T00:00", "out-of-range"),
        ("2026-10-05T00:00", "2199-12-31T00:00", "out-of-range"),
    ],
)
def test_a_closure_without_length_in_the_missing_hour_or_in_another_age_is_refused(
    session: Session, cast: Cast, kari: Actor, start: str, end: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_closure_row(session, HALL, closing(start, end), by=kari, now=NOW)

    assert [fault.code for fault in refused.value.faults] == [code]
    assert session.scalars(select(Closure)).all() == []


def test_school_days_are_added_and_removed_by_officers(session: Session, cast: Cast, kari: Actor) -> None:
    given = SchoolInput(first_day=MONDAY, last_day=MONDAY, name="Planleggingsdag", kind=SchoolDays.PLANNING)
    period = add_school_period(session, HALL, given, by=kari, now=NOW)

    remove_school_period(session, period.id, by=kari, now=NOW)

    assert cast.oren.revision == 2
    with pytest.raises(Missing):
        remove_school_period(session, period.id, by=kari, now=NOW)


def test_a_caretaker_changes_neither_hours_nor_school_days(session: Session, cast: Cast) -> None:
    olav = actor(session, cast.olav)

    with pytest.raises(Forbidden):
        set_opening_hours(session, HALL, "", hours(), by=olav, now=NOW)
    with pytest.raises(Forbidden):
        add_school_period(session, HALL, SchoolInput(first_day=MONDAY, last_day=MONDAY, name="Fri"), by=olav, now=NOW)


def test_a_stranger_closes_nothing(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        add_closure_row(session, HALL, closing("2026-10-05T10:00", "2026-10-05T12:00"), by=actor(session, cast.per), now=NOW)
