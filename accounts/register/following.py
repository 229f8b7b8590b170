"""Following: what others wrote into the registers since is fetched, outside of any transaction, and kept; nobody ever waits for it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.attempts import Limit, take
from accounts.identity import SERVICE, Actor, ApplicantClass
from accounts.queries import home_municipality
from accounts.register.classes import Classes
from accounts.register.client import Changes, Client, hurried
from accounts.register.keeping import Read, keep
from accounts.register.models import Entry, Following, Origin
from accounts.register.queries import entry_of, following, named, numbers_here, numbers_to_read
from accounts.register.reading import EntryState, Record, Unit, Unreadable, record_of, records
from database.transact import Database
from kernel.clock import now as clock_now
from kernel.errors import Refusal
from kernel.fetching import Unfetched

EVERY, AT_ONCE, SOONEST, LONGEST = timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=15), timedelta(days=1)
AS_IF_SINCE = timedelta(days=2)
MOST_PAGES, MOST_FAILURES, BATCH = 10, 3, 500
A_DAY = timedelta(days=1)
# What one person, and all together, may ask of the register by our pages.
LOOK_UPS = Limit("register", timedelta(hours=1), per_address=40, per_network=1000)
# A sole business goes by the name of whose it is.
PRIVATE_FORMS = ("ENK",)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """From where the updates are to be followed."""

    units_after: int | None
    roles_after: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: rows that it has, of how many something was kept, how many could not be read."""

    rows: int
    kept: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Register:
    """The registers as one installation reads them; without a ``client`` from files alone."""

    database: Database
    classes: Classes
    client: Client | None

    def look_up(self, number: str, *, by: Actor) -> None:
        """Have an entry of a number for a page, where the register answers at once; what was read within the day is fresh."""
        with self.database.reading() as session:
            entry = entry_of(session, number)
            is_fresh = entry is not None and not entry.is_stale and entry.read_at > clock_now() - A_DAY
        if self.client is not None and not is_fresh:
            self._kept(self._asked(lambda client: [client.unit(number)], by), by=by)

    def search(self, name: str, *, by: Actor) -> Sequence[Entry]:
        """Organisations by a part of the name, from the register where it answers at once, and what was read before."""
        with self.database.reading() as session:
            home = home_municipality(session)
        found = self._asked(lambda client: client.named(name, home), by)
        self._kept([one for one in found if isinstance(one, Unit) and one.form not in PRIVATE_FORMS], by=by)
        with self.database.reading() as session:
            return named(session, name)

    def refresh(self, number: str, *, by: Actor) -> None:
        """Read all of an organisation; raises Unfetched, and without an address of the register ``not-followed``."""
        if self.client is None:
            raise Unfetched("not-followed")
        self._kept(list(_parts_of(self.client, number)), by=by)

    def follow(self) -> None:
        """Follow the updates where it is time, and read those organisations anew whose entries changed; what fails is tried later."""
        begun = self.client and self.database.transact(begin, by=SERVICE, now=clock_now())
        if not (self.client and begun):
            return
        try:
            is_more = self._changes(self.client, begun)
            failure = self._read_due()
        except Unfetched as unfetched:
            failure, is_more = unfetched, False
        self.database.transact(finish, failure, is_more=is_more, by=SERVICE, now=clock_now())

    def load(self, file: Path, *, read_at: datetime, by: Actor) -> Loaded:
        """Take in a file that the register gave out: those who stand here, and those of the municipality that are no business.

        Raises Unreadable where it is none of its files.
        """
        with self.database.reading() as session:
            wanted, home = numbers_here(session), home_municipality(session)
            known = {*wanted, *session.scalars(select(Entry.number))}
        rows, kept, unreadable, batch = 0, 0, 0, list[Record]()
        for row in records(file):
            rows += 1
            try:
                record = record_of(row)
            except Unreadable:
                unreadable += 1
                continue
            if record.number in known or (isinstance(record, Unit) and self._is_of_use(record, wanted, home)):
                known.add(record.number)
                batch.append(record)
            if len(batch) >= BATCH:
                kept, batch = kept + self._kept(batch, Read(Origin.FILE, read_at), by=by), []
        return Loaded(rows, kept + self._kept(batch, Read(Origin.FILE, read_at), by=by), unreadable)

    def _is_of_use(self, unit: Unit, wanted: set[str], home: str) -> bool:
        if unit.parent in wanted:
            return True
        if unit.state is EntryState.DELETED or unit.municipality != home or unit.form in PRIVATE_FORMS:
            return False
        return unit.is_voluntary or any(
            row.name is not ApplicantClass.BUSINESS for row in self.classes.classes if unit.form in (row.forms or ())
        )

    def _kept(self, found: Sequence[Record], read: Read | None = None, *, by: Actor) -> int:
        read = read or Read(Origin.REGISTER, clock_now())
        return self.database.transact(keep, found, self.classes, read, by=by, now=clock_now()) if found else 0

    def _asked(self, ask: Callable[[Client], Sequence[Record]], by: Actor) -> Sequence[Record]:
        """What the register answers at once, nothing where it does not or was asked too often."""
        if self.client is None:
            return ()
        try:
            self.database.transact(count_look_up, by=by, now=clock_now())
            return ask(hurried(self.client))
        except (Unfetched, Refusal) as failure:
            log.warning("register not asked", why=str(failure))
            return ()

    def _changes(self, client: Client, begun: Begun) -> bool:
        """Mark whose entries changed, page by page; whether there is more of them."""
        feeds = (("units_after", client.changed_units, begun.units_after), ("roles_after", client.changed_roles, begun.roles_after))
        is_more = False
        for name, ask, after in feeds:
            changes = Changes(frozenset(), after, more=True)
            for _page in range(MOST_PAGES):
                changes = ask(changes.last, begun.since)
                self.database.transact(note_changes, name, changes, by=SERVICE, now=clock_now())
                if not changes.more:
                    break
            is_more = is_more or changes.more
        return is_more

    def _read_due(self) -> Unfetched | None:
        """Read those that are due; one that cannot be read keeps no other waiting, a register that does not answer does."""
        with self.database.reading() as session:
            due = numbers_to_read(session, clock_now())
        failures = list[Unfetched]()
        for number in due:
            try:
                self.refresh(number, by=SERVICE)
            except Unfetched as failure:
                failures.append(failure)
            if len(failures) >= MOST_FAILURES:
                break
        return failures[0] if failures else None


def begin(session: Session, *, by: Actor, now: datetime) -> Begun | None:
    """Say that updates are followed, so that nobody else does meanwhile; None when it is not time."""
    row = session.get(Following, 1, with_for_update=True)
    if row is None:
        row = Following(id=1)
        session.add(row)
    if row.due_at is not None and now < row.due_at:
        return None
    row.tried_at, row.due_at = now, now + SOONEST
    session.flush()
    return Begun(row.units_after, row.roles_after, row.done_at or now - AS_IF_SINCE)


def note_changes(session: Session, feed: str, changes: Changes, *, by: Actor, now: datetime) -> None:
    """Remember how far a feed was read, and whose entries are to be read again."""
    changed = (Entry.number.in_(changes.numbers & numbers_here(session)),)
    session.execute(update(Entry).where(*changed).values(is_stale=True))
    session.execute(update(Following).where(Following.id == 1).values({feed: changes.last}))


def finish(session: Session, failure: Unfetched | None, *, is_more: bool, by: Actor, now: datetime) -> None:
    """Say that updates were followed, or why not; after failures ever more seldom."""
    row = following(session)
    if row is None:
        return
    row.failure, row.failures = (failure.code[:60], row.failures + 1) if failure else ("", 0)
    if failure is None:
        row.done_at, row.due_at = now, now + (AT_ONCE if is_more else EVERY)
    else:
        row.due_at = now + max(min(SOONEST * 2 ** min(row.failures, 10), LONGEST), failure.after or timedelta())
    session.flush()


def count_look_up(session: Session, *, by: Actor, now: datetime) -> None:
    """Count that somebody asks the register by our pages; raises Throttled."""
    take(session, LOOK_UPS, str(by.person_id), "", now=now)


def read_on(file: Path) -> datetime:
    """When a file was given out, as far as it tells: when it was written."""
    return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)


def _parts_of(client: Client, number: str) -> Iterator[Record]:
    unit = client.unit(number)
    yield unit
    if unit.state in (EntryState.UNKNOWN, EntryState.DELETED):
        return
    yield client.voluntary(number)
    yield client.roles(number)
    yield from client.subunits(number)
