"""The zones of a foreign calendar: IANA names, also behind a path; Windows names; the file's own VTIMEZONE; else the room's."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendars.incoming.bounds import EACH_ONSET, Budget
from calendars.incoming.lines import Component, Property
from calendars.incoming.values import moment, offset, plain
from kernel.errors import Invalid
from kernel.recurrence import dates_between
from kernel.wallclock import zone_of


class Clocks:
    """The zones that a calendar names; what names none, or one that nobody knows, follows X-WR-TIMEZONE, else the room's zone."""

    def __init__(self, calendar: Component, zone: tzinfo, budget: Budget) -> None:
        self.own = {plain(name.value).strip(' "'): part for part in calendar.named(b"VTIMEZONE") if (name := part.first(b"TZID"))}
        self.budget = budget
        self.known: dict[str, tzinfo] = {}
        self.unknown: dict[str, int] = {}
        said = calendar.first(b"X-WR-TIMEZONE")
        self.floating: tzinfo = (known_zone(plain(said.value).strip()) if said else None) or zone

    def of(self, name: str, line: int) -> tzinfo:
        """The zone of a TZID. A name that is known beats what the file says of it: files are often wrong, and old."""
        if name not in self.known:
            found = known_zone(name) or self._described(name)
            if found is None:
                self.unknown[name] = line
            self.known[name] = found or self.floating
        return self.known[name]

    def _described(self, name: str) -> tzinfo | None:
        changes = list(_observances(self.own[name])) if name in self.own else []
        return Described(changes, self.budget) if changes else None


@lru_cache(maxsize=1024)
def known_zone(name: str) -> ZoneInfo | None:
    """The IANA zone that a name means, as it stands, as the end of a path, or as Windows calls it."""
    parts = name.strip("/").split("/")[-6:]
    tails = ("/".join(parts[start:]).lower() for start in range(len(parts)))
    found = next((_names()[tail] for tail in tails if tail in _names()), None)
    return zone_of(found) if found else None


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """The names of zones by their small letters."""
    return {name.lower(): iana for name, iana in WINDOWS_TO_OLSON.items()} | {name.lower(): name for name in available_timezones()}


class Observance:
    """One side of a clock that a file describes: from which local times on it holds, and the offsets before and in it."""

    def __init__(self, part: Component) -> None:
        start = moment(_value(part, b"DTSTART"))
        if not isinstance(start, datetime):
            raise ValueError
        self.start = start.replace(tzinfo=None)
        self.before, self.after = offset(_value(part, b"TZOFFSETFROM")), offset(_value(part, b"TZOFFSETTO"))
        self.rules = [plain(rule.value) for rule in part.all(b"RRULE")]
        for rule in self.rules:
            dates_between(rule, self.start.replace(tzinfo=UTC), (date.min, date.min), spend=lambda _days: None)
        self.also = [one for given in part.all(b"RDATE") for one in _moments(given)]

    def onsets(self, year: int, budget: Budget) -> Iterator[datetime]:
        """The local times at which it begins in the two years that end with this one, and the first of all."""
        budget.spend(EACH_ONSET * (1 + len(self.also)))
        yield self.start
        yield from self.also
        window = date(max(year - 1, 1), 1, 1), date(year, 12, 31)
        for rule in self.rules:
            for day in dates_between(rule, self.start.replace(tzinfo=UTC), window, spend=budget.spend):
                budget.spend(EACH_ONSET)
                yield datetime.combine(day, self.start.time())

    @property
    def skipped(self) -> timedelta:
        """How long the clock does not show when it begins: such times go by the offset before (RFC 5545 3.3.5)."""
        return max(self.after - self.before, timedelta())


class Described(tzinfo):
    """The zone of a VTIMEZONE."""

    def __init__(self, observances: list[Observance], budget: Budget) -> None:
        self.observances = observances
        self.budget = budget
        self.years: dict[int, _Year] = {}

    def utcoffset(self, local: datetime | None) -> timedelta:
        if local is None:
            return timedelta()
        year = self._year(local.year)
        return year.offsets[bisect_right(year.clocks, local.replace(tzinfo=None))]

    def dst(self, local: datetime | None) -> None:
        return None

    def tzname(self, local: datetime | None) -> None:
        return None

    def fromutc(self, moment: datetime) -> datetime:
        year = self._year(moment.year)
        return moment + year.offsets[bisect_right(year.moments, moment.replace(tzinfo=None))]

    def _year(self, year: int) -> "_Year":
        if year not in self.years:
            onsets = sorted(
                ((onset, each) for each in self.observances for onset in each.onsets(year, self.budget)), key=lambda one: one[0]
            )
            self.years[year] = _Year(
                [onset + each.skipped for onset, each in onsets],
                [onset - each.before for onset, each in onsets],
                [min(self.observances, key=lambda each: each.start).before, *(each.after for _, each in onsets)],
            )
        return self.years[year]


@dataclass(frozen=True, slots=True)
class _Year:
    """From which local times, and which moments in UTC, on which offset holds; the first of these holds before all."""

    clocks: list[datetime]
    moments: list[datetime]
    offsets: list[timedelta]


def _observances(zone: Component) -> Iterator[Observance]:
    for part in zone.named(b"STANDARD", b"DAYLIGHT"):
        try:
            yield Observance(part)
        except (ValueError, OverflowError, Invalid):
            continue


def _value(part: Component, name: bytes) -> bytes:
    found = part.first(name)
    if found is None:
        raise ValueError
    return found.value


def _moments(given: Property) -> Iterator[datetime]:
    for value in given.value.split(b","):
        found = moment(value.partition(b"/")[0])
        if isinstance(found, datetime):
            yield found.replace(tzinfo=None)
