"""The rule kinds about time asked for: lead time, horizon, length and grid."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kernel.texts import marked as _
from kernel.wallclock import to_wall
from policies.occasion import MIDNIGHT, Occasion, clock, minutes_of
from policies.office import Office, Unit, later
from policies.rules.base import Breach, Comparator, LocalDate, Minutes, Reads, Rule, Span
from policies.verdict import Change, Effect

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)


class LeadTime(Rule):
    """How long before its start a request must come; in hours to the minute, in days by the calendar."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME, Reads.MOMENT})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME})
    called: ClassVar[str] = _("Hvor tidlig man må be om det")

    kind: Literal["lead_time"] = "lead_time"
    comparator: Literal[Comparator.AT_LEAST, Comparator.OVER] = Comparator.AT_LEAST
    notice: Span = Field(title=_("Hvor lenge før"))
    effect: Effect = Effect.REFUSE

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        request, earliest = occasion.request, self.earliest(occasion)
        by_hours = self.notice.unit is Unit.HOURS
        is_early = request.interval.start < self._first_moment(occasion) if by_hours else request.wall.start < earliest
        is_past = request.interval.start < request.submitted
        if is_early or is_past:
            code = "in-the-past" if is_past else "too-short-notice"
            yield Breach(code, "start", _iso(request.wall.start), _iso(earliest), self.effect)

    def _first_moment(self, occasion: Occasion) -> datetime:
        """Hours are those that pass, also when the clock is changed."""
        first = occasion.request.submitted + timedelta(hours=self.notice.amount)
        return first + timedelta(minutes=1) if self.comparator is Comparator.OVER else first

    def earliest(self, occasion: Occasion) -> datetime:
        """The first local time at which a request may start."""
        asked = occasion.submitted
        if self.notice.unit is Unit.HOURS:
            return to_wall(self._first_moment(occasion), occasion.request.wall.zone)
        first = later(asked, self.notice.amount, self.notice.unit, _office(occasion))
        by_the_clock = self.notice.unit is Unit.WORKING_HOURS
        if not by_the_clock:
            first = datetime.combine(first.date(), datetime.min.time())
        if self.comparator is Comparator.OVER:
            return first + (timedelta(minutes=1) if by_the_clock else timedelta(days=1))
        return first if by_the_clock and self.notice.amount else max(first, asked)


class Horizon(Rule):
    """How far ahead one may book: so many days, weeks or months, or until a date that is set anew."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME, Reads.MOMENT})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME})
    called: ClassVar[str] = _("Hvor langt fram man kan booke")

    kind: Literal["horizon"] = "horizon"
    comparator: Literal[Comparator.AT_MOST, Comparator.UNDER] = Comparator.AT_MOST
    ahead: Span | None = Field(default=None, title=_("Hvor langt fram"))
    last_date: LocalDate | None = Field(default=None, title=_("Siste dato som kan bookes"))
    effect: Effect = Effect.REFUSE

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        last, wanted = self.last(occasion), occasion.parts[-1].date
        if last is not None and wanted > last:
            yield Breach("too-far-ahead", "start", wanted.isoformat(), last.isoformat(), self.effect)

    def last(self, occasion: Occasion) -> date | None:
        """The last local date that may be booked, None when nothing is stated."""
        limits = [self.last_date] if self.last_date else []
        if self.ahead:
            furthest = later(occasion.submitted, self.ahead.amount, self.ahead.unit, _office(occasion)).date()
            limits.append(furthest - timedelta(days=1) if self.comparator is Comparator.UNDER else furthest)
        return min(limits, default=None)


class Length(Rule):
    """How short and how long a booking may be, in minutes; both limits are themselves allowed."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.LENGTH})
    called: ClassVar[str] = _("Hvor lenge")

    kind: Literal["length"] = "length"
    at_least: Minutes | None = Field(default=None, title=_("Minst"))
    at_most: Minutes | None = Field(default=None, title=_("Høyst"))
    effect: Effect = Effect.REFUSE

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        minutes = occasion.request.minutes
        if self.at_least is not None and minutes < self.at_least:
            yield Breach("too-short", "end", minutes, self.at_least, self.effect)
        if self.at_most is not None and minutes > self.at_most:
            yield Breach("too-long", "end", minutes, self.at_most, self.effect)


class Grid(Rule):
    """On which clock times a booking may start and end: every ``minutes`` counted from ``offset`` past midnight."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME, Change.LENGTH})
    called: ClassVar[str] = _("Hvilke klokkeslett")

    kind: Literal["grid"] = "grid"
    minutes: Annotated[int, Field(ge=1, le=MIDNIGHT)] = Field(title=_("Begynner og slutter hvert … minutt"))
    offset: Annotated[int, Field(ge=0, lt=MIDNIGHT)] = Field(default=0, title=_("regnet fra minutt"))
    effect: Effect = Effect.REFUSE

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        wall = occasion.request.wall
        for field, moment in (("start", wall.start), ("end", wall.end)):
            past = (minutes_of(moment) - self.offset) % self.minutes
            if past:
                earlier = moment - timedelta(minutes=past)
                limit = f"{earlier:%H:%M}, {clock(minutes_of(earlier + timedelta(minutes=self.minutes)))}"
                yield Breach("off-grid", field, f"{moment:%H:%M}", limit, self.effect)


def _office(occasion: Occasion) -> Office:
    """Working days as the calendar has them; opening times of an office belong to the decision route."""
    return Office(MONDAY_TO_FRIDAY, 8 * 60, 16 * 60, occasion.facts.office_holidays)


def _iso(wall: datetime) -> str:
    return f"{wall:%Y-%m-%dT%H:%M}"
