"""Prices: disputes about what a date costs, which hold it back until an officer answers, and what officers correct."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from booking.billing.models import Dispute, Line
from booking.billing.owed import BILLED, IS_UNPRICED, OWED, dates
from booking.cases import booking_at, occurrence_of, require_acting
from booking.ending import keys_of
from booking.models import Booking, Occurrence
from booking.states import BookingKind, OccurrenceState
from database.audit import Act, record
from database.locks import lock
from database.outbox import post
from kernel.errors import Conflict, refuse
from kernel.money import Ore, of_kroner
from web.fields import Prose, RowId
from web.forms import Input

LARGEST: Ore = 100_000_000
MOST_SHOWN = 100
PRICED = (OccurrenceState.BOOKED, OccurrenceState.CANCELLED)


def read_kroner(text: object) -> object:
    """``1 200,50`` in øre, also with the space that does not break and ``kr`` behind it."""
    if not isinstance(text, str):
        return text
    try:
        return of_kroner("".join(text.split()).lower().removesuffix("kr").replace(",", "."))
    except ValueError:
        raise PydanticCustomError("not-an-amount", "not-an-amount") from None


class Objection(Input):
    """Why somebody does not agree with what a date costs."""

    reason: Prose = Field(min_length=1, max_length=2000)


class Ruling(Input):
    """What an officer answers, and what the date is to cost (kroner as typed) where that is another amount; ``dispute`` and the
    ``version`` of the booking are those that were read."""

    answer: Prose = Field(min_length=1, max_length=2000)
    amount: Annotated[Ore | None, BeforeValidator(read_kroner), Field(ge=0, le=LARGEST)] = None
    dispute: RowId | None = None
    version: RowId | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """What a date costs now and what was billed for it, in øre, with its lines and what was said about it, oldest first."""

    owed: Ore
    billed: Ore
    is_unpriced: bool
    lines: Sequence[Line]
    disputes: Sequence[Dispute]

    @property
    def is_disputed(self) -> bool:
        return any(one.answered_at is None for one in self.disputes)

    @property
    def can_be_disputed(self) -> bool:
        """Whether it costs anything, or did, and nobody waits for an answer yet."""
        return not self.is_disputed and bool(self.owed or self.lines)


def priced(session: Session, date: Occurrence) -> Priced | None:
    """What a date costs, None where nobody pays for such a use; three statements."""
    found = session.execute(dates(OWED, BILLED, IS_UNPRICED).where(Occurrence.id == date.id)).one_or_none()
    if found is None:
        return None
    lines = select(Line).where(Line.occurrence_id == date.id).options(joinedload(Line.period)).order_by(Line.id)
    disputes = select(Dispute).where(Dispute.occurrence_id == date.id).order_by(Dispute.id)
    return Priced(int(found[0]), int(found[1]), bool(found[2]), session.scalars(lines).all(), session.scalars(disputes).all())


def dispute(session: Session, booking_id: int, number: int, given: Objection, *, by: Actor, now: datetime) -> Dispute:
    """Say that a date should cost something else; it is billed no further until an officer has answered.

    For those on the applicant's side. Raises Conflict (``nothing-to-dispute``, ``disputed-already``), Missing, Forbidden.
    """
    booking = booking_at(session, booking_id, None, by=by)
    require_acting(booking, by)
    date = occurrence_of(booking, number)
    found = priced(session, date)
    if found is None or not (found.owed or found.lines):
        raise refuse(Conflict, "nothing-to-dispute", "number", number)
    if found.is_disputed:
        raise refuse(Conflict, "disputed-already", "number", number)
    raised = Dispute(occurrence_id=date.id, reason=given.reason, raised_by=by.person_id, raised_at=now)
    return _recorded(session, raised, booking, "dispute", {"number": number}, by=by, now=now)


def settle_price(session: Session, booking_id: int, number: int, given: Ruling, *, by: Actor, now: datetime) -> Dispute:
    """Answer a dispute about a date, correct what it costs, or both; officers only.

    What was billed stands: the difference goes into the next period. Raises Conflict (``answered-already`` where another answered
    the dispute that was read, ``nothing-to-answer`` where nothing is disputed and no amount given, ``no-price`` where nobody pays
    for such a date), Stale where the booking was changed since it was read, Missing, Forbidden.
    """
    booking = booking_at(session, booking_id, given.version, by=by)
    by.require(by.is_officer, "officer")
    date = occurrence_of(booking, number)
    asked = session.scalar(select(Dispute).where(Dispute.occurrence_id == date.id, Dispute.answered_at.is_(None)))
    if given.dispute is not None and (asked is None or asked.id != given.dispute):
        raise refuse(Conflict, "answered-already", "answer")
    if asked is None and given.amount is None:
        raise refuse(Conflict, "nothing-to-answer", "answer")
    if given.amount is not None:
        lock(session, *keys_of(session, booking))
        _correct(session, booking, date, given.amount, by=by, now=now)
    answered = asked or Dispute(occurrence_id=date.id, reason="", raised_by=None, raised_at=now)
    answered.answer, answered.answered_by, answered.answered_at = given.answer, by.person_id, now
    _recorded(session, answered, booking, "answer", {"number": number, "amount": given.amount}, by=by, now=now)
    if answered.raised_by is not None:
        post(session, "price-answered", person_id=answered.raised_by, booking_id=booking.id, now=now, facts={"dispute": answered.id})
    return answered


def disputed(session: Session, *, by: Actor) -> Sequence[Dispute]:
    """The disputes that wait for an answer, the oldest first; officers only."""
    by.require(by.is_officer, "officer")
    date = joinedload(Dispute.occurrence)
    rows = select(Dispute).where(Dispute.answered_at.is_(None)).order_by(Dispute.id).limit(MOST_SHOWN)
    whole = (date.joinedload(Occurrence.room), date.joinedload(Occurrence.booking).joinedload(Booking.organisation))
    return session.scalars(rows.options(*whole, date.joinedload(Occurrence.booking).joinedload(Booking.holder))).all()


def _correct(session: Session, booking: Booking, date: Occurrence, amount: Ore, *, by: Actor, now: datetime) -> None:
    if booking.kind is not BookingKind.ORDINARY or (date.state not in PRICED and date.fee is None):
        raise refuse(Conflict, "no-price", "amount")
    before = {"fee": date.fee, "charged": date.charged_price}
    if date.state is not OccurrenceState.BOOKED or date.absent_at is not None:
        date.fee = amount
    # What nobody came to costs the dearer of price and fee.
    if date.state is OccurrenceState.BOOKED:
        date.charged_price = amount if date.absent_at is None else min(date.charged_price or 0, amount)
    booking.version += 1
    facts = {"dates": [date.number], "from": before, "to": amount, "version": booking.version}
    record(session, Act("price", "booking", booking.id, facts, booking.holder_id), by=by, now=now)


def _recorded(
    session: Session, row: Dispute, booking: Booking, verb: str, facts: dict[str, object], *, by: Actor, now: datetime
) -> Dispute:
    session.add(row)
    session.flush()
    record(session, Act(verb, "billing_dispute", row.id, {"booking": booking.id, **facts}, booking.holder_id), by=by, now=now)
    return row
