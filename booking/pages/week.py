"""A room's week: from openings, closures, claims and the rules that bind everybody to slots that can be drawn."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Organisation
from booking.models import PUBLIC_NAME, Booking, Claim, Occurrence, Vacancy, whose
from booking.ordinary import Place, Stretch, places_on
from booking.states import BookingKind, OccurrenceState
from booking.support.labels import reason_label
from kernel.interval import Interval, without
from kernel.wallclock import at, local_day, to_wall
from policies.verdict import Objection
from venues.models import Room
from venues.opening import Openness
from web.texts import gettext as _
from web.weekgrid import Slot, SlotState, WeekGrid, week_grid

DAY = timedelta(days=1)
WEEK = 7
# Claims are bounded in length by what a booking may last, so a bounded start finds those that reach into the week.
LONGEST = timedelta(days=62)
STATES = {
    Openness.OPEN: SlotState.FREE,
    Openness.BY_AGREEMENT: SlotState.AGREEMENT,
    Openness.CLOSED: SlotState.CLOSED,
    None: SlotState.PAST,
}
# Of what lies over a time the first layer is drawn, and of a layer's states the first that is there.
LAYERS = (
    (SlotState.TAKEN, SlotState.SHARED, SlotState.HELD, SlotState.WANTED),
    (SlotState.CLOSED,),
    (SlotState.FREE,),
    (SlotState.AGREEMENT,),
    (SlotState.PAST,),
)
EXPLAINED = {SlotState.TAKEN, SlotState.SHARED, SlotState.HELD, SlotState.CLOSED}


@dataclass(frozen=True, slots=True)
class Held:
    """A time that something keeps: what it is called for the reader, and where to read of it.

    ``date`` is the id of the booked date, less than nothing for what is nobody's yet; ``is_through`` says that it is booked in
    another room that shares a part with this.
    """

    time: Interval
    state: SlotState
    label: str = ""
    href: str = ""
    date: int = 0
    is_through: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at a week and when; ``book`` gives the address of the form for a free time, ``case`` that of a booking, ``why``
    for staff that of how a time came to be taken or closed."""

    by: Actor
    now: datetime
    book: Callable[[datetime, datetime], str]
    case: Callable[[str], str]
    why: Callable[[datetime], str] | None = None


def week_of(session: Session, room: Room, monday: date, looking: Looking, *, also: Sequence[Held] = ()) -> WeekGrid:
    """The week of a room that begins on a Monday, with what else is to be drawn in it; six statements."""
    days = [monday + timedelta(days=n) for n in range(WEEK)]
    place = places_on(session, [room], days)[room.id]
    held = [*also, *held_in(session, [room], local_day(monday, room.venue.zone, days=WEEK), lambda _room: looking)[room.id]]
    return week_grid((day, slots_on(day, place, held, looking)) for day in days)


def held_in(session: Session, rooms: Sequence[Room], span: Interval, looking: Callable[[Room], Looking]) -> dict[int, list[Held]]:
    """What keeps a part of each room in a span, by room id in order of time; two statements."""
    if not rooms:
        return {}
    columns = (
        *(Claim.space_id, Claim.starts_at, Claim.ends_at, Occurrence.id, Occurrence.state, Occurrence.room_id, Room.name.label("room")),
        *(Booking.reference, Booking.kind, Booking.holder_id, Booking.organisation_id, Booking.purpose, Booking.contact_name),
        Booking.team,
        *(Organisation.name.label("organisation"), Booking.shown_publicly, PUBLIC_NAME),
    )
    rows = select(*columns).join(Occurrence, Claim.occurrence_id == Occurrence.id).join(Room, Occurrence.room_id == Room.id)
    rows = rows.join(Booking, Occurrence.booking_id == Booking.id).outerjoin(Organisation, Booking.organisation_id == Organisation.id)
    touching = (Claim.starts_at >= span.start - LONGEST, Claim.starts_at < span.end, Claim.ends_at > span.start)
    lasting = (Claim.expires_at.is_(None)) | (Claim.expires_at > looking(rooms[0]).now)
    spaces = Claim.space_id.in_({space.id for room in rooms for space in room.spaces})
    found = session.execute(rows.where(spaces, *touching, lasting).order_by(Claim.starts_at, Claim.space_id)).all()
    kept = select(Vacancy).where(Vacancy.space_id.in_({space.id for room in rooms for space in room.spaces}))
    kept = kept.where(Vacancy.starts_at < span.end, Vacancy.ends_at > span.start, Vacancy.kept_until > looking(rooms[0]).now)
    line = list(_unclaimed(session.scalars(kept).all(), found))
    return {room.id: [*_held_of(room, found, looking(room)), *_kept_of(room, line)] for room in rooms}


def _unclaimed(vacancies: Sequence[Vacancy], rows: Sequence[Any]) -> Iterator[tuple[Vacancy, Interval]]:
    """What is kept for those who stand in line, but for what somebody has of it since."""
    for one in vacancies:
        claimed = [Interval(row.starts_at, row.ends_at) for row in rows if row.space_id == one.space_id]
        yield from ((one, part) for part in without(Interval(one.starts_at, one.ends_at), claimed))


def _kept_of(room: Room, line: Iterable[tuple[Vacancy, Interval]]) -> Iterator[Held]:
    own = {space.id for space in room.spaces}
    for one, time in line:
        if one.space_id in own:
            yield Held(time, SlotState.HELD, _("For dem som står i kø"), date=-one.id, is_through=len(own) > 1)


def slots_on(day: date, place: Place, held: Sequence[Held], looking: Looking) -> list[Slot]:
    """The slots of a local day: what is taken, closed or past, and what is free from now on."""
    zone = place.opening.zone
    whole = local_day(day, zone)
    parts = [*held, *_drawn(place, day, looking.now)]
    ends = {edge for part in parts for edge in (part.time.start, part.time.end) if whole.start < edge < whole.end}
    pieces = [_piece(Interval(*edges), parts) for edges in pairwise(sorted({whole.start, whole.end, *ends}))]
    return list(_slots(day, zone, _joined(piece for piece in pieces if piece), looking))


def told_publicly(kind: BookingKind, public_name: str, is_shown: bool) -> str:
    """What anybody may read of a booking: the organisation where it may be told, never a person."""
    if kind is BookingKind.BLOCK:
        return _("Sperret")
    if kind is BookingKind.MUNICIPAL:
        return _("Kommunen") if is_shown else ""
    return public_name


def _held_of(room: Room, rows: Sequence[Any], looking: Looking) -> list[Held]:
    """What of these claims lies in a room, each date once."""
    own = {space.id for space in room.spaces}
    return [_held(row, room, looking) for row in {row.id: row for row in rows if row.space_id in own}.values()]


def _held(row: Any, room: Room, looking: Looking) -> Held:
    by, is_through = looking.by, row.room_id != room.id
    mine = by.person_id is not None and row.holder_id == by.person_id
    theirs = row.organisation_id is not None and by.acts_for(row.organisation_id)
    part = " " + _("(gjennom %(room)s, delt flate)", room=row.room) if is_through else ""
    if mine or theirs or by.is_officer or by.is_caretaker_of(room.venue_id):
        told, href = f"{whose(row.kind, row.organisation, row.contact_name, row.team)}: {row.purpose}", looking.case(row.reference)
    else:
        # A wish that the organisation has not confirmed must not be read as the organisation's own.
        is_told, href = row.state is not OccurrenceState.UNCONFIRMED, ""
        told = told_publicly(row.kind, row.public_name, row.shown_publicly) if is_told else ""
    taken = SlotState.SHARED if is_through else SlotState.TAKEN
    return Held(
        time=Interval(row.starts_at, row.ends_at),
        state=taken if row.state is OccurrenceState.BOOKED else SlotState.HELD,
        label=f"{told}{part}".strip(),
        href=href,
        date=row.id,
        is_through=is_through,
    )


def _drawn(place: Place, day: date, now: datetime) -> Iterator[Held]:
    """How the room is on a day, with the words for what closes it or makes it special."""
    known = place.opening.day_class(day)
    is_known = place.opening.is_known(day)
    note = (known.holiday or known.school_break or "") if is_known else _("Åpningstiden er ukjent")
    for one in place.stretches(day, now):
        state = STATES[one.openness]
        is_open = state in (SlotState.FREE, SlotState.AGREEMENT)
        yield Held(one.time, state, note if is_open else _shut(one) if state is SlotState.CLOSED else "")


def _shut(closed: Stretch) -> str:
    """What closes the room, in few words."""
    return closed.reason or (_label(closed.objection) if closed.objection else _("Tatt ut av bruk"))


def _label(objection: Objection) -> str:
    """What the rule closes for, in few words."""
    words = reason_label(f"policy:{objection.code}")
    return f"{words}: {objection.value}" if objection.code in ("public-holiday", "school-break") else words


def _piece(time: Interval, parts: Sequence[Held]) -> Held | None:
    """What a stretch without edges is: taken before closed before open; several that hold parts of the room are named together."""
    over = [part for part in parts if part.time.covers(time)]
    for states in LAYERS:
        found = sorted((part for part in over if part.state in states), key=lambda part: states.index(part.state))
        if found:
            label = ", ".join(dict.fromkeys(part.label for part in found if part.label))
            return Held(time, found[0].state, label, found[0].href)
    return None


def _joined(pieces: Iterable[Held]) -> Iterator[Held]:
    """Neighbours that say the same as one."""
    last: Held | None = None
    for piece in pieces:
        if last and last.time.end == piece.time.start and (last.state, last.label, last.href) == (piece.state, piece.label, piece.href):
            last = Held(Interval(last.time.start, piece.time.end), last.state, last.label, last.href)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _slots(day: date, zone: str, pieces: Iterable[Held], looking: Looking) -> Iterator[Slot]:
    midnight = at(day, timedelta())
    for piece in pieces:
        start, end = to_wall(piece.time.start, zone), to_wall(piece.time.end, zone)
        if end <= start:
            continue  # within the hour that the clock shows twice
        is_open = piece.state in (SlotState.FREE, SlotState.AGREEMENT)
        href = looking.book(start, end) if is_open else piece.href
        why = looking.why(start) if looking.why and piece.state in EXPLAINED else ""
        yield Slot(start - midnight, end - midnight, piece.state, piece.label, href, why)
