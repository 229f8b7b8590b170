"""What-if: a draft tried on 20,000 booked dates within the time that people wait, telling all along how far it is."""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from accounts.identity import COMMAND, SERVICE, ApplicantClass
from accounts.models import Organisation
from bench.seeding import BATCH, build_rooms, fill
from bench.served import Bases
from bench.table import Line
from booking.facts import room_facts
from booking.judging import INTO_JUDGEMENTS, folded
from booking.models import Booking, Occurrence
from booking.whatif import Question, what_if
from database.transact import Database
from kernel.clock import now
from kernel.wallclock import WallSpan
from policies.document import checked, read
from policies.known import facts_around, office_holidays
from policies.places import place_at
from policies.request import AgeBand, Request
from policies.taxonomy import Activity
from policies.verbs import publish
from policies.verdict import Outcome, Verdict
from tests.storm import prepare
from venues.models import Room
from venues.opening import Opening
from venues.queries import openings_of

VENUE, ROOMS, ORGANISATIONS = "oren-flerbrukshall", 100, 100
DATES_A_DAY = 500
ASKED_BEFORE = timedelta(days=30)
DAY = timedelta(days=1)
POLICY = Path(__file__).parents[1] / "demo" / "policies" / "municipality.json"
LONGEST_WAIT, LONGEST_SILENCE = 30.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfSize:
    """How much is measured: dates and rounds."""

    dates: int = 20_000
    rounds: int = 2


@dataclass(slots=True)
class Trial:
    """A draft tried on a database; ``silence`` is the longest time in seconds without a word of progress."""

    database: Database
    question: Question
    silence: float = 0.0
    heard: float = 0.0

    def seconds(self, dates: int) -> float:
        """Seconds that it takes; raises RuntimeError unless so many dates were judged."""
        began = self.heard = time.perf_counter()
        found = what_if(self.database, self.question, by=COMMAND, now=now(), told=self._hear)
        if (found.judged, found.unknown) != (dates, 0) or not found.differing:
            raise RuntimeError(f"of {dates} dates {found.judged} were judged, {len(found.differing)} otherwise")
        return time.perf_counter() - began

    def _hear(self, _done: int, _total: int) -> None:
        heard = time.perf_counter()
        self.silence, self.heard = max(self.silence, heard - self.heard), heard


def what_if_lines(bases: Bases, kind: str, size: WhatIfSize) -> list[Line]:
    """The lines of one kind of database: the hardest case, in which each date is a booking of its own."""
    trial = _prepared(bases.make(kind, "whatif"), size.dates)
    taken = median(trial.seconds(size.dates) for _ in range(size.rounds))
    return [
        _limited(f"{kind}, a draft tried on {size.dates:,} dates", taken, LONGEST_WAIT),
        _limited(f"{kind}, the longest silence while it is tried", trial.silence, LONGEST_SILENCE),
    ]


def _limited(work: str, seconds: float, limit: float) -> Line:
    return Line(work=work, floor=f"{limit:.0f} s", ours=f"{seconds:.2f} s", ratio=seconds / limit, goal="<= 1")


def _prepared(database: Database, dates: int) -> Trial:
    """The hall under the demo's policy, so many dates of a hundred clubs from tomorrow on, and a draft that changes much."""
    prepare(database)
    build_rooms(database, VENUE, ROOMS, now=now())
    first = now().date() + DAY
    fill(database, VENUE, dates, first=first, now=now(), days=dates // DATES_A_DAY)
    return Trial(database, database.transact(_judged, first, dates))


def _judged(session: Session, first: date, dates: int) -> Question:
    document, place = read(POLICY.read_text(encoding="utf-8")), place_at(session, "")
    publish(session, place, document, first - DAY, by=SERVICE, now=now())
    _share_out(session)
    rows = session.execute(select(Occurrence, Booking).join(Booking, Occurrence.booking_id == Booking.id).order_by(Occurrence.id))
    rooms = {room.id: room for room in session.scalars(select(Room))}
    openings = openings_of(session, rooms.values(), first - DAY, first + DAY * (dates // DATES_A_DAY + 1))
    while batch := list(islice(rows, BATCH)):
        session.connection().execute(INTO_JUDGEMENTS, [_judgement(*row, rooms[row[0].room_id], openings) for row in batch])
    session.execute(text("ANALYZE"))
    return Question(place=place, draft=checked(_draft(document.data())), since=first)


def _share_out(session: Session) -> None:
    """Give the bookings to a hundred clubs."""
    stamps = {"created_at": now(), "changed_at": now(), "is_fictional": True, "applicant_class": ApplicantClass.ORGANISATION}
    first = session.execute(text("SELECT max(id) FROM organisation")).scalar_one() + 1
    session.execute(insert(Organisation), [{"id": first + n, "name": f"Lag {n}", **stamps} for n in range(ORGANISATIONS)])
    session.execute(text(f"UPDATE booking SET organisation_id = {first} + id % {ORGANISATIONS}"))


def _draft(document: dict[str, Any]) -> dict[str, Any]:
    """Every price by a tenth more, and half the hours a week."""
    for rule in document["rules"]:
        for row in [row for tariff in rule.get("tariffs", ()) for row in tariff["rows"]]:
            row["ore"] = row["ore"] * 11 // 10
        if rule["kind"] == "quota":
            rule["minutes"] = 20 * 60
    return document


def _judgement(date: Occurrence, booking: Booking, room: Room, openings: dict[int, Opening]) -> dict[str, Any]:
    """What a booking of one date keeps of its judgement; the verdict itself is not read here."""
    wall = WallSpan(date.local_start, date.local_end, date.zone)
    request = Request(
        room=f"{VENUE}/{room.slug}",
        wall=wall,
        interval=wall.interval(),
        submitted=date.starts_at - ASKED_BEFORE,
        applicant=ApplicantClass.ORGANISATION,
        activity=Activity.SPORT_TRAINING,
        participants=(AgeBand(6, 12, 18),),
        organisation=str(booking.organisation_id),
        person=str(booking.holder_id),
        age=40,
    )
    facts = facts_around(room_facts(room), openings[room.id], request.dates, office_holidays=office_holidays(request.submitted, date.zone))
    verdict = Verdict(outcome=Outcome.ACCEPTED).to_json()
    judged = folded([{"request": request.to_json(), "facts": facts.to_json(), "verdict": verdict, "versions": [1]}])
    return {"booking_id": booking.id, "act": "reserve", "at": request.submitted, "policy_versions": [1], "judged": judged}
