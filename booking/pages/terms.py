"""Terms: what one agrees to beside the price, told before one books - what cancelling costs, what is asked before one enters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.conditions.queries import entries_tried
from booking.fees import Cost, cost_once_booked, first_dearer, sum_of
from booking.outcome import Dated
from kernel.money import Ore
from kernel.wallclock import to_wall
from policies.entry import Use, valid_until
from policies.verdict import Absence, Access, Condition, Ladder, Verdict
from venues.models import Room
from web.formats import HOME_ZONE


@dataclass(frozen=True, slots=True)
class Tried:
    """A date that is not booked, as fees are reckoned of it."""

    starts_at: datetime
    local_start: datetime
    zone: str
    charged_price: Ore | None
    list_price: Ore | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked before one enters, by the first date for which it is not done, else the first that asks it; whether it is done,
    and the last date for which that holds (None for ever)."""

    condition: Condition
    is_met: bool
    until: date | None


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the dates that are to be had; ``costs`` are what cancelling each of them today would cost.

    ``access`` is how one gets in to each of the ``rooms``, as many as they are, where a rule says so.
    There is no ``ladder`` where nothing is paid that it would take a share of.
    """

    ladder: Ladder | None
    absence: Absence | None
    costs: tuple[Cost, ...]
    conditions: tuple[Asked, ...]
    access: tuple[tuple[Room, tuple[Access, ...]], ...]
    rooms: int

    @property
    def is_open(self) -> bool:
        """Whether all is done that is asked."""
        return all(one.is_met for one in self.conditions)

    @property
    def cost(self) -> Ore:
        """What cancelling all of them today would cost, as far as prices are known."""
        return sum_of(self.costs)

    @property
    def dearer_on(self) -> date | None:
        """The first day on which one of them would be dearer to cancel."""
        return first_dearer(self.costs)


def terms_of(session: Session, dates: Sequence[Dated], *, now: datetime) -> Terms:
    """The terms of a wish that was tried, by the verdicts of the dates that are to be had; one statement where anything is asked first."""
    kept = [(date, date.judged.verdict) for date in dates if date.is_kept and date.judged.verdict]
    verdicts = [verdict for _date, verdict in kept]
    costs = (cost_once_booked(_tried(date, verdict), verdict, now=now) for date, verdict in kept)
    ladders = (verdict.cancellation for verdict in verdicts if verdict.price is None or verdict.price.charged)
    rooms = {date.case.room: verdict.access for date, verdict in reversed(kept)}
    return Terms(
        ladder=next((ladder for ladder in ladders if ladder), None),
        absence=next((verdict.absence for verdict in verdicts if verdict.absence), None),
        costs=tuple(cost for cost in costs if cost),
        conditions=tuple(_conditions(session, kept, now)),
        access=tuple((room, access) for room, access in reversed(rooms.items()) if access),
        rooms=len(rooms),
    )


def _tried(date: Dated, verdict: Verdict) -> Tried:
    wall, price = date.judged.wall, verdict.price
    return Tried(wall.interval().start, wall.start, wall.zone, price.charged if price else None, price.listed if price else None)


def _conditions(session: Session, kept: Sequence[tuple[Dated, Verdict]], now: datetime) -> Iterator[Asked]:
    """Each thing that is asked once."""
    tried = [(_use(date), verdict.conditions) for date, verdict in kept if verdict.conditions]
    found = entries_tried(session, tried, today=to_wall(now, HOME_ZONE).date())
    asked = [one for entry in found for one in entry.all]
    for what in dict.fromkeys(condition.what for _use, conditions in tried for condition in conditions):
        condition, met = min((one for one in asked if one[0].what == what), key=lambda one: one[1] is not None)
        yield Asked(condition, met is not None, valid_until(condition, met.on) if met else None)


def _use(date: Dated) -> Use:
    """A date as what is asked before it sees it: it is of no booking yet, and of nobody while an organisation has to confirm it, which
    tells others nothing of what it has done."""
    applicant, room = date.case.applicant, date.case.room
    is_theirs = not applicant.must_confirm
    return Use(
        day=date.judged.wall.start.date(),
        person=str(applicant.holder.id) if is_theirs and applicant.holder.id else None,
        organisation=str(applicant.organisation.id) if is_theirs and applicant.organisation else None,
        venue=str(room.venue_id),
        room=str(room.id),
    )
