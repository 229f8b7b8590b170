"""Settling: what a calendar of others says is brought into its room's calendar, through the same gate as every booking."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor, ApplicantClass
from booking.conflicts import Answer, Want
from booking.lifecycle import state_of
from booking.models import Booking, Claim, Occurrence
from booking.occupy import Take, ask, occupy
from booking.references import new_reference
from booking.revisions import touch_spaces
from booking.states import BookingKind, BookingState, OccurrenceState
from calendars.incoming.matching import MEETS, Stood, Wanted, Weighed, titles, weigh
from calendars.incoming.models import Event, Source
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import UNDO_WITHIN
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from policies.taxonomy import Activity

# What became of a date, as the log says it.
TOOK, MOVED, WENT, NAMED = "took", "moved", "went", "named"
Held = dict[int, set[tuple[int, datetime, datetime]]]


@dataclass(frozen=True, slots=True)
class Settled:
    """The ids of the dates that a reading of a calendar took, moved and gave back, and of those that meet others since; ``all_met``
    are all that meet others now, and ``booking_met`` the booking of one of them, by id."""

    took: Sequence[int]
    moved: Sequence[int]
    went: Sequence[int]
    met: Sequence[int]
    all_met: int
    booking_met: int

    @property
    def counts(self) -> dict[str, int]:
        """How many, by what became of them."""
        return {TOOK: len(self.took), MOVED: len(self.moved), WENT: len(self.went), MEETS: len(self.met)}


def stood_of(session: Session, source: Source) -> list[Stood]:
    """Every date that ever came from a source."""
    columns = (
        *(Event.uid, Event.recurrence_id, Occurrence.id, Occurrence.booking_id, Occurrence.local_start, Occurrence.local_end),
        *(Occurrence.starts_at, Occurrence.ends_at, Occurrence.state, Occurrence.reason, Booking.purpose),
    )
    query = select(*columns).join(Event.occurrence).join(Occurrence.booking).where(Event.source_id == source.id)
    return [
        Stood(
            name=(row.uid, row.recurrence_id),
            occurrence_id=row.id,
            booking_id=row.booking_id,
            wall=(row.local_start, row.local_end),
            time=Interval(row.starts_at, row.ends_at),
            state=row.state,
            reason=row.reason,
            title=row.purpose,
        )
        for row in session.execute(query)
    ]


def wants_of(source: Source, times: Iterable[Interval]) -> list[Want]:
    """These times, in all spaces of the source's room."""
    spaces = tuple(space.id for space in source.room.spaces)
    return [Want(spaces, time) for time in times]


@dataclass(frozen=True, slots=True)
class Standing:
    """What came from a source until now, with the claims of what is ahead; the source's row is locked, and its bookings, which change
    by nothing else, need no lock of their own."""

    source: Source
    stood: Sequence[Stood]
    held: Held

    @property
    def spaces(self) -> set[int]:
        """The spaces of the room, and those that are held in another that it was."""
        return {space.id for space in self.source.room.spaces} | {space for claims in self.held.values() for space, _, _ in claims}

    @property
    def keys(self) -> list[Key]:
        """What is locked before its dates take or leave time."""
        return [Key(Subject.PERSON, self.source.holder_id), *(Key(Subject.SPACE, space) for space in self.spaces)]

    def wanted(self, zone: str, *, now: datetime) -> list[Wanted]:
        """Its dates ahead, as they are wanted to go on."""
        ahead = [one for one in self.stood if one.is_alive and one.time.start > now]
        found = [Wanted(one.name, WallSpan(*one.wall, zone), one.time, one.title) for one in ahead]
        return sorted(found, key=lambda one: one.order)


def standing_of(session: Session, source: Source, *, now: datetime) -> Standing:
    """How the dates of a source stand."""
    stood = stood_of(session, source)
    return Standing(source, stood, _held(session, [one.occurrence_id for one in stood if one.time.start > now]))


def settle(session: Session, source: Source, wanted: Sequence[Wanted], *, by: Actor, now: datetime) -> Settled:
    """Let the room be taken as a source says from now on, which is everything that it wants; its row is locked."""
    standing = standing_of(session, source, now=now)
    lock(session, *standing.keys)
    return bring(session, standing, wanted, ask(session, wants_of(source, [one.time for one in wanted]), now=now), by=by, now=now)


def bring(session: Session, standing: Standing, wanted: Sequence[Wanted], answer: Answer, *, by: Actor, now: datetime) -> Settled:
    """Write what is wanted, and take what of it the answer calls free; what others have is kept as meeting them."""
    source, stood = standing.source, standing.stood
    writing = _Writing(session, source, weigh(wanted, stood, answer, now=now), stood, by, now)
    writing.write()
    _claim(session, writing, standing.held, now)
    if writing.fates:
        touch_spaces(session, standing.spaces)
        record(session, *writing.acts(), by=by, now=now)
    return writing.settled()


def _held(session: Session, dates: Sequence[int]) -> Held:
    """The claims of these dates."""
    columns = (Claim.occurrence_id, Claim.space_id, Claim.starts_at, Claim.ends_at)
    found: Held = {}
    for date, *claim in session.execute(select(*columns).where(Claim.occurrence_id.in_(dates))):
        found.setdefault(date, set()).add(tuple(claim))  # type: ignore[arg-type]
    return found


def _claim(session: Session, writing: "_Writing", held: Held, now: datetime) -> None:
    """Give up and take what differs from what is held."""
    source = writing.source
    spaces = [space.id for space in source.room.spaces]
    parts = {writing.id_of(number): part for number, part in writing.weighed.part.items()}
    taken = {date: {(space, part.start, part.end) for space in spaces} for date, part in parts.items()}
    release = [date for date, claims in held.items() if taken.get(date) != claims]
    wanting = [date for date, claims in taken.items() if held.get(date) != claims]
    if release or wanting:
        # What is kept for who stands in line was in the way already, but for what was taken from others for this.
        wants = wants_of(source, [parts[date] for date in wanting])
        answer = ask(session, wants, due_by=now + UNDO_WITHIN, now=now).without(release)
        occupy(session, answer, [Take(number, date) for number, date in enumerate(wanting)], release=release, now=now)


@dataclass(slots=True)
class _Writing:
    """Writes what was weighed: the bookings of a source, one for each UID, and their dates."""

    session: Session
    source: Source
    weighed: Weighed
    stood: Sequence[Stood]
    by: Actor
    now: datetime
    fates: list[tuple[Booking, str, Occurrence | None]] = field(default_factory=list)
    bookings: dict[str, Booking] = field(default_factory=dict)
    dates: dict[int, Occurrence] = field(default_factory=dict)
    was: dict[int, Stood] = field(default_factory=dict)

    @property
    def of(self) -> dict[str, int]:
        """The booking of each UID, by id."""
        return {one.name[0]: one.booking_id for one in self.stood}

    def write(self) -> None:
        weighed, called = self.weighed, titles(self.weighed.wanted)
        changed = [number for number in range(len(weighed.wanted)) if weighed.changes(number)]
        uids = {weighed.wanted[number].name[0] for number in changed} | {one.name[0] for one in weighed.gone}
        uids |= {one.name[0] for number, one in weighed.before.items() if one.title != self._called(called, one.name[0])}
        self._load(uids)
        for uid in sorted(uids):
            self._name(uid, called)
        for number in changed:
            self._write(number)
        for one in weighed.gone:
            self._end(one)
        for booking in {booking.reference: booking for booking, _, _ in self.fates}.values():
            self._conclude(booking)
        self.session.flush()

    def id_of(self, number: int) -> int:
        """The date that a wanted one is, by id."""
        return self.dates[number].id if number in self.dates else self.weighed.before[number].occurrence_id

    def acts(self) -> list[Act]:
        """What became of each booking's dates, and from when to when they were moved."""
        found: dict[tuple[int, str], list[int]] = {}
        moves = []
        for booking, fate, date in self.fates:
            numbers = found.setdefault((booking.id, fate), [])
            if date:
                numbers.append(date.number)
            if date and fate == MOVED:
                moves.append(_moved(date, self.was[date.id]))
        facts = [(of, {"what": fate, "dates": numbers, "source": self.source.id}) for (of, fate), numbers in found.items()]
        return [*moves, *(Act("follow", "booking", of, told, self.source.holder_id) for of, told in facts)]

    def settled(self) -> Settled:
        by_fate: dict[str, list[int]] = {}
        for _, fate, date in self.fates:
            by_fate.setdefault(fate, []).extend([date.id] if date else [])
        met = min(self.weighed.met, default=None)
        booking_met = 0 if met is None else self.booking_of(met)
        took, moved, went, new = (by_fate.get(fate, []) for fate in (TOOK, MOVED, WENT, MEETS))
        return Settled(took, moved, went, new, len(self.weighed.met), booking_met)

    def booking_of(self, number: int) -> int:
        return self.dates[number].booking_id if number in self.dates else self.weighed.before[number].booking_id

    def _called(self, called: Mapping[str, str], uid: str) -> str:
        return called.get(uid) or self.source.name

    def _load(self, uids: Iterable[str]) -> None:
        of = {uid: one for uid, one in self.of.items() if uid in set(uids)}
        query = select(Booking).where(Booking.id.in_(of.values())).options(selectinload(Booking.occurrences))
        by_id = {one.id: one for one in self.session.scalars(query.execution_options(populate_existing=True))}
        self.bookings = {uid: by_id[one] for uid, one in of.items()}

    def _name(self, uid: str, called: Mapping[str, str]) -> None:
        if uid not in self.bookings:
            self.bookings[uid] = self._made(self._called(called, uid))
        booking = self.bookings[uid]
        if uid in called and booking.purpose != self._called(called, uid):
            booking.purpose = self._called(called, uid)
            self.fates.append((booking, NAMED, None))

    def _made(self, title: str) -> Booking:
        source = self.source
        booking = Booking(
            reference=new_reference(),
            kind=BookingKind.INCOMING,
            state=BookingState.BOOKED,
            room_id=source.room_id,
            holder_id=source.holder_id,
            hand_id=self.by.person_id,
            applicant_class=str(ApplicantClass.MUNICIPALITY),
            purpose=title,
            activity=str(Activity.OTHER),
            contact_name=source.name,
            created_at=self.now,
            changed_at=self.now,
            version=0,
            occurrences=[],
        )
        self.session.add(booking)
        return booking

    def _write(self, number: int) -> None:
        wanted, before = self.weighed.wanted[number], self.weighed.before.get(number)
        booking, (state, reason) = self.bookings[wanted.name[0]], self.weighed.state(number)
        date = next((one for one in booking.occurrences if before and one.id == before.occurrence_id), None) or self._added(booking, wanted)
        moves = before is not None and before.state is state is OccurrenceState.BOOKED
        date.state, date.reason, date.room_id = state, reason, self.source.room_id
        date.local_start, date.local_end, date.zone = wanted.wall.start, wanted.wall.end, wanted.wall.zone
        date.starts_at, date.ends_at, date.changed_at = wanted.time.start, wanted.time.end, self.now
        self.dates[number] = date
        if before:
            date.sequence += 1
            self.was[date.id] = before
        self.fates.append((booking, MOVED if moves else TOOK if state is OccurrenceState.BOOKED else reason, date))

    def _added(self, booking: Booking, wanted: Wanted) -> Occurrence:
        number = max((one.number for one in booking.occurrences), default=0) + 1
        date = Occurrence(booking=booking, number=number, created_at=self.now)
        begun = next((one for one in self.stood if one.name == wanted.name), None) if wanted.name[0] in self.bookings else None
        if begun:
            # What had begun by its old time is another date once it is put off.
            with self.session.no_autoflush:
                event = self.session.scalars(select(Event).where(Event.occurrence_id == begun.occurrence_id)).one()
            event.occurrence = date
        else:
            self.session.add(Event(source_id=self.source.id, uid=wanted.name[0], recurrence_id=wanted.name[1], occurrence=date))
        return date

    def _end(self, one: Stood) -> None:
        booking = self.bookings[one.name[0]]
        date = next(date for date in booking.occurrences if date.id == one.occurrence_id)
        date.state, date.reason, date.sequence, date.changed_at = OccurrenceState.CANCELLED, "", date.sequence + 1, self.now
        self.fates.append((booking, WENT, date))

    def _conclude(self, booking: Booking) -> None:
        states = [date.state for date in booking.occurrences]
        last = BookingState.REFUSED if OccurrenceState.SKIPPED in states else BookingState.CANCELLED
        booking.state = state_of(states, fallback=last)
        booking.version, booking.changed_at = booking.version + 1, self.now


def _moved(date: Occurrence, was: Stood) -> Act:
    old = {"from": was.time.start.isoformat(), "until": was.time.end.isoformat(), "room": date.room_id}
    new = {"to": date.starts_at.isoformat(), "ends": date.ends_at.isoformat(), "to_room": date.room_id}
    return Act("move", "occurrence", date.id, old | new)
