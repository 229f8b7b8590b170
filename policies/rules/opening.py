"""The rule kind about openings: what follows from opening hours, closures, holidays and school breaks."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from kernel.interval import Interval, merged, without
from kernel.wallclock import to_wall
from policies.occasion import Occasion, Part, clock
from policies.rules.base import Band, Breach, Consequence, Reads, Rule, Text
from policies.verdict import Change


class Opening(Rule):
    """What follows when a request leaves the opening hours or meets a closure, a holiday or a school break.

    Openings are facts of the venue; ``between`` may narrow them and nothing here can widen them.
    """

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME, Change.LENGTH})

    kind: Literal["opening"] = "opening"
    outside: Consequence = Consequence.REFUSE
    by_agreement: Consequence = Consequence.REVIEW
    unknown: Consequence = Consequence.REVIEW
    closure: Consequence = Consequence.REFUSE
    public_holiday: Consequence = Consequence.REVIEW
    school_break: Consequence = Consequence.ALLOW
    open_breaks: tuple[Text, ...] = ()
    only_between: Band | None = None

    @property
    def bands(self) -> tuple[Band, ...]:
        return (*super().bands, self.only_between) if self.only_between else super().bands

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
        facts, wanted = occasion.facts, occasion.request.interval
        if not facts.hours_known:
            if self.unknown.effect:
                yield Breach("opening-unknown", "start", None, None, self.unknown.effect)
            return
        opened, agreed = occasion.opened, occasion.agreed
        shut = list(without(wanted, opened + agreed))
        if shut and self.outside.effect:
            code, field, value = _where(wanted, shut, occasion)
            yield Breach(code, field, value, _hours_of(occasion, opened + agreed), self.outside.effect)
        if self.by_agreement.effect and any(wanted.overlaps(window) for window in agreed):
            yield Breach("by-agreement", "start", _clocks(wanted, occasion), None, self.by_agreement.effect)

    def _closures(self, occasion: Occasion) -> Iterator[Breach]:
        for closure in occasion.facts.closures:
            if self.closure.effect and closure.interval.overlaps(occasion.request.interval):
                until = to_wall(closure.interval.end, occasion.request.wall.zone)
                yield Breach("closed", "start", closure.reason, f"{until:%Y-%m-%dT%H:%M}", self.closure.effect, is_firm=True)

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
