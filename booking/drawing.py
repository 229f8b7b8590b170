"""Drawing: what an organisation's agreements give and what stands on them, from which each date draws by itself."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from booking.lifecycle import LIVE, STOOD_BY
from booking.models import Booking, Occurrence
from booking.support.models import Agreement, AgreementRoom, Per, monday
from database.sql import epoch, monday_of
from kernel.errors import Conflict, Fault
from kernel.wallclock import WallSpan
from policies.request import Entitlement, FixedTime
from venues.models import Room, Venue

DAYS_TO_SUNDAY = timedelta(days=6)
PATHS = (
    select(func.aggregate_strings(Venue.slug + "/" + Room.slug, ","))
    .select_from(AgreementRoom)
    .join(Room, Room.id == AgreementRoom.room_id)
    .join(Venue, Venue.id == Room.venue_id)
    .where(AgreementRoom.agreement_id == Agreement.id)
    .correlate(Agreement)
    .scalar_subquery()
)
MINUTES = (func.sum(epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) / 60).label("minutes")
WEEK = monday_of(Occurrence.local_start).label("week")
STANDS = and_(
    Occurrence.agreement_id == Agreement.id,
    Occurrence.state.in_(sorted(LIVE)),
    Occurrence.id.not_in(bindparam("settled", expanding=True)),
    or_(Occurrence.state.in_(sorted(STOOD_BY)), Occurrence.booking_id == bindparam("booking")),
)
# Put together once: what an organisation with agreements books sends it.
HELD = (
    select(
        *(Agreement.id, Agreement.title, Agreement.price_class, Agreement.per, Agreement.minutes.label("granted")),
        *(Agreement.first_day, Agreement.last_day, Agreement.times, PATHS.label("rooms"), WEEK, MINUTES),
    )
    .outerjoin(Occurrence, STANDS)
    .where(Agreement.organisation_id == bindparam("organisation"), Agreement.ended_at.is_(None), Agreement.last_day >= bindparam("since"))
    .group_by(Agreement.id, "week")
)


@dataclass(frozen=True, slots=True)
class Held:
    """What an agreement gives, as the policy reads it, and the minutes that stand on it, by the Monday of their week."""

    agreement: Entitlement
    is_weekly: bool
    drawn: Mapping[date, int]

    def on(self, day: date) -> Entitlement:
        """As it is on a day: with what is drawn in that week, or in all of its period."""
        if not self.is_weekly:
            return replace(self.agreement, minutes_used=sum(self.drawn.values()))
        since = monday(day)
        return replace(self.agreement, minutes_used=self.drawn.get(since, 0), since=since, until=since + DAYS_TO_SUNDAY)

    def with_more(self, dates: Iterable[tuple[WallSpan, int | None]]) -> "Held":
        """The same, with dates that are not written yet and the agreements that these draw on."""
        drawn = dict(self.drawn)
        for wall, agreement in dates:
            if str(agreement) == self.agreement.id:
                week = monday(wall.start.date())
                drawn[week] = drawn.get(week, 0) + wall.interval().minutes
        return replace(self, drawn=drawn)


def held_by(
    session: Session, organisation: int, *, since: date, settled: Collection[int] = (), booking: int | None = None
) -> tuple[Held, ...]:
    """The agreements of an organisation that run or are to come on a day, in the order in which dates draw on them; one statement.

    First those with fixed times, then those that run out soonest. Dates that are ``settled`` anew, by id, are not counted,
    nor what nobody has confirmed yet but in the ``booking`` itself, by id.
    """
    found: dict[int, Held] = {}
    for row in session.execute(HELD, {"organisation": organisation, "since": since, "settled": list(settled), "booking": booking}):
        held = found.setdefault(row.id, Held(_entitlement(row), row.per is Per.WEEK, {}))
        if row.week:
            found[row.id] = replace(held, drawn={**held.drawn, date.fromisoformat(row.week): int(row.minutes)})
    return tuple(sorted(found.values(), key=_order))


def require_not_overdrawn(session: Session, dates: Collection[Occurrence]) -> None:
    """Raises Conflict (``agreement-used-since``) where dates that are live again stand on hours that others have by now."""
    theirs = [date for date in dates if date.agreement_id and date.state in STOOD_BY]
    if not theirs:
        return
    wanted = select(Booking.organisation_id, func.min(Occurrence.local_start)).join(Occurrence.booking)
    of_them = wanted.where(Occurrence.id.in_([date.id for date in theirs])).group_by(Booking.organisation_id)
    held = {
        one.agreement.id: one
        for organisation, first in session.execute(of_them).all()
        if organisation
        for one in held_by(session, organisation, since=first.date())
    }
    faults = [
        Fault("agreement-used-since", "start", f"{date.local_start:%Y-%m-%dT%H:%M}") for date in theirs if not _is_covered(date, held)
    ]
    if faults:
        raise Conflict(*faults)


def _is_covered(date: Occurrence, held: Mapping[str, Held]) -> bool:
    found = held.get(str(date.agreement_id))
    on_it = found and found.on(date.local_start.date())
    return bool(on_it and on_it.minutes_used <= on_it.minutes_granted)


def _entitlement(row: Row[Any]) -> Entitlement:
    return Entitlement(
        id=str(row.id),
        title=row.title,
        price_class=row.price_class,
        minutes_granted=row.granted,
        minutes_used=0,
        first=row.first_day,
        last=row.last_day,
        rooms=tuple(sorted(row.rooms.split(","))) if row.rooms else (),
        times=tuple(FixedTime(**one) for one in row.times),
    )


def _order(held: Held) -> tuple[bool, date, int]:
    agreement = held.agreement
    return not agreement.times, agreement.last, int(agreement.id)
