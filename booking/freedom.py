"""Freedom: when rooms are open and free, kept in memory by the revisions of their spaces; for looking only, no write relies on it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select, true
from sqlalchemy.orm import Session, joinedload, subqueryload

from booking.case import path_of
from booking.cells import A_WEEK, CELL, Asked, Hours, OpenTimes, Weeks, Window, runs, seconds_of, time_of, touched
from booking.conflicts import Draw, Pool
from booking.models import Claim
from booking.nearness import Place
from booking.resources import pools_of
from database.sql import epoch
from kernel.interval import Interval, merged, without
from kernel.wallclock import LATEST
from venues.models import Municipality, Resource, Room, Space, Venue
from venues.opening import Opening, Openness
from venues.queries import openings_of
from venues.search import sums_of

DAY = timedelta(days=1)
# Claims are bounded in length by what a booking may last, so a bounded start finds those that reach into a time.
LONGEST = timedelta(days=62)
# Of so many spaces and more all claims are read from end to end; of fewer the index is asked.
MANY = 200
A_BATCH = 20_000


class Loose(NamedTuple):
    """A claim that does not lie on cells, or that runs out: seconds since 1970."""

    start: int
    end: int
    until: int | None

    def meets(self, start: int, end: int, now: int) -> bool:
        return self.start < end and start < self.end and (self.until is None or self.until > now)


@dataclass(slots=True)
class Taken:
    """The claims of one space: as cells those that fill them and stay, the others one by one, and the cells that these touch."""

    cells: Weeks = field(default_factory=Weeks)
    loose: list[Loose] = field(default_factory=list)
    touched: Weeks = field(default_factory=Weeks)

    def add(self, start: int, end: int, until: int | None) -> None:
        if until is None and not start % CELL and not end % CELL:
            self.cells.add(start, end)
        else:
            self.loose.append(Loose(start, end, until))
            self.touched.add(start, end)


NOTHING = Taken()


@dataclass(frozen=True, slots=True)
class Spot:
    """A room as it is likened to others, with what decides when it can be had: its spaces and its hours."""

    place: Place
    spaces: tuple[int, ...]
    hours: Hours


NO_SPOTS: Mapping[int, Spot] = {}


@dataclass(frozen=True, slots=True)
class Freedom:
    """When rooms are open and free at a moment ``now``, by room id and space id, and units, by resource id; says the same as
    the database would."""

    spots: Mapping[int, Spot]
    pools: Mapping[int, Pool]
    taken: Mapping[int, Taken]
    now: int

    def opening(self, room: int) -> Opening:
        return self.spots[room].hours.opening

    def openness(self, room: int, asked: Asked) -> Mapping[int, Openness]:
        """How open a room is at those of the times at which it is not closed, by their number."""
        return asked.open_in(self.spots[room].hours).openness

    def is_free(self, room: int, asked: Asked) -> bool:
        """Whether a room is open, by agreement at least, and free at all of the times."""
        times = asked.open_in(self.spots[room].hours)
        return len(times.openness) == len(asked.times) and not any(self._is_met(one, times, asked) for one in self._held(room))

    def free_on(self, room: int, asked: Asked) -> list[int]:
        """The numbers of the times at which a room is open, by agreement at least, and free."""
        times = asked.open_in(self.spots[room].hours)
        met: set[int] = set()
        for one in self._held(room):
            met.update(times.met(one.cells))
            if one.loose:
                met.update(self._loosely_met(one, times, asked))
        return [number for number in times.openness if number not in met]

    def is_untaken(self, room: int, time: Interval) -> bool:
        """Whether nobody has any part of a room in a time, open or not."""
        return all(self._untaken(self.spots[room].spaces, time))

    def has_enough(self, draw: Draw) -> bool:
        """Whether as many units as are drawn are free all the time."""
        pool = self.pools.get(draw.resource)
        return pool is not None and sum(self._untaken(pool.units, draw.time)) >= pool.units_for(draw.count)

    def stretches(self, room: int, window: Window, least: int) -> Iterator[tuple[int, int]]:
        """The times in a window, in order, at which a room is open by right and free for at least so many seconds; in seconds."""
        held, hours = self._held(room), self.spots[room].hours
        if not any(one.touched[week] & bits for one in held if one.loose for week, bits in window.weeks):
            found = window.free_in(hours, [one.cells for one in held], least)
            if found is not None:
                return found
        claims = list(self._claims(held, window))
        exactly = (left for time in _open(hours.opening, window.span) for left in without(time, claims))
        return (seconds_of(time) for time in exactly if time.length.total_seconds() >= least)

    def _untaken(self, spaces: Iterable[int], time: Interval) -> Iterator[bool]:
        start, end = seconds_of(time)
        cells = list(touched(start, end))
        for held in (self.taken.get(space, NOTHING) for space in spaces):
            is_met = any(held.cells[week] & bits for week, bits in cells)
            yield not is_met and not any(claim.meets(start, end, self.now) for claim in held.loose)

    def _held(self, room: int) -> list[Taken]:
        return [self.taken.get(space, NOTHING) for space in self.spots[room].spaces]

    def _is_met(self, held: Taken, times: OpenTimes, asked: Asked) -> bool:
        return times.is_met(held.cells) or (bool(held.loose) and bool(self._loosely_met(held, times, asked)))

    def _loosely_met(self, held: Taken, times: OpenTimes, asked: Asked) -> list[int]:
        doubtful = ((number, *asked.seconds[number]) for number in times.met(held.touched))
        return [number for number, start, end in doubtful if any(one.meets(start, end, self.now) for one in held.loose)]

    def _claims(self, held: Sequence[Taken], window: Window) -> Iterator[Interval]:
        for one in held:
            for week, _ in window.weeks:
                yield from (time_of(week * A_WEEK + first, week * A_WEEK + last) for first, last in runs(one.cells[week], 1))
            for claim in one.loose:
                if claim.until is None or claim.until > self.now:
                    yield _interval(claim.start, claim.end)


def freedom_of(session: Session, rooms: Collection[int], span: Interval, *, now: datetime) -> Freedom:
    """The freedom of rooms, by their ids, over a span.

    One statement where nothing has changed since this process looked last; else two more for the spaces that
    changed, and six or seven where a venue or a room did. What a transaction that writes sees is its own, and what lies
    before the process began is kept nowhere: both are read for these rooms and this span alone.
    """
    keeper = _KEPT.setdefault(session.get_bind().engine, _Keeper())
    if session.connection().get_execution_options().get("writes") or not keeper.covers(span, now):
        spots = _spots(session, rooms, span)
        pools = pools_of(session, Resource.venue_id.in_({spot.place.venue for spot in spots.values()}))
        units = {unit for pool in pools.values() for unit in pool.units}
        spaces = {space for spot in spots.values() for space in spot.spaces}
        return Freedom(spots, pools, _read(session, span, spaces | units), int(now.timestamp()))
    return keeper.look(session, rooms, now)


def _open(opening: Opening, span: Interval) -> Iterator[Interval]:
    usable = merged(time for day, _ in opening.days_within(span) for time in opening.usable(day))
    return (part for time in usable if (part := time.common(span)) is not None)


@dataclass(frozen=True, slots=True)
class _State:
    """What was read, with the sums of revisions that it was true of."""

    spaces: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    revisions: Mapping[int, int] = field(default_factory=dict)
    taken: Mapping[int, Taken] = field(default_factory=dict)
    spots: Mapping[int, Spot] = field(default_factory=dict)
    pools: Mapping[int, Pool] = field(default_factory=dict)


class _Keeper:
    """What a process remembers of one database from the day before it first looked; all its threads read one state."""

    def __init__(self) -> None:
        self._state = _State()
        self._since: datetime | None = None
        self._lock = Lock()

    def covers(self, span: Interval, now: datetime) -> bool:
        with self._lock:
            self._since = self._since or now.replace(hour=0, minute=0, second=0, microsecond=0) - DAY
        return span.start >= self._since

    def look(self, session: Session, rooms: Collection[int], now: datetime) -> Freedom:
        sums = sums_of(session, Space, Municipality, Venue, Room)
        spaces, places = sums[:1], sums[1:]
        state = self._state
        if state.spaces != spaces or state.places != places or not state.spots.keys() >= set(rooms):
            with self._lock:
                state = self._state = self._renewed(session, rooms, spaces, places)
        return Freedom(state.spots, state.pools, state.taken, int(now.timestamp()))

    def _renewed(self, session: Session, rooms: Collection[int], spaces: tuple[int, ...], places: tuple[int, ...]) -> _State:
        """Revisions are read before the claims and the hours that they stand for: what is read is never older than its revision."""
        since = Interval(self._since or FAR - DAY, FAR)
        state = self._state
        if state.spaces != spaces:
            revisions = {row.id: row.revision for row in session.execute(select(Space.id, Space.revision))}
            changed = {space for space, revision in revisions.items() if state.revisions.get(space) != revision}
            read = _read(session, since, changed)
            taken = {**state.taken, **dict.fromkeys(changed, NOTHING), **read}
            state = replace(state, spaces=(sum(revisions.values()) + len(revisions),), revisions=revisions, taken=taken)
        kept, pools = (state.spots, state.pools) if state.places == places else ({}, pools_of(session, true()))
        unread = [room for room in rooms if room not in kept]
        spots = {**kept, **_spots(session, unread, since, before=state.spots)} if unread else kept
        return replace(state, places=places, spots=spots, pools=pools)


_KEPT: WeakKeyDictionary[Engine, _Keeper] = WeakKeyDictionary()
FAR = datetime(LATEST.year - 1, 1, 1, tzinfo=UTC)
CLAIMS = select(Claim.space_id, epoch(Claim.starts_at), epoch(Claim.ends_at), epoch(Claim.expires_at))


def _spots(session: Session, ids: Collection[int], span: Interval, *, before: Mapping[int, Spot] = NO_SPOTS) -> dict[int, Spot]:
    """Where the rooms are; hours that are equal to some known before are the same, with what was worked out of them."""
    hours = {spot.hours.opening: spot.hours for spot in before.values()}
    # selectinload would ask once per five hundred rooms.
    query = select(Room).where(Room.id.in_(ids)).options(joinedload(Room.venue), subqueryload(Room.spaces))
    rooms = session.scalars(query).all() if ids else ()
    openings = openings_of(session, rooms, span.start.date() - DAY, span.end.date() + DAY) if rooms else {}
    for opening in {id(opening): opening for opening in openings.values()}.values():
        hours.setdefault(opening, Hours(opening))
    return {room.id: Spot(_place(room), tuple(space.id for space in room.spaces), hours[openings[room.id]]) for room in rooms}


def _place(room: Room) -> Place:
    venue = room.venue
    where = None if venue.latitude is None or venue.longitude is None else (venue.latitude, venue.longitude)
    name, has = f"{venue.name}, {room.name}", frozenset(room.facilities)
    return Place(room.id, path_of(room), name, room.capacity, has, venue.id, venue.district_id, where)


def _read(session: Session, span: Interval, spaces: Collection[int]) -> dict[int, Taken]:
    """The claims of these spaces in a span; one statement, none without spaces."""
    found: dict[int, Taken] = {}
    query = CLAIMS.where(Claim.starts_at >= span.start - LONGEST, Claim.starts_at < span.end, Claim.ends_at > span.start)
    if len(spaces) < MANY:
        query = query.where(Claim.space_id.in_(sorted(spaces)))
    rows: Iterable[Any] = session.execute(query, execution_options={"yield_per": A_BATCH}) if spaces else ()
    for space, start, end, until in rows:
        if space in spaces:
            held = found.get(space)
            if held is None:
                held = found[space] = Taken()
            held.add(start, end, until)
    return found


def _interval(start: int, end: int) -> Interval:
    return Interval(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
