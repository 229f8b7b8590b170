"""Shown: bookings and dry runs as the API tells them; the models are the API's description too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import object_session

from booking.alternatives import Offer as Alternative
from booking.case import Case, path_of
from booking.models import Booking, Occurrence, Offer
from booking.offers import open_offers
from booking.outcome import Dated, asked_of, faults_of
from booking.reservations import Preview
from booking.waiving import Exceptions, exceptions_of
from kernel.wallclock import nearest_interval
from policies.verdict import Price, Verdict
from web.wording import sentence


class ShownDate(BaseModel):
    """One date of a booking; prices in øre, and ``fee`` what it costs that it was cancelled or that nobody came."""

    number: int
    state: str
    reason: str
    room: str
    start: datetime
    end: datetime
    local_start: datetime
    local_end: datetime
    zone: str
    list_price: int | None
    charged_price: int | None
    tariff: str
    fee: int | None
    absent_at: datetime | None
    lost_to: str
    offer: "ShownHold | None"
    sequence: int


class ShownHold(BaseModel):
    """What is kept for a date that waits or was displaced, until it is answered."""

    id: int
    room: str
    start: datetime
    end: datetime
    expires_at: datetime | None


class ShownWaiver(BaseModel):
    """An exception that was granted: in what role, when and why."""

    role: str
    at: datetime
    why: str


class ShownException(BaseModel):
    """A rule from which an exception is asked for, or was granted."""

    rule: str
    waiver: ShownWaiver | None


class ShownBooking(BaseModel):
    """A booking for those who may see it."""

    id: int
    reference: str
    version: int
    state: str
    room: str
    purpose: str
    activity: str
    resources: dict[str, int]
    organisation: str | None
    agreement: int | None
    grant: int | None
    decider: str
    decide_by: datetime | None
    confirm_by: datetime | None
    decision_reason: str
    exceptions: list[ShownException]
    exception_reason: str
    occurrences: list[ShownDate]


class ShownObjection(BaseModel):
    """What is in the way of a date: its code, its sentence in the caller's language, and what the rule says."""

    code: str
    field: str
    message: str
    facts: dict[str, Any]


class ShownTry(BaseModel):
    """What one date of a dry run would become; ``verdict`` is all that the policy says, as it would be kept with the booking."""

    start: datetime
    end: datetime
    local_start: datetime
    local_end: datetime
    state: str
    outcome: str | None
    objections: list[ShownObjection]
    warnings: list[str]
    list_price: int | None
    charged_price: int | None
    verdict: Verdict | None


class ShownOffer(BaseModel):
    """What to take instead of a taken date: ``changes`` is ``time`` or ``room``."""

    room: str
    name: str
    changes: str
    start: datetime
    end: datetime
    local_start: str
    local_end: str


class ShownVerdict(BaseModel):
    """The dry run of a wish, date by date; ``alternatives`` are to the first date that is taken."""

    room: str
    dates: list[ShownTry]
    alternatives: list[ShownOffer]


def shown_booking(booking: Booking) -> ShownBooking:
    """A booking with its dates; one statement where any of them may be offered something."""
    session = object_session(booking)
    offers = open_offers(session, booking) if session else {}
    exceptions = exceptions_of(booking)
    return ShownBooking(
        id=booking.id,
        reference=booking.reference,
        version=booking.version,
        state=str(booking.state),
        room=path_of(booking.room),
        purpose=booking.purpose,
        activity=booking.activity,
        resources=booking.resources,
        organisation=booking.organisation.name if booking.organisation else None,
        agreement=booking.agreement_id,
        grant=booking.grant_id,
        decider=booking.decider,
        decide_by=booking.decide_by,
        confirm_by=booking.confirm_by,
        decision_reason=booking.decision_reason,
        exceptions=[ShownException(rule=rule, waiver=_waiver(exceptions, rule)) for rule in exceptions.asked],
        exception_reason=exceptions.reason,
        occurrences=[_date(date, offers.get(date.id)) for date in booking.occurrences],
    )


def shown_preview(preview: Preview, alternatives: Sequence[Alternative]) -> ShownVerdict:
    """A dry run, with what to take instead."""
    return ShownVerdict(
        room=preview.case.path,
        dates=[_try(date, preview.case) for date in preview.dates],
        alternatives=[ShownOffer.model_validate(offer.to_json()) for offer in alternatives],
    )


def _waiver(exceptions: Exceptions, rule: str) -> ShownWaiver | None:
    found = next((waiver for waiver in exceptions.waivers if waiver.rule == rule), None)
    return ShownWaiver(role=str(found.role), at=found.at, why=found.why) if found else None


def _date(date: Occurrence, offer: Offer | None) -> ShownDate:
    return ShownDate(
        number=date.number,
        state=str(date.state),
        reason=date.reason,
        room=path_of(date.room),
        start=date.starts_at,
        end=date.ends_at,
        local_start=date.local_start,
        local_end=date.local_end,
        zone=date.zone,
        list_price=date.list_price,
        charged_price=date.charged_price,
        tariff=date.tariff,
        fee=date.fee,
        absent_at=date.absent_at,
        lost_to=date.lost_to,
        offer=_hold(offer) if offer else None,
        sequence=date.sequence,
    )


def _hold(offer: Offer) -> ShownHold:
    return ShownHold(id=offer.id, room=path_of(offer.room), start=offer.starts_at, end=offer.ends_at, expires_at=offer.expires_at)


def _try(date: Dated, case: Case) -> ShownTry:
    # A date whose hour the clock skips is told at the time to which the clock goes on, with the fault that keeps it out.
    wall, verdict = date.judged.wall, date.judged.verdict
    interval = nearest_interval(wall) if date.judged.fault else wall.interval()
    price: Price | None = verdict.price if verdict else None
    return ShownTry(
        start=interval.start,
        end=interval.end,
        local_start=wall.start,
        local_end=wall.end,
        state=str(date.state),
        outcome=str(verdict.outcome) if verdict else None,
        objections=[
            ShownObjection(code=fault.code, field=fault.field, message=sentence(fault), facts=dict(fault.facts))
            for fault in (*faults_of(date, case), *(asked_of(date) if date.is_kept else ()))
        ],
        warnings=[warning.code for warning in verdict.warnings] if verdict else [],
        list_price=price.listed if price else None,
        charged_price=price.charged if price else None,
        verdict=verdict,
    )
