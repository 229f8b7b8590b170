"""The rule kind about price: a decision table by price class, day and time, in versions by date of use."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.money import Ore, for_minutes
from kernel.texts import marked as _
from policies.entitled import drawn
from policies.occasion import Occasion, Part, moment
from policies.rules.base import Band, Breach, Consequence, LocalDate, Model, OreAmount, Percent, Reads, Rule, Scope, Slug, Text, When
from policies.verdict import Change, Effect, Price, PriceLine

LIST = "list"


class PriceUnit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    OCCASION = "occasion"


class Assignment(Scope):
    """Which applicants and uses belong to a price class; the first that fits is taken."""

    price_class: Slug


class Derived(Model):
    """How the regulation says that a stated price came about: so many per cent of another; the linter reckons it again."""

    base: OreAmount = Field(title=_("Kroner"))
    percent: Percent = Field(title=_("Prosent"))


class Row(Scope):
    """One line of the price list: so many øre per hour, day or occasion for a price class, where its limits are met.

    ``degression`` are the per cent of a day's price on the first, second and later days of one occasion; the last
    holds for all that follow. The stated price counts, whatever it is said to be ``derived`` from.
    """

    price_class: Slug
    unit: PriceUnit = PriceUnit.HOUR
    ore: OreAmount
    degression: tuple[Percent, ...] = Field(default=(), title=_("Andel av dagsprisen fra første dag, i prosent"))
    derived: Derived | None = Field(default=None, title=_("Regnet ut fra"))

    @model_validator(mode="after")
    def _falls_by_the_day(self) -> "Row":
        if self.degression and self.unit is not PriceUnit.DAY:
            raise PydanticCustomError("degression-without-days", "degression-without-days")
        return self

    def on_day(self, number: int) -> int:
        """The price of a day by its number within the occasion, from 0."""
        if not self.degression:
            return self.ore
        return (self.ore * self.degression[min(number, len(self.degression) - 1)] + 50) // 100


class Tariff(Model):
    """A version of the price list, for use of the room on dates ``first`` to ``last``."""

    version: Text = Field(title=_("Navn på prislista"))
    first: LocalDate = Field(title=_("For bruk fra"))
    last: LocalDate | None = None
    rows: tuple[Row, ...] = Field(title=_("Priser"))

    def is_valid_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price, or the breaches that say why there is none."""

    price: Price | None
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one local day that no row of the tariff cuts, in minutes that pass."""

    part: Part
    minutes: int


@dataclass(slots=True)
class Charge:
    """What one row of a tariff comes to on one date, while its minutes are summed."""

    tariff: Tariff
    row: Row
    day: date
    number: int = 0
    minutes: int = 0

    def line(self) -> PriceLine:
        by_hour = self.row.unit is PriceUnit.HOUR
        return PriceLine(
            day=self.day,
            tariff=self.tariff.version,
            tariff_from=self.tariff.first,
            unit=self.row.unit.value,
            minutes=self.minutes if by_hour else None,
            rate=self.row.ore,
            amount=for_minutes(self.row.ore, self.minutes) if by_hour else self.row.on_day(self.number),
        )


class PriceRule(Rule):
    """What the use costs: the applicant's price class, and the rows of the tariff of each date; ``list`` is the full price.

    An agreement's price class goes before the assignments. Where several rows fit, the one with the most limits
    is taken. Where none fits, there is no price and ``missing`` says what follows: nothing is ever guessed.
    """

    settles: ClassVar[str] = "price"
    own_reads: ClassVar[frozenset[Reads]] = frozenset(
        {Reads.TIME, Reads.APPLICANT, Reads.USE, Reads.ROOM, Reads.COUNTS, Reads.HEADS, Reads.AGES}
    )
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME})
    called: ClassVar[str] = _("Pris")

    kind: Literal["price"] = "price"
    assignments: tuple[Assignment, ...] = Field(default=(), title=_("Hvem som hører til hvilken prisklasse"))
    tariffs: tuple[Tariff, ...] = Field(title=_("Prislister"))
    missing: Consequence = Field(default=Consequence.REVIEW, title=_("Det som ikke har noen pris, bookingen"))

    @property
    def bands(self) -> tuple[Band, ...]:
        return (*super().bands, *(limit.between for limit in self._limits if limit.between))

    @property
    def age_cuts(self) -> tuple[int, ...]:
        return (*super().age_cuts, *(cut for limit in self._limits if limit.ages for cut in limit.ages.cuts))

    @property
    def anchors(self) -> Iterator[str]:
        yield from super().anchors
        for limit in self._limits:
            if limit.season:
                yield from limit.season.anchors

    @cached_property
    def _limits(self) -> tuple[Scope, ...]:
        return (*self.assignments, *(row for tariff in self.tariffs for row in tariff.rows))

    def within(self, occasion: Occasion, price_class: str, when: When) -> Ore:
        """What of the price is for time inside a stretch; a day or an occasion that reaches into it counts whole."""
        return sum(line.amount for line in self._lines(occasion, price_class, when) or ())

    def settle(self, occasion: Occasion) -> Priced:
        price_class = self.class_of(occasion)
        if price_class is None:
            return Priced(None, self._missing("price-class-missing", occasion.request.applicant.value))
        lines = self._lines(occasion, price_class)
        if lines is None:
            return Priced(None, self._missing("price-missing", price_class))
        listed = lines if price_class == LIST else self._lines(occasion, LIST)
        return Priced(Price(rule=self.id, price_class=price_class, lines=lines, list_lines=listed or ()))

    def class_of(self, occasion: Occasion) -> str | None:
        """The price class of the request; without any assignment everybody pays the list price."""
        if held := drawn(occasion.request, occasion.facts):
            return held.price_class
        if not self.assignments:
            return LIST
        return next((assigned.price_class for assigned in self.assignments if assigned.covers(occasion)), None)

    def _missing(self, code: str, value: str) -> tuple[Breach, ...]:
        effect: Effect | None = self.missing.effect
        return (Breach(code, "price", value, None, effect),) if effect else ()

    def _lines(self, occasion: Occasion, price_class: str, when: When | None = None) -> tuple[PriceLine, ...] | None:
        """The lines of one price class in order of time, or None where some stretch has no row; an occasion is charged once.

        ``when`` leaves out what is charged for other time.
        """
        charges: dict[Hashable, Charge] = {}
        for part in occasion.parts:
            tariff = self._tariff(part.date)
            if tariff is None:
                return None
            rows = [row for row in tariff.rows if row.price_class == price_class and row.fits(occasion) and row.on(part)]
            for piece in _pieces(part, [*rows, when] if when else rows, occasion):
                if when and not when.touches(piece.part):
                    continue
                row = _most_special(rows, piece.part)
                if row is None:
                    return None
                key = PriceUnit.OCCASION if row.unit is PriceUnit.OCCASION else (id(tariff), id(row), part.date)
                charge = charges.setdefault(key, Charge(tariff, row, part.date, (part.date - occasion.parts[0].date).days))
                charge.minutes += piece.minutes
        return tuple(charge.line() for charge in charges.values())

    def _tariff(self, day: date) -> Tariff | None:
        return max((tariff for tariff in self.tariffs if tariff.is_valid_on(day)), key=lambda tariff: tariff.first, default=None)


def _pieces(part: Part, limits: Sequence[When], occasion: Occasion) -> Iterator[Piece]:
    """The local day cut where a limit's time band begins or ends, with the minutes that really pass."""
    bands = {when.between for limit in limits for when in (limit, *getattr(limit, "outside", ())) if when.between}
    edges = {edge for band in bands for edge in (band.start, band.end) if part.start < edge < part.end}
    cuts = [part.start, *sorted(edges), part.end]
    # The second of a repeated hour cannot be told from the clock alone: the ends are those of the request.
    asked, zone = occasion.request.interval, occasion.request.wall.zone
    begun = asked.start if part is occasion.parts[0] else moment(part.date, part.start, zone)
    for start, end in pairwise(cuts):
        ended = asked.end if end == part.end and part is occasion.parts[-1] else moment(part.date, end, zone, since=begun)
        yield Piece(replace(part, start=start, end=end), int((ended - begun).total_seconds() // 60))
        begun = ended


def _most_special(rows: Sequence[Row], part: Part) -> Row | None:
    """Of the rows that hold for the whole stretch the one with the most limits, of equals the first."""
    return max((row for row in rows if row.touches(part)), key=lambda row: row.width, default=None)
