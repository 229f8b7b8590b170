"""Accepting all that is offered to the dates of a booking: each as if it were alone, told once, what is in vain is sought anew."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.cases import booking_for
from booking.closures import close_rooms
from booking.models import Booking, Offer
from booking.offers import Accepted, accept, accept_all, decline, withdraw_vain
from booking.reservations import reserve
from booking.states import OccurrenceState, OfferState
from database.audit import Audit
from database.outbox import UNDO_WITHIN, Notice
from kernel.errors import Conflict, Forbidden, Missing, Stale
from tests.booking.conftest import NOW, REASON, Hall, again, publish_with, wish
from tests.booking.test_displacing import SOON, seek
from venues.inputs import ClosureInput
from venues.queries import room_at

LEAK = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 14), end=datetime(2026, 10, 1), reason="Vannlekkasje")
THREE = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
# The third date is four weeks ahead of when it was asked for.
NEAR = {"kind": "horizon", "id": "near", "ahead": {"amount": 25, "unit": "days"}, "reason": REASON}


def displaced(session: Session, hall: Hall) -> Booking:
    """Three dates of a club that lost their hall, with the other half kept for each."""
    again(session)
    booking = reserve(session, wish(**THREE), by=hall.berit, now=NOW)
    again(session)
    close_rooms(session, "oren-flerbrukshall", LEAK, confirmed=True, by=hall.olav, now=NOW)
    again(session)
    seek(session)
    return booking


def states(session: Session, booking: Booking) -> list[OccurrenceState]:
    session.expire_all()
    return [date.state for date in booking_for(session, booking.id).occurrences]


def told(session: Session, booking: Booking, kind: str) -> list[object]:
    return [one.facts for one in session.scalars(select(Notice).where(Notice.booking_id == booking.id, Notice.kind == kind))]


def taken(found: Accepted) -> list[int]:
    return [date.number for date in found.taken]


def test_all_is_taken_at_once_and_told_once(session: Session, hall: Hall) -> None:
    booking = displaced(session, hall)
    before = booking.version

    found = accept_all(session, booking.id, by=hall.berit, now=SOON)
    again(session)

    assert (taken(found), found.vain) == ([1, 2, 3], [])
    assert states(session, booking) == [OccurrenceState.BOOKED] * 3
    assert {date.room.slug for date in booking.occurrences} == {"gymsal-2"}
    assert told(session, booking, "date-booked") == [{"dates": [1, 2, 3]}]
    acts = session.scalars(select(Audit.facts).where(Audit.verb == "accept").order_by(Audit.id)).all()
    assert ([act["number"] for act in acts], booking.version) == ([1, 2, 3], before + 3)
    assert session.scalars(select(Offer.answered_by).where(Offer.state == OfferState.ACCEPTED)).all() == [hall.berit.person_id] * 3


def test_what_the_rules_allow_no_more_is_left_and_the_others_are_taken(session: Session, hall: Hall) -> None:
    booking = displaced(session, hall)
    publish_with(session, NEAR)

    found = accept_all(session, booking.id, by=hall.berit, now=SOON)
    again(session)

    assert (taken(found), len(found.vain)) == ([1, 2], 1)
    assert states(session, booking) == [OccurrenceState.BOOKED, OccurrenceState.BOOKED, OccurrenceState.DISPLACED]
    assert told(session, booking, "date-booked") == [{"dates": [1, 2]}]
    assert session.get_one(Offer, found.vain[0]).state is OfferState.OPEN
    withdraw_vain(session, found.vain[0], by=hall.berit, now=SOON)
    assert session.get_one(Offer, found.vain[0]).state is OfferState.WITHDRAWN


def test_what_is_offered_in_a_room_that_is_out_of_use_is_in_vain_and_nobody_is_told_of_anything(session: Session, hall: Hall) -> None:
    booking = displaced(session, hall)
    room_at(session, "oren-flerbrukshall/gymsal-2").retired_at = SOON
    session.flush()

    found = accept_all(session, booking.id, by=hall.berit, now=SOON)
    again(session)

    assert (taken(found), len(found.vain)) == ([], 3)
    assert (states(session, booking), told(session, booking, "date-booked")) == ([OccurrenceState.DISPLACED] * 3, [])


def test_what_was_offered_since_is_not_taken_unseen(session: Session, hall: Hall) -> None:
    booking = displaced(session, hall)
    seen = booking.version
    decline(
        session,
        session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.id)).all()[0],
        by=hall.berit,
        now=SOON,
    )
    again(session)
    seek(session, SOON + UNDO_WITHIN)

    with pytest.raises(Stale) as outdated:
        accept_all(session, booking.id, version=seen, by=hall.berit, now=SOON + UNDO_WITHIN)
    again(session)

    assert [change["verb"] for change in outdated.value.details["changes"]] == ["decline-offer", "offer"]
    assert states(session, booking) == [OccurrenceState.DISPLACED] * 3
    assert taken(accept_all(session, booking.id, version=booking.version, by=hall.berit, now=SOON + UNDO_WITHIN)) == [1, 2, 3]


def test_only_who_may_answer_takes_only_what_is_open(session: Session, hall: Hall) -> None:
    booking = displaced(session, hall)
    late = max(filter(None, session.scalars(select(Offer.expires_at))))
    for by, refusal in ((hall.per, Missing), (hall.olav, Forbidden)):
        with pytest.raises(refusal):
            accept_all(session, booking.id, by=by, now=SOON)
        again(session)
    with pytest.raises(Conflict) as outdated:
        accept_all(session, booking.id, by=hall.berit, now=late)
    again(session)
    accept(
        session,
        session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.id)).all()[0],
        by=hall.berit,
        now=SOON,
    )
    again(session)

    assert taken(accept_all(session, booking.id, by=hall.nils, now=SOON)) == [2, 3]
    again(session)
    with pytest.raises(Conflict) as nothing:
        accept_all(session, booking.id, by=hall.berit, now=SOON)
    assert {fault.code for refused in (outdated, nothing) for fault in refused.value.faults} == {"no-offers"}
