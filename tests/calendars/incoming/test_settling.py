"""Settling: a school's timetable keeps the gym taken, meets bookings without taking theirs, and changes nothing when it fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from booking.ending import cancel
from booking.models import Booking, Occurrence, Offer, Task
from booking.outcome import Taken
from booking.states import BookingKind, BookingState
from booking.wish import Displacing
from calendars.cache import Cache
from calendars.feeds import Asked, Feeds
from calendars.incoming.deciding import go_first, meetings, set_aside
from calendars.incoming.models import Source
from calendars.incoming.sources import SourceInput, remove
from calendars.standing import Address
from calendars.window import Wanted
from database.outbox import Notice
from kernel.errors import Conflict, Invalid
from tests.calendars.incoming.conftest import School
from tests.calendars.incoming.stand_in import lesson, plan

MONDAY = lesson("mandag", "20260914T090000", "20260914T100000")
TUESDAY = lesson("tirsdag", "20260915T170000", "20260915T190000", "Volleyball")
SERIES = lesson("onsdag", "20260916T090000", "20260916T100000", RRULE="FREQ=WEEKLY;COUNT=3")


def test_a_timetable_is_followed_as_it_changes(school: School) -> None:
    source = school.follow(MONDAY, SERIES)
    began = school.dates()
    taken = school.claimed()
    school.tell(lesson("mandag", "20260914T100000", "20260914T113000"), SERIES.replace("COUNT=3", "COUNT=4") + "\r\n" + _without("onsdag"))

    assert (source.state, source.failure, source.report["dates"]) == ("active", "", 4)
    assert began == [
        ("14.09 09:00–10:00", "booked", ""),
        ("16.09 09:00–10:00", "booked", ""),
        ("23.09 09:00–10:00", "booked", ""),
        ("30.09 09:00–10:00", "booked", ""),
    ]
    assert taken == ["14 07:00–08:00", "16 07:00–08:00", "23 07:00–08:00", "30 07:00–08:00"]
    assert school.dates() == [
        ("14.09 10:00–11:30", "booked", ""),
        ("16.09 09:00–10:00", "booked", ""),
        ("30.09 09:00–10:00", "booked", ""),
        ("07.10 09:00–10:00", "booked", ""),
    ]
    assert school.claimed() == ["14 08:00–09:30", "16 07:00–08:00", "30 07:00–08:00", "07 07:00–08:00"]
    with school.database.reading() as session:
        found = session.scalars(select(Booking).order_by(Booking.id)).all()
        assert [(one.kind, one.state, one.purpose, one.whose) for one in found] == [
            (BookingKind.INCOMING, BookingState.BOOKED, "Kroppsøving", "Timeplan")
        ] * 2
        assert session.get(Source, school.source).report == source.report | {"took": 1, "moved": 1, "went": 1}
    with pytest.raises(Taken):
        school.book(start="2026-09-16T09:30", end="2026-09-16T10:30")


def test_the_same_again_changes_nothing(school: School) -> None:
    school.follow(MONDAY, SERIES)
    before, sequences = school.everything(), len(school.answers.asked)

    for _time in range(2):
        assert school.fetch().failure == ""
    school.tell(SERIES, MONDAY)  # in another order
    school.clock.pass_by(days=1)
    school.refreshing.take(school.source, plan(MONDAY, SERIES, head=["X-NEW:1"]), by=school.hall.kari)

    assert school.everything() == before
    assert [headers.get("If-None-Match") is not None for _path, headers in school.answers.asked[sequences:]] == [True, True, True]


@pytest.mark.parametrize(
    ("path", "code"), [("truncated", "truncated"), ("inside", "inside-address"), ("missing", "status-404"), ("bomb", "too-large")]
)
def test_what_fails_leaves_the_room_taken(school: School, path: str, code: str) -> None:
    school.follow(MONDAY)
    before = school.everything()
    school.database.transact(lambda session: setattr(session.get(Source, school.source), "address", f"{school.address}/{path}"))

    failed = school.fetch()

    assert (failed.failure, failed.failures, school.everything()) == (code, 1, before)
    assert (failed.due_at - school.clock.moment).total_seconds() == 2 * 3600
    assert (school.fetch().due_at - school.clock.moment).total_seconds() == 4 * 3600


@pytest.mark.parametrize(("told", "code"), [(plan(MONDAY)[:-30], "truncated"), (b"<html></html>", "web-page"), (plan(), "no-dates")])
def test_what_cannot_be_read_or_says_nothing_leaves_it_too(school: School, told: bytes, code: str) -> None:
    school.follow(MONDAY)
    before = school.everything()
    school.answers.calendar = told

    assert (school.fetch().failure, school.everything()) == (code, before)
    assert school.tell(MONDAY).failure == ""


def test_a_source_is_never_asked_faster_than_it_wishes(school: School) -> None:
    school.follow(MONDAY)
    slow = school.tell(MONDAY, head=["REFRESH-INTERVAL;VALUE=DURATION:PT6H"])
    assert (slow.due_at - school.clock.moment).total_seconds() == 6 * 3600
    eager = school.tell(MONDAY, head=["REFRESH-INTERVAL;VALUE=DURATION:PT1M"])
    assert (eager.due_at - school.clock.moment).total_seconds() == 15 * 60

    with pytest.raises(Conflict, match="just-fetched"):
        school.refreshing.refresh(school.source, by=school.hall.kari)


def test_a_lesson_moved_onto_a_booking_opens_a_case(school: School) -> None:
    booking = school.book()  # Tuesday 18-20
    school.follow(lesson("tirsdag", "20260915T090000", "20260915T100000"))
    claims = school.claimed()

    source = school.tell(TUESDAY)

    assert (claims, school.claimed()) == (["15 07:00–08:00", "15 16:00–18:00"], ["15 16:00–18:00"])
    assert school.dates() == [("15.09 17:00–19:00", "skipped", "meets")]
    assert source.report["met"] == 1
    with school.database.reading() as session:
        (task,) = session.scalars(select(Task).where(Task.done_at.is_(None)))
        assert (task.reason, task.source_id) == ("meets", school.source)
        (met,) = meetings(session, session.get(Source, school.source), now=school.clock.moment)
        assert [one.booking_id for one in met.others] == [booking.id]
    unchanged = school.everything()
    school.fetch()
    assert school.everything() == unchanged

    school.do(cancel, booking.id, by=school.hall.berit)
    school.fetch()

    assert school.dates() == [("15.09 17:00–19:00", "booked", "")]
    assert _open_tasks(school) == 0


def test_an_officer_lets_it_go_first(school: School) -> None:
    booking = school.book()
    school.follow(TUESDAY, MONDAY)
    met = _met(school)

    with pytest.raises(Invalid, match="cause-missing"):
        school.do(go_first, school.source, [met], Displacing())
    with pytest.raises(Conflict, match="displaces-others") as shown:
        school.do(go_first, school.source, [met], Displacing(reason="Skolen går foran"))
    seen = str(shown.value.details["seen"])
    school.do(go_first, school.source, [met], Displacing(reason="Skolen går foran", seen=seen))

    assert school.dates() == [("14.09 09:00–10:00", "booked", ""), ("15.09 17:00–19:00", "booked", "")]
    assert school.claimed() == ["14 07:00–08:00", "15 15:00–17:00"]
    with school.database.reading() as session:
        lost = session.scalars(select(Occurrence).where(Occurrence.booking_id == booking.id)).one()
        winner = session.scalars(select(Occurrence.booking_id).where(Occurrence.id == met)).one()
        assert (lost.state, lost.lost_to, lost.reason) == ("displaced", f"booking:{winner}", "precedence: Skolen går foran")
        assert [offer.state for offer in session.scalars(select(Offer))] == ["sought"]
        assert "dates-displaced" in session.scalars(select(Notice.kind).where(Notice.booking_id == booking.id)).all()
    assert _open_tasks(school) == 0


def test_what_is_as_strong_gives_no_way(school: School) -> None:
    school.book()
    school.follow(TUESDAY)
    school.database.transact(lambda session: setattr(session.get(Source, school.source), "strength", 0))

    with pytest.raises(Conflict, match="no-precedence"):
        school.do(go_first, school.source, [_met(school)], Displacing(reason="Skolen"))


def test_an_officer_lets_the_booking_stand(school: School) -> None:
    booking = school.book()
    school.follow(TUESDAY)
    met = _met(school)

    school.do(set_aside, school.source, [met], ignored=True)
    school.do(cancel, booking.id, by=school.hall.berit)
    source = school.fetch()

    assert (school.dates(), school.claimed()) == ([("15.09 17:00–19:00", "skipped", "ignored")], [])
    assert (source.report["met"], _open_tasks(school)) == (0, 0)
    school.do(set_aside, school.source, [met], ignored=False)
    school.fetch()
    assert school.dates() == [("15.09 17:00–19:00", "booked", "")]


def test_two_classes_at_once_take_the_room_together(school: School) -> None:
    other = lesson("andre", "20260914T093000", "20260914T110000")
    within = lesson("tredje", "20260914T091500", "20260914T094500")
    school.follow(MONDAY, other, within)

    assert school.claimed() == ["14 07:00–08:00", "14 08:00–09:00"]
    assert [state for _, state, _ in school.dates()] == ["booked"] * 3
    with pytest.raises(Taken):
        school.book(start="2026-09-14T10:30", end="2026-09-14T11:30")

    school.tell(other)  # the first is gone
    assert school.claimed() == ["14 07:30–09:00"]


def test_what_has_begun_is_left_alone_and_what_is_removed_is_given_back(school: School, tmp_path: Path) -> None:
    school.follow(MONDAY, TUESDAY)
    school.clock.moment = school.clock.moment.replace(day=14, hour=7, minute=30)

    assert school.tell(TUESDAY).failure == ""
    assert school.claimed() == ["14 07:00–08:00", "15 15:00–17:00"]

    school.do(remove, school.source)

    assert school.claimed() == ["14 07:00–08:00"]
    feeds = Feeds(school.database, Cache(tmp_path), "https://arena.example.org")
    told = feeds.answer(Asked(Address("room", "oren-flerbrukshall", "gymsal-1"), Wanted()), now=school.clock.moment).body
    assert told is not None and (told.count(b"BEGIN:VEVENT"), b"CANCELLED" in told) == (1, False)
    with school.database.reading() as session:
        gone = session.get(Source, school.source)
        assert (gone.state, gone.address, gone.due_at) == ("removed", "", None)
    with pytest.raises(Conflict, match="follows-calendar"):
        school.do(cancel, _booking_of(school, "Kroppsøving"), by=school.hall.kari)


def test_the_next_turn_fetches_what_is_due(school: School) -> None:
    school.follow(MONDAY)
    school.answers.calendar = plan(MONDAY, TUESDAY)
    school.refreshing.refresh_due()
    assert len(school.dates()) == 1
    school.clock.pass_by(hours=2)

    school.refreshing.refresh_due()

    assert len(school.dates()) == 2


def test_a_lesson_and_a_booking_at_once_never_share_the_room(school: School) -> None:
    school.follow(MONDAY)

    for week in range(3):
        day = date(2026, 9, 15) + timedelta(weeks=week)
        told = plan(MONDAY, *(lesson(f"{day:%d}", f"{day:%Y%m%d}T{hour}3000", f"{day:%Y%m%d}T{hour + 1}3000") for hour in (17, 18, 19)))
        with ThreadPoolExecutor(2) as pool:
            taking = pool.submit(school.refreshing.take, school.source, told, by=school.hall.kari)
            booking = pool.submit(school.book, start=f"{day}T18:00", end=f"{day}T20:00")
            is_booked = booking.exception() is None
            assert is_booked or isinstance(booking.exception(), Taken)
            assert taking.result().failure == ""
        states = [state for when, state, _ in school.dates() if when.startswith(f"{day:%d.%m}")]
        assert states == (["skipped"] * 3 if is_booked else ["booked"] * 3)


def test_an_address_that_is_added_by_several_at_once_is_added_once(school: School) -> None:
    given = SourceInput(room="gymsal-1", name="Timeplan", address=f"{school.address}/plan.ics")
    school.answers.calendar = plan(MONDAY)

    with ThreadPoolExecutor(5) as pool:
        added = [pool.submit(school.refreshing.add, "oren-flerbrukshall", given, None, by=school.hall.kari) for _ in range(5)]
        refused = [one.exception() for one in added]

    assert [type(one) for one in refused if one] == [Conflict] * 4


def test_what_others_write_breaks_nothing(school: School) -> None:
    odd = lesson("a" * 3000, "20260914T090000", "20260914T100000", "Gym\x00\u202e 8A\x1b " + "x" * 600)
    nameless = lesson("b\x00", "20260914T110000", "20260914T120000", "")
    endless = lesson("c", "20260914T130000", "20261201T130000")

    source = school.follow(odd, nameless, endless)

    assert [state for _, state, _ in school.dates()] == ["booked", "booked"]
    assert [reason for _, _, reason in source.report["skipped"]] == ["too-long"]
    with school.database.reading() as session:
        titles = session.scalars(select(Booking.purpose).order_by(Booking.id)).all()
        assert sorted(titles) == [("Gym 8A " + "x" * 600)[:500], "Timeplan"]
    before = school.everything()
    assert school.tell(nameless, odd, endless).failure == ""
    assert school.everything() == before


def _without(uid: str) -> str:
    """The second of its dates does not take place."""
    return lesson(uid, "20260923T090000", "20260923T100000", RECURRENCE_ID="20260923T070000Z", STATUS="CANCELLED")


def _met(school: School) -> int:
    with school.database.reading() as session:
        (met,) = meetings(session, session.get(Source, school.source), now=school.clock.moment)
        return met.date.id


def _open_tasks(school: School) -> int:
    with school.database.reading() as session:
        return len(session.scalars(select(Task).where(Task.done_at.is_(None))).all())


def _booking_of(school: School, purpose: str) -> int:
    with school.database.reading() as session:
        return session.scalars(select(Booking.id).where(Booking.purpose == purpose)).one()
