"""Reasons: what the policy said last of each date of a booking, as faults that pages and mails tell in the same sentences."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Role
from booking.judging import unfolded
from booking.models import Booking, Judgement, Occurrence, Offer
from booking.outcome import objection_fault
from booking.states import OccurrenceState
from kernel.errors import Fault
from policies.request import Request, Waiver
from policies.verdict import Effect, Objection, Rank, Verdict


@dataclass(frozen=True, slots=True)
class Excepted:
    """An objection from which an exception is asked or was granted, and the wall-clock starts of the dates it is about."""

    fault: Fault
    waivable_by: Role | None
    waiver: Waiver | None
    starts: tuple[datetime, ...]


Stored = Mapping[str, Any]


def judged_last(session: Session, *bookings: Booking, until: int | None = None) -> dict[int, dict[datetime, Stored]]:
    """Of each booking, by id, the last judgement of each date as it is stored (``until``: none after that one), by the date's
    wall-clock start; one statement."""
    starts = {booking.id: {date.local_start for date in booking.occurrences} for booking in bookings}
    found: dict[int, dict[datetime, Stored]] = {booking.id: {} for booking in bookings}
    kept = select(Judgement).where(Judgement.booking_id.in_(starts)).order_by(Judgement.id)
    for judgement in session.scalars(kept if until is None else kept.where(Judgement.id <= until)):
        for row in unfolded(judgement.judged):
            start = Request.from_json(row["request"]).wall.start
            if start in starts[judgement.booking_id]:
                found[judgement.booking_id][start] = row
    return found


def verdicts_offered(session: Session, offers: Collection[Offer]) -> dict[int, Verdict]:
    """What the policy said of each offer when it was made, by its id; one statement where there are any."""
    made = {(one.occurrence.booking_id, one.created_at, one.local_start): one.id for one in offers}
    found: dict[int, Verdict] = {}
    if not made:
        return found
    kept = select(Judgement).where(Judgement.booking_id.in_({booking for booking, *_ in made}), Judgement.act == "offer")
    for judgement in session.scalars(kept.order_by(Judgement.id)):
        for row in unfolded(judgement.judged):
            number = made.get((judgement.booking_id, judgement.at, Request.from_json(row["request"]).wall.start))
            if number is not None:
                found[number] = Verdict.from_json(row["verdict"])
    return found


def rank_of(verdicts: Mapping[datetime, Verdict]) -> Rank | None:
    """Where the booking stands among others that want the same, by its first date that has a rank."""
    return next((verdict.rank for _start, verdict in sorted(verdicts.items()) if verdict.rank), None)


def verdicts_of(session: Session, booking: Booking) -> dict[datetime, Verdict]:
    """What the policy said last of each date, by its wall-clock start."""
    return verdicts_of_all(session, [booking])[booking.id]


def verdicts_of_all(session: Session, bookings: Iterable[Booking]) -> dict[int, dict[datetime, Verdict]]:
    """The same of several bookings, by id, in one statement."""
    return {number: verdicts_in(judged) for number, judged in judged_last(session, *bookings).items()}


def verdicts_in(judged: Mapping[datetime, Stored]) -> dict[datetime, Verdict]:
    """The verdicts of stored judgements."""
    return {start: Verdict.from_json(row["verdict"]) for start, row in judged.items()}


def reviews(verdicts: Mapping[datetime, Verdict]) -> list[Fault]:
    """Why somebody has to look at it, and what is to be noted, each reason once; exceptions are told apart from these."""
    found: dict[tuple[str, str], Fault] = {}
    for start, verdict in verdicts.items():
        for objection in (*verdict.objections, *verdict.warnings):
            if objection.effect is not Effect.REFUSE and not is_excepted(objection):
                found.setdefault((objection.rule, objection.code), _fault(objection, start))
    return list(found.values())


def excepted(verdicts: Mapping[datetime, Verdict]) -> list[Excepted]:
    """The exceptions that are asked for or were granted, each once with its dates."""
    found: dict[tuple[str, str], Excepted] = {}
    for start, verdict in sorted(verdicts.items()):
        for objection in filter(is_excepted, verdict.objections):
            first = found.get((objection.rule, objection.code))
            fault = first.fault if first else _fault(objection, start)
            starts = (*(first.starts if first else ()), start)
            found[objection.rule, objection.code] = Excepted(fault, objection.waivable_by, objection.waiver, starts)
    return list(found.values())


def is_excepted(objection: Objection) -> bool:
    """Whether an exception from the rule is asked for, or was granted."""
    return objection.is_asked or objection.waiver is not None


def against(date: Occurrence, verdict: Verdict | None) -> tuple[Fault, ...]:
    """What the policy had against a date that was left out; nothing where something else kept it out."""
    refused = verdict.refusals if verdict and date.state is OccurrenceState.SKIPPED and "policy:" in date.reason else ()
    return tuple(_fault(objection, date.local_start) for objection in refused)


def _fault(objection: Objection, start: datetime) -> Fault:
    return objection_fault(objection, f"{start:%Y-%m-%dT%H:%M}")
