"""Brute force: what should become of every booking, told in plain Python by looking at every claim there is."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as day_of
from datetime import datetime, timedelta
from itertools import product

SPACES = {"gymsal-1": frozenset({"gymsal-1"}), "gymsal-2": frozenset({"gymsal-2"}), "hel-hall": frozenset({"gymsal-1", "gymsal-2"})}
LIVE = {"unconfirmed", "requested", "booked"}
TO_CONFIRM, SHORTEST = timedelta(days=7), timedelta(hours=1)
MOST_UNCONFIRMED = 5


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of wish: in which state it begins, its state once confirmed, how long a wait keeps the time, its buffers."""

    name: str
    first: str
    then: str
    hold: timedelta | None = None
    before: int = 0
    after: int = 0


TRAINING = Sort("training", "booked", "booked")
PRIVATE = Sort("private", "requested", "requested", timedelta(days=2), before=15)
CONCERT = Sort("concert", "requested", "requested", None, before=30, after=60)
ASKED = Sort("asked", "unconfirmed", "booked")
ASKED_CONCERT = Sort("asked-concert", "unconfirmed", "requested", None, before=30, after=60)
BLOCK = Sort("block", "booked", "booked")
SORTS = (TRAINING, PRIVATE, CONCERT, ASKED, ASKED_CONCERT, BLOCK)


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a case as it stands; ``expires`` is set while a hold keeps its time."""

    room: str
    start: datetime
    end: datetime
    state: str
    before: int
    after: int
    holds: bool = False
    expires: datetime | None = None

    def meets(self, other: "Date", now: datetime) -> bool:
        """Whether the other keeps this one from having its time."""
        if not other.holds or (other.expires is not None and other.expires <= now):
            return False
        mine, theirs = self.span, other.span
        return bool(SPACES[self.room] & SPACES[other.room]) and mine[0] < theirs[1] and theirs[0] < mine[1]

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.start - timedelta(minutes=self.before), self.end + timedelta(minutes=self.after)


Shift = Callable[[Date], Date]


@dataclass(slots=True)
class Case:
    """A booking: its sort, its dates by number, and until when it waits for the organisation."""

    sort: Sort
    dates: dict[int, Date] = field(default_factory=dict)
    confirm_by: datetime | None = None

    def state(self, fallback: str) -> str:
        states = {date.state for date in self.dates.values()}
        return next((state for state in ("unconfirmed", "requested", "booked") if state in states), fallback)

    def ahead(self, now: datetime) -> list[int]:
        return [number for number, date in self.dates.items() if date.state in LIVE and date.start > now]

    def among(self, *states: str) -> list[int]:
        return [number for number, date in self.dates.items() if date.state in states]


class Model:
    """All cases by id; every act says what refusal it expects (empty: none) and, when none, does it."""

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.states: dict[int, str] = {}
        self.acts: list[tuple[str, int]] = []
        self.numbers: dict[int, int] = {}

    def claims(self, now: datetime) -> list[tuple[int, int, str, datetime, datetime]]:
        """Which space each date holds from when to when, holds that ran out left out."""
        return sorted(
            (booking, number, space, *date.span)
            for booking, number, date in self._dates()
            if date.holds and (date.expires is None or date.expires > now)
            for space in SPACES[date.room]
        )

    def wish(self, sort: Sort, dates: Sequence[Date], *, skip: bool, now: datetime) -> tuple[str, Case]:
        """What a wish becomes: dates taken by others are left out where that may be."""
        if sort.first == "unconfirmed" and list(self.states.values()).count("unconfirmed") >= MOST_UNCONFIRMED:
            return "too-many-unconfirmed", Case(sort)
        taken = [number for number, date in enumerate(dates, start=1) if self._is_taken(date, now)]
        if taken and not (skip and len(taken) < len(dates)):
            return "taken", Case(sort)
        kept = [date.start for number, date in enumerate(dates, start=1) if number not in taken]
        case = Case(sort, confirm_by=max(min(now + TO_CONFIRM, *kept), now + SHORTEST) if sort.first == "unconfirmed" else None)
        for number, date in enumerate(dates, start=1):
            state = "skipped" if number in taken else sort.first
            case.dates[number] = self._placed(case, replace(date, state=state), now)
        return "", case

    def add(self, booking: int, case: Case) -> None:
        self.cases[booking] = case
        self.numbers[booking] = max(case.dates)
        self._acted("reserve", booking)

    def cancel(self, booking: int, number: int | None, now: datetime) -> str:
        case = self.cases[booking]
        if number is not None and case.dates[number].state not in LIVE:
            return "wrong-state"
        dates = [ahead for ahead in case.ahead(now) if number in (None, ahead)]
        if not dates:
            return "in-the-past"
        self._end(booking, dates, "cancelled", "cancel")
        return ""

    def move(self, booking: int, number: int, date: Date, *, by_staff: bool, now: datetime) -> str:
        case = self.cases[booking]
        before = case.dates[number]
        if before.state not in LIVE:
            return "wrong-state"
        if before.start <= now:
            return "in-the-past"
        waits = "booked" if by_staff or case.sort is BLOCK else case.sort.then
        moved = replace(date, state="unconfirmed" if before.state == "unconfirmed" else waits)
        return self._settle(booking, {number: moved}, "move", now)

    def shift(self, booking: int, number: int, days: Shift, *, scope: str, skip: bool, by_staff: bool, now: datetime) -> str:
        """Dates moved by as many days; with ``skip``, those that meet others, or a date that stays, stay."""
        case = self.cases[booking]
        if scope == "one" and case.dates[number].state not in LIVE:
            return "wrong-state"
        reached = [n for n in case.ahead(now) if scope == "all" or n == number or (scope == "following" and self._follows(case, n, number))]
        if not reached:
            return "in-the-past"
        waits = "booked" if by_staff or case.sort is BLOCK else case.sort.then
        going = {n: replace(days(case.dates[n]), state="unconfirmed" if case.dates[n].state == "unconfirmed" else waits) for n in reached}
        while skip and going:
            own = {(booking, n) for n in going}
            stuck = {n for n, date in going.items() if self._is_taken(date, now, own)}
            if not stuck:
                break
            going = {n: date for n, date in going.items() if n not in stuck}
        return self._settle(booking, going, "move", now) if going else "taken"

    def comes_back(self, booking: int, number: int, *, by_staff: bool, may_grow: bool, now: datetime) -> str:
        date = self.cases[booking].dates[number]
        if not (may_grow or by_staff or self.states[booking] == "unconfirmed"):
            return "not-your-role"
        if date.state not in ("cancelled", "skipped"):
            return "wrong-state"
        if date.start <= now:
            return "in-the-past"
        return self._grow(booking, number, date, "readd", by_staff=by_staff, now=now)

    def grow(self, booking: int, date: Date, *, by_staff: bool, may_grow: bool, now: datetime) -> str:
        """One more date, under a number that none of the booking's ever had."""
        if not (may_grow or by_staff or self.states[booking] == "unconfirmed"):
            return "not-your-role"
        return self._grow(booking, self.numbers[booking] + 1, date, "add", by_staff=by_staff, now=now)

    def split(self, booking: int, number: int, now: datetime) -> str:
        case = self.cases[booking]
        reached = [case.dates[n].start for n in case.ahead(now) if self._follows(case, n, number)]
        if not reached:
            return "in-the-past"
        if all(date.start >= min(reached) for date in case.dates.values()):
            return "nothing-to-split"
        return ""

    def parted(self, booking: int, made: int, number: int, now: datetime) -> None:
        """What ``split`` allowed, done: the dates from there on under the id of the booking that was made."""
        case = self.cases[booking]
        first = min(case.dates[n].start for n in case.ahead(now) if self._follows(case, n, number))
        later = {n: date for n, date in case.dates.items() if date.start >= first}
        self.cases[made] = Case(case.sort, later, case.confirm_by)
        case.dates = {n: date for n, date in case.dates.items() if n not in later}
        self.numbers[made] = max(later)
        before = self.states[booking]
        for acted, act in ((booking, "split"), (made, "split-from")):
            self._acted(act, acted, fallback=before)

    def release(self, first: day_of, last: day_of, on: Callable[[datetime], day_of], now: datetime) -> str:
        """Everything that the club has from the one day to the other."""
        theirs = {b: case for b, case in self.cases.items() if case.sort not in (PRIVATE, BLOCK)}
        found = {b: [n for n in case.ahead(now) if first <= on(case.dates[n].start) <= last] for b, case in theirs.items()}
        for booking, numbers in found.items():
            if numbers:
                self._end(booking, numbers, "cancelled", "cancel")
        return "" if any(found.values()) else "nothing-to-release"

    def approve(self, booking: int, now: datetime) -> str:
        case = self.cases[booking]
        if self.states[booking] != "requested":
            return "wrong-state"
        return self._settle(booking, {n: replace(case.dates[n], state="booked") for n in case.among("requested")}, "approve", now)

    def confirm(self, booking: int, now: datetime) -> str:
        case = self.cases[booking]
        if self.states[booking] != "unconfirmed":
            return "wrong-state"
        return self._settle(booking, {n: replace(case.dates[n], state=case.sort.then) for n in case.among("unconfirmed")}, "confirm", now)

    def decline(self, booking: int) -> str:
        if self.states[booking] not in ("requested", "unconfirmed"):
            return "wrong-state"
        self._end(booking, self.cases[booking].among("requested", "unconfirmed"), "refused", "refuse")
        return ""

    def lapse(self, now: datetime) -> int:
        """One wish that nobody confirmed in time ends; returns how many."""
        due = [b for b, case in self.cases.items() if self.states[b] == "unconfirmed" and case.confirm_by and case.confirm_by <= now]
        if not due:
            return 0
        self._end(min(due), self.cases[min(due)].among("unconfirmed"), "lapsed", "lapse")
        return 1

    @staticmethod
    def _follows(case: Case, number: int, anchor: int) -> bool:
        return case.dates[number].start >= case.dates[anchor].start

    def _grow(self, booking: int, number: int, date: Date, act: str, *, by_staff: bool, now: datetime) -> str:
        case = self.cases[booking]
        waits = "booked" if by_staff or case.sort is BLOCK else case.sort.then
        state = "unconfirmed" if self.states[booking] == "unconfirmed" else waits
        refused = self._settle(booking, {number: replace(date, state=state)}, act, now)
        if not refused:
            self.numbers[booking] = max(number, self.numbers[booking])
        return refused

    def _settle(self, booking: int, dates: dict[int, Date], act: str, now: datetime) -> str:
        own = {(booking, number) for number in dates}
        if any(self._is_taken(date, now, own) for date in dates.values()) or meet_each_other(dates.values()):
            return "taken"
        case = self.cases[booking]
        for number, date in dates.items():
            case.dates[number] = self._placed(case, date, now)
        self._acted(act, booking)
        return ""

    def _placed(self, case: Case, date: Date, now: datetime) -> Date:
        match date.state:
            case "booked":
                return replace(date, holds=True, expires=None)
            case "unconfirmed":
                return replace(date, holds=True, expires=case.confirm_by)
            case "requested" if case.sort.hold:
                return replace(date, holds=True, expires=now + case.sort.hold)
        return replace(date, holds=False, expires=None)

    def _end(self, booking: int, numbers: Collection[int], state: str, act: str) -> None:
        case = self.cases[booking]
        for number in numbers:
            case.dates[number] = replace(case.dates[number], state=state, holds=False, expires=None)
        self._acted(act, booking, fallback=state)

    def _acted(self, act: str, booking: int, *, fallback: str = "booked") -> None:
        self.states[booking] = self.cases[booking].state(fallback)
        self.acts.append((act, booking))

    def _is_taken(self, date: Date, now: datetime, own: Collection[tuple[int, int]] = ()) -> bool:
        return any(date.meets(other, now) for booking, number, other in self._dates() if (booking, number) not in own)

    def _dates(self) -> Iterator[tuple[int, int, Date]]:
        for booking, case in self.cases.items():
            for number, date in case.dates.items():
                yield booking, number, date


def meet_each_other(dates: Collection[Date]) -> bool:
    held = [replace(date, holds=True, expires=None) for date in dates]
    return any(one is not other and one.meets(other, one.start) for one, other in product(held, held))
