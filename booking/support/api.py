"""The API of agreements: what they give and ask, their meters, and for officers the acts on them."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from accounts.edge import actor, reading, transact
from accounts.identity import Actor
from booking.case import path_of
from booking.support.agreements import change_agreement, end_agreement, make_agreement
from booking.support.meters import Meter, Standing, meter_of, meters
from booking.support.models import Agreement, Duty, DutyKind, Per
from booking.support.terms import AgreementTerms
from booking.support.treating import Consent
from kernel.clock import now as clock_now
from policies.occasion import clock
from web.api import Answer, Api
from web.fields import Prose, RowId
from web.forms import Input

api = Api("agreements", __name__)
CONSENT = {"confirmed", "seen"}


class AgreementBody(AgreementTerms):
    """An agreement, and whether what becomes of coming dates was seen: ``seen`` is the sign that a refusal carried."""

    confirmed: bool = False
    seen: Annotated[str, Field(max_length=40)] | None = None


class EndingBody(Input):
    """Dates that draw on nothing more stand, or with a reason for it are cancelled for nothing; ``confirmed`` and ``seen`` as above."""

    cancels: Prose = Field(default="", max_length=500)
    confirmed: bool = False
    seen: Annotated[str, Field(max_length=40)] | None = None


class AgreementsQuery(Input):
    """Whose: an organisation's by id, for officers all where none is named."""

    organisation: RowId | None = None


class ShownTime(BaseModel):
    """A fixed time of the week: ISO weekday and clock times."""

    weekday: int
    start: str
    end: str


class ShownDuty(BaseModel):
    """What is done in return, and whether it was seen done."""

    id: int
    kind: DutyKind
    amount: int
    text: str
    due_on: date | None
    done: bool


class ShownMeter(BaseModel):
    """Minutes: ``granted`` in all, ``used`` by dates that have been, of which nobody came to ``missed``, ``ahead`` by those to come or
    waiting; given back, lost to others, and left."""

    granted: int
    used: int
    missed: int
    ahead: int
    released: int
    lost: int
    left: int


class ShownAgreement(BaseModel):
    """An agreement for its organisation and officers; ``minutes`` are each week's where ``per`` is ``week``."""

    id: int
    organisation: int
    title: str
    standing: Standing
    version: int
    price_class: str
    per: Per
    minutes: int
    first_day: date
    last_day: date
    renew_by: date | None
    renews: int | None
    rooms: list[str]
    times: list[ShownTime]
    duties: list[ShownDuty]
    terms: str
    contact: str
    parties: str
    documents: list[dict[str, str]]
    remind_days: list[int]
    meter: ShownMeter


class ShownAgreements(BaseModel):
    """Agreements, those that run out last first."""

    items: list[ShownAgreement]


@api.operation("GET", "/agreements", query=AgreementsQuery, answers={200: ShownAgreements})
def agreements(query: AgreementsQuery) -> ShownAgreements:
    """The agreements that one may see."""
    found = meters(reading(), by=actor(), now=clock_now(), organisation_id=query.organisation)
    return ShownAgreements(items=[_shown(meter) for meter in found])


@api.operation("GET", "/agreements/<int:agreement_id>", answers={200: ShownAgreement})
def agreement(agreement_id: int) -> ShownAgreement:
    """One of them."""
    return _shown(meter_of(reading(), agreement_id, by=actor(), now=clock_now()))


@api.operation("POST", "/agreements", body=AgreementBody, answers={201: ShownAgreement})
def make(body: AgreementBody) -> Answer:
    """Make one. Where coming dates would draw on it, 409 names them, with the sign to repeat the request with."""
    return Answer(transact(_done, make_agreement, _terms(body), consent=_consent(body)), 201)


@api.operation("PUT", "/agreements/<int:agreement_id>", body=AgreementBody, answers={200: ShownAgreement})
def change(agreement_id: int, body: AgreementBody) -> ShownAgreement:
    """Change what one gives and asks; 409 as when it is made."""
    return transact(_done, change_agreement, agreement_id, _terms(body), consent=_consent(body))


@api.operation("POST", "/agreements/<int:agreement_id>/ending", body=EndingBody, answers={200: ShownAgreement})
def end(agreement_id: int, body: EndingBody) -> ShownAgreement:
    """End one; 409 as when it is made."""
    return transact(_done, partial(end_agreement, cancels=body.cancels), agreement_id, consent=_consent(body))


def _done(session: Session, verb: Callable[..., Agreement], *given: Any, consent: Consent, by: Actor, now: datetime) -> ShownAgreement:
    return _shown(meter_of(session, verb(session, *given, consent=consent, by=by, now=now).id, by=by, now=now))


def _terms(body: AgreementBody) -> AgreementTerms:
    return AgreementTerms.model_construct(**{name: getattr(body, name) for name in AgreementTerms.model_fields})


def _consent(body: AgreementBody | EndingBody) -> Consent:
    return Consent(body.confirmed, body.seen)


def _shown(meter: Meter) -> ShownAgreement:
    one = meter.agreement
    same = ("id", "title", "version", "price_class", "per", "minutes", "first_day", "last_day", "renew_by", "renews", "contact", "parties")
    figures = ("used", "missed", "ahead", "released", "lost", "left")
    return ShownAgreement(
        **{name: getattr(one, name) for name in same},
        organisation=one.organisation_id,
        standing=meter.standing,
        rooms=[path_of(room) for room in one.rooms],
        times=[ShownTime(weekday=time["weekday"], start=clock(time["start"]), end=clock(time["end"])) for time in one.times],
        duties=[_duty(duty) for duty in one.promised],
        terms=one.duties,
        documents=one.documents,
        remind_days=one.remind_days,
        meter=ShownMeter(granted=one.granted, **{name: getattr(meter, name) for name in figures}),
    )


def _duty(duty: Duty) -> ShownDuty:
    return ShownDuty(id=duty.id, kind=duty.kind, amount=duty.amount, text=duty.text, due_on=duty.due_on, done=duty.done_at is not None)
