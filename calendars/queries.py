"""Queries: everything that a feed tells, in a fixed number of statements whatever its size."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.models import Organisation
from booking.conditions.queries import entries, visit
from booking.models import Booking, Occurrence
from booking.resources import held_by
from booking.states import BookingKind, OccurrenceState
from calendars.levels import ENDED, SHOWN, Arrival, Closing, Entrance, Holder, Level, Occurring, Place
from calendars.standing import Kind, Standing
from calendars.window import Span
from kernel.wallclock import to_wall
from venues import contact
from venues.models import Closure, Municipality, Room, RoomSpace, Venue

# A booking that began so long before the window is not looked for: without a bound the index would be read from 1970.
LONGEST_BOOKING = timedelta(days=62)
FEW = 500


class Mark(NamedTuple):
    """By which a dated span is known to be unchanged: ``version`` rises with every change of its booking."""

    id: int
    version: int
    room_id: int
    organisation_id: int | None


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


def home_of(session: Session) -> Home:
    """The municipality."""
    return Home._make(session.execute(select(Municipality.name, Municipality.revision, Municipality.changed_at)).one())


def places_of(session: Session, standing: Standing, home: Home) -> Places:
    """The rooms whose occurrences the feed tells, with their venues."""
    columns = (
        Room.id.label("room_id"),
        Room.name.label("room"),
        Room.slug.label("room_slug"),
        Room.revision.label("room_revision"),
        Room.changed_at.label("room_changed_at"),
        *(Venue.id, Venue.slug, Venue.name, Venue.address, Venue.zone, Venue.latitude, Venue.longitude),
        *(Venue.minutes_before, Venue.revision, Venue.changed_at),
    )
    found = select(*columns).select_from(Venue).outerjoin(Room, Room.venue_id == Venue.id).where(_rooms(standing))
    rows = session.execute(found.order_by(Venue.id, Room.id)).all()
    rooms = {row.room_id: _room(row, home) for row in rows if row.room_id}
    return Places(rooms, {row.id: _venue(row, home) for row in rows})


def marks_of(session: Session, standing: Standing, places: Places, span: Span) -> list[Mark]:
    """Which dates the feed tells, soonest first, with what tells whether they have changed."""
    columns = (Occurrence.id, Booking.version, Occurrence.room_id, Booking.organisation_id)
    found = select(*columns).select_from(DATED).where(_told(standing, places, span)).order_by(Occurrence.starts_at, Occurrence.id)
    return [Mark(*row) for row in session.connection().execute(found)]


def occurring(session: Session, standing: Standing, places: Places, span: Span, *, only: Collection[int] | None = None) -> list[Occurring]:
    """The dates of the feed in full: a few by their ids, or all when there are many of them, soonest first.

    What only holders and staff are told is read for them alone, for staff what a date has beside its room too: one statement more.
    """
    told = _told(standing, places, span) if only is None or len(only) > FEW else Occurrence.id.in_(sorted(only))
    columns = [*OF_OCCURRENCE, *(OF_BOOKING if standing.level in (Level.OWN, Level.STAFF) else ())]
    columns += OF_CONDITIONS if standing.level is Level.STAFF else ()
    found = select(*columns).select_from(DATED).where(told).order_by(Occurrence.starts_at, Occurrence.id)
    rows = [Occurring(*row) for row in session.connection().execute(found)]
    beside = held_by(session, [row.id for row in rows]) if standing.level is Level.STAFF else {}
    return [row._replace(beside=[one.text for one in beside[row.id]]) if row.id in beside else row for row in rows]


def holders_of(session: Session, ids: Iterable[int | None]) -> dict[int | None, Holder]:
    """The organisations of these ids; the name that a group without a number goes by is not for the public."""
    wanted = sorted({one for one in ids if one is not None})
    columns = (Organisation.id, Organisation.name, Organisation.number, Organisation.shown_publicly, Organisation.changed_at)
    rows = session.execute(select(*columns).where(Organisation.id.in_(wanted)))
    return {row.id: Holder(row.name, row.shown_publicly and row.number is not None, row.changed_at) for row in rows}


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
    """The closures of the feed's venues and rooms; a holder's own feed has none."""
    if standing.kind in (Kind.ORGANISATION, Kind.PERSON):
        return []
    # The venue of a room feed is closed for it too, its other rooms are not.
    whole: ColumnElement[bool] = Closure.room_id.is_(None) if standing.kind is Kind.ROOM else true()
    concerned = or_(Closure.room_id.in_(list(places.rooms)), whole)
    seen: ColumnElement[bool] = Closure.withdrawn_at.is_(None)
    if span.cancelled_since:
        seen = or_(seen, Closure.withdrawn_at >= span.cancelled_since)
    of_venues = and_(Closure.venue_id.in_(list(places.venues)), Closure.out_of_order == "")
    touches = and_(Closure.starts_at < span.window.end, Closure.ends_at > span.window.start)
    found = select(*OF_CLOSURE).where(of_venues, concerned, seen, touches).order_by(Closure.starts_at, Closure.id)
    return [Closing._make(row) for row in session.execute(found)]


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
        Booking.changed_at,
    ),
)
OF_BOOKING = (
    *(Occurrence.before_minutes, Occurrence.after_minutes, Booking.purpose, Booking.team, Booking.participants),
    *(Booking.needs, Booking.message, Booking.contact_name, Booking.contact_phone, Booking.alcohol),
)
OF_CONDITIONS = (Occurrence.conditions, Booking.id, Booking.holder_id)
OF_CLOSURE = (
    *(Closure.id, Closure.venue_id, Closure.room_id, Closure.local_start, Closure.local_end, Closure.all_day),
    *(Closure.starts_at, Closure.ends_at, Closure.reason, Closure.sequence, Closure.created_at, Closure.changed_at, Closure.withdrawn_at),
)


def _rooms(standing: Standing) -> ColumnElement[bool]:
    """The rooms that a feed tells of: for one room, also those that share a space with it, since they take its time."""
    match standing.kind:
        case Kind.VENUE | Kind.ROUND:
            return Venue.id.in_(standing.ids)
        case Kind.DISTRICT:
            return Venue.district_id.in_(standing.ids)
        case Kind.ROOM:
            spaces = select(RoomSpace.space_id).where(RoomSpace.room_id.in_(standing.ids))
            return or_(Room.id.in_(standing.ids), Room.id.in_(select(RoomSpace.room_id).where(RoomSpace.space_id.in_(spaces))))
        case Kind.ORGANISATION | Kind.PERSON:
            held = select(Occurrence.room_id).join(Booking, Occurrence.booking_id == Booking.id).where(_held(standing))
            return Room.id.in_(held)


def _held(standing: Standing) -> ColumnElement[bool]:
    if standing.kind is Kind.ORGANISATION:
        return Booking.organisation_id.in_(standing.ids)
    return and_(Booking.holder_id.in_(standing.ids), Booking.kind != BookingKind.INCOMING)


def _told(standing: Standing, places: Places, span: Span) -> ColumnElement[bool]:
    is_held = standing.kind in (Kind.ORGANISATION, Kind.PERSON)
    whose = _held(standing) if is_held else Occurrence.room_id.in_(list(places.rooms))
    states = [state for state in SHOWN if state not in ENDED]
    if standing.level is not Level.OWN:
        states.remove(OccurrenceState.UNCONFIRMED)
    cancelled: ColumnElement[bool] = false()
    if span.cancelled_since:
        cancelled = and_(Occurrence.state.in_(ENDED), Occurrence.changed_at >= span.cancelled_since)
    return and_(
        whose,
        Occurrence.starts_at < span.window.end,
        Occurrence.starts_at > span.window.start - LONGEST_BOOKING,
        Occurrence.ends_at > span.window.start,
        or_(Occurrence.state.in_(states), cancelled),
    )


def _room(row: Any, home: Home) -> Place:
    """A room with everything of its venue; its revision covers all that an event tells of the place."""
    return Place(
        venue_id=row.id,
        name=row.room,
        location=", ".join(part for part in (row.name, row.room, row.address) if part),
        path=f"/rooms/{row.slug}/{row.room_slug}",
        zone=row.zone,
        geo=_geo(row),
        changed_at=max(row.changed_at, row.room_changed_at),
        revision=row.room_revision + row.revision + home.revision,
        minutes_before=row.minutes_before,
    )


def _venue(row: Any, home: Home) -> Place:
    return Place(
        venue_id=row.id,
        name=row.name,
        location=", ".join(part for part in (row.name, row.address) if part),
        path=f"/venues/{row.slug}",
        zone=row.zone,
        geo=_geo(row),
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


def _geo(row: Any) -> tuple[float, float] | None:
    return None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
