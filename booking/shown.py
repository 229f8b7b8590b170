"""Shown: bookings and dry runs as the API tells them; the models are the API's description too."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import object_session

from booking.alternatives import BestRoom, Instead
from booking.case import path_of
from booking.decisions import plain_reason
from booking.models import Booking, Occurrence, Offer
from booking.offers import open_offers
from booking.outcome import Dated, asked_of, faults_of
from booking.reservations import Preview
from booking.resources import Needed, needed_by
from booking.waiving import Exceptions, exceptions_of
from kernel.errors import Fault
from kernel.wallclock import nearest_interval
from policies.verdict import Price, Verdict
from web.wording import sentence


class ShownDate(BaseModel):
    """One date of a booking; prices in øre, and ``fee`` what it costs that it was cancelled or that nobody came.

    ``agreement`` is the one that it draws on.
    """

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
    agreement: int | None
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


class ShownNeeded(BaseModel):
    """What a date in the booking's room has beside it: how many in all, and how many of them were asked for; the rest comes along by
    rule of the activity."""

    resource: str
    name: str
    count: int
    asked: int


class ShownException(BaseModel):
    """A rule from which an exception is asked for, or was granted."""

    rule: str
    waiver: ShownWaiver | None


class ShownBooking(BaseModel):
    """A booking for those who may see it; its dates draw on the ``agreement`` that was named, else by rule where it ``draws``;
    from ``paused_at`` the clock of ``decide_by`` stands still, for its applicant has to answer first.
    """

    id: int
    reference: str
    version: int
    state: str
    room: str
    purpose: str
    activity: str
    resources: dict[str, int]
    needed: list[ShownNeeded]
    organisation: str | None
    team: str
    participants: dict[str, int]
    contact: str
    contact_phone: str
    open_to_all: bool
    public: dict[str, Any]
    shown_publicly: bool
    split_from: int | None
    agreement: int | None
    draws: bool
    grant: int | None
    decider: str
    decide_by: datetime | None
    paused_at: datetime | None
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


class ShownOffer(BaseModel):
    """What to take instead of a date: ``changes`` is the one thing that differs: ``time``, ``room``, ``shorter`` or ``weekday``.

    ``cost`` says how far it is from what was asked, in points; ``metres`` lie between the venues, null where nobody knows.
    ``unknown`` are the keys of what is needed of which nobody knows whether the room has it (``access.lift``).
    """

    room: str
    name: str
    changes: str
    start: datetime
    end: datetime
    local_start: str
    local_end: str
    cost: int
    charged_price: int | None
    needs_review: bool
    metres: int | None
    unknown: list[str]


class ShownBestRoom(BaseModel):
    """The room in which most dates of a series could be had, and which those are."""

    room: str
    name: str
    dates: list[date]
    wanted: int


class ShownTry(BaseModel):
    """What one date of a dry run would become; ``verdict`` is all that the policy says, as it would be kept with the booking.

    ``alternatives`` are to the date where it is left out, told of the first twenty.
    """

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
    alternatives: list[ShownOffer]


class ShownVerdict(BaseModel):
    """The dry run of a wish, date by date; ``alternatives`` are to the first date that is left out.

    ``best_room`` is told of a series of which another room fits more.
    """

    room: str
    needed: list[ShownNeeded]
    dates: list[ShownTry]
    alternatives: list[ShownOffer]
    best_room: ShownBestRoom | None


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
        needed=_needed(needed_by(booking, booking.room), booking.resources),
        organisation=booking.organisation.name if booking.organisation else None,
        team=booking.team,
        participants=booking.participants,
        contact=booking.contact_name,
        contact_phone=booking.contact_phone,
        open_to_all=booking.open_to_all,
        public=booking.public,
        shown_publicly=booking.shown_publicly,
        split_from=booking.split_from,
        agreement=booking.named_agreement_id,
        draws=booking.draws,
        grant=booking.grant_id,
        decider=booking.decider,
        decide_by=booking.decide_by,
        paused_at=booking.paused_at if booking.is_paused else None,
        confirm_by=booking.confirm_by,
        decision_reason=booking.decision_reason,
        exceptions=[ShownException(rule=rule, waiver=_waiver(exceptions, rule)) for rule in exceptions.asked],
        exception_reason=exceptions.reason,
        occurrences=[_date(date, offers.get(date.id)) for date in booking.occurrences],
    )


def shown_preview(preview: Preview, instead: Instead) -> ShownVerdict:
    """A dry run, with what to take instead."""
    offers = {number: [ShownOffer.model_validate(offer.to_json()) for offer in found] for number, found in instead.offers.items()}
    return ShownVerdict(
        room=preview.case.path,
        needed=_needed(preview.case.needed, preview.case.resources),
        dates=[_try(date, offers.get(number, [])) for number, date in enumerate(preview.dates)],
        alternatives=next(iter(offers.values()), []),
        best_room=_best_room(instead.room) if instead.room else None,
    )


def _needed(found: Iterable[Needed], asked: Mapping[str, int]) -> list[ShownNeeded]:
    return [
        ShownNeeded(resource=one.resource.slug, name=one.resource.name, count=one.count, asked=asked.get(one.resource.slug, 0))
        for one in found
    ]


def _best_room(best: BestRoom) -> ShownBestRoom:
    return ShownBestRoom(room=best.room, name=best.name, dates=list(best.dates), wanted=best.wanted)


def shown_fault(fault: Fault) -> ShownObjection:
    """What is in the way, in the caller's language."""
    return ShownObjection(code=fault.code, field=fault.field, message=sentence(fault), facts=dict(fault.facts))


def _waiver(exceptions: Exceptions, rule: str) -> ShownWaiver | None:
    found = next((waiver for waiver in exceptions.waivers if waiver.rule == rule), None)
    return ShownWaiver(role=str(found.role), at=found.at, why=found.why) if found else None


def _date(date: Occurrence, offer: Offer | None) -> ShownDate:
    return ShownDate(
        number=date.number,
        state=str(date.state),
        reason=plain_reason(date.reason),
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
        agreement=date.agreement_id,
        offer=_hold(offer) if offer else None,
        sequence=date.sequence,
    )


def _hold(offer: Offer) -> ShownHold:
    return ShownHold(id=offer.id, room=path_of(offer.room), start=offer.starts_at, end=offer.ends_at, expires_at=offer.expires_at)


def _try(date: Dated, alternatives: list[ShownOffer]) -> ShownTry:
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
        objections=[shown_fault(fault) for fault in (*faults_of(date), *(asked_of(date) if date.is_kept else ()))],
        warnings=[warning.code for warning in verdict.warnings] if verdict else [],
        list_price=price.listed if price else None,
        charged_price=price.charged if price else None,
        verdict=verdict,
        alternatives=alternatives,
    )
