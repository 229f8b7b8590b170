"""Time zones as feeds carry them: one constant VTIMEZONE for each, and the hours that are safer told in UTC."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from calendars.text import line, text_line, wall
from kernel.wallclock import zone_of

FIRST_YEAR = 1996
LAST_YEAR = 2037
HOUR = timedelta(hours=1)
SHORTEST_USE = 10
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# A pair of yearly rules from 1970: every reader follows it, which is not so for RDATE lists or several observances.
OSLO = (
    b"BEGIN:VTIMEZONE\r\n"
    b"TZID:Europe/Oslo\r\n"
    b"LAST-MODIFIED:20250101T000000Z\r\n"
    b"BEGIN:DAYLIGHT\r\n"
    b"DTSTART:19700329T020000\r\n"
    b"TZOFFSETFROM:+0100\r\n"
    b"TZOFFSETTO:+0200\r\n"
    b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    b"TZNAME:CEST\r\n"
    b"END:DAYLIGHT\r\n"
    b"BEGIN:STANDARD\r\n"
    b"DTSTART:19701025T030000\r\n"
    b"TZOFFSETFROM:+0200\r\n"
    b"TZOFFSETTO:+0100\r\n"
    b"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    b"TZNAME:CET\r\n"
    b"END:STANDARD\r\n"
    b"END:VTIMEZONE\r\n"
)


@dataclass(frozen=True, slots=True)
class ZoneBlock:
    """A VTIMEZONE, and the first year from which it gives the offsets of the IANA zone through 2037."""

    text: bytes
    since: int


@dataclass(frozen=True, slots=True)
class Change:
    """One clock change: the moment in UTC, the offsets before and after, and the name of the time after."""

    moment: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def clock(self) -> datetime:
        """What the clock shows when it is changed, as the DTSTART of an observance says it."""
        return (self.moment + self.before).replace(tzinfo=None)

    def unsure(self) -> tuple[datetime, datetime]:
        """The wall-clock times from an hour before the missing or repeated hour to an hour after it."""
        shown = self.clock, (self.moment + self.after).replace(tzinfo=None)
        return min(shown) - HOUR, max(shown) + HOUR

    def rules(self) -> frozenset["Yearly"]:
        """The yearly rules that this change could be a case of: the n-th weekday of the month, perhaps the last."""
        day, length = self.clock.day, monthrange(self.clock.year, self.clock.month)[1]
        ordinals = {(day - 1) // 7 + 1} | ({-1} if day > length - 7 else set())
        return frozenset(
            Yearly(self.clock.month, ordinal, self.clock.weekday(), self.clock.time(), self.before, self.after, self.name)
            for ordinal in ordinals
        )


@dataclass(frozen=True, slots=True, order=True)
class Yearly:
    """One clock change of every year: which weekday of which month, at what clock, between which offsets."""

    month: int
    ordinal: int
    weekday: int
    clock: time
    before: timedelta
    after: timedelta
    name: str

    def observance(self) -> bytes:
        kind = "DAYLIGHT" if self.after > self.before else "STANDARD"
        rule = f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={self.ordinal}{DAYS[self.weekday]}"
        return _observance(kind, self._first(), (self.before, self.after), self.name, rule=rule)

    def _first(self) -> datetime:
        days = range(1, monthrange(1970, self.month)[1] + 1)
        fitting = [day for day in days if date(1970, self.month, day).weekday() == self.weekday]
        return datetime.combine(date(1970, self.month, fitting[self.ordinal if self.ordinal < 0 else self.ordinal - 1]), self.clock)


@lru_cache(maxsize=64)
def block_of(zone: str) -> ZoneBlock | None:
    """The VTIMEZONE of a zone; None when its clock follows no plain yearly pair, so that its times go out in UTC."""
    if zone == "Europe/Oslo":
        return ZoneBlock(OSLO, FIRST_YEAR)
    return derived_block(zone)


def derived_block(zone: str) -> ZoneBlock | None:
    """The same shape for any zone: its clock of 2037, and the years back through which it held (at least ten)."""
    shape, since = _shape(zone, LAST_YEAR), LAST_YEAR
    while since > FIRST_YEAR:
        earlier = _common(shape, _shape(zone, since - 1))
        if earlier is None:
            break
        shape, since = earlier, since - 1
    if since > LAST_YEAR - SHORTEST_USE or len(shape.changes) not in (0, 2):
        return None
    return ZoneBlock(_block(zone, shape), since)


@lru_cache(maxsize=8192)
def is_safe(local: datetime, zone: str) -> bool:
    """Whether all readers take this wall-clock time for the same moment.

    Near the missing or repeated hour they are known to disagree, and some zones have no block that all would read.
    """
    block = block_of(zone) if zone else None
    if block is None or local.year < block.since:
        return False
    window = unsure_hours(zone).get(local.date())
    return window is None or not window[0] <= local <= window[1]


@lru_cache(maxsize=64)
def unsure_hours(zone: str) -> dict[date, tuple[datetime, datetime]]:
    """For each day touched by a clock change, the wall-clock times that are told in UTC."""
    windows = [change.unsure() for year in range(FIRST_YEAR, LAST_YEAR + 1) for change in changes_of(zone, year)]
    return {moment.date(): window for window in windows for moment in window}


@lru_cache(maxsize=4096)
def changes_of(zone: str, year: int) -> tuple[Change, ...]:
    """The clock changes of a year, by its UTC days."""
    return tuple(_changes(zone, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)))


def _changes(zone: str, start: datetime, end: datetime) -> Iterator[Change]:
    tz, moment = zone_of(zone), start
    while moment < end:
        following = moment + timedelta(days=1)
        before, after = moment.astimezone(tz).utcoffset(), following.astimezone(tz).utcoffset()
        if before != after and before is not None and after is not None:
            changed = _turn(zone, moment, following)
            yield Change(changed, before, after, changed.astimezone(tz).tzname() or zone)
        moment = following


def _turn(zone: str, low: datetime, high: datetime) -> datetime:
    """The first second of the new offset, between a moment before the change and one after it."""
    tz = zone_of(zone)
    before = low.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if middle.astimezone(tz).utcoffset() == before else (low, middle)
    return high


@dataclass(frozen=True, slots=True)
class _Shape:
    """A year's clock: the offset it begins with, and for each change the yearly rules that would give it."""

    offset: timedelta
    name: str
    changes: tuple[frozenset[Yearly], ...]


def _shape(zone: str, year: int) -> _Shape:
    begin = datetime(year, 1, 1, 12, tzinfo=zone_of(zone))
    return _Shape(begin.utcoffset() or timedelta(), begin.tzname() or zone, tuple(change.rules() for change in changes_of(zone, year)))


def _common(later: _Shape, earlier: _Shape) -> _Shape | None:
    """The rules that fit both years, or None when the clock was another."""
    if (later.offset, later.name, len(later.changes)) != (earlier.offset, earlier.name, len(earlier.changes)):
        return None
    changes = tuple(one & other for one, other in zip(later.changes, earlier.changes, strict=True))
    return _Shape(later.offset, later.name, changes) if all(changes) else None


def _block(zone: str, shape: _Shape) -> bytes:
    if shape.changes:
        parts = [min(rules).observance() for rules in shape.changes]
    else:
        parts = [_observance("STANDARD", datetime.combine(date(1970, 1, 1), time()), (shape.offset, shape.offset), shape.name)]
    head = [line("BEGIN", "VTIMEZONE"), line("TZID", zone), line("LAST-MODIFIED", "20250101T000000Z")]
    return b"".join([*head, *parts, line("END", "VTIMEZONE")])


def _observance(kind: str, start: datetime, offsets: tuple[timedelta, timedelta], name: str, *, rule: str = "") -> bytes:
    lines = [line("BEGIN", kind), line("DTSTART", wall(start))]
    lines += [line("TZOFFSETFROM", _written(offsets[0])), line("TZOFFSETTO", _written(offsets[1]))]
    lines += [line("RRULE", rule)] if rule else []
    return b"".join([*lines, text_line("TZNAME", name), line("END", kind)])


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
