"""The edge of booking for pages and API alike: once per key, with what to take instead when it is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.edge import actor, database, reading, transact
from accounts.identity import Actor
from booking.alternatives import offers_to
from booking.freedom import remember
from booking.offers import Accepted, accept_all, withdraw_vain
from booking.outcome import Declined, Taken
from booking.reservations import case_asked, reserve
from booking.shown import ShownBooking, shown_booking
from booking.sought import note_refusal
from booking.wish import Wish
from database.idempotency import begin
from kernel.clock import now as clock_now
from kernel.errors import Conflict, Refusal


def book(wish: Wish, *, key: str | None) -> ShownBooking:
    """Reserve at most once per key; returns the booking as the API shows it.

    A refusal carries alternatives in its details, and what was sought is remembered without the person.
    """
    remember(database(), now=clock_now())
    try:
        return transact(reserve_once, wish, key=key)
    except (Declined, Taken) as refusal:
        raise with_alternatives(wish, refusal) from None


def reserve_once(session: Session, wish: Wish, *, key: str | None, by: Actor, now: datetime) -> ShownBooking:
    """``reserve``, or the first answer again when the person sent this key before."""
    kept = begin(session, person_id=by.require_known(), key=key, body=wish.model_dump(mode="json"), now=now) if key else None
    if kept is not None and kept.answer is not None:
        return ShownBooking.model_validate(kept.answer)
    answer = shown_booking(reserve(session, wish, by=by, now=now))
    if kept is not None:
        kept.answer = answer.model_dump(mode="json")
    return answer


def accepted(*verb: Any, vain: Callable[..., None] = withdraw_vain) -> Any:
    """What ``offers.accept``, or a verb around it, says of an offer, which comes last.

    What can be had no more is closed by ``vain``, and the next sought, before that is said.
    """
    try:
        return transact(*verb)
    except (Declined, Taken, Conflict) as refusal:
        if isinstance(refusal, Declined | Taken) or any(fault.code == "room-retired" for fault in refusal.faults):
            transact(vain, verb[-1])
        raise


def accepted_all(booking_id: int, *, version: int | None = None) -> Accepted:
    """All that is offered to a booking taken; what cannot be had any more is closed, and the next sought."""
    answer: Accepted = transact(accept_all, booking_id, version=version)
    for offer in answer.vain:
        transact(withdraw_vain, offer)
    return answer


def with_alternatives(wish: Wish, refusal: Refusal) -> Refusal:
    """The refusal with offers for the wish's first date, and the wish remembered as sought in vain."""
    transact(note_refusal, wish, refusal)
    case = case_asked(reading(), wish, by=actor(), now=clock_now())
    first = next((span.wall for span in case.dates if span.fault is None), None)
    offers = offers_to(reading(), case, first, now=clock_now()) if first else ()
    refusal.details = {**refusal.details, "alternatives": [offer.to_json() for offer in offers]}
    return refusal
