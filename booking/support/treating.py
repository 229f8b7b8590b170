"""Treating: the coming dates that an agreement which is made, changed or ended concerns draw anew, and are told so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date as day_of
from datetime import datetime, time, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.standings import standings_of
from booking.cases import bookings_for
from booking.ending import give_up, keys_of
from booking.judging import Judged, judge, keep
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.reservations import priced
from booking.resettle import Plan, case_again
from booking.revisions import touch
from booking.states import BookingKind
from booking.support.models import Agreement
from booking.telling import tell
from booking.waiving import exceptions_of
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.transact import Outdated
from kernel.errors import Conflict, Fault
from kernel.texts import sign_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether an officer has seen which coming dates are concerned and what becomes of them: the sign of what was ``seen``."""

    confirmed: bool = False
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A coming date that draws on something else, or is to end, and what it cost before."""

    date: Occurrence
    was: int | None
    price: int | None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose dates an agreement concerns: those that draw on it, and those in some rooms on some days that draw on nothing yet."""

    organisation: int
    agreement: int | None
    rooms: Collection[int]
    first: day_of
    last: day_of


def concerned(session: Session, reach: Reach, *, now: datetime) -> Sequence[Booking]:
    """The bookings with such dates to come, locked, as is all that an act on them locks."""
    query = _bookings(reach, now)
    ids = session.scalars(query).all()
    bookings = bookings_for(session, ids)
    lock(session, Key(Subject.ORGANISATION, reach.organisation), *keys_of(session, *bookings))
    if set(session.scalars(query)) != set(ids):
        raise Outdated
    return bookings


def _bookings(reach: Reach, now: datetime) -> Select[int]:
    first, after = datetime.combine(reach.first, time.min), datetime.combine(reach.last + DAY, time.min)
    covered = (Occurrence.room_id.in_(reach.rooms), Occurrence.local_start >= first, Occurrence.local_start < after)
    undrawn = and_(Occurrence.agreement_id.is_(None), Booking.draws, *covered)
    which = undrawn if reach.agreement is None else or_(Occurrence.agreement_id == reach.agreement, undrawn)
    ahead = (Occurrence.starts_at > now, Occurrence.state.in_(sorted(LIVE)))
    theirs = (Booking.organisation_id == reach.organisation, Booking.kind == BookingKind.ORDINARY)
    return select(Occurrence.booking_id).join(Occurrence.booking).where(*theirs, *ahead, which).distinct()


def redraw(
    session: Session, agreement: Agreement, bookings: Sequence[Booking], consent: Consent, *, cancels: str = "", by: Actor, now: datetime
) -> Sequence[Redrawn]:
    """Let the coming dates draw anew, who asked first going first; those that draw on nothing more are cancelled for the reason
    ``cancels``, where one is given.

    The agreement is written and all is locked. What has begun stays as it is. Raises Conflict that names each date and what becomes of
    it, unless the officer has seen just that; its details carry the sign to give back.
    """
    dates = {one.id: [date for date in one.occurrences if _is_concerned(date, agreement, now)] for one in bookings}
    was = {date.id: date.agreement_id for theirs in dates.values() for date in theirs}
    for booking in bookings:
        booking.named_agreement_id = None if booking.named_agreement_id == agreement.id else booking.named_agreement_id
        for date in dates[booking.id]:
            date.agreement_id = None
    session.flush()
    found = [
        one for booking in bookings if dates[booking.id] for one in _drawn(session, booking, dates[booking.id], was, bool(cancels), now=now)
    ]
    sign = _sign(found, agreement)
    if found and (not consent.confirmed or consent.seen not in (None, sign)):
        raise Conflict(*(_fault(one) for one in found), details={"seen": sign})
    for booking in bookings:
        _tell(session, booking, agreement, [one for one in found if one.date.booking_id == booking.id], cancels, by=by, now=now)
    return found


def _is_concerned(date: Occurrence, agreement: Agreement, now: datetime) -> bool:
    return date.starts_at > now and date.state in LIVE and date.agreement_id in (None, agreement.id)


def _drawn(
    session: Session, booking: Booking, dates: Collection[Occurrence], was: dict[int, int | None], cancels: bool, *, now: datetime
) -> list[Redrawn]:
    """Judge the dates as they stand, and write what they draw on and cost where that is something else."""
    standings = standings_of(session, booking.organisation_id)
    plan, found = Plan(act="draw", dates=tuple(dates), by_staff=True), []
    for room, held, _staffs, theirs in plan.parts(exceptions_of(booking)):
        case = case_again(booking, plan, theirs, room, held=held, standings=standings, settled=tuple(date.id for date in theirs))
        judged = judge(session, case)
        changed = [
            one for date, verdict in zip(theirs, judged, strict=True) if (one := _redrawn(date, verdict, was[date.id], cancels, now=now))
        ]
        if any(not one.ends for one in changed):
            keep(session, booking.id, judged, act="draw", now=now)
        found += changed
        session.flush()
    return found


def _redrawn(date: Occurrence, judged: Judged, was: int | None, cancels: bool, *, now: datetime) -> Redrawn | None:
    price, ends = date.charged_price, cancels and was is not None and judged.agreement is None
    date.agreement_id = was if ends else judged.agreement
    if date.agreement_id == was and not ends:
        return None
    if not ends:
        for column, value in priced(judged, is_kept=True).items():
            setattr(date, column, value)
        date.changed_at = now
    return Redrawn(date, was, price, ends)


def _tell(
    session: Session, booking: Booking, agreement: Agreement, found: Sequence[Redrawn], reason: str, *, by: Actor, now: datetime
) -> None:
    ends, goes_on = [one.date for one in found if one.ends], [one.date for one in found if not one.ends]
    if goes_on:
        booking.version, booking.changed_at = booking.version + 1, now
        numbers = {str(date.number): date.agreement_id for date in goes_on}
        facts = {"dates": [date.number for date in goes_on], "agreement": agreement.id, "to": numbers, "version": booking.version}
        record(session, Act("draw", "booking", booking.id, facts, booking.holder_id), by=by, now=now)
        tell(session, booking, "agreement-redrawn", facts={"dates": facts["dates"], "agreement": agreement.id}, by=by, now=now)
        touch(session, booking)
    if ends:
        give_up(session, booking, ends, reason=reason, without_fee=True, by=by, now=now)
    session.flush()


def _sign(found: Sequence[Redrawn], agreement: Agreement) -> str:
    """A sign of what becomes of each date; an agreement that is made gets its number only when it is."""
    each = ((one, "this" if one.date.agreement_id == agreement.id else one.date.agreement_id) for one in found)
    told = ",".join(f"{one.date.id}:{one.date.sequence}:{to}:{one.date.charged_price}:{one.ends}" for one, to in each)
    return sign_of(told)


def _fault(one: Redrawn) -> Fault:
    """What becomes of a date: it ends, draws on an agreement, or is priced as others are."""
    date, booking = one.date, one.date.booking
    code = "date-ends" if one.ends else "date-draws" if date.agreement_id else "date-priced"
    title = date.agreement.title if date.agreement_id and not one.ends and date.agreement else ""
    facts = {"reference": booking.reference, "to": f"{date.local_end:%Y-%m-%dT%H:%M}", "room": date.room.name, "title": title}
    return Fault(code, "dates", f"{date.local_start:%Y-%m-%dT%H:%M}", facts | {"before": one.price, "after": date.charged_price})
