"""Why: what holds a room at a moment or keeps it closed, and the acts that led there, from the audit log."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor, Role
from accounts.models import Delegation, DelegationState
from accounts.queries import names_of_people, roles_of
from booking.cases import may_see
from booking.conditions.models import Met
from booking.conflicts import Draw, Want
from booking.models import Booking, Claim, Occurrence, Offer, Task, Vacancy
from booking.occupy import peek
from booking.ordinary import Place, Stretch, places_on
from booking.resources import offered_in
from booking.states import OfferState
from database.audit import Audit
from kernel.interval import Interval
from kernel.wallclock import to_wall
from policies.request import LONGEST
from venues.models import Closure, Resource, Room, RoomSpace, SchoolPeriod, Space
from venues.opening import Openness

# A claim lasts as long as a booking may, with what is set up before and cleaned up after.
REACH = 2 * LONGEST
SECOND = timedelta(seconds=1)
UNTOLD = (OfferState.SOUGHT, OfferState.NONE)
SHUTTING = ("set_opening_hours", "forget_opening_hours", "displace_outside", "undo")
# Recorded in one breath, of which the second says all.
SAID_BY = {"add_closure": "close", "reserve": "import"}
Dates = Mapping[int, Collection[int]]


@dataclass(frozen=True, slots=True)
class Event:
    """One act as the log keeps it, with the booking and those of its dates that it was about, where it was about one."""

    act: Audit
    booking: Booking | None = None
    dates: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """Acts in order, and what their words need: people by id, roles, who acts for which organisation, rooms, offers, what says why time
    was lost, closures, and the ``bookings`` that displaced or were displaced, by id."""

    events: tuple[Event, ...]
    people: Mapping[int, str]
    roles: Mapping[int, Role]
    members: Collection[tuple[int, int]]
    rooms: Mapping[int, Room]
    offers: Sequence[Offer]
    losses: Sequence[Offer]
    closures: Mapping[int, Closure]
    bookings: Mapping[int, Booking]


@dataclass(frozen=True, slots=True)
class Holding:
    """A date that keeps the room at a moment, through which ``parts`` where it is not all of the room, and until when as a hold."""

    date: Occurrence
    parts: tuple[str, ...]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Why:
    """How it is with a room at a moment - ``place`` and ``stretch`` as the calendar has them - and how that came about, as far as
    ``by`` may read it.

    ``closures`` stand then, and say too what is out of order; ``short`` can be had beside the room and is all in use;
    ``kept_until`` is set while the time, which became free, is kept for who stands in line.
    """

    room: Room
    moment: datetime
    by: Actor
    holdings: tuple[Holding, ...]
    place: Place
    stretch: Stretch
    closures: tuple[Closure, ...]
    short: tuple[Resource, ...]
    chain: Chain
    kept_until: datetime | None

    @property
    def day(self) -> date:
        """The moment's day on the room's own clock."""
        return to_wall(self.moment, self.room.venue.zone).date()

    @property
    def is_staff(self) -> bool:
        """Whether those read it who look after the house, or decide."""
        return self.by.is_officer or self.by.is_caretaker_of(self.room.venue_id)


def why(session: Session, room: Room, moment: datetime, *, by: Actor, now: datetime) -> Why:
    """What holds the room at a moment, and what happened to all that had, lost or wanted any part of the holders' time: all of it for
    officers and the venue's caretakers, for others what happened to bookings they may see; in a number of statements that does not
    grow with these.
    """
    sharing = _sharing(session, room)
    held = _held(session, room, moment, now)
    span = _span(held, moment)
    day = to_wall(moment, room.venue.zone).date()
    place = places_on(session, [room], [day])[room.id]
    stretch = place.at(moment, now)
    closures = _closures(session, room, sharing, span)
    standing = tuple(one for one in closures if one.withdrawn_at is None and one.starts_at <= moment < one.ends_at)
    dates = _dates(session, sharing, span, [one.date.id for one in held])
    shut = _shut(room, day) if stretch.openness is not Openness.OPEN else ()
    theirs = and_(Audit.subject == "closure", Audit.subject_id.in_([closure.id for closure in closures]))
    found = _chain(session, dates, (theirs, *shut))
    short, kept = _short(session, room, moment, now), _kept(session, room, moment, now)
    told = Why(room, moment, by, held, place, stretch, standing, short, found, kept)
    return told if told.is_staff else replace(told, chain=_seen(found, by))


def happened(session: Session, booking: Booking) -> Chain:
    """All that happened to a booking, for who may see it; in as many statements."""
    return _chain(session, {booking.id: [date.number for date in booking.occurrences]}, is_whole=True)


def _seen(chain: Chain, by: Actor) -> Chain:
    return replace(chain, events=tuple(event for event in chain.events if event.booking and may_see(event.booking, by)))


def _sharing(session: Session, room: Room) -> Sequence[int]:
    """The rooms that have a part in common with a room, itself among them."""
    parts = [space.id for space in room.spaces]
    return session.scalars(select(RoomSpace.room_id).where(RoomSpace.space_id.in_(parts)).distinct()).all()


def _held(session: Session, room: Room, moment: datetime, now: datetime) -> tuple[Holding, ...]:
    rows = (
        select(Occurrence, func.coalesce(Offer.expires_at, Claim.expires_at).label("expires_at"), Space.name)
        .join(Claim, Claim.occurrence_id == Occurrence.id)
        .join(Space, Space.id == Claim.space_id)
        .outerjoin(Offer, and_(Offer.occurrence_id == Occurrence.id, Offer.state == OfferState.OPEN))
        .where(Claim.space_id.in_([space.id for space in room.spaces]))
        .where(Claim.starts_at > moment - REACH, Claim.starts_at <= moment, Claim.ends_at > moment)
        .where(or_(Claim.expires_at.is_(None), Claim.expires_at > now))
        .options(joinedload(Occurrence.booking).joinedload(Booking.organisation), joinedload(Occurrence.booking).joinedload(Booking.room))
        .options(joinedload(Occurrence.room))
        .order_by(Claim.starts_at, Claim.space_id)
    )
    parts: dict[Occurrence, list[str]] = {}
    until: dict[Occurrence, datetime | None] = {}
    for found, expires_at, part in session.execute(rows).unique():
        parts.setdefault(found, []).append(part)
        until[found] = expires_at
    return tuple(Holding(one, () if len(names) == len(room.spaces) else tuple(names), until[one]) for one, names in parts.items())


def _short(session: Session, room: Room, moment: datetime, now: datetime) -> tuple[Resource, ...]:
    """What one can have in the room and everybody has by then; none where nothing of it is taken."""
    offered = offered_in(room)
    span = Interval(moment, moment + SECOND)
    answer = peek(session, [Want((), span, (Draw(one.id, 1, span),)) for one in offered], now=now, alone=True)
    return tuple(one for number, one in enumerate(offered) if not answer.is_free(number))


def _kept(session: Session, room: Room, moment: datetime, now: datetime) -> datetime | None:
    """Until when a part that is nobody's at a moment is kept at most, until those who stand in line are asked."""
    is_had = exists().where(Claim.space_id == Vacancy.space_id, Claim.starts_at <= moment, Claim.ends_at > moment)
    query = select(func.max(Vacancy.kept_until)).where(Vacancy.space_id.in_([space.id for space in room.spaces]), Vacancy.kept_until > now)
    return session.scalar(query.where(Vacancy.starts_at <= moment, Vacancy.ends_at > moment, ~is_had))


def _span(held: Iterable[Holding], moment: datetime) -> Interval:
    """All the time of those who hold the room at a moment: what lost any part of it may have begun later. Else the moment alone."""
    times = [Interval(one.date.starts_at, one.date.ends_at) for one in held]
    return Interval(min([moment, *(time.start for time in times)]), max([moment + SECOND, *(time.end for time in times)]))


def _closures(session: Session, room: Room, sharing: Sequence[int], span: Interval) -> Sequence[Closure]:
    """What closes the room within a span or did so once, and what is out of order in it."""
    here = (Closure.venue_id == room.venue_id, or_(Closure.room_id.is_(None), Closure.room_id.in_(sharing)))
    then = (Closure.starts_at < span.end, Closure.ends_at > span.start)
    return session.scalars(select(Closure).where(*here, *then).order_by(Closure.id)).all()


def _dates(session: Session, sharing: Sequence[int], span: Interval, held: Collection[int]) -> Dates:
    """The numbers of all dates that have, had, wanted or were offered any part of the span in the room, by booking."""
    date = select(Occurrence.booking_id, Occurrence.number)
    there = (Occurrence.starts_at > span.start - REACH, Occurrence.starts_at < span.end, Occurrence.ends_at > span.start)
    offered = (Offer.room_id.in_(sharing), Offer.starts_at < span.end, Offer.ends_at > span.start)
    ways = (
        date.where(Occurrence.room_id.in_(sharing), *there),
        date.where(Occurrence.id.in_(held)),
        date.join(Offer, Offer.occurrence_id == Occurrence.id).where(*offered),
        _moved_away(sharing, span),
    )
    found: dict[int, set[int]] = {}
    for row in session.execute(union(*ways).subquery().select()):
        found.setdefault(row.booking_id, set()).add(row.number)
    return found


def _moved_away(sharing: Sequence[int], span: Interval) -> Select[int, int]:
    """The dates that were there before they were moved; times in the log are in UTC and compare as text."""
    facts = Audit.facts
    times = (facts["from"].as_string() < span.end.isoformat(), facts["until"].as_string() > span.start.isoformat())
    there = (Audit.subject == "occurrence", Audit.verb == "move", facts["room"].as_integer().in_(sharing), *times)
    return select(Occurrence.booking_id, Occurrence.number).join(Audit, Audit.subject_id == Occurrence.id).where(*there)


def _shut(room: Room, day: date) -> tuple[ColumnElement[bool], ...]:
    """The acts on opening hours and on the school calendar by which the room may be closed then."""
    theirs = or_(SchoolPeriod.venue_id.is_(None), SchoolPeriod.venue_id == room.venue_id)
    periods = select(SchoolPeriod.id).where(theirs, SchoolPeriod.first_day <= day, SchoolPeriod.last_day >= day)
    return (
        and_(Audit.subject == "venue", Audit.subject_id == room.venue_id, Audit.verb.in_(SHUTTING)),
        and_(Audit.subject == "room", Audit.subject_id == room.id, Audit.verb.in_(SHUTTING)),
        and_(Audit.subject == "school_period", or_(Audit.subject_id.in_(periods), _removed(room, day))),
    )


def _removed(room: Room, day: date) -> ColumnElement[bool]:
    facts = Audit.facts
    days = (facts["first"].as_string() <= day.isoformat(), facts["last"].as_string() >= day.isoformat())
    return and_(or_(facts["venue"].as_integer() == room.venue_id, facts["venue"].as_integer().is_(None)), *days)


def _chain(session: Session, dates: Dates, also: Iterable[ColumnElement[bool]] = (), *, is_whole: bool = False) -> Chain:
    """The acts on these dates, and what else is asked for, with all that is named in them; where these are a whole booking, what
    parted others from it too."""
    bookings = _bookings(session, dates)
    numbered = {one.id: one for booking in bookings.values() for one in booking.occurrences if one.number in dates[booking.id]}
    acts = session.scalars(select(Audit).where(or_(*_of_bookings(bookings, numbered), *also)).order_by(Audit.id)).all()
    events = tuple(_events(acts, bookings, numbered, parts=is_whole))
    hands = {event.act.hand_id for event in events if event.act.hand_id}
    others, closures = _causes(events)
    rooms = {event.act.facts[key] for event in events for key in ("room", "to_room") if isinstance(event.act.facts.get(key), int)}
    told = or_(Offer.state.not_in(UNTOLD), Offer.reason != "")
    offers = session.scalars(select(Offer).where(Offer.occurrence_id.in_(numbered), told)).all()
    kept, named = [offer for offer in offers if offer.state not in UNTOLD], select(Room).options(joinedload(Room.venue))
    return Chain(
        events=events,
        people=names_of_people(session, hands),
        roles={grant.person_id: grant.role for grant in sorted(roles_of(session, hands), key=lambda grant: [*Role].index(grant.role))},
        members=_members(session, hands),
        rooms={one.id: one for one in session.scalars(named.where(Room.id.in_(rooms | {offer.room_id for offer in kept})))},
        offers=kept,
        losses=[offer for offer in offers if offer.reason],
        closures={one.id: one for one in session.scalars(select(Closure).where(Closure.id.in_(closures)))},
        bookings=_bookings(session, others),
    )


def _bookings(session: Session, ids: Collection[int]) -> dict[int, Booking]:
    whole = (selectinload(Booking.occurrences), joinedload(Booking.organisation), joinedload(Booking.holder), joinedload(Booking.room))
    return {one.id: one for one in session.scalars(select(Booking).where(Booking.id.in_(list(ids))).options(*whole))}


def _of_bookings(bookings: Collection[int], dates: Collection[int]) -> Iterator[ColumnElement[bool]]:
    yield and_(Audit.subject == "booking", Audit.subject_id.in_(bookings))
    yield and_(Audit.subject == "occurrence", Audit.subject_id.in_(dates))
    yield and_(Audit.subject == "met", Audit.subject_id.in_(select(Met.id).where(Met.booking_id.in_(bookings))))
    yield and_(Audit.subject == "task", Audit.subject_id.in_(select(Task.id).where(Task.booking_id.in_(bookings))))


def _events(acts: Sequence[Audit], bookings: Mapping[int, Booking], dates: Mapping[int, Occurrence], *, parts: bool) -> Iterator[Event]:
    """The acts that were about the dates; an undo is about what was done to its booking last, a split about ``parts`` of it that left."""
    said = {(act.subject, act.subject_id, act.verb) for act in acts}
    last: dict[int, tuple[Occurrence, ...]] = {}
    for act in acts:
        booking = _booking_of(act, bookings, dates)
        about: tuple[Occurrence, ...] = ()
        if booking:
            named = (one for one in booking.occurrences if one.id in dates and _names(act, one))
            about = last[booking.id] = last.get(booking.id, ()) if act.verb == "undo" else tuple(named)
        if (act.subject, act.verb) == ("booking", "move") and act.facts["dates"]:
            continue  # each date says from when and where
        if (about or not booking or (parts and act.verb == "split")) and (act.subject, act.subject_id, SAID_BY.get(act.verb)) not in said:
            yield Event(act, booking, about)


def _booking_of(act: Audit, bookings: Mapping[int, Booking], dates: Mapping[int, Occurrence]) -> Booking | None:
    match act.subject:
        case "booking":
            return bookings[act.subject_id]
        case "occurrence":
            return bookings[dates[act.subject_id].booking_id]
        case "met" | "task":
            return bookings[act.facts["booking"]]
        case _:
            return None


def _names(act: Audit, date: Occurrence) -> bool:
    """Whether an act on a booking was about a date: about those it names, else about all."""
    if act.subject == "occurrence":
        return act.subject_id == date.id
    if isinstance(act.facts.get("dates"), list):
        return date.number in act.facts["dates"]
    return bool(act.facts.get("number", date.number) == date.number)


def _members(session: Session, people: Collection[int]) -> set[tuple[int, int]]:
    """Who acts or acted for which organisation."""
    theirs = (Delegation.person_id.in_(people), Delegation.state != DelegationState.ASKED)
    return {
        (row.person_id, row.organisation_id)
        for row in session.execute(select(Delegation.person_id, Delegation.organisation_id).where(*theirs))
    }


def _causes(events: Iterable[Event]) -> tuple[set[int], set[int]]:
    """The bookings and closures that something was lost to, the bookings that lost it, and the closures acted on, by id."""
    found: dict[str, set[int]] = {"booking": set(), "closure": set()}
    for event in events:
        what, _, number = str(event.act.facts.get("to", "")).partition(":")
        if event.act.verb == "displace" and what in found:
            found[what].add(int(number))
        if event.act.subject == "closure":
            found["closure"].add(event.act.subject_id)
        if event.act.verb == "reserve":
            found["booking"].update(event.act.facts.get("displaced", ()))
    return found["booking"], found["closure"]
