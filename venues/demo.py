"""Demo: fictional values for what the inventory does not know, each marked so and outranked by anything known."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from database.audit import Act, record
from kernel.errors import Invalid, refuse
from kernel.wallclock import to_wall
from venues.editing import raised
from venues.inputs import ContactInput, HoursRow, SchoolInput
from venues.models import Fact, Municipality, OnSite, OpeningHours, Origin, Room, SchoolPeriod, Venue
from venues.queries import districts, municipality, venue_named
from venues.settling import replaced, said, settle_room, settle_venue
from venues.statements import ACCESS, Statement
from venues.vocabulary import Access, Answer
from web.fields import Email, Line
from web.forms import Input, parse_json

FILE = Path(__file__).parent / "data" / "drammen-demo.json"
SOURCE = "fiktiv (demo)"
OF_THE_DEMO = "demo"


class WeekRow(Input):
    """The same window on several weekdays."""

    days: list[Annotated[int, Field(ge=0, le=7)]]
    start: str
    end: str
    openness: str = "open"

    def rows(self) -> list[HoursRow]:
        return [
            HoursRow.model_validate({"weekday": day, "start": self.start, "end": self.end, "openness": self.openness}) for day in self.days
        ]


class DemoRoom(Input):
    """What is invented for a room."""

    capacity: int | None = None
    facilities: list[str] = Field(default_factory=list)
    access: dict[Access, Answer] = Field(default_factory=dict)
    week: str = ""

    def statements(self, today: date) -> list[Statement]:
        values = {"capacity": self.capacity, "facilities": self.facilities or None}
        return _stated(values, self.access, today)


class DemoVenue(Input):
    """What is invented for a venue."""

    district: str | None = None
    address: str | None = None
    location: tuple[float, float] | None = None
    entrance: str | None = None
    getting_in: str | None = None
    minutes_before: int | None = None
    follows_school_calendar: bool | None = None
    access: dict[Access, Answer] = Field(default_factory=dict)
    week: str = ""
    on_site: list[ContactInput] = Field(default_factory=list)
    rooms: dict[str, DemoRoom] = Field(default_factory=dict)

    def statements(self, today: date) -> list[Statement]:
        values = self.model_dump(include={"district", "address", "entrance", "getting_in", "minutes_before", "follows_school_calendar"})
        return _stated(values | {"location": list(self.location) if self.location else None}, self.access, today)


class DemoContact(Input):
    contact_name: Line
    contact_phone: str
    contact_email: Email


class DemoFacts(Input):
    """The whole file; weeks are named once and used by many."""

    note: str = ""
    municipality: DemoContact
    school_calendar: list[SchoolInput]
    weeks: dict[str, list[WeekRow]]
    venues: dict[str, DemoVenue]


def read_demo(file: Path = FILE) -> DemoFacts:
    """The demo's own file; raises Invalid with all faults."""
    found = parse_json(DemoFacts, file.read_bytes())
    named = [(slug, venue.week) for slug, venue in found.venues.items()]
    named += [(f"{slug}/{name}", room.week) for slug, venue in found.venues.items() for name, room in venue.rooms.items()]
    unknown = [name for name, week in named if week and week not in found.weeks]
    if unknown:
        raise refuse(Invalid, "unknown-week", "week", ", ".join(unknown))
    return found


def load_demo_facts(session: Session, given: DemoFacts, *, by: Actor, now: datetime) -> list[str]:
    """Add what is invented to the imported inventory, and answer what changed; the same again changes nothing.

    Hours, contacts and school days that staff have entered stay as they are. Raises Missing for venues not imported.
    """
    by.require(by.is_officer, "officer")
    home = municipality(session)
    today = to_wall(now, home.zone).date()
    changed = [OF_THE_DEMO] if _load_municipality(session, home, given, now) else []
    known = {district.name: district for district in districts(session)}
    for slug, invented in given.venues.items():
        venue = venue_named(session, slug)
        facts = _load_facts(session, invented.statements(today), venue, None)
        if facts is not None:
            settle_venue(venue, said(facts), known)
        moved = [
            facts is not None,
            _load_hours(session, given.weeks.get(invented.week, []), venue, None),
            _load_contacts(session, invented, venue),
        ]
        if any(moved):
            raised(venue, now)
            changed.append(slug)
        changed += [f"{slug}/{name}" for name, room in invented.rooms.items() if _load_room(session, given, venue, name, room, now)]
    if changed:
        record(session, Act("load_demo_facts", "municipality", home.id, {"changed": len(changed)}), by=by, now=now)
    session.flush()
    return changed


def _stated(values: dict[str, Any], access: dict[Access, Answer], today: date) -> list[Statement]:
    whole = values | {ACCESS + feature: answer.value for feature, answer in access.items()}
    return [Statement(key, value, SOURCE, Origin.DEMO, today) for key, value in whole.items() if value is not None]


def _load_municipality(session: Session, home: Municipality, given: DemoFacts, now: datetime) -> bool:
    contact = given.municipality.model_dump()
    is_changed = home.contact_origin is not Origin.STAFF and any(getattr(home, name) != value for name, value in contact.items())
    if is_changed:
        for name, value in contact.items():
            setattr(home, name, value)
        home.contact_origin = Origin.DEMO
    rows = session.scalars(select(SchoolPeriod).where(SchoolPeriod.venue_id.is_(None))).all()
    wanted = [SchoolPeriod(venue_id=None, **period.model_dump(), origin=Origin.DEMO) for period in given.school_calendar]
    is_changed |= _swap(session, rows, wanted, ("first_day", "last_day", "name", "kind"))
    if is_changed:
        raised(home, now)
    return is_changed


def _load_room(session: Session, given: DemoFacts, venue: Venue, slug: str, invented: DemoRoom, now: datetime) -> bool:
    room = next((room for room in venue.rooms if room.slug == slug), None)
    if room is None:
        raise refuse(Invalid, "unknown-room", "rooms", f"{venue.slug}/{slug}", near=[one.slug for one in venue.rooms], venue=venue.name)
    facts = _load_facts(session, invented.statements(to_wall(now, venue.zone).date()), venue, room)
    if facts is not None:
        settle_room(room, said(facts))
    is_changed = facts is not None or _load_hours(session, given.weeks.get(invented.week, []), venue, room)
    if is_changed:
        raised(room, now)
    return is_changed


def _load_facts(session: Session, wanted: Sequence[Statement], venue: Venue, room: Room | None) -> list[Fact] | None:
    of_room = Fact.room_id == room.id if room else Fact.room_id.is_(None)
    held = session.scalars(select(Fact).where(Fact.venue_id == venue.id, of_room).order_by(Fact.id)).all()
    found = replaced(session, [fact for fact in held if fact.origin is Origin.DEMO], wanted, venue=venue, room=room)
    return None if found is None else [*(fact for fact in held if fact.origin is not Origin.DEMO), *found]


def _load_hours(session: Session, week: Sequence[WeekRow], venue: Venue, room: Room | None) -> bool:
    of_room = OpeningHours.room_id == room.id if room else OpeningHours.room_id.is_(None)
    rows = session.scalars(select(OpeningHours).where(OpeningHours.venue_id == venue.id, of_room)).all()
    wanted = [
        OpeningHours(
            venue_id=venue.id,
            room_id=room.id if room else None,
            weekday=row.weekday,
            from_minute=row.minutes[0],
            to_minute=row.minutes[1],
            openness=row.openness,
            origin=Origin.DEMO,
        )
        for several in week
        for row in several.rows()
    ]
    if _swap(session, rows, wanted, ("weekday", "from_minute", "to_minute", "openness")):
        for space in room.spaces if room else venue.spaces:
            space.revision += 1
        return True
    return False


def _load_contacts(session: Session, invented: DemoVenue, venue: Venue) -> bool:
    rows = session.scalars(select(OnSite).where(OnSite.venue_id == venue.id)).all()
    wanted = [
        OnSite(
            venue_id=venue.id,
            weekday=day,
            role=one.role,
            phone=one.phone,
            is_present=one.is_present,
            origin=Origin.DEMO,
            from_minute=int(one.start.total_seconds() // 60),
            to_minute=int(one.end.total_seconds() // 60),
        )
        for one in invented.on_site
        for day in one.weekdays
    ]
    return _swap(session, rows, wanted, ("weekday", "from_minute", "to_minute", "role", "phone", "is_present"))


def _swap(session: Session, rows: Sequence[Any], wanted: Sequence[Any], names: tuple[str, ...]) -> bool:
    """Whether the invented rows had to be replaced; where staff have entered any, theirs stand alone."""
    if any(row.origin is not Origin.DEMO for row in rows):
        return False
    held, given = ([tuple(getattr(row, name) for name in names) for row in several] for several in (rows, wanted))
    if sorted(map(str, held)) == sorted(map(str, given)):
        return False
    for row in rows:
        session.delete(row)
    session.add_all(wanted)
    return True
