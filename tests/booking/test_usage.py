"""What is said of a use: by whom, who looks at it, what its holder answers, and when it is forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking.absence import note_absence
from booking.conditions.upkeep import KEPT, forget_past
from booking.models import Booking, Task, Usage
from booking.reservations import reserve
from booking.states import TaskReason, UsageKind
from booking.tasks import calls, finish, reports
from booking.usage import MOST, UsageInput, note_usage, said_of
from calendars.personal import PERSONAL
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Refusal
from tests.booking.conftest import NOW, Hall, again, wish

AFTER = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)
BROKEN = UsageInput(kind=UsageKind.DAMAGE, note="Knust rute")
SORRY = UsageInput(kind=UsageKind.ANSWER, note="Den var knust da vi kom.")
Say = Callable[..., Usage]


@pytest.fixture
def booking(session: Session, hall: Hall) -> Booking:
    again(session)
    return reserve(session, wish(), by=hall.berit, now=NOW)


@pytest.fixture
def say(session: Session, hall: Hall, booking: Booking) -> Say:
    def say(name: str, given: UsageInput, *, now: datetime = AFTER, file: str = "") -> Usage:
        again(session)
        return note_usage(session, booking.id, 1, given, file=file, by=getattr(hall, name), now=now)

    return say


def test_a_damage_is_told_to_the_holder_answered_and_looked_at_by_those_of_the_house(session: Session, hall: Hall, say: Say) -> None:
    damage, answer = say("olav", BROKEN, file="a.jpg"), say("nils", SORRY)

    shown = [[(one.task.reason, one.usage.note, one.by_name) for one in reports(session, by=by)] for by in (hall.olav, hall.kari)]
    assert shown == [[(TaskReason.DAMAGE, "Knust rute", "Olav Haugen"), (TaskReason.ANSWER, SORRY.note, "Nils Bakke")]] * 2
    assert calls(session, by=hall.kari) == []
    told = session.execute(select(Notice.kind, Notice.person_id, Notice.facts).where(Notice.kind == "damage-noted")).all()
    assert [tuple(row) for row in told] == [("damage-noted", hall.berit.person_id, {"number": 1})]
    for by, usage in ((hall.olav, damage), (hall.kari, answer)):
        again(session)
        finish(session, session.scalars(select(Task.id).where(Task.usage_id == usage.id)).one(), by=by, now=AFTER)
    assert reports(session, by=hall.kari) == []


def test_what_was_said_follows_nothing_and_is_kept_in_order(session: Session, hall: Hall, booking: Booking, say: Say) -> None:
    say("berit", UsageInput(kind=UsageKind.USED, heads=18))
    again(session)
    note_absence(session, booking.id, 1, by=hall.olav, now=AFTER)
    say("berit", SORRY)

    rows = [(row.kind, row.heads, row.note) for row in said_of(session, booking)[1]]

    assert rows == [(UsageKind.USED, 18, ""), (UsageKind.ANSWER, None, SORRY.note)]
    assert booking.occurrences[0].absent_by == hall.olav.person_id


@pytest.mark.parametrize(
    ("name", "given", "now", "refused"),
    [
        ("olav", UsageInput(kind=UsageKind.UNUSED), AFTER, (Forbidden, "not-your-role")),
        ("kari", SORRY, AFTER, (Forbidden, "not-your-role")),
        ("berit", SORRY, AFTER, (Conflict, "nothing-noted")),
        ("berit", BROKEN, datetime(2026, 9, 15, 15, 59, tzinfo=UTC), (Conflict, "not-begun")),
        ("berit", UsageInput(kind=UsageKind.DAMAGE), AFTER, (Refusal, "note-missing")),
    ],
)
def test_what_cannot_be_said(say: Say, name: str, given: UsageInput, now: datetime, refused: tuple[type[Refusal], str]) -> None:
    kind, code = refused

    with pytest.raises(kind) as found:
        say(name, given, now=now)

    assert [fault.code for fault in found.value.faults] == [code]


def test_it_is_not_said_without_end_nor_used_by_staff_where_nobody_came(session: Session, hall: Hall, booking: Booking, say: Say) -> None:
    again(session)
    note_absence(session, booking.id, 1, by=hall.olav, now=AFTER)
    for _time in range(MOST):
        say("berit", UsageInput(kind=UsageKind.USED))
    codes = []
    for name in ("olav", "berit"):
        with pytest.raises(Conflict) as found:
            say(name, UsageInput(kind=UsageKind.USED))
        codes += [fault.code for fault in found.value.faults]

    assert codes == ["absence-stands", "said-too-often"]


def test_words_and_photos_are_forgotten_a_month_after_nobody_has_to_look_at_them(session: Session, hall: Hall, say: Say) -> None:
    row = say("olav", BROKEN, file="a.jpg")
    done = AFTER + 2 * KEPT
    open_still = forget_past(session, personal=PERSONAL, by=SERVICE, now=done)
    finish(session, reports(session, by=hall.olav)[0].task.id, by=hall.olav, now=done)

    early = forget_past(session, personal=PERSONAL, by=SERVICE, now=done + KEPT - timedelta(seconds=1))
    late = forget_past(session, personal=PERSONAL, by=SERVICE, now=done + KEPT + timedelta(seconds=1))

    assert (open_still, early, late) == ([], [], ["a.jpg"])
    assert (row.kind, row.note, row.file) == (UsageKind.DAMAGE, "", "")
