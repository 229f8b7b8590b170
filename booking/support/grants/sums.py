"""Sums: what each organisation had of the municipality in a year - money, rent paid for it, and what rooms were worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Standing
from accounts.queries import names_of_organisations
from booking.support.grants.check import checked
from booking.support.grants.rows import grants_of
from booking.support.grants.statuses import ECONOMIC
from booking.support.grants.values import Worth
from booking.support.models import SchemeKind
from kernel.money import Ore


@dataclass(frozen=True, slots=True)
class Sum:
    """An organisation's year in øre; grants of money and rent count in the year in which they begin.

    ``is_economic`` says that it ran economic activity on some day of the year, in the sense of the rules on state aid.
    """

    organisation_id: int
    name: str
    money: Ore
    rent: Ore
    worth: Ore
    unvalued: int
    is_economic: bool

    @property
    def all(self) -> Ore:
        return self.money + self.rent + self.worth


def sums(session: Session, year: int, worths: Sequence[Worth], *, by: Actor) -> list[Sum]:
    """The organisations that had anything, by name; ``worths`` are those of the year. Officers only; six statements."""
    by.require(by.is_officer, "officer")
    first, last = date(year, 1, 1), date(year, 12, 31)
    begun = [one for theirs in grants_of(session, first, last).values() for one in theirs if one.first_day >= first]
    rents = checked(session, [grant for grant in begun if grant.scheme.kind is SchemeKind.RENT])
    names = names_of_organisations(session, {grant.organisation_id for grant in begun} | {one.organisation_id for one in worths})
    economic = _economic(session, first, last)
    return [
        Sum(
            number,
            name,
            money=sum(one.amount or 0 for one in begun if one.organisation_id == number),
            rent=sum(one.paid for one in rents.values() if one.grant.organisation_id == number),
            worth=sum(one.value for one in worths if one.organisation_id == number),
            unvalued=sum(one.unvalued for one in worths if one.organisation_id == number),
            is_economic=number in economic,
        )
        for number, name in sorted(names.items(), key=lambda named: (named[1], named[0]))
    ]


def _economic(session: Session, first: date, last: date) -> set[int]:
    held = (Standing.name == ECONOMIC, Standing.first_day <= last, or_(Standing.last_day.is_(None), Standing.last_day >= first))
    return set(
        session.scalars(
            select(Standing.organisation_id).where(*held, or_(Standing.last_day.is_(None), Standing.last_day >= Standing.first_day))
        )
    )
