"""Fees: what it costs to cancel a date, by its latest judgement, today and from which day on more; and when it counts as missed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as day_of
from datetime import datetime, timedelta
from typing import Protocol

from booking.lifecycle import WAITING
from booking.models import Occurrence
from booking.states import OccurrenceState
from kernel.money import Ore
from kernel.wallclock import local_day, to_wall
from policies.verdict import Absence, Ladder, Source, Verdict

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What cancelling a date costs now: a share of its price, in øre, None where the price is not known.

    ``dearer_on`` is the first day on which it costs more, and ``then`` what it costs on that day. ``missed`` is the rule by
    which it counts as one that nobody came to, ``missed_from`` the moment from which it will.
    """

    percent: int
    fee: Ore | None
    source: Source
    dearer_on: day_of | None = None
    then: Ore | None = None
    missed: Absence | None = None
    missed_from: datetime | None = None

    @property
    def told(self) -> tuple[Ore | None, int, bool]:
        """What somebody who is told of it goes by: the fee, the share where it is not known, and whether it counts as missed."""
        return self.fee, self.percent if self.fee is None else 0, self.missed is not None

    @property
    def is_free(self) -> bool:
        """Whether nothing follows at all."""
        return self.fee == 0 and self.missed is None


class Priced(Protocol):
    """A date, booked or only tried, as fees are reckoned of it: when it begins, and its prices in øre."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def local_start(self) -> datetime: ...
    @property
    def zone(self) -> str: ...
    @property
    def charged_price(self) -> Ore | None: ...
    @property
    def list_price(self) -> Ore | None: ...


def cost_of(date: Occurrence, verdict: Verdict | None, *, now: datetime) -> Cost | None:
    """What it costs to cancel a date now, None where no rule says so; what is not booked yet, or was lost, is withdrawn for nothing, but
    for what its holder owes since another time of it was given up."""
    if (date.state in WAITING or date.state is OccurrenceState.DISPLACED) and date.fee is not None:
        rules = [rule for rule in (verdict and verdict.cancellation, verdict and verdict.absence) if rule]
        missed = verdict.absence if verdict and date.absent_at else None
        return Cost(percent=0, fee=date.fee, source=rules[0].source if rules else Source(), missed=missed)
    return cost_once_booked(date, verdict, now=now) if verdict and date.state is OccurrenceState.BOOKED else None


def cost_once_booked(date: Priced, verdict: Verdict, *, now: datetime) -> Cost | None:
    """What it costs to cancel now what is booked, None where no rule says so."""
    ladder, absence = verdict.cancellation, verdict.absence if verdict.absence and verdict.absence.release_hours else None
    missed_from = absence.too_late_after(date.starts_at) if absence else None
    if absence and missed_from and now > missed_from:
        return _too_late(date, ladder, absence, now=now)
    if ladder:
        return _by(ladder, absence, date, now=now)
    return Cost(percent=0, fee=0, source=absence.source, missed_from=missed_from) if absence else None


def fee_by(ladder: Ladder | None, date: Priced, *, now: datetime) -> Ore | None:
    """What a ladder asks for a date that is cancelled now; None where the price that it is a share of is not known."""
    return _fee(date, ladder, _left(date, now)) if ladder else 0


def fee_for_missing(date: Priced, absence: Absence | None) -> Ore | None:
    """What it costs that nobody came; None where it costs nothing, or a share of a price that is not known."""
    return share(date.list_price, absence.percent) if absence and absence.percent and date.list_price is not None else None


def share(amount: Ore, percent: int) -> Ore:
    """So many per cent in whole øre, half an øre up."""
    return (amount * percent + 50) // 100


def sum_of(costs: Iterable[Cost]) -> Ore:
    """What is known of them together, in øre."""
    return sum(cost.fee or 0 for cost in costs)


def first_dearer(costs: Iterable[Cost]) -> day_of | None:
    """The first day on which one of the dates is dearer to cancel."""
    return min((cost.dearer_on for cost in costs if cost.dearer_on), default=None)


def _by(ladder: Ladder, absence: Absence | None, date: Priced, *, now: datetime) -> Cost:
    left = _left(date, now)
    percent = ladder.percent(left.days)
    # A step of no days begins when the date is over.
    dearer = (step for step in ladder.steps if step.percent > percent and step.days) if date.charged_price != 0 else ()
    later = min((date.local_start.date() - (step.days - 1) * DAY for step in dearer), default=None)
    return Cost(
        percent=percent,
        fee=_fee(date, ladder, left),
        source=ladder.source,
        dearer_on=later,
        then=_fee_from(later, ladder, absence, date) if later else None,
        missed_from=absence.too_late_after(date.starts_at) if absence else None,
    )


def _fee_from(day: day_of, ladder: Ladder, absence: Absence | None, date: Priced) -> Ore | None:
    """What is asked from the beginning of a day on, when it may count as missed already."""
    now = local_day(day, date.zone).start
    is_missed = absence and now > absence.too_late_after(date.starts_at)
    return _too_late(date, ladder, absence, now=now).fee if absence and is_missed else fee_by(ladder, date, now=now)


def _too_late(date: Priced, ladder: Ladder | None, absence: Absence, *, now: datetime) -> Cost:
    """The dearer of what the ladder asks and what missing it costs."""
    asked, missing = fee_by(ladder, date, now=now), fee_for_missing(date, absence)
    fee = None if asked is None or (absence.percent and date.list_price is None) else max(asked, missing or 0)
    percent = max(ladder.percent(_left(date, now).days) if ladder else 0, absence.percent)
    return Cost(percent=percent, fee=fee, source=absence.source, missed=absence)


def _left(date: Priced, now: datetime) -> timedelta:
    """The whole days that are left, by the clock on the wall."""
    return date.local_start.date() - to_wall(now, date.zone).date()


def _fee(date: Priced, ladder: Ladder, left: timedelta) -> Ore | None:
    return None if date.charged_price is None and ladder.percent(left.days) else ladder.fee(date.charged_price or 0, left.days)
