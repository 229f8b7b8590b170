"""The rule kinds about charges beside the tariff: surcharges and minimums, and what a cancellation costs."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.money import Ore, for_minutes
from kernel.texts import marked as _
from policies.occasion import Occasion
from policies.rules.base import Minutes, Model, Reads, Rule, When
from policies.verdict import Ladder, PriceLine, Reason, Step

EPOCH = date(1970, 1, 1)
Within = Callable[[When], Ore]


class Operation(StrEnum):
    """How a surcharge is reckoned; they are taken in this order, of one kind in the order of their ids.

    LEAST_MINUTES bills at least so much time at the first hourly rate. PERCENT is of what the tariff and the least time
    come to, of the tariff only for time that the rule's scope is about (a day or an occasion whole). AMOUNT is added once
    per ``per``. LEAST_AMOUNT lifts the sum. INCOME is a share of an income that is known later, at least ``ore``.
    """

    LEAST_MINUTES = "least-minutes"
    PERCENT = "percent"
    AMOUNT = "amount"
    LEAST_AMOUNT = "least-amount"
    INCOME = "income"


OPERATIONS = tuple(Operation)


class Per(StrEnum):
    """What an amount is added for."""

    OCCASION = "occasion"
    HOUR = "hour"
    DAY = "day"
    PERSON = "person"


class Surcharge(Rule):
    """What is added to the price of the tariff, where the rule's scope is met: weekends, attendants, cleaning, tickets.

    A negative amount is a reduction (hirers who clean themselves); no price falls below nothing.
    """

    gives: ClassVar[str] = "surcharges"
    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME, Reads.HEADS})
    called: ClassVar[str] = _("Tillegg i prisen")
    heading: ClassVar[str] = _("Pris")

    kind: Literal["surcharge"] = "surcharge"
    title: Reason = Field(title=_("Hva tillegget kalles"))
    operation: Operation = Field(title=_("Hvordan det regnes"))
    percent: Annotated[int, Field(ge=-100, le=1000)] | None = Field(default=None, title=_("Prosent"))
    ore: Annotated[int, Field(ge=-100_000_000, le=100_000_000)] | None = Field(default=None, title=_("Kroner"))
    minutes: Minutes | None = Field(default=None, title=_("Minutter"))
    per: Per = Field(default=Per.OCCASION, title=_("Per"))

    @model_validator(mode="after")
    def _has_its_number(self) -> "Surcharge":
        field = {Operation.LEAST_MINUTES: "minutes", Operation.PERCENT: "percent", Operation.INCOME: "percent"}.get(self.operation, "ore")
        if getattr(self, field) is None:
            raise PydanticCustomError("number-missing", "number-missing", {"missing": field})
        return self

    def give(self, occasion: Occasion) -> Iterator["Surcharge"]:
        yield self

    def line(self, lines: Sequence[PriceLine], charged: Ore, occasion: Occasion, within: Within) -> PriceLine | None:
        """What it adds to lines that are there already, None when that is nothing; ``charged`` is what all come to so far."""
        amount, is_deferred = max(self._amount(lines, occasion, within), -charged), self.operation is Operation.INCOME
        if not amount and not is_deferred:
            return None
        first = lines[0] if lines else None
        lacking = self._lacking(lines) if self.operation is Operation.LEAST_MINUTES else None
        return PriceLine(
            day=occasion.parts[0].date,
            tariff=first.tariff if first else "",
            tariff_from=first.tariff_from if first else EPOCH,
            unit=Per.HOUR.value if lacking else self.per.value,
            minutes=lacking,
            rate=_hourly_rate(lines) if lacking else self.ore or 0,
            amount=amount,
            rule=self.id,
            title=self.title,
            percent=self.percent,
            is_deferred=is_deferred,
        )

    def _amount(self, lines: Sequence[PriceLine], occasion: Occasion, within: Within) -> Ore:
        total = sum(line.amount for line in lines)
        match self.operation:
            case Operation.LEAST_MINUTES:
                return for_minutes(_hourly_rate(lines), self._lacking(lines))
            case Operation.PERCENT:
                beside = sum(line.amount for line in lines if line.rule)
                return _share(beside + within(self.scope) if self.scope.limits_time else total, self.percent or 0)
            case Operation.AMOUNT:
                return self._added(occasion)
            case Operation.LEAST_AMOUNT:
                return max((self.ore or 0) - total, 0) if total else 0
            case Operation.INCOME:
                return max((self.ore or 0) - total, 0)

    def _lacking(self, lines: Sequence[PriceLine]) -> int:
        """How many minutes are billed beside those of the lines, among them what another least time has added."""
        return max((self.minutes or 0) - sum(line.minutes or 0 for line in lines), 0)

    def _added(self, occasion: Occasion) -> Ore:
        ore = self.ore or 0
        match self.per:
            case Per.HOUR:
                return -for_minutes(-ore, occasion.request.minutes) if ore < 0 else for_minutes(ore, occasion.request.minutes)
            case Per.DAY:
                return ore * len(occasion.parts)
            case Per.PERSON:
                return ore * (occasion.request.heads or 0)
            case Per.OCCASION:
                return ore


def with_surcharges(
    lines: Sequence[PriceLine], surcharges: Sequence[Surcharge], occasion: Occasion, within: Within
) -> tuple[PriceLine, ...]:
    """The tariff's lines with those that the surcharges add, in the order of their operations.

    ``within`` tells what of the tariff's lines is for time inside a stretch.
    """
    found = list(lines)
    for operation in OPERATIONS:
        base = tuple(found)
        for surcharge in sorted((one for one in surcharges if one.operation is operation), key=lambda one: one.id):
            # Percentages are all of the same base, lifts are of what there is by then.
            line = surcharge.line(base if operation is Operation.PERCENT else found, sum(line.amount for line in found), occasion, within)
            if line:
                found.append(line)
    return tuple(found)


class LaterThan(Model):
    """Cancelled later than so many days before the date of use, so much of the price is charged."""

    days: Annotated[int, Field(ge=0, le=366)] = Field(title=_("Senere enn så mange dager før"))
    percent: Annotated[int, Field(ge=0, le=100)] = Field(title=_("Andel av prisen i prosent"))


class Cancellation(Rule):
    """What a cancellation costs, by the days that are left: later than 15 days before means 14 days or fewer."""

    settles: ClassVar[str] = "cancellation"
    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME})
    called: ClassVar[str] = _("Hva en avlysning koster")
    heading: ClassVar[str] = _("Avlysning og fravær")

    kind: Literal["cancellation"] = "cancellation"
    steps: tuple[LaterThan, ...] = Field(title=_("Trinn"))

    def settle(self, occasion: Occasion) -> Ladder:
        steps = tuple(Step(step.days, step.percent) for step in sorted(self.steps, key=lambda step: -step.days))
        return Ladder(rule=self.id, steps=steps, reason=self.reason, source=self.source)


def _hourly_rate(lines: Sequence[PriceLine]) -> Ore:
    """The first rate per hour, nothing where none is charged by the hour."""
    return next((line.rate for line in lines if line.minutes is not None), 0)


def _share(total: Ore, percent: int) -> Ore:
    """So many per cent in whole øre, half an øre away from nothing."""
    share = (abs(total * percent) + 50) // 100
    return share if total * percent >= 0 else -share
