"""A made-up year of everything that calendar programmes are known to read wrongly, and what each feed must say of it.

``python -m tests.calendars.year FOLDER --dates 5000`` writes every kind of feed of it into a folder, compares what two
independent readers find there with the database, and leaves the files for other readers.
"""

import argparse
import random
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import vobject
from icalendar import Calendar
from recurring_ical_events import of
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation
from booking.models import Booking, Occurrence
from booking.states import BookingKind, OccurrenceState
from calendars.cache import Cache
from calendars.feeds import Asked, Feeds
from calendars.models import Audience
from calendars.standing import PRIVATE, Address
from calendars.tokens import Draft, hashed, make_feed
from calendars.window import Wanted, wanted_of
from database.migrate import upgrade
from database.transact import Database
from kernel.errors import Invalid
from kernel.wallclock import WallSpan
from tests.calendars.rows import book, close
from tests.cast import BEGINNING, Cast, actor, assemble
from venues.models import Closure, District, OpeningHours, Openness, Origin, Room, Space, Venue

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SLUG, ROOMS, CHANGES = "storhallen", 6, (date(2026, 10, 24), date(2026, 10, 25), date(2027, 3, 27), date(2027, 3, 28))
TEXTS = (
    "Øving for åpen ære",
    'Semikolon; komma, skråstrek \\ og «gåsetegn» " slutt',
    "Linje 1\nlinje 2\r\nlinje 3\u2028linje 4",
    "Sangkveld 🎹🎷 med 👩‍👩‍👧‍👦 og 🇳🇴 " + "å" * 90,
    "Styring\x07tegn og \x85ny linje",
    "x" * 74 + "æ" + "y" * 74,
    "\\n er ikke en ny linje, BEGIN:VEVENT heller ikke",
)
LONG = "Vi trenger hjelp til å bære pianoet opp trappen; ring først, og ta med kaffe 🎹.\n" * 120
STATES = {
    OccurrenceState.BOOKED: "CONFIRMED",
    OccurrenceState.REQUESTED: "TENTATIVE",
    OccurrenceState.UNCONFIRMED: "TENTATIVE",
    OccurrenceState.CANCELLED: "CANCELLED",
    OccurrenceState.DISPLACED: "CANCELLED",
}
PREFIXES = {"CONFIRMED": "", "TENTATIVE": "FORELØPIG: ", "CANCELLED": "AVLYST: "}
WEIGHTED = [OccurrenceState.BOOKED] * 14 + [OccurrenceState.REQUESTED, OccurrenceState.CANCELLED, OccurrenceState.DISPLACED]
Told = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feed: its address, its level, and which rooms, organisation, holder or team it is about."""

    address: Address
    level: str
    rooms: frozenset[int] = frozenset()
    organisation: int | None = None
    holder: int | None = None
    team: str = ""
    query: Mapping[str, str] | None = None

    @property
    def wanted(self) -> Wanted:
        return wanted_of(self.query or {})


def build(session: Session, dates: int, *, seed: int = 1) -> dict[str, Kind]:
    """Write the year; returns the feeds that tell of it by name."""
    cast, chance = assemble(session), random.Random(seed)
    venue = _venue(session)
    written = 0
    while written < dates:
        written += len(_booking(session, cast, venue, chance, dates - written).occurrences)
    for first, days in ((date(2026, 12, 22), 5), (CHANGES[1], 1), (CHANGES[3], 1)):
        start = datetime.combine(first, time())
        close(session, venue, start, start + timedelta(days=days), reason=chance.choice(TEXTS))
    close(session, venue, datetime(2027, 1, 4, 8), datetime(2027, 1, 4, 12, 30), room=venue.rooms[0])
    _hours(session, venue)
    return _kinds(session, cast, venue)


def _venue(session: Session) -> Venue:
    venue = Venue(
        slug=SLUG, name="Storhallen; øst, «A»", kind="hall", zone="Europe/Oslo", address="Elvegata 1, 3015 Drammen", changed_at=BEGINNING
    )
    venue.latitude, venue.longitude, venue.minutes_before = 59.7441, 10.2045, 15
    venue.district = District(slug="sentrum", name="Sentrum")
    for number in range(ROOMS):
        space = Space(venue=venue, slug=f"sal-{number}", name=f"Sal {number}")
        session.add(
            Room(venue=venue, slug=space.slug, name=f"Sal {number} – ærlig, «stor»", kind="gym", changed_at=BEGINNING, spaces=[space])
        )
    session.add(venue)
    session.flush()
    return venue


def _booking(session: Session, cast: Cast, venue: Venue, chance: random.Random, most: int) -> Booking:
    holder, organisation = chance.choice(
        [(cast.berit, cast.skiold), (cast.nils, cast.skiold), (cast.per, None), (cast.tone, cast.kvilterne)]
    )
    kind = chance.choice([BookingKind.ORDINARY] * 8 + [BookingKind.MUNICIPAL, BookingKind.BLOCK])
    told = {
        "purpose": chance.choice(TEXTS),
        "team": chance.choice(["", "", "G12"]),
        "message": chance.choice(["", LONG]),
        "open_to_all": chance.random() < 0.2,
        "shown_publicly": chance.random() < 0.8,
    }
    walls = list(_walls(chance))[: max(most, 1)]
    booking = book(session, chance.choice(venue.rooms), holder, walls, organisation=organisation, kind=kind, **told)
    for one in booking.occurrences:
        one.state, one.sequence = chance.choice(WEIGHTED), chance.choice([0, 0, 0, 1, 4])
        one.changed_at = NOW - timedelta(days=chance.choice([1, 10, 13, 16, 100]))
        if chance.random() < 0.1:
            one.room_id = chance.choice(venue.rooms).id
    booking.changed_at = NOW - timedelta(days=1)
    return booking


def _walls(chance: random.Random) -> Iterator[WallSpan]:
    """A date or a weekly series, by day, over midnight, or in the hours of a clock change, with dates that were moved."""
    day = chance.choice(CHANGES) if chance.random() < 0.15 else date(2026, 8, 30) + timedelta(days=chance.randrange(365))
    minutes = chance.choice([15, 60, 90, 8 * 60, 26 * 60])
    start = datetime.combine(
        day, time(chance.choice([0, 1, 2, 3, 4] if day in CHANGES else [0, 8, 17, 18, 22, 23]), chance.choice([0, 15, 30]))
    )
    for week in range(chance.choice([1, 1, 12, 40])):
        at = start + timedelta(weeks=week)
        at += timedelta(hours=chance.choice([1, 25])) if chance.random() < 0.1 else timedelta()
        wall = WallSpan(at, at + timedelta(minutes=minutes), "Europe/Oslo", chance.random() < 0.5)
        try:
            wall.interval()
        except Invalid:
            # In the hour that is missing, or over before it has begun.
            wall = WallSpan(at + timedelta(hours=3), at + timedelta(minutes=minutes, hours=3), "Europe/Oslo")
        yield wall


def _hours(session: Session, venue: Venue) -> None:
    common = {"venue_id": venue.id, "origin": Origin.STAFF}
    for weekday in range(7):
        session.add(OpeningHours(**common, weekday=weekday, from_minute=480, to_minute=1320, openness=Openness.OPEN))
    week = {"first_day": date(2027, 2, 22), "last_day": date(2027, 2, 24)}
    session.add(OpeningHours(**common, **week, weekday=0, from_minute=600, to_minute=1080, openness=Openness.OPEN))
    session.add(OpeningHours(**common, **week, weekday=1, from_minute=600, to_minute=720, openness=Openness.BY_AGREEMENT))
    session.flush()


def _kinds(session: Session, cast: Cast, venue: Venue) -> dict[str, Kind]:
    rooms, some = frozenset(room.id for room in venue.rooms), venue.rooms[:2]
    skiold, paths = cast.skiold.id, tuple(f"{SLUG}/{room.slug}" for room in some)

    def private(who: Any, *draft: Any, **more: Any) -> Address:
        return Address(PRIVATE, hashed(make_feed(session, Draft("Prøve", *draft, **more), by=actor(session, who), now=NOW).token))

    club = private(cast.nils, Audience.ORGANISATION, organisation="313000001")
    team = private(cast.nils, Audience.ORGANISATION, organisation="313000001", team="G12")
    return {
        "venue": Kind(Address("venue", SLUG), "public", rooms),
        "venue-busy": Kind(Address("venue", SLUG), "busy", rooms, query={"level": "busy"}),
        "venue-without-cancelled": Kind(Address("venue", SLUG), "public", rooms, query={"cancelled": "0"}),
        "room": Kind(Address("room", SLUG, some[0].slug), "public", frozenset({some[0].id})),
        "district": Kind(Address("district", "sentrum"), "public", rooms),
        "organisation": Kind(Address("organisation", "313000001"), "public", organisation=skiold),
        "round": Kind(private(cast.kari, Audience.CARETAKER, venues=(SLUG,)), "staff", rooms),
        "round-of-rooms": Kind(private(cast.kari, Audience.CARETAKER, rooms=paths), "staff", frozenset(room.id for room in some)),
        "sign": Kind(private(cast.kari, Audience.SIGN, rooms=paths[:1]), "public", frozenset({some[0].id}), query={"cancelled": "0"}),
        "club": Kind(club, "own", organisation=skiold),
        "team": Kind(team, "own", organisation=skiold, team="G12"),
        "booker": Kind(private(cast.per, Audience.BOOKER), "own", holder=cast.per.id),
    }


def rendered(database: Database, kinds: Mapping[str, Kind], folder: Path) -> dict[str, bytes]:
    """Every feed as a subscriber gets it."""
    feeds = Feeds(database, Cache(folder), "https://arena.example.no")
    return {name: feeds.answer(Asked(kind.address, kind.wanted), now=NOW).body or b"" for name, kind in kinds.items()}


def by_icalendar(text: bytes) -> list[Told]:
    """What icalendar with recurring-ical-events finds."""
    found = of(Calendar.from_ical(text)).between(date(2026, 8, 1), date(2028, 7, 1))
    return sorted((str(one["UID"]), _moment(one.start), _moment(one.end), str(one["STATUS"]), str(one["SUMMARY"])) for one in found)


def by_vobject(text: bytes) -> list[Told]:
    """What vobject finds, which reads the zone block of the file itself, by dateutil."""
    found = vobject.readOne(text.decode()).contents.get("vevent", [])
    return sorted(
        (one.uid.value, _moment(one.dtstart.value), _moment(one.dtend.value), one.status.value, one.summary.value) for one in found
    )


def held(session: Session, kind: Kind) -> list[Told]:
    """What a feed must tell, worked out from the tables without the feeds' own code."""
    found = select(Occurrence, Booking, Organisation).join(Booking, Occurrence.booking_id == Booking.id)
    rows = session.execute(found.outerjoin(Organisation, Booking.organisation_id == Organisation.id)).all()
    told = [_held(one, booking, organisation, kind) for one, booking, organisation in rows if _is_told(one, booking, kind)]
    return sorted(told + (_of_places(session, kind) if kind.rooms else []))


def _is_told(one: Occurrence, booking: Booking, kind: Kind) -> bool:
    first, last = datetime(2026, 8, 24, 22, tzinfo=UTC), datetime(2028, 5, 16, 22, tzinfo=UTC)
    of_place = one.room_id in kind.rooms
    of_holder = booking.holder_id == kind.holder or (kind.organisation is not None and booking.organisation_id == kind.organisation)
    if kind.organisation is not None and kind.level == "public" and not booking.shown_publicly:
        return False
    is_told = of_place or (of_holder and (not kind.team or booking.team == kind.team))
    if one.state is OccurrenceState.UNCONFIRMED and kind.level != "own":
        return False
    if STATES.get(one.state) == "CANCELLED":
        is_told = is_told and kind.query != {"cancelled": "0"} and one.changed_at >= datetime(2026, 11, 8, 23, tzinfo=UTC)
    return is_told and one.state in STATES and one.starts_at < last and one.ends_at > first


def _held(one: Occurrence, booking: Booking, organisation: Organisation | None, kind: Kind) -> Told:
    status, is_near = STATES[one.state], abs(one.local_start.date() - NOW.date()) <= timedelta(days=14)
    person = booking.contact_name if is_near or kind.level == "own" else "Privat"
    words = {BookingKind.BLOCK: "Sperret", BookingKind.MUNICIPAL: "Drammen kommune"}
    if kind.level == "busy":
        title = "Opptatt"
    elif kind.level == "public":
        is_shown = booking.shown_publicly and (booking.kind is BookingKind.MUNICIPAL or (organisation is not None and organisation.number))
        title = "Sperret" if booking.kind is BookingKind.BLOCK else "Opptatt"
        if is_shown and booking.kind is not BookingKind.BLOCK:
            title = words.get(booking.kind) or (organisation.name if organisation else "")
    else:
        who = "Sperret" if booking.kind is BookingKind.BLOCK else organisation.name if organisation else words.get(booking.kind, person)
        title = " – ".join(filter(None, (who, booking.team, booking.purpose)))
    uid = f"{booking.reference.lower()}-{one.number}.20260102T080000@arena"
    return uid, _moment(one.starts_at), _moment(one.ends_at), status, _plain(PREFIXES[status] + title)


def _of_places(session: Session, kind: Kind) -> list[Told]:
    told = []
    for one in session.scalars(select(Closure).where((Closure.room_id.is_(None)) | Closure.room_id.in_(kind.rooms))):
        reason = "Storhallen; øst, «A»" if kind.level == "busy" and not one.room_id else one.reason
        if kind.level == "busy" and one.room_id:
            reason = session.get_one(Room, one.room_id).name
        ends = (one.local_start.date(), one.local_end.date()) if one.all_day else (one.starts_at, one.ends_at)
        uid = f"closure-{one.id}.20260102T080000@arena"
        told.append((uid, _moment(ends[0]), _moment(ends[1]), "CONFIRMED", _plain(f"STENGT: {reason}")))
    venue = session.scalar(select(Venue.id).where(Venue.slug == SLUG))
    for day, hours in ((22, "10:00–18:00"), (23, "10:00–12:00 etter avtale"), (24, "stengt")):
        uid = f"hours-{venue}-all-202702{day}@arena"
        told.append((uid, f"2027-02-{day}", f"2027-02-{day + 1}", "CONFIRMED", f"ÅPNINGSTID: {hours}"))
    return told


def _plain(text: str) -> str:
    """The text without what no calendar can hold: every kind of line break is a newline, control characters are dropped."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", re.sub("\r\n|\r|\x85|\u2028|\u2029", "\n", text))


def _moment(value: date) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if isinstance(value, datetime) else value.isoformat()


def main() -> int:
    """Build, render, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dates", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    upgrade(f"sqlite:///{given.folder / 'year.sqlite'}")
    database = Database(f"sqlite:///{given.folder / 'year.sqlite'}")
    kinds = database.transact(build, given.dates, seed=given.seed)
    differing = 0
    for name, text in rendered(database, kinds, given.folder / "cache").items():
        (given.folder / f"{name}.ics").write_bytes(text)
        with database.reading() as session:
            expected = held(session, kinds[name])
        found = {"icalendar": by_icalendar(text), "vobject": by_vobject(text)}
        wrong = [reader for reader, told in found.items() if told != expected]
        differing += len(wrong)
        said = f"differing: {', '.join(wrong)}" if wrong else "both readers equal"
        sys.stdout.write(f"{name}: {len(expected)} events, {len(text):,} octets; {said}\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
