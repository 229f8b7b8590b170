"""Narrowing: who would stand outside of other hours or of a room out of use is shown first, and loses the time in the same act or stays."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking, Claim, Occurrence, Undo
from booking.narrowing import narrow
from booking.reservations import reserve
from booking.states import OccurrenceState
from booking.undo import last_act, undo
from database.audit import Audit
from database.outbox import Delivery, Notice
from kernel.errors import Conflict, Forbidden, Invalid, Stale
from tests.booking.conftest import NOW, Hall, again, wish
from venues.editing import restore_room, retire_room
from venues.inputs import HoursInput
from venues.models import OpeningHours, Origin, Room, Venue
from venues.outside import Change
from venues.queries import room_at, venue_named
from venues.scheduling import forget_opening_hours, set_opening_hours

OREN = "oren-flerbrukshall"
GYM = f"{OREN}/gymsal-1"
MINUTE = timedelta(minutes=1)
HELD, LOST = OccurrenceState.BOOKED, OccurrenceState.DISPLACED


@pytest.fixture
def theirs(session: Session, hall: Hall) -> Booking:
    """Skiold's three Tuesdays from six to eight."""
    again(session)
    return reserve(session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}), by=hall.berit, now=NOW)


def shorter(session: Session, *, until: str, room: str = "", version: int | None = None) -> Change:
    row: Venue | Room = room_at(session, f"{OREN}/{room}") if room else venue_named(session, OREN)
    rows = [{"weekday": day, "start": "08:00", "end": until} for day in range(7)]
    given = HoursInput.model_validate({"rows": rows, "version": row.revision if version is None else version})
    return partial(set_opening_hours, venue=OREN, room=room, given=given)


def retired(session: Session) -> Change:
    return partial(retire_room, path=GYM, version=room_at(session, GYM).revision)


def act(session: Session, hall: Hall, change: Change, *, room: str = "", by: Actor | None = None, **more: Any) -> Venue | Room:
    """One transaction; what a refusal leaves is rolled back, as at the edge."""
    again(session)
    with session.begin_nested():
        return narrow(session, change, OREN, room, by=by or hall.kari, now=NOW, **more)


def asked(session: Session, hall: Hall, change: Change, **more: Any) -> Conflict:
    with pytest.raises(Conflict) as shown:
        act(session, hall, change, **more)
    again(session)
    return shown.value


def seen_in(shown: Conflict) -> str:
    return str(shown.details["seen"])


def states(session: Session, booking: Booking) -> list[OccurrenceState]:
    again(session)
    return [
        date.state for date in session.scalars(select(Occurrence).where(Occurrence.booking_id == booking.id).order_by(Occurrence.number))
    ]


def offered(session: Session) -> tuple[list[tuple[Any, ...]], object]:
    """The hours that are kept, and since when the room is out of use."""
    again(session)
    hours = select(OpeningHours.room_id, OpeningHours.weekday, OpeningHours.from_minute, OpeningHours.to_minute, OpeningHours.origin)
    return sorted((tuple(row) for row in session.execute(hours)), key=str), room_at(session, GYM).retired_at


def acts(session: Session, subject: str) -> list[str]:
    return list(session.scalars(select(Audit.verb).where(Audit.subject == subject).order_by(Audit.id)))


def test_who_would_stand_outside_is_named_with_time_and_sign_and_nothing_is_written(session: Session, hall: Hall, theirs: Booking) -> None:
    before = offered(session)

    for change, room, why in ((shorter(session, until="19:00"), "", "closed"), (retired(session), "gymsal-1", "retired")):
        shown = asked(session, hall, change, room=room)

        assert [(fault.code, fault.value, fault.facts["why"], fault.facts["can_be"]) for fault in shown.faults] == [
            ("puts-outside", f"2026-09-{day}T18:00", why, False) for day in (15, 22, 29)
        ]
        assert {(fault.facts["who"], fault.facts["room"], fault.facts["reference"]) for fault in shown.faults} == {
            ("Skiold turn", "Gymsal 1", theirs.reference)
        }
    assert offered(session) == before
    assert (acts(session, "venue"), acts(session, "room"), session.scalars(select(Undo)).all()) == ([], [], [])


@pytest.mark.parametrize("kind", ["hours", "use"])
def test_they_lose_the_time_in_the_same_act_for_the_reason_and_that_is_undone_with_the_change(
    session: Session, hall: Hall, theirs: Booking, kind: str
) -> None:
    before, claims = offered(session), session.scalars(select(Claim.starts_at)).all()
    change, room = (shorter(session, until="19:00"), "") if kind == "hours" else (retired(session), "gymsal-1")
    seen = seen_in(asked(session, hall, change, room=room))

    row = act(session, hall, change, room=room, seen=seen, reason="Vi sparer strøm")

    subject, after = row.__tablename__, offered(session)
    assert (states(session, theirs), after != before) == ([LOST] * 3, True)
    assert {date.reason for date in theirs.occurrences} == {"closure: Vi sparer strøm"}
    assert {date.charged_price for date in theirs.occurrences} <= {0, None}
    (notice,) = session.scalars(select(Notice).where(Notice.kind == "dates-displaced"))
    assert (notice.person_id, notice.state) == (hall.berit.person_id, Delivery.WAITING)
    assert acts(session, subject) == ["set_opening_hours" if kind == "hours" else "retire_room", "displace_outside"]
    again(session)
    done = last_act(session, subject, row.id, by=hall.kari, now=NOW)
    assert done

    undo(session, done.id, by=hall.kari, now=NOW + MINUTE)

    assert (states(session, theirs), offered(session)) == ([HELD] * 3, before)
    assert sorted(session.scalars(select(Claim.starts_at))) == sorted(claims)
    assert (notice.state, acts(session, subject)[-1]) == (Delivery.WITHDRAWN, "undo")


def test_who_is_left_stands_outside_as_before_and_the_change_can_be_undone(session: Session, hall: Hall, theirs: Booking) -> None:
    before, change = offered(session), shorter(session, until="19:00")

    act(session, hall, change, seen=seen_in(asked(session, hall, change)))

    assert (states(session, theirs), offered(session) == before) == ([HELD] * 3, False)
    assert session.scalars(select(Notice).where(Notice.kind == "dates-displaced")).all() == []
    again(session)
    done = last_act(session, "venue", hall.cast.oren.id, by=hall.kari, now=NOW)
    assert done
    undo(session, done.id, by=hall.kari, now=NOW + MINUTE)
    assert offered(session) == before


def test_where_nobody_is_put_outside_it_is_saved_at_once_and_asked_once_for_what_stood_there(
    session: Session, hall: Hall, theirs: Booking
) -> None:
    act(session, hall, shorter(session, until="20:00"))
    change = shorter(session, until="19:00")
    act(session, hall, change, seen=seen_in(asked(session, hall, change)))

    act(session, hall, shorter(session, until="18:30"))

    assert states(session, theirs) == [HELD] * 3
    assert {to for _, _, _, to, _ in offered(session)[0]} == {18 * 60 + 30}


def test_only_who_was_seen_loses_the_time(session: Session, hall: Hall, theirs: Booking) -> None:
    change = shorter(session, until="19:00")
    seen = seen_in(asked(session, hall, change))
    again(session)
    other = reserve(session, wish(start="2026-09-16T18:00", end="2026-09-16T20:00"), by=hall.berit, now=NOW)

    shown = asked(session, hall, change, seen=seen, reason="Vi sparer strøm")

    assert [fault.facts["reference"] for fault in shown.faults] == [theirs.reference, other.reference, *[theirs.reference] * 2]
    assert (states(session, theirs), states(session, other)) == ([HELD] * 3, [HELD])
    act(session, hall, change, seen=seen_in(shown), reason="Vi sparer strøm")
    assert (states(session, theirs), states(session, other)) == ([LOST] * 3, [LOST])


def test_what_has_begun_is_shown_and_stays(session: Session, hall: Hall, theirs: Booking) -> None:
    change, begun = shorter(session, until="19:00"), theirs.occurrences[0].starts_at + MINUTE
    again(session)
    with pytest.raises(Conflict) as shown, session.begin_nested():
        narrow(session, change, OREN, "", by=hall.kari, now=begun)
    again(session)

    narrow(session, change, OREN, "", seen=seen_in(shown.value), reason="Brann", by=hall.kari, now=begun)

    assert [fault.facts["can_be"] for fault in shown.value.faults] == [True, False, False]
    assert states(session, theirs) == [HELD, LOST, LOST]


def test_a_change_without_right_reason_or_of_what_another_changed_is_refused_whole(session: Session, hall: Hall, theirs: Booking) -> None:
    before, change = offered(session), shorter(session, until="19:00")
    seen = seen_in(asked(session, hall, change))

    with pytest.raises(Forbidden):
        act(session, hall, change, by=hall.olav)
    with pytest.raises(Forbidden):
        act(session, hall, change, seen=seen, reason="Fordi", by=hall.olav)
    with pytest.raises(Invalid) as without:
        act(session, hall, change, seen=seen, reason=" ")
    with pytest.raises(Stale):
        act(session, hall, shorter(session, until="19:00", version=99), seen=seen, reason="Fordi")

    assert without.value.faults[0].code == "cause-missing"
    assert (states(session, theirs), offered(session)) == ([HELD] * 3, before)


def test_an_undo_takes_back_no_later_change_and_puts_nobody_outside(session: Session, hall: Hall) -> None:
    act(session, hall, shorter(session, until="19:00"))
    first = session.scalars(select(Undo.id)).one()
    act(session, hall, shorter(session, until="23:00"))
    second = session.scalars(select(Undo.id).order_by(Undo.id.desc())).first() or 0
    again(session)
    late = reserve(session, wish(start="2026-09-16T19:00", end="2026-09-16T21:00"), by=hall.berit, now=NOW)

    for number, about in ((first, "Øren flerbrukshall"), (second, late.reference)):
        again(session)
        with pytest.raises(Conflict) as refused, session.begin_nested():
            undo(session, number, by=hall.kari, now=NOW + MINUTE)
        assert [(fault.code, fault.value) for fault in refused.value.faults] == [("changed-since", about)]
    assert {to for _, _, _, to, _ in offered(session)[0]} == {23 * 60}


def test_what_is_another_by_now_is_offered_to_nobody_to_be_undone(session: Session, hall: Hall) -> None:
    act(session, hall, shorter(session, until="19:00"))
    again(session)
    offered_to_undo = last_act(session, "venue", hall.cast.oren.id, by=hall.kari, now=NOW)
    again(session)

    shorter(session, until="18:00")(session, by=hall.kari, now=NOW)

    again(session)
    assert offered_to_undo
    assert last_act(session, "venue", hall.cast.oren.id, by=hall.kari, now=NOW) is None


def test_hours_taken_away_and_a_room_in_use_again_are_undone_as_well(session: Session, hall: Hall) -> None:
    act(session, hall, shorter(session, until="21:00", room="gymsal-1"), room="gymsal-1")
    before = offered(session)
    version = room_at(session, GYM).revision
    act(session, hall, partial(forget_opening_hours, venue=OREN, room="gymsal-1", given=HoursInput(version=version)), room="gymsal-1")
    gone = offered(session)
    again(session)
    undo(session, session.scalars(select(Undo.id).order_by(Undo.id.desc())).first() or 0, by=hall.kari, now=NOW + MINUTE)
    back = offered(session)
    act(session, hall, retired(session), room="gymsal-1")
    act(session, hall, partial(restore_room, path=GYM, version=room_at(session, GYM).revision), room="gymsal-1")
    again(session)
    undo(session, session.scalars(select(Undo.id).order_by(Undo.id.desc())).first() or 0, by=hall.kari, now=NOW + MINUTE)

    assert (back, gone != before) == (before, True)
    assert Origin.STAFF in {origin for *_, origin in before[0]}
    assert offered(session)[1] is not None
