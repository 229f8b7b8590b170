"""Rules of schemes (pure): which use of rooms a scheme is for, what a rent grant pays for a date and why not more, what money is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from booking.support.models import SchemeKind
from kernel.money import Ore, rounded
from policies.request import AgeBand
from policies.taxonomy import Activity, is_within
from web.forms import Input

WHOLE = Fraction(1)


def without_spaces(value: object) -> object:
    """``50 000`` as a number is written in code, also with the space that does not break."""
    return "".join(value.split()) if isinstance(value, str) else value


# An amount in øre must be a number that the database keeps.
Kroner = Annotated[int, BeforeValidator(without_spaces), Field(ge=0, le=20_000_000)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Rules(Input):
    """What a scheme counts; money in whole kroner, shares in per cent, what is left out limits nothing.

    Rooms and rent: the ``activities`` and ``venues`` that it is for, participants ``under_age``, only what is ``open_to_all``. The
    organisation pays ``own_share`` of the rent, of which nothing above ``most_per_hour`` counts. Money: ``base`` and ``per_member``,
    for ``least_members`` and ``least_activities`` or more.
    """

    activities: tuple[Activity, ...] = ()
    venues: tuple[str, ...] = Field(default=(), max_length=200)
    under_age: Annotated[int, Field(ge=1, le=120)] | None = None
    open_to_all: bool = False
    own_share: Percent = 0
    most_per_hour: Kroner | None = None
    base: Kroner = 0
    per_member: Kroner = 0
    least_members: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    least_activities: Annotated[int, Field(ge=0, le=10_000)] = 0


def in_ore(kroner: int | None) -> Ore | None:
    """Whole kroner as they are typed, None for none."""
    return None if kroner is None else kroner * 100


@dataclass(frozen=True, slots=True)
class Use:
    """What a booking says that rules read; ``young`` and ``local`` in per cent where somebody stated them (``models.Part``)."""

    activity: str
    bands: tuple[AgeBand, ...]
    open_to_all: bool
    venue: str
    young: int | None = None
    local: int = 100


@dataclass(frozen=True, slots=True)
class Given:
    """A grant as its rules read it, with what its organisation pays of the rent in per cent."""

    id: int
    kind: SchemeKind
    rules: Rules
    own_share: int
    first_day: date
    last_day: date

    def holds_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Priced:
    """A date as it is paid for: its length, what the list says or a rate reckons, None where neither is known, what is charged."""

    minutes: int
    listed: Ore | None
    charged: Ore


@dataclass(frozen=True, slots=True)
class Paid:
    """What a grant gives for a date in øre, and the code that says why, with figures for its words."""

    ore: Ore
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def standing_under(grants: Sequence[Given], use: Use, chosen: int | None, day: date) -> Given | None:
    """The one grant that a date stands under: the chosen one, else the first whose rules are for it, rent before rooms."""
    held = [grant for grant in grants if grant.kind is not SchemeKind.OPERATING and grant.holds_on(day)]
    fitting = (grant for grant in sorted(held, key=lambda one: (one.kind is not SchemeKind.RENT, one.id)) if not missed(grant.rules, use))
    return next((grant for grant in held if grant.id == chosen), None) or next(fitting, None)


def missed(rules: Rules, use: Use) -> str:
    """The code of why a scheme is not for a use of rooms at all, else nothing."""
    if rules.activities and not any(is_within(use.activity, one) for one in rules.activities):
        return "another-activity"
    if rules.venues and use.venue not in rules.venues:
        return "another-venue"
    if rules.open_to_all and not use.open_to_all:
        return "not-open-to-all"
    return "nobody-young" if young_share(rules, use) == 0 else ""


def young_share(rules: Rules, use: Use) -> Fraction | None:
    """The share of participants that a scheme counts by age; None where their ages do not say and nobody stated it."""
    if rules.under_age is None:
        return WHOLE
    if use.young is not None:
        return Fraction(use.young, 100)
    heads = {True: 0, False: 0}
    for band in use.bands:
        is_young = band.last is not None and band.last < rules.under_age
        if band.heads and not is_young and band.first < rules.under_age:
            return None
        heads[is_young] += band.heads
    return Fraction(heads[True], sum(heads.values())) if any(heads.values()) else None


def rent_of(grant: Given, use: Use, date: Priced) -> Paid:
    """What a rent grant gives for a date that stands under it: what is charged less the organisation's own share of the rent.

    Of a price above the highest rate only that rate counts. Hours that are free already, or cost no more than the own share, give
    nothing: what the municipality gave once is not given twice.
    """
    code, young = missed(grant.rules, use), young_share(grant.rules, use)
    if code:
        return Paid(0, code, {"age": grant.rules.under_age})
    if date.listed is None:
        return Paid(0, "no-price")
    if date.charged == 0:
        return Paid(0, "free-already")
    if young is None:
        return Paid(0, "ages-unknown", {"age": grant.rules.under_age})
    most = None if grant.rules.most_per_hour is None else Fraction(grant.rules.most_per_hour * 100 * date.minutes, 60)
    rent, charged = (Fraction(amount) if most is None else min(Fraction(amount), most) for amount in (date.listed, date.charged))
    own = rent * grant.own_share / 100
    if charged <= own:
        return Paid(0, "low-enough", {"share": grant.own_share})
    local = Fraction(use.local, 100)
    facts = {"share": grant.own_share, "young": float(young * 100), "local": use.local, "capped": most is not None and date.charged > most}
    return Paid(rounded((charged - own) * young * local), "paid", facts)


def operating_of(rules: Rules, members: int | None, activities: int) -> Paid:
    """What an operating grant comes to by the scheme's rules, for so many members and activities held."""
    if members is None:
        return Paid(0, "members-unknown")
    if members < rules.least_members:
        return Paid(0, "too-few-members", {"members": members, "least": rules.least_members})
    if activities < rules.least_activities:
        return Paid(0, "too-few-activities", {"activities": activities, "least": rules.least_activities})
    amount = (rules.base + rules.per_member * members) * 100
    return Paid(amount, "by-members", {"base": rules.base * 100, "members": members, "each": rules.per_member * 100})
