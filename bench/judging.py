"""Judging: what the pure part of a booking costs, evaluating its policy on facts that are read already."""

from datetime import datetime
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.queries import actor_of
from bench.timing import per_piece
from booking.applicants import applicant_of
from booking.case import case_of_wish
from booking.facts import facts_on, gather
from booking.wish import Wish
from database.transact import Database
from kernel.clock import now
from policies.evaluate import evaluate_series
from venues.queries import room_at

ROUNDS = 7


def judging_seconds(database: Database, body: object) -> float:
    """Seconds to evaluate one wish of the hall's first delegate, the median of several rounds."""
    with database.reading() as session:
        by = actor_of(session, session.execute(text("SELECT min(person_id) FROM delegation")).scalar_one(), via="api")
        return _evaluating(session, Wish.model_validate(body), by=by, now=now())


def _evaluating(session: Session, wish: Wish, *, by: Actor, now: datetime) -> float:
    room = room_at(session, wish.room)
    case = case_of_wish(wish, room, applicant_of(session, wish, room, by=by), now=now)
    gathered = gather(session, case)

    def evaluate() -> object:
        requests = [case.request(span) for span in case.dates]
        facts = [facts_on(gathered, case, request) for request in requests]
        policies = [gathered.policies.on(request.dates[0]) for request in requests]
        return evaluate_series(list(zip(policies, requests, facts, strict=True)))

    return median(per_piece(evaluate, pieces=50) for _ in range(ROUNDS))
