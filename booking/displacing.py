"""Displacing: dates lose their time to a booking that goes before them, or to a closure; they keep their history."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from booking.case import span_of
from booking.cases import bookings_for
from booking.conflicts import Answer, Collision
from booking.ending import keys_of
from booking.lifecycle import LIVE, state_of
from booking.models import Booking, Occurrence, Offer
from booking.occupy import free
from booking.outcome import Dated
from booking.reasons import verdicts_of
from booking.revisions import touch
from booking.states import BookingKind, BookingState, Cause, OccurrenceState, OfferState
from booking.telling import tell
from booking.wish import Displacing
from database.audit import Act, record
from database.locks import Key
from kernel.errors import Conflict, Fault, Invalid, refuse
from kernel.wallclock import to_wall
from policies.verdict import Verdict
from venues.models import Room

# The municipality's own use goes before others where no rule says otherwise.
OWN_USE = 100


@dataclass(frozen=True, slots=True)
class Loss:
    """Why dates lose their time: the cause, to what (``booking:7``), and the reason that their holders read."""

    cause: Cause
    to: str
    reason: str


def lose(session: Session, dates: Sequence[Occurrence], loss: Loss, *, by: Actor, now: datetime) -> None:
    """Let dates lose their time: free, for nothing, told to their holders, and something else sought for each.

    The spaces are locked already.
    """
    free(session, [date.id for date in dates], now=now)
    for date in dates:
        date.had = {"state": str(date.state), "charged_price": date.charged_price}
        date.state, date.lost_to, date.reason = OccurrenceState.DISPLACED, loss.to, f"{loss.cause}: {loss.reason}"[:500]
        date.charged_price = None if date.charged_price is None else 0
        date.sequence += 1
        date.changed_at = now
        seek(session, date, loss.reason, now=now)
    for booking in {date.booking_id: date.booking for date in dates}.values():
        numbers = [date.number for date in dates if date.booking_id == booking.id]
        booking.state = state_of([date.state for date in booking.occurrences], fallback=BookingState.DISPLACED)
        booking.version, booking.changed_at = booking.version + 1, now
        facts = {"dates": numbers, "cause": str(loss.cause), "to": loss.to}
        record(session, Act("displace", "booking", booking.id, facts, booking.holder_id), by=by, now=now)
        touch(session, booking)
        lost = [date.starts_at for date in dates if date.booking_id == booking.id]
        tell(session, booking, "dates-displaced", lost=lost, facts={"dates": numbers, "cause": str(loss.cause)}, by=by, now=now)


def seek(session: Session, date: Occurrence, reason: str = "", *, now: datetime) -> None:
    """Let something else be sought for a date that lost its time, for a reason that the date itself forgets with its next time."""
    sought = Offer.of(date, date.room, span_of(date).wall, OfferState.SOUGHT, now=now)
    sought.reason = reason[:500]
    session.add(sought)


@dataclass(frozen=True, slots=True)
class Losers:
    """The dates that stand in the way of a wish that goes first, and all that an act on their bookings locks."""

    dates: tuple[Occurrence, ...] = ()
    keys: tuple[Key, ...] = ()

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(date.id for date in self.dates)

    @property
    def bookings(self) -> tuple[Booking, ...]:
        return tuple({date.booking_id: date.booking for date in self.dates}.values())

    @property
    def sign(self) -> str:
        return sign_of(self.dates)


NOBODY = Losers()


def sign_of(dates: Collection[Occurrence]) -> str:
    """A short sign of these dates as they stand now, by which one knows whether they are the ones that were shown."""
    told = ",".join(f"{date.id}:{date.sequence}" for date in sorted(dates, key=lambda date: date.id))
    return sha256(told.encode()).hexdigest()[:16]


def losers(session: Session, answer: Answer, *, locked: bool) -> Losers:
    """The live dates that an answer names as in the way, in order; with their bookings' rows locked where that is asked."""
    ids = {one.occurrence_id for found in answer.collisions.values() for one in found if one.occurrence_id is not None}
    if not ids:
        return NOBODY
    if locked:
        bookings_for(session, session.scalars(select(Occurrence.booking_id).where(Occurrence.id.in_(ids)).distinct()).all())
    whole = (
        joinedload(Occurrence.booking).selectinload(Booking.occurrences),
        joinedload(Occurrence.room).options(joinedload(Room.venue), selectinload(Room.spaces)),
    )
    query = select(Occurrence).where(Occurrence.id.in_(ids)).options(*whole)
    query = query.order_by(Occurrence.starts_at, Occurrence.booking_id, Occurrence.number)
    found = Losers(tuple(session.scalars(query.execution_options(populate_existing=True)).unique()))
    return replace(found, keys=tuple(keys_of(session, *found.bookings))) if locked else found


@dataclass(frozen=True, slots=True)
class Winner:
    """A date that is to go first: what is in its way, how strong it is, and what the policy says of it, where that was asked."""

    collisions: Sequence[Collision]
    strength: int
    verdict: Verdict | None = None


def winners(dates: Iterable[Dated], kind: BookingKind) -> list[Winner]:
    """The dates of a wish, as strong as the policy says."""
    return [Winner(date.collisions, strength_of(date.judged.verdict, kind), date.judged.verdict) for date in dates]


def require_precedence(session: Session, found: Losers, dates: Iterable[Winner], asked: Displacing, *, now: datetime) -> None:
    """Raises Conflict naming every date that does not give way: what is over or blocked, is as strong, or has too short notice
    without a reason; and where those that are to lose their time are others than were shown (``displaces-others``, with the
    notice that a rule asks for). Raises Invalid (``cause-missing``)."""
    verdicts = {booking.id: verdicts_of(session, booking) for booking in {date.booking for date in found.dates}}
    meetings = [
        (winner, date, verdicts[date.booking_id].get(date.local_start))
        for winner in dates
        for date in found.dates
        if any(collision.occurrence_id == date.id for collision in winner.collisions)
    ]
    faults = [fault for winner, date, verdict in meetings for fault in _against(date, winner, verdict, asked, now)]
    if faults:
        raise Conflict(*{(fault.code, fault.value, fault.facts["reference"]): fault for fault in faults}.values())
    if found.dates:
        require_cause(asked.reason, "displace.reason")
    if found.dates and asked.seen != found.sign:
        told = {date.id: _notice(date, winner, verdict, now) for winner, date, verdict in meetings}
        raise Conflict(*(met("displaces-others", date, **told.get(date.id, {})) for date in found.dates), details={"seen": found.sign})


def require_cause(reason: str, field: str) -> None:
    """Raises Invalid (``cause-missing``): who loses time is told why."""
    if not reason.strip():
        raise refuse(Invalid, "cause-missing", field)


def met(code: str, date: Occurrence, **facts: object) -> Fault:
    """A fault about a date that is in the way: when and where it is, whose, and its reference."""
    booking = date.booking
    told = {"reference": booking.reference, "to": f"{date.local_end:%Y-%m-%dT%H:%M}", "room": date.room.name, "who": booking.whose}
    return Fault(code, "start", f"{date.local_start:%Y-%m-%dT%H:%M}", told | facts)


def strength_of(verdict: Verdict | None, kind: BookingKind) -> int:
    """How strong a use is, 0 to 100: what the policy says, else the municipality's own before others."""
    if verdict is not None and verdict.displacement is not None:
        return verdict.displacement.strength
    return OWN_USE if kind is BookingKind.MUNICIPAL else 0


def _against(date: Occurrence, winner: Winner, verdict: Verdict | None, asked: Displacing, now: datetime) -> Iterator[Fault]:
    booking = date.booking
    if date.state not in LIVE or date.starts_at <= now or not booking.kind.is_judged:
        yield met("gives-no-way", date)
        return
    ours, theirs = winner.strength, strength_of(verdict, booking.kind)
    if ours <= theirs:
        # Where no rule says anything of either, there is nothing to compare.
        yield met("goes-not-first", date, strength=ours, theirs=theirs) if theirs else met("no-precedence", date)
    notice = _notice(date, winner, verdict, now)
    if notice.get("is_late") and not asked.reason:
        yield met("displaced-too-late", date, **notice)


def _notice(date: Occurrence, winner: Winner, verdict: Verdict | None, now: datetime) -> Mapping[str, object]:
    """How many days before its use a date has to be told that it gives way, by its own rule, else by the winner's, until when that
    is, and whether that is over; empty where no rule says so."""
    rule = next((one.displacement for one in (verdict, winner.verdict) if one is not None and one.displacement is not None), None)
    if rule is None:
        return {}
    until = date.local_start.date() - timedelta(days=rule.notice_days)
    return {"days": rule.notice_days, "until": until, "is_late": to_wall(now, date.zone).date() > until}
