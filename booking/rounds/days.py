"""Rounds: the caretaker's days at a venue - what happens, who is first in and last out, what is closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from booking.conditions.queries import entries, visit_of
from booking.models import Booking, Occurrence, Usage
from booking.resources import Held, held_by
from booking.rounds.work import Kind, Stay, tasks_of
from booking.states import BookingKind, OccurrenceState, UsageKind
from database.outbox import Notice
from kernel.interval import Interval
from kernel.wallclock import local_day, to_wall
from policies.entry import Entry, Named
from venues.labels import need_label
from venues.models import Closure, Room, Venue
from venues.vocabulary import ResourceKind

A_DAY = timedelta(days=1)
SHOWN = (OccurrenceState.BOOKED, OccurrenceState.REQUESTED, OccurrenceState.DISPLACED)


@dataclass(frozen=True, slots=True)
class Use:
    """One date at a venue as its caretaker needs it: set-up and clean-up by the wall clock, who and how many.

    ``entry`` says whether they may be let in; None where that is not to be said. ``said`` is what was said of how it went,
    ``beside`` what they have beside the room.
    """

    date: Occurrence
    entry: Entry | None = None
    said: frozenset[UsageKind] = frozenset()
    beside: Sequence[Held] = ()

    @property
    def stay(self) -> Stay:
        """The date as work."""
        one, place = self.date, self.date.room
        open_before, before, after = (
            timedelta(minutes=count) for count in (place.venue.minutes_before, one.before_minutes, one.after_minutes)
        )
        spaces, use = frozenset(space.id for space in place.spaces), Interval(one.starts_at, one.ends_at)
        return Stay(one.id, place.venue_id, spaces, use, open_before, before, after, tuple(self.set_up))

    @property
    def opens(self) -> datetime:
        """When the door is to be open."""
        return to_wall(self.stay.opens, self.date.zone)

    @property
    def set_up_from(self) -> datetime:
        return to_wall(self.stay.use.start - self.stay.before, self.date.zone)

    @property
    def locks(self) -> datetime:
        return to_wall(self.stay.cleared, self.date.zone)

    @property
    def set_up(self) -> list[str]:
        """What is to stand there."""
        brought = [one.text for one in self.beside if one.kind is ResourceKind.EQUIPMENT]
        return brought + [need_label(need) for need in self.date.booking.needs]

    @property
    def on_duty(self) -> list[str]:
        """Who is to be there."""
        return [one.text for one in self.beside if one.kind is ResourceKind.ATTENDANT]

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.date.local_start, self.date.local_end

    @property
    def who(self) -> str:
        return self.date.booking.whose

    @property
    def heads(self) -> int:
        return sum(number for number in self.date.booking.participants.values() if isinstance(number, int))

    @property
    def on_site(self) -> Iterable[Named]:
        """Those who were named to be there."""
        return [person for _condition, met in (self.entry.met if self.entry else ()) for person in met.people]

    @property
    def is_sure(self) -> bool:
        return self.date.state is OccurrenceState.BOOKED

    @property
    def is_work(self) -> bool:
        return self.is_sure and not self.is_block

    @property
    def is_block(self) -> bool:
        return self.date.booking.kind is BookingKind.BLOCK


@dataclass(frozen=True, slots=True)
class Doing:
    """A task of a day by the wall clock, for a use: ``others`` are those whose set-up is cleared away with it."""

    kind: Kind
    span: tuple[datetime, datetime]
    use: Use
    others: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """A venue's day: what begins on it, whom to tell that they lost theirs, its closures, and what is to be done on it."""

    venue: Venue
    day: date
    uses: tuple[Use, ...]
    lost: tuple[Use, ...]
    closures: tuple[Closure, ...]
    work: tuple[Doing, ...]

    @property
    def is_idle(self) -> bool:
        return not (self.uses or self.lost or self.closures or self.work)

    @property
    def first_in(self) -> datetime | None:
        return min((use.opens for use in self._sure), default=None)

    @property
    def last_out(self) -> datetime | None:
        return max((use.locks for use in self._sure), default=None)

    @property
    def _sure(self) -> list[Use]:
        return [use for use in self.uses if use.is_work]


def rounds(session: Session, venues: Sequence[Venue], days: Sequence[date], *, today: date) -> list[tuple[date, list[Round]]]:
    """The rounds of these venues day by day; a night belongs to the day on which it begins.

    Three statements, two more where conditions are asked, one where dates lost their time; who may be let in, and who lost time and
    has neither said that they know nor taken another, is said of dates from ``today``. What is done on a day may be for the days
    beside it.
    """
    if not venues:
        return [(day, []) for day in days]
    span = Interval(local_day(days[0], venues[0].zone).start, local_day(days[-1], venues[0].zone).end)
    found, closures = _uses(session, venues, [days[0] - A_DAY, *days, days[-1] + A_DAY]), _closures(session, venues, span)
    lost = [use for use in found if use.date.state is OccurrenceState.DISPLACED]
    uses = _with_entries(session, [use for use in found if use not in lost], today)
    to_tell = _unaware(session, [use for use in lost if use.date.local_start.date() >= today])
    told = _Told(uses, to_tell, closures, _work(uses))
    return [(day, [_round(venue, day, told) for venue in venues]) for day in days]


@dataclass(frozen=True, slots=True)
class _Told:
    """What the rounds are made of, on all days and at all venues."""

    uses: Sequence[Use]
    lost: Sequence[Use]
    closures: Sequence[Closure]
    work: Sequence[Doing]


def _work(uses: Sequence[Use]) -> list[Doing]:
    by_id = {use.date.id: use for use in uses}
    found = []
    for task in tasks_of(use.stay for use in uses if use.is_work):
        use, cleared = by_id[task.stay.id], [stay for stay in (*task.others, *task.left) if stay.set_up and task.kind is not Kind.UNLOCK]
        span = (to_wall(task.at.start, use.date.zone), to_wall(task.at.end, use.date.zone))
        found.append(Doing(task.kind, span, use, tuple(by_id[stay.id] for stay in cleared)))
    return found


def _uses(session: Session, venues: Iterable[Venue], days: Sequence[date]) -> list[Use]:
    first = datetime.combine(days[0], datetime.min.time())
    last = datetime.combine(days[-1], datetime.min.time()) + timedelta(days=1)
    query = select(Occurrence).join(Occurrence.booking).join(Occurrence.room).where(Room.venue_id.in_([venue.id for venue in venues]))
    query = query.where(Occurrence.state.in_(SHOWN), Occurrence.local_start >= first, Occurrence.local_start < last)
    rooms = contains_eager(Occurrence.room).options(joinedload(Room.venue), joinedload(Room.spaces))
    parts = (contains_eager(Occurrence.booking).options(joinedload(Booking.organisation), joinedload(Booking.holder)), rooms)
    return [Use(date) for date in session.scalars(query.options(*parts).order_by(Occurrence.local_start, Occurrence.id)).unique()]


def _with_entries(session: Session, uses: Sequence[Use], today: date) -> list[Use]:
    asking = [use.date for use in uses if use.is_sure and not use.is_block and use.date.local_start.date() >= today]
    found = entries(session, [visit_of(date) for date in asking], today=today)
    said: dict[int, set[UsageKind]] = {}
    ids = [use.date.id for use in uses]
    for row in session.execute(select(Usage.occurrence_id, Usage.kind).where(Usage.occurrence_id.in_(ids))):
        said.setdefault(row.occurrence_id, set()).add(row.kind)
    beside = held_by(session, ids)
    return [Use(use.date, found.get(use.date.id), frozenset(said.get(use.date.id, ())), beside.get(use.date.id, ())) for use in uses]


def _unaware(session: Session, lost: Sequence[Use]) -> list[Use]:
    """Those of them whose holders have not said that they read of their latest loss."""
    if not lost:
        return []
    notices = select(Notice).where(Notice.kind == "dates-displaced", Notice.booking_id.in_({use.date.booking_id for use in lost}))
    known: dict[tuple[int | None, int], bool] = {}
    for one in session.scalars(notices.order_by(Notice.id)):
        known |= {(one.booking_id, number): one.acknowledged_at is not None for number in one.facts["dates"]}
    return [use for use in lost if not known.get((use.date.booking_id, use.date.number))]


def _closures(session: Session, venues: Iterable[Venue], span: Interval) -> Sequence[Closure]:
    wanted = (Closure.venue_id.in_([venue.id for venue in venues]), Closure.withdrawn_at.is_(None))
    return session.scalars(
        select(Closure).where(*wanted, Closure.starts_at < span.end, Closure.ends_at > span.start).order_by(Closure.starts_at)
    ).all()


def _on(uses: Iterable[Use], venue: Venue, day: date) -> tuple[Use, ...]:
    return tuple(use for use in uses if use.date.room.venue_id == venue.id and use.date.local_start.date() == day)


def _round(venue: Venue, day: date, told: _Told) -> Round:
    whole = local_day(day, venue.zone)
    theirs = (closed for closed in told.closures if closed.venue_id == venue.id)
    closures = tuple(one for one in theirs if Interval(one.starts_at, one.ends_at).overlaps(whole))
    work = tuple(one for one in told.work if one.use.date.room.venue_id == venue.id and one.span[0].date() == day)
    return Round(venue, day, _on(told.uses, venue, day), _on(told.lost, venue, day), closures, work)
