"""Expected: what a case states of its verdict, as one writes it by hand; only what is stated is compared."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from accounts.identity import Role
from kernel.wallclock import EARLIEST, LATEST
from policies.rules.base import Count, Model, Text
from policies.verdict import Outcome


def _moment(written: object) -> datetime:
    try:
        found = datetime.fromisoformat(written if isinstance(written, str) else "")
    except ValueError:
        raise PydanticCustomError("bad-time", "bad-time") from None
    # A day less on both sides, for an offset may be a day away from what the zone's clock says.
    if not EARLIEST < found.date() < LATEST:
        raise PydanticCustomError("out-of-range", "out-of-range", {"least": EARLIEST.isoformat(), "most": LATEST.isoformat()})
    return found


# On the wall clock, or with an offset; a date alone is its beginning.
Moment = Annotated[datetime, BeforeValidator(_moment)]
Kroner = Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000, decimal_places=2)]
Name = Annotated[str, Field(max_length=200)]
Words = Annotated[tuple[Name, ...], Field(max_length=200)]
Span = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d )?\d\d:\d\d-(\d{4}-\d\d-\d\d )?\d\d:\d\d$")]


class ExpectedLine(Model):
    """What is said of one line of a price; amounts in kroner."""

    day: date | None = None
    tariff: Text | None = None
    unit: Name | None = None
    minutes: Count | None = None
    rate: Kroner | None = None
    amount: Kroner | None = None
    rule: Name | None = None
    percent: int | None = None
    deferred: bool | None = None


class ExpectedWays(Model):
    """What should be offered instead, by another time and by another length: ``20:00-22:00``, with the date where it is another."""

    time: Span | None = None
    length: Span | None = None


class ExpectedDate(Model):
    """What the verdict on one date, or on a series, should be; only what is stated is compared.

    Lists of words are compared without order and repetition, prices are in kroner, times on the wall clock.
    """

    outcome: Outcome | None = None
    codes: Words | None = None
    warnings: Words | None = None
    taken: Words | None = None
    alternatives: ExpectedWays = ExpectedWays()
    waived: Words | None = None
    asked: Words | None = None
    price: Kroner | None = None
    list_price: Kroner | None = None
    price_class: Name | None = None
    lines: Annotated[tuple[ExpectedLine, ...], Field(max_length=400)] | None = None
    decider: Role | None = None
    title: Text | None = None
    promised_by: Moment | None = None
    hold_minutes: Count | None = None
    conditions: Words | None = None
    due: dict[Name, date | None] | None = None
    means: Words | None = None
    enters_from: Moment | None = None
    enters_until: Moment | None = None
    deposit: Kroner | None = None
    rank: Count | None = None
    points: int | None = None
    strength: Count | None = None
    notice_days: Count | None = None
    complaint_days: Count | None = None
    checklist: Count | None = None
    shown_publicly: bool | None = None
    before: Count | None = None
    after: Count | None = None


class Expected(ExpectedDate):
    """What a case should come to: ``dates`` are those that are neither refused nor taken, ``on`` says more of single dates."""

    dates: Count | None = None
    on: Annotated[dict[date, ExpectedDate], Field(max_length=400)] = Field(default_factory=dict)


class ExpectedCancellation(Expected):
    """What a cancellation should cost, in kroner, so many days before the (first) date of use."""

    fee: Kroner | None = None
    days_before: int | None = None


class ExpectedAccess(Expected):
    """Whether one should get in, what is missing, and what follows from what is past its date."""

    access: Literal["granted", "withheld"] | None = None
    missing: Words | None = None
    overdue: Literal["warn", "withdraw"] | None = None
