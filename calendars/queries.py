"""Queries: everything that a feed tells, in a fixed number of statements whatever its size."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, Text, and_, cast, false, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.models import Organisation
from booking.conditions.queries import entries, visit
from booking.models import Booking, Occurrence
from booking.public import GROUPS
from booking.resources import Held, held_by
from booking.states import BookingKind, OccurrenceState
from booking.support.models import Agreement
from calendars.events import Where
from calendars.levels import ENDED, SHOWN, Arrival, Closing, DayHours, Entrance, Holder, Level, Occurring, Place
from calendars.standing import Kind, Standing
from calendars.whatson import KINDS
from calendars.window import DAYS_BACK, Span
from database.audit import MOVED, MOVED_FROM, Audit
from kernel.interval import Interval
from kernel.wallclock import local_day, to_wall
from venues import contact
from venues.models import Closure, Municipality, OpeningHours, Room, RoomSpace, Venue
from venues.opening import Openness, WeeklyHours, rows_on
from venues.vocabulary import ResourceKind

# A booking that began so long before the window is not looked for: without a bound the index would be read from 1970.
LONGEST_BOOKING = timedelta(days=62)
FEW = 500
ROWS = 1_000


# By which a dated span is known to be unchanged: its id, the version of its booking, which rises with each change of it, the ids of
# its room and its organisation.
Mark = tuple[int, int, int, int | None]


class Home(NamedTuple):
    """The municipality as feeds tell it."""

    name: str
    revision: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Places:
    """The rooms and the whole venues of a feed, by id."""

    rooms: Mapping[int, Place]
    venues: Mapping[int, Place]

    def of(self, venue_id: int, room_id: int | None) -> Place:
        """The room, or the whole venue."""
        return self.rooms[room_id] if room_id else self.venues[venue_id]


def home_of(session: Session) -> Home:
    """The municipality."""
    return Home._make(session.execute(select(Municipality.name, Municipality.revision, Municipality.changed_at)).one())


def places_of(session: Session, standing: Standing, home: Home) -> Places:
    """The rooms whose occurrences the feed tells, with their venues."""
    return places_where(session, _rooms(standing), home)


def places_where(session: Session, rooms: ColumnElement[bool], home: Home) -> Places:
    """Some rooms with their venues; one statement."""
    columns = (
        Room.id.label("room_id"),
        Room.name.label("room"),
        Room.slug.label("room_slug"),
        Room.revision.label("room_revision"),
        Room.changed_at.label("room_changed_at"),
        *(Venue.id, Venue.slug, Venue.name, Venue.address, Venue.zone, Venue.latitude, Venue.longitude),
        *(Venue.minutes_before, Venue.revision, Venue.changed_at),
    )
    found = select(*columns).select_from(Venue).outerjoin(Room, Room.venue_id == Venue.id).where(rooms)
    rows = session.execute(found.order_by(Venue.id, Room.id)).all()
    found_rooms = {row.room_id: _room(row, home) for row in rows if row.room_id}
    return Places(found_rooms, {row.id: _venue(row, home) for row in rows})


def marks_of(session: Session, standing: Standing, places: Places, span: Span) -> Sequence[Mark]:
    """Which dates the feed tells, soonest first, with what tells whether they have changed."""
    columns = (Occurrence.id, Booking.version, Occurrence.room_id, Booking.organisation_id)
    found = select(*columns).select_from(DATED).where(_told(standing, places, span)).order_by(Occurrence.starts_at, Occurrence.id)
    return session.connection().execute(found).all()


def occurring(session: Session, standing: Standing, places: Places, span: Span, *, only: Collection[int] | None = None) -> list[Occurring]:
    """The dates of the feed in full: a few by their ids, or all when there are many of them, soonest first.

    What only some are told is read for them alone, for staff what a date has beside its room too: one statement more.
    """
    told = _told(standing, places, span) if only is None or len(only) > FEW else Occurrence.id.in_(sorted(only))
    return occurring_where(session, told, standing.level)


def occurring_where(session: Session, told: ColumnElement[bool], level: Level) -> list[Occurring]:
    """Some dates with what a level tells of them, soonest first."""
    columns = [*OF_OCCURRENCE, *(OF_BOOKING if level in (Level.OWN, Level.STAFF) else ())]
    columns += OF_CONDITIONS if level is Level.STAFF else ()
    columns += OF_PUBLIC if level is Level.OPEN else ()
    found = select(*columns).select_from(DATED).where(told).order_by(Occurrence.starts_at, Occurrence.id)
    read = _rows(session, found)
    if level is Level.OPEN:
        return [Occurring(*row[:-2])._replace(activity=row[-2], public=row[-1]) for row in read]
    rows = [Occurring(*row) for row in read]
    held = held_by(session, [row.id for row in rows]) if level is Level.STAFF else {}
    return [_with_beside(row, held[row.id]) if row.id in held else row for row in rows]


def _rows(session: Session, found: Executable) -> Iterator[Any]:
    """Many rows, some at a time, so that what the database said does not stand beside what is made of it."""
    told = session.connection().execute(found, execution_options={"yield_per": ROWS})
    return (row for some in told.partitions() for row in some)


def _with_beside(row: Occurring, held: Sequence[Held]) -> Occurring:
    """A date with what is to be brought out, and who is to be there."""
    brought, there = ([one.text for one in held if one.kind is kind] for kind in (ResourceKind.EQUIPMENT, ResourceKind.ATTENDANT))
    return row._replace(beside=brought, on_duty=there)


def parts_of(session: Session, places: Places) -> dict[int, frozenset[int]]:
    """The parts of the building that the rooms take, by room."""
    found: dict[int, set[int]] = {}
    for row in session.execute(select(RoomSpace.room_id, RoomSpace.space_id).where(RoomSpace.room_id.in_(list(places.rooms)))):
        found.setdefault(row.room_id, set()).add(row.space_id)
    return {room: frozenset(parts) for room, parts in found.items()}


def stirred_at(session: Session, standing: Standing, places: Places, span: Span) -> dict[int, datetime]:
    """When dates of the window last changed in the venues, those that were moved away with them; one statement.

    What was moved away leaves a trace in the log alone. It is looked for as far back as feeds tell dates: whoever reads more seldom
    may keep what a neighbour's event said.
    """
    since = local_day(span.today - timedelta(days=DAYS_BACK), standing.zone).start
    changed = select(func.max(Occurrence.changed_at)).where(Occurrence.room_id == Room.id, *_touching(span))
    moved = select(func.max(Audit.at)).where(MOVED, Room.id == MOVED_FROM, Audit.subject == "occurrence", Audit.at >= since)
    found = select(Room.venue_id, changed.scalar_subquery(), moved.scalar_subquery()).where(Room.id.in_(list(places.rooms)))
    latest: dict[int, datetime] = {}
    for venue, *moments in session.execute(found):
        if known := [moment for moment in (latest.get(venue), *moments) if moment]:
            latest[venue] = max(known)
    return latest


def first_of(session: Session, standing: Standing, places: Places, window: Interval) -> datetime | None:
    """When the first date of the feed begins within a window."""
    told = and_(
        _told(standing, places, Span(window, None, to_wall(window.start, standing.zone).date())), Occurrence.starts_at >= window.start
    )
    return session.scalar(select(func.min(Occurrence.starts_at)).select_from(DATED).where(told))


def holders_of(session: Session, ids: Iterable[int | None]) -> dict[int | None, Holder]:
    """The organisations of these ids; the name that a group without a number goes by is not for the public."""
    wanted = sorted({one for one in ids if one is not None})
    columns = (Organisation.id, Organisation.name, IS_NAMED, Organisation.changed_at, Organisation.public_contact)
    rows = session.connection().execute(select(*columns).where(Organisation.id.in_(wanted)))
    return {row[0]: Holder(*row[1:]) for row in rows}


def arrivals_of(session: Session, found: Sequence[Occurring], places: Places) -> dict[int, Arrival]:
    """How the holder gets in, by occurrence; three statements."""
    wanted = {places.rooms[one.room_id].venue_id for one in found}
    venues = {venue.id: venue for venue in session.scalars(select(Venue).where(Venue.id.in_(sorted(wanted))))}
    times = [(venues[places.rooms[one.room_id].venue_id], one.starts_at) for one in found]
    arrivals = contact.arrivals(session, times) if times else []
    return {one.id: _arrival(arrival, one.zone) for one, arrival in zip(found, arrivals, strict=True)}


def entrances_of(session: Session, found: Sequence[Occurring], places: Places) -> dict[int, Entrance]:
    """What is missing before anybody is let in, by booked occurrence that asks anything; two statements, none where none does."""
    asking = [
        visit((one.id, one.local_start, one.conditions), (one.booking_id, one.holder_id, one.organisation_id), _ids(one, places))
        for one in found
        if one.conditions and one.state is OccurrenceState.BOOKED
    ]
    # A feed tells nothing that changes with the day alone, so not what is late.
    told = entries(session, asking, today=date.min)
    return {number: Entrance(tuple(one.title for one in entry.missing), entry.changed_at) for number, entry in told.items()}


def _ids(one: Occurring, places: Places) -> tuple[int, int]:
    return places.rooms[one.room_id].venue_id, one.room_id


def closings_of(session: Session, standing: Standing, places: Places, span: Span) -> list[Closing]:
    """The closures of the feed's venues and rooms; a holder's own feed has none, and what is on neither."""
    if standing.kind in OF_NO_PLACES:
        return []
    seen: ColumnElement[bool] = Closure.withdrawn_at.is_(None)
    if span.cancelled_since:
        seen = or_(seen, Closure.withdrawn_at >= span.cancelled_since)
    of_venues = and_(Closure.venue_id.in_(list(places.venues)), Closure.out_of_order == "")
    touches = and_(Closure.starts_at < span.window.end, Closure.ends_at > span.window.start)
    found = select(*OF_CLOSURE).where(of_venues, _concerns(Closure, places), seen, touches).order_by(Closure.starts_at, Closure.id)
    return [Closing._make(row) for row in session.execute(found)]


def hours_of(session: Session, standing: Standing, places: Places, span: Span) -> list[DayHours]:
    """The days in the window that have hours of their own: those of a dated period too short to be a season, in order."""
    if standing.kind in OF_NO_PLACES:
        return []
    first, last = (to_wall(moment, standing.zone).date() for moment in (span.window.start, span.window.end - SECOND))
    dated = and_(OpeningHours.first_day <= last, OpeningHours.last_day >= first)
    of_venues = OpeningHours.venue_id.in_(list(places.venues))
    periods: dict[tuple[int, int | None], list[WeeklyHours]] = defaultdict(list)
    for row in session.execute(select(*OF_HOURS).where(of_venues, _concerns(OpeningHours, places), dated).order_by(OpeningHours.id)):
        if row.last_day - row.first_day < LONGEST_EXCEPTION:
            periods[row.venue_id, row.room_id].append(WeeklyHours(*row[2:]))
    days = [one for place, weeks in periods.items() for one in _days(place, weeks, first, last)]
    return sorted(days, key=lambda one: (one.day, one.venue_id, one.room_id or 0))


def _days(place: tuple[int, int | None], weeks: Sequence[WeeklyHours], first: date, last: date) -> Iterator[DayHours]:
    days = {
        row.first_day + DAY * n for row in weeks if row.first_day and row.last_day for n in range((row.last_day - row.first_day).days + 1)
    }
    for day in sorted(day for day in days if first <= day <= last):
        open_ = tuple((row.from_minute, row.to_minute, row.openness) for row in rows_on(weeks, day) if row.openness is not Openness.CLOSED)
        yield DayHours(*place, day, open_)


def _concerns(row: type[Closure | OpeningHours], places: Places) -> ColumnElement[bool]:
    """What is about a whole venue, or about a room that the feed tells of."""
    return or_(row.room_id.is_(None), row.room_id.in_(list(places.rooms)))


IS_NAMED = and_(Organisation.shown_publicly, Organisation.number.is_not(None)).label("is_named")
WAS_BOOKED = and_(Booking.confirm_by.is_(None), or_(Booking.decider == "", Booking.decided_at.is_not(None)))
# Tables and not mapped classes: a feed reads thousands of rows, and the mapper would double their cost.
DATED = Occurrence.__table__.join(Booking.__table__, Occurrence.booking_id == Booking.id)
OF_OCCURRENCE = (
    *(Occurrence.id, Booking.version, Occurrence.room_id, Booking.organisation_id, Occurrence.number, Occurrence.state),
    *(Occurrence.local_start, Occurrence.local_end, Occurrence.zone, Occurrence.starts_at, Occurrence.ends_at),
    *(Occurrence.sequence, Occurrence.created_at, Occurrence.changed_at),
    *(
        Booking.reference,
        func.coalesce(Occurrence.first_reference, Booking.reference),
        Booking.kind,
        Booking.open_to_all,
        Booking.shown_publicly,
        Booking.changed_at,
    ),
)
OF_BOOKING = (
    *(Occurrence.before_minutes, Occurrence.after_minutes, Booking.purpose, Booking.team, Booking.participants),
    *(Booking.needs, Booking.message, Booking.contact_name, Booking.contact_phone, Booking.alcohol),
)
OF_PUBLIC = (Booking.activity, Booking.public)
AGREED = select(Agreement.title).where(Agreement.id == Occurrence.agreement_id).scalar_subquery()
OF_CONDITIONS = (Occurrence.conditions, Booking.id, Booking.holder_id, func.coalesce(AGREED, ""))
OF_CLOSURE = (
    *(Closure.id, Closure.venue_id, Closure.room_id, Closure.local_start, Closure.local_end, Closure.all_day),
    *(Closure.starts_at, Closure.ends_at, Closure.reason, Closure.sequence, Closure.created_at, Closure.changed_at, Closure.withdrawn_at),
)


HOLDERS = (Kind.ORGANISATION, Kind.PERSON)
OF_NO_PLACES = (*HOLDERS, Kind.OPEN)
OF_HOURS = (
    *(OpeningHours.venue_id, OpeningHours.room_id, OpeningHours.weekday, OpeningHours.from_minute, OpeningHours.to_minute),
    *(OpeningHours.openness, OpeningHours.first_day, OpeningHours.last_day),
)
# What holds for longer is a season and no exception.
LONGEST_EXCEPTION = timedelta(days=31)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def _rooms(standing: Standing) -> ColumnElement[bool]:
    """The rooms that a feed tells of."""
    match standing.kind:
        case Kind.VENUE:
            return Venue.id.in_(standing.ids)
        case Kind.ROUND | Kind.WORK:
            whole = Venue.id.not_in(select(Room.venue_id).where(Room.id.in_(standing.rooms)))
            return and_(Venue.id.in_(standing.ids), or_(whole, _taking(standing.rooms)))
        case Kind.DISTRICT:
            return Venue.district_id.in_(standing.ids)
        case Kind.ROOM:
            return _taking(standing.ids)
        case Kind.OPEN:
            venue, district = standing.ids
            return Venue.id == venue if venue else Venue.district_id == district if district else true()
        case Kind.ORGANISATION | Kind.PERSON:
            held = select(Occurrence.room_id).join(Booking, Occurrence.booking_id == Booking.id).where(_held(standing))
            return Room.id.in_(held)


def _taking(rooms: Sequence[int]) -> ColumnElement[bool]:
    """These rooms, and those that share a space with them, since they take their time."""
    spaces = select(RoomSpace.space_id).where(RoomSpace.room_id.in_(rooms))
    return or_(Room.id.in_(rooms), Room.id.in_(select(RoomSpace.room_id).where(RoomSpace.space_id.in_(spaces))))


def _held(standing: Standing) -> ColumnElement[bool]:
    """What a holder has; in public nothing that is not shown, which stands there as nobody's. What comes from a calendar is the room's."""
    if standing.kind is Kind.PERSON:
        return and_(Booking.holder_id.in_(standing.ids), Booking.kind != BookingKind.INCOMING)
    told: list[ColumnElement[bool]] = [Booking.organisation_id.in_(standing.ids)]
    told += [Booking.team == standing.team] if standing.team else []
    told += [] if standing.level is Level.OWN else [Booking.shown_publicly.is_(True)]
    return and_(*told)


def _told(standing: Standing, places: Places, span: Span) -> ColumnElement[bool]:
    return and_(_whose(standing, places), *_touching(span), _standing_so(standing, span))


def _touching(span: Span) -> Sequence[ColumnElement[bool]]:
    window = span.window
    earliest = window.start - LONGEST_BOOKING
    return Occurrence.starts_at < window.end, Occurrence.starts_at > earliest, Occurrence.ends_at > window.start


def _whose(standing: Standing, places: Places) -> ColumnElement[bool]:
    if standing.kind in HOLDERS:
        return _held(standing)
    in_rooms = Occurrence.room_id.in_(list(places.rooms))
    if standing.kind is not Kind.OPEN:
        return in_rooms
    return and_(in_rooms, _on(standing)) if any(standing.ids) else _on(standing)


def _standing_so(standing: Standing, span: Span) -> ColumnElement[bool]:
    """In which states dates are told; what nobody granted or confirmed was never on, and is not told to be cancelled."""
    states = [state for state in SHOWN if state not in ENDED]
    if standing.level is not Level.OWN:
        states.remove(OccurrenceState.UNCONFIRMED)
    if standing.kind is Kind.OPEN:
        states = [OccurrenceState.BOOKED]
    cancelled: ColumnElement[bool] = false()
    if span.cancelled_since:
        cancelled = and_(Occurrence.state.in_(ENDED), Occurrence.changed_at >= span.cancelled_since)
        cancelled = and_(cancelled, WAS_BOOKED) if standing.kind is Kind.OPEN else cancelled
        # A calendar of others comes and goes with hundreds of dates, which only staff know apart.
        cancelled = cancelled if standing.level is Level.STAFF else and_(cancelled, Booking.kind != BookingKind.INCOMING)
    return or_(Occurrence.state.in_(states), cancelled)


def _on(standing: Standing) -> ColumnElement[bool]:
    """What is open to all, arranged by whom one may name, as the feed chooses among it."""
    # What JSON has no member for is NULL on PostgreSQL and null in text on SQLite.
    among, ages = standing.among, func.coalesce(cast(Booking.public["ages"], Text), "null")
    named = Booking.organisation_id.in_(select(Organisation.id).where(IS_NAMED))
    ordinary = and_(Booking.kind == BookingKind.ORDINARY, named)
    found = [Booking.open_to_all, Booking.shown_publicly, or_(Booking.kind == BookingKind.MUNICIPAL, ordinary)]
    found += [or_(ages == "null", ages.contains(f'"{GROUPS[among.age]}"'))] if among.age else []
    found += [or_(Booking.activity == (kind := KINDS[among.kind]), Booking.activity.startswith(f"{kind}."))] if among.kind else []
    return and_(*found, *([Occurrence.id == int(among.date)] if among.date else []))


def _room(row: Any, home: Home) -> Place:
    """A room with everything of its venue; its revision covers all that an event tells of the place."""
    return Place(
        venue_id=row.id,
        name=row.room,
        where=_where(row, row.name, row.room),
        path=f"/rooms/{row.slug}/{row.room_slug}",
        zone=row.zone,
        changed_at=max(row.changed_at, row.room_changed_at),
        revision=row.room_revision + row.revision + home.revision,
        minutes_before=row.minutes_before,
    )


def _venue(row: Any, home: Home) -> Place:
    return Place(
        venue_id=row.id,
        name=row.name,
        where=_where(row, row.name),
        path=f"/venues/{row.slug}",
        zone=row.zone,
        changed_at=row.changed_at,
        revision=row.revision + home.revision,
    )


def _arrival(arrival: contact.Arrival, zone: str) -> Arrival:
    answers = arrival.answers
    return Arrival(
        entrance=arrival.entrance,
        getting_in=arrival.getting_in,
        opens_at=to_wall(arrival.opens_at, zone),
        on_site=arrival.on_site.role if arrival.on_site else "",
        phone=answers.phone if answers else "",
        answers=answers.role if answers else "",
    )


def _where(row: Any, *names: str) -> Where:
    """A venue, or one of its rooms, on the map, sorted by the narrower of its names."""
    geo = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    return Where(", ".join(part for part in (*names, row.address) if part), geo, names[-1:])
