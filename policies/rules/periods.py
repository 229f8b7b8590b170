"""The rule kinds about periods: when a room is lent at all, when one may apply, and what is released as drop-in time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar, Literal

from pydantic import Field

from kernel.texts import marked as _
from policies.occasion import Occasion
from policies.office import Office, later
from policies.rules.base import Breach, Consequence, Reads, Rule, Slug, Span
from policies.rules.timing import MONDAY_TO_FRIDAY
from policies.seasons import Anchored, Season
from policies.verdict import Change, Effect

TIME = frozenset({Reads.TIME})


class SeasonRule(Rule):
    """In which part of the year a room can be used: in one of the named periods, or from one yearly date to another."""

    own_reads: ClassVar[frozenset[Reads]] = TIME
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME})
    called: ClassVar[str] = _("Når på året")
    heading: ClassVar[str] = _("Når")

    kind: Literal["season"] = "season"
    during: tuple[Season, ...] = Field(default=(), title=_("Kan brukes i disse delene av året"))
    named: tuple[Slug, ...] = Field(default=(), title=_("Kan brukes i disse periodene"))
    effect: Effect = Field(default=Effect.REFUSE, title=_("Bruk utenom"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        for part in occasion.parts:
            if not (any(occasion.calendar.holds(season, part.date) for season in self.during) or self._is_named(occasion, part.date)):
                following = self._begins(occasion, part.date)
                yield Breach("outside-season", "start", part.date.isoformat(), following, self.effect)
                return

    def _is_named(self, occasion: Occasion, day: date) -> bool:
        return any(occasion.calendar.in_period(name, day) for name in self.named)

    def _begins(self, occasion: Occasion, day: date) -> str | None:
        """When the room can next be used."""
        named = (occasion.calendar.periods[name] for name in self.named if name in occasion.calendar.periods)
        starts = (occasion.calendar.first_from(season.first, day) for season in (*self.during, *named))
        return min((start.isoformat() for start in starts if start), default=None)

    @property
    def anchors(self) -> Iterator[str]:
        yield from super().anchors
        for season in self.during:
            yield from season.anchors


class ApplicationWindow(Rule):
    """When one may apply for time in a season: from ``opens`` to ``closes``, the last ones before the season begins.

    What follows before the window, in it and after it differs: fixed times are asked for in it, what is left over can
    often be had at any time but then.
    """

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME, Reads.MOMENT})
    called: ClassVar[str] = _("Søknadsfrist")
    heading: ClassVar[str] = _("Når")

    kind: Literal["application_window"] = "application_window"
    season: Season = Field(title=_("Gjelder bruk i denne delen av året"))
    opens: Anchored | None = Field(default=None, title=_("Man kan søke fra"))
    closes: Anchored = Field(title=_("Søknadsfrist"))
    early: Consequence = Field(default=Consequence.REFUSE, title=_("Før man kan søke"))
    inside: Consequence = Field(default=Consequence.ALLOW, title=_("I søknadstiden"))
    late: Consequence = Field(default=Consequence.WARN, title=_("Etter fristen"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        window = self._window(occasion)
        if window is None:
            return
        opens, closes = window
        asked = occasion.submitted.date()
        if opens and asked < opens:
            yield from self._breach("before-application-window", asked, opens, self.early)
        elif asked > closes:
            yield from self._breach("after-deadline", asked, closes, self.late)
        else:
            yield from self._breach("in-application-window", asked, closes, self.inside)

    def _breach(self, code: str, asked: date, limit: date, consequence: Consequence) -> Iterator[Breach]:
        if consequence.effect:
            yield Breach(code, "start", asked.isoformat(), limit.isoformat(), consequence.effect)

    def _window(self, occasion: Occasion) -> tuple[date | None, date] | None:
        """First and last day of the window for the season of the date; None outside of the season."""
        span = occasion.calendar.span(self.season, occasion.parts[0].date)
        closes = occasion.calendar.last_before(self.closes, span.first, ends=True) if span else None
        if closes is None:
            return None
        return (occasion.calendar.last_before(self.opens, closes) if self.opens else None), closes

    @property
    def anchors(self) -> Iterator[str]:
        yield from super().anchors
        yield from (*self.season.anchors, *filter(None, (self.opens, self.closes)))


class DropIn(Rule):
    """Time that nobody was allocated, released to whoever comes first so long before; never as a series."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME, Reads.MOMENT, Reads.USE})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME})
    called: ClassVar[str] = _("Ledige timer som slippes")
    heading: ClassVar[str] = _("Når")

    kind: Literal["drop_in"] = "drop_in"
    released: Span = Field(title=_("Slippes så lenge før"))
    effect: Effect = Field(default=Effect.REFUSE, title=_("Bookinger før det, og faste tider"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        day = occasion.parts[0].date
        if occasion.request.in_series:
            yield Breach("drop-in-no-series", "recurrence", True, False, self.effect)
        if day > self._last(occasion):
            yield Breach("not-released-yet", "start", day.isoformat(), self._last(occasion).isoformat(), self.effect)

    def _last(self, occasion: Occasion) -> date:
        """The last date of use that is released when the request is made."""
        office = Office(MONDAY_TO_FRIDAY, 8 * 60, 16 * 60, occasion.facts.office_holidays)
        return later(occasion.submitted, self.released.amount, self.released.unit, office).date()


def days_before(start: date, day: date) -> int:
    """How many days are left from one local date to the date of use."""
    return (start - day) // timedelta(days=1)
