"""Terms: what one agrees to beside the price, told before one books - what cancelling costs, what is asked before one enters."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.fees import Cost, cost_once_booked, first_dearer, sum_of
from booking.outcome import Dated
from kernel.money import Ore
from policies.verdict import Absence, Access, Condition, Ladder, Verdict


@dataclass(frozen=True, slots=True)
class Tried:
    """A date that is not booked, as fees are reckoned of it."""

    starts_at: datetime
    local_start: datetime
    zone: str
    charged_price: Ore | None
    list_price: Ore | None


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the dates that are to be had; ``costs`` are what cancelling each of them today would cost.

    There is no ``ladder`` where nothing is paid that it would take a share of.
    """

    ladder: Ladder | None
    absence: Absence | None
    costs: tuple[Cost, ...]
    conditions: tuple[Condition, ...]
    access: tuple[Access, ...]

    @property
    def cost(self) -> Ore:
        """What cancelling all of them today would cost, as far as prices are known."""
        return sum_of(self.costs)

    @property
    def dearer_on(self) -> date | None:
        """The first day on which one of them would be dearer to cancel."""
        return first_dearer(self.costs)


def terms_of(dates: Sequence[Dated], *, now: datetime) -> Terms:
    """The terms of a wish that was tried, by the verdicts of the dates that are to be had."""
    kept = [(date, date.judged.verdict) for date in dates if date.is_kept and date.judged.verdict]
    verdicts = [verdict for _date, verdict in kept]
    costs = (cost_once_booked(_tried(date, verdict), verdict, now=now) for date, verdict in kept)
    ladders = (verdict.cancellation for verdict in verdicts if verdict.price is None or verdict.price.charged)
    return Terms(
        ladder=next((ladder for ladder in ladders if ladder), None),
        absence=next((verdict.absence for verdict in verdicts if verdict.absence), None),
        costs=tuple(cost for cost in costs if cost),
        conditions=tuple(_conditions(verdicts)),
        access=verdicts[0].access if verdicts else (),
    )


def _tried(date: Dated, verdict: Verdict) -> Tried:
    wall, price = date.judged.wall, verdict.price
    return Tried(wall.interval().start, wall.start, wall.zone, price.charged if price else None, price.listed if price else None)


def _conditions(verdicts: Iterable[Verdict]) -> Iterator[Condition]:
    """Each thing that is asked once, by the first date that asks it."""
    seen = set()
    for condition in (one for verdict in verdicts for one in verdict.conditions):
        if condition.what not in seen:
            seen.add(condition.what)
            yield condition
