"""Opening again, shrunk hours, and what is out of order: who loses time, and who is asked whether they want it back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking.cases import booking_for
from booking.changing import Change, Said, change
from booking.closures import close_rooms, open_again
from booking.decisions import approve
from booking.ending import cancel
from booking.furnishing import ChangedResource, NewResource, add_resource, change_resource
from booking.likeness import unknown_offered
from booking.line import ask_again, in_line, offer_instead, offer_vacancy, vacancies
from booking.models import Booking, Claim, Offer, Undo, Vacancy
from booking.narrowing import displace_outside
from booking.offers import accept, decline, sought, withdraw_vain
from booking.outcome import Declined
from booking.reasons import verdicts_offered
from booking.reservations import reserve
from booking.states import BookingState, OccurrenceState, OfferState
from booking.undo import last_act, undo
from database.audit import Audit
from kernel.errors import Conflict
from policies.verdict import Outcome
from tests.booking.conftest import NOW, Hall, again, move, wish
from venues.editing import restore_room, retire_room
from venues.inputs import ClosureInput, HoursInput
from venues.models import Closure, Fact, OpeningHours, Origin, Room, Space, Venue
from venues.opening import Openness
from venues.scheduling import set_opening_hours
from venues.vocabulary import ResourceKind

SOON = NOW + timedelta(minutes=3)
OREN = "oren-flerbrukshall"


def booked(session: Session, by: Actor, **changes: object) -> Booking:
    again(session)
    return reserve(session, wish(**changes), by=by, now=NOW)


def closed(session: Session, by: Actor, chosen: list[int] | None = None, **changes: object) -> Closure:
    usual = {"room": "", "start": datetime(2026, 9, 14), "end": datetime(2026, 9, 17), "reason": "Vannlekkasje"}
    again(session)
    return close_rooms(session, OREN, ClosureInput(**{**usual, **changes}), confirmed=True, chosen=chosen, by=by, now=NOW)


def states(session: Session, *bookings: Booking) -> list[BookingState]:
    again(session)
    return [booking_for(session, booking.id).state for booking in bookings]


def open_offers(session: Session) -> list[Offer]:
    return list(session.scalars(select(Offer).where(Offer.state == OfferState.OPEN)))


def test_what_is_opened_again_is_offered_first_to_who_had_it_and_given_back_as_it_was(session: Session, hall: Hall) -> None:
    had, granted = booked(session, hall.berit), booked(session, hall.per, organisation=None, room=f"{OREN}/gymsal-2")
    again(session)
    approve(session, granted.id, by=hall.kari, now=NOW)
    was = as_held(session, granted)
    closure = closed(session, hall.olav)
    again(session)
    for one in sought(session, SOON):
        offer_instead(session, one, by=SERVICE, now=SOON)
        again(session)
    elsewhere = open_offers(session)
    assert elsewhere
    assert not [offer for offer in elsewhere if offer.local_start.day in (14, 15, 16)]

    open_again(session, closure.id, by=hall.olav, now=NOW)
    again(session)
    assert open_offers(session) == elsewhere
    for vacancy in vacancies(session, SOON):
        for date in in_line(session, vacancy, now=SOON):
            again(session)
            offer_vacancy(session, vacancy, date, by=SERVICE, now=SOON)
    again(session)

    first, second = open_offers(session)
    assert [(offer.occurrence.booking_id, offer.local_start) for offer in (first, second)] == [
        (booking.id, datetime(2026, 9, 15, 18)) for booking in (had, granted)
    ]
    # Who had it was granted it: nobody has to say yes again, though a rule would have them asked.
    assert [verdict.outcome for verdict in verdicts_offered(session, [first, second]).values()] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    for offer, by in ((first, hall.berit), (second, hall.per)):
        again(session)
        accept(session, offer.id, by=by, now=SOON)
    assert states(session, had, granted) == [BookingState.BOOKED, BookingState.BOOKED]
    assert (as_held(session, granted), booking_for(session, granted.id).decide_by) == (was, None)


def as_held(session: Session, booking: Booking) -> tuple[object, ...]:
    """The date of a booking with what it costs and until when it has its time."""
    again(session)
    (date,) = booking_for(session, booking.id).occurrences
    until = session.scalars(select(Claim.expires_at).where(Claim.occurrence_id == date.id)).all()
    return date.state, date.starts_at, date.room_id, date.list_price, date.charged_price, date.tariff, date.lost_to, until


def test_a_broken_lift_takes_time_only_from_those_who_need_it(session: Session, hall: Hall) -> None:
    needs, other = booked(session, hall.berit, needs=["Heis til andre etasje"]), booked(session, hall.nils, room=f"{OREN}/gymsal-2")

    closed(session, hall.olav, out_of_order="lift", reason="Heisen står")

    assert states(session, needs, other) == [BookingState.DISPLACED, BookingState.BOOKED]
    again(session)
    assert booked(session, hall.nils, start="2026-09-16T18:00", end="2026-09-16T20:00").state is BookingState.BOOKED
    with pytest.raises(Declined) as refused:
        booked(session, hall.nils, start="2026-09-16T20:00", end="2026-09-16T22:00", needs=["lift"])
    assert [fault.code for fault in refused.value.faults] == ["out-of-order"]


def test_who_needs_a_lift_is_kept_a_room_that_is_known_to_have_one_and_told_where_nobody_knows(session: Session, hall: Hall) -> None:
    needs = booked(session, hall.berit, needs=["heis"])
    rooms = [*gyms(session, "nord", None, 2), *gyms(session, "sor", "yes", 1), *gyms(session, "vest", "no", 1)]
    session.add(Fact(venue_id=hall.cast.oren.id, key="access.lift", value={"value": "yes"}, origin=Origin.STAFF))
    closed(session, hall.olav, out_of_order="lift", reason="Heisen står")
    again(session)
    kept = []

    for one in range(3):
        now = SOON + timedelta(minutes=5 * one)
        for wanted in sought(session, now):
            offer_instead(session, wanted, by=SERVICE, now=now)
            again(session)
        (offer,) = open_offers(session)
        kept.append((offer.room.venue.slug, offer.local_start.day, unknown_offered(session, [offer])[offer.id]))
        decline(session, offer.id, by=hall.berit, now=now)
        again(session)

    assert kept[0] == ("sor", 15, ())
    assert [doubts for _venue, _day, doubts in kept] == sorted(doubts for _venue, _day, doubts in kept)
    assert ("vest", 15) not in [one[:2] for one in kept]
    assert len(rooms) == 4 and needs.state is BookingState.DISPLACED


def test_who_took_something_else_keeps_it_and_is_not_among_those_who_are_asked(session: Session, hall: Hall) -> None:
    booked(session, hall.berit), booked(session, hall.nils, room=f"{OREN}/gymsal-2")
    closure = closed(session, hall.olav)
    again(session)
    for one in sought(session, SOON):
        offer_instead(session, one, by=SERVICE, now=SOON)
        again(session)
    theirs = next(offer for offer in open_offers(session) if offer.occurrence.booking.holder_id == hall.berit.person_id)
    accept(session, theirs.id, by=hall.berit, now=SOON)
    again(session)

    assert open_again(session, closure.id, by=hall.olav, now=SOON).asked == 1


def test_who_takes_any_room_gets_none_that_lacks_what_is_needed(session: Session, hall: Hall) -> None:
    for room in hall.cast.oren.rooms:
        room.kind = "gym"
    gym_2 = next(room for room in hall.cast.oren.rooms if room.slug == "gymsal-2")
    session.add(Fact(venue_id=hall.cast.oren.id, room_id=gym_2.id, key="access.lift", value={"value": "no"}, origin=Origin.STAFF))
    first, other = booked(session, hall.nils), booked(session, hall.nils, room=f"{OREN}/gymsal-2")
    waits = booked(session, hall.berit, needs=["heis"], on_conflict="wait", accepts="any")
    again(session)
    cancel(session, other.id, by=hall.nils, now=NOW)
    again(session)

    asked = [date for vacancy in vacancies(session, SOON) for date in in_line(session, vacancy, now=SOON)]

    assert (first.state, waits.state, asked) == (BookingState.BOOKED, BookingState.WAITING, [])


def gyms(session: Session, slug: str, lift: str | None, count: int) -> list[Room]:
    """So many rooms like the halves of the hall in a venue of which is said whether it has a lift."""
    kind = session.scalars(select(Room.kind).where(Room.slug == "gymsal-1")).one()
    venue = Venue(slug=slug, name=slug.capitalize(), kind="school", zone="Europe/Oslo", changed_at=NOW)
    session.add(venue)
    spaces = [Space(venue=venue, slug=f"sal-{part}", name=f"Sal {part}") for part in range(count)]
    rooms = [Room(venue=venue, slug=one.slug, name=one.name, kind=kind, changed_at=NOW, spaces=[one]) for one in spaces]
    session.add_all(rooms)
    session.flush()
    for weekday in range(7):
        hours = OpeningHours(venue_id=venue.id, weekday=weekday, from_minute=480, to_minute=1440, origin=Origin.STAFF)
        hours.openness = Openness.OPEN
        session.add(hours)
    if lift:
        session.add(Fact(venue_id=venue.id, key="access.lift", value={"value": lift}, origin=Origin.STAFF))
    session.flush()
    return rooms


def test_staff_choose_who_cannot_come_without_it(session: Session, hall: Hall) -> None:
    needs, other = booked(session, hall.berit, needs=["heis"]), booked(session, hall.nils, room=f"{OREN}/gymsal-2")

    closed(session, hall.olav, chosen=[other.occurrences[0].id], out_of_order="lift", reason="Heisen står")

    assert states(session, needs, other) == [BookingState.BOOKED, BookingState.DISPLACED]


def test_what_is_out_of_order_in_the_hall_is_so_in_its_halves_and_who_lost_their_time_to_it_is_not_asked_back(
    session: Session, hall: Hall
) -> None:
    needs, other = booked(session, hall.berit, needs=["lift"]), booked(session, hall.nils, room=f"{OREN}/gymsal-2")
    closed(session, hall.olav, room="hel-hall", chosen=[date.id for one in (needs, other) for date in one.occurrences], out_of_order="lift")
    again(session)

    for vacancy in vacancies(session, SOON):
        for date in in_line(session, vacancy, now=SOON):
            offer_vacancy(session, vacancy, date, by=SERVICE, now=SOON)
            again(session)

    assert open_offers(session) == []
    with pytest.raises(Declined) as refused:
        booked(session, hall.berit, needs=["lift"])
    assert [fault.code for fault in refused.value.faults] == ["out-of-order"]


def test_an_act_is_undone_though_something_broke_since_that_it_does_not_need(session: Session, hall: Hall) -> None:
    theirs = booked(session, hall.berit)
    again(session)
    cancel(session, theirs.id, by=hall.berit, now=NOW)
    act = session.scalars(select(Undo.id)).one()
    closed(session, hall.olav, out_of_order="lift", reason="Heisen står")
    again(session)

    undo(session, act, by=hall.berit, now=NOW)

    assert states(session, theirs) == [BookingState.BOOKED]


def test_who_cannot_come_since_a_room_is_out_of_use_is_displaced_once_that_was_seen_and_that_can_be_undone(
    session: Session, hall: Hall
) -> None:
    theirs, elsewhere = booked(session, hall.berit), booked(session, hall.nils, room=f"{OREN}/gymsal-2")
    room = session.scalars(select(Room).where(Room.slug == "gymsal-1")).one()
    again(session)
    retire_room(session, f"{OREN}/gymsal-1", version=room.revision, by=hall.kari, now=NOW)
    again(session)

    with pytest.raises(Conflict) as shown:
        displace_outside(session, OREN, "gymsal-1", reason="Gulvet råtner", seen="", by=hall.kari, now=NOW)
    again(session)
    seen = str(shown.value.details["seen"])
    assert displace_outside(session, OREN, "gymsal-1", reason="Gulvet råtner", seen=seen, by=hall.kari, now=NOW) == 1

    assert states(session, theirs, elsewhere) == [BookingState.DISPLACED, BookingState.BOOKED]
    lost = booking_for(session, theirs.id).occurrences[0]
    assert (lost.state, lost.reason) == (OccurrenceState.DISPLACED, "closure: Gulvet råtner")
    again(session)
    act = last_act(session, "room", room.id, by=hall.kari, now=NOW)
    assert act
    undo(session, act.id, by=hall.kari, now=NOW + timedelta(minutes=1))
    assert states(session, theirs, elsewhere) == [BookingState.BOOKED, BookingState.BOOKED]
    assert session.scalars(select(Audit.verb).where(Audit.subject == "room").order_by(Audit.id)).all() == [
        "retire_room",
        "displace_outside",
    ]


def test_a_room_out_of_use_is_neither_offered_nor_had_by_an_offer_from_before(session: Session, hall: Hall) -> None:
    first, other = booked(session, hall.berit), booked(session, hall.berit, start="2026-09-22T18:00", end="2026-09-22T20:00")
    booked(session, hall.nils, on_conflict="wait")
    booked(session, hall.nils, on_conflict="wait", start="2026-09-22T18:00", end="2026-09-22T20:00")
    _given_up(session, hall, first)
    (before,) = open_offers(session)
    room = session.scalars(select(Room).where(Room.slug == "gymsal-1")).one()
    again(session)
    retire_room(session, f"{OREN}/gymsal-1", version=room.revision, by=hall.kari, now=NOW)
    _given_up(session, hall, other)

    assert open_offers(session) == [before]
    with pytest.raises(Conflict) as refused:
        accept(session, before.id, by=hall.nils, now=SOON)
    assert [fault.code for fault in refused.value.faults] == ["room-retired"]
    again(session)
    withdraw_vain(session, before.id, by=hall.nils, now=SOON)
    assert (open_offers(session), before.occurrence.state) == ([], OccurrenceState.WAITING)


def test_what_is_booked_in_a_room_out_of_use_stays_there_and_moves_only_into_another(session: Session, hall: Hall) -> None:
    theirs = booked(session, hall.berit)
    room = session.scalars(select(Room).where(Room.slug == "gymsal-1")).one()
    again(session)
    retire_room(session, f"{OREN}/gymsal-1", version=room.revision, by=hall.kari, now=NOW)
    later = {"start": datetime(2026, 9, 16, 18), "end": datetime(2026, 9, 16, 20)}

    again(session)
    with pytest.raises(Conflict) as refused:
        move(session, theirs.id, 1, **later, by=hall.berit, now=NOW)
    again(session)
    changed = change(session, theirs.id, Change(number=1, room=f"{OREN}/gymsal-1", said=Said(purpose="Turn")), by=hall.berit, now=NOW)

    assert [fault.code for fault in refused.value.faults] == ["room-retired"]
    assert (changed.booking.purpose, changed.booking.occurrences[0].local_start.day) == ("Turn", 15)
    again(session)
    assert move(session, theirs.id, 1, room=f"{OREN}/gymsal-2", by=hall.berit, now=NOW).occurrences[0].room.slug == "gymsal-2"


def test_who_stands_in_line_is_asked_when_hours_a_room_or_a_thing_are_there_again(session: Session, hall: Hall) -> None:
    lost = booked(session, hall.berit)
    room = session.scalars(select(Room).where(Room.slug == "gymsal-1")).one()
    for change_, back in ((_hours("10:00", "14:00"), _hours("08:00", "24:00")), (_retired(retire_room), _retired(restore_room))):
        again(session)
        change_(session, hall.kari)
        again(session)
        with pytest.raises(Conflict) as shown:
            displace_outside(session, OREN, "gymsal-1", reason="Stengt", seen="", by=hall.kari, now=NOW)
        again(session)
        displace_outside(session, OREN, "gymsal-1", reason="Stengt", seen=str(shown.value.details["seen"]), by=hall.kari, now=NOW)
        session.execute(delete(Offer))
        session.execute(delete(Vacancy))
        again(session)
        ask_again(session, back(session, hall.kari), now=NOW)
        _asked(session)
        (offer,) = open_offers(session)
        again(session)
        accept(session, offer.id, by=hall.berit, now=SOON)
    assert (states(session, lost), offer.room_id) == ([BookingState.BOOKED], room.id)


def test_who_waits_for_a_thing_is_asked_when_there_is_more_of_it(session: Session, hall: Hall) -> None:
    beamer = add_resource(session, OREN, NewResource(name="Prosjektor", kind=ResourceKind.EQUIPMENT, quantity=1), by=hall.kari, now=NOW)
    booked(session, hall.berit, resources={"prosjektor": 1})
    waits = booked(session, hall.nils, resources={"prosjektor": 1}, room=f"{OREN}/gymsal-2", on_conflict="wait")
    again(session)

    given = ChangedResource(name="Prosjektor", quantity=2, version=beamer.revision)
    change_resource(session, beamer.id, given, by=hall.kari, now=NOW)
    _asked(session)

    assert [offer.occurrence.booking_id for offer in open_offers(session)] == [waits.id]


def _hours(start: str, end: str) -> Callable[[Session, Actor], Venue | Room]:
    rows = [{"weekday": day, "start": start, "end": end} for day in range(7)]

    def set_(session: Session, by: Actor) -> Venue | Room:
        version = session.scalars(select(Room.revision).where(Room.slug == "gymsal-1")).one()
        given = HoursInput.model_validate({"rows": rows, "version": version})
        return set_opening_hours(session, OREN, "gymsal-1", given, by=by, now=NOW)

    return set_


def _retired(verb: Callable[..., Room]) -> Callable[[Session, Actor], Venue | Room]:
    def retire(session: Session, by: Actor) -> Venue | Room:
        version = session.scalars(select(Room.revision).where(Room.slug == "gymsal-1")).one()
        return verb(session, f"{OREN}/gymsal-1", version=version, by=by, now=NOW)

    return retire


def _asked(session: Session) -> None:
    again(session)
    for vacancy in vacancies(session, SOON):
        for date in in_line(session, vacancy, now=SOON):
            again(session)
            offer_vacancy(session, vacancy, date, by=SERVICE, now=SOON)
    again(session)


def _given_up(session: Session, hall: Hall, booking: Booking) -> None:
    """Cancelled, and offered to who waits."""
    again(session)
    cancel(session, booking.id, by=hall.berit, now=NOW)
    _asked(session)
