"""Brute force: what should become of every booking, told in plain Python by looking at every claim there is."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import date as day_of
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

SPACES = {"gymsal-1": frozenset({"gymsal-1"}), "gymsal-2": frozenset({"gymsal-2"}), "hel-hall": frozenset({"gymsal-1", "gymsal-2"})}
OSLO = ZoneInfo("Europe/Oslo")
LIVE = {"unconfirmed", "requested", "booked"}
LIVELIEST = ("unconfirmed", "requested", "booked", "waiting", "displaced")
OVER = {"cancelled", "refused", "lapsed"}
TO_CONFIRM, SHORTEST = timedelta(days=7), timedelta(hours=1)
MOST_UNCONFIRMED = 5
MOST_IN_LINE = 3
# Who acts for the club, and is asked when somebody else wishes in its name.
DELEGATES = 2
NOTICE_DAYS = 5
TO_UNDO, TO_ASK = timedelta(minutes=2), timedelta(minutes=10)
LONGEST_OFFER = timedelta(hours=36)
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of wish: in which state it begins, its state once confirmed, how long a wait keeps the time, its buffers, and whether it
    needs what may be out of order."""

    name: str
    first: str
    then: str
    hold: timedelta | None = None
    before: int = 0
    after: int = 0
    needs: bool = False

    @property
    def applicant(self) -> str:
        """Whose wish it is: the club's, a person's, or an officer's."""
        return {"private": "person", "block": "officer", "event": "officer"}.get(self.name, "club")


TRAINING = Sort("training", "booked", "booked")
PRIVATE = Sort("private", "requested", "requested", timedelta(days=2), before=15)
CONCERT = Sort("concert", "requested", "requested", None, before=30, after=60)
ASKED = Sort("asked", "unconfirmed", "booked")
ASKED_CONCERT = Sort("asked-concert", "unconfirmed", "requested", None, before=30, after=60)
BLOCK = Sort("block", "booked", "booked")
# The municipality's own, which goes before all others but blocked time.
EVENT = Sort("event", "booked", "booked")
NEEDY = Sort("needy", "booked", "booked", needs=True)
SORTS = (TRAINING, PRIVATE, CONCERT, ASKED, ASKED_CONCERT, BLOCK, NEEDY)


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a case as it stands; ``expires`` is set while a hold keeps its time.

    ``is_missing`` is set for one at an hour that the clock skips, ``was_taken`` for one that was left out because another had its
    time, ``lost_to`` the closure that it lost its time to.
    """

    room: str
    start: datetime
    end: datetime
    state: str
    before: int
    after: int
    holds: bool = False
    expires: datetime | None = None
    is_missing: bool = False
    was_taken: bool = False
    lost_to: int | None = None

    @property
    def stands_in_line(self) -> bool:
        return self.state in ("waiting", "displaced") or (self.state == "skipped" and self.was_taken)

    @property
    def told(self) -> tuple[object, ...]:
        """What pages tell of it."""
        return self.room, self.start, self.end, self.state

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
# What was told of a booking, and of which dates.
Told = tuple[str, int, tuple[int, ...]]


@dataclass(slots=True)
class Case:
    """A booking: its sort, its dates by number, until when it waits for the organisation, and what it takes that stands in line."""

    sort: Sort
    dates: dict[int, Date] = field(default_factory=dict)
    confirm_by: datetime | None = None
    accepts: str = "time"

    def state(self, fallback: str) -> str:
        states = {date.state for date in self.dates.values()}
        return next((state for state in LIVELIEST if state in states), fallback)

    def ahead(self, now: datetime) -> list[int]:
        """What is alive and lies ahead."""
        return [number for number in self.among(*LIVE) if self.dates[number].start > now]

    def given_up(self, now: datetime) -> list[int]:
        """What can be cancelled: what is alive, or waits for time."""
        return [number for number in self.among(*LIVE, "waiting") if self.dates[number].start > now]

    def reached(self, number: int, scope: str, now: datetime) -> list[int]:
        """What an act on a date reaches of what lies ahead: it, it and the following, or all."""
        anchor = self.dates[number].start
        return [n for n in self.ahead(now) if scope == "all" or n == number or (scope == "following" and self.dates[n].start >= anchor)]

    def since(self, start: datetime) -> list[int]:
        return [number for number, date in self.dates.items() if date.start >= start]

    def among(self, *states: str) -> list[int]:
        return [number for number, date in self.dates.items() if date.state in states]


@dataclass(slots=True)
class Kept:
    """What was offered to a date: the room and time as a hold, until when it may answer, and what came of it."""

    key: Key
    date: Date
    until: datetime
    state: str = "open"


Piece = tuple[str, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Freed:
    """Time that became free, when those in line can be asked, and by part what of it is kept for them until then and a little longer."""

    date: Date
    due: datetime
    kept: tuple[Piece, ...] = ()


@dataclass(slots=True)
class Closed:
    """A closure as it stands, of all that needs something where ``is_partly``."""

    room: str
    start: datetime
    end: datetime
    made: datetime
    is_partly: bool = False
    is_withdrawn: bool = False

    def meets(self, date: Date) -> bool:
        return not self.is_withdrawn and bool(SPACES[self.room] & SPACES[date.room]) and self.start < date.end and date.start < self.end

    def keeps_out(self, date: Date, sort: Sort) -> bool:
        return self.meets(date) and (sort.needs or not self.is_partly)


@dataclass(slots=True)
class Done:
    """An act that may be taken back: how all it concerned was before, how often each was acted on, and what was told."""

    at: datetime
    before: Mapping[int, tuple[dict[int, Date], datetime | None, str]]
    versions: Mapping[int, int]
    told: Counter[Told]
    closure: int | None = None
    is_undone: bool = False


class Model:
    """All cases by id; every act says what refusal it expects (empty: none) and, when none, does it."""

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.states: dict[int, str] = {}
        self.acts: list[tuple[str, int]] = []
        self.told: Counter[Told] = Counter()
        self.offers: dict[int, Kept] = {}
        self.sought: dict[Key, datetime] = {}
        self.closures: dict[int, Closed] = {}
        self.freed: list[Freed] = []
        self.undoable: list[Done] = []
        self.numbers: dict[int, int] = {}

    def claims(self, now: datetime) -> list[tuple[int, int, str, datetime, datetime]]:
        """Which space each date holds from when to when, holds that ran out left out."""
        return sorted(
            (booking, number, space, *date.span)
            for booking, number, date in self._held()
            if date.expires is None or date.expires > now
            for space in SPACES[date.room]
        )

    def wish(self, sort: Sort, dates: Sequence[Date], *, on_conflict: str, now: datetime) -> tuple[str, Case]:
        """What a wish becomes: dates taken by others are left out, or stand in line, where that may be."""
        if dates[0].is_missing:
            return "missing-hour", Case(sort)
        if sort.first == "unconfirmed" and list(self.states.values()).count("unconfirmed") >= MOST_UNCONFIRMED:
            return "too-many-unconfirmed", Case(sort)
        closed = {number for number, date in enumerate(dates, start=1) if self._is_closed(date, sort)}
        taken = {number for number, date in enumerate(dates, start=1) if number not in closed and self._is_taken(date, now)}
        waits = on_conflict == "wait" and sort.first != "unconfirmed" and bool(taken)
        left_out = len(closed | taken)
        if left_out and not waits and (on_conflict == "refuse" or left_out == len(dates)):
            return "declined" if closed else "taken", Case(sort)
        kept = [date.start for number, date in enumerate(dates, start=1) if number not in closed | taken]
        case = Case(sort, confirm_by=_confirm_by(now, min(kept)) if sort.first == "unconfirmed" else None)
        for number, date in enumerate(dates, start=1):
            left = "waiting" if waits and number in taken else "skipped"
            state = left if number in closed | taken else sort.first
            case.dates[number] = self._placed(case, replace(date, state=state, was_taken=number in taken), now)
        return "too-often-in-line" if any(self._is_crowded(date, sort) for date in case.dates.values()) else "", case

    def _is_crowded(self, date: Date, sort: Sort) -> bool:
        """Whether a date would wait where as many of the same applicant do as may."""
        wanted = replace(date, before=0, after=0)
        theirs = [one for b, _, one in self._dates() if one.state == "waiting" and self.cases[b].sort.applicant == sort.applicant]
        there = [one for one in theirs if one.room == date.room and wanted.meets(replace(one, before=0, after=0, holds=True), date.start)]
        return date.state == "waiting" and len(there) >= MOST_IN_LINE

    def add(self, booking: int, case: Case) -> None:
        self.cases[booking] = case
        self.numbers[booking] = max(case.dates)
        self._acted("reserve", booking)
        self._tell(f"booking-{self.states[booking]}", booking)
        if self.states[booking] == "unconfirmed":
            self.told["confirmation-wanted", booking, ()] += DELEGATES

    def imported(self, booking: int, case: Case) -> None:
        self.add(booking, case)
        self.acts.append(("import", booking))

    def displace(self, date: Date, reason: str, now: datetime) -> tuple[str, list[Key]]:
        """Whether the municipality's own use may have the time, and who loses theirs."""
        if self._is_closed(date, EVENT):
            return "declined", []
        met = {(booking, number) for booking, number, other in self._held() if date.meets(other, now)}
        losers = sorted(met, key=lambda key: (self._date(key).start, key))
        for key in losers:
            lost, sort = self._date(key), self.cases[key[0]].sort
            if lost.state not in LIVE or lost.start <= now or sort is BLOCK:
                return "gives-no-way", []
            if sort is EVENT:
                return "goes-not-first", []
            if now.astimezone(OSLO).date() > lost.start.astimezone(OSLO).date() - timedelta(days=NOTICE_DAYS) and not reason:
                return "displaced-too-late", []
        if losers:
            return "displaces-others", losers
        return "taken" if self.is_kept(date, now) else "", losers

    def displaced(self, booking: int, date: Date, losers: Collection[Key], now: datetime) -> None:
        was = self._before({booking for booking, _ in losers}, now)
        self._lose(losers, None, now)
        case = Case(EVENT)
        case.dates[1] = self._placed(case, replace(date, state="booked"), now)
        self.add(booking, case)
        if losers:
            self._may_be_undone(replace(was, before={**was.before, booking: ({}, None, "cancelled")}))

    def met(self, closed: Closed, now: datetime) -> list[Key]:
        """Whose dates ahead a closure meets; what has begun is settled."""
        return [(b, n) for b, n, date in self._dates() if date.state in LIVE and date.start > now and closed.meets(date)]

    def close(self, closure: int, closed: Closed, chosen: Collection[Key] | None, now: datetime) -> None:
        """Take the time of those that are met and kept out, or of those that were chosen."""
        met = self.met(closed, now)
        losers = [key for key in met if (closed.keeps_out(self._date(key), self.cases[key[0]].sort) if chosen is None else key in chosen)]
        with_them = self._before({booking for booking, _ in met}, now)
        self.closures[closure] = closed
        self._lose(losers, closure, now)
        self._may_be_undone(with_them, closure)

    def open_again(self, closure: int, now: datetime) -> str:
        closed = self.closures[closure]
        if closed.is_withdrawn:
            return "closure-withdrawn"
        if closed.end <= now:
            return "closure-over"
        freed = Date(closed.room, max(closed.start, now), closed.end, "", 0, 0)
        if closed.start < now:
            closed.end = now
        else:
            closed.is_withdrawn = True
        lost = [(b, n) for b, n, date in self._dates() if date.state == "displaced" and date.lost_to == closure and date.start > now]
        self._give_up(lost, now)
        self._free([freed], now)
        return ""

    def cancel(self, booking: int, number: int | None, now: datetime) -> str:
        case = self.cases[booking]
        if number is not None and case.dates[number].state not in LIVE | {"waiting"}:
            return "wrong-state"
        dates = [ahead for ahead in case.given_up(now) if number in (None, ahead)]
        if not dates:
            return "in-the-past"
        was = self._before({booking}, now)
        self._end(booking, dates, "cancelled", "cancel", now)
        self._tell("dates-cancelled", booking, dates)
        self._may_be_undone(was)
        return ""

    def move(self, booking: int, number: int, date: Date, *, by_staff: bool, now: datetime) -> str:
        case = self.cases[booking]
        before = case.dates[number]
        if before.state not in LIVE:
            return "wrong-state"
        if before.start <= now:
            return "in-the-past"
        waits = "booked" if by_staff or case.sort in (BLOCK, EVENT) else case.sort.then
        moved = replace(date, state="unconfirmed" if before.state == "unconfirmed" else waits)
        return self._moved(booking, {number: moved}, now) if _is_elsewhere(before, moved) else ""

    def shift(self, booking: int, number: int, to: Shift, *, scope: str, skip: bool, by_staff: bool, now: datetime) -> str:
        """Dates moved alike; with ``skip``, those that are closed out, meet others, or a date that stays, stay."""
        case = self.cases[booking]
        if scope == "one" and case.dates[number].state not in LIVE:
            return "wrong-state"
        reached = case.reached(number, scope, now)
        if not reached:
            return "in-the-past"
        if to(case.dates[number]).is_missing:
            return "missing-hour"
        waits = "booked" if by_staff or case.sort in (BLOCK, EVENT) else case.sort.then
        wanted = {n: replace(to(case.dates[n]), state="unconfirmed" if case.dates[n].state == "unconfirmed" else waits) for n in reached}
        wanted = {n: date for n, date in wanted.items() if _is_elsewhere(case.dates[n], date)}
        going = self._without_stuck(booking, wanted, now) if skip else wanted
        if wanted and not going:
            return "declined" if any(self._is_closed(date, case.sort) for date in wanted.values()) else "taken"
        return self._moved(booking, going, now) if going else ""

    def restate(self, booking: int, number: int, *, scope: str, is_team: bool, by_staff: bool, now: datetime) -> tuple[str, list[int]]:
        """Whether dates may say something else, or be another team's, and which become a booking of their own by that."""
        case = self.cases[booking]
        if scope == "one" and case.dates[number].state not in LIVE:
            return "wrong-state", []
        reached = case.reached(number, scope, now)
        if not reached:
            return "in-the-past", []
        if is_team:
            anew = self._judged_anew(case, reached, by_staff=by_staff)
            refused = self._refusal(booking, anew, now)
            if refused or any(date.state != case.dates[n].state for n, date in anew.items()):
                return refused or "team-needs-decision", []
        if all(n in reached for n in case.among(*LIVE)):
            return "", []
        return "", reached if scope == "one" else case.since(min(case.dates[n].start for n in reached))

    def restated(self, booking: int, made: int, numbers: Collection[int], apart: Collection[int], *, is_team: bool, now: datetime) -> None:
        """What ``restate`` allowed, done under the id of the booking that was made, where one was."""
        was = self._before({booking}, now)
        if apart:
            self._part(booking, made, apart)
        if is_team:
            self._place(made, {n: self._date((made, n)) for n in numbers}, now)
        self._acted("restate", made, fallback=self.states[made])
        self._tell("booking-changed", made, numbers)
        if not apart:
            self._may_be_undone(was)

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
        reached = case.reached(number, "following", now)
        if not reached:
            return "in-the-past"
        return "nothing-to-split" if len(self._from_then_on(case, reached)) == len(case.dates) else ""

    def parted(self, booking: int, made: int, number: int, now: datetime) -> None:
        """What ``split`` allowed, done: the dates from there on under the id of the booking that was made, and what is kept for them."""
        case = self.cases[booking]
        self._part(booking, made, self._from_then_on(case, case.reached(number, "following", now)))
        self._tell("booking-split", made)

    def _part(self, booking: int, made: int, numbers: Collection[int]) -> None:
        case, before = self.cases[booking], self.states[booking]
        self.cases[made] = Case(case.sort, {n: case.dates[n] for n in numbers}, case.confirm_by, case.accepts)
        case.dates = {n: date for n, date in case.dates.items() if n not in numbers}
        self.numbers[made] = max(numbers)
        for n in numbers:
            for kept in self.offers.values():
                kept.key = (made, n) if kept.key == (booking, n) else kept.key
            if (booking, n) in self.sought:
                self.sought[made, n] = self.sought.pop((booking, n))
        for acted, act in ((booking, "split"), (made, "split-from")):
            self._acted(act, acted, fallback=before)

    def release(self, first: day_of, last: day_of, on: Callable[[datetime], day_of], now: datetime) -> str:
        """Everything that the club has from the one day to the other."""
        theirs = {b: case for b, case in self.cases.items() if case.sort not in (PRIVATE, BLOCK, EVENT)}
        found = {b: [n for n in case.given_up(now) if first <= on(case.dates[n].start) <= last] for b, case in theirs.items()}
        found = {b: numbers for b, numbers in found.items() if numbers}
        if not found:
            return "nothing-to-release"
        was = self._before(found, now)
        for booking, numbers in found.items():
            self._end(booking, numbers, "cancelled", "cancel", now)
            self._tell("dates-cancelled", booking, numbers)
        self._may_be_undone(was)
        return ""

    def approve(self, booking: int, now: datetime) -> str:
        case = self.cases[booking]
        if self.states[booking] != "requested":
            return "wrong-state"
        return self._settle(booking, {n: replace(case.dates[n], state="booked") for n in case.among("requested")}, "approve", now)

    def prefer(self, booking: int, now: datetime) -> str:
        """Grant a request, and refuse others the dates on which they want the same time."""
        granted = [replace(self._date((booking, n)), holds=True, expires=None) for n in self.cases[booking].among("requested")]
        wished = [(b, n, date) for b, n, date in self._dates() if b != booking and date.state == "requested"]
        lost = [(b, n) for b, n, date in wished if any(date.meets(one, now) for one in granted)]
        was = self._before({booking, *(b for b, _ in lost)}, now)
        refused = self.approve(booking, now)
        if refused:
            return refused
        self.undoable.pop()
        for other in sorted({b for b, _ in lost}):
            self._end(other, [n for b, n in lost if b == other], "refused", "refuse", now)
            self._tell("booking-refused", other)
        self._may_be_undone(was)
        return ""

    def confirm(self, booking: int, now: datetime) -> str:
        case = self.cases[booking]
        if self.states[booking] != "unconfirmed":
            return "wrong-state"
        return self._settle(booking, {n: replace(case.dates[n], state=case.sort.then) for n in case.among("unconfirmed")}, "confirm", now)

    def decline(self, booking: int, now: datetime) -> str:
        if self.states[booking] not in ("requested", "unconfirmed"):
            return "wrong-state"
        was = self._before({booking}, now)
        self._end(booking, self.cases[booking].among("requested", "unconfirmed"), "refused", "refuse", now)
        self._tell("booking-refused", booking)
        self._may_be_undone(was)
        return ""

    def lapse(self, now: datetime) -> int:
        """One wish that nobody confirmed in time ends; returns how many."""
        due = [b for b, case in self.cases.items() if self.states[b] == "unconfirmed" and case.confirm_by and case.confirm_by <= now]
        if not due:
            return 0
        self._end(min(due), self.cases[min(due)].among("unconfirmed"), "lapsed", "lapse", now)
        self._tell("booking-lapsed", min(due))
        return 1

    def undo(self, number: int, now: datetime) -> str:
        """Take an act back while nobody was told and nothing else happened; who took the time meanwhile has it."""
        done = self.undoable[number]
        if done.is_undone:
            return "undone-already"
        if now >= done.at + TO_UNDO:
            return "undo-too-late"
        if any(self._version(booking) != version for booking, version in done.versions.items()):
            return "changed-since"
        if done.closure is not None and self.closures[done.closure].is_withdrawn:
            return "closure-withdrawn"
        changed = {
            (b, n): self._was(dates, n, date)
            for b, (dates, _, _) in done.before.items()
            for n, date in self.cases[b].dates.items()
            if date.told != self._was(dates, n, date).told
        }
        back = {key: date for key, date in changed.items() if date.holds and (date.expires is None or date.expires > now)}
        others = [one for closure, one in self.closures.items() if closure != done.closure and one.made >= done.at]
        if any(closed.keeps_out(date, self.cases[b].sort) for closed in others for (b, _), date in back.items()):
            return "closed-since"
        if any(self._is_taken(date, now, changed, due_by=now + TO_UNDO) for date in back.values()):
            return "taken"
        self._put_back(done, changed, now)
        return ""

    @staticmethod
    def _was(dates: Mapping[int, Date], number: int, date: Date) -> Date:
        """A date as it was before; one that was not there is cancelled."""
        return dates.get(number) or replace(date, state="cancelled", holds=False, expires=None)

    def overdue(self, now: datetime) -> list[int]:
        return [number for number, kept in self.offers.items() if kept.state == "open" and kept.until <= now]

    def run_out(self, key: Key, now: datetime) -> bool:
        """Whether time was kept for a request until now: it is given up."""
        date = self._date(key)
        self._free([replace(date, expires=None)], now)
        self.cases[key[0]].dates[key[1]] = replace(date, holds=False)
        return date.state == "requested" and date.holds and date.expires is not None and date.expires <= now

    def expire(self, number: int, now: datetime) -> None:
        kept = self.offers[number]
        kept.state = "expired"
        self._let_go(kept, "expire-offer", now)
        self._tell("offer-expired", *_one(kept.key))

    def offered(self, number: int, key: Key, date: Date, now: datetime) -> str:
        """What is wrong with an offer that was made, empty when nothing is."""
        case, own, until = self.cases[key[0]], self._date(key), date.expires or datetime.max.replace(tzinfo=UTC)
        # Nobody has it until the next in line was asked.
        kept = replace(date, before=case.sort.before, after=case.sort.after, holds=True, expires=until + TO_ASK)
        wrong = [
            (not own.stands_in_line or own.start <= now, "waits for nothing"),
            (self.open_to(key) is not None, "has an offer already"),
            (self._is_taken(kept, now, due_by=now), "is taken"),
            (self._is_closed(kept, case.sort) or self._is_lost(own, kept), "is closed"),
            (kept.start <= now, "is over"),
            (key in self._passed_over(kept), "was declined before"),
            (not (_is_as_long(kept, own) or (own.state == "displaced" and _is_part(kept, own))), "has another length"),
            (not now < until <= min(kept.start, now + LONGEST_OFFER), "ends too early or too late"),
            (not _is_awake(until, kept.start), "ends at night"),
        ]
        self.offers[number] = Kept(key, kept, until)
        self.sought.pop(key, None)
        self._acted("offer", key[0], fallback=self.states[key[0]])
        # Who is about to be told what was lost reads there what is offered instead; nobody sends anything here.
        if not any(kind == "dates-displaced" and b == key[0] and key[1] in dates for kind, b, dates in +self.told):
            self._tell("date-offered", *_one(key))
        return ", ".join(text for is_so, text in wrong if is_so)

    def found_nothing(self, key: Key) -> None:
        self.sought.pop(key, None)

    def book_when_free(self, key: Key, date: Date, now: datetime) -> str:
        return self._take(key, date, "book-when-free", now)

    def answer(self, number: int, act: str, now: datetime) -> str:
        """Accept or decline what was offered."""
        kept = self.offers[number]
        if kept.state == "expired" or (kept.state == "open" and kept.until <= now):
            return "offer-expired"
        if kept.state != "open":
            return "offer-answered"
        if act == "accept":
            refused = self._take(kept.key, kept.date, "accept", now)
            kept.state = kept.state if refused else "accepted"
            return refused
        kept.state = "declined"
        own = self._date(kept.key)
        if own.state == "waiting":
            self.cases[kept.key[0]].dates[kept.key[1]] = replace(own, state="skipped", was_taken=False)
        self._let_go(kept, "decline-offer", now)
        return ""

    def open_to(self, key: Key) -> int | None:
        return next((number for number, kept in self.offers.items() if kept.key == key and kept.state == "open"), None)

    def in_vain(self, now: datetime) -> list[int]:
        """Whose dates wait for time that has begun, and have nothing to answer to."""
        return sorted({b for b, n, date in self._dates() if self._waits_in_vain((b, n), date, now)})

    def end_waiting(self, booking: int, now: datetime) -> None:
        dates = [n for n, date in self.cases[booking].dates.items() if self._waits_in_vain((booking, n), date, now)]
        self._end(booking, dates, "lapsed", "end-waiting", now)
        if self.states[booking] == "lapsed":
            self._tell("waited-in-vain", booking, dates)

    def forgotten(self, asked: Collection[Key], now: datetime) -> list[Key]:
        """Who of those that could be asked stands in line for their own time although it became free and is free still."""
        due = [one.date for one in self.freed if one.due <= now]
        self.freed = [one for one in self.freed if one.due > now]
        return [key for key in asked if self._could_have_own(key, due, now)]

    def askable(self) -> list[Key]:
        """Who stands in line and has nothing open or sought for them."""
        line = [(b, n) for b, n, date in self._dates() if date.stands_in_line and self.states[b] not in OVER]
        return [key for key in line if key not in self.sought and self.open_to(key) is None]

    def _could_have_own(self, key: Key, due: Collection[Date], now: datetime) -> bool:
        own = self._date(key)
        is_freed = any(replace(own, before=0, after=0).meets(replace(date, holds=True, expires=None), now) for date in due)
        waits = own.stands_in_line and own.start > now and self.open_to(key) is None and self.states[key[0]] not in OVER
        is_closed = self._is_closed(own, self.cases[key[0]].sort) or self._is_lost(own, own)
        return is_freed and waits and not (is_closed or self._is_taken(own, now, due_by=now) or key in self._passed_over(own))

    def _waits_in_vain(self, key: Key, date: Date, now: datetime) -> bool:
        return date.state == "waiting" and date.start <= now and self.open_to(key) is None

    def _passed_over(self, date: Date) -> set[Key]:
        """Who did not take this room and time before."""
        passed = [kept for kept in self.offers.values() if kept.state in ("declined", "expired")]
        return {kept.key for kept in passed if not _is_elsewhere(kept.date, date)}

    @staticmethod
    def _from_then_on(case: Case, reached: Collection[int]) -> list[int]:
        return case.since(min(case.dates[n].start for n in reached))

    def _is_lost(self, own: Date, date: Date) -> bool:
        """Whether a date lost its time to a closure that takes this one too."""
        return own.lost_to is not None and self.closures[own.lost_to].meets(date)

    def _grow(self, booking: int, number: int, date: Date, act: str, *, by_staff: bool, now: datetime) -> str:
        if date.is_missing:
            return "missing-hour"
        case = self.cases[booking]
        grown = replace(date, state="booked" if by_staff or case.sort in (BLOCK, EVENT) else case.sort.then)
        refused = self._settle_one((booking, number), grown, act, now, notice="dates-added")
        if not refused:
            self.numbers[booking] = max(number, self.numbers[booking])
        return refused

    def _take(self, key: Key, date: Date, act: str, now: datetime) -> str:
        case = self.cases[key[0]]
        taken = replace(date, state=case.sort.then, before=case.sort.before, after=case.sort.after)
        state = case.sort.then if case.confirm_by is None else "unconfirmed"
        notice = "date-booked" if state == "booked" else f"booking-{state}"
        return self._settle_one(key, taken, act, now, notice=notice, is_undoable=False, due_by=now)

    def _settle_one(self, key: Key, date: Date, act: str, now: datetime, **more: Any) -> str:
        """One date more, which is a wish while nobody has confirmed the others, with as long to confirm it."""
        case = self.cases[key[0]]
        if case.confirm_by is None:
            return self._settle(key[0], {key[1]: date}, act, now, **more)
        wish, until = replace(date, state="unconfirmed"), max(case.confirm_by, _confirm_by(now, date.start))
        return self._settle(key[0], {key[1]: wish}, act, now, until=until, **more)

    @staticmethod
    def _judged_anew(case: Case, numbers: Collection[int], *, by_staff: bool) -> dict[int, Date]:
        """Dates where they are; what staff say of what is booked is booked."""
        decides = by_staff and all(case.dates[n].state == "booked" for n in numbers)
        state = "booked" if decides or case.sort in (BLOCK, EVENT) else case.sort.then
        return {n: replace(case.dates[n], state="unconfirmed" if case.confirm_by else state) for n in numbers}

    def _moved(self, booking: int, dates: dict[int, Date], now: datetime) -> str:
        return self._settle(booking, dates, "move", now, notice="dates-moved")

    def _without_stuck(self, booking: int, going: dict[int, Date], now: datetime) -> dict[int, Date]:
        """Those that can be had: one that cannot stays where it was, and may be in the way of others."""
        sort = self.cases[booking].sort
        while True:
            own = {(booking, n) for n in going}
            stuck = {n for n, date in going.items() if self._is_closed(date, sort) or self._is_taken(date, now, own)}
            if not stuck:
                return going
            going = {n: date for n, date in going.items() if n not in stuck}

    def _let_go(self, kept: Kept, act: str, now: datetime) -> None:
        self._free([kept.date], now, but=[kept.key])
        before = self.states[kept.key[0]]
        self._acted(act, kept.key[0], fallback="cancelled" if before == "waiting" else before)

    def _lose(self, losers: Collection[Key], closure: int | None, now: datetime) -> None:
        self._give_up(losers, now)
        for booking, number in losers:
            case = self.cases[booking]
            case.dates[number] = replace(case.dates[number], state="displaced", holds=False, expires=None, lost_to=closure)
            self.sought[booking, number] = now
        for booking in {booking for booking, _ in losers}:
            self._acted("displace", booking, fallback="displaced")
            self._tell("dates-displaced", booking, [n for b, n in losers if b == booking])

    def _settle(
        self,
        booking: int,
        dates: Mapping[int, Date],
        act: str,
        now: datetime,
        *,
        notice: str = "",
        is_undoable: bool = True,
        until: datetime | None = None,
        due_by: datetime | None = None,
    ) -> str:
        refused = self._refusal(booking, dates, now, due_by)
        if refused:
            return refused
        was = self._before({booking}, now)
        self.cases[booking].confirm_by = until or self.cases[booking].confirm_by
        self._place(booking, dates, now)
        self._acted(act, booking, fallback=self.states[booking])
        self._tell(notice or f"booking-{self.states[booking]}", booking, dates if notice else ())
        if is_undoable:
            self._may_be_undone(was)
        return ""

    def _refusal(self, booking: int, dates: Mapping[int, Date], now: datetime, due_by: datetime | None = None) -> str:
        if any(self._is_closed(date, self.cases[booking].sort) for date in dates.values()):
            return "declined"
        own = {(booking, number) for number in dates}
        is_taken = any(self._is_taken(date, now, own, due_by) for date in dates.values())
        return "taken" if is_taken or meet_each_other(dates.values()) else ""

    def _place(self, booking: int, dates: Mapping[int, Date], now: datetime) -> None:
        case = self.cases[booking]
        placed = {number: self._placed(case, date, now) for number, date in dates.items()}
        self._give_up([(booking, number) for number in dates], now, placed.values())
        case.dates |= placed
        if case.state(self.states[booking]) != "unconfirmed":
            case.confirm_by = None

    def _placed(self, case: Case, date: Date, now: datetime) -> Date:
        match date.state:
            case "booked":
                return replace(date, holds=True, expires=None)
            case "unconfirmed":
                return replace(date, holds=True, expires=case.confirm_by)
            case "requested" if case.sort.hold:
                return replace(date, holds=True, expires=now + case.sort.hold)
        return replace(date, holds=False, expires=None)

    def _end(self, booking: int, numbers: Collection[int], state: str, act: str, now: datetime) -> None:
        case = self.cases[booking]
        self._give_up([(booking, number) for number in numbers], now)
        for number in numbers:
            case.dates[number] = replace(case.dates[number], state=state, holds=False, expires=None)
        self._acted(act, booking, fallback=state)

    def _give_up(self, keys: Collection[Key], now: datetime, retaken: Collection[Date] = ()) -> None:
        """What dates hold is free but for what they take again, what is sought or open for them withdrawn."""
        left = [date for booking, number, date in self._held() if (booking, number) in keys]
        for key in keys:
            self._withdraw(key)
        self._free(left, now, but=keys, retaken=retaken)

    def _withdraw(self, key: Key) -> None:
        self.sought.pop(key, None)
        number = self.open_to(key)
        if number is not None:
            self.offers[number].state = "withdrawn"

    def _free(self, dates: Collection[Date], now: datetime, *, but: Collection[Key] = (), retaken: Collection[Date] = ()) -> None:
        """What anybody in line wants of it is kept for them, where it was not to be had already."""
        again = {(part, *date.span) for date in retaken if date.holds for part in SPACES[date.room]}
        for date in dates:
            parts = [part for part in SPACES[date.room] if (part, *date.span) not in again]
            if date.span[1] > now and parts:
                is_new = date.expires is None or date.expires > now
                wanted = [one for part in parts for one in self._wanted(part, but, now)] if is_new else []
                kept = [(part, max(start, date.span[0], now), min(end, date.span[1])) for part, start, end in wanted]
                self.freed.append(Freed(date, now + TO_UNDO, tuple(one for one in kept if one[1] < one[2])))

    def _wanted(self, part: str, but: Collection[Key], now: datetime) -> Iterator[Piece]:
        """When those who stand in line could have a part of the hall: all of its rooms are of one kind."""
        for booking, number, date in self._dates():
            key, accepts = (booking, number), self.cases[booking].accepts
            is_asked = date.stands_in_line and date.start > now and key not in but and self.states[booking] not in OVER
            is_asked = is_asked and self.open_to(key) is None and not self._is_lost(date, date)
            if is_asked and (part in SPACES[date.room] or accepts == "any"):
                yield (part, *(_day_of(date) if accepts == "room" else date.span))

    def kept_now(self, now: datetime) -> list[Date]:
        """What became free and is kept, of some of it at least, for those in line."""
        return [one.date for one in self.freed if one.kept and one.due + TO_ASK > now]

    def is_kept(self, date: Date, now: datetime, due_by: datetime | None = None) -> bool:
        """Whether a moment of it is kept for those in line, from who is not asked by then, and is nobody's since."""
        held = [one for _, _, one in self._held() if one.expires is None or one.expires > now]
        for one in self.freed:
            if one.due + TO_ASK <= now or (due_by is not None and one.due <= due_by):
                continue
            for part, start, end in one.kept:
                if part in SPACES[date.room]:
                    taken = [other.span for other in held if part in SPACES[other.room]]
                    turns = sorted({start, end, *date.span, *(moment for span in taken for moment in span)})
                    within = [moment for moment in turns if max(start, date.span[0]) <= moment < min(end, date.span[1])]
                    if any(not any(begins <= moment < ends for begins, ends in taken) for moment in within):
                        return True
        return False

    def _before(self, bookings: Collection[int], now: datetime) -> Done:
        before = {b: (dict(self.cases[b].dates), self.cases[b].confirm_by, self.states[b]) for b in bookings}
        return Done(now, before, {}, Counter(self.told))

    def _may_be_undone(self, done: Done, closure: int | None = None) -> None:
        versions = {booking: self._version(booking) for booking in done.before}
        self.undoable.append(replace(done, versions=versions, told=self.told - done.told, closure=closure))

    def _version(self, booking: int) -> int:
        return sum(one == booking for _, one in self.acts)

    def _put_back(self, done: Done, changed: Mapping[Key, Date], now: datetime) -> None:
        done.is_undone = True
        if done.closure is not None:
            self.closures[done.closure].is_withdrawn = True
        left = [date for booking, number, date in self._held() if (booking, number) in changed]
        for key, date in changed.items():
            self._withdraw(key)
            self.cases[key[0]].dates[key[1]] = date
        for booking, (_, confirm_by, state) in done.before.items():
            self.cases[booking].confirm_by, self.states[booking] = confirm_by, state
            self.acts.append(("undo", booking))
        self._free(left, now, but=changed, retaken=changed.values())
        self.told -= done.told

    def _acted(self, act: str, booking: int, *, fallback: str = "booked") -> None:
        self.states[booking] = self.cases[booking].state(fallback)
        self.acts.append((act, booking))

    def _tell(self, kind: str, booking: int, dates: Collection[int] = ()) -> None:
        self.told[kind, booking, tuple(sorted(dates))] += 1

    def _is_taken(self, date: Date, now: datetime, own: Collection[Key] = (), due_by: datetime | None = None) -> bool:
        is_met = any(date.meets(other, now) for booking, number, other in self._held() if (booking, number) not in own)
        return is_met or self.is_kept(date, now, due_by)

    def _is_closed(self, date: Date, sort: Sort) -> bool:
        """Whether the clock skips the time or the policy refuses it, which is not asked about time that is blocked."""
        return date.is_missing or (sort is not BLOCK and any(closed.keeps_out(date, sort) for closed in self.closures.values()))

    def _date(self, key: Key) -> Date:
        return self.cases[key[0]].dates[key[1]]

    def _dates(self) -> Iterator[tuple[int, int, Date]]:
        for booking, case in self.cases.items():
            for number, date in case.dates.items():
                yield booking, number, date

    def _held(self) -> Iterator[tuple[int, int, Date]]:
        """What dates hold, and what is kept for them until they answer."""
        yield from (one for one in self._dates() if one[2].holds)
        yield from ((*kept.key, kept.date) for kept in self.offers.values() if kept.state == "open")


def _confirm_by(now: datetime, first: datetime) -> datetime:
    return max(min(now + TO_CONFIRM, first), now + SHORTEST)


def _one(key: Key) -> tuple[int, tuple[int]]:
    """What is told of one date: its booking, and it alone."""
    return key[0], (key[1],)


def _is_elsewhere(date: Date, to: Date) -> bool:
    return to.is_missing or (date.room, date.start, date.end) != (to.room, to.start, to.end)


def _day_of(date: Date) -> tuple[datetime, datetime]:
    """The whole of its day by the clock on the wall."""
    midnight = date.start.astimezone(OSLO).replace(tzinfo=None, hour=0, minute=0, second=0)
    return tuple(moment.replace(tzinfo=OSLO).astimezone(UTC) for moment in (midnight, midnight + timedelta(days=1)))  # type: ignore[return-value]


def _is_as_long(date: Date, other: Date) -> bool:
    return date.end - date.start == other.end - other.start or _on_the_wall(date) == _on_the_wall(other)


def _is_part(date: Date, of: Date) -> bool:
    return date.room == of.room and of.start <= date.start and date.end <= of.end


def _on_the_wall(date: Date) -> timedelta:
    """How long a date is by the clock on the wall."""
    start, end = (moment.astimezone(OSLO).replace(tzinfo=None) for moment in (date.start, date.end))
    return end - start


def _is_awake(moment: datetime, start: datetime) -> bool:
    return 7 <= moment.astimezone(OSLO).hour < 22 or moment == start


def meet_each_other(dates: Collection[Date]) -> bool:
    held = [replace(date, holds=True, expires=None) for date in dates]
    return any(one is not other and one.meets(other, one.start) for one, other in product(held, held))
