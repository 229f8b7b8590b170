"""Counted: the dates of a period summed in the database - by kind of day and minute of the week, or by who booked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    false,
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
from database.sql import day_of, epoch
from kernel.money import Ore
from kernel.wallclock import local_day, to_wall

# Values from which on another number holds.
Turns = Sequence[tuple[Any, int]]
SAID = (UsageKind.USED, UsageKind.UNUSED)
MINUTE = epoch(Occurrence.starts_at) // 60
MINUTES = (epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) // 60
IS_UNPRICED = Occurrence.list_price.is_(None)
UNPRICED = case((IS_UNPRICED, 1), else_=0)
MONEY = (func.coalesce(Occurrence.list_price, 0).label("listed"), func.coalesce(Occurrence.charged_price, 0).label("charged"))
# Bounds of what is packed into one number: kinds of days, and minutes of a date within a day.
KINDS, LONGEST = 4096, 2048
PASSING, CHANGING = KINDS - 1, KINDS - 2
ODD = (PASSING, CHANGING)


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
BECAME: ColumnElement[int] = case(
    (and_(Occurrence.state == OccurrenceState.BOOKED, Occurrence.booking_id.in_(BLOCKS)), int(Became.BLOCKED)),
    (and_(Occurrence.state == OccurrenceState.BOOKED, NOBODY_CAME), int(Became.UNUSED)),
    (Occurrence.state == OccurrenceState.BOOKED, int(Became.BOOKED)),
    (or_(Occurrence.state == OccurrenceState.DISPLACED, Occurrence.lost_to != ""), int(Became.DISPLACED)),
    (Occurrence.state == OccurrenceState.CANCELLED, int(Became.CANCELLED)),
    else_=int(Became.REFUSED),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which dates: of these rooms (``is_all``: there are no others), each with the number of those that it is like, and of these
    bookings, as they stand at ``now``."""

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
        """The number of the rooms that a date's room is like."""
        every = sorted(self.rooms.items())
        turns = [(room, number) for at, (room, number) in enumerate(every) if not at or every[at - 1][1] != number]
        return halved(turns or [(0, 0)], Occurrence.room_id)


class Dates(NamedTuple):
    """Dates that are alike: of rooms of a likeness, on days of a kind (ODD: told one by one), from a minute of the local week, each so
    long, became the same; with what their list prices and charged prices come to, and ``start`` where it is one alone."""

    likeness: int
    kind: int
    week_minute: int
    each: int
    became: Became
    is_unpriced: bool
    dates: int
    listed: Ore
    charged: Ore
    start: datetime | None = None


class Owned(NamedTuple):
    """Dates by the values of the columns asked for, that became the same; rooms, kind of day and minutes where they have no price."""

    by: tuple[Any, ...]
    became: Became
    unpriced: tuple[int, ...] | None
    dates: int
    minutes: int
    listed: Ore
    charged: Ore


def by_time(session: Session, scope: Scope) -> Iterator[Dates]:
    """The dates of a period by room, time and what became of them. One statement, and one each for those that pass midnight and those
    of days on which the clock changes, which come one by one."""
    clock = scope.clock
    passes = day_of(Occurrence.local_end) != day_of(Occurrence.local_start)
    kind = case((passes, PASSING), else_=halved(_with_changes(clock), Occurrence.starts_at))
    minute = (MINUTE + FROM_MONDAY + halved(clock.offsets, Occurrence.starts_at)) % A_WEEK
    # Those that pass midnight are read one by one below, and may be longer than what there is place for here.
    minutes = case((passes, 0), else_=MINUTES)
    # One number: SQLite sorts by it faster than by its parts.
    key = packed(scope.likeness, (kind, KINDS), (minute, A_WEEK), (minutes, LONGEST), (BECAME, 8), (UNPRICED, 2))
    odd = set()
    for number, *sums in session.execute(_sums(select(key.label("key"), *MONEY).where(*scope.wanted).subquery())):
        likeness, kind_, week_minute, each, became, unpriced = unpacked(number, KINDS, A_WEEK, LONGEST, 8, 2)
        if kind_ in ODD:
            odd.add(kind_)
        else:
            yield Dates(likeness, kind_, week_minute, each, BY_NUMBER[became], bool(unpriced), *sums)
    wanted = {PASSING: passes, CHANGING: and_(~passes, or_(false(), *(_on(day, clock) for day in clock.changes)))}
    for condition in (wanted[one] for one in sorted(odd)):
        alone = select(scope.likeness, Occurrence.starts_at, MINUTES, BECAME, UNPRICED, *MONEY).where(*scope.wanted, condition)
        for likeness, start, each, became, unpriced, listed, charged in session.execute(alone):
            local = to_wall(start, clock.zone)
            week_minute = local.weekday() * A_DAY + local.hour * HOUR + local.minute
            at = (likeness, clock.kind_at(start), week_minute, each)
            yield Dates(*at, BY_NUMBER[became], bool(unpriced), 1, listed, charged, start)


def by_booker(session: Session, scope: Scope, *by: ColumnElement[Any]) -> Iterator[Owned]:
    """The dates of a period by columns of their bookings. One statement."""
    unpriced = packed(scope.likeness, (halved(scope.clock.turns, Occurrence.starts_at), KINDS), (MINUTES, LONGEST * 100))
    columns = (*(column.label(f"by_{number}") for number, column in enumerate(by)), BECAME.label("became"))
    rows = select(*columns, case((IS_UNPRICED, unpriced)).label("unpriced"), MINUTES.label("minutes"), *MONEY)
    found = rows.join(Occurrence.booking).outerjoin(Booking.organisation).where(*scope.wanted).subquery()
    for *values, became, number, dates, listed, charged, minutes in session.execute(_sums(found, "minutes")):
        rated = None if number is None else unpacked(number, KINDS, LONGEST * 100)
        yield Owned(tuple(values), BY_NUMBER[became], rated, dates, minutes, listed, charged)


def visits(session: Session, scope: Scope) -> Sequence[Any]:
    """Dates that have been and to which anybody came, by participants as booked, and as confirmed with their heads (None where neither
    was): how many, and of how many bookings. One statement."""
    said = aliased(Usage)
    texts = cast(Booking.participants, String).label("booked"), cast(said.participants, String).label("confirmed")
    keys = (*texts, said.heads)
    query = select(*keys, func.count(), func.count(Occurrence.booking_id.distinct())).select_from(Occurrence).join(Occurrence.booking)
    query = query.outerjoin(said, and_(said.occurrence_id == Occurrence.id, said.kind == UsageKind.USED, _last(said)))
    has_been = and_(*scope.wanted, BECAME.in_([Became.BOOKED]), Occurrence.ends_at <= scope.now)
    return session.execute(query.where(has_been).group_by(*keys)).all()


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


def _with_changes(clock: Clock) -> Turns:
    """The kinds of days, and a number of its own for those on which the clock changes."""
    days = [local_day(day, clock.zone) for day in clock.changes]
    known = [(moment, number) for moment, number in clock.turns if all(moment != day.start and moment != day.end for day in days)]
    ends = [(day.end, clock.kind_at(day.end)) for day in days]
    return sorted([*known, *((day.start, CHANGING) for day in days), *ends])


def _on(day: date, clock: Clock) -> ColumnElement[bool]:
    whole = local_day(day, clock.zone)
    return and_(Occurrence.starts_at >= whole.start, Occurrence.starts_at < whole.end)


def _sums(found: Subquery, *more: str) -> Select[Any]:
    summed = ("listed", "charged", *more)
    # Of whole numbers PostgreSQL makes a numeric sum.
    by = [column for column in found.c if column.name not in summed]
    return select(*by, func.count(), *(cast(func.sum(found.c[name]), BigInteger) for name in summed)).group_by(*by)
