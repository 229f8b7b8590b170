"""The rule kinds about counts: hours per period, and the hours that an agreement gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Literal

from policies.occasion import Occasion
from policies.request import Request
from policies.rules.base import Breach, Comparator, Consequence, Minutes, Reads, Rule
from policies.verdict import Change, Effect


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HALF_YEAR = "half-year"
    YEAR = "year"


class Subject(StrEnum):
    """Whose use is counted: the organisation asked for, the person, or the one of them that holds the booking."""

    ORGANISATION = "organisation"
    PERSON = "person"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Count:
    """What has to be counted for a request: whose minutes, under which rule, on which dates, in rooms of which kinds.

    ``subject`` is ``organisation`` or ``person``, ``holder`` its id as the request gives it; no ``room_kinds``
    means all. The answer is a ``Usage`` with the same key and dates.
    """

    key: str
    subject: Subject
    holder: str
    first: date
    last: date
    room_kinds: tuple[str, ...] = ()


class Quota(Rule):
    """How many minutes one subject may use or hold in a period, in all rooms that the document's layer covers."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.COUNTS, Reads.TIME, Reads.APPLICANT})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.LENGTH})

    kind: Literal["quota"] = "quota"
    per: Subject = Subject.HOLDER
    period: Period
    comparator: Literal[Comparator.AT_MOST, Comparator.UNDER] = Comparator.AT_MOST
    minutes: Minutes
    effect: Effect = Effect.REFUSE

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        count = self.count(occasion.request)
        if count is None:
            return
        used = occasion.used.get((count.key, count.first, count.last))
        wanted = occasion.request.minutes
        if used is None:
            yield Breach("use-not-counted", "organisation", None, self.minutes, Effect.REVIEW)
        elif not self.comparator.holds(used + wanted, self.minutes):
            yield Breach("quota-used", "end", wanted, max(self.minutes - used, 0), self.effect)

    def count(self, request: Request) -> Count | None:
        """What has to be known, None when the request has no such subject."""
        subject, holder = self._holder(request)
        if holder is None:
            return None
        first, last = _bounds(self.period, request.dates[0])
        return Count(self.id, subject, holder, first, last, self.scope.room_kinds)

    def _holder(self, request: Request) -> tuple[Subject, str | None]:
        by_organisation = self.per is Subject.ORGANISATION or (self.per is Subject.HOLDER and request.organisation is not None)
        return (Subject.ORGANISATION, request.organisation) if by_organisation else (Subject.PERSON, request.person)


class AgreementHours(Rule):
    """What follows when a request under an agreement goes beyond its hours, rooms or dates."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.COUNTS, Reads.TIME, Reads.ROOM, Reads.APPLICANT})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.LENGTH})

    kind: Literal["entitlement"] = "entitlement"
    over: Consequence = Consequence.REFUSE
    other_room: Consequence = Consequence.REFUSE
    other_dates: Consequence = Consequence.REFUSE

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        request, held = occasion.request, occasion.facts.entitlement
        if request.agreement is None:
            return
        if held is None or held.id != request.agreement:
            yield Breach("agreement-unknown", "agreement", request.agreement, None, Effect.REFUSE)
            return
        if held.rooms and request.room not in held.rooms and self.other_room.effect:
            yield Breach("agreement-other-room", "room", request.room, ", ".join(held.rooms), self.other_room.effect)
        outside = occasion.parts[0].date < held.first or occasion.parts[-1].date > held.last
        if outside and self.other_dates.effect:
            yield Breach(
                "agreement-other-dates", "start", f"{occasion.parts[0].date}", f"{held.first}/{held.last}", self.other_dates.effect
            )
        left = max(held.minutes_granted - held.minutes_used, 0)
        if request.minutes > left and self.over.effect:
            yield Breach("agreement-hours-used", "end", request.minutes, left, self.over.effect)


def _bounds(period: Period, day: date) -> tuple[date, date]:
    """The first and the last date of the calendar period that holds a date; weeks are ISO weeks."""
    match period:
        case Period.DAY:
            return day, day
        case Period.WEEK:
            monday = day - timedelta(days=day.isoweekday() - 1)
            return monday, monday + timedelta(days=6)
        case Period.MONTH:
            return day.replace(day=1), _before_month(day.year, day.month + 1)
        case Period.HALF_YEAR:
            half = 1 if day.month < 7 else 7
            return date(day.year, half, 1), _before_month(day.year, half + 6)
        case Period.YEAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)


def _before_month(year: int, month: int) -> date:
    """The day before the first of a month; month 13 is the next January."""
    following = date(year + 1, month - 12, 1) if month > 12 else date(year, month, 1)
    return following - timedelta(days=1)
