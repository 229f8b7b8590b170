"""Formats: dates, times, money and lengths of time as people write them, in the language of the request."""

from datetime import date, datetime, time, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask

from kernel.money import Ore
from kernel.wallclock import to_wall
from web.texts import current_locale, gettext, ngettext

HOME_ZONE = "Europe/Oslo"
MIDNIGHT = time()
Moment = datetime | time | timedelta


def install(app: Flask) -> None:
    """Give the templates every format as a filter of the same name."""
    for show in (
        clock,
        long_date,
        full_date,
        short_date,
        numeric_date,
        day_month,
        weekday,
        moment,
        span,
        iso_span,
        kroner,
        duration,
        number,
    ):
        app.template_filter(show.__name__)(show)


def clock(value: Moment, zone: str = HOME_ZONE) -> str:
    """``18:00``; a timedelta counts from local midnight, so that 24:00 can be written."""
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, datetime):
        value = _wall(value, zone)
    return f"{value:%H:%M}"


def distance(metres: int) -> str:
    """``800 m``, ``2,4 km``."""
    if metres < 1000:
        return f"{metres}\u00a0m"
    return f"{format_decimal(round(metres / 1000, 1), locale=current_locale())}\u00a0km"


def full_date(value: date, zone: str = HOME_ZONE) -> str:
    """``tirsdag 24. november 2026``."""
    return _dated(value, "EEEE d. MMMM y", zone)


def long_date(value: date, zone: str = HOME_ZONE) -> str:
    """``24. november 2026``."""
    return _dated(value, "d. MMMM y", zone)


def short_date(value: date, zone: str = HOME_ZONE) -> str:
    """``tir. 24. nov.``."""
    return _dated(value, "EEE d. MMM", zone)


def numeric_date(value: date, zone: str = HOME_ZONE) -> str:
    """``24.11.2026``."""
    return _dated(value, "dd.MM.y", zone)


def day_month(value: date, zone: str = HOME_ZONE) -> str:
    """``24. november``."""
    return _dated(value, "d. MMMM", zone)


def weekday(value: date, zone: str = HOME_ZONE) -> str:
    """``tirsdag``."""
    return _dated(value, "EEEE", zone)


def moment(value: datetime, zone: str = HOME_ZONE) -> str:
    """``24. november 2026 kl. 18:00``."""
    return gettext("%(day)s kl. %(clock)s", day=long_date(value, zone), clock=clock(value, zone))


def span(start: datetime, end: datetime, zone: str = HOME_ZONE) -> str:
    """``tirsdag 24. november 2026 kl. 18:00–20:00``; an end at midnight is written 24:00 of the day it ends."""
    first, last = _wall(start, zone), _wall(end, zone)
    ends_at_midnight = last.time() == MIDNIGHT and last.date() > first.date()
    last_day = last.date() - timedelta(days=1) if ends_at_midnight else last.date()
    until = "24:00" if ends_at_midnight else clock(last)
    if last_day == first.date():
        return gettext("%(day)s kl. %(start)s–%(end)s", day=full_date(first), start=clock(first), end=until)
    begins = gettext("%(day)s kl. %(clock)s", day=full_date(first), clock=clock(first))
    ends = gettext("%(day)s kl. %(clock)s", day=full_date(last_day), clock=until)
    return f"{begins} – {ends}"


def iso_span(start: str, end: str) -> str:
    """A span of two wall-clock times in ISO form, as faults carry them."""
    return span(datetime.fromisoformat(start), datetime.fromisoformat(end))


def kroner(amount: Ore) -> str:
    """``1 145 kr``, with øre only where there are any."""
    pattern = "#,##0" if amount % 100 == 0 else "#,##0.00"
    figure = format_decimal(amount / 100, format=pattern, locale=current_locale())
    return gettext("%(amount)s kr", amount=figure)


def number(value: float) -> str:
    """``1 145``."""
    return format_decimal(value, locale=current_locale())


def duration(value: timedelta | int) -> str:
    """``1 time 30 minutter``; a bare number counts minutes."""
    minutes = int(value.total_seconds() // 60) if isinstance(value, timedelta) else value
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)d time", "%(num)d timer", hours))
    if rest or not hours:
        parts.append(ngettext("%(num)d minutt", "%(num)d minutter", rest))
    return " ".join(parts)


def _dated(value: date, pattern: str, zone: str) -> str:
    day = _wall(value, zone).date() if isinstance(value, datetime) else value
    locale = current_locale()
    english = locale.language == "en"
    return format_date(day, pattern.replace("d.", "d") if english and "MMM" in pattern else pattern, locale=locale)


def _wall(value: datetime, zone: str) -> datetime:
    return value if value.tzinfo is None else to_wall(value, zone)
