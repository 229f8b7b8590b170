"""Wall clock to UTC and back, in the venue's own IANA zone, by the pinned ``tzdata`` wheel alone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, reset_tzpath

from kernel.errors import Fault, Invalid, refuse
from kernel.interval import Interval

CLOCK = re.compile(r"^(\d{1,2})(?:[:.]?(\d{2}))?$", re.ASCII)
EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)

# A machine's own zone files may be older than the wheel: no library of this process is to read them.
reset_tzpath(to=())
ZoneInfo.clear_cache()


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name, by the wheel; raises Invalid (``unknown-zone``)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse(Invalid, "unknown-zone", "zone", name, example="Europe/Oslo") from None


@dataclass(frozen=True, slots=True)
class WallSpan:
    """A span as people say it: local start and end without zone, and the zone; end may lie on a later day.

    ``second`` picks the second of a repeated hour for a start (RFC 5545 3.3.5 takes the first) and ``end_second``
    for an end; None for the end means: as the start when both lie in the repeated hour, else the first.
    """

    start: datetime
    end: datetime
    zone: str
    second: bool = False
    end_second: bool | None = None

    def interval(self) -> Interval:
        """The span in UTC.

        Raises Invalid (``missing-hour``) for a start or end that the spring clock change skips, ``end-before-start``
        when nothing is left, ``out-of-range`` for a year that nobody means.
        """
        return _interval_of(self)

    @property
    def ends_second(self) -> bool:
        """Whether the end is the second of a repeated hour."""
        if self.end_second is None:
            return self.second and is_repeated(self.start, self.zone)
        return self.end_second

    def on(self, day: date) -> "WallSpan":
        """The same clock times with the start on another day."""
        shift = day - self.start.date()
        return WallSpan(self.start + shift, self.end + shift, self.zone, self.second, self.end_second)


# A search asks for the same span in each of a thousand rooms.
@lru_cache(maxsize=4096)
def _interval_of(wall: WallSpan) -> Interval:
    start = to_utc(wall.start, wall.zone, second=wall.second, field="start")
    end = to_utc(wall.end, wall.zone, second=wall.ends_second, field="end")
    if end <= start:
        raise Invalid(Fault("end-before-start", "end", f"{wall.end:%Y-%m-%d %H:%M}", {"start": f"{wall.start:%Y-%m-%d %H:%M}"}))
    return Interval(start, end)


def to_utc(local: datetime, zone: str, *, second: bool = False, field: str = "start") -> datetime:
    """The UTC moment of a local wall-clock time; the first of a repeated hour unless ``second``.

    Raises Invalid (``missing-hour``), naming the time after the gap, or ``out-of-range``.
    """
    _require_range(local.date(), field)
    there = local.replace(tzinfo=zone_of(zone), fold=1 if second else 0)
    moment = there.astimezone(UTC)
    if moment.astimezone(zone_of(zone)).replace(tzinfo=None) != local:
        skipped = there.replace(fold=0).utcoffset() or timedelta()
        after = (local.replace(tzinfo=UTC) - skipped).astimezone(zone_of(zone))
        raise refuse(Invalid, "missing-hour", field, f"{local:%Y-%m-%d %H:%M}", after=f"{after:%H:%M}", zone=zone)
    return moment


def to_wall(moment: datetime, zone: str, *, field: str = "") -> datetime:
    """The local wall-clock time (naive) of a moment; raises Invalid (``out-of-range``)."""
    # The first day of all begins on the day before in UTC.
    _require_range(moment.date(), field, beyond=timedelta(days=1))
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None)


def nearest_interval(wall: WallSpan) -> Interval:
    """The span in UTC with a skipped hour read as the clock goes on: 02:30 is 03:30 (RFC 5545 3.3.5)."""
    start, end = _nearest(wall.start, wall.zone, second=wall.second), _nearest(wall.end, wall.zone, second=wall.ends_second)
    return Interval(start, max(end, start + timedelta(minutes=1)))


def wall_of(interval: Interval, zone: str) -> WallSpan:
    """The wall clock of a span in UTC, with the two passages of a repeated hour told apart."""
    start, end = to_wall(interval.start, zone), to_wall(interval.end, zone)
    second, end_second = to_utc(start, zone) != interval.start, to_utc(end, zone) != interval.end
    return WallSpan(start, end, zone, second, end_second)


def is_repeated(local: datetime, zone: str) -> bool:
    """Whether the local time occurs twice, in the autumn clock change."""
    first, second = (local.replace(tzinfo=zone_of(zone), fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


# A judgement asks for a day and those around it.
@lru_cache(maxsize=4096)
def local_day(day: date, zone: str, *, days: int = 1) -> Interval:
    """The whole local day (23, 24 or 25 hours), or several of them, in UTC; raises Invalid (``out-of-range``)."""
    _require_range(day, "")
    return Interval(_midnight(day, zone), _midnight(day + timedelta(days=days), zone))


def parse_clock(text: str, field: str) -> timedelta:
    """``18:00``, ``18.00``, ``1800``, ``18`` or ``24:00`` as the time since local midnight; raises Invalid (``bad-clock``)."""
    found = CLOCK.match(text.strip())
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (99, 99)
    if minutes > 59 or hours > 24 or (hours == 24 and minutes):
        raise refuse(Invalid, "bad-clock", field, text)
    return timedelta(hours=hours, minutes=minutes)


def parse_day(text: str, field: str) -> date:
    """``2026-04-30`` or ``30.04.2026``; raises Invalid: ``no-such-date`` for 31 April and the like, ``out-of-range`` for the year 9999."""
    text = text.strip()
    norwegian = re.match(r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$", text, re.ASCII)
    written = f"{norwegian[3]}-{int(norwegian[2]):02}-{int(norwegian[1]):02}" if norwegian else text
    if not re.match(r"^\d{4}-\d{2}-\d{2}$", written, re.ASCII):
        raise refuse(Invalid, "bad-date", field, text)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise refuse(Invalid, "no-such-date", field, text) from None
    _require_range(day, field)
    return day


def at(day: date, since_midnight: timedelta) -> datetime:
    """The local time on a day, where 24:00 is the next day's midnight."""
    return datetime.combine(day, time()) + since_midnight


def _nearest(local: datetime, zone: str, *, second: bool) -> datetime:
    is_second = second and is_repeated(local, zone)
    return local.replace(tzinfo=zone_of(zone), fold=int(is_second)).astimezone(UTC)


def _midnight(day: date, zone: str) -> datetime:
    # A zone may skip midnight itself (Beirut, Santiago); the day then begins when the clock first shows it.
    return datetime.combine(day, time(), tzinfo=zone_of(zone)).astimezone(UTC)


def _require_range(day: date, field: str, *, beyond: timedelta = timedelta()) -> None:
    """Years that only a slip of the hand means would break the arithmetic of dates near its ends."""
    if not EARLIEST - beyond <= day <= LATEST + beyond:
        raise refuse(Invalid, "out-of-range", field, day.isoformat(), least=EARLIEST.isoformat(), most=LATEST.isoformat())
