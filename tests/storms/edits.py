"""Edits: series that eight clients change at once, and pairs of series that change places; no date is lost or doubled.

A round has half hours of its own on one weekday of four weeks, late in the evening in both halves of the hall: one in which the pair
stands, one that is free beside it, and one of the series that all change.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from booking.models import Booking, Claim, Occurrence
from booking.reservations import reserve
from booking.wish import Wish
from database.audit import Audit
from tests.asking import NEWEST, Asked
from tests.booking.conftest import Hall, again
from tests.storm import FIRST, OREN, body_of
from venues.models import RoomSpace

ROOMS = ("gymsal-1", "gymsal-2")
WEEKS = 4
FREQUENCY = f"FREQ=WEEKLY;COUNT={WEEKS}"
PAIR, FREE, CHANGED = range(3)
SCOPES = ("one", "following", "all")
# How often each client tries to let one of the pair change places.
SWAPS = 2
MOST_ROUNDS = 14


@dataclass(frozen=True, slots=True)
class Series:
    """Of one round, by id: the series that all change, and the two that change places."""

    changed: int
    pair: tuple[int, int]


def made(session: Session, hall: Hall, number: int, *, now: datetime) -> Series:
    """The series of a round, the one that all change with its other half of the hall free."""
    changed, *pair = (_reserved(session, hall, number, *where, now=now) for where in ((CHANGED, 0), (PAIR, 0), (PAIR, 1)))
    return Series(changed, (pair[0], pair[1]))


def asked(series: Series, number: int, client: int, token: str) -> Iterator[Asked]:
    """What one client sends: a change of the version that it saw, as all others do, and swaps of the newest."""
    yield Asked("edit", number, token, "PATCH", f"/bookings/{series.changed}", _change(number, client), version=1)
    chance = random.Random(number * 100 + client)
    for _ in range(SWAPS):
        week, half, room = chance.randrange(WEEKS), chance.choice((PAIR, FREE)), chance.choice(ROOMS)
        scope, conflict = chance.choice(SCOPES), chance.choice(("refuse", "skip"))
        body = {**_times(number, half, week), "room": f"{OREN}/{room}", "number": week + 1, "scope": scope, "on_conflict": conflict}
        yield Asked("swap", number, token, "PATCH", f"/bookings/{chance.choice(series.pair)}", body, version=NEWEST)


def judge(session: Session, every: Sequence[Series], done: Mapping[tuple[str, int], int]) -> None:
    """One change of each version was done; each series has its dates once, in its own half hours, with the time that they say.

    Of each change of a pair that was done there is a version and an act in the audit, where it was not there already.
    """
    for number, series in enumerate(every):
        assert done["edit", number] == 1
        for booking in (series.changed, *series.pair):
            dates = session.scalars(select(Occurrence).join(Booking).where(or_(Booking.id == booking, Booking.split_from == booking))).all()
            halves = (CHANGED,) if booking == series.changed else (PAIR, FREE)
            assert sorted(date.local_start.date() for date in dates) == [_start(number, PAIR, week).date() for week in range(WEEKS)]
            assert {date.local_start.time() for date in dates} <= {_start(number, half, 0).time() for half in halves}
            assert {date.state for date in dates} == {"booked"}
            assert _claimed(session, dates) == _wanted(session, dates)
        versions = session.scalars(select(Booking.version).where(Booking.id.in_(series.pair))).all()
        acts = select(func.count()).where(Audit.subject == "booking", Audit.subject_id.in_(series.pair))
        assert sum(versions) == session.scalar(acts) <= len(series.pair) + done["swap", number]


def _reserved(session: Session, hall: Hall, number: int, half: int, room: int, *, now: datetime) -> int:
    again(session)
    given = {**body_of(0, ROOMS[room]), **_times(number, half, 0), "recurrence": {"rrule": FREQUENCY}}
    return reserve(session, Wish.model_validate(given), by=hall.berit, now=now).id


def _change(number: int, client: int) -> dict[str, Any]:
    """One of four changes of the series that is only changed once: a date, some or all to the other half, or what some are for."""
    there = {"room": f"{OREN}/{ROOMS[1]}"}
    return (
        {"number": 2, "scope": "one", **there},
        {"number": 3, "scope": "following", **there},
        {"number": 1, "scope": "all", **there},
        {"number": 3, "scope": "following", "purpose": "Kamp"},
    )[client % 4]


def _start(number: int, half: int, week: int) -> datetime:
    evening = datetime.combine(FIRST, time(20)) + timedelta(days=number % 7, weeks=week)
    return evening + timedelta(minutes=30) * (3 * (number // 7) + half)


def _times(number: int, half: int, week: int) -> dict[str, str]:
    start = _start(number, half, week)
    return {"start": start.isoformat(), "end": (start + timedelta(minutes=30)).isoformat()}


def _claimed(session: Session, dates: Sequence[Occurrence]) -> Counter[tuple[Any, ...]]:
    ids = [date.id for date in dates]
    rows = select(Claim.occurrence_id, Claim.space_id, Claim.starts_at, Claim.ends_at).where(Claim.occurrence_id.in_(ids))
    return Counter(tuple(row) for row in session.execute(rows))


def _wanted(session: Session, dates: Sequence[Occurrence]) -> Counter[tuple[Any, ...]]:
    ids = [date.id for date in dates]
    rows = select(Occurrence.id, RoomSpace.space_id, Occurrence.starts_at, Occurrence.ends_at).join(
        RoomSpace, RoomSpace.room_id == Occurrence.room_id
    )
    return Counter(tuple(row) for row in session.execute(rows.where(Occurrence.id.in_(ids))))
