"""Reading a foreign calendar: its occurrences in a window, and by name and line what of it was left out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from enum import StrEnum

from calendars.incoming.bounds import EACH_OCCURRENCE, MOST_OCCURRENCES, Budget, Skip, Unreadable
from calendars.incoming.clocks import Clocks
from calendars.incoming.events import Event, event_of, uid_of
from calendars.incoming.lines import Component, calendars_in
from calendars.incoming.occurring import Group, Occurrence
from calendars.incoming.values import length
from calendars.text import day, utc
from kernel.interval import Interval
from kernel.wallclock import local_day, zone_of


class Outcome(StrEnum):
    """Whether a file counts: one that is refused changes nothing, and what was read before stays."""

    IMPORT = "import"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence. Local times are on the wall clock of the zone that was asked for; those of whole days are midnights.

    ``uid`` and ``recurrence_id`` name it in this and later readings; one without a UID is named by what it says (``has_uid``).
    ``recurrence_id`` is the original start in a series, ``20260119T170000Z`` or ``20260119``, also after it was moved; it is
    empty for an event that does not repeat. ``is_free`` marks what takes no time; an end may be the start.
    """

    uid: str
    recurrence_id: str
    all_day: bool
    local_start: datetime
    local_end: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    summary: str
    is_free: bool
    has_uid: bool
    line: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that was left out: its UID, the line in the file, and the code of the reason (``calendars.incoming.reasons``)."""

    uid: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: all of it that can be read, or only why it is refused.

    ``refresh`` is how long the source asks one to wait before the next fetch. ``remarks`` name what was read otherwise than it
    stands: exceptions and additions of a series that cannot be read, zones that nobody knows, starts in an hour that is skipped.
    """

    outcome: Outcome
    reason: str = ""
    refresh: timedelta | None = None
    occurrences: tuple[Found, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Skipped, ...] = ()


def read(data: bytes, *, first: date, last: date, zone: str) -> Reading:
    """The occurrences from the first day to before the last one, in the zone; in bounded work, whatever the bytes are.

    Raises Invalid (``unknown-zone``, ``end-before-start``, ``out-of-range``) for the days and the zone alone.
    """
    reader = _Reader((first, last), zone)
    try:
        calendars = calendars_in(data)
        for calendar in calendars:
            reader.take(calendar)
        reader.expand()
    except Unreadable as refused:
        return Reading(Outcome.REFUSE, refused.code)
    found = sorted(reader.found.values(), key=lambda one: (one.starts_at, one.uid, one.recurrence_id))
    skipped, remarks = (tuple(sorted(named, key=lambda one: (one.line, one.reason))) for named in (reader.skipped, reader.remarks))
    return Reading(Outcome.IMPORT, "", _refresh(calendars[0]), tuple(found), skipped, remarks)


def _refresh(calendar: Component) -> timedelta | None:
    for name in (b"REFRESH-INTERVAL", b"X-PUBLISHED-TTL"):
        for given in calendar.all(name):
            try:
                return max(length(given.value), timedelta())
            except ValueError:
                continue
    return None


class _Reader:
    """What was found so far, and what may still be spent."""

    def __init__(self, days: tuple[date, date], zone: str) -> None:
        self.days = days
        self.zone = zone_of(zone)
        begin, end = (local_day(each, zone).start for each in days)
        self.window = Interval(begin, end)
        self.budget = Budget()
        self.groups: dict[str, list[Event]] = {}
        self.found: dict[tuple[str, str], Found] = {}
        self.skipped: list[Skipped] = []
        self.remarks: list[Skipped] = []

    def take(self, calendar: Component) -> None:
        """The events of a calendar, by their UIDs, which several calendars of a file may share."""
        clocks = Clocks(calendar, self.zone, self.budget)
        for component in calendar.named(b"VEVENT"):
            with self._naming(uid_of(component), component.line):
                event = event_of(component, clocks)
                self.groups.setdefault(event.uid, []).append(event)
                self.remarks += (Skipped(event.said_uid, fault.line, fault.code) for fault in event.faults)
        self.remarks += (Skipped("", line, "unknown-zone") for line in clocks.unknown.values())

    def expand(self) -> None:
        """What becomes of the events, UID by UID."""
        for events in self.groups.values():
            with self._naming(events[0].said_uid, events[0].line):
                self._expand(Group(events))

    def _expand(self, group: Group) -> None:
        self.skipped += (Skipped(event.said_uid, event.line, "superseded") for event in group.superseded)
        for event, occurrences in group.occurrences(self.days, self.budget):
            with self._naming(event.said_uid, event.line):
                self.found |= {(one.uid, one.recurrence_id): one for one in self._within(occurrences)}

    @contextmanager
    def _naming(self, uid: str, line: int) -> Iterator[None]:
        """What cannot be read in here is left out, and named."""
        self.budget.begin_series()
        try:
            yield
        except Skip as skip:
            self.skipped.append(Skipped(uid, skip.line or line, skip.code))
        except (ValueError, OverflowError):
            self.skipped.append(Skipped(uid, line, "out-of-range"))

    def _within(self, occurrences: Iterable[Occurrence]) -> list[Found]:
        """Those in the window. Raises Skip when they are too many."""
        found: list[Found] = []
        for occurrence in occurrences:
            if self._is_near(occurrence):
                one = self._found(occurrence)
                self.budget.spend(EACH_OCCURRENCE)
                if self._is_in_window(one):
                    found.append(one)
                    if _is_skipped(occurrence.start):
                        self.remarks.append(Skipped(occurrence.event.said_uid, occurrence.event.line, "missing-hour"))
            if len(found) > MOST_OCCURRENCES:
                raise Skip("too-many-occurrences")
        return found

    def _is_near(self, occurrence: Occurrence) -> bool:
        """The quick question first: most events of a file are over, or far off."""
        day, lasting = occurrence.start.toordinal(), occurrence.lasting
        return day <= self.days[1].toordinal() + 1 and day + lasting.most_days >= self.days[0].toordinal()

    def _is_in_window(self, one: Found) -> bool:
        if one.ends_at == one.starts_at:
            return self.window.holds(one.starts_at)
        return one.starts_at < self.window.end and one.ends_at > self.window.start

    def _found(self, occurrence: Occurrence) -> Found:
        event, start = occurrence.event, occurrence.start
        begins, ends = self._moment(start), self._moment(occurrence.lasting.end_of(start))
        return Found(
            uid=event.uid,
            recurrence_id=_written(occurrence.key),
            all_day=not isinstance(start, datetime),
            local_start=self._local(begins),
            local_end=self._local(ends),
            starts_at=begins,
            ends_at=ends,
            status=event.status,
            summary=event.summary,
            is_free=event.is_free,
            has_uid=event.has_uid,
            line=event.line,
        )

    def _local(self, moment: datetime) -> datetime:
        """On the wall clock; the end of all time is the same everywhere."""
        return (moment.astimezone(self.zone) if moment.year < MAXYEAR else moment).replace(tzinfo=None)

    def _moment(self, start: date) -> datetime:
        there = start if isinstance(start, datetime) else datetime.combine(start, time(), self.zone)
        return there.astimezone(UTC)


def _is_skipped(start: date) -> bool:
    """Whether the clock never shows it: it goes forward that night."""
    return isinstance(start, datetime) and start.astimezone(UTC).astimezone(start.tzinfo).replace(tzinfo=None) != start.replace(tzinfo=None)


def _written(key: date | None) -> str:
    """The original start as it is kept: ``20260119T170000Z``, or the day, or nothing."""
    if key is None:
        return ""
    return utc(key) if isinstance(key, datetime) else day(key)
