"""Competing: a request beside the others that want its time and those that have it, as the one who decides sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as day_of
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.alternatives import Offer, offers_instead
from booking.cases import may_decide
from booking.competing import Rival, order_of, rivals_of, time_of
from booking.displacing import sign_of
from booking.lifecycle import WAITING
from booking.models import Booking, Occurrence
from booking.pages.week import Held
from booking.preferring import goes_before
from booking.reasons import rank_of, reviews
from booking.states import BookingState
from kernel.errors import Fault
from kernel.wallclock import to_wall
from policies.verdict import Displacement, Rank, Verdict
from web.texts import gettext as _
from web.weekgrid import SlotState

# How many of the others are told what they would be offered: each costs a search of its own.
MOST_OFFERED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One of the requests for the same time: where it stands, what the policy notes, which of its dates are ``met``.

    They are lost when this request is granted and whoever looks decides on the other too. ``offers`` are to the first of
    them; None where they are not looked for.
    """

    booking: Booking
    asked_at: datetime
    is_this: bool
    rank: Rank | None
    notes: tuple[Fault, ...]
    met: tuple[Occurrence, ...] = ()
    loses: bool = False
    keeps: int = 0
    offers: tuple[Offer, ...] | None = None
    days: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking that has the time; ``gives_way`` says what it may be displaced by, and ``told_by`` the last day to say so."""

    rival: Rival
    gives_way: Displacement | None
    told_by: day_of | None


@dataclass(frozen=True, slots=True)
class Contest:
    """Everybody for the time of one request; ``seen`` is the sign of what the others lose."""

    standing: tuple[Standing, ...]
    wishes: tuple[Wish, ...]
    seen: str
    needs_reason: bool

    @property
    def losing(self) -> tuple[Wish, ...]:
        return tuple(wish for wish in self.wishes if wish.loses)


def contest_of(session: Session, booking: Booking, verdicts: Mapping[datetime, Verdict], *, by: Actor, now: datetime) -> Contest:
    """A request beside what it meets; nine statements, and a search for each of the first three that would lose."""
    met = rivals_of(session, booking, now=now)
    rank, mine = rank_of(verdicts), next((one.displacement for one in verdicts.values() if one.displacement), None)
    since = min((date.submitted for date in _waiting(booking)), default=booking.created_at)
    own = Wish(booking=booking, asked_at=since, is_this=True, rank=rank, notes=tuple(reviews(verdicts)), days=(now - since).days)
    losing = [one for one in met if not one.holds and may_decide(one.booking, by)]
    told = {one.booking.id: offers_instead(session, one.booking, one.lost[0], now=now) for one in losing[:MOST_OFFERED]}
    others = [_wish(one, one in losing, told.get(one.booking.id), now) for one in met if not one.holds]
    return Contest(
        standing=tuple(_standing(one, mine, now) for one in met if one.holds),
        wishes=tuple(sorted([own, *others], key=lambda one: (order_of(one.rank), one.asked_at, one.booking.id))),
        seen=sign_of([date for one in losing for date in one.lost]),
        needs_reason=not all(goes_before(rank, one.rank) for one in losing),
    )


def asked(booking: Booking, contest: Contest) -> Iterator[Held]:
    """The waiting dates of a request and of those that compete with it, as a week draws what has no claim."""
    kept = SlotState.WANTED if booking.hold_minutes is None else SlotState.HELD
    yield from (Held(time_of(date), kept, _("Denne forespør\N{SOFT HYPHEN}selen")) for date in _waiting(booking))
    for wish in contest.wishes:
        yield from (Held(time_of(date), SlotState.WANTED, _("Også ønsket: %(who)s", who=wish.booking.whose)) for date in wish.met)


def _wish(rival: Rival, loses: bool, offers: tuple[Offer, ...] | None, now: datetime) -> Wish:
    waiting = [date for date in rival.booking.occurrences if date.state in WAITING]
    return Wish(
        booking=rival.booking,
        asked_at=rival.asked_at,
        is_this=False,
        rank=rival.rank,
        notes=tuple(reviews(rival.verdicts)),
        met=rival.lost,
        loses=loses,
        keeps=len(waiting) - len(rival.lost),
        offers=offers,
        days=(now - rival.asked_at).days,
    )


def _standing(rival: Rival, mine: Displacement | None, now: datetime) -> Standing:
    """Who has the time gives way to what is stronger; what no rule says of the other's strength counts as none."""
    theirs = rival.displacement.strength if rival.displacement else 0
    is_booked = rival.booking.state is BookingState.BOOKED and rival.booking.kind.is_judged
    if mine is None or not is_booked or mine.strength <= theirs:
        return Standing(rival, None, None)
    first = rival.met[0][1]
    told_by = first.local_start.date() - timedelta(days=mine.notice_days)
    return Standing(rival, mine, told_by if told_by >= to_wall(now, first.zone).date() else None)


def _waiting(booking: Booking) -> Sequence[Occurrence]:
    return [date for date in booking.occurrences if date.state in WAITING]
