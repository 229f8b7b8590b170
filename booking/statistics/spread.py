"""Spread: what was counted of dates, openings and searches, added up by the keys of a dimension, and as a whole."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from json import loads
from typing import Any

from booking.statistics.clock import A_DAY, HOUR, Clock
from booking.statistics.counted import Became, Dates, Owned, Time
from booking.statistics.measures import OF_TIME, Dimension, Sums
from booking.statistics.places import UNKNOWN, Part, Places
from kernel.money import Ore, for_minutes
from policies.request import bands_of

Key = Any
LOST = {Became.CANCELLED: "cancelled", Became.DISPLACED: "displaced", Became.REFUSED: "refused"}
# By kind of room what an hour is worth, with the day from which it is.
Rates = Mapping[str, Sequence[tuple[date, Ore]]]
Times = Sequence[tuple[Time, Sequence[Dates]]]


@dataclass(frozen=True, slots=True)
class Alike:
    """Rooms that are counted alike: with one key, of one kind, counted themselves or only near; ``taken`` says how many parts with which
    table of hours a date in them takes of each place (``""``: of its time), and of all (None)."""

    key: Key
    kind: str
    is_counted: bool
    taken: tuple[tuple[tuple[Key, int], int], ...]


# By the room that stands for those that it is like.
Likenesses = Mapping[int, Alike]


@dataclass(frozen=True, slots=True)
class Spread:
    """Sums by key, and of all of it."""

    by: Dimension
    sums: dict[Key, Sums] = field(default_factory=lambda: defaultdict(Counter))
    whole: Sums = field(default_factory=Counter)

    def add(self, key: Key, more: Mapping[str, int]) -> None:
        for sums in (self.sums[key], self.whole):
            for code, number in more.items():
                sums[code] += number


def add_times(spread: Spread, alike: Likenesses, clock: Clock, times: Times, rates: Rates) -> None:
    """Dates by place or time. A date stands with its own room and the time at which it begins, its time in parts with every room
    and hour that has it. What is alike is summed first: there are thousands of dates, and few places and hours."""
    is_timed = spread.by in OF_TIME
    for (likeness, at, became, rated), (number, minutes, listed, charged) in _begun(spread.by, clock, times).items():
        if alike[likeness].is_counted:
            key = at if is_timed else alike[likeness].key
            known_by = rated and (alike[likeness].kind, *rated)
            spread.add(key, _dated(became, (number, minutes, listed, charged), known_by, rates))
    for (likeness, table, at, is_blocked), (minutes, within) in _held(spread.by, alike, clock, times).items():
        for (place, of_table), parts in alike[likeness].taken:
            if of_table == table:
                sums_ = spread.whole if place is None else spread.sums[at if is_timed else place]
                sums_.update({"open": -within * parts} if is_blocked else {"booked": minutes * parts, "within": within * parts})


def _begun(by: Dimension, clock: Clock, times: Times) -> Mapping[tuple[Any, ...], Sequence[int]]:
    """How many dates, minutes, listed and charged, by likeness, time, what became of them and what their rate depends on."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for time, dates in times:
        weekday, minute = divmod(time.week_minute, A_DAY)
        at = time_key(by, weekday, minute // HOUR, clock.kinds[time.kind].month) if by in OF_TIME else None
        rated = (clock.kinds[time.kind].turn, time.each) if time.is_unpriced else None
        for likeness, number, listed, charged in dates if time.became is not Became.BLOCKED else ():
            sums = found[likeness, at, time.became, rated]
            sums[0] += number
            sums[1] += number * time.each
            sums[2] += listed
            sums[3] += charged
    return found


def _held(by: Dimension, alike: Likenesses, clock: Clock, times: Times) -> Mapping[tuple[Any, ...], Sequence[int]]:
    """Minutes, and those that are open, by likeness, table of hours, time, and whether they are kept empty."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    tables = {likeness: {table for (_, table), _ in rooms.taken} for likeness, rooms in alike.items()}
    for time, dates in times:
        pieces: dict[int, list[tuple[Key, int, int]]] = {}
        for likeness, number, _, _ in dates if time.became <= Became.BLOCKED else ():
            for table in tables[likeness]:
                if table not in pieces:
                    pieces[table] = list(_pieces(by, clock, time, table))
                for at, minutes, within in pieces[table]:
                    sums = found[likeness, table, at, time.became is Became.BLOCKED]
                    sums[0] += minutes * number
                    sums[1] += within * number
    return found


def _pieces(by: Dimension, clock: Clock, time: Time, table: int) -> Iterator[tuple[Key, int, int]]:
    """The key of each piece of a date, its minutes, and those that are open."""
    month = clock.kinds[time.kind].month
    alike = (table, time.kind, time.week_minute, time.each)
    for piece in clock.passed(table, time.start, time.each) if time.start else clock.pieces(*alike):
        yield time_key(by, piece.weekday, piece.hour, month) if by in OF_TIME else None, piece.minutes, piece.within


def add_openings(spread: Spread, found: Places, clock: Clock) -> None:
    """What is open of each part."""
    alike: dict[Any, list[Part]] = defaultdict(list)
    for part in found.parts:
        alike[part.opening, min(part.last_day, clock.last)].append(part)
    for (opening, last), parts in alike.items():
        opened = clock.opened(opening, last)
        spread.whole["open"] += opened.total() * len(parts)
        if spread.by in OF_TIME:
            for (month, weekday, hour), minutes in opened.items():
                spread.sums[time_key(spread.by, weekday, hour, month)]["open"] += minutes * len(parts)
        for key in (key for part in parts for key in found.holders(part, spread.by)) if spread.by not in OF_TIME else ():
            spread.sums[key]["open"] += opened.total()


def add_sought(spread: Spread, found: Places, rows: Iterable[Any], *, everywhere: bool) -> None:
    """What was sought in vain: a wish for a room that is counted, else a search, of its district or where all places are counted."""
    rooms = {f"{room.venue.slug}/{room.slug}": room for room in found.rooms.values()}
    districts = {room.venue.district.slug: room.venue.district.id for room in found.rooms.values() if room.venue.district}
    for row in rows:
        room = rooms.get(row.room)
        if room is None and (row.room or not (everywhere or row.district in districts)):
            continue
        if spread.by in OF_TIME:
            hour = UNKNOWN if row.from_minute is None else row.from_minute // HOUR
            key = time_key(spread.by, UNKNOWN if row.weekday is None else row.weekday, hour, row.day.replace(day=1))
        elif room:
            key = found.key(room, spread.by)
        else:
            key = districts.get(row.district, UNKNOWN) if spread.by is Dimension.DISTRICT else UNKNOWN
        spread.add(key, {"wishes" if room else "searches": row.times})


def add_bookers(spread: Spread, alike: Likenesses, clock: Clock, dates: Iterable[Owned], rates: Rates) -> None:
    """Dates by the first of the columns that they were asked by; the second is a person or group, of whom is told together."""
    people: dict[Key, set[int]] = defaultdict(set)
    for one in dates:
        if one.became is not Became.BLOCKED:
            key, person = one.by
            rated = None
            if one.unpriced:
                each, kind, likeness = one.unpriced
                rated = (alike[likeness].kind, clock.kinds[kind].turn, each)
            spread.add(key, _dated(one.became, (one.dates, one.minutes, one.listed, one.charged), rated, rates))
            if person is not None:
                people[key].add(person)
    for key, persons in people.items():
        spread.sums[key]["people"] = len(persons)


def add_visits(spread: Spread, rows: Iterable[Any]) -> None:
    """Visits by ages as they were written, none where only the number is known; ``people`` are the participants of each booking."""
    for booked, confirmed, heads, dates, bookings in rows:
        came = _read(confirmed) or ({"": heads} if heads is not None else _read(booked))
        for age, number in came.items():
            spread.add(age, {"visits": number * dates, "people": number * bookings})


def time_key(by: Dimension, weekday: int, hour: int, month: date | None) -> Key:
    """The key of a time."""
    match by:
        case Dimension.WEEKDAY:
            return weekday
        case Dimension.HOUR:
            return hour
        case Dimension.WEEK:
            return weekday, hour
        case _:
            return month


def likenesses(by: Dimension, found: Places, clock: Clock) -> tuple[dict[int, int], Likenesses]:
    """All rooms near with the one that stands for those that they are like, and what these are."""
    tables = {table: number for number, table in enumerate(clock.tables)}
    taken: dict[int, Counter[tuple[Key, int]]] = {room: Counter() for room in found.near}
    for part in found.parts:
        keys = [None, *(("",) if by in OF_TIME else found.holders(part, by))]
        for room in part.rooms:
            taken[room.id].update((key, tables[part.opening.hours]) for key in keys)
    first: dict[Alike, int] = {}
    rooms = {}
    for id, room in found.near.items():
        one = Alike(found.key(room, by), room.kind, id in found.rooms, tuple(sorted(taken[id].items(), key=str)))
        rooms[id] = first.setdefault(one, id)
    return rooms, {id: one for one, id in first.items()}


def _dated(became: Became, summed: tuple[int, int, Ore, Ore], rated: tuple[str, date | None, int] | None, rates: Rates) -> dict[str, int]:
    """What dates come to that became the same: how many, minutes, listed and charged; where they have no list price, ``rated`` says kind
    of room, turn and minutes of each."""
    dates, minutes, listed, charged = summed
    if became in LOST:
        return {f"{LOST[became]}_dates": dates, LOST[became]: minutes}
    sums = {"dates": dates, "minutes": minutes, "listed": listed, "charged": charged}
    if became is Became.UNUSED:
        sums |= {"unused_dates": dates, "unused": minutes}
    if rated:
        kind, turn, each = rated
        rate = next((per_hour for first, per_hour in reversed(rates.get(kind, ())) if turn and first <= turn), None)
        sums |= {"charged": 0, "unvalued": minutes} if rate is None else {"listed": dates * for_minutes(rate, each)}
    return sums


def _read(participants: str | None) -> dict[str, int]:
    bands = bands_of(loads(participants) or {}) if participants else ()
    return {f"{band.first}+" if band.last is None else f"{band.first}-{band.last}": band.heads for band in bands}
