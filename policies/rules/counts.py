"""The rule kinds about counts: time per period, rooms at once, bad hours, no-shows, and the hours that an agreement gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.interval import Interval
from kernel.texts import marked as _
from kernel.wallclock import local_day, to_wall
from policies.entitled import OTHER_DATES, OTHER_ROOM, OTHER_TIMES, misfits
from policies.occasion import MIDNIGHT, Occasion, Part
from policies.office import months_later
from policies.request import Request, Usage, added
from policies.rules.base import Band, Breach, Comparator, Consequence, Minutes, Percent, Reads, Rule, When
from policies.verdict import Absence, Change, Effect

DAY = timedelta(days=1)


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HALF_YEAR = "half-year"
    YEAR = "year"


class Subject(StrEnum):
    """Whose use is counted: the organisation asked for, one team of it, the person, or whichever of the two holds the booking."""

    ORGANISATION = "organisation"
    TEAM = "team"
    PERSON = "person"
    HOLDER = "holder"


class Measure(StrEnum):
    """What is counted of a subject's dates.

    USED: dates booked or asked for in the period, with their minutes. ABSENT: those of it that nobody came to.
    AT_ONCE: dates that overlap the time asked for, in other rooms. AHEAD: dates that begin after the request was made.
    """

    USED = "used"
    ABSENT = "absent"
    AT_ONCE = "at-once"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Count:
    """What has to be counted for a request: which of whose dates, under which rule, on which days, in rooms of which kinds.

    ``subject`` is never ``holder``; ``holder`` is its id as the request gives it, ``team`` the team's name. No
    ``room_kinds`` means all. ``inside`` are the stretches whose minutes are counted apart, or alone (``is_only_inside``:
    then dates without time in them do not count either). ``interval`` is the time
    asked for; ``moment`` is after which dates begin (AHEAD), or before which it was noted that nobody came (ABSENT). The
    answer is a ``Usage`` with the same key and dates.
    """

    key: str
    subject: Subject
    holder: str
    first: date
    last: date
    room_kinds: tuple[str, ...] = ()
    measure: Measure = Measure.USED
    team: str = ""
    inside: tuple[When, ...] = ()
    is_only_inside: bool = False
    interval: Interval | None = None
    moment: datetime | None = None


class Counting(Rule):
    """What the kinds share that judge a request by what its subject has already, in all rooms that the layer covers."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.COUNTS, Reads.TIME, Reads.APPLICANT})

    per: Subject = Field(default=Subject.HOLDER, title=_("Hvem det telles for"))
    effect: Effect = Field(default=Effect.REFUSE, title=_("Når det er for mye"))

    def count(self, request: Request) -> Count | None:
        """What has to be known, None when the request has no such subject; what names no team is one together."""
        subject, holder = self._holder(request)
        if holder is None:
            return None
        team = request.team if subject is Subject.TEAM else ""
        return replace(self.counted(request), subject=subject, holder=holder, team=team, room_kinds=self.scope.room_kinds)

    def counted(self, request: Request) -> Count:
        """The count without its subject."""
        raise NotImplementedError

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        count = self.count(occasion.request)
        if count is None:
            return
        used = occasion.used.get((count.key, count.first, count.last))
        if used is None:
            yield Breach("use-not-counted", "organisation", None, self.limit, Effect.REVIEW)
        else:
            yield from self.weighed(used, occasion)

    def weighed(self, used: Usage, occasion: Occasion) -> Iterator[Breach]:
        """What is wrong, now that the use is known."""
        raise NotImplementedError

    @property
    def limit(self) -> int:
        """What the count is held against."""
        raise NotImplementedError

    def _holder(self, request: Request) -> tuple[Subject, str | None]:
        if self.per is Subject.HOLDER:
            by_organisation = request.organisation is not None
            return (Subject.ORGANISATION, request.organisation) if by_organisation else (Subject.PERSON, request.person)
        return self.per, request.person if self.per is Subject.PERSON else request.organisation

    def _of_days(self, first: date, last: date, measure: Measure = Measure.USED) -> Count:
        return Count(self.id, self.per, "", first, last, measure=measure)


class Quota(Counting):
    """How many minutes, or on how many dates, one subject may use or hold rooms in a period.

    Where the scope names weekdays, a stretch of the day or dates, only use within them counts. Seasons, named periods and
    holidays say when the rule applies; what is used outside of them counts too.
    """

    mends: ClassVar[frozenset[Change]] = frozenset({Change.LENGTH})

    topic: ClassVar[tuple[str, ...]] = ("per", "period")
    called: ClassVar[str] = _("Hvor mye hver kan bruke")

    kind: Literal["quota"] = "quota"
    period: Period = Field(title=_("Tidsrom"))
    comparator: Literal[Comparator.AT_MOST, Comparator.UNDER] = Comparator.AT_MOST
    minutes: Minutes | None = Field(default=None, title=_("Hvor mye"))
    dates: Annotated[int, Field(ge=1, le=10_000)] | None = Field(default=None, title=_("På hvor mange datoer"))

    @model_validator(mode="after")
    def _says_how_much(self) -> "Quota":
        if self.minutes is None and self.dates is None:
            raise PydanticCustomError("limit-missing", "limit-missing", {"missing": "minutes"})
        return self

    def counted(self, request: Request) -> Count:
        scope = self.scope
        within = When(weekdays=scope.weekdays, between=scope.between, dates=scope.dates)
        found = self._of_days(*bounds(self.period, request.dates[0]))
        return replace(found, inside=(within,), is_only_inside=True) if within.limits_time else found

    @property
    def limit(self) -> int:
        return self.minutes if self.minutes is not None else self.dates or 0

    def weighed(self, used: Usage, occasion: Occasion) -> Iterator[Breach]:
        wanted = adds(self.counted(occasion.request), occasion.request.minutes, occasion.parts)
        if self.minutes is not None and not self.comparator.holds(used.minutes + wanted.minutes, self.minutes):
            yield Breach("quota-used", "end", wanted.minutes, max(self.minutes - used.minutes, 0), self.effect)
        if self.dates is not None and not self.comparator.holds(used.dates + wanted.dates, self.dates):
            yield Breach("dates-used", "start", used.dates, self.dates, self.effect)


class Concurrency(Counting):
    """How many rooms at the same time, or how many dates that lie ahead, one subject may hold."""

    own_reads: ClassVar[frozenset[Reads]] = Counting.own_reads | {Reads.MOMENT}
    called: ClassVar[str] = _("Hvor mange bookinger på en gang")
    heading: ClassVar[str] = _("Når")

    topic: ClassVar[tuple[str, ...]] = ("per", "measure")

    kind: Literal["concurrency"] = "concurrency"
    measure: Literal[Measure.AT_ONCE, Measure.AHEAD] = Field(default=Measure.AT_ONCE, title=_("Hva som telles"))
    at_most: Annotated[int, Field(ge=1, le=10_000)] = Field(title=_("Høyst så mange"))

    def counted(self, request: Request) -> Count:
        day = request.dates[0] if self.measure is Measure.AT_ONCE else date.min
        found = self._of_days(day, request.dates[-1] if self.measure is Measure.AT_ONCE else date.max, self.measure)
        return replace(found, interval=request.interval, moment=request.submitted)

    @property
    def limit(self) -> int:
        return self.at_most

    def weighed(self, used: Usage, occasion: Occasion) -> Iterator[Breach]:
        if used.dates + 1 > self.at_most:
            code = "too-many-at-once" if self.measure is Measure.AT_ONCE else "too-many-ahead"
            yield Breach(code, "start", used.dates + 1, self.at_most, self.effect)


class BadHours(Counting):
    """Who has more than so much time in a period takes a share of it at the hours that few want."""

    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME})
    called: ClassVar[str] = _("Andel av upopulære tider")
    heading: ClassVar[str] = _("Når")

    topic: ClassVar[tuple[str, ...]] = ("per", "period")

    kind: Literal["bad_hours"] = "bad_hours"
    period: Period = Field(default=Period.WEEK, title=_("Periode"))
    over: Minutes = Field(title=_("Gjelder når noen har mer enn så mange minutter"))
    percent: Percent = Field(title=_("Minst så stor andel i prosent"))
    hours: tuple[When, ...] = Field(min_length=1, title=_("Upopulære tider"))
    effect: Effect = Field(default=Effect.REVIEW, title=_("Ellers"))

    def counted(self, request: Request) -> Count:
        return replace(self._of_days(*bounds(self.period, request.dates[0])), inside=self.hours)

    @property
    def limit(self) -> int:
        return self.percent

    def weighed(self, used: Usage, occasion: Occasion) -> Iterator[Breach]:
        both = added(used, adds(self.counted(occasion.request), occasion.request.minutes, occasion.parts))
        minutes, inside = both.minutes, both.minutes_inside
        if minutes > self.over and inside * 100 < self.percent * minutes:
            yield Breach("too-few-bad-hours", "start", inside * 100 // minutes, self.percent, self.effect)

    @property
    def bands(self) -> tuple[Band, ...]:
        return (*super().bands, *(when.between for when in self.hours if when.between))


class NoShow(Counting):
    """What follows when nobody came, so many times in so many months; time given back in time does not count.

    ``charged_percent`` of the list price is asked for each time; an absence counts against new requests when the
    ``hearing_days`` to answer are over (nobody is sanctioned unheard). What is given back later than ``release_hours``
    before it begins is an absence too.
    """

    own_reads: ClassVar[frozenset[Reads]] = Counting.own_reads | {Reads.MOMENT}
    settles: ClassVar[str] = "absence"
    called: ClassVar[str] = _("Når ingen kommer")
    heading: ClassVar[str] = _("Avlysning og fravær")

    kind: Literal["no_show"] = "no_show"
    times: Annotated[int, Field(ge=1, le=100)] = Field(default=3, title=_("Antall ganger"))
    months: Annotated[int, Field(ge=1, le=120)] = Field(default=12, title=_("I løpet av så mange måneder"))
    release_hours: Annotated[int, Field(ge=0, le=8760)] = Field(default=0, title=_("Må gis tilbake så mange timer før"))
    charged_percent: Percent = Field(default=0, title=_("Andel av full pris som kreves, i prosent"))
    hearing_days: Annotated[int, Field(ge=0, le=366)] = Field(default=14, title=_("Dager til å uttale seg"))
    effect: Effect = Field(default=Effect.REVIEW, title=_("Nye bookinger etter det"))

    def counted(self, request: Request) -> Count:
        zone = request.wall.zone
        day = to_wall(request.submitted, zone).date()
        counted = self._of_days(months_later(day, -self.months), day, Measure.ABSENT)
        heard = local_day(day - self.hearing_days * DAY, zone).start if self.hearing_days else request.submitted
        return replace(counted, moment=heard)

    def settle(self, occasion: Occasion) -> Absence:
        return Absence(
            rule=self.id,
            times=self.times,
            percent=self.charged_percent,
            release_hours=self.release_hours,
            hearing_days=self.hearing_days,
            reason=self.reason,
            source=self.source,
        )

    @property
    def limit(self) -> int:
        return self.times

    def weighed(self, used: Usage, occasion: Occasion) -> Iterator[Breach]:
        if used.dates >= self.times:
            yield Breach("too-many-no-shows", "organisation", used.dates, self.times, self.effect)


def adds(count: Count, minutes: int, parts: Iterable[Part]) -> Usage:
    """What a date of so many minutes, with these parts of local days, adds to a count."""
    inside = sum(minutes_inside(count.inside, part) for part in parts) if count.inside else 0
    if count.is_only_inside:
        return Usage(count.key, count.first, count.last, inside, 1 if inside else 0)
    return Usage(count.key, count.first, count.last, minutes, 1, inside)


def minutes_inside(hours: Iterable[When], part: Part) -> int:
    """How many minutes of a part of a day lie in some of the stretches, by the wall clock; none is counted twice."""
    bands = [(when.between.start, when.between.end) if when.between else (0, MIDNIGHT) for when in hours if when.on(part)]
    found, reached = 0, part.start
    for start, end in sorted(bands):
        begin, finish = max(start, reached), min(end, part.end)
        if begin < finish:
            found, reached = found + finish - begin, finish
    return found


class AgreementHours(Rule):
    """What follows when a request that names an agreement goes beyond its hours, rooms, dates or times."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.COUNTS, Reads.TIME, Reads.ROOM, Reads.APPLICANT})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.LENGTH})
    called: ClassVar[str] = _("Timer etter avtale")

    kind: Literal["entitlement"] = "entitlement"
    over: Consequence = Field(default=Consequence.REFUSE, title=_("Timer ut over avtalen"))
    other_room: Consequence = Field(default=Consequence.REFUSE, title=_("Andre rom enn avtalens"))
    other_dates: Consequence = Field(default=Consequence.REFUSE, title=_("Datoer og tider utenfor avtalen"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        request, held = occasion.request, occasion.facts.entitlement
        if request.agreement is None:
            return
        if held is None or held.id != request.agreement:
            yield Breach("agreement-unknown", "agreement", request.agreement, None, Effect.REFUSE)
            return
        effects = {OTHER_ROOM: self.other_room, OTHER_DATES: self.other_dates, OTHER_TIMES: self.other_dates}
        for misfit in misfits(held, request):
            if effect := effects.get(misfit.code, self.over).effect:
                yield Breach(misfit.code, misfit.field, misfit.value, misfit.limit, effect)


def bounds(period: Period, day: date) -> tuple[date, date]:
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
