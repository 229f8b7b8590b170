"""Statistics: reports over five years and 400,000 dates within a second, what grants are worth among them."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice, product
from statistics import median
from typing import Any

from flask import Flask
from flask_babel import Babel
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from accounts.identity import COMMAND, ApplicantClass
from accounts.models import Organisation
from bench.seeding import BATCH
from bench.served import Bases
from bench.table import Line
from bench.timing import per_piece
from booking.models import Booking, Occurrence
from booking.statistics.exports import exported
from booking.statistics.measures import Dimension
from booking.statistics.reports import Question, Report, report
from booking.support.grants.values import values
from database.transact import Database
from kernel.clock import now
from kernel.wallclock import WallSpan
from tests.storm import prepare
from venues.models import District, OpeningHours, Openness, Origin, Room, Space, Venue

VENUES, ORGANISATIONS, DISTRICTS, YEARS = 40, 400, 8, 5
FIRST, LAST = date(2021, 1, 4), date(2025, 12, 31)
LONGEST_WAIT = 1.0
# Reports name their lines in a language.
APP = Flask(__name__)
Babel(APP)
# The beginnings of evening slots of an hour and a half, and of two by day, in minutes of the day.
SLOTS = (9 * 60, 13 * 60, 16 * 60, 17 * 60 + 30, 19 * 60, 20 * 60 + 30)
A_SLOT = timedelta(minutes=90)
DATES_A_SERIES = 10
# Of the slots every third is booked.
EVERY = 3
STATES = ("booked",) * 17 + ("cancelled", "skipped", "displaced")
ACTIVITIES = ("sport.training", "culture.music", "meeting", "event")
AGES: tuple[dict[str, int], ...] = ({"6-12": 18}, {"13-19": 15}, {"20-66": 22}, {"67+": 9})
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsSize:
    """How much is measured: dates and rounds."""

    dates: int = 400_000
    rounds: int = 3


def seed(database: Database, dates: int) -> None:
    """Forty venues, each with a hall of three parts and a room for meetings, and five years of series in them."""
    prepare(database)
    database.transact(_build)
    database.transact(_fill, dates)


def _build(session: Session) -> None:
    stamp = now()
    districts = [District(slug=f"bydel-{number}", name=f"Bydel {number}") for number in range(DISTRICTS)]
    for number in range(VENUES):
        venue = Venue(slug=f"skole-{number}", name=f"Skole {number}", kind="school", zone="Europe/Oslo", changed_at=stamp)
        venue.district = districts[number % DISTRICTS]
        *thirds, meeting = [Space(venue=venue, slug=f"del-{part}", name=f"Del {part}") for part in range(4)]
        for slug, spaces in (("hel", thirds), ("moterom", [meeting]), *((f"del-{part}", [third]) for part, third in enumerate(thirds))):
            session.add(Room(venue=venue, slug=slug, name=slug.capitalize(), kind="gym", changed_at=stamp, spaces=spaces))
        session.flush()
        opens = (7 + number % 4) * 60
        for (first, last), weekday in product(((None, None), (date(2023, 6, 20), date(2023, 8, 15))), range(7)):
            hours = {"weekday": weekday, "from_minute": opens, "to_minute": 22 * 60 if first is None else 16 * 60}
            session.add(
                OpeningHours(venue_id=venue.id, first_day=first, last_day=last, openness=Openness.OPEN, origin=Origin.STAFF, **hours)
            )
    stamps = {"created_at": stamp, "changed_at": stamp, "is_fictional": True}
    kinds = (ApplicantClass.ORGANISATION,) * 3 + (ApplicantClass.BUSINESS,)
    first = session.execute(text("SELECT max(id) FROM organisation")).scalar_one() + 1
    session.execute(
        insert(Organisation),
        [{"id": first + n, "name": f"Lag {n}", "applicant_class": kinds[n % 4], **stamps} for n in range(ORGANISATIONS)],
    )


def _fill(session: Session, dates: int) -> None:
    rooms = session.execute(select(Room.id, Room.slug).join(Room.venue).where(Venue.slug.like("skole-%")).order_by(Room.id)).all()
    wanted = [(room, slug) for room, slug in rooms]
    holder, organisation = session.execute(text("SELECT (SELECT min(person_id) FROM delegation), (SELECT max(id) FROM organisation)")).one()
    series = islice(_series(wanted), 0, dates // DATES_A_SERIES * EVERY, EVERY)
    number = 0
    while batch := list(islice(series, BATCH // DATES_A_SERIES)):
        bookings, occurrences = [], []
        for room, start in batch:
            number += 1
            bookings.append(_booking(number, room, holder, organisation - number * 7 % ORGANISATIONS))
            occurrences += [_occurrence(number, room, start, week) for week in range(DATES_A_SERIES)]
        session.execute(insert(Booking), bookings)
        session.execute(insert(Occurrence), occurrences)
    session.execute(text("ANALYZE"))


def _series(rooms: list[tuple[int, str]]) -> Iterator[tuple[int, datetime]]:
    """Room and first start of series that do not meet: of a hall either the whole or its parts."""
    stretches = range(YEARS * 365 // 7 // DATES_A_SERIES)
    for slot, weekday, stretch, (room, slug) in product(SLOTS[::-1], range(7), stretches, rooms):
        is_whole = (slot // 30 + weekday + stretch) % 3 == 0
        if slug == "moterom" or is_whole == (slug == "hel"):
            day = FIRST + timedelta(weeks=stretch * DATES_A_SERIES, days=weekday)
            yield room, datetime.combine(day, datetime.min.time()) + timedelta(minutes=slot)


def _booking(number: int, room: int, holder: int, organisation: int) -> Row:
    stamps: Row = {"created_at": now(), "changed_at": now()}
    booking = {"id": number, "reference": f"SEEDED-{number}", "kind": "ordinary", "state": "booked", "room_id": room, "holder_id": holder}
    booking |= {"organisation_id": organisation, "hand_id": holder, "applicant_class": "organisation", "purpose": "Trening"}
    return booking | {"activity": ACTIVITIES[number % 4], "participants": AGES[number // 4 % 4], "needs": [], **stamps}


def _occurrence(number: int, room: int, start: datetime, week: int) -> Row:
    begins = start + timedelta(weeks=week)
    wall = WallSpan(begins, begins + A_SLOT, "Europe/Oslo")
    interval, id = wall.interval(), (number - 1) * DATES_A_SERIES + week + 1
    occurrence: Row = {"id": id, "booking_id": number, "number": week + 1, "room_id": room, "state": STATES[id % len(STATES)]}
    occurrence |= {"local_start": wall.start, "local_end": wall.end, "zone": wall.zone, "created_at": interval.start}
    occurrence |= {"list_price": 30_000, "charged_price": 30_000 if number % 4 == 3 else 0, "tariff": f"{begins.year}-01-01"}
    occurrence |= {"absent_at": interval.end if id % 50 == 0 else None, "changed_at": interval.start}
    return occurrence | {"starts_at": interval.start, "ends_at": interval.end}


def statistics_lines(bases: Bases, kind: str, size: StatisticsSize) -> list[Line]:
    """The lines of one kind of database: every report over all years, and what grants are worth."""
    database = bases.make(kind, "statistics")
    seed(database, size.dates)
    works: dict[str, Callable[[], object]] = {f"use by {by}": partial(_report, database, by) for by in Dimension}
    works["what support is worth"] = partial(_values, database)
    works["a report as a spreadsheet"] = partial(_spreadsheet, database)
    return [_line(f"{kind}, {name}, {size.dates:,} dates", [_taken(work) for _ in range(size.rounds)]) for name, work in works.items()]


def _taken(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of this processor: what SQLite takes is among these, and others on the machine count in the first alone."""
    began = time.process_time()
    return per_piece(work), time.process_time() - began


def _line(told: str, taken: Sequence[tuple[float, float]]) -> Line:
    seconds, processor = (median(column) for column in zip(*taken, strict=True))
    ours = f"{seconds:.2f} ({processor:.2f})"
    return Line(work=told, floor=f"{LONGEST_WAIT:.0f} s", ours=ours, ratio=seconds / LONGEST_WAIT, goal="<= 1")


def _report(database: Database, by: Dimension) -> Report:
    with database.reading() as session, APP.app_context():
        return report(session, Question(by=by, first=FIRST, last=LAST), by=COMMAND, now=now())


def _values(database: Database) -> None:
    with database.reading() as session:
        values(session, FIRST, LAST)


def _spreadsheet(database: Database) -> None:
    with APP.app_context():
        for _ in exported(_report(database, Dimension.ROOM), "xlsx"):
            pass
