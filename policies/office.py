"""Office hours: when a promised answer is due, and what is counted in working days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kernel.wallclock import at

DAY = timedelta(days=1)
NEVER_OPEN = 60


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    WORKING_HOURS = "working-hours"
    WORKING_DAYS = "working-days"


@dataclass(frozen=True, slots=True)
class Office:
    """When an office answers: ISO ``weekdays``, ``opens`` and ``closes`` in minutes since local midnight, not on ``holidays``."""

    weekdays: Collection[int]
    opens: int
    closes: int
    holidays: Collection[date] = ()

    def is_open_on(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def due(self, received: datetime, amount: int, unit: Unit) -> datetime:
        """The local time by which an answer promised within so many working hours or days is due.

        What comes in outside office hours is received when the office next opens; a number of working days ends
        with the office's closing on the last of them.
        """
        received = self._received(received)
        if unit is Unit.WORKING_HOURS:
            return self._after_hours(received, timedelta(hours=amount))
        day = received.date()
        for _ in range(amount):
            day = self._next_day(day)
        return at(day, timedelta(minutes=self.closes))

    def put_off(self, due: datetime, *, stopped: datetime, goes_on: datetime) -> datetime:
        """The local time by which a promise is due that stood still meanwhile: after as much open time as was left of it."""
        return self._after_hours(self._received(goes_on), self._open_time(stopped, due)) if due > stopped else due

    def last_before(self, moment: datetime) -> datetime:
        """The last local time until a moment at which the office is open."""
        day = moment.date()
        while not (self.is_open_on(day) and self._hours(day)[0] < moment):
            day -= DAY
        return min(moment, self._hours(day)[1])

    def after_days(self, day: date, amount: int) -> date:
        """The date so many working days after another."""
        for _ in range(amount):
            day = self._next_day(day)
        return day

    def _received(self, moment: datetime) -> datetime:
        day = moment.date()
        opening, closing = self._hours(day)
        if self.is_open_on(day) and moment < closing:
            return max(moment, opening)
        return self._hours(self._next_day(day))[0]

    def _open_time(self, start: datetime, end: datetime) -> timedelta:
        days = (start.date() + n * DAY for n in range((end.date() - start.date()).days + 1))
        open_hours = map(self._hours, filter(self.is_open_on, days))
        return sum((max(min(end, closes) - max(start, opens), timedelta()) for opens, closes in open_hours), timedelta())

    def _after_hours(self, moment: datetime, left: timedelta) -> datetime:
        while moment + left > self._hours(moment.date())[1]:
            left -= self._hours(moment.date())[1] - moment
            moment = self._hours(self._next_day(moment.date()))[0]
        return moment + left

    def _next_day(self, day: date) -> date:
        for _ in range(NEVER_OPEN):
            day += DAY
            if self.is_open_on(day):
                return day
        raise ValueError(f"the office is closed for {NEVER_OPEN} days")

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        return at(day, timedelta(minutes=self.opens)), at(day, timedelta(minutes=self.closes))


def later(moment: datetime, amount: int, unit: Unit, office: Office) -> datetime:
    """The local time so much later; from days upwards it is the same clock time on the later date."""
    match unit:
        case Unit.HOURS:
            return moment + timedelta(hours=amount)
        case Unit.DAYS:
            return moment + amount * DAY
        case Unit.WEEKS:
            return moment + amount * 7 * DAY
        case Unit.MONTHS:
            return datetime.combine(months_later(moment.date(), amount), moment.time())
        case Unit.WORKING_HOURS:
            return office.due(moment, amount, unit)
        case Unit.WORKING_DAYS:
            return datetime.combine(office.after_days(moment.date(), amount), moment.time())


def months_later(day: date, months: int) -> date:
    """The same day of a later month (or an earlier, when negative), or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = (first + 31 * DAY).replace(day=1)
    return min(first + (day.day - 1) * DAY, following - DAY)
