"""Two server processes are asked at once for the last hour of a count, in different rooms: one client gets it, the others hear why."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from booking.support.agreements import make_agreement
from booking.support.terms import AgreementTerms
from database.transact import Database
from kernel.clock import now as moment
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests.booking.conftest import POLICY, REASON, again, furnish
from tests.postgres import free_port
from tests.storm import FIRST, SLOTS_A_DAY, body_of, post, servers, tokens_of

ROUNDS = 20
ROOMS = ("gymsal-1", "gymsal-2")
CLIENTS = 6
AN_HOUR_A_DAY = {"kind": "quota", "id": "hours", "per": "organisation", "period": "day", "minutes": 60, "reason": REASON}


def test_the_last_hour_of_an_agreement_is_given_once(database: Database, tmp_path: Path) -> None:
    tokens, agreements = database.transact(_with_agreements, by=None, now=moment())

    said = _rounds(database, tmp_path, tokens, [{"agreement": agreement} for agreement in agreements])

    assert said == [_one_of_all("agreement-hours-used")] * ROUNDS
    assert _drawn(database) == [(agreement, 1) for agreement in agreements]


def test_the_last_hour_of_an_agreement_that_nobody_names_is_drawn_once(database: Database, tmp_path: Path) -> None:
    tokens, agreements = database.transact(_with_agreements, by=None, now=moment())

    said = _rounds(database, tmp_path, tokens, [{}] * ROUNDS)

    assert said == [Counter({(201, "booked"): CLIENTS})] * ROUNDS
    assert _drawn(database) == [(agreement, 1) for agreement in agreements]


def test_the_last_hour_of_a_quota_is_given_once(database: Database, tmp_path: Path) -> None:
    tokens = database.transact(_with_quota, by=None, now=moment())

    said = _rounds(database, tmp_path, tokens, [{}] * ROUNDS)

    assert said == [_one_of_all("quota-used")] * ROUNDS
    with database.reading() as session:
        used = session.execute(_hours(func.date(Occurrence.local_start))).all()
    assert used == [(_as_said(database, FIRST + timedelta(days=day)), 1) for day in range(ROUNDS)]


def _one_of_all(code: str) -> Counter[tuple[int, str]]:
    return Counter({(201, "booked"): 1, (422, f"policy:{code}"): CLIENTS - 1})


def _hours(of: Any) -> Any:
    """How many hours are booked of each, in order."""
    return (
        select(of, func.count()).join_from(Occurrence, Booking).where(Occurrence.state == OccurrenceState.BOOKED).group_by(of).order_by(of)
    )


def _drawn(database: Database) -> list[tuple[int, int]]:
    """How many dates draw on each agreement."""
    with database.reading() as session:
        return [tuple(row) for row in session.execute(_hours(Occurrence.agreement_id).where(Occurrence.agreement_id.is_not(None)))]


def _as_said(database: Database, day: date) -> object:
    """A date as each database hands it over."""
    return day.isoformat() if database.engine.dialect.name == "sqlite" else day


def _with_agreements(session: Session, *, by: None, now: datetime) -> tuple[list[str], list[int]]:
    hall = furnish(session)
    terms = {
        "organisation": hall.cast.skiold.id,
        "price_class": "partner",
        "hours": 1,
    }
    rooms = tuple(f"oren-flerbrukshall/{room}" for room in ROOMS)
    made = []
    for number in range(ROUNDS):
        again(session)
        day = FIRST + timedelta(days=number)
        days = {"first_day": day, "last_day": day}
        made.append(make_agreement(session, AgreementTerms(title=f"Time {number}", rooms=rooms, **terms, **days), by=hall.kari, now=now).id)
    return tokens_of(session, hall, now), made


def _with_quota(session: Session, *, by: None, now: datetime) -> list[str]:
    hall = furnish(session)
    again(session)
    limited = {**POLICY, "rules": [*POLICY["rules"], AN_HOUR_A_DAY]}
    publish(session, place_at(session, ""), checked(limited), FIRST, by=SERVICE, now=now)
    return tokens_of(session, hall, now)


def _rounds(database: Database, instance: Path, tokens: Sequence[str], rounds: Sequence[dict[str, Any]]) -> list[Counter[tuple[int, str]]]:
    """What each round said, by status and code, from two servers of one process each."""
    ports = (free_port(), free_port())
    with servers(database.url, instance, ports[0], workers=1), servers(database.url, instance, ports[1], workers=1):
        connections = [HTTPConnection("127.0.0.1", ports[client % 2], timeout=60) for client in range(CLIENTS)]
        said = [_at_once(connections, tokens, day, changes) for day, changes in enumerate(rounds)]
        for connection in connections:
            connection.close()
    return said


def _at_once(connections: Sequence[HTTPConnection], tokens: Sequence[str], day: int, changes: dict[str, Any]) -> Counter[tuple[int, str]]:
    """All clients ask for an hour of their own of one day, half of them in each room: no two want the same space and time."""
    said: list[tuple[int, str]] = []
    start = Barrier(CLIENTS)

    def ask(client: int) -> None:
        body = body_of(day * SLOTS_A_DAY + client // 2, ROOMS[(client + client // 2) % 2]) | changes
        start.wait()
        status, answer = post(connections[client], "/api/v1/bookings", tokens[client % len(tokens)], body)
        said.append((status, answer["state"] if status == 201 else answer["faults"][0]["code"]))

    threads = [Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(said)
