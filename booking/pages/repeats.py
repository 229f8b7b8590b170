"""Repeats: how often a booking is wanted, as the form's fields, as an RFC 5545 rule, and in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kernel.recurrence import WEEKDAYS, dates_of
from kernel.texts import marked as _
from policies.labels import both, weekday
from web import formats
from web.texts import gettext, ngettext

LAST = -1


class Repeat(StrEnum):
    """How often: MONTHLY on the same date, MONTHLY_WEEKDAY on the same weekday of the month as the first date (the second
    Tuesday), MONTHLY_LAST on the last such weekday, DATES on those that are listed."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MONTHLY_WEEKDAY = "monthly-weekday"
    MONTHLY_LAST = "monthly-last"
    DATES = "dates"


FREQUENCIES = {Repeat.DAILY: "DAILY", Repeat.WEEKLY: "WEEKLY"}
OFTEN: Mapping[str, tuple[str, str, str]] = {
    "DAILY": (_("hver dag"), _("annenhver dag"), _("hver %(num)s. dag")),
    "WEEKLY": (_("hver uke"), _("annenhver uke"), _("hver %(num)s. uke")),
    "MONTHLY": (_("hver måned"), _("annenhver måned"), _("hver %(num)s. måned")),
    "YEARLY": (_("hvert år"), _("annethvert år"), _("hvert %(num)s. år")),
}
PLACES: Mapping[int, str] = {
    1: _("første %(day)s"),
    2: _("andre %(day)s"),
    3: _("tredje %(day)s"),
    4: _("fjerde %(day)s"),
    5: _("femte %(day)s"),
    LAST: _("siste %(day)s"),
}


def rule_of(repeat: Repeat, first: date, *, every: int = 1, days: Collection[str] = (), times: int | None, until: date | None) -> str:
    """The rule of a series; the fifth weekday of a month is its last, since few months have a fifth."""
    if repeat is Repeat.DATES:
        return "FREQ=DAILY;COUNT=1"
    parts = [f"FREQ={FREQUENCIES.get(repeat, 'MONTHLY')}", f"INTERVAL={every}" if every > 1 else ""]
    place = LAST if repeat is Repeat.MONTHLY_LAST or first.day > 28 else (first.day - 1) // 7 + 1
    match repeat:
        case Repeat.WEEKLY if days:
            parts.append(f"BYDAY={','.join(day for day in WEEKDAYS if day in days)}")
        case Repeat.MONTHLY_WEEKDAY | Repeat.MONTHLY_LAST:
            parts.append(f"BYDAY={place}{WEEKDAYS[first.weekday()]}")
        case _:
            pass
    parts.append(f"COUNT={times}" if times else f"UNTIL={until:%Y%m%d}" if until else "")
    return ";".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Needless:
    """Days said of a series that change nothing: taken out though they are ``not_there``, or added though ``there_already``."""

    not_there: tuple[date, ...] = ()
    there_already: tuple[date, ...] = ()


def needless(rule: str, start: datetime, *, zone: str, left_out: Collection[date], also: Collection[date]) -> Needless:
    """What is said in vain of the dates of a rule, by its first start on the wall clock of ``zone``."""
    if not (left_out or also):
        return Needless()
    days = set(dates_of(rule, start, zone=zone))
    return Needless(tuple(sorted(set(left_out) - days)), tuple(sorted(set(also) & days - set(left_out))))


def fields_of(rule: str, dates: int) -> dict[str, Any]:
    """The form's fields for a rule that it can say, with as many dates; none for another."""
    parts = _parts(rule)
    by_day, found = parts.get("BYDAY", ""), {name: repeat for repeat, name in FREQUENCIES.items()}.get(parts.get("FREQ", ""))
    if found is None and parts.get("FREQ") == "MONTHLY":
        found = Repeat.MONTHLY if not by_day else Repeat.MONTHLY_LAST if by_day.startswith("-") else Repeat.MONTHLY_WEEKDAY
    is_known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY"}.issuperset(parts) and "," not in (
        by_day if found is not Repeat.WEEKLY else ""
    )
    if found is None or not is_known or dates < 2:
        return {}
    days = by_day.split(",") if by_day and found is Repeat.WEEKLY else []
    said = {"repeat": found.value, "every": parts.get("INTERVAL", ""), "days": days, "times": parts.get("COUNT") or str(dates)}
    return {name: value for name, value in said.items() if value}


def in_words(rule: str, first: date, also: Collection[date] = ()) -> str:
    """The rule as people say it: «annenhver uke på tirsdag og torsdag, 10 ganger»; nothing where it is not one of the form's."""
    parts = _parts(rule)
    if not {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY"}.issuperset(parts) or parts.get("FREQ") not in OFTEN:
        return ""
    times, until = int(parts.get("COUNT", 0)), parts.get("UNTIL", "")[:8]
    extra = gettext("i tillegg %(days)s", days=both([formats.short_date(day) for day in sorted(also)])) if also else ""
    if times == 1:
        return extra and gettext("%(day)s, %(extra)s", day=formats.long_date(first), extra=extra)
    end = ngettext("%(num)d gang", "%(num)d ganger", times) if times else ""
    end = end or (gettext("til og med %(day)s", day=formats.long_date(date.fromisoformat(until))) if until else "")
    return ", ".join(part for part in (" ".join(part for part in (_often(parts), _on(parts, first)) if part), end, extra) if part)


def _parts(rule: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";"))
    return {name: value for name, _equal, value in pairs if name}


def _often(parts: Mapping[str, str]) -> str:
    every, words = int(parts.get("INTERVAL", 1)), OFTEN[parts["FREQ"]]
    return gettext(words[min(every, 3) - 1], num=every)


def _on(parts: Mapping[str, str], first: date) -> str:
    """On which days: those that are named, else that of the first date."""
    named = [_weekday(word) for word in parts.get("BYDAY", "").split(",") if word]
    match parts["FREQ"]:
        case "DAILY":
            return ""
        case "WEEKLY":
            return gettext("på %(days)s", days=both(named or [weekday(first.isoweekday())]))
        case _ if named:
            return gettext("på %(days)s", days=both(named))
        case _:
            return gettext("den %(day)s.", day=first.day)


def _weekday(word: str) -> str:
    """``TU``, ``2TU``, ``-1TU``."""
    name = weekday(WEEKDAYS.index(word[-2:]) + 1)
    return gettext(PLACES[int(word[:-2])], day=name) if word[:-2] and int(word[:-2]) in PLACES else name
