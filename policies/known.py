"""Known: what a policy may know of a room around some dates, and of the office's calendar, from rows as frozen values."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from kernel.wallclock import to_wall
from policies.request import Closure, Day, Facts, RoomFacts, Window
from venues.opening import Opening, public_holidays

OFFICE_AHEAD = timedelta(days=60)


def facts_around(room: RoomFacts, opening: Opening, dates: Iterable[date], **more: Any) -> Facts:
    """What is known of a room on some dates and the days before and after them, whoever asks for it, and what ``more`` is known."""
    touched = sorted(dates)
    around = [touched[0] + timedelta(days=n) for n in range(-1, (touched[-1] - touched[0]).days + 2)]
    closures = {closed for day in around for closed in opening.closures_on(day)}
    return Facts(
        room=room,
        windows=tuple(Window(window.interval, window.openness) for day in around for window in opening.windows(day)),
        hours_known=opening.is_known(touched[0]),
        closures=tuple(Closure(closed.interval, closed.reason) for closed in sorted(closures, key=lambda closed: closed.interval)),
        days=tuple(Day(known.day, known.holiday, known.school_break) for known in map(opening.day_class, around)),
        **more,
    )


def office_holidays(submitted: datetime, zone: str) -> tuple[date, ...]:
    """The public holidays in the weeks after a request, which promised answers and notice in working days skip."""
    return _holidays_after(to_wall(submitted, zone).date())


@lru_cache(maxsize=64)
def _holidays_after(first: date) -> tuple[date, ...]:
    years = {first.year, (first + OFFICE_AHEAD).year}
    return tuple(day for year in sorted(years) for day in public_holidays(year) if first <= day <= first + OFFICE_AHEAD)
