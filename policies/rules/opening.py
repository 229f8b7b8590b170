"""The rule kind about openings: what follows from opening hours, closures, holidays and school breaks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from kernel.interval import Interval, merged, without
from kernel.texts import marked as _
from kernel.wallclock import local_day, to_wall
from policies.occasion import MIDNIGHT, Occasion, Part, clock, moment
from policies.rules.base import Band, Breach, Consequence, Reads, Rule, Text, When
from policies.verdict import Change, Effect
from venues.opening import Openness


class StatedHours(When):
    """Hours that a regulation states: on which days, between which times, and whether by right or by agreement."""

    state: Literal[Openness.OPEN, Openness.BY_AGREEMENT] = Field(default=Openness.OPEN, title=_("Åpent"))


class Opening(Rule):
    """What follows when a request leaves the opening hours or meets a closure, a holiday or a school break.

    Openings are facts of the venue, which ``hours`` and ``only_between`` may narrow and nothing here can widen; what is
    closed is refused. Where
    hours are stated, the room is closed at all others; where nobody knows the venue's openings, they count alone.
    """

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME, Change.LENGTH})

    follows: ClassVar[tuple[str, ...]] = ("outside",)
    called: ClassVar[str] = _("Åpningstider, stengninger og ferier")

    kind: Literal["opening"] = "opening"
    outside: Consequence = Field(default=Consequence.REFUSE, title=_("Utenfor åpningstiden"))
    by_agreement: Consequence = Field(default=Consequence.REVIEW, title=_("Tid som er åpen etter avtale"))
    unknown: Consequence = Field(default=Consequence.REVIEW, title=_("Når åpningstiden ikke er kjent"))
    public_holiday: Consequence = Field(default=Consequence.REVIEW, title=_("Helligdager"))
    school_break: Consequence = Field(default=Consequence.ALLOW, title=_("Skoleferier"))
    open_breaks: tuple[Text, ...] = Field(default=(), title=_("Ferier da rommet er åpent likevel"))
    only_between: Band | None = Field(default=None, title=_("Bare mellom"))
    hours: tuple[StatedHours, ...] = Field(default=(), title=_("Åpent bare i disse tidene"))

    @property
    def bands(self) -> tuple[Band, ...]:
        stated = (self.only_between, *(hours.between for hours in self.hours))
        return (*super().bands, *(band for band in stated if band))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        yield from self._hours(occasion)
        yield from self._closures(occasion)
        for part in occasion.parts:
            if not self.scope.touches(part):
                continue
            known = occasion.facts.day(part.date)
            yield from self._day(self.public_holiday, "public-holiday", known.holiday, part.date)
            if not self._is_open_break(known.school_break):
                yield from self._day(self.school_break, "school-break", known.school_break, part.date)
            yield from self._narrowed(part)

    def _hours(self, occasion: Occasion) -> Iterator[Breach]:
        wanted = occasion.request.interval
        if not occasion.facts.hours_known and not self.hours:
            if self.unknown.effect:
                yield Breach("opening-unknown", "start", None, None, self.unknown.effect)
            return
        opened, agreed = self._open(occasion)
        shut = list(without(wanted, opened + agreed))
        if shut and self.outside.effect:
            code, field, value = _where(wanted, shut, occasion)
            yield Breach(code, field, value, _hours_of(occasion, opened + agreed), self.outside.effect)
        if self.by_agreement.effect and any(wanted.overlaps(window) for window in agreed):
            yield Breach("by-agreement", "start", _clocks(wanted, occasion), None, self.by_agreement.effect)

    def _open(self, occasion: Occasion) -> tuple[list[Interval], list[Interval]]:
        """When the room is open by right and by agreement: what the venue and the stated hours both allow."""
        if not self.hours:
            return occasion.opened, occasion.agreed
        stated, agreed = (self._stated(occasion, state) for state in (Openness.OPEN, Openness.BY_AGREEMENT))
        opened = _less(stated, agreed)
        if not occasion.facts.hours_known:
            return opened, agreed
        by_right = _common(occasion.opened, opened)
        return by_right, _less(_common([*occasion.opened, *occasion.agreed], [*opened, *agreed]), by_right)

    def _stated(self, occasion: Occasion, state: Openness) -> list[Interval]:
        """The stated hours of one state on the days of the request; days that the rule is not about are open by right."""
        zone = occasion.request.wall.zone
        found = [local_day(part.date, zone) for part in occasion.parts if state is Openness.OPEN and not self.scope.touches(part)]
        for part in occasion.parts:
            if self.scope.touches(part):
                bands = [hours.between for hours in self.hours if hours.state is state and hours.on(part)]
                ends = [(band.start, band.end) if band else (0, MIDNIGHT) for band in bands]
                moments = [(moment(part.date, start, zone), moment(part.date, end, zone)) for start, end in ends]
                # Hours that the clock skips are no time at all.
                found += [Interval(begin, end) for begin, end in moments if begin < end]
        return list(merged(found))

    def _closures(self, occasion: Occasion) -> Iterator[Breach]:
        for closure in occasion.facts.closures:
            if closure.interval.overlaps(occasion.request.interval):
                until = to_wall(closure.interval.end, occasion.request.wall.zone)
                yield Breach("closed", "start", closure.reason, f"{until:%Y-%m-%dT%H:%M}", Effect.REFUSE, is_firm=True)

    def _day(self, consequence: Consequence, code: str, name: str | None, day: date) -> Iterator[Breach]:
        if name and consequence.effect:
            yield Breach(code, "start", name, day.isoformat(), consequence.effect)

    def _is_open_break(self, name: str | None) -> bool:
        """Whether a break is one of those in which nothing is different: open in autumn, closed at Christmas."""
        return name is not None and name.casefold() in {one.casefold() for one in self.open_breaks}

    def _narrowed(self, part: Part) -> Iterator[Breach]:
        band = self.only_between
        if band and self.outside.effect and not (band.start <= part.start and part.end <= band.end):
            code, field = ("too-early", "start") if part.start < band.start else ("too-late", "end")
            value = clock(part.start if field == "start" else part.end)
            yield Breach(code, field, value, f"{clock(band.start)}-{clock(band.end)}", self.outside.effect)


def _where(wanted: Interval, shut: list[Interval], occasion: Occasion) -> tuple[str, str, str]:
    wall = occasion.request.wall
    if shut[0].start == wanted.start and shut[-1].end != wanted.end:
        return "before-opening", "start", f"{wall.start:%H:%M}"
    if shut[0].start != wanted.start and shut[-1].end == wanted.end:
        return "after-closing", "end", f"{wall.end:%H:%M}"
    return "outside-opening-hours", "start", _clocks(wanted, occasion)


def _less(windows: Iterable[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """What of the windows is left when others are cut out."""
    return [left for window in windows for left in without(window, taken)]


def _common(first: list[Interval], second: list[Interval]) -> list[Interval]:
    """The time that lies in both."""
    return list(merged(found for one in first for other in second if (found := one.common(other))))


def _hours_of(occasion: Occasion, windows: list[Interval]) -> str | None:
    """The opening hours that begin on the date of the request, or None when there are none."""
    zone, day = occasion.request.wall.zone, occasion.parts[0].date
    found = [window for window in merged(windows) if to_wall(window.start, zone).date() == day]
    return ", ".join(_clocks(window, occasion) for window in found) or None


def _clocks(span: Interval, occasion: Occasion) -> str:
    zone = occasion.request.wall.zone
    start, end = to_wall(span.start, zone), to_wall(span.end, zone)
    midnight = end.date() > start.date() and not (end.hour or end.minute)
    return f"{start:%H:%M}-{'24:00' if midnight else f'{end:%H:%M}'}"
