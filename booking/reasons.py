"""Reasons: what the policy said last of each date of a booking, as faults that pages and mails tell in the same sentences."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.judging import unfolded
from booking.models import Booking, Judgement, Occurrence
from booking.outcome import objection_fault
from booking.states import OccurrenceState
from kernel.errors import Fault
from policies.request import Request
from policies.verdict import Effect, Verdict


def verdicts_of(session: Session, booking: Booking) -> dict[datetime, Verdict]:
    """What the policy said last of each date, by its wall-clock start."""
    found: dict[datetime, Verdict] = {}
    for judgement in session.scalars(select(Judgement).where(Judgement.booking_id == booking.id).order_by(Judgement.id)):
        for row in unfolded(judgement.judged):
            found[Request.from_json(row["request"]).wall.start] = Verdict.from_json(row["verdict"])
    return found


def reviews(verdicts: Mapping[datetime, Verdict]) -> list[Fault]:
    """Why somebody has to look at it, and what is to be noted, each reason once."""
    found: dict[tuple[str, str], Fault] = {}
    for start, verdict in verdicts.items():
        for objection in (*verdict.objections, *verdict.warnings):
            if objection.effect is not Effect.REFUSE:
                found.setdefault((objection.rule, objection.code), objection_fault(objection, f"{start:%Y-%m-%dT%H:%M}"))
    return list(found.values())


def against(date: Occurrence, verdict: Verdict | None) -> tuple[Fault, ...]:
    """What the policy had against a date that was left out; nothing where something else kept it out."""
    refused = verdict.refusals if verdict and date.state is OccurrenceState.SKIPPED and "policy:" in date.reason else ()
    return tuple(objection_fault(objection, f"{date.local_start:%Y-%m-%dT%H:%M}") for objection in refused)
