"""Freedom in memory says what the database says and what plain Python says, whatever changes meanwhile, in few statements."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking.availability import AvailabilityQuery, availability
from booking.case import Known
from booking.conflicts import Want
from booking.freedom import Freedom, freedom_of, remember, remembered, require_current
from booking.furnishing import ChangedResource, NewResource, add_resource, change_resource, restore_resource, retire_resource
from booking.models import Occurrence
from booking.occupy import Take, ask, occupy, peek
from booking.outcome import Declined
from booking.reservations import reserve
from booking.states import BookingState
from booking.timetable import A_WEEK, Bits, Hold, Openings, Taken, seconds_of
from booking.timetable import Claims as Held
from booking.wish import Recurrence
from database.transact import Database, Outdated
from kernel.interval import Interval
from policies.document import checked
from policies.places import place_at
from policies.queries import in_force
from policies.verbs import publish
from tests.booking.conftest import NOW, POLICY, REASON, TWO_HOURS, Hall, furnish, wish
from venues.editing import edit_room, edit_venue, restore_room, retire_room
from venues.inputs import ClosureInput, HoursInput, HoursRow, RoomInput, SchoolInput, VenueInput
from venues.models import Closure, OpeningHours, Origin, Resource, Room, SchoolPeriod
from venues.opening import ClosedSpan, Opening, Openness, WeeklyHours
from venues.queries import openings_of, room_at, venue_named
from venues.scheduling import (
    add_closure_row,
    add_school_period,
    end_closure,
    forget_opening_hours,
    remove_school_period,
    set_opening_hours,
    withdraw_closure,
)
from venues.vocabulary import ResourceKind

WEEKS = timedelta(weeks=3)
SPAN = Interval(NOW, NOW + WEEKS)


@pytest.fixture
def dates(database: Database) -> list[int]:
    """The hall, closed on a day and with hours that end at odd minutes; ids of dates that hold nothing."""

    def prepare(session: Session) -> list[int]:
        hall = furnish(session)
        for row in session.scalars(select(OpeningHours).where(OpeningHours.weekday.in_([2, 3]))):
            row.from_minute, row.to_minute = 9 * 60 + 7, 21 * 60 + 33
            row.openness = Openness.BY_AGREEMENT if row.weekday == 2 else Openness.OPEN
        closed = datetime(2026, 9, 6, 10, 0, 30, tzinfo=UTC), datetime(2026, 9, 6, 16, tzinfo=UTC)
        walls = {"local_start": closed[0].replace(tzinfo=None), "local_end": closed[1].replace(tzinfo=None)}
        stamps = {"created_at": NOW, "changed_at": NOW, "origin": Origin.STAFF}
        session.add(Closure(venue_id=hall.cast.oren.id, starts_at=closed[0], ends_at=closed[1], reason="Fordi.", **walls, **stamps))
        session.flush()
        series = Recurrence.model_validate({"rrule": "FREQ=WEEKLY;COUNT=12"})
        reserve(session, wish(start="2027-01-12T18:00", end="2027-01-12T19:00", recurrence=series), by=hall.berit, now=NOW)
        return list(session.scalars(select(Occurrence.id).order_by(Occurrence.id)))

    return database.transact(prepare)


class Claims:
    """Random claims, changed through the gate and remembered in plain Python."""

    def __init__(self, database: Database, dates: Sequence[int], chance: Random) -> None:
        self.database, self.dates, self.chance = database, dates, chance
        self.held: dict[int, list[tuple[int, datetime, datetime, datetime | None]]] = {}

    def change(self) -> None:
        """Give up what some dates hold and let them hold other times, some until a moment."""
        self.database.transact(self._change)

    def _change(self, session: Session) -> None:
        given_up = self.chance.sample(self.dates, 3)
        spaces = [tuple(space.id for space in room.spaces) for room in rooms(session)]
        wants = [Want(self.chance.choice(spaces), self.time()) for _ in range(12)]
        answer = ask(session, wants, now=NOW).without(given_up)
        until = {date: self._until() for date in given_up}  # what one date holds runs out together
        chosen = [(want, self.chance.choice(given_up)) for want in answer.free]
        takes = [Take(want, date, until[date]) for want, date in chosen]
        occupy(session, answer, takes, release=given_up, now=NOW)
        self.held |= {date: [] for date in given_up}
        for take in takes:
            want = wants[take.want]
            self.held[take.occurrence_id] += [(space, want.time.start, want.time.end, take.expires_at) for space in want.spaces]

    def _until(self) -> datetime | None:
        return NOW + timedelta(hours=self.chance.randint(1, 20)) if self.chance.random() < 0.4 else None

    def time(self) -> Interval:
        """Some time: on the half hour, on five minutes, or on any second."""
        grain = self.chance.choice([1800, 300, 1])
        start = NOW.replace(minute=0) + timedelta(seconds=self.chance.randrange(int(WEEKS.total_seconds())) // grain * grain)
        return Interval(start, start + timedelta(seconds=max(self.chance.randrange(40_000) // grain, 1) * grain))

    def meets(self, room: Room, time: Interval, now: datetime) -> bool:
        """What plain Python says."""
        own = {space.id for space in room.spaces}
        return any(
            space in own and start < time.end and time.start < end and (until is None or until > now)
            for held in self.held.values()
            for space, start, end, until in held
        )


def rooms(session: Session) -> list[Room]:
    return list(session.scalars(select(Room).order_by(Room.id)))


def look(database: Database, now: datetime) -> tuple[list[Room], Freedom]:
    with database.reading() as session:
        found = rooms(session)
        freedom = freedom_of(session, [room.id for room in found], SPAN, now=now)
        assert all(room.spaces and room.venue for room in found)
        return found, freedom


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_memory_database_and_plain_python_agree_on_what_is_free_however_it_changes(database: Database, dates: list[int]) -> None:
    chance = Random(11)
    claims = Claims(database, dates, chance)
    met = 0

    for _ in range(8):
        claims.change()
        now = NOW + timedelta(hours=chance.randint(0, 20))
        times = [claims.time() for _ in range(80)]
        found, freedom = look(database, now)
        free = freedom.at(times)
        for room in found:
            is_open = {n: freedom.spots[room.id].opening.through(time) for n, time in enumerate(times)}
            usable = {number: openness for number, openness in is_open.items() if openness is not Openness.CLOSED}
            wants = [Want(tuple(space.id for space in room.spaces), time) for time in times]
            with database.reading() as session:
                said = set(peek(session, wants, now=now, alone=True).free)
            plain = [number for number in usable if not claims.meets(room, times[number], now)]
            met += len(usable) - len(plain)

            assert free.on(room.id) == plain == [number for number in usable if number in said]
            assert free.by_right_on(room.id) == [number for number in plain if usable[number] is Openness.OPEN]
            assert [room.id in freedom.at([time]).throughout() for time in times] == [number in plain for number in range(80)]
            assert [freedom.is_untaken(room.id, time) for time in times] == [number in said for number in range(80)]

    assert met > 150


def test_the_free_stretches_are_those_between_all_that_turns(database: Database, dates: list[int]) -> None:
    claims = Claims(database, dates, Random(5))
    for _ in range(4):
        claims.change()
    told = []

    for hours in range(0, 21, 4):
        now = NOW + timedelta(hours=hours)
        span = Interval(now + timedelta(minutes=7, seconds=20), now + timedelta(days=hours + 1))
        found, freedom = look(database, now)
        for room in found:
            opening = freedom.spots[room.id].opening
            plain = list(between(edges(claims, opening, span), lambda time, at=(opening, room, now): is_free(claims, *at, time)))
            told.append([Interval(moment(start), moment(end)) for start, end, _ in freedom.stretches([room.id], span, 90 * 60)])

            assert told[-1] == plain

    assert sum(map(len, told)) > 50


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def is_free(claims: Claims, opening: Opening, room: Room, now: datetime, time: Interval) -> bool:
    return opening.through(time) is Openness.OPEN and not claims.meets(room, time, now)


def edges(claims: Claims, opening: Opening, span: Interval) -> list[datetime]:
    """All moments in the span at which anything turns."""
    found = {span.start, span.end}
    found |= {edge for held in claims.held.values() for _, start, end, _ in held for edge in (start, end)}
    found |= {edge for day, _ in opening.days_within(span) for window in opening.windows(day) for edge in ends(window.interval)}
    found |= {edge for closed in opening.closures for edge in ends(closed.interval)}
    return sorted(edge for edge in found if span.start <= edge <= span.end)


def ends(time: Interval) -> tuple[datetime, datetime]:
    return time.start, time.end


def between(turns: Sequence[datetime], is_free: Callable[[Interval], bool]) -> Iterator[Interval]:
    """The stretches of ninety minutes and more that are free between each two turns that follow each other."""
    begun: datetime | None = None
    for start, end in [*pairwise(turns), (turns[-1], None)]:
        if end is not None and is_free(Interval(start, end)):
            begun = begun or start
            continue
        if begun is not None and start - begun >= timedelta(minutes=90):
            yield Interval(begun, start)
        begun = None


def test_one_statement_when_nothing_changed_and_a_few_more_for_what_did(database: Database, dates: list[int]) -> None:
    claims = Claims(database, dates, Random(3))
    counts = []

    for change in (True, False, True, False):
        if change:
            claims.change()
        with database.reading() as session:
            found = rooms(session)
            assert all(room.spaces and room.venue for room in found)
            with statements(database) as seen:
                freedom_of(session, [room.id for room in found], SPAN, now=NOW)
        counts.append(len(seen))

    assert counts == [11, 1, 3, 1]


def test_a_transaction_sees_what_it_wrote_and_leaves_no_trace_of_it_when_it_is_taken_back(database: Database, dates: list[int]) -> None:
    evening = [Interval(NOW + timedelta(hours=15), NOW + timedelta(hours=17))]

    def is_free(session: Session) -> list[bool]:
        found = rooms(session)
        freedom = freedom_of(session, [room.id for room in found], SPAN, now=NOW)
        return [freedom.at(evening).on(room.id) == [0] for room in found]

    def taken(session: Session) -> None:
        spaces = tuple(space.id for space in rooms(session)[1].spaces)
        occupy(session, ask(session, [Want(spaces, evening[0])], now=NOW), [Take(0, dates[0])], now=NOW)

    with database.reading() as session:
        before = is_free(session)
    with database.rehearsing() as rehearsal:
        rehearsal.transact(taken)
        inside = rehearsal.transact(is_free)
    with database.reading() as session:
        after = is_free(session)

    assert (before, inside, after) == ([True] * 3, [False, False, True], [True] * 3)


def test_a_closure_is_seen_by_the_next_search(database: Database, dates: list[int]) -> None:
    friday = [Interval(datetime(2026, 9, 4, 16, tzinfo=UTC), datetime(2026, 9, 4, 18, tzinfo=UTC))]
    found, freedom = look(database, NOW)
    given = ClosureInput(start=datetime(2026, 9, 4, 19), end=datetime(2026, 9, 4, 23), reason="Fordi.")
    database.transact(lambda session: add_closure_row(session, "oren-flerbrukshall", given, by=SERVICE, now=NOW))

    _, later = look(database, NOW)

    assert [one.at(friday).on(found[0].id) for one in (freedom, later)] == [[0], []]


@pytest.fixture
def hall(database: Database) -> Hall:
    """The hall, its rooms remembered before anything changes."""

    def prepare(session: Session) -> Hall:
        made = furnish(session)
        add_resource(session, OREN, NewResource(name="Stoler", quantity=40, lot=10, kind=ResourceKind.EQUIPMENT), by=made.kari, now=NOW)
        return made

    found = database.transact(prepare)
    remember(database, now=NOW)
    return found


OREN, GYM = "oren-flerbrukshall", "oren-flerbrukshall/gymsal-1"
WEEK = [HoursRow(weekday=day, start="09:00", end="16:00") for day in range(7)]
SHUT = ClosureInput(start=datetime(2026, 9, 15, 17), end=datetime(2026, 9, 15, 23), reason="Fordi.")
CAMP = SchoolInput(first_day=date(2026, 9, 14), last_day=date(2026, 9, 18), name="Leir")
CHAIRS = {"name": "Stoler", "quantity": 20}
STRICT = {**POLICY, "rules": [*POLICY["rules"], {**TWO_HOURS, "at_most": 30}]}


def revision(session: Session, path: str) -> int:
    return (room_at(session, path) if "/" in path else venue_named(session, path)).revision


# All that staff change of what a booking is judged by, each in its own transaction and upon the ones before it.
ACTS: dict[str, Callable[..., object]] = {
    "hours of a venue": lambda s, **of: set_opening_hours(s, OREN, "", HoursInput(rows=WEEK, version=revision(s, OREN)), **of),
    "hours of a room": lambda s, **of: set_opening_hours(s, OREN, "gymsal-1", HoursInput(rows=WEEK[:5], version=revision(s, GYM)), **of),
    "hours forgotten": lambda s, **of: forget_opening_hours(s, OREN, "gymsal-1", HoursInput(version=revision(s, GYM)), **of),
    "a closure": lambda s, **of: add_closure_row(s, OREN, SHUT, **of),
    "a closure withdrawn": lambda s, **of: withdraw_closure(s, s.scalars(select(Closure.id)).one(), **of),
    "a closure of a room": lambda s, **of: add_closure_row(s, OREN, SHUT.model_copy(update={"room": "gymsal-1"}), **of),
    "a closure ended": lambda s, **of: end_closure(s, s.scalars(select(Closure.id).order_by(-Closure.id)).first() or 0, **of),
    "a school holiday": lambda s, **of: add_school_period(s, "", CAMP, **of),
    "one of the venue's own": lambda s, **of: add_school_period(s, OREN, CAMP, **of),
    "a school holiday removed": lambda s, **of: remove_school_period(s, s.scalars(select(SchoolPeriod.id)).all()[-1], **of),
    "a policy": lambda s, **of: publish(s, place_at(s, ""), checked(STRICT), NOW.date(), **of),
    "a policy of the venue": lambda s, **of: publish(s, place_at(s, OREN), checked(of_place(OREN, "venue")), NOW.date(), **of),
    "a policy of the room": lambda s, **of: publish(s, place_at(s, GYM), checked(of_place(GYM, "room")), NOW.date(), **of),
    "more equipment": lambda s, **of: add_resource(s, OREN, NewResource(name="Bord", quantity=4, kind=ResourceKind.EQUIPMENT), **of),
    "less equipment": lambda s, **of: change_resource(s, 1, ChangedResource(**CHAIRS, version=s.get_one(Resource, 1).revision), **of),
    "no equipment": lambda s, **of: retire_resource(s, 1, **of),
    "equipment again": lambda s, **of: restore_resource(s, 1, **of),
    "the room": lambda s, **of: edit_room(s, GYM, RoomInput(name="Gym", capacity=12, version=revision(s, GYM)), **of),
    "the venue": lambda s, **of: edit_venue(s, OREN, VenueInput(name="Øren", version=revision(s, OREN)), **of),
    "the room retired": lambda s, **of: retire_room(s, GYM, version=revision(s, GYM), **of),
    "the room restored": lambda s, **of: restore_room(s, GYM, version=revision(s, GYM), **of),
}


def of_place(path: str, layer: str) -> dict[str, object]:
    return {"title": REASON, "layer": layer, "place": path, "rules": [{**TWO_HOURS, "at_most": 45}]}


def test_whatever_staff_change_of_rooms_no_booking_relies_on_what_was(database: Database, hall: Hall) -> None:
    for name, act in ACTS.items():
        remember(database, now=NOW)
        with database.reading() as session:
            _, before = remembered(session, GYM) or pytest.fail(name)
            assert is_current(session, before), name
        database.transact(act, by=hall.kari, now=NOW)
        with database.reading() as session:
            assert not is_current(session, before), name

        remember(database, now=NOW)
        with database.reading() as one, database.reading() as other:
            (room, known), read = remembered(one, GYM) or pytest.fail(name), room_at(other, GYM)
            assert told(room) == told(read), name
            assert known.opening == openings_of(other, [read], NOW.date(), date(2190, 1, 1))[read.id], name
            assert known.policies.scopes == in_force(other, read, date.min, date.max).scopes, name


def test_nothing_is_refused_for_what_a_room_was(database: Database, hall: Hall) -> None:
    database.transact(ACTS["the room retired"], by=hall.kari, now=NOW)
    database.transact(ACTS["no equipment"], by=hall.kari, now=NOW)
    with database.reading() as session:
        freedom_of(session, (), Interval(NOW, NOW + timedelta(days=1)), now=NOW)
    database.transact(ACTS["the room restored"], by=hall.kari, now=NOW)
    database.transact(ACTS["equipment again"], by=hall.kari, now=NOW)

    made = database.transact(reserve, wish(resources={"stoler": 10}), by=hall.berit, now=NOW)

    assert made.state is BookingState.BOOKED


def is_current(session: Session, known: Known) -> bool:
    try:
        require_current(session, known)
    except Outdated:
        return False
    return True


def told(room: Room) -> object:
    """All that stands in the rows of a room."""
    rows = [room, room.venue, *room.spaces, *room.venue.resources]
    return [{column.key: getattr(row, column.key) for column in row.__table__.columns} for row in rows]


def test_a_booking_reads_no_rules_that_stand_and_is_run_again_where_they_changed_meanwhile(database: Database, hall: Hall) -> None:
    book = partial(database.transact, reserve, by=hall.berit, now=NOW)
    with statements(database) as first:
        book(wish())
    database.transact(ACTS["a closure"], by=hall.kari, now=NOW)
    with statements(database) as second, pytest.raises(Declined):
        book(wish(start="2026-09-15T20:00", end="2026-09-15T21:00"))

    assert [sum("FROM opening_hours" in one for one in seen) for seen in (first, second)] == [0, 1]
    assert [sum("organisation.number =" in one for one in seen) for seen in (first, second)] == [1, 2]


def test_a_booking_that_is_run_again_relies_on_nothing_that_others_remember_meanwhile(database: Database, hall: Hall) -> None:
    staff = Database(database.url)

    class Overtaken(Database):
        def _once(self, verb: Callable[[Session], object], *, again: bool) -> object:
            if again:
                remember(self, now=NOW)
                staff.transact(ACTS["the venue"], by=hall.kari, now=NOW)
            return super()._once(verb, again=again)

    overtaken = Overtaken(database.url)
    remember(overtaken, now=NOW)
    staff.transact(ACTS["more equipment"], by=hall.kari, now=NOW)

    made = overtaken.transact(reserve, wish(), by=hall.berit, now=NOW)

    assert made.state is BookingState.BOOKED


ROOMS = {1: (11,), 2: (12,), 3: (11, 12), 4: (13, 12, 11), 5: (), 6: (13,)}
SPACES = st.sampled_from([11, 12, 13, 14])
FORTNIGHTS = st.integers(0, 2 * A_WEEK // 900).map(lambda quarters: quarters * 900)


@st.composite
def held(draw: st.DrawFn) -> Held:
    """The claims of one space in two weeks."""
    edges = sorted(draw(st.lists(FORTNIGHTS, max_size=8)))
    holds = draw(st.lists(st.tuples(FORTNIGHTS, st.integers(1, A_WEEK), st.integers(0, 9)), max_size=2))
    return Held(edges[: len(edges) // 2 * 2], tuple(Hold(start, start + length, until) for start, length, until in holds))


@settings(max_examples=200)
@given(
    changes=st.lists(st.dictionaries(SPACES, held(), max_size=3), min_size=1, max_size=4),
    times=st.lists(st.tuples(FORTNIGHTS, FORTNIGHTS), min_size=1),
)
def test_what_is_taken_is_what_the_last_change_of_each_space_left(changes: list[dict[int, Held]], times: list[tuple[int, int]]) -> None:
    taken, last = Taken(Bits(ROOMS), {}), {}
    for change in changes:
        taken = taken.with_changed(change)
        last |= change
        for start, end in (sorted(time) for time in times if time[0] != time[1]):
            met = {space for space, one in last.items() if any(begin < end and start < finish for begin, finish in claimed(one, now=4))}

            assert set(taken.bits.among(taken.over(start, end, 4))) == {room for room, spaces in ROOMS.items() if met.intersection(spaces)}


def claimed(one: Held, now: int) -> list[tuple[int, int]]:
    staying = [(start, end) for start, end in zip(one.edges[::2], one.edges[1::2], strict=True) if start < end]
    return staying + [(hold.start, hold.end) for hold in one.holds if hold.until > now]


MINUTES = st.one_of(st.integers(0, 24).map(lambda hour: hour * 60), st.integers(0, 1440))
FIRST = datetime(2026, 10, 20, tzinfo=UTC)  # the clock is set back in its week


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    rows = []
    for _ in range(draw(st.integers(0, 8))):
        begin, end = sorted((draw(MINUTES), draw(MINUTES)))
        since = draw(st.sampled_from([None, None, date(2026, 10, 24)]))
        rows.append(WeeklyHours(draw(st.integers(0, 7)), begin, end, draw(st.sampled_from(Openness)), since, None))
    closures = tuple(ClosedSpan(time, "Fordi.") for time in draw(st.lists(TIMES, max_size=2)))
    return Opening(draw(st.sampled_from(["Europe/Oslo", "Asia/Kathmandu", "UTC"])), tuple(rows), closures)


@st.composite
def spans(draw: st.DrawFn) -> Interval:
    grain = draw(st.sampled_from([1800, 300, 1]))
    start = FIRST + timedelta(seconds=draw(st.integers(0, 14 * 86_400)) // grain * grain)
    return Interval(start, start + timedelta(seconds=max(draw(st.integers(1, 130_000)) // grain, 1) * grain))


TIMES = spans()


@settings(max_examples=120)
@given(mine=openings(), other=openings(), times=st.lists(TIMES, min_size=1, max_size=8))
def test_how_open_rooms_are_in_bits_is_what_each_opening_says(mine: Opening, other: Opening, times: list[Interval]) -> None:
    hours = {1: mine, 2: other, 3: mine}
    bits = Bits(dict.fromkeys(hours, ()))
    weeks = Openings(bits, hours)

    for time in times:
        by_right, by_agreement = (set(bits.among(found)) for found in weeks.through(*seconds_of(time)))
        told = {room: opening.through(time) for room, opening in hours.items()}
        assert by_right == {room for room, openness in told.items() if openness is Openness.OPEN}
        assert by_agreement == {room for room, openness in told.items() if openness is Openness.BY_AGREEMENT}


@pytest.mark.parametrize("soonest", [False, True])
def test_free_times_come_soonest_first_and_of_each_room_the_first_when_that_is_asked(
    database: Database, dates: list[int], soonest: bool
) -> None:
    claims = Claims(database, dates, Random(8))
    claims.change()
    query = AvailabilityQuery.model_validate({"from": NOW, "to": NOW + timedelta(days=9), "minutes": 120, "soonest": soonest})
    found, freedom = look(database, NOW)
    span = Interval(NOW, NOW + timedelta(days=9))
    plain = []
    for room in found:
        opening = freedom.spots[room.id].opening
        mine = [
            time
            for time in between(edges(claims, opening, span), lambda time, at=(opening, room, NOW): is_free(claims, *at, time))
            if time.length >= timedelta(hours=2)
        ]
        plain += [(time.start, time.end, room.slug) for time in (mine[:1] if soonest else mine)]

    with database.reading() as session:
        told = availability(session, query, now=NOW).free

    assert [(one.start, one.end, one.room.rpartition("/")[2]) for one in told] == sorted(plain, key=lambda one: (one[0], one[2]))
