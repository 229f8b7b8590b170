"""Equipment and attendants: units picked as brute force would, held and given up together with the room."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking import decisions
from booking.adding import add as another_date
from booking.adding import readd
from booking.cases import booking_for
from booking.changing import Said
from booking.closures import close_rooms
from booking.conflicts import Collision, Draw, Pool, Want, grouped
from booking.ending import cancel
from booking.freedom import freedom_of
from booking.furnishing import (
    NOBODY,
    ChangedResource,
    Losing,
    NewResource,
    add_resource,
    change_resource,
    restore_resource,
    retire_resource,
)
from booking.line import offer_instead
from booking.models import Booking, Claim, Occurrence, Offer, Undo
from booking.offers import accept, decline, sought
from booking.outcome import Declined, Taken
from booking.releasing import Period, release
from booking.reservations import preview
from booking.resources import held_by
from booking.scope import Scope
from booking.states import BookingState, OccurrenceState
from booking.undo import last_act, undo
from booking.wish import OnConflict
from database.outbox import Delivery, Notice
from kernel.errors import Conflict, Invalid
from kernel.interval import Interval
from tests.booking.conftest import NOW, Hall, again, move, publish_with, wish
from tests.booking.test_displacing import TOURNAMENT, displacing
from tests.booking.test_line import SOON, attend, booked, given_up, open_offer, waiting
from tests.booking.test_series import changed, refused, span
from venues.inputs import ClosureInput
from venues.models import Resource, Space
from venues.queries import venue_named
from web.wording import sentence

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = {"room": "oren-flerbrukshall/gymsal-2"}


def add(session: Session, by: Actor, **said: Any) -> Resource:
    again(session)
    given = NewResource.model_validate({"name": "Prosjektor", "kind": "equipment", "quantity": 2, **said})
    return add_resource(session, "oren-flerbrukshall", given, by=by, now=NOW)


def in_use(session: Session, resource: Resource) -> list[tuple[int, datetime, datetime]]:
    """The unit, from and to of each claim on a resource, in order."""
    again(session)
    query = select(Claim.space_id, Claim.starts_at, Claim.ends_at).join(Space).where(Space.resource_id == resource.id)
    first = session.scalar(select(func.min(Space.id)).where(Space.resource_id == resource.id)) or 0
    return sorted((row.space_id - first + 1, row.starts_at, row.ends_at) for row in session.execute(query))


def counts(session: Session, resource: Resource) -> int:
    return len(in_use(session, resource))


def evening(day: int) -> dict[str, str]:
    return {"start": f"2026-09-{day}T18:00", "end": f"2026-09-{day}T20:00"}


def minutes(first: int, last: int) -> Interval:
    return Interval(ORIGIN + timedelta(minutes=first), ORIGIN + timedelta(minutes=last))


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(
    held=st.lists(st.tuples(st.integers(1, 5), SPANS), max_size=8),
    asked=st.lists(st.tuples(SPANS, st.integers(1, 5), st.integers(0, 2)), max_size=5),
    alone=st.booleans(),
)
def test_units_are_picked_as_brute_force_would(held: Any, asked: Any, alone: bool) -> None:
    pool = Pool("stol", "Stol", 1, (101, 102, 103, 104), (105,))
    wants = [
        Want((number,), minutes(*span), (Draw(7, count, minutes(span[0] - wide, span[1] + wide)),))
        for number, (span, count, wide) in enumerate(asked)
    ]
    found = [
        Collision(n, 100 + unit, 1, minutes(*span))
        for n, want in enumerate(wants)
        for unit, span in held
        if minutes(*span).overlaps(want.draws[0].time)
    ]

    answer = grouped(wants, found, {7: pool}, alone=alone)

    minute_by_minute = {unit: {minute for one, span in held if 100 + one == unit for minute in range(*span)} for unit in pool.every}
    for number, ((first, last), count, wide) in enumerate(asked):
        wanted = set(range(first - wide, last + wide))
        free = [unit for unit in pool.units if not minute_by_minute[unit] & wanted]
        # Who has the fifth, which is given out no more, has one of the four.
        free = free[: max(len(free) - bool(minute_by_minute[105] & wanted), 0)]
        assert answer.is_free(number) is (len(free) >= count)
        assert [unit for unit, _ in answer.picked.get(number, ())] == (free[:count] if len(free) >= count else [])
        if len(free) < count:
            (short,) = answer.shortages[number]
            assert (short.free, short.total, short.can_pass) == (len(free), 4, count <= 4)
        elif not alone:
            for unit in free[:count]:
                minute_by_minute[unit] |= wanted


def test_a_date_has_its_units_beside_its_room_for_as_long_as_they_take_to_fetch(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.olav, before_minutes=15, after_minutes=30)

    made = booked(session, hall.berit, resources={"prosjektor": 2})
    with pytest.raises(Taken) as taken:
        booked(session, hall.per, organisation=None, resources={"prosjektor": 1}, **OTHER, start="2026-09-15T20:00", end="2026-09-15T21:00")

    from_, to = datetime(2026, 9, 15, 15, 45, tzinfo=UTC), datetime(2026, 9, 15, 18, 30, tzinfo=UTC)
    assert in_use(session, beamer) == [(1, from_, to), (2, from_, to)]
    assert [(held.resource, held.count) for held in held_by(session, [made.occurrences[0].id])[made.occurrences[0].id]] == [
        ("Prosjektor", 2)
    ]
    (fault,) = taken.value.faults
    assert (fault.code, fault.field, fault.value) == ("too-few-free", "resources.prosjektor", 1)
    assert fault.facts == {"date": "2026-09-15T20:00", "name": "Prosjektor", "free": 0, "total": 2, "held": "17:45–20:30"}


def test_a_series_takes_what_is_free_on_each_date_and_leaves_out_or_waits_for_the_rest(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.kari)
    first = booked(session, hall.berit, resources={"prosjektor": 1}, start="2026-09-22T18:00", end="2026-09-22T20:00")
    series = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}, "resources": {"prosjektor": 2}, **OTHER}

    skipping = preview(session, wish(on_conflict="skip", **series), by=hall.berit, now=NOW)
    waits = waiting(session, hall.berit, **series)

    assert [str(date.state) for date in skipping.dates] == ["booked", "skipped", "booked"]
    assert [(str(date.state), date.reason) for date in waits.occurrences] == [("booked", ""), ("waiting", "too-few"), ("booked", "")]
    assert counts(session, beamer) == 5
    cancel(session, first.id, by=hall.berit, now=NOW)
    assert attend(session) == [waits.id]
    assert counts(session, beamer) == 6
    accept(session, open_offer(session, waits).id, by=hall.berit, now=NOW + timedelta(minutes=5))
    assert (counts(session, beamer), waits.occurrences[1].state) == (6, OccurrenceState.BOOKED)


def test_moving_cancelling_refusing_and_undoing_take_and_give_up_units_with_the_room(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.kari)
    made = booked(session, hall.berit, resources={"prosjektor": 2})
    later = {"start": datetime(2026, 9, 16, 18), "end": datetime(2026, 9, 16, 20)}
    again(session)
    move(session, made.id, 1, room=OTHER["room"], **later, by=hall.berit, now=NOW)
    assert {start.day for _, start, _ in in_use(session, beamer)} == {16}

    undo(session, last_act(session, "booking", made.id, by=hall.berit, now=NOW).id, by=hall.berit, now=NOW)  # type: ignore[union-attr]
    assert [(unit, start.day) for unit, start, _ in in_use(session, beamer)] == [(1, 15), (2, 15)]

    cancel(session, made.id, by=hall.berit, now=NOW)
    assert counts(session, beamer) == 0
    other = booked(session, hall.per, organisation=None, resources={"prosjektor": 1}, **OTHER)
    assert (other.state, counts(session, beamer)) == (BookingState.REQUESTED, 1)
    cancelled = last_act(session, "booking", made.id, by=hall.berit, now=NOW)
    with pytest.raises(Taken) as taken:
        undo(session, cancelled.id, by=hall.berit, now=NOW)  # type: ignore[union-attr]
    assert [(fault.code, fault.facts["free"]) for fault in taken.value.faults] == [("too-few-free", 1)]
    again(session)
    decisions.decline(session, other.id, reason="Nei.", by=hall.kari, now=NOW)
    assert counts(session, beamer) == 0


def days(session: Session, resource: Resource) -> list[int]:
    return sorted(start.day for _, start, _ in in_use(session, resource))


def test_dates_of_a_series_that_are_edited_take_their_units_along(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.kari)
    series = booked(session, hall.berit, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}, resources={"prosjektor": 2})
    booked(session, hall.berit, **OTHER, resources={"prosjektor": 1}, **evening(23))
    again(session)
    on_wednesdays = {"scope": Scope.ALL, **span("2026-09-16")}

    short = refused(session, Taken, lambda: changed(session, series, 1, **on_wednesdays, by=hall.berit))
    assert days(session, beamer) == [15, 15, 22, 22, 23, 29, 29]
    found = changed(session, series, 1, **on_wednesdays, on_conflict=OnConflict.SKIP, by=hall.berit)
    assert (list(found.left), days(session, beamer)) == ([2], [16, 16, 22, 22, 23, 30, 30])
    # What the second date says is another booking, which gives one back and then fits beside the other's.
    alone = changed(session, series, 2, said=Said(resources={"prosjektor": 1}), by=hall.berit).booking
    assert days(session, beamer) == [16, 16, 22, 23, 30, 30]
    changed(session, alone, 2, **span("2026-09-23"), by=hall.berit)
    assert days(session, beamer) == [16, 16, 23, 23, 30, 30]
    cancel(session, series.id, scope=Scope.ALL, number=1, by=hall.berit, now=NOW)
    again(session)
    readd(session, series.id, 3, by=hall.berit, now=NOW)
    again(session)
    elsewhere = {**OTHER, **span("2026-09-30")}
    added = refused(session, Taken, lambda: another_date(session, series.id, **elsewhere, by=hall.berit, now=NOW))

    assert days(session, beamer) == [23, 23, 30, 30]
    assert [(fault.code, fault.field, fault.value, fault.facts["free"]) for fault in (*short.faults, *added.faults)] == [
        ("too-few-free", "resources.prosjektor", 2, 1),
        ("too-few-free", "resources.prosjektor", 2, 0),
    ]
    release(session, hall.cast.skiold.id, Period(first=date(2026, 9, 20), last=date(2026, 9, 29)), by=hall.berit, now=NOW)
    assert days(session, beamer) == [30, 30]


def test_units_that_are_given_back_alone_are_offered_to_who_waits_for_them_in_another_room(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.kari)
    first = booked(session, hall.berit, resources={"prosjektor": 2})
    waits = waiting(session, hall.nils, **OTHER, resources={"prosjektor": 1})
    assert waits.state is BookingState.WAITING
    again(session)

    changed(session, first, 1, said=Said(resources={}), by=hall.berit)

    assert attend(session) == [waits.id]
    assert counts(session, beamer) == 1  # it is kept while an answer is awaited
    with pytest.raises(Taken):
        booked(session, hall.per, organisation=None, room="oren-flerbrukshall/gymsal-1", **evening(15), resources={"prosjektor": 2})
    again(session)
    decline(session, open_offer(session, waits).id, by=hall.nils, now=SOON)
    assert counts(session, beamer) == 0


def test_what_goes_first_has_the_units_of_whom_it_displaces_and_those_of_nobody_else(session: Session, hall: Hall) -> None:
    publish_with(session, TOURNAMENT)
    again(session)
    beamer = add(session, hall.kari)
    series = booked(session, hall.berit, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}, resources={"prosjektor": 2})
    match = {"activity": "sport.match", "purpose": "Turnering", "resources": {"prosjektor": 2}}

    winner = displacing(session, hall.kari, "Krets", **match, **evening(22))
    # As many dates as no statement could name in parameters.
    here = held_by(session, [*(date.id for date in winner.occurrences), *range(10**9, 10**9 + 70_000)])
    assert ([held.count for held in here[winner.occurrences[0].id]], days(session, beamer)) == ([2], [15, 15, 22, 22])
    with pytest.raises(Taken) as taken:
        booked(session, hall.kari, **{**match, **OTHER}, displace={"reason": "Krets"})

    assert [fault.code for fault in taken.value.faults] == ["too-few-free"]
    assert [str(date.state) for date in booking_for(session, series.id).occurrences] == ["booked", "displaced"]
    again(session)
    undo(session, session.scalars(select(func.max(Undo.id))).one(), by=hall.kari, now=NOW)
    assert {session.get_one(Occurrence, claim.occurrence_id).booking_id for claim in session.scalars(select(Claim))} == {series.id}
    assert days(session, beamer) == [15, 15, 22, 22]


def test_a_closure_gives_up_units_and_undoing_it_brings_them_back_or_says_why_not(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.kari)
    made = booked(session, hall.berit, resources={"prosjektor": 2})
    closed = ClosureInput.model_validate({"start": "2026-09-15T08:00", "end": "2026-09-15T22:00", "reason": "Vann", "room": "gymsal-1"})

    def close() -> None:
        again(session)
        close_rooms(session, "oren-flerbrukshall", closed, confirmed=True, by=hall.kari, now=NOW)
        again(session)

    def take_back() -> None:
        again(session)
        undo(session, session.scalars(select(func.max(Undo.id))).one(), by=hall.kari, now=NOW)
        again(session)

    close()
    assert (booking_for(session, made.id).occurrences[0].state, counts(session, beamer)) == (OccurrenceState.DISPLACED, 0)
    take_back()
    assert (booking_for(session, made.id).occurrences[0].state, counts(session, beamer)) == (OccurrenceState.BOOKED, 2)

    changed(session, made, 1, said=Said(resources={}), by=hall.kari)
    assert counts(session, beamer) == 0
    take_back()
    assert (booking_for(session, made.id).resources, counts(session, beamer)) == ({"prosjektor": 2}, 2)

    close()
    again(session)
    retire_resource(session, beamer.id, by=hall.kari, now=NOW)
    assert [fault.code for fault in refused(session, Conflict, take_back).faults] == ["taken-out-of-use"]


def test_what_an_activity_requires_is_added_by_itself_and_what_cannot_be_had_is_named(session: Session, hall: Hall) -> None:
    halls = {"rooms": ["gymsal-1", "gymsal-2"], "required_for": ["sport.training"]}
    guard = add(session, hall.kari, name="Badevakt", kind="attendant", quantity=1, **halls)

    booked(session, hall.berit)
    with pytest.raises(Taken) as busy:  # another room would be free, the one guard is not
        booked(session, hall.nils, **OTHER, start="2026-09-15T19:00", end="2026-09-15T21:00")
    with pytest.raises(Taken) as many:
        booked(session, hall.berit, start="2026-09-16T18:00", end="2026-09-16T20:00", resources={"badevakt": 3}, on_conflict="wait")
    with pytest.raises(Declined) as elsewhere:
        booked(session, hall.berit, resources={"badevakt": 1}, room="oren-flerbrukshall/hel-hall")

    assert counts(session, guard) == 1
    assert [(fault.code, fault.facts["held"]) for fault in busy.value.faults] == [("too-few-free", "18:00–20:00")]
    assert [(fault.code, fault.facts["total"]) for fault in many.value.faults] == [("too-few-there", 1)]
    assert [(fault.code, fault.field) for fault in elsewhere.value.faults] == [("not-in-this-room", "resources.badevakt")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_had_is_told_by_name_with_why_and_what_the_room_has(app: Flask, session: Session, hall: Hall) -> None:
    piano, _choir = [add(session, hall.kari, name=name, rooms=rooms) for name, rooms in (("Piano", []), ("Kor", ["gymsal-2"]))]
    again(session)
    retire_resource(session, piano.id, by=hall.kari, now=NOW)
    told = []
    for slug in ("kor", "piano", "kor", "stolerr"):
        if told:
            again(session)
            add(session, hall.kari, name="Stoler") if len(told) == 1 else None
        with pytest.raises(Declined) as raised, app.test_request_context():
            booked(session, hall.berit, resources={slug: 1})
        with app.test_request_context():
            told += [sentence(fault) for fault in raised.value.faults]

    assert told == [
        "Kor kan ikke brukes i Gymsal 1. Ta det bort, eller velg et annet rom. I rommet er det ikke noe utstyr å få.",
        "Piano ble tatt ut av bruk 1. september 2026 kl. 22:30. Ta det bort, eller velg noe annet. Å få i rommet: Stoler.",
        "Kor kan ikke brukes i Gymsal 1. Ta det bort, eller velg et annet rom. Å få i rommet: Stoler.",
        "Det finnes ikke noe utstyr som heter «stolerr» der Gymsal 1 er. Det som likner mest: Stoler. Å få i rommet: Stoler.",
    ]


def in_stacks(session: Session, resource: Resource) -> list[tuple[int, int]]:
    return [(unit, start.day) for unit, start, _ in in_use(session, resource)]


def lessened(session: Session, row: Resource, quantity: int, hall: Hall, losing: Losing = NOBODY) -> None:
    again(session)
    given = {"name": row.name, "quantity": quantity, "version": session.get_one(Resource, row.id).revision}
    change_resource(session, row.id, ChangedResource.model_validate(given), losing, by=hall.olav, now=NOW)


def retire(session: Session, row: Resource, hall: Hall, losing: Losing = NOBODY) -> None:
    again(session)
    retire_resource(session, row.id, losing, by=hall.olav, now=NOW)


def test_fewer_take_the_time_of_those_for_whom_there_is_too_little_once_they_were_shown(session: Session, hall: Hall) -> None:
    """Of four stacks the first is Berit's, on another evening Nils has two and Per the other two."""
    chairs = add(session, hall.kari, name="Stoler", quantity=40, lot=10)
    first = booked(session, hall.berit, resources={"stoler": 8})
    second = booked(session, hall.nils, resources={"stoler": 15}, **evening(16))
    third = booked(session, hall.per, organisation=None, resources={"stoler": 15}, **OTHER, **evening(16))

    met = refused(session, Conflict, lambda: lessened(session, chairs, 30, hall))
    assert [(fault.code, fault.facts["reference"]) for fault in met.faults] == [("resource-meets-bookings", third.reference)]
    assert counts(session, chairs) == 5
    lessened(session, chairs, 30, hall, Losing(met.details["seen"]))
    again(session)

    states = [str(booking_for(session, one.id).occurrences[0].state) for one in (first, second, third)]
    assert (states, in_stacks(session, chairs)) == (["booked", "booked", "displaced"], [(1, 15), (1, 16), (2, 16)])
    lost = booking_for(session, third.id).occurrences[0]
    assert (lost.lost_to, lost.reason) == (f"resource:{chairs.id}", "out-of-order: Stoler")
    assert session.scalars(select(Notice.kind).where(Notice.booking_id == third.id).order_by(Notice.id.desc())).first() == "dates-displaced"

    everybody = refused(session, Conflict, lambda: retire(session, chairs, hall))
    again(session)
    retire(session, chairs, hall, Losing(everybody.details["seen"], [second.occurrences[0].id]))
    assert [str(booking_for(session, one.id).occurrences[0].state) for one in (first, second)] == ["booked", "displaced"]
    assert held_by(session, [first.occurrences[0].id])[first.occurrences[0].id][0].count == 10
    again(session)
    restore_resource(session, chairs.id, by=hall.olav, now=NOW)
    assert attend(session) == [third.id]  # two of three stacks are one's; the time of Per's room became free first


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "Stoler", "quantity": 205, "lot": 10}, "not-in-lots"),
        ({"name": "Stoler", "quantity": 200}, "too-many-units"),
        ({"name": "Stoler", "quantity": 2, "rooms": ["storsalen"]}, "unknown-room"),
        ({"name": "prosjektor"}, "resource-exists"),
    ],
)
def test_what_cannot_be_is_said(session: Session, hall: Hall, said: dict[str, Any], code: str) -> None:
    add(session, hall.kari)

    with pytest.raises((Invalid, Conflict)) as found:
        add(session, hall.kari, **said)

    assert [fault.code for fault in found.value.faults] == [code]


def test_units_are_no_parts_of_the_building(session: Session, hall: Hall) -> None:
    add(session, hall.kari)
    again(session)

    venue = venue_named(session, "oren-flerbrukshall")

    assert [space.slug for space in venue.spaces] == ["gymsal-1", "gymsal-2"]
    assert session.scalar(select(func.count()).select_from(Space)) == 4


ONE: dict[str, Any] = {"resources": {"prosjektor": 1}}


def kept_from(session: Session, by: Actor, **changes: Any) -> list[tuple[str, str, Any, Any]]:
    """What somebody hears who is not in line: the code and the field, how many are free, and until when the rest is kept."""
    again(session)
    refusal = refused(session, Taken, lambda: booked(session, by, organisation=None, **{**ONE, **changes}))
    return [(fault.code, fault.field, fault.facts.get("free"), fault.facts.get("until")) for fault in refusal.faults]


def offered(session: Session, booking: Booking) -> list[tuple[str, bool]]:
    """The offers that were made to a booking or are sought for it: how they stand, and whether they are of its own time."""
    again(session)
    query = select(Offer).join(Offer.occurrence).where(Occurrence.booking_id == booking.id).order_by(Offer.id)
    return [(str(one.state), one.starts_at == one.occurrence.starts_at) for one in session.scalars(query)]


def test_units_that_are_there_again_are_kept_for_who_waits_for_some(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.kari, quantity=1)
    booked(session, hall.nils, **ONE, end="2026-09-15T19:00")
    waits = waiting(session, hall.berit, **OTHER, **ONE)

    lessened(session, beamer, 2, hall)

    beside = {"resources": {"prosjektor": 2}, "start": "2026-09-15T19:00", "end": "2026-09-15T20:00"}
    assert kept_from(session, hall.per, **beside) == [("kept-for-line", "resources.prosjektor", None, "2026-09-01T22:42")]
    assert attend(session) == [waits.id]


def test_when_there_is_more_again_who_has_the_own_time_back_has_that_instead_and_the_others_keep_what_they_have(
    session: Session, hall: Hall
) -> None:
    beamer = add(session, hall.kari)
    first, second = booked(session, hall.berit, **ONE), booked(session, hall.nils, **OTHER, **ONE)
    shown = refused(session, Conflict, lambda: retire(session, beamer, hall))
    retire(session, beamer, hall, Losing(shown.details["seen"]))
    lessened(session, beamer, 1, hall)
    again(session)
    restore_resource(session, beamer.id, by=hall.olav, now=NOW)

    assert [code for code, *_ in kept_from(session, hall.per, **evening(15))] == ["kept-for-line", "kept-for-line"]
    assert (attend(session), offered(session, first)) == ([first.id], [("withdrawn", True), ("open", True)])
    (searched,) = sought(session, SOON)
    offer_instead(session, searched, by=SERVICE, now=SOON)

    lessened(session, beamer, 2, hall)
    assert offered(session, second) == [("none", True), ("open", False)]
    assert attend(session) == [second.id]
    assert offered(session, second) == [("none", True), ("withdrawn", False), ("open", True)]

    session.execute(update(Notice).values(state=Delivery.SENT))
    lessened(session, beamer, 1, hall)
    assert offered(session, second)[2:] == [("withdrawn", True), ("sought", True)]
    assert (
        session.scalars(select(Notice.kind).where(Notice.booking_id == second.id).order_by(Notice.id.desc())).first() == "offer-withdrawn"
    )
    accept(session, open_offer(session, first).id, by=hall.berit, now=SOON)
    assert (counts(session, beamer), days(session, beamer)) == (1, [15])


def test_a_unit_that_somebody_keeps_beyond_what_there_is_counts(session: Session, hall: Hall) -> None:
    beamer = add(session, hall.kari)
    first, promised = booked(session, hall.nils, **ONE), booked(session, hall.berit, **OTHER, **ONE)
    shown = refused(session, Conflict, lambda: lessened(session, beamer, 1, hall))
    again(session)
    lessened(session, beamer, 1, hall, Losing(shown.details["seen"], []))
    given_up(session, first, hall.nils)

    assert kept_from(session, hall.per) == [("too-few-free", "resources.prosjektor", 0, None)]
    seen = freedom_of(session, [first.room_id], Interval(NOW, NOW + timedelta(days=30)), now=NOW)
    (date_,) = promised.occurrences
    assert not seen.has_enough(Draw(beamer.id, 1, Interval(date_.starts_at, date_.ends_at)))
    waits = waiting(session, hall.nils, **ONE)
    given_up(session, promised, hall.berit)
    assert [code for code, *_ in kept_from(session, hall.per)] == ["kept-for-line"]
    assert attend(session) == [waits.id]
    assert in_stacks(session, beamer) == [(1, 15)]
