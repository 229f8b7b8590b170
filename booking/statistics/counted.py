"""Counted: the dates of a period summed in the database - by kind of day and minute of the week, or by who booked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from booking.models import Booking, Occurrence, Sought, Usage
from booking.outcome import TAKEN, TOO_FEW
from booking.states import BookingKind, OccurrenceState, UsageKind
from booking.statistics.clock import A_DAY, A_WEEK, FROM_MONDAY, HOUR, Clock
from booking.support.grants.rows import within
from database.sql import epoch
from kernel.money import Ore
from kernel.wallclock import to_wall

# Values from which on another number holds.
Turns = Sequence[tuple[Any, int]]
SAID = (UsageKind.USED, UsageKind.UNUSED)
MINUTE = epoch(Occurrence.starts_at) // 60
MINUTES = (epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) // 60
IS_UNPRICED = Occurrence.list_price.is_(None)
UNPRICED = case((IS_UNPRICED, 1), else_=0)
ONE: ColumnElement[int] = literal_column("1").label("dates")
COUNTED: tuple[ColumnElement[Any], ...] = (ONE, Occurrence.list_price.label("listed"), Occurrence.charged_price.label("charged"))
SUMMED = ("dates", "minutes", "listed", "charged")


class Became(IntEnum):
    """What became of a date: BOOKED, of these UNUSED; BLOCKED is time that is kept empty."""

    BOOKED = 0
    UNUSED = 1
    BLOCKED = 2
    CANCELLED = 3
    DISPLACED = 4
    REFUSED = 5


BY_NUMBER = tuple(Became)


def _last(said: type[Usage]) -> ColumnElement[bool]:
    """That nothing else was said later of whether a date was used."""
    later = aliased(Usage)
    rest = select(later.id).where(later.occurrence_id == said.occurrence_id, later.kind.in_(SAID), later.id > said.id)
    return ~rest.exists()


SAID_UNUSED = select(Usage.occurrence_id).where(Usage.kind == UsageKind.UNUSED, _last(Usage))
NOBODY_CAME = or_(Occurrence.absent_at.is_not(None), Occurrence.id.in_(SAID_UNUSED))
BLOCKS = select(Booking.id).where(Booking.kind == BookingKind.BLOCK)
# Of these nobody ever said yes: neither the rules, nor who decides, nor their organisation.
UNDECIDED = select(Booking.id).where(Booking.decided_at.is_(None), or_(Booking.decider != "", Booking.confirm_by.is_not(None)))
OF_BOOKED = case((Occurrence.booking_id.in_(BLOCKS), int(Became.BLOCKED)), (NOBODY_CAME, int(Became.UNUSED)), else_=int(Became.BOOKED))
BECAME: ColumnElement[int] = case(
    (Occurrence.state == OccurrenceState.BOOKED, OF_BOOKED),
    (or_(Occurrence.state == OccurrenceState.DISPLACED, Occurrence.lost_to != ""), int(Became.DISPLACED)),
    (Occurrence.state == OccurrenceState.CANCELLED, int(Became.CANCELLED)),
    else_=int(Became.REFUSED),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which dates: of these rooms (``is_all``: there are no others), each with the room that stands for those that it is like, and of
    these bookings, as they stand at ``now``."""

    clock: Clock
    now: datetime
    rooms: Mapping[int, int]
    is_all: bool = False
    bookings: Sequence[ColumnElement[bool]] = ()

    @property
    def wanted(self) -> tuple[ColumnElement[bool], ...]:
        """What a date must be to be counted: one that waits in line is refused when its time has come, and a request that was
        withdrawn before anybody decided on it is none."""
        lost = and_(Occurrence.state == OccurrenceState.SKIPPED, Occurrence.reason.in_((TAKEN, TOO_FEW)))
        in_vain = and_(Occurrence.state == OccurrenceState.WAITING, Occurrence.starts_at <= self.now)
        given_back = and_(
            Occurrence.state == OccurrenceState.CANCELLED, or_(Occurrence.lost_to != "", Occurrence.booking_id.not_in(UNDECIDED))
        )
        always = (OccurrenceState.BOOKED, OccurrenceState.DISPLACED, OccurrenceState.REFUSED)
        found = [*within(self.clock.first, self.clock.last), or_(Occurrence.state.in_(always), given_back, lost, in_vain)]
        if not self.is_all:
            found.append(Occurrence.room_id.in_(sorted(self.rooms)))
        if self.bookings:
            found.append(Occurrence.booking_id.in_(select(Booking.id).outerjoin(Booking.organisation).where(*self.bookings)))
        return tuple(found)

    @property
    def likeness(self) -> ColumnElement[int]:
        """The room that stands for those that a date's room is like."""
        every = sorted(self.rooms.items())
        if all(room == like for room, like in every):
            return Occurrence.room_id.expression
        return halved([one for at, one in enumerate(every) if not at or every[at - 1][1] != one[1]], Occurrence.room_id)


class Time(NamedTuple):
    """Of dates on days of a kind: from which minute of the local week, how long each, what became of them; ``start`` of ODD ones."""

    kind: int
    week_minute: int
    each: int
    became: Became
    is_unpriced: bool
    start: datetime | None = None


class Dates(NamedTuple):
    """Dates in rooms of a likeness: how many, with what their list prices and charged prices come to."""

    likeness: int
    dates: int
    listed: Ore
    charged: Ore


class Owned(NamedTuple):
    """Dates by the values of the columns asked for, that became the same; minutes, kind of day and likeness of those without a price."""

    by: tuple[Any, ...]
    became: Became
    unpriced: tuple[int, ...] | None
    dates: int
    minutes: int
    listed: Ore
    charged: Ore


def by_time(session: Session, scope: Scope) -> Iterator[tuple[Time, Sequence[Dates]]]:
    """The dates of a period by time and what became of them, and by room. One statement, and one for what is odd: a date that passes
    midnight, or during which the clock may change, has no others like it."""
    clock, likenesses = scope.clock, max(scope.rooms.values(), default=0) + 1
    kind, minute = halved(clock.turns, Occurrence.starts_at), (MINUTE + FROM_MONDAY + halved(clock.offsets, Occurrence.starts_at)) % A_WEEK
    # One number: it is sorted and hashed faster than its parts.
    key = packed(MINUTES, (kind, len(clock.kinds)), (minute, A_WEEK), (BECAME, 8), (UNPRICED, 2), (scope.likeness, likenesses))
    alike: dict[int, list[Dates]] = defaultdict(list)
    for number, *sums in session.execute(_sums(select(key.label("key"), *COUNTED).where(*scope.wanted))):
        time, likeness = divmod(number, likenesses)
        alike[time].append(Dates(likeness, *sums))
    changing, has_odd = [number for number, one in enumerate(clock.kinds) if one.is_changing], False
    for time, dates in alike.items():
        each, kind_, week_minute, became, unpriced = unpacked(time, len(clock.kinds), A_WEEK, 8, 2)
        if kind_ in changing or week_minute % A_DAY + each > A_DAY:
            has_odd = True
        else:
            yield Time(kind_, week_minute, each, BY_NUMBER[became], bool(unpriced)), dates
    if has_odd:
        yield from _odd(session, scope, or_(kind.in_(changing), minute % A_DAY + MINUTES > A_DAY))


def _odd(session: Session, scope: Scope, odd: ColumnElement[bool]) -> Iterable[tuple[Time, Sequence[Dates]]]:
    """Dates by the moment at which they begin."""
    clock, found = scope.clock, defaultdict[Time, list[Dates]](list)
    rows = select(Occurrence.starts_at, MINUTES.label("each"), BECAME, UNPRICED, scope.likeness.label("likeness"), *COUNTED)
    for start, each, became, unpriced, likeness, *sums in session.execute(_sums(rows.where(odd, *scope.wanted))):
        local = to_wall(start, clock.zone)
        week_minute = local.weekday() * A_DAY + local.hour * HOUR + local.minute
        time = Time(clock.kind_at(start), week_minute, each, BY_NUMBER[became], bool(unpriced), start)
        found[time].append(Dates(likeness, *sums))
    return found.items()


def by_booker(session: Session, scope: Scope, *by: ColumnElement[Any]) -> Iterator[Owned]:
    """The dates of a period by columns of their bookings. One statement: it sums by booking before it reads these."""
    clock, likenesses = scope.clock, max(scope.rooms.values(), default=0) + 1
    rated = packed(MINUTES, (halved(clock.turns, Occurrence.starts_at), len(clock.kinds)), (scope.likeness, likenesses))
    key = packed(Occurrence.booking_id.expression, (BECAME, 8))
    rows = select(key.label("key"), case((IS_UNPRICED, rated)).label("rated"), MINUTES.label("minutes"), *COUNTED)
    alike = _sums(rows.where(*scope.wanted)).subquery()
    columns = (*(column.label(f"by_{number}") for number, column in enumerate(by)), (alike.c.key % 8).label("became"), alike.c.rated)
    owned = select(*columns, *(alike.c[name] for name in SUMMED)).join(Booking, Booking.id == alike.c.key // 8)
    for *values, became, number, dates, minutes, listed, charged in session.execute(_sums(owned.outerjoin(Booking.organisation))):
        unpriced = None if number is None else unpacked(number, len(clock.kinds), likenesses)
        yield Owned(tuple(values), BY_NUMBER[became], unpriced, dates, minutes, listed, charged)


def visits(session: Session, scope: Scope) -> Sequence[Any]:
    """Dates that have been and to which anybody came, by participants as booked, and as confirmed with their heads (None where neither
    was): how many, and of how many bookings. One statement."""
    said = aliased(Usage)
    confirmed = cast(said.participants, String).label("confirmed")
    columns: tuple[ColumnElement[Any], ...] = (Occurrence.booking_id.expression, confirmed, said.heads.expression, ONE)
    query = select(*columns).select_from(Occurrence)
    query = query.outerjoin(said, and_(said.occurrence_id == Occurrence.id, said.kind == UsageKind.USED, _last(said)))
    has_been = and_(*scope.wanted, BECAME.in_([Became.BOOKED]), Occurrence.ends_at <= scope.now)
    alike = _sums(query.where(has_been)).subquery()
    keys = (cast(Booking.participants, String).label("booked"), alike.c.confirmed, alike.c.heads)
    whole = select(*keys, _sum(alike.c.dates), func.count()).join(alike, alike.c.booking_id == Booking.id)
    return session.execute(whole.group_by(*keys)).all()


def sought(session: Session, first: date, last: date) -> Sequence[Any]:
    """What was sought in vain for the days from first to last, by district, room, day, weekday and minute: how often. One statement."""
    day = func.coalesce(Sought.wanted_day, Sought.on_day).label("day")
    keys = (Sought.district, Sought.room, day, Sought.weekday, Sought.from_minute)
    query = select(*keys, func.count().label("times")).where(day >= first, day <= last)
    return session.execute(query.group_by(*keys)).all()


def halved(turns: Turns, column: Any) -> ColumnElement[int]:
    """The number of the stretch in which a column's value lies, sought by halves."""
    if len(turns) == 1:
        return literal_column(str(int(turns[0][1])))
    middle = len(turns) // 2
    return case((column < literal(turns[middle][0], column.type), halved(turns[:middle], column)), else_=halved(turns[middle:], column))


def packed(first: ColumnElement[int], *others: tuple[ColumnElement[int], int]) -> ColumnElement[int]:
    """Numbers in one, each of the others below its bound."""
    found: ColumnElement[int] = cast(first, BigInteger)
    for number, below in others:
        found = found * literal_column(str(below)) + number
    return found


def unpacked(number: int, *bounds: int) -> tuple[int, ...]:
    """The numbers again."""
    found = []
    for below in reversed(bounds):
        number, rest = divmod(number, below)
        found.append(rest)
    return (number, *reversed(found))


def _sums(rows: Select[Any]) -> Select[Any]:
    """Rows that are alike but for what is SUMMED, with the sums.

    Behind an OFFSET an expression is a value. Without, SQLite sorts all columns that it reads, and PostgreSQL takes no two rows for
    alike, and sorts them too.
    """
    found = rows.offset(0).subquery()
    by = [column for column in found.c if column.name not in SUMMED]
    return select(*by, *(_sum(found.c[name]).label(name) for name in SUMMED if name in found.c)).group_by(*by)


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """Of whole numbers PostgreSQL makes a numeric sum, and of none both make nothing."""
    return func.coalesce(cast(func.sum(column), BigInteger), 0)
