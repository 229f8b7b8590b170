"""Undo: everything is as it was before the act, nobody was told, and what has happened since stands."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking import adding, decisions, ending
from booking.cases import booking_for
from booking.casework import messages
from booking.changing import Change, change
from booking.closures import close_rooms
from booking.images import before, image_of, put_back, undoable
from booking.models import Booking, Claim, Occurrence, Offer, Undo
from booking.outcome import Taken
from booking.reasons import verdicts_of
from booking.releasing import Period, release
from booking.reservations import reserve
from booking.states import BookingState, OccurrenceState, OfferState, UsageKind
from booking.undo import forget_acts, own_acts, undo
from booking.usage import UsageInput, note_usage
from database.audit import Act as Done
from database.audit import Audit
from database.outbox import UNDO_WITHIN, Delivery, Notice
from database.transact import Database
from kernel.errors import Conflict, Missing, Refusal
from tests.booking.conftest import LADDER, NOW, Hall, again, furnish, move, publish_with, wish
from tests.booking.test_displacing import displacing
from tests.booking.test_what_stays import another_hall
from tests.meanwhile import meanwhile
from venues.inputs import ClosureInput, HoursInput
from venues.models import Closure
from venues.scheduling import set_opening_hours

SECOND = timedelta(seconds=1)
SERIES = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
PRIVATE = {"organisation": None, "start": "2026-09-22T18:00", "end": "2026-09-22T20:00"}
CONCERT = {**PRIVATE, "activity": "culture.concert"}
MOVED = {"start": datetime(2026, 9, 23, 18, 0), "end": datetime(2026, 9, 23, 20, 0), "room": "oren-flerbrukshall/hel-hall"}
LEAK = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 14), end=datetime(2026, 9, 24), reason="Vannlekkasje")
Act = Callable[[Session, int, Hall], object]
# Who asks for what, and what is then done to it by whom.
ACTS: dict[str, tuple[str, dict[str, Any], Act]] = {
    "cancel all": ("berit", SERIES, lambda s, n, hall: ending.cancel(s, n, by=hall.berit, now=NOW)),
    "cancel one": ("berit", SERIES, lambda s, n, hall: ending.cancel(s, n, number=2, reason="Dugnad", by=hall.kari, now=NOW)),
    "approve": ("per", PRIVATE, lambda s, n, hall: decisions.approve(s, n, note="Velkommen", by=hall.kari, now=NOW)),
    "approve what held no time": ("per", CONCERT, lambda s, n, hall: decisions.approve(s, n, by=hall.kari, now=NOW)),
    "refuse": ("per", PRIVATE, lambda s, n, hall: decisions.decline(s, n, reason="Valg", by=hall.kari, now=NOW)),
    "confirm": ("siri", {}, lambda s, n, hall: decisions.confirm(s, n, by=hall.berit, now=NOW)),
    "move": ("berit", SERIES, lambda s, n, hall: change(s, n, Change(number=2, **MOVED), by=hall.berit, now=NOW)),
    "close": ("berit", SERIES, lambda s, n, hall: close_rooms(s, "oren-flerbrukshall", LEAK, confirmed=True, by=hall.olav, now=NOW)),
}


def booked(session: Session, hall: Hall, name: str = "berit", **changes: Any) -> Booking:
    again(session)
    booking = reserve(session, wish(**changes), by=getattr(hall, name), now=NOW)
    again(session)
    return booking


def cancelled(session: Session, hall: Hall, **changes: Any) -> tuple[Booking, int]:
    """A booking of Berit's that she has cancelled, and the number of that act."""
    booking = booked(session, hall, **changes)
    ending.cancel(session, booking.id, by=hall.berit, now=NOW)
    again(session)
    return booking, last(session)


def last(session: Session) -> int:
    return session.scalars(select(Undo.id).order_by(Undo.id.desc())).first() or 0


def undone(session: Session, by: Actor, after: timedelta = UNDO_WITHIN - SECOND, number: int = 0) -> None:
    again(session)
    undo(session, number or last(session), by=by, now=NOW + after)
    again(session)


def all_of(session: Session, booking_id: int) -> list[Any]:
    """All that pages tell of a booking, and the time that it holds."""
    again(session)
    booking = booking_for(session, booking_id)
    claims = select(Claim.space_id, Claim.occurrence_id, Claim.starts_at, Claim.ends_at, Claim.expires_at).order_by(Claim.starts_at)
    dates = [image_of(date) for date in booking.occurrences]
    return [image_of(booking), dates, [tuple(row) for row in session.execute(claims)], verdicts_of(session, booking)]


@pytest.mark.parametrize("name", ACTS)
def test_all_is_as_it_was_before_and_nobody_is_told(session: Session, hall: Hall, name: str) -> None:
    who, asked, act = ACTS[name]
    publish_with(session, LADDER)
    booking = booked(session, hall, who, **asked)
    version, posted = booking.version, len(session.scalars(select(Notice.id)).all())
    earlier = all_of(session, booking.id)
    again(session)
    act(session, booking.id, hall)
    between = all_of(session, booking.id)

    undone(session, hall.kari)

    later = session.scalars(select(Notice.state).order_by(Notice.id)).all()
    assert all_of(session, booking.id) == earlier != between
    assert booking_for(session, booking.id).version == version + 2
    assert later == [Delivery.WAITING] * posted + [Delivery.WITHDRAWN] * (len(later) - posted)
    assert len(later) == posted + 1
    assert session.scalars(select(Audit.verb).order_by(Audit.id.desc())).first() == "undo"


def test_a_closure_that_is_undone_is_open_again(session: Session, hall: Hall) -> None:
    first, second = booked(session, hall), booked(session, hall, "per", **PRIVATE)
    close_rooms(session, "oren-flerbrukshall", LEAK, confirmed=True, by=hall.olav, now=NOW)

    undone(session, hall.olav)

    states = [booking_for(session, one.id).state for one in (first, second)]
    assert (states, session.scalars(select(Closure.withdrawn_at)).all()) == (
        [BookingState.BOOKED, BookingState.REQUESTED],
        [NOW + UNDO_WITHIN - SECOND],
    )


def refused(session: Session, by: Actor, after: timedelta = SECOND, number: int = 0) -> Refusal:
    """What somebody hears who wants to undo the last act; nothing has changed by that."""
    with pytest.raises(Refusal) as said:
        undone(session, by, after, number)
    return said.value


def test_it_is_too_late_after_two_minutes_when_notices_leave_or_when_it_is_done(session: Session, hall: Hall) -> None:
    booking, number = cancelled(session, hall)

    late = refused(session, hall.berit, UNDO_WITHIN)
    session.execute(update(Notice).values(leased_until=NOW + UNDO_WITHIN))
    leaving = refused(session, hall.berit)
    session.execute(update(Notice).values(leased_until=None))
    undone(session, hall.berit)
    twice = refused(session, hall.berit, number=number)

    assert [one.faults[0].code for one in (late, leaving, twice)] == ["undo-too-late", "undo-too-late", "undone-already"]
    assert booking_for(session, booking.id).state is BookingState.BOOKED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_the_hand_that_acted_and_officers_undo(session: Session, hall: Hall) -> None:
    cancelled(session, hall)

    assert [type(refused(session, by)) for by in (hall.per, hall.nils, hall.olav)] == [Missing] * 3


def test_what_happened_since_stands(session: Session, hall: Hall) -> None:
    _, number = cancelled(session, hall)
    booked(session, hall, "per", organisation=None)
    taken = refused(session, hall.berit, number=number)
    booking = booked(session, hall, **SERIES, start="2026-09-16T18:00", end="2026-09-16T20:00")
    ending.cancel(session, booking.id, number=1, by=hall.berit, now=NOW)
    number = last(session)
    again(session)
    ending.cancel(session, booking.id, number=2, by=hall.berit, now=NOW)
    again(session)
    changed = refused(session, hall.berit, number=number)
    number = last(session)
    close_rooms(session, "oren-flerbrukshall", LEAK, confirmed=True, by=hall.olav, now=NOW)

    closed = refused(session, hall.berit, number=number)
    _, number = cancelled(session, hall, start="2026-09-28T18:00", end="2026-09-28T20:00")
    hours = HoursInput.model_validate({"rows": [{"weekday": 0, "start": "08:00", "end": "19:00"}], "version": hall.cast.oren.revision})
    set_opening_hours(session, "oren-flerbrukshall", "", hours, by=hall.kari, now=NOW + SECOND)
    shrunk = refused(session, hall.berit, after=2 * SECOND, number=number)

    assert (type(taken), taken.faults[0].code, taken.faults[0].facts["space"]) == (Taken, "time-taken", "Gymsal 1")
    assert [(type(one), one.faults[0].code) for one in (changed, closed, shrunk)] == [
        (Conflict, "changed-since"),
        (Conflict, "closed-since"),
        (Conflict, "closed-since"),
    ]


def test_acts_on_one_booking_are_undone_the_last_first(session: Session, hall: Hall) -> None:
    booking = booked(session, hall, **SERIES)
    images, acts = [all_of(session, booking.id)], []
    later: list[Callable[[], object]] = [
        lambda: ending.cancel(session, booking.id, number=1, by=hall.berit, now=NOW),
        lambda: ending.cancel(session, booking.id, number=2, by=hall.berit, now=NOW),
        lambda: change(session, booking.id, Change(number=3, **MOVED), by=hall.berit, now=NOW),
    ]
    for act in later:
        act()
        images.append(all_of(session, booking.id))
        acts.append(last(session))

    offered, early = [], []
    for number, image in zip(acts[::-1], images[-2::-1], strict=True):
        offered.append([one.id for one in own_acts(session, by=hall.berit, now=NOW)])
        early += [refused(session, hall.berit, number=one).faults[0].code for one in acts if one < number]
        undone(session, hall.berit, number=number)
        assert all_of(session, booking.id) == image

    assert offered == [[one] for one in acts[::-1]]
    assert early == ["changed-since"] * 3
    assert session.scalars(select(Notice.state).order_by(Notice.id)).all() == [Delivery.WAITING] + [Delivery.WITHDRAWN] * 3


def test_what_was_done_between_and_stands_keeps_an_earlier_act_from_being_undone(session: Session, hall: Hall) -> None:
    booking = booked(session, hall, **SERIES)
    ending.cancel(session, booking.id, number=1, by=hall.berit, now=NOW)
    first = last(session)
    again(session)
    ending.cancel(session, booking.id, number=2, by=hall.berit, now=NOW)
    second = last(session)
    again(session)
    ending.cancel(session, booking.id, number=3, by=hall.berit, now=NOW)
    undone(session, hall.berit)
    too_early = refused(session, hall.berit, number=first).faults[0].code
    ending.cancel(session, booking.id, number=3, by=hall.kari, now=NOW)
    stands = refused(session, hall.berit, number=second).faults[0].code

    assert (too_early, stands, own_acts(session, by=hall.berit, now=NOW)) == ("changed-since", "changed-since", [])


def test_what_both_sides_said_since_keeps_nothing_from_being_undone_unless_both_moved_the_clock(session: Session, hall: Hall) -> None:
    gone, number = cancelled(session, hall)
    messages.write(session, gone.id, "Takk for at dere sa fra.", by=hall.kari, now=NOW)
    messages.write(session, gone.id, "Vi tar feil, den skulle stå.", by=hall.berit, now=NOW)
    offered = [one.id for one in own_acts(session, by=hall.berit, now=NOW)]
    undone(session, hall.berit, number=number)
    asked = booked(session, hall, "per", **PRIVATE)
    question = messages.write(session, asked.id, "Hvor mange?", must_answer=True, by=hall.kari, now=NOW)
    decisions.approve(session, asked.id, by=hall.kari, now=NOW)
    number = last(session)
    again(session)
    messages.withdraw(session, question.id, by=hall.kari, now=NOW)

    assert (offered, own_acts(session, by=hall.kari, now=NOW)) == ([1], [])
    assert refused(session, hall.kari, number=number).faults[0].code == "changed-since"
    assert booking_for(session, gone.id).state is BookingState.BOOKED


def test_a_period_that_was_given_back_is_had_again_in_all_bookings(session: Session, hall: Hall) -> None:
    both = [booked(session, hall, **SERIES), booked(session, hall, "nils", **SERIES, room="oren-flerbrukshall/gymsal-2")]
    earlier = [all_of(session, one.id) for one in both]
    release(session, hall.cast.skiold.id, Period(first=date(2026, 9, 21), last=date(2026, 9, 30)), by=hall.nils, now=NOW)
    between = [all_of(session, one.id) for one in both]

    undone(session, hall.nils)

    assert [all_of(session, one.id) for one in both] == earlier
    assert [now != then for now, then in zip(between, earlier, strict=True)] == [True, True]


def test_what_took_the_time_of_others_gives_it_back(session: Session, hall: Hall) -> None:
    loser = booked(session, hall, **SERIES)
    earlier = all_of(session, loser.id)
    winner = displacing(session, hall.kari, "Valg", kind="municipal", organisation=None, room="oren-flerbrukshall/hel-hall")
    lost = [date.state for date in booking_for(session, loser.id).occurrences]

    undone(session, hall.kari)

    assert (lost[0], all_of(session, loser.id)) == ("displaced", earlier)
    gone = booking_for(session, winner.id)
    assert (gone.state, [date.state for date in gone.occurrences]) == (BookingState.CANCELLED, [OccurrenceState.CANCELLED])
    assert not session.scalars(select(Offer.id).where(Offer.state == OfferState.SOUGHT)).all()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_posted_before_waits_until_the_act_stands(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    ending.cancel(session, booking.id, by=hall.berit, now=NOW + timedelta(seconds=100))

    due = session.scalars(select(Notice.due_at).order_by(Notice.id)).all()

    assert due == [NOW + timedelta(seconds=100) + UNDO_WITHIN] * 2


def test_a_date_that_the_act_added_is_cancelled(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    was = before(session, [booking_for(session, booking.id)])
    (first,) = booking.occurrences
    added = Occurrence(booking_id=booking.id, number=2, sequence=0, created_at=NOW, changed_at=NOW)
    put_back(added, image_of(first))
    session.add(added)
    again(session)
    undoable(session, Done("extend", "booking", booking.id, {}), was, by=hall.berit, now=NOW)

    undone(session, hall.berit)

    assert [date.state for date in booking_for(session, booking.id).occurrences] == [OccurrenceState.BOOKED, OccurrenceState.CANCELLED]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_time_that_another_gave_up_since_is_the_lines_alone(session: Session, hall: Hall) -> None:
    _, act = cancelled(session, hall)
    theirs = booked(session, hall, "kari")
    booked(session, hall, "nils", on_conflict="wait")
    ending.cancel(session, theirs.id, by=hall.kari, now=NOW + SECOND)

    said = refused(session, hall.berit, 2 * SECOND, act)

    assert isinstance(said, Taken)


def test_who_has_a_lost_date_back_is_looked_for_something_else_again(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    close_rooms(session, "oren-flerbrukshall", LEAK, confirmed=True, by=hall.olav, now=NOW)
    again(session)
    ending.cancel(session, booking.id, by=hall.berit, now=NOW + SECOND)

    undone(session, hall.berit, 2 * SECOND)

    found = session.scalars(select(Offer.state).order_by(Offer.id)).all()
    assert (booking_for(session, booking.id).state, found) == (BookingState.DISPLACED, [OfferState.WITHDRAWN, OfferState.SOUGHT])


def test_acts_are_forgotten_a_day_after_they_can_be_undone(session: Session, hall: Hall) -> None:
    cancelled(session, hall)

    forget_acts(session, by=SERVICE, now=NOW + UNDO_WITHIN + timedelta(days=1))
    kept = last(session)
    forget_acts(session, by=SERVICE, now=NOW + UNDO_WITHIN + timedelta(days=1, seconds=1))

    assert (kept > 0, last(session)) == (True, 0)


@pytest.mark.parametrize("is_undone_first", [True, False])
def test_of_an_undo_and_a_booking_at_once_the_first_has_the_time(database: Database, *, is_undone_first: bool) -> None:
    hall = database.transact(furnish)
    booking = database.transact(reserve, wish(), by=hall.berit, now=NOW)
    database.transact(ending.cancel, booking.id, by=hall.berit, now=NOW)
    number = database.transact(last)

    def back(session: Session) -> object:
        return undo(session, number, by=hall.berit, now=NOW)

    def book(session: Session) -> object:
        return reserve(session, wish(organisation=None), by=hall.per, now=NOW)

    second = meanwhile(database, *((back, book) if is_undone_first else (book, back)))

    assert type(second.exception()) is Taken
    with database.reading() as session:
        held = session.scalars(select(Occurrence.booking_id).join(Claim, Claim.occurrence_id == Occurrence.id)).all()
    assert (len(held), held[0] == booking.id) == (1, is_undone_first)


def test_what_undoing_a_later_act_freed_does_not_stand_in_the_way_of_an_earlier_one(session: Session, hall: Hall) -> None:
    again(session)
    booking = reserve(session, wish(), by=hall.berit, now=NOW)
    acts: list[Callable[[datetime], object]] = [
        lambda at: ending.cancel(session, booking.id, by=hall.berit, now=at),
        lambda at: adding.readd(session, booking.id, 1, by=hall.berit, now=at),
        lambda at: reserve(session, wish(organisation=None, on_conflict="wait"), by=hall.per, now=at),
    ]
    for number, act in enumerate(acts):
        again(session)
        act(NOW + number * SECOND)
    first, second = session.scalars(select(Undo.id).order_by(Undo.id)).all()

    for number, act_id in enumerate((second, first), start=len(acts)):
        again(session)
        undo(session, act_id, by=hall.berit, now=NOW + number * SECOND)

    again(session)
    assert booking.state is BookingState.BOOKED


def test_a_caretaker_undoes_a_closure_that_met_a_date_of_another_buildings_booking(session: Session, hall: Hall) -> None:
    another_hall(session)
    again(session)
    booking = reserve(session, wish(room="fjell/sal", recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), by=hall.berit, now=NOW)
    again(session)
    move(session, booking.id, 1, by=hall.berit, now=NOW, room="oren-flerbrukshall/gymsal-1")
    again(session)
    close_rooms(session, "oren-flerbrukshall", LEAK, confirmed=True, by=hall.olav, now=NOW)
    again(session)

    undo(session, own_acts(session, by=hall.olav, now=NOW)[0].id, by=hall.olav, now=NOW + SECOND)

    assert [date.state for date in booking.occurrences] == [OccurrenceState.BOOKED] * 2


def test_how_a_date_was_used_is_no_act_that_stands_on_others(session: Session, hall: Hall) -> None:
    again(session)
    booking = reserve(session, wish(**SERIES), by=hall.berit, now=NOW)
    later = booking.occurrences[0].ends_at + timedelta(hours=1)
    for number in (3, 2):
        again(session)
        ending.cancel(session, booking.id, number=number, by=hall.berit, now=later)
    first, second = session.scalars(select(Undo.id).order_by(Undo.id)).all()
    again(session)
    undo(session, second, by=hall.berit, now=later)
    again(session)

    sorry = UsageInput(kind=UsageKind.ANSWER, note="Den var knust da vi kom.")
    for said in (UsageInput(kind=UsageKind.USED, heads=12), UsageInput(kind=UsageKind.DAMAGE, note="En rute."), sorry):
        note_usage(session, booking.id, 1, said, by=hall.berit, now=later)

    assert [act.id for act in own_acts(session, by=hall.berit, now=later)] == [first]
