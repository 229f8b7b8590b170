"""A hall whose room follows a timetable that tests write, told by a stand-in on the loopback."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from booking.models import Booking, Claim, Occurrence, Task
from booking.reservations import reserve
from calendars.incoming.models import Event, Source
from calendars.incoming.refreshing import Refreshing
from calendars.incoming.sources import SourceInput, activate
from database.audit import Audit
from database.transact import Database
from kernel.fetching import Fetcher
from tests.booking.conftest import Hall, furnish, wish
from tests.calendars.incoming.stand_in import Answers, answering, plan
from tests.clock import Clock, stop
from venues.models import Space

HOST = "timeplan.test"
FETCHER = Fetcher("https://arena.test", {HOST}, resolve=lambda host, port: ["127.0.0.1"])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stop(monkeypatch)


@dataclass
class School:
    """A hall, the school's timetable, and what fetches it."""

    database: Database
    hall: Hall
    answers: type[Answers]
    address: str
    refreshing: Refreshing
    clock: Clock
    source: int = 0

    def do(self, verb: Callable[..., Any], *given: object, **more: object) -> Any:
        """A verb as its own request."""
        return self.database.transact(verb, *given, **{"by": self.hall.kari, "now": self.clock.moment, **more})

    def follow(self, *lessons: str) -> Source:
        """Add the timetable, look through it, take it into use."""
        self.answers.calendar = plan(*lessons)
        given = SourceInput(room="gymsal-1", name="Timeplan", address=f"{self.address}/plan.ics?key=hemmelig")
        self.source = self.refreshing.add("oren-flerbrukshall", given, None, by=self.hall.kari).id
        self.do(activate, self.source)
        return self.refreshing.take(self.source, by=self.hall.kari)

    def tell(self, *lessons: str, head: Sequence[str] = ()) -> Source:
        """The timetable is another, and fetched an hour later."""
        self.answers.calendar = plan(*lessons, head=head)
        return self.fetch()

    def fetch(self) -> Source:
        self.clock.pass_by(hours=1)
        return self.refreshing.refresh(self.source, by=self.hall.kari)

    def book(self, **said: Any) -> Booking:
        return self.do(reserve, wish(**said), by=self.hall.berit)

    def dates(self) -> list[tuple[str, str, str]]:
        """What stands of the timetable: when, in which state, and why it keeps no time; what is gone left out."""
        with self.database.reading() as session:
            query = select(Occurrence).join(Event, Event.occurrence_id == Occurrence.id).order_by(Occurrence.starts_at, Event.uid)
            found = session.scalars(query.where(Event.source_id == self.source)).all()
            return [
                (f"{one.local_start:%d.%m %H:%M}–{one.local_end:%H:%M}", str(one.state), one.reason)
                for one in found
                if one.state != "cancelled"
            ]

    def claimed(self) -> list[str]:
        """The time that is held in the room, whoever holds it."""
        with self.database.reading() as session:
            rows = session.execute(select(Claim.starts_at, Claim.ends_at).order_by(Claim.starts_at, Claim.space_id)).all()
            return [f"{start:%d %H:%M}–{end:%H:%M}" for start, end in rows]

    def everything(self) -> list[object]:
        """What an act would leave behind: claims, dates, the log, revisions."""
        with self.database.reading() as session:
            tables = (Claim.id, Occurrence.id, Occurrence.sequence, Audit.id, Space.revision, Event.id, Booking.version, Task.id)
            return [sorted(session.scalars(select(column))) for column in tables]


@pytest.fixture
def school(database: Database, clock: Clock) -> Iterator[School]:
    hall = database.transact(furnish)
    with answering(plan()) as (answers, address):
        yield School(database, hall, answers, address, Refreshing(database, FETCHER), clock)
