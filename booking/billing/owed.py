"""Owed: what a date costs as it stands, in SQL, beside what was billed for it, who pays, and why the two differ."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from booking.billing.models import Dispute, Line, LineKind, Terms
from booking.lifecycle import WAITING
from booking.models import Booking, Occurrence
from booking.states import BookingKind, OccurrenceState
from database.sql import epoch
from venues.models import Room, Venue

NOT_HAD = sorted(WAITING | {OccurrenceState.REFUSED, OccurrenceState.LAPSED, OccurrenceState.DISPLACED})
_PRICE, _FEE = func.coalesce(Occurrence.charged_price, 0), func.coalesce(Occurrence.fee, 0)
_IS_BOOKED = Occurrence.state == OccurrenceState.BOOKED
# Cancelled, or given up for another time that was asked for and is not had.
_IS_GIVEN_UP = or_(Occurrence.state == OccurrenceState.CANCELLED, and_(Occurrence.state.in_(NOT_HAD), Occurrence.fee.is_not(None)))
# The price of what is booked, the fee of what was given up late, the dearer of both where nobody came; nothing else costs.
OWED: ColumnElement[int] = case((and_(_IS_BOOKED, _FEE > _PRICE), _FEE), (_IS_BOOKED, _PRICE), (_IS_GIVEN_UP, _FEE), else_=0)
# Booked without a price that is known: nothing is billed for it until somebody says what it costs.
IS_UNPRICED: ColumnElement[bool] = and_(_IS_BOOKED, Occurrence.charged_price.is_(None), Occurrence.fee.is_(None))
IS_DISPUTED: ColumnElement[bool] = exists().where(Dispute.occurrence_id == Occurrence.id, Dispute.answered_at.is_(None))

LAST, _NEXT = aliased(Line, name="last_line"), aliased(Line, name="next_line")
BILLED: ColumnElement[int] = func.coalesce(LAST.owed, 0)
LEFT: ColumnElement[int] = OWED - BILLED
# A date stays with the payer whom it was first billed to; else it is whoever pays for the organisation now.
PAYER: ColumnElement[int | None] = func.coalesce(LAST.payer_id, Terms.payer_id, Booking.organisation_id)
PERSON: ColumnElement[int | None] = case((Booking.organisation_id.is_(None), Booking.holder_id))

_IS_MOVED = or_(LAST.local_start != Occurrence.local_start, LAST.local_end != Occurrence.local_end, LAST.room_id != Occurrence.room_id)
KIND: ColumnElement[str] = case(
    (and_(_IS_BOOKED, Occurrence.absent_at.is_not(None)), str(LineKind.ABSENCE)),
    (and_(_IS_BOOKED, LAST.id.is_(None)), str(LineKind.USE)),
    (and_(_IS_BOOKED, _IS_MOVED), str(LineKind.MOVED)),
    (_IS_BOOKED, str(LineKind.PRICE)),
    (_IS_GIVEN_UP, str(LineKind.CANCELLATION)),
    (Occurrence.lost_to.like("booking:%"), str(LineKind.DISPLACED)),
    (Occurrence.state == OccurrenceState.DISPLACED, str(LineKind.CLOSURE)),
    else_=str(LineKind.UNBOOKED),
)
MINUTES: ColumnElement[int] = cast((epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) / 60, Integer)
SNAPSHOT: dict[str, Any] = {
    "occurrence_id": Occurrence.id,
    "corrects_id": LAST.id,
    "kind": KIND,
    "organisation_id": Booking.organisation_id,
    "payer_id": PAYER,
    "person_id": PERSON,
    "reference": func.coalesce(Terms.reference, ""),
    "booking": Booking.reference,
    "number": Occurrence.number,
    "team": Booking.team,
    "room_id": Occurrence.room_id,
    "room": Venue.name + literal(", ") + Room.name,
    "local_start": Occurrence.local_start,
    "local_end": Occurrence.local_end,
    "minutes": MINUTES,
    "tariff": Occurrence.tariff,
    "owed": OWED,
    "amount": LEFT,
}


def dates(*columns: Any) -> Select[Any]:
    """The dates that anybody may have to pay for, beside what was billed; the municipality does not bill itself."""
    return (
        select(*columns)
        .select_from(Occurrence)
        .join(Booking, Booking.id == Occurrence.booking_id)
        .join(Room, Room.id == Occurrence.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .outerjoin(Terms, Terms.organisation_id == Booking.organisation_id)
        .outerjoin(LAST, and_(LAST.occurrence_id == Occurrence.id, ~exists().where(_NEXT.corrects_id == LAST.id)))
        .where(Booking.kind == BookingKind.ORDINARY)
    )


def due(*columns: Any, since: date, until: date, payers: Sequence[str] = ()) -> Select[Any]:
    """What a period to the end of ``until`` has to bill: dates of use from ``since`` on, and whatever was billed and costs
    another amount by now; never what is disputed."""
    is_reached = and_(*within(since, until))
    found = dates(*columns).where(LEFT != 0, or_(LAST.id.is_not(None), is_reached), ~IS_DISPUTED)
    return found.where(paid_by(payers)) if payers else found


def within(since: date, until: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Dates of use from the one to the other, both included, by the clock on the wall."""
    return Occurrence.local_start >= datetime.combine(since, time()), Occurrence.local_start < datetime.combine(
        until + timedelta(1), time()
    )


def paid_by(payers: Sequence[str]) -> ColumnElement[bool]:
    """Dates that one of these pays for: ``o3`` an organisation, ``p7`` a person."""
    organisations, people = ([int(payer[1:]) for payer in payers if payer[0] == letter] for letter in "op")
    return or_(PAYER.in_(organisations), PERSON.in_(people))
