"""Spread: what was counted of dates, openings and searches, added up by the keys of a dimension, and as a whole."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from json import loads
from typing import Any

from booking.statistics.clock import A_DAY, HOUR, Clock
from booking.statistics.counted import Became, Dates, Owned
from booking.statistics.measures import OF_TIME, Dimension, Sums
from booking.statistics.places import UNKNOWN, Part, Places
from kernel.money import Ore, for_minutes
from policies.request import bands_of

Key = Any
LOST = {Became.CANCELLED: "cancelled", Became.DISPLACED: "displaced", Became.REFUSED: "refused"}
# By kind of room what an hour is worth, with the day from which it is.
Rates = Mapping[str, Sequence[tuple[date, Ore]]]


@dataclass(frozen=True, slots=True)
class Alike:
    """Rooms that are counted alike: with one key, of one kind, counted themselves or only near; ``taken`` says how many parts with which
    table of hours a date in them takes of each place (``""``: of its time), and of all (None)."""

    key: Key
    kind: str
    is_counted: bool
    taken: tuple[tuple[tuple[Key, int], int], ...]


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


def add_times(spread: Spread, alike: Sequence[Alike], clock: Clock, dates: Iterable[Dates], rates: Rates) -> None:
    """Dates by place or time. A date stands with its own room and the time at which it begins, its time in parts with every room
    and hour that has it. What is alike is summed first: there are thousands of dates, and few places and hours."""
    begun: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    held: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    by, is_timed, tables = spread.by, spread.by in OF_TIME, [{table for (_, table), _ in rooms.taken} for rooms in alike]
    for one in dates:
        month = clock.kinds[one.kind].month
        if one.became is not Became.BLOCKED:
            weekday, minute = divmod(one.week_minute, A_DAY)
            at = time_key(by, weekday, minute // HOUR, month) if is_timed else None
            rated = (clock.kinds[one.kind].turn, one.each) if one.is_unpriced else None
            sums = begun[one.likeness, at, one.became, rated]
            sums[0] += one.dates
            sums[1] += one.dates * one.each
            sums[2] += one.listed
            sums[3] += one.charged
        for table in tables[one.likeness] if one.became <= Became.BLOCKED else ():
            known = (
                clock.pieces(table, one.kind, one.week_minute, one.each) if one.start is None else clock.passed(table, one.start, one.each)
            )
            for piece in known:
                at = time_key(by, piece.weekday, piece.hour, month) if is_timed else None
                times = held[one.likeness, table, at, one.became is Became.BLOCKED]
                times[0] += piece.minutes * one.dates
                times[1] += piece.within * one.dates
    for (likeness, at, became, rated), (number, minutes, listed, charged) in begun.items():
        if alike[likeness].is_counted:
            key = at if is_timed else alike[likeness].key
            known_by = rated and (alike[likeness].kind, *rated)
            spread.add(key, _dated(became, (number, minutes, listed, charged), known_by, rates))
    for (likeness, table, at, is_blocked), (minutes, within) in held.items():
        for (place, of_table), parts in alike[likeness].taken:
            if of_table == table:
                sums_ = spread.whole if place is None else spread.sums[at if is_timed else place]
                sums_.update({"open": -within * parts} if is_blocked else {"booked": minutes * parts, "within": within * parts})


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


def add_bookers(spread: Spread, alike: Sequence[Alike], clock: Clock, dates: Iterable[Owned], rates: Rates) -> None:
    """Dates by the first of the columns that they were asked by; the second is a person or group, of whom is told together."""
    people: dict[Key, set[int]] = defaultdict(set)
    for one in dates:
        if one.became is not Became.BLOCKED:
            key, person = one.by
            rated = (alike[one.unpriced[0]].kind, clock.kinds[one.unpriced[1]].turn, one.unpriced[2]) if one.unpriced else None
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


def likenesses(by: Dimension, found: Places, clock: Clock) -> tuple[dict[int, int], list[Alike]]:
    """All rooms near with the number of those that they are like, and these by their numbers."""
    tables = {table: number for number, table in enumerate(clock.tables)}
    taken: dict[int, Counter[tuple[Key, int]]] = {room: Counter() for room in found.near}
    for part in found.parts:
        keys = [None, *(("",) if by in OF_TIME else found.holders(part, by))]
        for room in part.rooms:
            taken[room.id].update((key, tables[part.opening.hours]) for key in keys)
    numbers: dict[Alike, int] = {}
    rooms = {}
    for id, room in found.near.items():
        one = Alike(found.key(room, by), room.kind, id in found.rooms, tuple(sorted(taken[id].items(), key=str)))
        rooms[id] = numbers.setdefault(one, len(numbers))
    return rooms, list(numbers)


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
