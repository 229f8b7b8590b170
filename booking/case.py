"""Case: everything of a wish or a booking that is judged, whether it is new, decided on or moved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from booking.applicants import Applicant
from booking.conflicts import Want
from booking.models import Booking, Occurrence
from booking.resources import Needed, needed_in
from booking.states import BookingKind
from booking.wish import DatedSpan, Wish, bands_of
from database.locks import Key, Subject
from kernel.errors import Conflict, refuse
from kernel.interval import Interval
from kernel.wallclock import WallSpan, to_utc
from policies.queries import InForce
from policies.request import AgeBand, Request, Waiver
from policies.taxonomy import Activity
from venues.models import Room
from venues.opening import Opening


@dataclass(frozen=True, slots=True)
class Known:
    """What this process remembers of a room: how it is open from a day on and the policies of all days, true of ``sums`` of revisions."""

    sums: tuple[int, ...]
    first: date
    opening: Opening
    policies: InForce


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A room, an applicant and dates to be judged together; ``settled`` are the ids of those dates that stand already,
    which are left out of what is counted; ``beside`` are dates of the same wish in other rooms, which are counted, each
    with the agreement that it draws on.

    What is asked for is ``not_before`` the moment of asking; what is only decided on may have begun meanwhile. What is ``known`` of the
    room need not be read again.
    """

    room: Room
    path: str
    spaces: tuple[int, ...]
    applicant: Applicant
    dates: tuple[DatedSpan, ...]
    kind: BookingKind
    activity: Activity
    bands: tuple[AgeBand, ...]
    commercial: bool
    alcohol: bool
    open_to_all: bool
    in_series: bool
    submitted: datetime
    team: str = ""
    needs: tuple[str, ...] = ()
    resources: Mapping[str, int] = field(default_factory=dict)
    exceptions: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    booking_id: int | None = None
    settled: tuple[int, ...] = ()
    moved_from: tuple[int, ...] = ()
    beside: tuple[tuple[Room, WallSpan, int | None], ...] = ()
    not_before: datetime | None = None
    known: Known | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """What to lock: all whose counts the policy reads, what is drawn, then the spaces taken and left.

        An agreement's hours are drawn by its organisation's dates alone, so its lock is the organisation's.
        """
        found = [one.key for one in self.needed]
        found += [Key(Subject.SPACE, space) for space in (*self.spaces, *self.moved_from)]
        found.append(Key(Subject.PERSON, self.applicant.holder.id))
        if self.applicant.organisation:
            found.append(Key(Subject.ORGANISATION, self.applicant.organisation.id))
        if self.booking_id:
            found.append(Key(Subject.BOOKING, self.booking_id))
        return tuple(found)

    @property
    def needed(self) -> tuple[Needed, ...]:
        """What each date has beside the room."""
        return needed_in(self.room, self.activity if self.kind.is_judged else "", self.resources)

    def request(self, span: DatedSpan) -> Request:
        """The request for one date, as the policy reads it."""
        applicant, wall = self.applicant, span.wall
        return Request(
            room=self.path,
            wall=wall,
            interval=wall.interval(),
            submitted=span.asked_at or self.submitted,
            applicant=applicant.applicant_class,
            activity=self.activity,
            participants=self.bands,
            organisation=str(applicant.organisation.id) if applicant.organisation else None,
            person=str(applicant.holder.id),
            age=applicant.age_on(wall.start.date()),
            commercial=self.commercial,
            alcohol=self.alcohol,
            open_to_all=self.open_to_all,
            in_series=self.in_series,
            agreement=str(applicant.agreement.id) if applicant.agreement else None,
            team=self.team,
            exceptions=self.exceptions,
        )

    def want(self, wall: WallSpan, before: int, after: int) -> Want:
        """The spaces and the time that a date would occupy, set-up and clean-up included."""
        time = occupied(wall, before, after)
        return Want(self.spaces, time, tuple(one.draw(time) for one in self.needed))


def occupied(wall: WallSpan, before: int, after: int) -> Interval:
    """The time of a date with its buffers, in UTC."""
    return wall.interval().widened(before=timedelta(minutes=before), after=timedelta(minutes=after))


def path_of(room: Room) -> str:
    """``venue/room``, as addresses and inputs name a room."""
    return f"{room.venue.slug}/{room.slug}"


def is_in_use(room: Room) -> bool:
    """Whether the room can be booked at all."""
    return room.retired_at is None and room.venue.retired_at is None


def in_use(room: Room) -> Room:
    """The room, where it can be booked; raises Conflict (``room-retired``)."""
    if not is_in_use(room):
        raise refuse(Conflict, "room-retired", "room", path_of(room))
    return room


def case_of_wish(wish: Wish, room: Room, applicant: Applicant, *, known: Known | None = None, now: datetime) -> Case:
    """The case of a new wish; raises Invalid for times and rules that cannot be read."""
    return Case(
        room=room,
        path=path_of(room),
        spaces=tuple(space.id for space in room.spaces),
        applicant=applicant,
        dates=wish.spans(room.venue.zone),
        kind=wish.kind,
        activity=wish.activity,
        bands=wish.bands,
        commercial=wish.commercial,
        alcohol=wish.alcohol,
        open_to_all=wish.open_to_all,
        in_series=wish.recurrence is not None,
        submitted=now,
        team=wish.team,
        needs=wish.needs,
        resources=wish.resources,
        exceptions=tuple(dict.fromkeys(wish.exceptions)),
        not_before=now,
        known=known,
    )


def in_room(case: Case, room: Room) -> Case:
    """The part of a wish's case that is about one of its rooms."""
    path = case.path if room is case.room else path_of(room)
    dates = tuple(span for span in case.dates if (span.room or case.path) == path)
    if room is case.room and dates == case.dates:
        return case
    known = case.known if room is case.room else None
    return replace(case, room=room, path=path, spaces=tuple(space.id for space in room.spaces), dates=dates, known=known)


def case_of_booking(booking: Booking, applicant: Applicant, dates: Iterable[DatedSpan], room: Room) -> Case:
    """The case of a booking that is confirmed or decided on: judged as when it was asked for."""
    return Case(
        room=room,
        path=path_of(room),
        spaces=tuple(space.id for space in room.spaces),
        applicant=applicant,
        dates=tuple(dates),
        kind=booking.kind,
        activity=Activity(booking.activity),
        bands=bands_of(booking.participants),
        commercial=booking.commercial,
        alcohol=booking.alcohol,
        open_to_all=booking.open_to_all,
        in_series=bool(booking.recurrence) or len(booking.occurrences) > 1,
        submitted=booking.created_at,
        team=booking.team,
        needs=tuple(booking.needs),
        resources=booking.resources,
        booking_id=booking.id,
        moved_from=tuple(sorted({space.id for date in booking.occurrences for space in date.room.spaces})),
    )


def span_of(occurrence: Occurrence) -> DatedSpan:
    """An occurrence's wall-clock span, the second of a repeated hour told from its UTC."""
    wall = WallSpan(occurrence.local_start, occurrence.local_end, occurrence.zone)
    for second, end_second in ((False, None), (False, True), (True, True), (True, False)):
        found = WallSpan(wall.start, wall.end, wall.zone, second, end_second)
        if _is(found, occurrence):
            return DatedSpan(found)
    return DatedSpan(wall)


def _is(wall: WallSpan, occurrence: Occurrence) -> bool:
    start, end = to_utc(wall.start, wall.zone, second=wall.second), to_utc(wall.end, wall.zone, second=wall.ends_second)
    return (start, end) == (occurrence.starts_at, occurrence.ends_at)
