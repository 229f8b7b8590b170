"""Locks: an act that meets a booking locks all that it makes newer, the booking's other rooms among them, before it writes anything."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking import ending
from booking.changing import Change, change
from booking.closures import close_rooms, open_again
from booking.displacing import sign_of
from booking.models import Occurrence, Undo
from booking.narrowing import displace_outside, narrow
from booking.offers import accept_all
from booking.reservations import reserve
from booking.undo import undo
from database.locks import Subject
from database.transact import Database
from tests.booking.conftest import NOW, Hall, again, furnish, publish_with, wish
from tests.booking.test_displacing import MATCH, SOON, TOURNAMENT, seek
from venues.editing import retire_room
from venues.inputs import ClosureInput
from venues.models import Closure, Room, Space

OREN = "oren-flerbrukshall"
GYM_1, GYM_2 = f"{OREN}/gymsal-1", f"{OREN}/gymsal-2"
LEAK = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 14), end=datetime(2026, 9, 17), reason="Vannlekkasje")
SERIES = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
LATER = Change(number=1, start=datetime(2026, 9, 16, 18), end=datetime(2026, 9, 16, 20))
COUNTED = {Subject.SPACE: Space, Subject.ORGANISATION: Organisation, Subject.PERSON: Person}
Act = Callable[[Session, Hall], object]


def nothing(_session: Session, _hall: Hall) -> None:
    """Only the series is there."""


def close(session: Session, hall: Hall) -> None:
    close_rooms(session, OREN, LEAK, confirmed=True, by=hall.olav, now=NOW)


def retire(session: Session, hall: Hall) -> None:
    room = session.scalars(select(Room).where(Room.slug == "gymsal-1")).one()
    retire_room(session, GYM_1, version=room.revision, by=hall.kari, now=NOW)


def offered(session: Session, hall: Hall) -> None:
    long = LEAK.model_copy(update={"end": datetime(2026, 9, 24)})
    close_rooms(session, OREN, long, confirmed=True, by=hall.olav, now=NOW)
    again(session)
    seek(session)


def reopen(session: Session, hall: Hall) -> None:
    open_again(session, session.scalars(select(Closure.id)).one(), by=hall.olav, now=NOW)


def take_back(session: Session, hall: Hall) -> None:
    undo(session, session.scalars(select(Undo.id).order_by(Undo.id.desc())).first() or 0, by=hall.kari, now=NOW)


def displace(session: Session, hall: Hall) -> None:
    asked = {**MATCH, "room": GYM_1, "displace": {"reason": "Mesterskap", "seen": sign_of(dates(session)[:1])}}
    reserve(session, wish(**asked), by=hall.kari, now=NOW)


def put_out(session: Session, hall: Hall) -> None:
    displace_outside(session, OREN, "gymsal-1", reason="Gulvet", seen=sign_of(dates(session)[:2]), by=hall.kari, now=NOW)


def narrowed(session: Session, hall: Hall) -> None:
    version = session.scalars(select(Room.revision).where(Room.slug == "gymsal-1")).one()
    change = partial(retire_room, path=GYM_1, version=version)
    narrow(session, change, OREN, "gymsal-1", seen=sign_of(dates(session)[:2]), reason="Gulvet", by=hall.kari, now=NOW)


ACTS: dict[str, tuple[Act, Act]] = {
    "close": (nothing, close),
    "open again": (close, reopen),
    "undo a closure": (close, take_back),
    "displace by what goes first": (lambda session, _hall: publish_with(session, TOURNAMENT), displace),
    "displace what lies outside": (retire, put_out),
    "put outside and displace": (nothing, narrowed),
    "undo that": (narrowed, take_back),
    "take all that is offered": (offered, lambda session, hall: accept_all(session, 1, by=hall.berit, now=SOON)),
    "move": (nothing, lambda session, hall: change(session, 1, LATER, by=hall.berit, now=NOW)),
    "cancel": (nothing, lambda session, hall: ending.cancel(session, 1, number=1, by=hall.berit, now=NOW)),
}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ACTS)
def test_all_that_an_act_makes_newer_is_locked_before(database: Database, name: str) -> None:
    earlier, act = ACTS[name]
    hall = database.transact(_hall)
    database.transact(earlier, hall)
    before, said = database.transact(_revisions), []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        said.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    database.transact(act, hall)
    event.remove(database.engine, "before_cursor_execute", note)

    said = [*_lasting(said)]
    lock = next(number for number, (statement, _) in enumerate(said) if "pg_advisory" in statement)
    locked = {*zip(said[lock][1]["kinds"], said[lock][1]["ids"], strict=True)}
    after = database.transact(_revisions)
    newer = {key for key, revision in after.items() if before[key] != revision}
    assert [statement for statement, _ in said[:lock] if statement.startswith(("UPDATE", "INSERT", "DELETE"))] == []
    assert newer
    assert newer <= locked


def _lasting(said: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """What was said, without what was tried and taken back before anything was locked."""
    tried = [number for number, (statement, _) in enumerate(said) if statement.startswith("ROLLBACK TO SAVEPOINT")]
    begun = [number for number, (statement, _) in enumerate(said) if statement.startswith("SAVEPOINT")]
    yield from said[: begun[0] if tried else 0] + said[tried[0] + 1 if tried else 0 :]


def _hall(session: Session) -> Hall:
    """Three Tuesdays of a club, the last of them in the other half of the hall."""
    hall = furnish(session)
    again(session)
    made = reserve(session, wish(**SERIES), by=hall.berit, now=NOW)
    again(session)
    change(session, made.id, Change(number=3, room=GYM_2), by=hall.berit, now=NOW)
    return hall


def dates(session: Session) -> list[Occurrence]:
    return list(session.scalars(select(Occurrence).order_by(Occurrence.number)))


def _revisions(session: Session) -> dict[tuple[int, int], int]:
    return {(int(kind), row.id): row.revision for kind, table in COUNTED.items() for row in session.scalars(select(table))}
