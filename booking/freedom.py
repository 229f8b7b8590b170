"""Freedom: when rooms are open and free, kept in memory by the revisions of their spaces; for looking. A write relies on
the rooms alone, once it has seen behind its locks that they are the same."""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import and_, or_
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, String, case, cast, func, null, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, subqueryload

from booking.case import Known
from booking.conflicts import Draw, Pool
from booking.facts import room_facts
from booking.likeness import place_in
from booking.models import Claim, Vacancy
from booking.nearness import Place
from booking.resources import pools_of
from booking.timetable import NONE, Bits, Claims, Hold, Openings, Taken, by_week, seconds_of, stretches
from database.sql import epoch
from database.transact import AGAIN, Database, Outdated
from kernel.interval import Interval
from kernel.wallclock import LATEST
from policies.queries import InForce, in_force_for
from policies.request import RoomFacts
from venues.models import Municipality, Resource, Room, Space, Venue
from venues.opening import Opening
from venues.queries import openings_of
from venues.search import sums_of

DAY = timedelta(days=1)
# Claims are bounded in length by what a booking may last, so a bounded start finds those that reach into a time.
LONGEST = timedelta(days=62)
# Of so many spaces and more all claims are read from end to end; of fewer the index is asked.
MANY = 200
A_BATCH = 100
# So many weeks ahead are worked out with the first look, others when they are asked for.
AHEAD = 53
FAR = datetime(LATEST.year - 1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Spot:
    """A room as it is likened to others and as rules read it, with what decides whether and when it can be had: that it and its venue
    are in use, its spaces, its hours and the policies of all days.

    ``whole`` is the row with its venue and that one's resources; where the spot is remembered it belongs to no session.
    """

    place: Place
    room: RoomFacts
    is_used: bool
    spaces: tuple[int, ...]
    opening: Opening
    policies: InForce
    whole: Room


NO_SPOTS: Mapping[int, Spot] = {}


@dataclass(frozen=True, slots=True)
class Free:
    """Which rooms are free at each of some times: open by right, and open by agreement only."""

    bits: Bits
    by_right: Sequence[int]
    by_agreement: Sequence[int]

    def on(self, room: int) -> list[int]:
        """The numbers of the times at which a room is free and open, by agreement at least."""
        bit = self.bits.of[room]
        return [number for number, both in enumerate(zip(self.by_right, self.by_agreement, strict=True)) if (both[0] | both[1]) & bit]

    def by_right_on(self, room: int) -> list[int]:
        """The numbers of the times at which a room is free and open by right."""
        bit = self.bits.of[room]
        return [number for number, rooms in enumerate(self.by_right) if rooms & bit]

    def rooms_by_right(self, number: int) -> Iterator[int]:
        """The rooms that are free and open by right at one of the times."""
        return self.bits.among(self.by_right[number])

    def throughout(self) -> Iterator[int]:
        """The rooms that are free and open, by agreement at least, at all of the times."""
        each = (right | agreed for right, agreed in zip(self.by_right, self.by_agreement, strict=True))
        return self.bits.among(reduce(and_, each, self.bits.every))


@dataclass(frozen=True, slots=True)
class Freedom:
    """When rooms are open and free at a moment ``now``, by room id, and how many units, by resource id; says the same as the
    database would."""

    spots: Mapping[int, Spot]
    pools: Mapping[int, Pool]
    taken: Taken
    openings: Openings
    now: int

    def of_the_kind(self, room: int) -> list[int]:
        """The ids of all rooms in use of a room's kind, and its own, in order."""
        kind = self.spots[room].room.kind
        return sorted(one for one, spot in self.spots.items() if one == room or (spot.is_used and spot.room.kind == kind))

    def at(self, times: Iterable[Interval]) -> Free:
        """Which rooms are open and free through each of the times."""
        by_right, by_agreement = [], []
        for start, end in map(seconds_of, times):
            untaken = ~self.taken.over(start, end, self.now)
            right, agreed = self.openings.through(start, end)
            by_right.append(right & untaken)
            by_agreement.append(agreed & untaken)
        return Free(self.taken.bits, by_right, by_agreement)

    def is_untaken(self, room: int, time: Interval) -> bool:
        """Whether nobody has any part of a room in a time, open or not."""
        return not self.taken.over(*seconds_of(time), self.now) & self.taken.bits.of[room]

    def has_enough(self, draw: Draw) -> bool:
        """Whether as many units as are drawn are free all the time."""
        pool, (start, end) = self.pools.get(draw.resource), seconds_of(draw.time)
        every, claims = pool.every if pool else (), self.taken.claims
        held = {unit for unit in every if not claims.get(unit, NONE).is_free(start, end, self.now)}
        return pool is not None and len(pool.free_but(held)) >= pool.units_for(draw.count)

    def stretches(self, rooms: Iterable[int], span: Interval, least: int, *, once: bool = False) -> Iterator[tuple[int, int, int]]:
        """The times within a span at which rooms are open by right and free for at least so many seconds: start, end, room.

        They come by their starts; ``once`` is the first of each room only.
        """
        bits = self.taken.bits
        found = stretches(self._turning(*seconds_of(span)), reduce(or_, (bits.of[room] for room in rooms), 0), least, once=once)
        return ((start, end, room) for start, end, free in found for room in bits.among(free))

    def _turning(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The moments at which anything turns, with the rooms that are not to be had from there on."""
        for week, begins, ends in by_week(start, end):
            taken, shut = self.taken.weeks[week], self.openings.weeks[week].shut
            within = (moment for moment in (*taken.moments, *shut.moments) if begins < moment < ends)
            for moment in sorted({begins, *within}):
                yield moment, taken.over(moment, moment + 1, self.now) | shut.over(moment, moment + 1)
        yield end, self.taken.bits.every


def freedom_of(session: Session, rooms: Collection[int] | Callable[[], Collection[int]], span: Interval, *, now: datetime) -> Freedom:
    """The freedom of rooms, by their ids or by what tells those, over a span; of others too where they are remembered.

    One statement where nothing has changed since this process looked last; else two more for the spaces that
    changed, and eight or nine where a venue, a room or a policy did. What a transaction that writes sees is its own, and what lies
    before the process began is kept nowhere: both are read for these rooms and this span alone.
    """
    keeper = _keeper_of(session.get_bind().engine)
    if session.connection().get_execution_options().get("writes") or not keeper.covers(span, now):
        spots = _spots(session, span, rooms() if callable(rooms) else rooms)
        pools = pools_of(session, Resource.venue_id.in_({spot.place.venue for spot in spots.values()}))
        spaces = {space for spot in spots.values() for space in spot.spaces} | {unit for pool in pools.values() for unit in pool.every}
        bits = _bits(spots)
        return Freedom(spots, pools, Taken(bits, _read(session, span, spaces)), _openings(bits, spots), int(now.timestamp()))
    return keeper.look(session, now)


def remember(database: Database, *, now: datetime) -> None:
    """Let this process know all rooms, where it does not, for bookings to come."""
    keeper = _keeper_of(database.engine)
    if not keeper.is_told:
        with database.reading() as session:
            keeper.learn(session, now)


def remembered(session: Session, path: str) -> tuple[Room, Known] | None:
    """A room as it is remembered, which belongs to no session, with what is known of it; None where it is not, and where the verb
    is run again: other requests may have remembered meanwhile what is old by then.

    Nothing may be written that relies on it without ``require_current``.
    """
    keeper = None if session.info.get(AGAIN) else _KEPT.get(session.get_bind().engine)
    return keeper.known(path) if keeper else None


def require_current(session: Session, known: Known | None) -> None:
    """Behind the locks: raises Outdated where any room, its hours, closures, equipment or policies are others by now.

    Each change of these raises a revision in its own transaction. So this one statement sees what the statements that read all
    of it would see here, on PostgreSQL too, where each sees what was committed until then.
    """
    session.flush()
    if known and known.sums != sums_of(session, *OF_ROOMS):
        _KEPT[session.get_bind().engine].forget()
        raise Outdated


@dataclass(frozen=True, slots=True)
class _State:
    """What was read, with the sums of revisions that it was true of: of rooms and what goes for them, and of claims."""

    sums: tuple[int, ...] = ()
    claimed: int = -1
    revisions: Mapping[int, int] = field(default_factory=dict)
    spots: Mapping[int, Spot] = field(default_factory=dict)
    by_path: Mapping[str, Spot] = field(default_factory=dict)
    pools: Mapping[int, Pool] = field(default_factory=dict)
    taken: Taken = field(default_factory=lambda: Taken(Bits({}), {}))
    bits: Bits = field(default_factory=lambda: Bits({}))
    openings: Openings = field(default_factory=lambda: Openings(Bits({}), {}))


class _Keeper:
    """What a process remembers of one database from the day before it first looked; all its threads read one state."""

    def __init__(self) -> None:
        self._state = _State()
        self._since = FAR
        self._lock = Lock()

    def covers(self, span: Interval, now: datetime) -> bool:
        self._begin(now)
        return span.start >= self._since

    def look(self, session: Session, now: datetime) -> Freedom:
        claimed, *sums = sums_of(session, Space, *OF_ROOMS)
        state = self._state
        if (state.sums, state.claimed) != (tuple(sums), claimed):
            with self._lock:
                state = self._state = self._counted(session, self._placed(session, tuple(sums)), claimed)
        return Freedom(state.spots, state.pools, state.taken, state.openings, int(now.timestamp()))

    @property
    def is_told(self) -> bool:
        """Whether it knows the rooms, as they are or were."""
        return bool(self._state.sums)

    def learn(self, session: Session, now: datetime) -> None:
        """Read the rooms, without what is claimed in them."""
        self._begin(now)
        sums = sums_of(session, *OF_ROOMS)
        with self._lock:
            self._state = self._placed(session, sums)

    def known(self, path: str) -> tuple[Room, Known] | None:
        """The row of a room, which belongs to no session, and what is remembered of it."""
        state = self._state
        spot = state.by_path.get(path) if state.sums else None
        return (spot.whole, Known(state.sums, self._since.date(), spot.opening, spot.policies)) if spot else None

    def forget(self) -> None:
        """Let the rooms be read again before they are relied on."""
        with self._lock:
            self._state = replace(self._state, sums=())

    def _begin(self, now: datetime) -> None:
        with self._lock:
            if self._since == FAR:
                self._since = now.replace(hour=0, minute=0, second=0, microsecond=0) - DAY

    def _placed(self, session: Session, sums: tuple[int, ...]) -> _State:
        """Revisions are read before the rooms and the hours that they stand for: what is read is never older than its revision."""
        state = self._state
        if state.sums == sums:
            return state
        # What is kept outlives the session that asks, and is read by all threads: a session of its own lets go of it.
        with Session(session.connection()) as own:
            spots, pools = _spots(own, Interval(self._since, FAR), before=state.spots), pools_of(own, true())
        by_path = {spot.place.path: spot for spot in spots.values()}
        bits = _bits(spots)
        return replace(state, sums=sums, spots=spots, by_path=by_path, pools=pools, bits=bits, openings=_openings(bits, spots))

    def _counted(self, session: Session, state: _State, claimed: int) -> _State:
        """As for the rooms, with the claims."""
        since, taken, bits = Interval(self._since, FAR), state.taken, state.bits
        if state.claimed != claimed:
            revisions = {row.id: row.revision for row in session.execute(select(Space.id, Space.revision))}
            changed = {space for space, revision in revisions.items() if state.revisions.get(space) != revision}
            claimed, taken = sum(revisions.values()) + len(revisions), taken.with_changed(_read(session, since, changed))
            state = replace(state, revisions=revisions)
        if not taken.bits.is_like(bits):
            taken = Taken(bits, taken.claims)
            taken.work_out(seconds_of(since)[0], AHEAD)
        return replace(state, claimed=claimed, taken=taken)


OF_ROOMS = (Municipality, Venue, Room)
_KEPT: WeakKeyDictionary[Engine, _Keeper] = WeakKeyDictionary()


def _keeper_of(engine: Engine) -> _Keeper:
    return _KEPT.get(engine) or _KEPT.setdefault(engine, _Keeper())


def _spots(
    session: Session, span: Interval, ids: Collection[int] | None = None, *, before: Mapping[int, Spot] = NO_SPOTS
) -> dict[int, Spot]:
    """Where rooms are, of all without ids; openings equal to some known before are the same, with what was worked out of them."""
    # selectinload would ask once per five hundred rooms.
    query = select(Room).options(joinedload(Room.venue).subqueryload(Venue.resources), subqueryload(Room.spaces))
    rooms = session.scalars(query if ids is None else query.where(Room.id.in_(ids))).all()
    found = openings_of(session, rooms, span.start.date() - DAY, span.end.date() + DAY) if rooms else {}
    policies = in_force_for(session, rooms, date.min, date.max)
    known = {spot.opening: spot.opening for spot in {id(spot.opening): spot for spot in before.values()}.values()}
    openings = {id(opening): known.setdefault(opening, opening) for opening in {id(one): one for one in found.values()}.values()}
    return {
        room.id: Spot(
            place=place_in(room),
            room=room_facts(room),
            is_used=_is_used(room),
            spaces=tuple(space.id for space in room.spaces),
            opening=openings[id(found[room.id])],
            policies=policies[room.id],
            whole=room,
        )
        for room in rooms
    }


def _is_used(room: Room) -> bool:
    return room.retired_at is None and room.venue.retired_at is None


def _bits(spots: Mapping[int, Spot]) -> Bits:
    return Bits({room: spot.spaces for room, spot in spots.items()})


def _openings(bits: Bits, spots: Mapping[int, Spot]) -> Openings:
    return Openings(bits, {room: spot.opening for room, spot in spots.items()})


def _listed(*columns: InstrumentedAttribute[Any], where: ColumnElement[bool]) -> ColumnElement[str]:
    """The moments of all claims of a space behind each other: a row for each would be a million."""
    told: ColumnElement[str] = reduce(lambda one, other: one + "," + other, [cast(epoch(column), String) for column in columns])
    return func.aggregate_strings(case((where, told)), ",")


STAYING = _listed(Claim.starts_at, Claim.ends_at, where=Claim.expires_at.is_(None))
HOLDING = _listed(Claim.starts_at, Claim.ends_at, Claim.expires_at, where=Claim.expires_at.is_not(None))
CLAIMS = select(Claim.space_id, STAYING, HOLDING).group_by(Claim.space_id)
# What is kept for those who stand in line is a hold like others.
KEPT = _listed(Vacancy.starts_at, Vacancy.ends_at, Vacancy.kept_until, where=Vacancy.kept_until.is_not(None))
VACANCIES = select(Vacancy.space_id, cast(null(), String), KEPT).group_by(Vacancy.space_id)


def _read(session: Session, span: Interval, spaces: Collection[int]) -> dict[int, Claims]:
    """The claims of these spaces in a span; one statement, none without spaces."""
    found = dict.fromkeys(spaces, Claims())
    query = CLAIMS.where(Claim.starts_at >= span.start - LONGEST, Claim.starts_at < span.end, Claim.ends_at > span.start)
    if len(spaces) < MANY:
        query = query.where(Claim.space_id.in_(sorted(spaces)))
    both = union_all(query, VACANCIES)
    for space, staying, holding in session.execute(both, execution_options={"yield_per": A_BATCH}) if spaces else ():
        if space in found:
            moments, holds = _numbers(staying), _numbers(holding)
            # Where one claim ends and another begins nothing turns.
            edges = array("q", sorted(set(moments[::2]) ^ set(moments[1::2])))
            held = (*found[space].holds, *map(Hold, holds[::3], holds[1::3], holds[2::3]))
            found[space] = Claims(edges or found[space].edges, held)
    return found


def _numbers(listed: str | None) -> list[int]:
    return list(map(int, listed.split(","))) if listed else []
