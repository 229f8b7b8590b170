"""Before: what has to be done before the dates of a booking, as pages tell it, and what is left to do for all of somebody's bookings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from booking.conditions.queries import AskedOn, asked_in, entries, first_missing, visits
from booking.conditions.verbs import may_meet
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from kernel.wallclock import to_wall
from policies.entry import Met, Use, born_by, is_late, is_own, scope, valid_until
from policies.verdict import Access, By, Condition, Reason, Verdict, Where, Whose
from venues.models import Room, Venue
from web.formats import HOME_ZONE
from web.texts import gettext as _
from web.texts import ngettext


@dataclass(frozen=True, slots=True)
class ToldCondition:
    """A condition of a booking, told for the first date on which it is missing, else for the first that asks it."""

    condition: Condition
    occurrence: Occurrence
    met: Met | None
    lacking: int
    is_late: bool
    may_meet: bool
    may_withdraw: bool

    @property
    def day(self) -> date:
        return self.occurrence.local_start.date()

    @property
    def until(self) -> date | None:
        """The last date for which it is met; None for ever."""
        return valid_until(self.condition, self.met.on) if self.met else None

    @property
    def born_by(self) -> int | None:
        return born_by(self.condition, self.day)

    @property
    def holds_for(self) -> str:
        """For whom, where and how long it stays met."""
        days = self.condition.valid_days
        long = ngettext("i %(num)d dag", "i %(num)d dager", days) if days else ""
        return ", ".join(
            part for part in (_who(self.condition, self.occurrence.booking), _where(self.condition, self.occurrence), long) if part
        )


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before the dates of a booking: its conditions, how one gets in to the next, what to remember there."""

    conditions: tuple[ToldCondition, ...] = ()
    access: tuple[Access, ...] = ()
    checklist: tuple[Reason, ...] = ()

    @property
    def is_open(self) -> bool:
        return not any(one.met is None for one in self.conditions)

    @property
    def is_anything(self) -> bool:
        return bool(self.conditions or self.access or self.checklist)


@dataclass(frozen=True, slots=True)
class ToDo:
    """What the holder's side has to do once for several dates: the booking with which to do it, where the first date is, how many."""

    condition: Condition
    booking: Booking
    venue: str
    day: date
    dates: int
    is_late: bool


def before(session: Session, booking: Booking, coming: Iterable[Verdict], *, by: Actor, now: datetime) -> Before:
    """What stands before the dates of a booking that are to come; ``coming`` are their verdicts, soonest first."""
    first = next(iter(coming), None)
    return Before(tuple(told_conditions(session, booking, by=by, now=now)), first.access if first else (), first.checklist if first else ())


def told_conditions(session: Session, booking: Booking, *, by: Actor, now: datetime) -> list[ToldCondition]:
    """The conditions of a booking, what is missing first; two statements, none where there are none."""
    asked = asked_in(session, booking, now=now)
    today = to_wall(now, booking.room.venue.zone).date()
    whats = dict.fromkeys(condition.what for _date, condition, _met in asked)
    told = [_told([one for one in asked if one[1].what == what], today, by) for what in whats]
    return sorted(told, key=lambda one: one.met is not None)


def _told(asked: Sequence[AskedOn], today: date, by: Actor) -> ToldCondition:
    date, condition, met = first_missing(asked)
    return ToldCondition(
        condition,
        date,
        met,
        lacking=sum(one[2] is None for one in asked),
        is_late=met is None and is_late(condition, today),
        may_meet=may_meet(condition, date, by),
        may_withdraw=met is not None and (by.is_officer or by.is_caretaker_of(int(met.venue))),
    )


def to_do(session: Session, *, by: Actor, now: datetime) -> list[ToDo]:
    """What somebody has not done yet for the dates ahead that they or their organisations hold, soonest first.

    What one doing meets is one. Four statements, one where nothing is asked.
    """
    today = to_wall(now, HOME_ZONE).date()
    is_own = and_(Booking.holder_id == by.person_id, or_(Booking.organisation_id.is_(None), Booking.confirm_by.is_not(None)))
    theirs = or_(is_own, Booking.organisation_id.in_(sorted(by.organisations)))
    asking = visits(session, theirs, Occurrence.state.in_(sorted(LIVE)), Occurrence.ends_at > now)
    found = entries(session, asking, today=today)
    tasks: dict[object, list[tuple[Condition, Use]]] = {}
    for visit in asking:
        for condition in found[visit.id].missing:
            if _is_for(condition, visit.use, by):
                key = (condition.what, condition.text_version, scope(condition, visit.use))
                tasks.setdefault(key, []).append((condition, visit.use))
    bookings = _bookings(session, {int(several[0][1].booking or 0) for several in tasks.values()})
    return [_to_do(session, several, bookings, today) for several in tasks.values()]


def _is_for(condition: Condition, use: Use, by: Actor) -> bool:
    return condition.by is By.HOLDER and (not is_own(condition) or use.person == str(by.person_id))


def _to_do(session: Session, several: Sequence[tuple[Condition, Use]], bookings: Mapping[int, Booking], today: date) -> ToDo:
    condition, use = several[0]
    venue = session.get_one(Venue, int(use.venue))
    return ToDo(condition, bookings[int(use.booking or 0)], venue.name, use.day, len(several), is_late(condition, today))


def _bookings(session: Session, ids: Iterable[int]) -> dict[int, Booking]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    parts = (joinedload(Booking.room).joinedload(Room.venue), joinedload(Booking.organisation))
    return {booking.id: booking for booking in session.scalars(select(Booking).where(Booking.id.in_(wanted)).options(*parts))}


def _who(condition: Condition, booking: Booking) -> str:
    match condition.whose:
        case Whose.BOOKING:
            return _("denne bookingen")
        case Whose.ORGANISATION if booking.organisation is not None:
            return booking.organisation.name
        case _:
            return booking.holder.name


def _where(condition: Condition, date: Occurrence) -> str:
    match condition.where:
        case Where.ANYWHERE:
            return "" if condition.whose is Whose.BOOKING else _("i alle lokaler")
        case Where.VENUE:
            return _("i %(place)s", place=date.room.venue.name)
        case Where.ROOM:
            return _("i %(place)s", place=date.room.whole_name)
