"""Closing: who is met, what ends with it, and that half a hall closes the whole one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.cases import booking_for
from booking.closures import Closing, affected, close, open_again
from booking.outcome import Declined
from booking.reservations import reserve
from booking.states import BookingState
from database.outbox import Notice
from database.transact import Database
from kernel.errors import Conflict, Forbidden, Invalid
from tests.booking.conftest import NOW, Hall, again, furnish, wish
from tests.meanwhile import meanwhile
from venues.inputs import ClosureInput
from venues.queries import room_at, venue_named


def closing(session: Session, room: str | None = None) -> Closing:
    return Closing(
        venue=venue_named(session, "oren-flerbrukshall"),
        room=room_at(session, f"oren-flerbrukshall/{room}") if room else None,
        given=ClosureInput(room=room or "", start=datetime(2026, 9, 14), end=datetime(2026, 9, 17), reason="Vannlekkasje"),
    )


def test_a_closure_names_what_it_meets_before_it_ends_it(session: Session, hall: Hall) -> None:
    again(session)
    met = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)
    with pytest.raises(Conflict) as refused:
        close(session, closing(session), confirmed=False, by=hall.olav, now=NOW)
    again(session)

    close(session, closing(session), confirmed=True, by=hall.olav, now=NOW)
    again(session)

    assert [fault.facts["reference"] for fault in refused.value.faults] == [booking_for(session, met.id).reference]
    assert booking_for(session, met.id).state is BookingState.DISPLACED
    assert session.scalars(select(Notice.kind).order_by(Notice.id.desc())).first() == "dates-displaced"


def told(session: Session, hall: Hall, given: Closing) -> list[tuple[str, object, object]]:
    """Why something is not closed; nothing where it is."""
    again(session)
    try:
        close(session, given, confirmed=True, by=hall.olav, now=NOW)
    except Conflict as refused:
        return [(fault.code, fault.facts["closure"], fault.facts["why"]) for fault in refused.faults]
    return []


def test_the_same_is_not_closed_twice_at_the_same_time(session: Session, hall: Hall) -> None:
    given = closing(session)
    first = close(session, given, confirmed=True, by=hall.olav, now=NOW)
    others = [
        closing(session, "gymsal-1"),
        replace(given, given=given.given.model_copy(update={"end": datetime(2026, 9, 18)})),
        replace(given, given=given.given.model_copy(update={"out_of_order": "access:lift"})),
    ]

    twice = told(session, hall, given)
    beside = [told(session, hall, other) for other in others]
    again(session)
    open_again(session, first.id, by=hall.olav, now=NOW)

    assert twice == [("closed-already", first.id, "Vannlekkasje")]
    assert beside == [[], [], []]
    assert told(session, hall, given) == []


def test_of_two_who_close_the_same_at_once_the_second_hears_of_the_first(database: Database) -> None:
    hall = database.transact(furnish)

    def shut(session: Session) -> int:
        return close(session, closing(session), confirmed=True, by=hall.olav, now=NOW).id

    refused = meanwhile(database, shut, shut).exception()

    assert isinstance(refused, Conflict)
    assert [fault.code for fault in refused.faults] == ["closed-already"]


def test_only_what_was_shown_is_ended_with_the_closure(session: Session, hall: Hall) -> None:
    again(session)
    shown = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)
    with pytest.raises(Conflict) as first:
        close(session, closing(session), confirmed=False, by=hall.olav, now=NOW)
    again(session)
    late = reserve(session, wish(start="2026-09-16T18:00", end="2026-09-16T20:00"), by=hall.nils, now=NOW)
    again(session)

    with pytest.raises(Conflict) as second:
        close(session, closing(session), confirmed=True, seen=str(first.value.details["seen"]), by=hall.olav, now=NOW)
    again(session)
    states = [booking_for(session, one.id).state for one in (shown, late)]
    again(session)
    close(session, closing(session), confirmed=True, seen=str(second.value.details["seen"]), by=hall.olav, now=NOW)
    again(session)

    assert len(second.value.faults) == 2
    assert states == [BookingState.BOOKED] * 2
    assert [booking_for(session, one.id).state for one in (shown, late)] == [BookingState.DISPLACED] * 2


@pytest.mark.parametrize(
    ("closed", "asked", "is_refused"), [("gymsal-1", "hel-hall", True), ("gymsal-1", "gymsal-2", False), ("hel-hall", "gymsal-2", True)]
)
def test_closing_a_part_closes_every_room_that_shares_it(
    session: Session, hall: Hall, closed: str, asked: str, *, is_refused: bool
) -> None:
    again(session)
    close(session, closing(session, closed), confirmed=False, by=hall.olav, now=NOW)
    again(session)

    try:
        reserve(session, wish(room=f"oren-flerbrukshall/{asked}"), by=hall.berit, now=NOW)
        codes = []
    except Declined as refused:
        codes = [fault.code for fault in refused.faults]

    assert codes == (["policy:closed"] if is_refused else [])


def test_others_may_not_close_and_siblings_are_left_alone(session: Session, hall: Hall) -> None:
    again(session)
    reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)

    with pytest.raises(Forbidden):
        close(session, closing(session), confirmed=True, by=hall.berit, now=NOW)
    assert affected(session, closing(session, "gymsal-2"), now=NOW) == []


def test_a_closure_that_began_this_morning_leaves_what_has_been_as_it_was(session: Session, hall: Hall) -> None:
    again(session)
    morning = reserve(session, wish(start="2026-09-15T09:00", end="2026-09-15T10:00"), by=hall.berit, now=NOW)
    again(session)
    evening = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)

    close(session, closing(session), confirmed=True, by=hall.olav, now=datetime(2026, 9, 15, 10, 0, tzinfo=UTC))
    again(session)
    with pytest.raises(Invalid) as over:
        close(session, closing(session), confirmed=True, by=hall.olav, now=datetime(2026, 9, 16, 22, 0, tzinfo=UTC))
    again(session)

    assert [booking_for(session, one.id).state for one in (morning, evening)] == [BookingState.BOOKED, BookingState.DISPLACED]
    assert [(fault.code, fault.field, fault.value) for fault in over.value.faults] == [("closure-past", "end", "2026-09-17T00:00")]
