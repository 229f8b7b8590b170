"""Brute force: what should become of every booking, told in plain Python by looking at every claim there is."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import date as day_of
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.easter import easter

SPACES = {"gymsal-1": frozenset({"gymsal-1"}), "gymsal-2": frozenset({"gymsal-2"}), "hel-hall": frozenset({"gymsal-1", "gymsal-2"})}
OSLO = ZoneInfo("Europe/Oslo")
LIVE = {"unconfirmed", "requested", "booked"}
LIVELIEST = ("unconfirmed", "requested", "booked", "waiting", "displaced")
OVER = {"cancelled", "refused", "lapsed"}
TO_CONFIRM, SHORTEST = timedelta(days=7), timedelta(hours=1)
MOST_UNCONFIRMED = 5
MOST_IN_LINE = 3
MOST_UNITS = 5
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
HOLIDAYS = {(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)}
# By the days after Easter Sunday.
MOVABLE = {-3, -2, 0, 1, 39, 49, 50}
# Who acts for the club, and is asked when somebody else wishes in its name.
DELEGATES = 2
NOTICE_DAYS = 5
TO_UNDO, TO_ASK = timedelta(minutes=2), timedelta(minutes=10)
LONGEST_OFFER = timedelta(hours=36)
Key = tuple[int, int]
# A thing beside the room, by its name, and from when to when a date has it.
Piece = tuple[str, datetime, datetime]


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

    @property
    def activity(self) -> str:
        concerts = {"concert": "culture.concert", "asked-concert": "culture.concert"}
        return {**concerts, "event": "sport.match"}.get(self.name, "sport.training")


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
    time, ``lost_to`` the closure or the thing that it lost its time to, ``had`` its state until then; ``beside`` is what it has beside
    its room.
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
    lost_to: int | str | None = None
    had: str = ""
    beside: tuple[Piece, ...] = ()

    @property
    def stands_in_line(self) -> bool:
        return self.state in ("waiting", "displaced") or (self.state == "skipped" and self.was_taken)

    @property
    def told(self) -> tuple[object, ...]:
        """What pages tell of it."""
        return self.room, self.start, self.end, self.state

    def meets(self, other: "Date", now: datetime) -> bool:
        """Whether the other keeps this one from having its time."""
        return other.has(now) and bool(SPACES[self.room] & SPACES[other.room]) and _meet(self.span, other.span)

    def has(self, now: datetime) -> bool:
        """Whether it has its time, or a hold of it that has not run out."""
        return self.holds and (self.expires is None or self.expires > now)

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.start - timedelta(minutes=self.before), self.end + timedelta(minutes=self.after)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All that it has while it has its time: the parts of its room, and what it has beside."""
        return (*((part, *self.span) for part in SPACES[self.room]), *self.beside)


def _is_holiday(date: Date) -> bool:
    """Whether it touches a public holiday."""
    days = {moment.astimezone(OSLO).date() for moment in (date.start, date.end - timedelta(seconds=1))}
    return any((day.month, day.day) in HOLIDAYS or (day - easter(day.year)).days in MOVABLE for day in days)


Shift = Callable[[Date], Date]
# One date of a wish, and what was chosen for it: to skip it, to wait, or neither.
Chosen = tuple[Date, str]
# What was told of a booking, and of which dates.
Told = tuple[str, int, tuple[int, ...]]


@dataclass(slots=True)
class Case:
    """A booking: its sort, its dates by number, until when it waits for the organisation, what it takes that stands in line, and how
    many it asks for of what."""

    sort: Sort
    dates: dict[int, Date] = field(default_factory=dict)
    confirm_by: datetime | None = None
    accepts: str = "time"
    asks: Mapping[str, int] = field(default_factory=dict)
    made_at: datetime = LONG_AGO

    @property
    def is_clubs(self) -> bool:
        """Whether it is in the hands of those who act for the club, and no more in those of whoever asked."""
        return self.sort.first == "unconfirmed" and self.confirm_by is None

    def state(self, fallback: str) -> str:
        states = {date.state for date in self.dates.values()}
        return next((state for state in LIVELIEST if state in states), fallback)

    def ahead(self, now: datetime) -> list[int]:
        """What is alive and lies ahead."""
        return [number for number in self.among(*LIVE) if self.dates[number].start > now]

    def given_up(self, now: datetime) -> list[int]:
        """What can be cancelled: what is alive, waits for time, or lost it."""
        return [number for number in self.among(*LIVE, "waiting", "displaced") if self.dates[number].start > now]

    def reached(self, number: int, scope: str, now: datetime) -> list[int]:
        """What an act on a date reaches of what lies ahead: it, it and the following, or all."""
        anchor = self.dates[number].start
        ahead = sorted(self.ahead(now), key=lambda n: (self.dates[n].start, n))
        return [n for n in ahead if scope == "all" or n == number or (scope == "following" and self.dates[n].start >= anchor)]

    def unreached(self, number: int | None, scope: str, now: datetime) -> str:
        """Why an act reaches nothing: what lies ahead is in no state for it, or nothing does."""
        chosen = self.dates if number is None or scope != "one" else [number]
        since = self.dates[number].start if number is not None and scope == "following" else now
        return "wrong-state" if any(self.dates[n].start > now and self.dates[n].start >= since for n in chosen) else "in-the-past"

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


@dataclass(frozen=True, slots=True)
class Freed:
    """Time that became free, when those in line can be asked, and by part what of it is kept for them until then and a little longer."""

    date: Date
    due: datetime
    kept: tuple[Piece, ...] = ()

    @property
    def was_over(self) -> bool:
        """Whether it was of a hold that had run out: whoever asked since may have let the line be asked already."""
        return self.date.expires is not None and self.date.expires <= self.due - TO_UNDO


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
class Stock:
    """Equipment or attendants: how many there are, in what lots they are given out, how many minutes they are fetched before and
    brought back after, in which rooms one can have them, and for which activity one is always there."""

    id: int
    pieces: int
    lot: int = 1
    before: int = 0
    after: int = 0
    rooms: Collection[str] = tuple(SPACES)
    required_for: str = ""
    is_retired: bool = False

    def is_in(self, room: str) -> bool:
        return not self.is_retired and room in self.rooms

    def needed(self, asked: int) -> int:
        """How many lots so many pieces are."""
        return (asked + self.lot - 1) // self.lot

    @property
    def every(self) -> list[str]:
        """All units that there ever were."""
        return [f"{self.id}:{number}" for number in range(1, MOST_UNITS + 1)]

    @property
    def units(self) -> list[str]:
        return self.every[: self.pieces // self.lot]

    @property
    def in_use(self) -> list[str]:
        return [] if self.is_retired else self.units

    def span(self, date: Date) -> tuple[datetime, datetime]:
        start, end = date.span
        return start - timedelta(minutes=self.before), end + timedelta(minutes=self.after)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of the hall, or of one room, on some days: from which to which minute of each; none where it is closed."""

    first: day_of = day_of.min
    last: day_of = day_of.max
    minutes: tuple[int, int] = (8 * 60, 24 * 60)


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in the way of a date: another of the same wish, others, too few beside the room, fewer than there are at all; and
    what it draws where nothing does."""

    own: bool
    others: bool
    short: bool
    hopeless: bool
    beside: tuple[Piece, ...] = ()

    @property
    def is_free(self) -> bool:
        return not (self.own or self.others or self.short)

    @property
    def can_wait(self) -> bool:
        return (self.others or self.short) and not self.hopeless


@dataclass(slots=True)
class Done:
    """An act that may be taken back: how all it concerned was before, how often each was acted on until then and with it, and what
    was told."""

    at: datetime
    before: Mapping[int, tuple[dict[int, Date], datetime | None, str, Mapping[str, int]]]
    begun: Mapping[int, int]
    versions: dict[int, int]
    told: Counter[Told]
    closure: int | None = None
    undone_at: datetime | None = None

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


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
        self.stocks: dict[str, Stock] = {}
        self.retired: dict[str, datetime] = {}
        self.hours: dict[tuple[str, day_of, day_of], Hours] = {("", day_of.min, day_of.max): Hours()}
        self.rehoured: dict[str, datetime] = {}

    def claims(self, now: datetime) -> list[tuple[int, int, str, datetime, datetime]]:
        """Which space or thing each date holds from when to when, holds that ran out left out."""
        return sorted((booking, number, *piece) for booking, number, date in self._held() if date.has(now) for piece in date.pieces)

    def wish(self, case: Case, first: Date, chosen: Sequence[Chosen], *, on_conflict: str, now: datetime) -> str:
        """What a wish becomes: dates taken by others are left out, or stand in line, where that may be or was chosen."""
        sort = case.sort
        if first.room in self.retired:
            return "room-retired"
        if first.is_missing:
            return "missing-hour"
        if all(choice == "skip" for _, choice in chosen):
            return "nothing-chosen"
        if any(date.room in self.retired for date, _ in chosen):
            return "room-retired"
        by_room = sorted(chosen, key=lambda one: [date.room for date, _ in chosen].index(one[0].room))
        asked = {n: date for n, (date, choice) in enumerate(by_room) if choice != "skip" and not self._is_closed(date, case)}
        answers = self._ask(case, asked, now)
        waiting = {date for date, choice in by_room if choice == "wait" or on_conflict == "wait"} if sort.first != "unconfirmed" else set()
        states = [_state_of(sort, choice, answers.get(n), waits=date in waiting) for n, (date, choice) in enumerate(by_room)]
        left_out = [n for n, state in enumerate(states) if state == "skipped" and by_room[n][1] != "skip"]
        if left_out and (on_conflict == "refuse" or not {sort.first, "waiting"} & set(states)):
            return "taken" if all(n in answers for n in left_out) else "declined"
        if sort.first == "unconfirmed" and self._are_enough():
            return "too-many-unconfirmed"
        case.made_at = now
        if sort.first == "unconfirmed":
            case.confirm_by = _confirm_by(now, min(by_room[n][0].start for n, state in enumerate(states) if state == sort.first))
        for number, n in enumerate(sorted(range(len(states)), key=lambda n: (by_room[n][0].start, by_room[n][0].end)), start=1):
            was_taken, beside = (not answers[n].is_free, answers[n].beside) if n in answers else (False, ())
            date = replace(by_room[n][0], state=states[n], was_taken=was_taken, beside=beside)
            case.dates[number] = self._placed(case, date, None, now)
        return "too-often-in-line" if any(self._is_crowded(date, sort) for date in case.dates.values()) else ""

    def _are_enough(self) -> bool:
        return list(self.states.values()).count("unconfirmed") >= MOST_UNCONFIRMED

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

    def displace(self, case: Case, date: Date, reason: str, *, is_seen: bool, now: datetime) -> tuple[str, list[Key]]:
        """Whether the municipality's own use may have the time, and who loses theirs, once that was seen."""
        if date.room in self.retired:
            return "room-retired", []
        if self._is_closed(date, case):
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
        if losers and not reason:
            return "cause-missing", losers
        if losers and not is_seen:
            return "displaces-others", losers
        return "" if self._ask(case, {1: date}, now, losers)[1].is_free else "taken", losers

    def displaced(self, booking: int, case: Case, date: Date, losers: Collection[Key], now: datetime) -> None:
        was = self._before([booking for booking, _ in losers], now)
        beside = self._ask(case, {1: date}, now, losers)[1].beside
        self._lose(losers, None, now)
        case.dates[1] = self._placed(case, replace(date, state="booked", beside=beside), None, now)
        self.add(booking, case)
        if losers:
            self._may_be_undone(replace(was, before={**was.before, booking: ({}, None, "cancelled", case.asks)}))

    def met(self, closed: Closed, now: datetime) -> list[Key]:
        """Whose dates ahead a closure meets; what has begun is settled."""
        return [(b, n) for b, n, date in self._dates() if date.state in LIVE and date.start > now and closed.meets(date)]

    def close(self, closure: int, closed: Closed, chosen: Collection[Key] | None, now: datetime) -> None:
        """Take the time of those that are met and kept out, or of those that were chosen."""
        met = sorted(self.met(closed, now), key=lambda key: (self._date(key).start, key))
        losers = [key for key in met if (closed.keeps_out(self._date(key), self.cases[key[0]].sort) if chosen is None else key in chosen)]
        with_them = self._before([booking for booking, _ in met], now)
        self.closures[closure] = closed
        self._lose(losers, closure, now)
        self._may_be_undone(with_them, closure)

    def closed_already(self, closed: Closed) -> str:
        same = (replace(one, made=closed.made) for one in self.closures.values())
        return "closed-already" if closed in same else ""

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
        self._free([freed], now)
        return ""

    def outside(self, where: str, now: datetime) -> list[Key]:
        """Whose dates ahead the hall, or a room, no longer offers, since its hours or its use changed."""
        here = [(b, n, date) for b, n, date in self._dates() if where in ("", date.room) and self.cases[b].sort is not BLOCK]
        ahead = [(date.start, (b, n)) for b, n, date in here if date.state in LIVE and date.start > now and self._is_outside(date)]
        return [key for _, key in sorted(ahead)]

    def restock(self, slug: str, pieces: int, *, is_retired: bool, is_seen: bool, now: datetime) -> str:
        """So many of a thing from now on, or none: who has what is gone has another, or loses the time once that was seen."""
        stock = self.stocks[slug]
        were, before_units = (stock.pieces, stock.is_retired), stock.in_use
        stock.pieces, stock.is_retired = pieces, is_retired
        left = set(stock.in_use)
        ahead = [((b, n), date) for b, n, date in self._held() if date.state in LIVE and date.start > now and date.has(now)]
        met = sorted(key for key, date in ahead if any(unit.startswith(f"{stock.id}:") and unit not in left for unit, _, _ in date.beside))
        answers = self._ask_each([(self.cases[b], self._date((b, n))) for b, n in met], now, met)
        drawn = {key: replace(self._date(key), beside=answer.beside) for key, answer in zip(met, answers, strict=True) if answer.is_free}
        kept = {key: date for key, date in drawn.items() if any(unit.startswith(f"{stock.id}:") for unit, _, _ in date.beside)}
        losers = [key for key in met if key not in kept]
        if losers and not is_seen:
            stock.pieces, stock.is_retired = were
            return "resource-meets-bookings"
        before = [self._date(key) for key in kept]
        for (booking, number), date in kept.items():
            self.cases[booking].dates[number] = date
        self._free(before, now, but=kept, retaken=kept.values())
        self._lose(losers, slug, now)
        beyond = {unit for unit in stock.every if unit not in left}
        for kept_for in [one for one in self.offers.values() if one.state == "open"]:
            if kept_for.date.has(now) and any(unit in beyond for unit, *_ in kept_for.date.beside):
                self.withdraw(kept_for, now)
        self.freed = [replace(one, kept=tuple(piece for piece in one.kept if piece[0] not in beyond)) for one in self.freed]
        again = left.difference(before_units)
        if again:
            self.ask_again(now, slug=slug, units=again)
        return ""

    def withdraw(self, kept: Kept, now: datetime) -> None:
        """An offer that can no longer be had is closed, and something else sought for who lost time. Nobody has been told of it."""
        kept.state = "withdrawn"
        self._let_go(kept, "withdraw-offer", now)
        if self._date(kept.key).state == "displaced":
            self.sought[kept.key] = now

    def ask_again(self, now: datetime, where: str = "", slug: str = "", units: Collection[str] = ()) -> None:
        """Those in line in the hall or a room, or for a thing, may have their time now, and units of it that are there again."""
        line = [(self.cases[b], date) for b, _, date in self._dates() if date.stands_in_line and self.states[b] not in OVER]
        here = [(case, date) for case, date in line if date.start > now and where in ("", date.room)]
        wanting = [date for case, date in here if not slug or self._may_need(case, slug)]
        beside = {date: tuple((unit, *self.stocks[slug].span(date)) for unit in units) for date in wanting}
        self._free([replace(date, before=0, after=0, beside=beside[date], expires=None) for date in wanting], now)

    def _may_need(self, case: Case, slug: str) -> bool:
        return slug in case.asks or case.sort.activity == self.stocks[slug].required_for

    def lose_outside(self, losers: Collection[Key], now: datetime) -> None:
        was = self._before([booking for booking, _ in losers], now)
        self._lose(losers, None, now)
        self._may_be_undone(was)

    def cancel(self, booking: int, number: int | None, now: datetime) -> str:
        case = self.cases[booking]
        if number is not None and case.dates[number].state not in LIVE | {"waiting", "displaced"}:
            return "wrong-state"
        dates = [ahead for ahead in case.given_up(now) if number in (None, ahead)]
        if not dates:
            return case.unreached(number, "one", now)
        was = self._before({booking}, now)
        self._cancelled(booking, dates, now)
        self._may_be_undone(was)
        return ""

    def _cancelled(self, booking: int, numbers: Collection[int], now: datetime) -> None:
        """Given up: who wants nothing else for what was lost has cancelled nothing."""
        dates = self.cases[booking].dates
        lost = [n for n in numbers if dates[n].state == "displaced"]
        given = [n for n in numbers if n not in lost]
        self._end(booking, numbers, "cancelled", "cancel", now, fallback="cancelled" if given else "displaced")
        for kind, told in (("dates-cancelled", given), ("seeking-ended", lost)):
            if told:
                self._tell(kind, booking, told)

    def move(self, booking: int, number: int, date: Date, *, by_staff: bool, now: datetime) -> str:
        case = self.cases[booking]
        before = case.dates[number]
        if before.state not in LIVE:
            return "wrong-state"
        if before.start <= now:
            return "in-the-past"
        waits = "booked" if by_staff or case.sort in (BLOCK, EVENT) else case.sort.then
        moved = replace(date, state="unconfirmed" if before.state == "unconfirmed" else waits)
        if not _is_elsewhere(before, moved):
            return ""
        return "room-retired" if date.room in self.retired else self._moved(booking, {number: moved}, now)

    def shift(self, booking: int, number: int, to: Shift, *, scope: str, skip: bool, by_staff: bool, now: datetime) -> str:
        """Dates moved alike; with ``skip``, those that are closed out, meet others, or a date that stays, stay."""
        case = self.cases[booking]
        if scope == "one" and case.dates[number].state not in LIVE:
            return "wrong-state"
        reached = case.reached(number, scope, now)
        if not reached:
            return case.unreached(number, scope, now)
        if to(case.dates[number]).is_missing:
            return "missing-hour"
        waits = "booked" if by_staff or case.sort in (BLOCK, EVENT) else case.sort.then
        wanted = {n: replace(to(case.dates[n]), state="unconfirmed" if case.dates[n].state == "unconfirmed" else waits) for n in reached}
        wanted = {n: date for n, date in wanted.items() if _is_elsewhere(case.dates[n], date)}
        if any(date.room in self.retired for date in wanted.values()):
            return "room-retired"
        begun = {n for n, date in wanted.items() if date.start < now}
        if begun and not skip:
            return "declined"
        going = self._without_stuck(booking, {n: date for n, date in wanted.items() if n not in begun}, now) if skip else wanted
        if wanted and not going:
            return "declined" if begun or any(self._is_closed(date, case) for date in wanted.values()) else "taken"
        return self._moved(booking, going, now) if going else ""

    def restate(
        self, booking: int, number: int, *, scope: str, what: str, asks: Mapping[str, int], by_staff: bool, now: datetime
    ) -> tuple[str, list[int]]:
        """Whether dates may say something else, be another team's, or ask for something else beside the room, and which become a
        booking of their own by that."""
        case = self.cases[booking]
        if scope == "one" and case.dates[number].state not in LIVE:
            return "wrong-state", []
        reached = case.reached(number, scope, now)
        if not reached:
            return case.unreached(number, scope, now), []
        if what in ("team", "resources"):
            anew = self._judged_anew(case, reached, by_staff=by_staff)
            refused = self._refusal(booking, anew, now, asks=asks)
            if refused:
                return refused, []
            if what == "team" and any(date.state != case.dates[n].state for n, date in anew.items()):
                return "team-needs-decision", []
        if all(n in reached for n in case.among(*LIVE)):
            return "", []
        return "", reached if scope == "one" else case.since(min(case.dates[n].start for n in reached))

    def restated(
        self,
        booking: int,
        made: int,
        numbers: Collection[int],
        apart: Collection[int],
        *,
        what: str,
        asks: Mapping[str, int],
        by_staff: bool,
        now: datetime,
    ) -> None:
        """What ``restate`` allowed, done under the id of the booking that was made, where one was."""
        was = self._before({booking}, now)
        anew = self._judged_anew(self.cases[booking], numbers, by_staff=by_staff)
        if apart:
            self._part(booking, made, apart)
        self.cases[made].asks = asks
        if what == "resources":
            self.cases[made].dates = {n: replace(date, had="") for n, date in self.cases[made].dates.items()}
        if what in ("team", "resources"):
            self._place(made, anew, now)
        self._acted("restate", made, fallback=self.states[made])
        self._tell("booking-changed", made, numbers)
        if not apart:
            self._may_be_undone(was)

    def comes_back(self, booking: int, number: int, *, by_staff: bool, now: datetime) -> str:
        date = self.cases[booking].dates[number]
        if date.state not in ("cancelled", "skipped"):
            return "wrong-state"
        if date.start <= now:
            return "in-the-past"
        if date.room in self.retired:
            return "room-retired"
        return self._grow(booking, number, date, "readd", by_staff=by_staff, now=now)

    def grow(self, booking: int, date: Date, *, by_staff: bool, now: datetime) -> str:
        """One more date, under a number that none of the booking's ever had."""
        if date.room in self.retired:
            return "room-retired"
        return self._grow(booking, self.numbers[booking] + 1, date, "add", by_staff=by_staff, now=now)

    def split(self, booking: int, number: int, now: datetime) -> str:
        case = self.cases[booking]
        reached = case.reached(number, "following", now)
        if not reached:
            return case.unreached(number, "following", now)
        return "nothing-to-split" if len(self._from_then_on(case, reached)) == len(case.dates) else ""

    def parted(self, booking: int, made: int, number: int, now: datetime) -> None:
        """What ``split`` allowed, done: the dates from there on under the id of the booking that was made, and what is kept for them."""
        case = self.cases[booking]
        self._part(booking, made, self._from_then_on(case, case.reached(number, "following", now)))
        self._tell("booking-split", made)

    def _part(self, booking: int, made: int, numbers: Collection[int]) -> None:
        case = self.cases[booking]
        self.cases[made] = Case(case.sort, {n: case.dates[n] for n in numbers}, case.confirm_by, case.accepts, case.asks, case.made_at)
        case.dates = {n: date for n, date in case.dates.items() if n not in numbers}
        self.numbers[made] = max(numbers)
        for n in numbers:
            for kept in self.offers.values():
                kept.key = (made, n) if kept.key == (booking, n) else kept.key
            if (booking, n) in self.sought:
                self.sought[made, n] = self.sought.pop((booking, n))
        for acted, act in ((booking, "split"), (made, "split-from")):
            self._acted(act, acted, fallback="cancelled")

    def release(self, first: day_of, last: day_of, on: Callable[[datetime], day_of], now: datetime) -> str:
        """Everything that the club has from the one day to the other."""
        theirs = {b: case for b, case in self.cases.items() if case.sort not in (PRIVATE, BLOCK, EVENT)}
        found = {b: [n for n in case.given_up(now) if first <= on(case.dates[n].start) <= last] for b, case in theirs.items()}
        found = {b: numbers for b, numbers in found.items() if numbers}
        if not found:
            return "nothing-to-release"
        was = self._before(found, now)
        for booking, numbers in found.items():
            self._cancelled(booking, numbers, now)
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
        was = self._before(sorted({booking, *(b for b, _ in lost)}), now)
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
            for b, (dates, _, _, asks) in done.before.items()
            for n, date in sorted(self.cases[b].dates.items())
            if date.told != self._was(dates, n, date).told or asks != self.cases[b].asks
        }
        back = {key: date for key, date in changed.items() if date.has(now)}
        refused = next(filter(None, (self._shut_since(done, key[0], date) for key, date in back.items())), "")
        asked = [(Case(self.cases[b].sort, asks=done.before[b][3]), date) for (b, _), date in back.items()]
        later = [act.undone_at for act in self.undoable[number + 1 :] if act.undone_at and act.versions.keys() & done.versions.keys()]
        answers = self._ask_each(asked, now, changed, due_by=max([done.at, *later]) + TO_UNDO)
        if refused or not all(answer.is_free for answer in answers):
            return refused or "taken"
        drawn = {key: replace(back[key], beside=answer.beside) for key, answer in zip(back, answers, strict=True)}
        self._put_back(done, changed | drawn, now)
        return ""

    def _shut_since(self, done: Done, booking: int, date: Date) -> str:
        """What keeps a date from coming back: its room out of use since, what it asked for not to be had, or closed by another."""
        case = Case(self.cases[booking].sort, asks=done.before[booking][3])
        if date.room in self.retired and self.retired[date.room] > done.at:
            return "room-retired"
        if self._lacks(case, date.room):
            return "not-in-this-room"
        others = [one for closure, one in self.closures.items() if closure != done.closure and one.made >= done.at]
        hours = any(self.rehoured.get(where, done.at) > done.at for where in ("", date.room))
        is_closed = case.sort is not BLOCK and self._is_shut(date, but=done.closure)
        return "closed-since" if any(closed.keeps_out(date, case.sort) for closed in others) or (hours and is_closed) else ""

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
        self.cases[key[0]].dates[key[1]] = replace(date, holds=False, beside=())
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
        answer, before = self._ask(case, {1: kept}, now, [key], due_by=now)[1], self.open_to(key)
        wrong = [
            (not own.stands_in_line or own.start <= now, "waits for nothing"),
            (before is not None and (self._answers(key) or _is_elsewhere(own, kept)), "has an offer already"),
            (not answer.is_free, "is taken"),
            (self._is_closed(kept, case) or self._is_lost(own, kept), "is closed"),
            (kept.room in self.retired, "is out of use"),
            (kept.start <= now, "is over"),
            (key in self._passed_over(kept), "was declined before"),
            (not (_is_as_long(kept, own) or (own.state == "displaced" and _is_part(kept, own))), "has another length"),
            (not now < until <= min(kept.start, now + LONGEST_OFFER), "ends too early or too late"),
            (not _is_awake(until, kept.start), "ends at night"),
        ]
        kept = replace(kept, beside=answer.beside)
        self._give_up([key], now, [kept])
        self.offers[number] = Kept(key, kept, until)
        self._acted("offer", key[0], fallback=self.states[key[0]])
        # Who is about to be told what was lost reads there what is offered instead; nobody sends anything here.
        if not any(kind == "dates-displaced" and b == key[0] and key[1] in dates for kind, b, dates in +self.told):
            self._tell("date-offered", *_one(key))
        return ", ".join(text for is_so, text in wrong if is_so)

    def found_nothing(self, key: Key, now: datetime) -> None:
        """What was sought for a date is over; who is not about to be told of the loss, or of an offer that ran out, is told of that."""
        is_told = any(b == key[0] and key[1] in dates for kind, b, dates in +self.told if kind in ("dates-displaced", "offer-expired"))
        if self.sought.pop(key, None) is not None and self._date(key).start > now and not is_told:
            self._tell("nothing-found", *_one(key))

    def book_when_free(self, key: Key, date: Date, now: datetime) -> str:
        return self._take(key, date, "book-when-free", now)

    def answer(self, number: int, act: str, now: datetime) -> str:
        """Accept or decline what was offered."""
        kept = self.offers[number]
        if kept.state == "expired" or (kept.state == "open" and kept.until <= now):
            return "offer-expired"
        if kept.state != "open":
            return "offer-answered"
        if act == "accept" and kept.date.room in self.retired:
            return "room-retired"
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

    def answer_all(self, booking: int, now: datetime) -> tuple[str, list[int]]:
        """Accept all that is open to the dates of a booking, the soonest first, and be told of it once; and which of it was in vain."""
        theirs = [(kept.date.start, number) for number, kept in self.offers.items() if kept.key[0] == booking and kept.state == "open"]
        found = [number for _, number in sorted(theirs) if self.offers[number].until > now]
        before = Counter(self.told)
        vain = [number for number in found if self.answer(number, "accept", now)]
        news, self.told = self.told - before, before
        for said in {kind for kind, _, _ in news}:
            self._tell(said, booking, [number for kind, _, dates in news for number in dates if kind == said])
        return ("" if found else "no-offers"), vain

    def _answers(self, key: Key) -> bool:
        """Whether a date has something to answer to, and it lost not its time, or has that."""
        number, own = self.open_to(key), self._date(key)
        return number is not None and (own.state != "displaced" or not _is_elsewhere(own, self.offers[number].date))

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
        due = [one.date for one in self.freed if one.due <= now and not one.was_over]
        self.freed = [one for one in self.freed if one.due > now]
        return [key for key in asked if self._could_have_own(key, due, now)]

    def askable(self) -> list[Key]:
        """Who stands in line and has nothing to answer to."""
        line = [(b, n) for b, n, date in self._dates() if date.stands_in_line and self.states[b] not in OVER]
        return [key for key in line if not self._answers(key)]

    def _could_have_own(self, key: Key, due: Collection[Date], now: datetime) -> bool:
        own, case = self._date(key), self.cases[key[0]]
        waits = own.stands_in_line and own.start > now and not self._answers(key) and self.states[key[0]] not in OVER
        is_closed = own.room in self.retired or self._is_closed(own, case) or self._is_lost(own, own)
        if not waits or is_closed or key in self._passed_over(own):
            return False
        bare, stocks = replace(own, before=0, after=0), [self.stocks[slug] for slug in self._needed(case, own.room)]
        wanted = [*bare.pieces, *((unit, *stock.span(bare)) for stock in stocks for unit in stock.every)]
        is_freed = any(one[0] == other[0] and _meet(one[1:], other[1:]) for one in wanted for date in due for other in date.pieces)
        return is_freed and self._ask(case, {1: own}, now, [key], due_by=now)[1].is_free

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
        return isinstance(own.lost_to, int) and self.closures[own.lost_to].meets(date)

    def _grow(self, booking: int, number: int, date: Date, act: str, *, by_staff: bool, now: datetime) -> str:
        if date.is_missing:
            return "missing-hour"
        case = self.cases[booking]
        grown = replace(date, state="booked" if by_staff or case.sort in (BLOCK, EVENT) else case.sort.then)
        if case.confirm_by is not None and self.states[booking] != "unconfirmed" and self._are_enough():
            return self._refusal(booking, {number: grown}, now) or "too-many-unconfirmed"
        refused = self._settle_one((booking, number), grown, act, now, notice="dates-added")
        if not refused:
            self.numbers[booking] = max(number, self.numbers[booking])
        return refused

    def _take(self, key: Key, date: Date, act: str, now: datetime) -> str:
        case = self.cases[key[0]]
        own = self._date(key)
        is_back = own.state == "displaced" and own.had == "booked" and not _is_elsewhere(date, own)
        taken = replace(date, state="booked" if is_back else case.sort.then, before=case.sort.before, after=case.sort.after)
        state = taken.state if case.confirm_by is None else "unconfirmed"
        notice = "date-booked" if state == "booked" else f"booking-{state}"
        return self._settle_one(key, taken, act, now, notice=notice, is_undoable=False, due_by=now)

    def _settle_one(self, key: Key, date: Date, act: str, now: datetime, **more: Any) -> str:
        """One date more, which is a wish while nobody has confirmed the others, with as long to confirm it: a week from when it was made,
        or an hour where it waited no more."""
        case = self.cases[key[0]]
        if case.confirm_by is None:
            return self._settle(key[0], {key[1]: date}, act, now, **more)
        last = (case.made_at if self.states[key[0]] == "unconfirmed" else now) + TO_CONFIRM
        wish, until = replace(date, state="unconfirmed"), max(case.confirm_by, min(_confirm_by(now, date.start), last))
        return self._settle(key[0], {key[1]: wish}, act, now, until=until, **more)

    @staticmethod
    def _judged_anew(case: Case, numbers: Collection[int], *, by_staff: bool) -> dict[int, Date]:
        """Dates where they are; what staff say of what is booked is booked."""
        decides = {n: (by_staff and case.dates[n].state == "booked") or case.sort in (BLOCK, EVENT) for n in numbers}
        states = {n: "unconfirmed" if case.confirm_by else "booked" if decides[n] else case.sort.then for n in numbers}
        return {n: replace(case.dates[n], state=states[n]) for n in numbers}

    def _moved(self, booking: int, dates: dict[int, Date], now: datetime) -> str:
        return self._settle(booking, dates, "move", now, notice="dates-moved")

    def _without_stuck(self, booking: int, going: dict[int, Date], now: datetime) -> dict[int, Date]:
        """Those that can be had: one that cannot stays where it was, and may be in the way of others."""
        case = self.cases[booking]
        while True:
            asked = {n: date for n, date in going.items() if not self._is_closed(date, case)}
            own = set(asked)
            while True:
                answers = self._ask(case, asked, now, {(booking, n) for n in own})
                stuck = {n for n in own if not answers[n].is_free}
                if not stuck:
                    break
                own -= stuck
            if len(asked) == len(going) and all(answer.is_free for answer in answers.values()):
                return going
            going = {n: date for n, date in asked.items() if answers[n].is_free}

    def _let_go(self, kept: Kept, act: str, now: datetime) -> None:
        self._free([kept.date], now, but=[kept.key])
        before = self.states[kept.key[0]]
        self._acted(act, kept.key[0], fallback="cancelled" if before == "waiting" else before)
        if self._date(kept.key).state == "displaced":
            self.sought[kept.key] = now

    def _lose(self, losers: Collection[Key], to: int | str | None, now: datetime) -> None:
        self._give_up(losers, now)
        for booking, number in losers:
            case = self.cases[booking]
            date = case.dates[number]
            case.dates[number] = replace(date, state="displaced", holds=False, expires=None, lost_to=to, had=date.state)
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
        self._place(booking, dates, now, due_by)
        self._acted(act, booking, fallback=self.states[booking])
        self._tell(notice or f"booking-{self.states[booking]}", booking, dates if notice else ())
        if is_undoable:
            self._may_be_undone(was)
        return ""

    def _refusal(
        self,
        booking: int,
        dates: Mapping[int, Date],
        now: datetime,
        due_by: datetime | None = None,
        asks: Mapping[str, int] | None = None,
    ) -> str:
        case = self.cases[booking]
        case = Case(case.sort, asks=case.asks if asks is None else asks)
        if any(self._is_closed(date, case) for date in dates.values()):
            return "declined"
        answers = self._ask(case, dates, now, {(booking, number) for number in dates}, due_by)
        return "" if all(answer.is_free for answer in answers.values()) else "taken"

    def _place(self, booking: int, dates: Mapping[int, Date], now: datetime, due_by: datetime | None = None) -> None:
        case, own = self.cases[booking], {(booking, number) for number in dates}
        answers = self._ask(case, dates, now, own, due_by)
        placed = {n: self._placed(case, replace(date, beside=answers[n].beside), case.dates.get(n), now) for n, date in dates.items()}
        self._give_up(own, now, placed.values())
        case.dates |= placed
        if case.state(self.states[booking]) != "unconfirmed":
            case.confirm_by = None

    def _placed(self, case: Case, date: Date, before: Date | None, now: datetime) -> Date:
        """The date as it holds its time; a request that stays is kept as long as before, and no longer."""
        is_staying = before is not None and before.state == date.state == "requested" and not _is_elsewhere(before, date)
        if before is not None and is_staying and case.sort.hold:
            return (
                replace(date, holds=True, expires=before.expires)
                if before.has(now)
                else replace(date, holds=False, expires=None, beside=())
            )
        match date.state:
            case "booked":
                return replace(date, holds=True, expires=None)
            case "unconfirmed":
                return replace(date, holds=True, expires=case.confirm_by)
            case "requested" if case.sort.hold:
                return replace(date, holds=True, expires=now + case.sort.hold)
        return replace(date, holds=False, expires=None, beside=())

    def _end(self, booking: int, numbers: Collection[int], state: str, act: str, now: datetime, fallback: str = "") -> None:
        """What ended waits for nothing of the time that it gave up, nor does what else is left of a booking that is over."""
        case, keys = self.cases[booking], [(booking, number) for number in numbers]
        left = self._left_by(keys)
        for number in numbers:
            case.dates[number] = replace(case.dates[number], state=state, holds=False, expires=None)
        self._acted(act, booking, fallback=fallback or state)
        self._free(left, now, but=keys)

    def _give_up(self, keys: Collection[Key], now: datetime, retaken: Collection[Date] = ()) -> None:
        """What dates hold is free but for what they take again."""
        self._free(self._left_by(keys), now, but=keys, retaken=retaken)

    def _left_by(self, keys: Collection[Key]) -> list[Date]:
        """What dates hold, what is sought or open for them withdrawn."""
        left = [date for booking, number, date in self._held() if (booking, number) in keys]
        for key in keys:
            self._withdraw(key)
        return left

    def _withdraw(self, key: Key) -> None:
        self.sought.pop(key, None)
        number = self.open_to(key)
        if number is not None:
            self.offers[number].state = "withdrawn"

    def _free(self, dates: Collection[Date], now: datetime, *, but: Collection[Key] = (), retaken: Collection[Date] = ()) -> None:
        """What anybody in line wants of it is kept for them, where it was not to be had already."""
        again = {piece for date in retaken if date.has(now) for piece in date.pieces}
        for date in dates:
            left = [piece for piece in date.pieces if piece not in again and piece[2] > now]
            if left:
                is_new = date.expires is None or date.expires > now
                wanted = [(piece, *span) for piece in left for span in self._wanted(piece[0], but, now)] if is_new else []
                kept = [(piece[0], max(start, piece[1], now), min(end, piece[2])) for piece, start, end in wanted]
                self.freed.append(Freed(date, now + TO_UNDO, tuple(one for one in kept if one[1] < one[2])))

    def _wanted(self, name: str, but: Collection[Key], now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When those who stand in line could have a part of the hall, all of whose rooms are of one kind, or a thing."""
        of = next((slug for slug, stock in self.stocks.items() if name.startswith(f"{stock.id}:")), "")
        for booking, number, date in self._dates():
            key, case = (booking, number), self.cases[booking]
            is_asked = date.stands_in_line and date.start > now and key not in but and self.states[booking] not in OVER
            is_asked = is_asked and not self._answers(key) and not self._is_lost(date, date)
            wants = self._may_need(case, of) if of else name in SPACES[date.room] or case.accepts == "any"
            if is_asked and wants:
                yield _day_of(date) if case.accepts == "room" else self.stocks[of].span(date) if of else date.span

    def kept_now(self, now: datetime) -> list[Date]:
        """What became free and is kept, of some of it at least, for those in line."""
        return [one.date for one in self.freed if one.kept and one.due + TO_ASK > now]

    def _kept(self, now: datetime, due_by: datetime | None) -> list[Piece]:
        """What is kept for those in line, from who is not asked by then."""
        kept = [one for one in self.freed if one.due + TO_ASK > now and (due_by is None or one.due > due_by)]
        return [piece for one in kept for piece in one.kept]

    def _before(self, bookings: Collection[int], now: datetime) -> Done:
        cases = {b: self.cases[b] for b in bookings}
        before = {b: (dict(case.dates), case.confirm_by, self.states[b], case.asks) for b, case in cases.items()}
        return Done(now, before, {b: self._version(b) for b in bookings}, {}, Counter(self.told))

    def _may_be_undone(self, done: Done, closure: int | None = None) -> None:
        versions = {booking: self._version(booking) for booking in done.before}
        self.undoable.append(replace(done, versions=versions, told=self.told - done.told, closure=closure))

    def _version(self, booking: int) -> int:
        return sum(one == booking for _, one in self.acts)

    def _put_back(self, done: Done, changed: Mapping[Key, Date], now: datetime) -> None:
        done.undone_at = now
        if done.closure is not None:
            self.closures[done.closure].is_withdrawn = True
        left = [date for booking, number, date in self._held() if (booking, number) in changed]
        for key, date in changed.items():
            self._withdraw(key)
            self.cases[key[0]].dates[key[1]] = date
            if date.state == "displaced":
                self.sought[key] = now
        for booking, (_, confirm_by, state, asks) in done.before.items():
            self.cases[booking].confirm_by, self.cases[booking].asks, self.states[booking] = confirm_by, asks, state
            self.acts.append(("undo", booking))
            for earlier in self.undoable:
                if booking in earlier.versions and earlier.versions[booking] == done.begun.get(booking):
                    earlier.versions[booking] = self._version(booking)
        self._free(left, now, but=changed, retaken=changed.values())
        self.told -= done.told

    def _acted(self, act: str, booking: int, *, fallback: str = "booked") -> None:
        self.states[booking] = self.cases[booking].state(fallback)
        self.acts.append((act, booking))

    def _tell(self, kind: str, booking: int, dates: Collection[int] = ()) -> None:
        self.told[kind, booking, tuple(sorted(dates))] += 1

    def _ask(
        self,
        case: Case,
        dates: Mapping[int, Date],
        now: datetime,
        own: Collection[Key] = (),
        due_by: datetime | None = None,
    ) -> dict[int, Answer]:
        """What stands in the way of dates of a booking that are asked for at once, room by room, without what they have."""
        rooms = [date.room for date in dates.values()]
        in_turn = sorted(dates, key=lambda n: rooms.index(dates[n].room))
        return dict(zip(in_turn, self._ask_each([(case, dates[n]) for n in in_turn], now, own, due_by), strict=True))

    def _ask_each(
        self, asked: Sequence[tuple[Case, Date]], now: datetime, own: Collection[Key], due_by: datetime | None = None
    ) -> list[Answer]:
        """Each in turn: an earlier one keeps its room, where that is not another's, and what it draws where it can have all."""
        held = [((booking, number) in own, date) for booking, number, date in self._held() if date.has(now)]
        claimed = [piece for _, date in held for piece in date.pieces]
        kept = self._kept(now, due_by)
        given = [piece for is_own, date in held if not is_own for piece in date.pieces]
        found: list[Answer] = []
        earlier: list[Piece] = []
        for case, date in asked:
            met = {space for space, *time in earlier if space in SPACES[date.room] and _meet(date.span, time)}
            earlier += [(space, *date.span) for space in SPACES[date.room] - met]
            needed = self._needed(case, date.room)
            draws = [self._draw(self.stocks[slug], count, date, (given, kept, claimed)) for slug, count in needed.items()]
            answer = Answer(
                own=bool(met),
                others=any(_is_had((space, *date.span), given, kept, claimed) for space in SPACES[date.room]),
                short=any(pieces is None for pieces in draws),
                hopeless=any(count > self.stocks[slug].pieces for slug, count in needed.items()),
            )
            if answer.is_free:
                answer = replace(answer, beside=tuple(piece for pieces in draws for piece in pieces or ()))
                given = [*given, *answer.beside]
            found.append(answer)
        return found

    @staticmethod
    def _draw(stock: Stock, count: int, date: Date, had: tuple[Collection[Piece], ...]) -> list[Piece] | None:
        """The first that are free for as long as the date has them; None where these are too few, but for those that others have of
        what is given out no more."""
        free = [(unit, *stock.span(date)) for unit in stock.every if not _is_had((unit, *stock.span(date)), *had)]
        there, needed = [piece for piece in free if piece[0] in stock.units], stock.needed(count)
        beyond = len(stock.every) - len(stock.units) - (len(free) - len(there))
        return None if len(there) - beyond < needed else there[:needed]

    def _needed(self, case: Case, room: str) -> dict[str, int]:
        """How many of what a date in a room has: what was asked for, and one of what is always there."""
        activity = None if case.sort is BLOCK else case.sort.activity
        here = {slug: stock for slug, stock in self.stocks.items() if stock.is_in(room)}
        counts = {slug: max(case.asks.get(slug, 0), int(activity == stock.required_for)) for slug, stock in here.items()}
        return {slug: count for slug, count in counts.items() if count}

    def _lacks(self, case: Case, room: str) -> bool:
        """Whether something was asked for that one cannot have there."""
        return any(not self.stocks[slug].is_in(room) for slug in case.asks)

    def _is_closed(self, date: Date, case: Case) -> bool:
        """Whether the clock skips the time, or what was asked for is not to be had, or the policy refuses it, which is not asked about
        time that is blocked."""
        if date.is_missing or self._lacks(case, date.room):
            return True
        is_shut = not self._is_open(date) or any(closed.keeps_out(date, case.sort) for closed in self.closures.values())
        is_shut |= _is_holiday(date)
        return case.sort is not BLOCK and is_shut

    def _is_open(self, date: Date) -> bool:
        """Whether the hall's hours, or the room's own, hold the whole of it: the narrowest that count on its day, of two the later."""
        start, end = (moment.astimezone(OSLO).replace(tzinfo=None) for moment in (date.start, date.end))
        midnight = start.replace(hour=0, minute=0, second=0)
        where = date.room if any(room == date.room for room, *_ in self.hours) else ""
        of_day = [hours for (room, *_), hours in self.hours.items() if room == where and hours.first <= start.date() <= hours.last]
        hours = min(of_day, key=lambda one: (one.last - one.first, -one.first.toordinal()))
        minutes = [(moment - midnight) / timedelta(minutes=1) for moment in (start, end)]
        return hours.minutes[0] <= minutes[0] and minutes[1] <= hours.minutes[1]

    def _is_outside(self, date: Date) -> bool:
        return date.room in self.retired or self._is_shut(date)

    def _is_shut(self, date: Date, but: int | None = None) -> bool:
        is_closed = any(closed.meets(date) and not closed.is_partly for one, closed in self.closures.items() if one != but)
        return is_closed or not self._is_open(date)

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


def _state_of(sort: Sort, choice: str, answer: Answer | None, *, waits: bool) -> str:
    """What one date of a wish becomes; no answer where it is left out whatever others have."""
    if choice == "skip" or answer is None:
        return "skipped"
    left = "waiting" if waits and answer.can_wait else "skipped"
    return sort.first if answer.is_free else left


def _is_had(wanted: Piece, given: Collection[Piece], kept: Collection[Piece], claimed: Collection[Piece]) -> bool:
    """Whether others have some of it, or a moment of it is kept for those in line and is nobody's since."""
    name, *span = wanted
    if any(other == name and _meet(span, time) for other, *time in given):
        return True
    taken = [time for other, *time in claimed if other == name]
    for part, start, end in kept:
        if part == name:
            turns = sorted({start, end, *span, *(moment for time in taken for moment in time)})
            within = [moment for moment in turns if max(start, span[0]) <= moment < min(end, span[1])]
            if any(not any(begins <= moment < ends for begins, ends in taken) for moment in within):
                return True
    return False


def _meet(one: Sequence[datetime], other: Sequence[datetime]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


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
