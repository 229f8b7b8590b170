"""Preferring: one request is granted, and those that wanted the same time are answered in the same step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from booking import decisions
from booking.alternatives import Offer, offers_instead
from booking.cases import booking_at, bookings_for, may_decide
from booking.competing import order_of, wishes_for
from booking.displacing import sign_of
from booking.ending import end_dates, keys_of
from booking.images import before, undoable
from booking.models import Booking, Occurrence
from booking.reasons import rank_of, verdicts_of_all
from booking.states import BookingState, OccurrenceState
from kernel.errors import Conflict, Invalid, refuse
from policies.verdict import Rank

PREFERRED = f"{decisions.PREFERRED}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An approval as it is given: a word to the holder, the grounds for exceptions, why the others do not get the time.

    ``seen`` is the sign of what the others lose, as it was shown; ``version`` that of the request. ``offered`` is what the others were
    seen to be offered: the id of the booking, a stroke and a mark, or nothing where there was nothing.
    """

    note: str = ""
    grounds: str = ""
    others: str = ""
    seen: str | None = None
    version: int | None = None
    offered: Sequence[str] = ()

    def offered_to(self, booking: Booking) -> list[str] | None:
        """The marks of what one was seen to be offered, None where that was not looked for."""
        shown = [one.partition("/")[2] for one in self.offered if one.startswith(f"{booking.id}/")]
        return [mark for mark in shown if mark] if shown else None


@dataclass(frozen=True, slots=True)
class Lost:
    """What a request lost to another: its dates, the other's name where anybody may read it, and where both stand in the order."""

    dates: tuple[Occurrence, ...]
    name: str
    rank: Rank | None
    own: Rank | None

    @property
    def is_by_rank(self) -> bool:
        """Whether the order of precedence says why."""
        return goes_before(self.rank, self.own)


def prefer(session: Session, booking_id: int, choice: Choice, *, by: Actor, now: datetime) -> Booking:
    """Grant a request, and refuse others the dates on which they wanted the same time; what else they asked for goes on waiting.

    Those that somebody above the hand decides on are left as they are. Raises Conflict (``others-compete``) when others
    lose something else than was ``seen``, Invalid (``reason-missing`` at ``others``) where the order of precedence does not
    say why and no reason is given, and all that ``decisions.approve`` raises.
    """
    rows = _locked(session, booking_id)
    others = {number: row for number, row in rows.items() if number != booking_id}
    keys = tuple(keys_of(session, *others.values()))
    asked = [date for date in rows[booking_id].occurrences if date.state is OccurrenceState.REQUESTED] if booking_id in rows else []
    granted = booking_at(session, booking_id, choice.version, by=by)
    was = before(session, rows.values())
    act = decisions.say_yes(session, granted, note=choice.note, grounds=choice.grounds, beside=keys, by=by, now=now)
    lost = _lost(session, asked, others)
    found = {number: dates for number, dates in lost.items() if may_decide(others[number], by)}
    if choice.seen is not None and choice.seen != sign_of([date for dates in found.values() for date in dates]):
        raise refuse(Conflict, "others-compete", "seen", number=len(found))
    _require_reason(session, granted, [others[number] for number in found], choice.others)
    for number, dates in sorted(found.items()):
        _refuse(session, others[number], dates, granted, choice, by=by, now=now)
    undoable(session, act, was, by=by, now=now)
    return granted


def goes_before(rank: Rank | None, other: Rank | None) -> bool:
    """Whether the order of precedence puts one request before another."""
    return rank is not None and order_of(rank) < order_of(other)


def lost_by(session: Session, booking: Booking) -> tuple[Lost, ...]:
    """To which requests a booking lost dates, and what the order of precedence says of it; two statements where there are any."""
    dates: dict[int, tuple[Occurrence, ...]] = {}
    for date in booking.occurrences:
        if date.state is OccurrenceState.REFUSED and date.reason.startswith(PREFERRED):
            number = int(date.reason.removeprefix(PREFERRED).partition("/")[0])
            dates[number] = (*dates.get(number, ()), date)
    if not dates:
        return ()
    whole = (joinedload(Booking.organisation), selectinload(Booking.occurrences))
    winners = session.scalars(select(Booking).where(Booking.id.in_(dates)).options(*whole).order_by(Booking.id)).all()
    verdicts = verdicts_of_all(session, [booking, *winners])
    own = rank_of(verdicts[booking.id])
    return tuple(Lost(dates[one.id], one.public_name, rank_of(verdicts[one.id]), own) for one in winners)


def offers_after(session: Session, booking: Booking, *, now: datetime) -> tuple[Offer, ...]:
    """What the holder of a request could ask for instead of the first date ahead that was lost to another, or refused with proposals:
    of what was seen when that was decided, what can still be had."""
    refused = (date for date in booking.occurrences if date.state is OccurrenceState.REFUSED and date.starts_at > now)
    first = next((date for date in refused if date.reason.startswith((decisions.PROPOSED, PREFERRED))), None)
    if first is None:
        return ()
    is_refused = first.reason.startswith(decisions.PROPOSED)
    return offers_instead(session, booking, first, apart=is_refused, among=decisions.proposals_in(first.reason), now=now)


def _locked(session: Session, booking_id: int) -> dict[int, Booking]:
    """The request and those that want its time, their rows locked in order of ids before anything is read of them."""
    dates = session.scalars(select(Occurrence).where(Occurrence.booking_id == booking_id, Occurrence.state == OccurrenceState.REQUESTED))
    ids = {booking_id, *(one.booking for one in wishes_for(session, dates.all()))}
    session.expire_all()
    return {row.id: row for row in bookings_for(session, ids)}


def _lost(session: Session, granted: Sequence[Occurrence], others: Mapping[int, Booking]) -> dict[int, list[Occurrence]]:
    """What each of the others loses; raises Conflict for one that asked while the rows were being locked."""
    found: dict[int, list[Occurrence]] = {}
    for one in wishes_for(session, granted):
        if one.booking not in others:
            raise refuse(Conflict, "others-compete", "seen", number=1)
        date = next(date for date in others[one.booking].occurrences if date.id == one.other)
        if date not in found.setdefault(one.booking, []):
            found[one.booking].append(date)
    return found


def _require_reason(session: Session, granted: Booking, others: Sequence[Booking], why: str) -> None:
    if why.strip() or not others:
        return
    ranks = {number: rank_of(verdicts) for number, verdicts in verdicts_of_all(session, [granted, *others]).items()}
    if not all(goes_before(ranks[granted.id], ranks[other.id]) for other in others):
        raise refuse(Invalid, "reason-missing", "others")


def _refuse(
    session: Session, booking: Booking, dates: Sequence[Occurrence], granted: Booking, choice: Choice, *, by: Actor, now: datetime
) -> None:
    end_dates(session, booking, dates, OccurrenceState.REFUSED, BookingState.REFUSED, now=now)
    for date in dates:
        date.reason = decisions.with_proposals(f"{PREFERRED}{granted.id}", choice.offered_to(booking))
    decisions.write_decision(booking, choice.others.strip(), by=by, now=now)
    numbers = [date.number for date in dates]
    decisions.announce(session, booking, "refuse", lost=dates, by=by, now=now, preferred=granted.id, dates=numbers)
