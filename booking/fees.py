"""Fees: what it costs to cancel a date, by the ladder of its latest judgement, today and from which day on more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as day_of
from datetime import datetime, timedelta

from booking.models import Occurrence
from booking.states import OccurrenceState
from kernel.money import Ore
from kernel.wallclock import to_wall
from policies.verdict import Ladder, Verdict

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What cancelling a date costs today: a share of its price, in øre, None where the price is not known.

    ``dearer_on`` is the first day on which it costs more, and ``then`` what it costs on that day.
    """

    ladder: Ladder
    percent: int
    fee: Ore | None
    dearer_on: day_of | None = None
    then: Ore | None = None


def cost_of(date: Occurrence, verdict: Verdict | None, *, now: datetime) -> Cost | None:
    """What it costs to cancel a date now, None where no rule says so; what is not booked yet is withdrawn for nothing."""
    ladder = verdict.cancellation if verdict else None
    if ladder is None or date.state is not OccurrenceState.BOOKED:
        return None
    use, today = date.local_start.date(), to_wall(now, date.zone).date()
    percent = ladder.percent((use - today).days)
    dearer = (step for step in ladder.steps if step.percent > percent) if date.charged_price != 0 else ()
    later = min((use - (step.days - 1) * DAY for step in dearer), default=None)
    return Cost(
        ladder=ladder,
        percent=percent,
        fee=_fee(date, ladder, use - today),
        dearer_on=later,
        then=_fee(date, ladder, use - later) if later else None,
    )


def share(amount: Ore, percent: int) -> Ore:
    """So many per cent in whole øre, half an øre up."""
    return (amount * percent + 50) // 100


def sum_of(costs: Iterable[Cost]) -> Ore:
    """What is known of them together, in øre."""
    return sum(cost.fee or 0 for cost in costs)


def _fee(date: Occurrence, ladder: Ladder, left: timedelta) -> Ore | None:
    return None if date.charged_price is None and ladder.percent(left.days) else ladder.fee(date.charged_price or 0, left.days)
