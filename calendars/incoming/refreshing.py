"""Refreshing: a calendar of others is fetched, read and brought into its room's calendar; only the last is done in a transaction."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking.case import is_in_use
from booking.models import Occurrence
from booking.tasks import meets, meets_no_more
from booking.turns import attempt
from calendars.incoming.matching import GONE, shown, wanted_of
from calendars.incoming.models import Event, Source, SourceState
from calendars.incoming.reading import Outcome, Reading, Skipped, read
from calendars.incoming.settling import Settled, settle
from calendars.incoming.sources import SourceInput, add_source, digest_of, due, room_for, source_for, store, stored, window
from calendars.incoming.words import failure
from database.audit import Act, record
from database.transact import Database
from kernel.clock import now as clock_now
from kernel.errors import Conflict, Invalid, refuse
from kernel.fetching import NOTHING, Fetched, Fetcher, Known, Unfetched

FLOOR = timedelta(minutes=15)
USUAL = timedelta(hours=1)
LONGEST = timedelta(days=1)
AT_ONCE = timedelta(minutes=1)
PER_TURN, SIDE_BY_SIDE = 20, 8
MOST_TOLD = 200
# Each of them was measured at a millisecond, for which all other writers wait.
MOST_DATES = 10_000
LONGEST_TAG, LONGEST_DATE = 200, 60


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be fetched and read: ``days`` in the room's ``zone``; ``digest`` is that of the copy which is here, and it is
    ``settled`` where that needs no other look today."""

    id: int
    address: str
    known: Known
    zone: str
    days: tuple[date, date]
    digest: str
    is_settled: bool

    def read(self, data: bytes) -> Reading:
        """What a copy says."""
        return read(data, first=self.days[0], last=self.days[1], zone=self.zone)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a calendar, what it says, and what the other side calls it; ``data`` is None for the one that is here."""

    data: bytes | None
    reading: Reading
    known: Known = NOTHING


@dataclass(frozen=True, slots=True)
class Refreshing:
    """Refreshes the calendars of one installation."""

    database: Database
    fetcher: Fetcher

    def add(self, venue: str, given: SourceInput, file: File | None, *, by: Actor) -> Source:
        """Fetch or read a calendar, and add it where that can be done; raises as ``room_for``, and Invalid where nothing came."""
        name, field = file.name if file else "", "file" if file else "address"
        with self.database.reading() as session:
            room = room_for(session, venue, given, name, by=by)
            zone, days = room.venue.zone, window(room, now=clock_now())
        try:
            fetched = Fetched(file.data) if file else self.fetcher.fetch(given.address)
        except Unfetched as unfetched:
            raise Invalid(failure(unfetched.code, field)) from None
        data = fetched.data or b""
        reading = read(data, first=days[0], last=days[1], zone=zone)
        if reading.outcome is Outcome.REFUSE:
            raise Invalid(failure(reading.reason, field))
        return self.database.transact(add, venue, given, name, Copy(data, reading, _known(fetched)), by=by, now=clock_now())

    def refresh(self, source_id: int, *, by: Actor) -> Source:
        """Fetch a calendar and bring what it says into the room's; a failure is kept beside what there was. Of a file the copy that is
        here is looked at again. Raises Missing, Forbidden, Conflict where it is paused, or was fetched within the minute."""
        task = self.database.transact(begin, source_id, by=by, now=clock_now())
        try:
            fetched = self.fetcher.fetch(task.address, task.known) if task.address else Fetched(None)
        except Unfetched as failure:
            return self.database.transact(fail, source_id, failure.code, after=failure.after, by=by, now=clock_now())
        return self._brought(task, fetched, by)

    def take(self, source_id: int, data: bytes | None = None, *, by: Actor) -> Source:
        """Bring a copy, without one that which is here, into the room's calendar; raises Missing, Forbidden."""
        with self.database.reading() as session:
            task = task_of(source_for(session, source_id, by=by), clock_now())
            data_here = stored(session, source_id) if data is None else data
        return self.database.transact(keep, source_id, Copy(data, task.read(data_here), task.known), by=by, now=clock_now())

    def refresh_due(self) -> None:
        """Those whose turn it is, several at once, for some answer slowly; what one breaks on keeps no other waiting."""
        with self.database.reading() as session:
            found = due(session, clock_now(), most=PER_TURN)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            list(pool.map(lambda one: attempt(f"refresh calendar {one}", self.refresh, one, by=SERVICE), found))

    def _brought(self, task: Task, fetched: Fetched, by: Actor) -> Source:
        known = _known(fetched)
        is_same = fetched.data is None or digest_of(fetched.data) == task.digest
        if is_same and task.is_settled:
            return self.database.transact(note_same, task.id, known, by=by, now=clock_now())
        data = fetched.data
        if data is None:
            with self.database.reading() as session:
                data = stored(session, task.id)
        copy = Copy(None if is_same else data, task.read(data), known)
        return self.database.transact(keep, task.id, copy, by=by, now=clock_now())


def add(session: Session, venue: str, given: SourceInput, file: str, copy: Copy, *, by: Actor, now: datetime) -> Source:
    """Add a calendar with the copy of it that came."""
    return keep(session, add_source(session, venue, given, file, by=by, now=now).id, copy, by=by, now=now)


def begin(session: Session, source_id: int, *, by: Actor, now: datetime) -> Task:
    """Write that it is tried, so that nobody else tries meanwhile."""
    source = source_for(session, source_id, by=by)
    if source.state is SourceState.PAUSED:
        raise refuse(Conflict, "not-followed", "calendar", source.name)
    if source.tried_at and now - source.tried_at < AT_ONCE:
        raise refuse(Conflict, "just-fetched", "calendar", source.name)
    source.tried_at = now
    _put_off(source, now)
    session.flush()
    return task_of(source, now)


def task_of(source: Source, now: datetime) -> Task:
    """What is to be fetched and read of a source."""
    days, told = window(source.room, now=now), source.report or {}
    is_settled = source.state is not SourceState.ACTIVE or (source.settled_on == days[0] and not told.get("met") and not source.failure)
    known = Known(source.etag, source.modified)
    return Task(source.id, source.address, known, source.room.venue.zone, days, source.digest, is_settled)


def fail(session: Session, source_id: int, code: str, *, after: timedelta | None = None, by: Actor, now: datetime) -> Source:
    """Write that nothing came, and why; what there was stands. Tried again ever more seldom."""
    source = source_for(session, source_id, by=by)
    source.failure, source.failures = code[:60], source.failures + 1
    _put_off(source, now, after or timedelta())
    session.flush()
    return source


def note_same(session: Session, source_id: int, known: Known, *, by: Actor, now: datetime) -> Source:
    """Write that it came and says what it said."""
    source = source_for(session, source_id, by=by)
    _succeed(source, known, now)
    session.flush()
    return source


def keep(session: Session, source_id: int, copy: Copy, *, by: Actor, now: datetime) -> Source:
    """Keep a copy, and bring what it says into the room's calendar where the source is followed.

    One that cannot be read, or says nothing at all where it said something, is a failure: what there was stands.
    """
    source, reading = source_for(session, source_id, by=by), copy.reading
    if reading.outcome is Outcome.REFUSE:
        return fail(session, source_id, reading.reason, by=by, now=now)
    wanted, odd = wanted_of(reading.occurrences, source.room.venue.zone, now=now)
    if not reading.occurrences and _has_ahead(session, source, now):
        return fail(session, source_id, "no-dates", by=by, now=now)
    if len(wanted) > MOST_DATES:
        return fail(session, source_id, "too-many-dates", by=by, now=now)
    if not is_in_use(source.room):
        return fail(session, source_id, "room-retired", by=by, now=now)
    if copy.data is not None:
        store(source, copy.data)
    source.pace = int(reading.refresh.total_seconds()) if reading.refresh else None
    _succeed(source, copy.known, now)
    settled = None
    if source.state is SourceState.ACTIVE:
        settled = settle(session, source, wanted, by=by, now=now)
        source.settled_on = window(source.room, now=now)[0]
        _tell(session, source, settled, by=by, now=now)
    source.report = report_of(len(wanted), [*reading.skipped, *odd], reading.remarks, settled)
    session.flush()
    return source


def _has_ahead(session: Session, source: Source, now: datetime) -> bool:
    alive = (Event.source_id == source.id, Occurrence.state.not_in(GONE), Occurrence.starts_at > now)
    return session.scalar(select(Event.id).join(Event.occurrence).where(*alive).limit(1)) is not None


def report_of(dates: int, skipped: Sequence[Skipped], remarks: Sequence[Skipped], settled: Settled | None) -> dict[str, object]:
    """What a page says of the last copy: how many dates it has ahead, which events were skipped or read otherwise and why, what it
    changed."""
    told = {
        name: [[shown(one.uid, 200), one.line, one.reason] for one in rows[:MOST_TOLD]]
        for name, rows in (("skipped", skipped), ("remarks", remarks))
    }
    counts = {**settled.counts, "met": settled.all_met} if settled else {}
    return {"dates": dates, **told, "skipped_total": len(skipped), "remarks_total": len(remarks), **counts}


def _tell(session: Session, source: Source, settled: Settled, *, by: Actor, now: datetime) -> None:
    """Let officers look at what meets bookings since, and write what became of the dates."""
    if settled.all_met:
        meets(session, source.id, settled.booking_met, is_new=bool(settled.met), now=now)
    else:
        meets_no_more(session, source.id, by=by, now=now)
    if any(settled.counts.values()):
        record(session, Act("settle", "incoming_source", source.id, {**settled.counts}), by=by, now=now)


def _known(fetched: Fetched) -> Known:
    """What the other side calls it, where that can be kept whole."""
    etag, modified = fetched.etag, fetched.modified
    is_kept = len(etag) <= LONGEST_TAG and len(modified) <= LONGEST_DATE and (etag + modified).isprintable()
    return Known(etag, modified) if is_kept else NOTHING


def _succeed(source: Source, known: Known, now: datetime) -> None:
    source.etag, source.modified = known.etag, known.modified
    source.fetched_at, source.failure, source.failures = now, "", 0
    _put_off(source, now)


def _put_off(source: Source, now: datetime, after: timedelta = timedelta()) -> None:
    """When it is tried next: never sooner than it asks for, and half as often after each failure."""
    pace = max(timedelta(seconds=source.pace) if source.pace else USUAL, FLOOR)
    delay = max(min(pace * 2 ** min(source.failures, 10), max(LONGEST, pace)), after)
    source.due_at = now + delay if source.state is SourceState.ACTIVE else None
