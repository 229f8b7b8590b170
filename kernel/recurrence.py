"""Recurrence: the local dates that an RFC 5545 rule gives, expanded once, when a series is booked."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from kernel.errors import Fault, Invalid, refuse

LONGEST = 400
MOST = LONGEST + 1
LONGEST_SPAN = timedelta(days=5 * 366)
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
LEAP_YEAR = 2024
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


def dates_of(rule: str, first: date, *, skip: Collection[date] = ()) -> tuple[date, ...]:
    """The dates of a series that begins on ``first``, without those in ``skip`` (COUNT counts them, RFC 5545 3.8.5.1).

    ``rule`` is the value of an RRULE: ``FREQ=WEEKLY;COUNT=10``. UNTIL is read as the local date it names.
    Raises Invalid for a rule that cannot be read (``bad-rule``), has no end (``endless-rule``), gives no date
    (``empty-rule``) or more than 400 (``too-many-dates``).
    """
    parts = _parts(rule)
    if "UNTIL" not in parts and "COUNT" not in parts:
        raise refuse(Invalid, "endless-rule", "recurrence", rule)
    expanded = _expanded(parts, first, rule)
    if len(expanded) > LONGEST:
        raise refuse(Invalid, "too-many-dates", "recurrence", rule, most=LONGEST)
    found = [day for day in expanded if day not in skip]
    if not found:
        raise refuse(Invalid, "empty-rule", "recurrence", rule)
    return tuple(found)


def weekly(*, count: int | None = None, until: date | None = None, every: int = 1) -> str:
    """The rule of a series every week, or every ``every`` weeks."""
    ending = f"COUNT={count}" if count else f"UNTIL={until:%Y%m%d}"
    return f"FREQ=WEEKLY;{ending}" if every == 1 else f"FREQ=WEEKLY;INTERVAL={every};{ending}"


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";") if part]
    parts = {name: value for name, _, value in pairs}
    repeated = len(parts) != len(pairs)
    if repeated or not all(parts.values()) or parts.get("FREQ") not in FREQUENCIES or not PARTS.issuperset(parts):
        raise refuse(Invalid, "bad-rule", "recurrence", rule)
    # The wall clock decides: UNTIL as a date or with any clock time ends with that local day.
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]
    return parts


def _expanded(parts: dict[str, str], first: date, rule: str) -> list[date]:
    """At most one date more than the longest series: enough to know that it is too long."""
    bounded = {name: value for name, value in parts.items() if name not in ("UNTIL", "COUNT")}
    try:
        if int(parts.get("INTERVAL", 1)) < 1 or int(parts.get("COUNT", 1)) < 1 or not _occurs(parts):
            raise refuse(Invalid, "empty-rule", "recurrence", rule)
        last = date.fromisoformat(parts["UNTIL"]) if "UNTIL" in parts else first + LONGEST_SPAN
        text = ";".join(f"{name}={value}" for name, value in bounded.items()) + f";UNTIL={last:%Y%m%d}"
        found = rrulestr(text, dtstart=datetime.combine(first, time()))
        days = [moment.date() for moment, _ in zip(found, range(MOST), strict=False)]
    except (ValueError, TypeError, KeyError, OverflowError):
        raise Invalid(Fault("bad-rule", "recurrence", rule)) from None
    if "COUNT" not in parts:
        return days
    if int(parts["COUNT"]) > max(len(days), LONGEST) or (len(days) < int(parts["COUNT"]) and "UNTIL" not in parts):
        raise refuse(Invalid, "too-many-dates", "recurrence", rule, most=LONGEST)
    return days[: int(parts["COUNT"])]


def _occurs(parts: dict[str, str]) -> bool:
    """Whether some day of a year fits: a rule for 31 February would be searched for until the year 9999."""
    if "BYSETPOS" in parts and parts["FREQ"] == "DAILY":
        return False
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", "1").split(",")]
    months = [int(month) for month in parts.get("BYMONTH", "1").split(",")]
    return any(0 < day <= monthrange(LEAP_YEAR, month)[1] for day in days for month in months if 0 < month < 13)
