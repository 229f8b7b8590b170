"""Window: which dates a feed tells - the days around today, the settings of its address, and how long cancelled dates stay."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from calendars.forms import Form
from calendars.words import LANGUAGES
from calendars.zones import LAST_YEAR
from kernel.errors import Invalid, refuse
from kernel.interval import Interval
from kernel.wallclock import local_day, parse_day, to_wall

DAYS_BACK = 90
DAYS_AHEAD = 540
# What machines ask for is now and next, and they ask at any minute.
SIGN_DAYS = 60
FARTHEST = timedelta(days=1100)
CANCELLED_DAYS = 14
END_OF_ZONES = date(LAST_YEAR, 12, 31)
T = TypeVar("T")
YES_OR_NO = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for beside its feed, and in which form; None where it leaves the choice to us."""

    form: Form = Form.EVENTS
    first: date | None = None
    last: date | None = None
    cancelled: bool = True
    busy: bool = False
    language: str | None = None

    @property
    def is_usual(self) -> bool:
        """Whether subscribers in their number ask for it; only then is it worth a file."""
        return self.first is None and self.last is None

    @property
    def name(self) -> str:
        """The same for addresses that ask for the same."""
        parts = (self.form, self.first, self.last, self.cancelled, self.busy, self.language)
        return "_".join("" if part is None else str(part) for part in parts)

    @property
    def query(self) -> str:
        """The settings as an address says them, ``?from=2026-12-01&cancelled=0``; empty for what is told without any."""
        said = {
            "from": self.first and self.first.isoformat(),
            "to": self.last and self.last.isoformat(),
            "cancelled": "" if self.cancelled else "0",
            "level": "busy" if self.busy else "",
            "lang": self.language,
        }
        settings = urlencode({name: value for name, value in said.items() if value})
        return f"?{settings}" if settings else ""

    def without_cancelled(self) -> "Wanted":
        """The same without cancelled dates, as machines read it."""
        return replace(self, cancelled=False)


@dataclass(frozen=True, slots=True)
class Span:
    """Which dates are told on a local day: what touches ``window``, of the cancelled ones those changed since ``cancelled_since``."""

    window: Interval
    cancelled_since: datetime | None
    today: date


def tells_cancelled(name: str) -> bool:
    """Whether addresses of this name (``Wanted.name``) are told what was cancelled."""
    return name.split("_")[3] == str(True)


def wanted_of(query: Mapping[str, str], form: Form = Form.EVENTS) -> Wanted:
    """The settings of an address; what it does not know it ignores, since clients add fields of their own.

    Raises Invalid for a ``from`` or ``to`` that is no date, and for other words than the few that can be chosen.
    """
    return Wanted(
        form=form,
        first=parse_day(query["from"], "from") if query.get("from") else None,
        last=parse_day(query["to"], "to") if query.get("to") else None,
        cancelled=_chosen(query, "cancelled", YES_OR_NO) is not False and form is not Form.SIGN,
        busy=_chosen(query, "level", {"busy": True, "public": False}) is True,
        language=_chosen(query, "lang", {language: language for language in LANGUAGES}),
    )


def span_of(wanted: Wanted, today: date, zone: str, *, cancelled_days: int = CANCELLED_DAYS) -> Span:
    """The dates around a local day. What lies too far away is cut and not refused: an address outlives its limits.

    Raises Invalid (``end-before-start``) when nothing is left.
    """
    earliest, latest = today - FARTHEST, min(today + FARTHEST, END_OF_ZONES)
    back, ahead = (0, SIGN_DAYS) if wanted.form is Form.SIGN else (DAYS_BACK, DAYS_AHEAD)
    first = max(wanted.first or today - timedelta(days=back), earliest)
    last = min(wanted.last or today + timedelta(days=ahead), latest)
    if last < first:
        raise refuse(Invalid, "end-before-start", "to", last.isoformat(), start=first.isoformat())
    since = local_day(today - timedelta(days=cancelled_days), zone).start if wanted.cancelled else None
    return Span(local_day(first, zone, days=(last - first).days + 1), since, today)


def today_in(zone: str, now: datetime) -> date:
    """The local day."""
    return to_wall(now, zone).date()


def _chosen(query: Mapping[str, str], name: str, choices: Mapping[str, T]) -> T | None:
    given = query.get(name)
    if not given:
        return None
    if given not in choices:
        raise refuse(Invalid, "not-a-choice", name, given, choices=sorted(choices))
    return choices[given]
