"""Displacing: what goes first takes the time, after due notice; who loses it pays nothing, is told and offered something else."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking.cases import booking_for
from booking.closures import Closing, close, close_rooms
from booking.ending import cancel
from booking.line import offer_instead, vacancies
from booking.models import Booking, Claim, Occurrence, Offer, Undo, Vacancy
from booking.narrowing import displace_outside
from booking.nearness import MOST_OF, Change
from booking.offers import accept, decline, expire, sought
from booking.reservations import reserve
from booking.states import BookingState, OccurrenceState, OfferState
from booking.undo import undo
from database.audit import Audit
from database.outbox import UNDO_WITHIN, Delivery, Notice
from kernel.errors import Conflict, Forbidden, Invalid
from tests.booking.conftest import LADDER, NOW, REASON, Hall, again, publish_with, wish
from venues.inputs import ClosureInput
from venues.queries import room_at, venue_named

SOON = NOW + timedelta(minutes=3)
TOURNAMENT: dict[str, Any] = {
    "kind": "displacement",
    "id": "matches-first",
    "scope": {"activities": ["sport.match"]},
    "strength": 60,
    "notice_days": 14,
    "reason": REASON,
}
MATCH: dict[str, Any] = {"activity": "sport.match", "purpose": "Turnering", "room": "oren-flerbrukshall/hel-hall"}


def displacing(session: Session, by: Actor, reason: str = "", **changes: Any) -> Booking:
    """What goes first, as an officer does it: who loses their time is seen, and then confirmed."""
    again(session)
    with pytest.raises(Conflict) as shown:
        reserve(session, wish(**changes, displace={"reason": reason}), by=by, now=NOW)
    again(session)
    return reserve(session, wish(**changes, displace={"reason": reason, "seen": str(shown.value.details["seen"])}), by=by, now=NOW)


def refused(session: Session, by: Actor, reason: str = "", **changes: Any) -> list[str]:
    again(session)
    with pytest.raises(Conflict) as found:
        reserve(session, wish(**changes, displace={"reason": reason}), by=by, now=NOW)
    again(session)
    return sorted({fault.code for fault in found.value.faults})


def seek(session: Session, now: datetime = SOON) -> None:
    for offer in sought(session, now):
        again(session)
        offer_instead(session, offer, by=SERVICE, now=now)
    again(session)


def test_a_match_takes_one_date_of_a_series_and_its_holder_is_offered_another(session: Session, hall: Hall) -> None:
    publish_with(session, TOURNAMENT)
    series = reserve(session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}), by=hall.berit, now=NOW)
    other = reserve_in(session, hall.nils, "oren-flerbrukshall/gymsal-2")
    prices = [date.charged_price for date in series.occurrences]

    match = displacing(session, hall.kari, "Kretsmesterskap", **MATCH, start="2026-09-22T17:00", end="2026-09-22T21:00")
    again(session)
    seek(session)

    lost = booking_for(session, series.id).occurrences
    assert [date.state for date in lost] == ["booked", "displaced", "booked"]
    assert (lost[1].lost_to, lost[1].charged_price, lost[1].reason) == (f"booking:{match.id}", 0, "precedence: Kretsmesterskap")
    assert [date.charged_price for date in lost if date is not lost[1]] == [prices[0], *prices[2:]]
    assert booking_for(session, other.id).state is BookingState.BOOKED
    assert kinds(session, series) == ["booking-booked", "dates-displaced"]
    offer = session.scalars(select(Offer).where(Offer.state == OfferState.OPEN)).one()
    accept(session, offer.id, by=hall.berit, now=NOW)
    again(session)
    taken = booking_for(session, series.id).occurrences[1]
    assert (taken.state, taken.starts_at, taken.lost_to) == (OccurrenceState.BOOKED, offer.starts_at, "")
    verbs = session.scalars(select(Audit.verb).where(Audit.subject == "booking", Audit.subject_id == series.id).order_by(Audit.id))
    assert list(verbs) == ["reserve", "displace", "offer", "accept"]


def kinds(session: Session, booking: Booking) -> list[str]:
    return list(session.scalars(select(Notice.kind).where(Notice.booking_id == booking.id).order_by(Notice.id)))


def test_who_wants_nothing_else_says_so_once_pays_nothing_and_keeps_what_happened(session: Session, hall: Hall) -> None:
    publish_with(session, LADDER)
    series = reserve(session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), by=hall.berit, now=NOW)
    displacing(session, hall.kari, "Valg", kind="municipal", organisation=None)
    again(session)
    seek(session)

    cancel(session, series.id, number=1, by=hall.berit, now=SOON)
    again(session)

    date = booking_for(session, series.id).occurrences[0]
    kept = session.scalars(select(Claim.occurrence_id).where(Claim.occurrence_id == date.id)).all()
    told = (date.state, date.fee, date.charged_price, date.lost_to.partition(":")[0], date.reason)
    assert (told, kept) == ((OccurrenceState.CANCELLED, None, 0, "booking", "precedence: Valg"), [])
    assert session.scalars(select(Offer.state).order_by(Offer.id)).all() == [OfferState.NONE, OfferState.WITHDRAWN]
    assert booking_for(session, series.id).state is BookingState.BOOKED
    assert kinds(session, series)[-1] == "seeking-ended"
    assert [session.get_one(Vacancy, one).space_id for one in vacancies(session, SOON + UNDO_WITHIN)] == [1, 2]
    again(session)
    undo(session, session.scalars(select(Undo.id).order_by(Undo.id.desc())).first() or 0, by=hall.berit, now=SOON)
    again(session)
    assert booking_for(session, series.id).occurrences[0].state is OccurrenceState.DISPLACED
    assert len(sought(session, SOON + UNDO_WITHIN)) == 1


def test_who_loses_time_is_told_why(session: Session, hall: Hall) -> None:
    lost, own = reserve(session, wish(), by=hall.berit, now=NOW), {"kind": "municipal", "organisation": None}
    again(session)
    with pytest.raises(Invalid) as refused_:
        reserve(session, wish(**own, displace={"reason": " "}), by=hall.kari, now=NOW)
    again(session)
    with pytest.raises(Invalid) as outside:
        displace_outside(session, "oren-flerbrukshall", "gymsal-1", reason=" ", seen="", by=hall.kari, now=NOW)

    faults = [(fault.code, fault.field) for said in (refused_, outside) for fault in said.value.faults]
    assert faults == [("cause-missing", "displace.reason"), ("cause-missing", "reason")]
    assert booking_for(session, lost.id).state is BookingState.BOOKED


def test_what_is_found_after_the_loss_was_told_is_told_by_itself(session: Session, hall: Hall) -> None:
    lost = reserve(session, wish(), by=hall.berit, now=NOW)
    displacing(session, hall.kari, "Valg", kind="municipal", organisation=None)
    session.execute(update(Notice).values(state=Delivery.SENT))
    seek(session)

    assert kinds(session, lost) == ["booking-booked", "dates-displaced", "date-offered"]


def reserve_in(session: Session, by: Actor, room: str, **changes: Any) -> Booking:
    again(session)
    return reserve(session, wish(room=room, **changes), by=by, now=NOW)


def test_only_what_the_policy_puts_first_takes_time_and_only_by_an_officer(session: Session, hall: Hall) -> None:
    publish_with(session, TOURNAMENT)
    reserve(session, wish(**MATCH, start="2026-09-22T17:00", end="2026-09-22T21:00"), by=hall.nils, now=NOW)
    again(session)

    as_strong = refused(session, hall.kari, **MATCH, start="2026-09-22T17:00", end="2026-09-22T21:00")
    weaker = refused(session, hall.kari, start="2026-09-22T18:00", end="2026-09-22T20:00")
    with pytest.raises(Forbidden):
        reserve(session, wish(**MATCH, displace={}), by=hall.berit, now=NOW)

    assert as_strong == weaker == ["goes-not-first"]


def test_too_late_notice_needs_a_reason(session: Session, hall: Hall) -> None:
    publish_with(session, TOURNAMENT)
    training = reserve(session, wish(start="2026-09-10T18:00", end="2026-09-10T20:00"), by=hall.berit, now=NOW)
    late = {**MATCH, "start": "2026-09-10T17:00", "end": "2026-09-10T21:00"}

    assert refused(session, hall.kari, **late) == ["displaced-too-late"]
    with pytest.raises(Conflict) as shown:
        reserve(session, wish(**late, displace={"reason": "Hallen i Konnerud er oversvømt"}), by=hall.kari, now=NOW)
    days, until, is_late = (shown.value.faults[0].facts[name] for name in ("days", "until", "is_late"))
    assert (shown.value.faults[0].code, until, is_late) == ("displaces-others", date(2026, 9, 10) - timedelta(days=days), True)
    displacing(session, hall.kari, "Hallen i Konnerud er oversvømt", **late)

    assert booking_for(session, training.id).state is BookingState.DISPLACED


def test_each_date_that_wants_the_time_must_go_first(session: Session, hall: Hall) -> None:
    publish_with(session, {**TOURNAMENT, "scope": {"activities": ["sport.match"], "between": {"start": "19:00", "end": "21:00"}}})
    reserve_in(session, hall.nils, "oren-flerbrukshall/gymsal-1", start="2026-09-22T17:00", end="2026-09-22T21:00")
    evening = {"start": "2026-09-22T19:00", "end": "2026-09-22T21:00"}
    before = {"start": "2026-09-22T17:00", "end": "2026-09-22T19:00", "recurrence": {"rrule": "FREQ=WEEKLY;COUNT=2"}}
    match = {"activity": "sport.match"}

    assert refused(session, hall.kari, "Kamp", **match, **evening) == ["displaces-others"]
    assert refused(session, hall.kari, **match, **before, choices={"2026-09-29": evening}) == ["no-precedence"]


def test_who_was_not_shown_loses_nothing(session: Session, hall: Hall) -> None:
    first = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)
    own = {"kind": "municipal", "organisation": None, "purpose": "Valg", "room": "oren-flerbrukshall/hel-hall"}
    with pytest.raises(Conflict) as shown:
        reserve(session, wish(**own, displace={"reason": "Valg"}), by=hall.kari, now=NOW)
    again(session)
    second = reserve_in(session, hall.nils, "oren-flerbrukshall/gymsal-2")
    again(session)

    with pytest.raises(Conflict) as changed:
        reserve(session, wish(**own, displace={"reason": "Valg", "seen": shown.value.details["seen"]}), by=hall.kari, now=NOW)
    again(session)

    assert [fault.facts["reference"] for fault in shown.value.faults] == [first.reference]
    assert {fault.facts["reference"] for fault in changed.value.faults} == {first.reference, second.reference}
    assert {booking_for(session, one.id).state for one in (first, second)} == {BookingState.BOOKED}


def test_blocked_time_gives_no_way(session: Session, hall: Hall) -> None:
    block = {"kind": "block", "organisation": None, "purpose": "Gulvet lakkes", "room": "oren-flerbrukshall/gymsal-1"}
    again(session)
    reserve(session, wish(**block), by=hall.olav, now=NOW)
    again(session)

    assert refused(session, hall.kari, "Valg", kind="municipal", organisation=None) == ["gives-no-way"]


def test_what_a_closure_takes_is_offered_elsewhere_and_keeps_its_history(session: Session, hall: Hall) -> None:
    again(session)
    met = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)
    given = ClosureInput(room="gymsal-1", start="2026-09-14T00:00", end="2026-09-17T00:00", reason="Vannlekkasje")
    place = venue_named(session, "oren-flerbrukshall")
    closing = Closing(venue=place, room=room_at(session, "oren-flerbrukshall/gymsal-1"), given=given)
    closure = close(session, closing, confirmed=True, by=hall.olav, now=NOW)
    again(session)
    seek(session)

    lost = booking_for(session, met.id).occurrences[0]
    offer = session.scalars(select(Offer).where(Offer.state == OfferState.OPEN)).one()
    assert (lost.state, lost.lost_to, lost.charged_price) == (OccurrenceState.DISPLACED, f"closure:{closure.id}", 0)
    assert offer.room.slug == "gymsal-2"
    assert [claim.expires_at is not None for claim in session.scalars(select(Claim))] == [True]
    assert offer.expires_at and offer.expires_at <= NOW + timedelta(hours=36)
    assert session.scalars(select(Occurrence.local_start).where(Occurrence.id == lost.id)).one() == offer.local_start


def test_who_says_no_or_nothing_is_offered_the_next_until_there_is_none_and_that_is_told(session: Session, hall: Hall) -> None:
    for start, end in ((datetime(2026, 9, 2), datetime(2026, 9, 15, 17)), (datetime(2026, 9, 15, 22, 30), datetime(2026, 10, 15))):
        given = ClosureInput(start=start, end=end, reason="Maling")
        close_rooms(session, "oren-flerbrukshall", given, confirmed=True, by=hall.kari, now=NOW)
        again(session)
    lost = reserve(session, wish(), by=hall.berit, now=NOW)
    displacing(session, hall.kari, "Valg", kind="municipal", organisation=None, end="2026-09-15T19:00", room="oren-flerbrukshall/hel-hall")
    session.execute(update(Notice).values(state=Delivery.SENT))
    now, offered = SOON, []
    while sought(session, now):
        seek(session, now)
        for offer in session.scalars(select(Offer).where(Offer.state == OfferState.OPEN)).all():
            offered.append((offer.room_id, offer.starts_at, offer.ends_at))
            now = offer.expires_at or now if len(offered) == 1 else now
            expire(session, offer.id, by=SERVICE, now=now) if len(offered) == 1 else decline(session, offer.id, by=hall.berit, now=now)
            again(session)
            now += UNDO_WITHIN
            session.execute(update(Notice).values(state=Delivery.SENT))

    # More than the best few, which are all that is offered at once.
    as_long = [one for one in offered if one[2] - one[1] == timedelta(hours=2)]
    assert (len(offered), len(set(offered))) == (5, 5)
    assert len(as_long) > MOST_OF[Change.TIME]
    told = kinds(session, lost)
    assert (told[:4], told[-1]) == (["booking-booked", "dates-displaced", "date-offered", "offer-expired"], "nothing-found")
    assert set(told[4:-1]) == {"date-offered"}
    assert booking_for(session, lost.id).state is BookingState.DISPLACED


def test_accepting_an_offer_confirms_nothing_in_the_name_of_others(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(), by=hall.siri, now=NOW)
    displacing(session, hall.kari, "Valg", kind="municipal", organisation=None)
    again(session)
    seek(session)

    accept(session, session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN)).one(), by=hall.siri, now=SOON)
    again(session)

    assert booking_for(session, asked.id).state is BookingState.UNCONFIRMED
    assert all(
        claim.expires_at
        for claim in session.scalars(
            select(Claim).join(Occurrence, Claim.occurrence_id == Occurrence.id).where(Occurrence.booking_id == asked.id)
        )
    )
