"""Throttling: counted per address and per network, over all processes, with the seconds to wait."""

import multiprocessing
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from accounts import attempts
from accounts.attempts import LINK, SIGN_IN, Limit
from accounts.identity import NOBODY
from database.transact import Database
from kernel.errors import Throttled
from tests.accounts.conftest import NOW
from tests.processes import PROCESSES

FEW = Limit("try", timedelta(minutes=10), per_address=3, per_network=5)


def take(session: Session, email: str, network: str = "192.0.2.1", *, after: timedelta = timedelta()) -> int:
    """0 when it was let through, else the seconds to wait."""
    session.info.pop("locked", None)
    try:
        attempts.take(session, FEW, email, network, now=NOW + after)
    except Throttled as refusal:
        return refusal.after
    return 0


def test_an_address_is_throttled_from_wherever_it_is_tried(session: Session) -> None:
    waits = [take(session, "a@example.org", f"192.0.2.{number}") for number in range(4)]

    assert waits == [0, 0, 0, 600]


def test_a_network_is_throttled_whatever_addresses_it_tries(session: Session) -> None:
    waits = [take(session, f"{number}@example.org") for number in range(6)]

    assert waits == [0, 0, 0, 0, 0, 600]


def test_the_wait_is_until_the_oldest_counted_attempt_falls_out(session: Session) -> None:
    for minutes in (0, 4, 8):
        take(session, "a@example.org", after=timedelta(minutes=minutes))

    waits = [take(session, "a@example.org", after=timedelta(minutes=minutes)) for minutes in (9, 10, 10)]

    assert waits == [60, 0, 240]


def test_attempts_that_were_refused_do_not_prolong_the_wait(session: Session) -> None:
    for _ in range(9):
        take(session, "a@example.org")

    assert take(session, "a@example.org", after=timedelta(minutes=10)) == 0


def test_kinds_are_counted_apart() -> None:
    assert attempts.address_subject(SIGN_IN, "a@example.org") != attempts.address_subject(LINK, "a@example.org")


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("192.0.2.7", "try:192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "try:2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "try:2001:db8:1:2::/64"),
        ("", "try:unknown"),
    ],
)
def test_a_network_is_an_address_of_the_old_kind_or_a_household_of_the_new(remote: str, counted: str) -> None:
    assert attempts.network_subject(FEW, remote) == counted


def test_the_address_itself_is_not_kept() -> None:
    assert "example" not in attempts.address_subject(SIGN_IN, "a@example.org")


def test_signing_in_forgives_the_address(session: Session) -> None:
    for _ in range(SIGN_IN.per_address):
        session.info.pop("locked", None)
        attempts.count_sign_in(session, "a@example.org", "192.0.2.1", by=NOBODY, now=NOW)

    attempts.forgive(session, "a@example.org", "192.0.2.1", by=NOBODY, now=NOW)
    session.info.pop("locked")
    attempts.count_sign_in(session, "a@example.org", "192.0.2.1", by=NOBODY, now=NOW)


def test_old_attempts_are_forgotten(session: Session) -> None:
    take(session, "a@example.org")

    assert attempts.forget_old(session, now=NOW + attempts.KEPT + timedelta(seconds=1)) == 2


def try_often(url: str, times: int, answers: "multiprocessing.Queue[int]") -> None:
    """What one process of several does."""
    database = Database(url)
    let_through = 0
    for _ in range(times):
        try:
            database.transact(attempts.count_sign_in, "a@example.org", "192.0.2.1", by=NOBODY, now=NOW)
            let_through += 1
        except Throttled:
            pass
    answers.put(let_through)


def test_two_processes_that_try_at_once_get_one_limit_between_them(database_url: str) -> None:
    answers: multiprocessing.Queue[int] = PROCESSES.Queue()
    processes = [PROCESSES.Process(target=try_often, args=(database_url, 12, answers)) for _ in range(2)]
    for process in processes:
        process.start()
    let_through = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()

    assert sum(let_through) == SIGN_IN.per_address
