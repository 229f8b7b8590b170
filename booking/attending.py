"""Attending to the line: what runs out, becomes free, is sought or was waited for in vain, each in a transaction of its own."""

from accounts.identity import SERVICE
from booking.line import end_hold, end_waiting, forget_vacancies, holds_over, in_line, in_vain, offer_instead, offer_vacancy, vacancies
from booking.offers import expire, overdue, sought
from booking.turns import attempt
from database.transact import Database
from kernel.clock import now
from kernel.errors import Refusal


def attend(database: Database) -> None:
    """One turn of the worker; what one date breaks on keeps no other waiting."""
    with database.reading() as session:
        late, over = overdue(session, now()), holds_over(session, now())
    for one in late:
        attempt(f"expire offer {one}", database.transact, expire, one, by=SERVICE, now=now())
    for one in over:
        attempt(f"end hold of date {one}", database.transact, end_hold, one, by=SERVICE, now=now())
    with database.reading() as session:
        free, lost, passed = vacancies(session, now()), sought(session, now()), in_vain(session, now())
    asked = [one for one in free if attempt(f"offer vacancy {one}", _fill, database, one)]
    attempt("forget vacancies", database.transact, forget_vacancies, asked, by=SERVICE, now=now())
    for one in lost:
        attempt(f"seek for offer {one}", database.transact, offer_instead, one, by=SERVICE, now=now())
    for one in passed:
        attempt(f"end waiting of booking {one}", database.transact, end_waiting, one, by=SERVICE, now=now())


def _fill(database: Database, vacancy: int) -> None:
    """Ask everybody in line for a time that became free, one after the other: two may have parts of it."""
    with database.reading() as session:
        line = in_line(session, vacancy, now=now())
    for occurrence in line:
        try:
            database.transact(offer_vacancy, vacancy, occurrence, by=SERVICE, now=now())
        except Refusal:  # somebody else was quicker, or a rule changed meanwhile: the next is asked
            continue
