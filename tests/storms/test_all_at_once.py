"""Everything at once: eight client processes, two server processes, a worker and an import want the same time; nobody has it twice.

All approve requests that exclude each other, change one series, let series change places, ask for time that is offered to who waits,
book in what is being closed, and book where a season plan is being imported. Each has one winner, and no deadlock is ever told to
anybody.
"""

import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from booking.attending import attend
from booking.ending import cancel
from booking.lifecycle import LIVE
from booking.models import Booking, Claim, Occurrence, Offer, Vacancy
from booking.reservations import reserve
from booking.states import BookingState, OfferState
from booking.wish import Wish
from database.transact import Database
from kernel.clock import now as moment
from tests.asking import Asked, Heard, ask
from tests.booking.conftest import Hall, again, furnish
from tests.steps import overlaps
from tests.storm import FIRST, OREN, SLOTS_A_DAY, body_of, servers, tokens_of
from tests.storms import edits
from tests.storms.edits import ROOMS, Series
from venues.models import Closure

CLIENTS = 8
ROUNDS = 6
SERIES = 40
WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
# From which day of the autumn on each race is run; those of a season plan in weeks of their own.
APPROVED, PROMOTED, CLOSED, IMPORTED = 0, 22, 40, 62
FORTNIGHT = 14
HOURS = 14
A_FORTNIGHT = len(ROOMS) * len(WEEKDAYS) * HOURS
MOST_SERIES = 3 * A_FORTNIGHT
# What may be answered: done, taken, changed meanwhile, and what the policy says of a closed room.
ANSWERS = {200, 201, 409, 412, 422}
DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
SUMS = re.compile(r"Rader: (\d+)\. Booket: (\d+), venter på svar: 0, var der alt: 0, opptatt: (\d+), ikke godtatt: 0\.")


@dataclass(frozen=True, slots=True)
class Made:
    """What there is before the storm, by round: two requests for one time, series, a booking that waits."""

    tokens: list[str]
    requests: list[tuple[int, int]]
    series: list[Series]
    waiting: list[int]


def test_all_at_once_nobody_has_the_same_time(database: Database, tmp_path: Path, port: int) -> None:
    storm(database, tmp_path, port, rounds=ROUNDS, series=SERIES)


def storm(database: Database, instance: Path, port: int, *, rounds: int, series: int) -> Counter[str]:
    """Run all races and look at what is left; returns what was answered how often, the p99 latency in milliseconds, and how many
    deadlocks the database broke, of which nobody was told."""
    made, before = database.transact(_made, rounds, by=None, now=moment()), _deadlocks(database)
    asked = [list(_asked(made, client, rounds, series)) for client in range(CLIENTS)]
    is_over, clients = Event(), ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn"))
    with servers(database.url, instance, port), clients as pool, ThreadPoolExecutor(2) as beside:
        list(pool.map(time.sleep, [0.5] * CLIENTS))
        try:
            worker, imported = beside.submit(_work, database, is_over), beside.submit(_import, database.url, instance, series)
            heard = [one for found in pool.map(ask, [port] * CLIENTS, asked) for one in found]
            said = imported.result()
        finally:
            is_over.set()
        worker.result()
    attend(database)
    assert SUMS.fullmatch(said) and sum(map(int, SUMS.fullmatch(said).groups())) == 2 * series, said
    _judge(database, made, heard, series)
    slowest = sorted(one.seconds for one in heard)[len(heard) * 99 // 100]
    counted = Counter(f"{one.race} {one.status}" for one in heard)
    return counted + Counter(requests=len(heard), p99=round(slowest * 1000), rows=series, deadlocks=_deadlocks(database) - before)


def _deadlocks(database: Database) -> int:
    """How many there have been; SQLite has none."""
    with database.reading() as session:
        return session.scalar(DEADLOCKS) if session.get_bind().dialect.name == "postgresql" else 0


def _judge(database: Database, made: Made, heard: Sequence[Heard], series: int) -> None:
    rounds = len(made.requests)
    assert {one.status for one in heard} <= ANSWERS
    assert [one for one in heard if one.code == "lost-race"] == []
    done = Counter((one.race, one.round) for one in heard if one.status in (200, 201))
    for number in range(rounds):
        assert done["approve", number] == 1
        assert done["promote", number] <= 1
    with database.reading() as session:
        edits.judge(session, made.series, done)
        assert overlaps(session) == []
        assert _claimed(session) == _live(session) | _offered(session)
        assert [_is_closed_over(session, closure) for closure in session.scalars(select(Closure))] == [False] * rounds
        states = Counter(session.scalars(select(Booking.state).where(Booking.id.in_([one for pair in made.requests for one in pair]))))
        assert states == {BookingState.BOOKED: rounds, BookingState.REFUSED: rounds}
        for number, waiting in enumerate(made.waiting):
            has_it = waiting in _claimed(session)
            assert has_it != bool(done["promote", number]), "freed time is booked by one of those who ask, or kept for who waits"
        # Of a season plan each date is had once: by its club, or by who was quicker.
        starts = Counter(
            tuple(row) for row in session.execute(select(Occurrence.room_id, Occurrence.starts_at).where(_in_plan(), _is_live()))
        )
        assert len(starts) == 2 * series
        assert set(starts.values()) == {1}


def _claimed(session: Session) -> set[int]:
    return set(session.scalars(select(Occurrence.booking_id).join(Claim, Claim.occurrence_id == Occurrence.id)))


def _live(session: Session) -> set[int]:
    """The bookings that hold time: those that are requested compete for it and hold none."""
    return set(session.scalars(select(Occurrence.booking_id).where(Occurrence.state == "booked")))


def _offered(session: Session) -> set[int]:
    joined = select(Occurrence.booking_id).join(Offer, Offer.occurrence_id == Occurrence.id)
    return set(session.scalars(joined.where(Offer.state == OfferState.OPEN)))


def _is_closed_over(session: Session, closure: Closure) -> bool:
    """Whether somebody still has time in what was closed."""
    then = (Occurrence.starts_at < closure.ends_at, Occurrence.ends_at > closure.starts_at, Occurrence.room_id == closure.room_id)
    return session.scalar(select(Occurrence.id).where(*then, _is_live()).limit(1)) is not None


def _is_live() -> Any:
    return Occurrence.state.in_(sorted(LIVE))


def _in_plan() -> Any:
    return Occurrence.local_start >= datetime.combine(FIRST + timedelta(days=IMPORTED), datetime.min.time())


def _made(session: Session, rounds: int, *, by: None, now: datetime) -> Made:
    hall = furnish(session)
    found = Made(tokens_of(session, hall, now), [], [], [])
    for number in range(rounds):
        one, other = (_reserved(session, hall, APPROVED, number, now, activity="culture.concert") for _ in range(2))
        found.requests.append((one, other))
        found.series.append(edits.made(session, hall, number, now=now))
        had = _reserved(session, hall, PROMOTED, number, now)
        # Half of them are booked at once, half are asked first.
        found.waiting.append(_reserved(session, hall, PROMOTED, number, now, on_conflict="wait", book_when_free=bool(number % 2)))
        again(session)
        cancel(session, had, by=hall.berit, now=now)
    session.execute(update(Vacancy).values(due_at=now - timedelta(minutes=1)))
    return found


def _reserved(session: Session, hall: Hall, day: int, number: int, now: datetime, **changes: Any) -> int:
    again(session)
    return reserve(session, Wish.model_validate(body_of(day * SLOTS_A_DAY + number) | changes), by=hall.berit, now=now).id


def _asked(made: Made, client: int, rounds: int, series: int) -> Iterator[Asked]:
    """What one client sends: in each round every race once, and its share of the dates of the plan between them."""
    theirs, office = made.tokens[client % 2], made.tokens[2]
    share = list(range(client, series, CLIENTS))
    random.Random(client).shuffle(share)
    for number in range(rounds):
        request = made.requests[number][client % 2]
        yield Asked("promote", number, theirs, "POST", "/bookings", body_of(PROMOTED * SLOTS_A_DAY + number))
        yield Asked("approve", number, office, "POST", f"/bookings/{request}/approval", {"others": "Loddtrekning."})
        yield from edits.asked(made.series[number], number, client, theirs)
        yield _around_closing(number, client, theirs, office)
        for row in share[number::rounds]:
            yield Asked("plan", row, theirs, "POST", "/bookings", _single(row))


def _around_closing(number: int, client: int, theirs: str, office: str) -> Asked:
    """One client closes a day, the others book hours of it."""
    day = CLOSED + number
    if client != number % CLIENTS:
        return Asked("close", number, theirs, "POST", "/bookings", body_of(day * SLOTS_A_DAY + client))
    start = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
    told = {"room": "gymsal-1", "reason": "Vannlekkasje", "dry_run": False, "cancel_affected": True}
    body = {**told, "start": start.isoformat(), "end": (start + timedelta(days=1)).isoformat()}
    return Asked("closing", number, office, "POST", f"/venues/{OREN}/closures", body)


def _slot(row: int) -> tuple[str, datetime, datetime]:
    """The room and the first hour of a row of the plan; each row has hours of its own, on two dates."""
    fortnight, rest = divmod(row, A_FORTNIGHT)
    hour, place = divmod(rest, len(ROOMS) * len(WEEKDAYS))
    weekday, room = divmod(place, len(ROOMS))
    day = FIRST + timedelta(days=IMPORTED + FORTNIGHT * fortnight + weekday)
    start = datetime.combine(day, datetime.min.time()) + timedelta(hours=8 + hour)
    return ROOMS[room], start, start + timedelta(hours=1)


def _single(row: int) -> dict[str, Any]:
    """The second date of a row, asked for by somebody else."""
    room, start, end = _slot(row)
    times = {"start": (start + timedelta(days=7)).isoformat(), "end": (end + timedelta(days=7)).isoformat()}
    return {**body_of(0, room), **times}


def _import(url: str, instance: Path, series: int) -> str:
    """Import a season plan by the command; returns the last line, in which it says what became of the rows."""
    rows = ["rom;ukedag;fra;til;klubb;lag;periode"]
    for row in range(series):
        room, start, end = _slot(row)
        period = f"{start:%Y-%m-%d} - {start + timedelta(days=FORTNIGHT - 1):%Y-%m-%d}"
        rows.append(f"{OREN}/{room};{WEEKDAYS[start.weekday()]};{start:%H:%M};{end:%H:%M};Skiold turn;Lag {row};{period}")
    plan = instance / "plan.csv"
    plan.write_text("\n".join(rows), encoding="utf-8")
    environment = {**os.environ, "DATABASE_URL": url, "INSTANCE": str(instance), "SECRET_KEY": "only-for-the-tests-nowhere-else!"}
    command = [sys.executable, "-m", "flask", "--app", "app", "bookings", "import", str(plan), "--skip-conflicts"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return (ended.stdout.splitlines() or [ended.stderr])[-1]


def _work(database: Database, is_over: Event) -> None:
    while not is_over.wait(0.05):
        attend(database)
