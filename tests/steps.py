"""Steps: random acts on bookings of a hall in two halves, each beside a model that looks at everything by brute force."""

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import date as day_of
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, inspect, or_, select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import COMMAND, SERVICE, Actor
from booking import adding, decisions, ending, line, offers, splitting
from booking.changing import Change, Said, change
from booking.closures import close_rooms, open_again
from booking.freedom import remember, remembered
from booking.furnishing import ChangedResource, Losing, NewResource, add_resource, change_resource, restore_resource, retire_resource
from booking.importing import Fate, import_row
from booking.meant import Terms, meant
from booking.models import Booking, Claim, Occurrence, Offer, Undo
from booking.narrowing import displace_outside
from booking.plan import read_plan
from booking.preferring import Choice as Preferred
from booking.preferring import prefer
from booking.releasing import Period, release
from booking.reservations import reserve
from booking.scope import Scope
from booking.states import OfferState
from booking.undo import undo
from booking.wish import OnConflict, Wish
from database.audit import Audit
from database.outbox import Delivery, Notice
from database.transact import Database
from kernel.errors import Refusal
from tests.booking.conftest import NOW, POLICY, REASON, furnish, move
from tests.brute import (
    ASKED,
    ASKED_CONCERT,
    BLOCK,
    CONCERT,
    EVENT,
    LIVE,
    NOTICE_DAYS,
    OSLO,
    PRIVATE,
    SORTS,
    SPACES,
    TRAINING,
    Case,
    Chosen,
    Closed,
    Date,
    Hours,
    Key,
    Model,
    Shift,
    Sort,
    Stock,
    Told,
    meet_each_other,
)
from venues.editing import restore_room, retire_room
from venues.inputs import ClosureInput, HoursInput
from venues.models import Resource, Room, Space
from venues.queries import subject_of
from venues.scheduling import forget_opening_hours, set_opening_hours

OREN = "oren-flerbrukshall"
# No break of the hall's lies within reach; the clock goes back in the second, forward in the third.
BEGINNINGS = tuple(datetime(*day, 6, 0, tzinfo=UTC) for day in ((2027, 6, 1), (2027, 10, 4), (2038, 3, 8)))
LONGEST_EPISODE = 500
BROKEN = "lift"
SETTLED = ("booked", "cancelled", "refused", "lapsed")
FATES = {"": Fate.BOOKED, "taken": Fate.TAKEN, "declined": Fate.REFUSED, "room-retired": "unknown-room"}
WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
DAYS_AHEAD = 9
DAY = timedelta(hours=9)
COMPARED_EVERY = 25
RULES: list[dict[str, Any]] = [
    {"kind": "buffers", "id": "rigging", "scope": {"activities": ["culture.concert"]}, "before": 30, "after": 60, "reason": REASON},
    {
        "kind": "displacement",
        "id": "events-first",
        "scope": {"activities": ["sport.match"]},
        "strength": 60,
        "notice_days": NOTICE_DAYS,
        "reason": REASON,
    },
    {"kind": "buffers", "id": "tidying", "scope": {"applicants": ["person"]}, "before": 15, "reason": REASON},
]
# Two of a thing, stacks of ten, and whoever works the light at concerts, of whom there is one.
STOCKS: list[dict[str, Any]] = [
    {"name": "Prosjektor", "kind": "equipment", "quantity": 2, "before_minutes": 15, "after_minutes": 30},
    {"name": "Stoler", "kind": "equipment", "quantity": 40, "lot": 10, "rooms": ["gymsal-1", "hel-hall"]},
    {"name": "Lystekniker", "kind": "attendant", "quantity": 1, "before_minutes": 60, "required_for": ["culture.concert"]},
]
ASKED_FOR = ({"prosjektor": 1}, {"prosjektor": 2}, {"prosjektor": 3}, {"stoler": 15}, {"stoler": 30, "prosjektor": 1}, {"lystekniker": 1})
HANDS = {
    "training": "berit",
    "private": "per",
    "concert": "berit",
    "asked": "siri",
    "asked-concert": "siri",
    "block": "kari",
    "event": "kari",
    "needy": "berit",
}


@dataclass(slots=True)
class Steps:
    """One episode of random acts on a database of its own, told by its seed alone, or by whoever plays ``chance``."""

    database: Database
    seed: int
    chance: random.Random | None = None
    now: datetime = field(init=False)
    model: Model = field(default_factory=Model)
    done: Counter[str] = field(default_factory=Counter)
    past: dict[tuple[int, int], tuple[Any, ...]] = field(default_factory=dict)
    hands: dict[str, Actor] = field(default_factory=dict)
    club: int = 0
    shown: str = ""
    again: int | None = None
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = self.chance or random.Random(self.seed)
        self.now = BEGINNINGS[self.seed % len(BEGINNINGS)]
        self.hands, self.club, self.model.stocks = self.database.transact(_furnished)

    def run(self, steps: int) -> Counter[str]:
        """Take so many steps; raises AssertionError where program and model part. Returns what was done and refused how often."""
        acts: list[Callable[[], None]] = [self._wish] * 9 + [self._move] * 4 + [self._cancel] * 4
        acts += [self._approve] * 4 + [self._confirm] * 3 + [self._decline, self._lapse]
        acts += (
            [self._displace] * 2
            + [self._close, self._open_again]
            + [self._answer] * 3
            + [self._answer_all]
            + [self._attend] * 4
            + [self._undo] * 3
        )
        acts += [self._shift] * 4 + [self._readd] * 3 + [self._add, self._split, self._release]
        acts += [self._restate, self._restate, self._prefer, self._prefer, self._import, self._night]
        acts += [self._outsider, self._hours, self._retire, self._stock, self._stock, self._lose_outside]
        for number in range(1, steps + 1):
            self._pass_time()
            before, kept = len(self.model.undoable), len(self.model.kept_now(self.now))
            self.dice.choice(acts)()
            if len(self.model.kept_now(self.now)) > kept and self.dice.random() < 0.5:
                self._contest()
            if len(self.model.undoable) > before and self.dice.random() < 0.2:
                self._undo_soon()
            if number % COMPARED_EVERY == 0 or number == steps:
                self.compare()
        return self.done

    def compare(self) -> None:
        """The whole database beside the whole model."""
        with self.database.reading() as session:
            assert _states(session) == self.model.states, self._where()
            assert _dates(session) == self._modelled(), self._where()
            assert _claims(session, self.now) == self.model.claims(self.now), self._where()
            assert overlaps(session) == [], self._where()
            assert Counter(_acts(session)) == Counter(self.model.acts), self._where()
            assert _told(session) == +self.model.told, self._where()
            assert _offers(session) == {
                n: (*kept.key, *kept.date.told[:3]) for n, kept in self.model.offers.items() if kept.state == "open"
            }, self._where()
            assert _sought(session) == set(self.model.sought), self._where()
            self._past_unchanged(session)
            rooms = [known[0] for name in SPACES if (known := remembered(session, f"{OREN}/{name}"))]
            rows = [row for room in rooms for row in (room, room.venue, *room.venue.resources, *room.spaces)]
            assert [row for row in rows if inspect(row).session is not None or inspect(row).modified] == [], self._where()
            self.done["rooms remembered"] += bool(rooms)

    def _past_unchanged(self, session: Session) -> None:
        """What was cancelled or moved lay ahead: when, where and whether a date has been is settled once it began.

        Who stands in line may still have something later.
        """
        begun = {key: told for key, told in _dates(session).items() if told[1] <= self.now and told[3] in SETTLED}
        assert {key: begun.get(key) for key in self.past} == self.past, self._where()
        self.past = begun

    def _pass_time(self) -> None:
        soon = self.dice.random() < 0.3
        self.now += timedelta(seconds=self.dice.randrange(100)) if soon else timedelta(minutes=self.dice.randrange(40))
        self.now += timedelta(hours=24 if self.dice.random() < 0.04 else 0)

    def _contest(self) -> None:
        """Somebody wants what became free just now, and others stand in line for."""
        kept = self.dice.choice(self.model.kept_now(self.now))
        self.now += timedelta(seconds=self.dice.randrange(150))
        start, end = self._walls(kept)
        if kept.start > self.now and (start - start.replace(hour=0, minute=0)) >= DAY and end.date() == start.date():
            self._wish((kept.room, start, end))

    def _wish(self, time: tuple[str, datetime, datetime] | None = None) -> None:
        sort, weeks = self.dice.choice(SORTS), self.dice.choice((1, 1, 1, 2, 3, 5))
        on_conflict = self.dice.choice(("refuse", "skip", "wait", "wait"))
        room, start, end = time or self._time()
        case = Case(sort, asks=self._asks())
        choices: dict[str, dict[str, Any]] = {}
        chosen = [self._chosen(sort, room, start + timedelta(weeks=n), end + timedelta(weeks=n), choices) for n in range(weeks)]
        expected = self.model.wish(case, self._date(sort, room, start, end), chosen, on_conflict=on_conflict, now=self.now)
        line: dict[str, Any] = {
            "on_conflict": on_conflict,
            "accepts": self.dice.choice(("time", "room", "any")),
            "book_when_free": self.dice.random() < 0.3,
            "choices": choices,
            "resources": case.asks,
        }
        wish = Wish.model_validate(_wish(sort, room, (start, end), weeks) | line)
        act = f"wish {sort.name}, chosen" if choices else f"wish {sort.name}"
        # As a process does that serves: most wishes rely on rooms as they were, which other acts change meanwhile.
        if sum(self.done.values()) % 10:
            remember(self.database, now=self.now)
        made = self._try(act, expected, reserve, wish, by=self.hands[HANDS[sort.name]])
        if made is not None:
            case.accepts = line["accepts"]
            self.model.add(made, case)

    def _asks(self) -> Mapping[str, int]:
        return self.dice.choice(ASKED_FOR) if self.dice.random() < 0.3 else {}

    def _chosen(self, sort: Sort, room: str, start: datetime, end: datetime, choices: dict[str, dict[str, Any]]) -> Chosen:
        """One date of a wish, for which something is chosen now and then: to skip it, to wait, another room, another time, or both."""
        if self.dice.random() < 0.75:
            return self._date(sort, room, start, end), ""
        choice, (other, begins, ends) = self.dice.choice(("skip", "wait", "room", "time", "both")), self._time()
        says: dict[str, dict[str, Any]] = {"room": {"room": f"{OREN}/{other}"}, "time": {"start": begins, "end": ends}}
        says["both"] = says["room"] | says["time"]
        choices[f"{start:%Y-%m-%d}"] = says.get(choice, {choice: True})
        time = (start, end) if choice in ("skip", "wait", "room") else (begins, ends)
        return self._date(sort, other if choice in ("room", "both") else room, *time), choice

    def _move(self) -> None:
        booking, case = self._any()
        number = self._number(case)
        room, start, end = self._time()
        hand = self.dice.choice((_theirs(case), "kari"))
        to = self._date(case.sort, room, start, end)
        expected = self.model.move(booking, number, to, by_staff=hand == "kari", now=self.now)
        wanted: dict[str, Any] = {"start": start, "end": end, "room": f"{OREN}/{room}"}
        self._try("move", expected, move, booking, number, **wanted, by=self.hands[hand])

    def _shift(self) -> None:
        """Several dates at once: by some days, to another time on their own days, or into another room."""
        booking, case = self._any()
        number, scope = self._number(case), self.dice.choice(("one", "following", "all"))
        if case.dates[number].is_missing:
            return
        how, hand = self.dice.choice(("days", "days", "clock", "room")), self.dice.choice((_theirs(case), "kari"))
        days, (room, start, end) = timedelta(days=self.dice.choice((1, 1, 7))), self._time()
        is_later = self._walls(self._on_clock(case.dates[number], start, end)) != self._walls(case.dates[number])
        to: dict[str, Shift] = {
            "days": lambda date: self._later(date, days),
            # Each keeps its own clock times where those of the date itself stay.
            "clock": lambda date: self._on_clock(date, start, end) if is_later else date,
            "room": lambda date: replace(date, room=room),
        }
        anchor = to[how](case.dates[number])
        new = [moment + days for moment in self._walls(case.dates[number])] if how == "days" else self._walls(anchor)
        wanted: dict[str, Any] = {"room": f"{OREN}/{room}"} if how == "room" else {"start": new[0], "end": new[1]}
        skip = self.dice.random() < 0.5 and not meet_each_other([to[how](case.dates[n]) for n in case.reached(number, scope, self.now)])
        told: dict[str, Any] = {"scope": scope, "skip": skip, "by_staff": hand == "kari", "now": self.now}
        expected = self.model.shift(booking, number, to[how], **told)
        change = Change(number=number, scope=Scope(scope), on_conflict=OnConflict.SKIP if skip else OnConflict.REFUSE, **wanted)
        self._try(f"shift {how}", expected, _changed, booking, change, by=self.hands[hand])

    def _restate(self) -> None:
        """Dates say something else, are another team's, or ask for something else beside the room: they are a booking of their own
        where others say what they said."""
        booking, case = self._any()
        number, scope = self._number(case), self.dice.choice(("one", "following", "all"))
        hand, what = self.dice.choice((_theirs(case), "kari")), self.dice.choice(("purpose", "team", "resources", "resources"))
        asks = self.dice.choice([one for one in ({}, *ASKED_FOR) if one != case.asks]) if what == "resources" else case.asks
        told: dict[str, Any] = {"what": what, "asks": asks, "by_staff": hand == "kari", "now": self.now}
        expected, apart = self.model.restate(booking, number, scope=scope, **told)
        reached = case.reached(number, scope, self.now)
        said: Any = asks if what == "resources" else f"Nummer {sum(self.done.values())}"
        change = Change(number=number, scope=Scope(scope), said=Said(**{what: said}))
        made = self._try(f"restate {what}", expected, _changed, booking, change, by=self.hands[hand])
        if made is not None:
            self.model.restated(booking, made, reached, apart, **told)

    def _readd(self) -> None:
        booking, case = self._any()
        back = case.among("cancelled", "skipped")
        number = self.dice.choice(back if back and self.dice.random() < 0.7 else list(case.dates))
        hand = self.dice.choice((_theirs(case), "kari"))
        expected = self.model.comes_back(booking, number, by_staff=hand == "kari", now=self.now)
        self._try("readd", expected, adding.readd, booking, number, by=self.hands[hand])

    def _add(self) -> None:
        booking, case = self._any()
        hand, (room, start, end) = _theirs(case), self._time()
        date = self._date(case.sort, room, start, end)
        expected = self.model.grow(booking, date, by_staff=hand == "kari", now=self.now)
        wanted: dict[str, Any] = {"start": start, "end": end, "room": f"{OREN}/{room}"}
        self._try("add", expected, adding.add, booking, **wanted, by=self.hands[hand])

    def _split(self) -> None:
        booking, case = self._any()
        number = self._number(case)
        expected = self.model.split(booking, number, self.now)
        made = self._try("split", expected, splitting.split, booking, number, by=self.hands[_theirs(case)])
        if made is not None:
            self.model.parted(booking, made, number, self.now)

    def _release(self) -> None:
        """A day or two of the club's."""
        first = self._wall(self.now).date() + timedelta(days=self.dice.randrange(DAYS_AHEAD))
        period = Period(first=first, last=first + timedelta(days=self.dice.randrange(2)))
        expected = self.model.release(period.first, period.last, lambda moment: self._wall(moment).date(), self.now)
        self._try("release", expected, _released, self.club, period, by=self.hands["berit"])

    def _cancel(self) -> None:
        booking, case = self._any()
        number = self.dice.choice([None, *case.dates])
        expected = self.model.cancel(booking, number, self.now)
        self._try("cancel", expected, ending.cancel, booking, number=number, by=self.hands[_theirs(case)])

    def _displace(self) -> None:
        room, start, end = self._time(meeting=0.8)
        reason = self.dice.choice(("", "Valg"))
        date, case = self._date(EVENT, room, start, end), Case(EVENT, asks=self._asks())
        displacing = {"reason": reason}
        for shown in ("displace", "displace, seen"):
            expected, losers = self.model.displace(case, date, reason, is_seen="seen" in displacing, now=self.now)
            more = {"displace": displacing, "resources": case.asks}
            wish = Wish.model_validate(_wish(EVENT, room, (start, end), 1) | more)
            made = self._try(shown, expected, reserve, wish, by=self.hands["kari"])
            if made is not None:
                self.model.displaced(made, case, date, losers, self.now)
            if expected != "displaces-others":
                break
            displacing = {"reason": reason, "seen": self.shown}

    def _close(self) -> None:
        """A closure, or something out of order, from some hours back or ahead, first looked at now and then."""
        room, start, _ = self._time()
        if self.dice.random() < 0.3:
            start = self._wall(self.now).replace(minute=0, second=0, hour=0)
        end = start + timedelta(hours=self.dice.choice((2, 6, 24, 72)))
        feature, is_confirmed = self.dice.choice(("", BROKEN)), self.dice.random() < 0.8
        span = self._date(EVENT, room, start, end)
        closed = Closed(room, span.start, span.end, self.now, is_partly=bool(feature))
        met, given = (
            self.model.met(closed, self.now),
            ClosureInput(room=room, start=start, end=end, reason="Lekkasje", out_of_order=feature),
        )
        chosen = [key for key in met if self.dice.random() < 0.5] if feature and self.dice.random() < 0.3 else None
        more = {"confirmed": is_confirmed, "chosen": None if chosen is None else self._ids(chosen)}
        over = "closure-past" if span.end <= self.now else ""
        met_first = "closure-meets-bookings" if met and not is_confirmed else ""
        expected = "missing-hour" if span.is_missing else over or met_first or self.model.closed_already(closed)
        made = self._try("break" if feature else "close", expected, close_rooms, OREN, given, **more, by=self.hands["olav"])
        if made is not None:
            self.model.close(made, closed, chosen, self.now)

    def _open_again(self) -> None:
        if self.model.closures:
            shut = [closure for closure, closed in self.model.closures.items() if not closed.is_withdrawn and closed.end > self.now]
            closure = self.dice.choice(shut if shut and self.dice.random() < 0.8 else list(self.model.closures))
            self._try("open again", self.model.open_again(closure, self.now), open_again, closure, by=self.hands["olav"])

    def _hours(self) -> None:
        """Shorter opening hours of the hall for some days, or of one room, or those that there were before."""
        first = self._wall(self.now).date() + timedelta(days=self.dice.randrange(DAYS_AHEAD))
        room, minutes = (
            self.dice.choice(("", "", *SPACES)),
            self.dice.choice(((), (9 * 60, 14 * 60), (13 * 60, 20 * 60), (17 * 60, 24 * 60))),
        )
        begins, ends = (day_of.min, day_of.max) if room else (first, first + timedelta(days=self.dice.randrange(5)))
        shrunk = [key for key in self.model.hours if key != ("", day_of.min, day_of.max)]
        if shrunk and self.dice.random() < 0.6:
            room, begins, ends = self.dice.choice(shrunk)
            self._try("hours as before", "", _hours, room, (begins, ends), None, by=self.hands["kari"])
            del self.model.hours[room, begins, ends]
            self.model.rehoured[room] = self.now
            self.model.ask_again(self.now, where=room)
        else:
            self._try("shorter hours", "", _hours, room, (begins, ends), minutes, by=self.hands["kari"])
            self.model.hours[room, begins, ends] = Hours(begins, ends, minutes or (0, 0))
            self.model.rehoured[room] = self.now
            self.model.ask_again(self.now, where=room)
            self._lose_outside(room)

    def _retire(self) -> None:
        """A room out of use, or taken into use again."""
        room = self.dice.choice([*SPACES, *[*self.model.retired] * 9])
        if room in self.model.retired and self.dice.random() < 0.8:
            self._try("restore room", "", _versioned, room, _restored, by=self.hands["kari"])
            del self.model.retired[room]
            self.model.ask_again(self.now, where=room)
            return
        expected = "room-retired" if room in self.model.retired else ""
        self._try("retire room", expected, _versioned, room, retire_room, by=self.hands["kari"])
        self.model.retired.setdefault(room, self.now)
        self._lose_outside(room)

    def _lose_outside(self, where: str | None = None) -> None:
        """What the hall or a room no longer offers: those that have it lose it, once they were shown; now and then only looked at."""
        room = self.dice.choice(("", *SPACES)) if where is None else where
        seen = ""
        for act in ("lose outside", "lose outside, seen"):
            losers = self.model.outside(room, self.now)
            expected = "closure-meets-bookings" if losers and not seen else ""
            self._try(act, expected, _outside, room, seen, by=self.hands["olav"])
            if losers and seen:
                self.model.lose_outside(losers, self.now)
            if not losers or self.dice.random() < 0.2:
                break
            seen = self.shown

    def _stock(self) -> None:
        """More or fewer of a thing, none of it any more, or again."""
        slug = self.dice.choice(list(self.model.stocks))
        stock = self.model.stocks[slug]
        act, pieces = "stock", stock.lot * self.dice.randrange(1, 4)
        if stock.is_retired or self.dice.random() < 0.3:
            act, pieces = "restore" if stock.is_retired and self.dice.random() < 0.9 else "retire", stock.pieces
        for is_seen in (False, True):
            losing = Losing(self.shown if is_seen else "")
            if stock.is_retired and act == "retire":
                expected = "resource-retired"
            else:
                expected = self.model.restock(slug, pieces, is_retired=act == "retire", is_seen=is_seen, now=self.now)
            self._try(act if act == "stock" else f"{act} stock", expected, _stocked, act, stock.id, pieces, losing, by=self.hands["olav"])
            if expected != "resource-meets-bookings" or self.dice.random() < 0.2:
                break

    def _outsider(self) -> None:
        """Whoever asked in the club's name, once it has stood by that: it is seen, and nothing can be done to it."""
        found = [booking for booking, case in self.model.cases.items() if case.is_clubs]
        if found:
            booking = self.dice.choice(found)
            number = self.dice.choice(list(self.model.cases[booking].dates))
            acts: list[tuple[Any, ...]] = [
                (ending.cancel, booking),
                (move, booking, number),
                (adding.readd, booking, number),
                (splitting.split, booking, number),
                *((offers.accept, offer) for offer, kept in self.model.offers.items() if kept.key[0] == booking),
            ]
            verb, *given = self.dice.choice(acts)
            self._try("outsider", "not-acting", verb, *given, by=self.hands["siri"])

    def _undo_soon(self) -> None:
        """What was just done, most times after something else was done to the same booking and undone."""
        if self.dice.random() < 0.6 and self.model.undoable[-1].versions:
            self.again = self.dice.choice([*self.model.undoable[-1].versions])
            self.dice.choice((self._cancel, self._cancel, self._shift, self._restate, self._move, self._approve))()
            self.again = None
        self.now += timedelta(seconds=self.dice.randrange(125))
        for _ in range(self.dice.choice((1, 2, 3))):
            self._undo()

    def _undo(self) -> None:
        """The last act that is not undone most times, within two minutes or just after."""
        if self.model.undoable:
            last = len(self.model.undoable)
            left = [number for number, act in enumerate(self.model.undoable) if not act.is_undone]
            number = left[-1] if left and self.dice.random() < 0.8 else self.dice.randrange(last)
            own = self.model.undoable[number].versions
            is_below = any(act.is_undone and act.versions.keys() & own.keys() for act in self.model.undoable[number + 1 :])
            with self.database.reading() as session:
                ids = session.scalars(select(Undo.id).order_by(Undo.id)).all()
            assert len(ids) == last, self._where()
            self._try("undo below" if is_below else "undo", self.model.undo(number, self.now), undo, ids[number], by=self.hands["kari"])

    def _answer(self) -> None:
        open_now = [number for number, kept in self.model.offers.items() if kept.state == "open"]
        among = open_now if open_now and self.dice.random() < 0.9 else list(self.model.offers)
        if among:
            number, act = self.dice.choice(among), self.dice.choice(("accept", "decline"))
            by = self.hands[_theirs(self.model.cases[self.model.offers[number].key[0]])]
            verb = offers.accept if act == "accept" else offers.decline
            expected = self.model.answer(number, act, self.now)
            self._try(f"{act} offer", expected, verb, number, by=by)
            if expected in ("taken", "declined", "room-retired"):
                self.database.transact(offers.withdraw_vain, number, by=by, now=self.now)
                self.model.withdraw(self.model.offers[number], self.now)

    def _answer_all(self) -> None:
        """All that is open to a booking, most times to the one that has most of it."""
        open_now = Counter(kept.key[0] for kept in self.model.offers.values() if kept.state == "open")
        booking = max(open_now, key=open_now.__getitem__) if open_now and self.dice.random() < 0.9 else self._any()[0]
        by = self.hands[_theirs(self.model.cases[booking])]
        expected, vain = self.model.answer_all(booking, self.now)
        self._try("accept all offers", expected, _accepted_all, booking, vain, by=by)
        self.done["accept several offers"] += not expected and open_now[booking] > 1
        for number in vain:
            self.database.transact(offers.withdraw_vain, number, by=by, now=self.now)
            self.model.withdraw(self.model.offers[number], self.now)

    def _attend(self) -> None:
        """A turn of the worker, as ``booking/attending.py`` takes it."""
        with self.database.reading() as session:
            late, over = offers.overdue(session, self.now), line.holds_over(session, self.now)
            keys = {date.id: (date.booking_id, date.number) for date in session.scalars(select(Occurrence).where(Occurrence.id.in_(over)))}
        assert late == self.model.overdue(self.now), self._where()
        for number in late:
            assert self.database.transact(offers.expire, number, by=SERVICE, now=self.now), self._where()
            self.model.expire(number, self.now)
        for one in over:
            self.database.transact(line.end_hold, one, by=SERVICE, now=self.now)
            assert self.model.run_out(keys[one], self.now), self._where()
            self.done["hold over"] += 1
        askable = self.model.askable()
        with self.database.reading() as session:
            free, lost, passed = (found(session, self.now) for found in (line.vacancies, offers.sought, line.in_vain))
        for vacancy in free:
            self._fill(vacancy)
        self.database.transact(line.forget_vacancies, free, by=SERVICE, now=self.now)
        assert self.model.forgotten(askable, self.now) == [], self._where()
        for number in lost:
            key = self._key(number)
            self.database.transact(line.offer_instead, number, by=SERVICE, now=self.now)
            self._offered(key)
            self.model.found_nothing(key, self.now)
        assert passed == self.model.in_vain(self.now), self._where()
        for booking in passed:
            if booking in self.model.in_vain(self.now):
                assert self.database.transact(line.end_waiting, booking, by=SERVICE, now=self.now), self._where()
                self.model.end_waiting(booking, self.now)

    def _fill(self, vacancy: int) -> None:
        with self.database.reading() as session:
            asked = line.in_line(session, vacancy, now=self.now)
        for date in asked:
            with self.database.reading() as session:
                row = session.get_one(Occurrence, date)
                key = (row.booking_id, row.number)
            try:
                self.database.transact(line.offer_vacancy, vacancy, date, by=SERVICE, now=self.now)
            except Refusal:
                self.done["offer, refused"] += 1
            self._offered(key)

    def _offered(self, key: Key) -> None:
        """What the worker did for a date, if anything: an offer that is not in the model yet, or a booking."""
        with self.database.reading() as session:
            booked = _dates(session)[key]
            found = [one for one in session.scalars(_open_to(key)) if one.id not in self.model.offers]
            made = [(one.id, Date(one.room.slug, one.starts_at, one.ends_at, "", 0, 0, expires=one.expires_at)) for one in found]
        for number, date in made:
            wrong = self.model.offered(number, key, date, self.now)
            assert wrong == "", f"what was offered {wrong}; {self._where()}"
            self.done["offered"] += 1
        before = self.model.cases[key[0]].dates[key[1]]
        if booked[3] in LIVE and before.state == "waiting":
            assert self.model.book_when_free(key, Date(booked[0], booked[1], booked[2], "", 0, 0), self.now) == "", self._where()
            self.done["booked when free"] += 1

    def _key(self, number: int) -> Key:
        with self.database.reading() as session:
            date = session.get_one(Offer, number).occurrence
            return date.booking_id, date.number

    def _approve(self) -> None:
        booking, _ = self._any("requested")
        self._try("approve", self.model.approve(booking, self.now), decisions.approve, booking, by=self.hands["kari"])

    def _prefer(self) -> None:
        booking, _ = self._any("requested")
        self._try("prefer", self.model.prefer(booking, self.now), prefer, booking, Preferred(others="Loddtrekning."), by=self.hands["kari"])

    def _import(self) -> None:
        """A row of a season plan."""
        room, start, end = self._time()
        weeks, on_conflict = self.dice.randrange(1, 4), self.dice.choice(("refuse", "skip"))
        dates = [self._date(TRAINING, room, start + timedelta(weeks=week), end + timedelta(weeks=week)) for week in range(weeks)]
        case = Case(TRAINING)
        expected = self.model.wish(case, dates[0], [(date, "") for date in dates], on_conflict=on_conflict, now=self.now)
        days = f"{start:%Y-%m-%d} - {start + timedelta(weeks=weeks - 1):%Y-%m-%d}"
        row = f"{OREN}/{room};{WEEKDAYS[start.weekday()]};{start:%H:%M};{end:%H:%M};Skiold turn;Lag {sum(self.done.values())};{days}"
        plan = read_plan("plan.csv", f"rom;ukedag;fra;til;klubb;lag;periode\n{row}".encode())
        try:
            with self.database.reading() as session:
                (meant_,) = meant(session, plan, Terms(on_conflict=OnConflict(on_conflict)), by=COMMAND, now=self.now)
            answer = self.database.transact(import_row, meant_, digest=plan.digest, by=COMMAND, now=self.now)
            fate = str(answer.fate)
        except Refusal as refusal:
            fate = refusal.faults[0].code
        assert fate == FATES.get(expected, expected), f"{fate}, the model says {expected or 'done'}; {self._where()}"
        self.done[f"import, {expected}" if expected else "import"] += 1
        if not expected:
            with self.database.reading() as session:
                self.model.imported(session.scalars(select(Booking.id).where(Booking.reference == answer.reference)).one(), case)

    def _night(self) -> None:
        """Time blocked at night, once or weekly: mostly where the clock changes, and then now and then in the second of a repeated hour."""
        today = self._wall(self.now).replace(hour=0, minute=0, second=0)
        nights = [today + timedelta(days=ahead) for ahead in range(1, 2 * DAYS_AHEAD)]
        changing = [night for night in nights if _offset(night) != _offset(night + timedelta(days=1))]
        night, weeks = self.dice.choice(changing * len(nights) + nights), self.dice.choice((1, 1, 2))
        start = max(night - timedelta(weeks=self.dice.randrange(weeks)), nights[0]) + timedelta(minutes=30 * self.dice.randrange(8))
        end, room, is_second = (
            start + timedelta(minutes=30 * self.dice.randrange(1, 5)),
            self.dice.choice(list(SPACES)),
            self.dice.random() < 0.4,
        )
        walls = [(start + timedelta(weeks=week), end + timedelta(weeks=week)) for week in range(weeks)]
        dates = [self._date(BLOCK, room, *wall, is_second=is_second) for wall in walls]
        on_conflict = self.dice.choice(("refuse", "skip", "wait"))
        case = Case(BLOCK)
        expected = self.model.wish(case, dates[0], [(date, "") for date in dates], on_conflict=on_conflict, now=self.now)
        wish = Wish.model_validate(_wish(BLOCK, room, (start, end), weeks) | {"on_conflict": on_conflict, "second_hour": is_second})
        made = self._try("wish night", expected, reserve, wish, by=self.hands["kari"])
        if made is not None:
            self.model.add(made, case)

    def _confirm(self) -> None:
        booking, case = self._any("unconfirmed")
        hand = "nils" if case.sort in (TRAINING, CONCERT, ASKED, ASKED_CONCERT) else "kari"
        self._try("confirm", self.model.confirm(booking, self.now), decisions.confirm, booking, by=self.hands[hand])

    def _decline(self) -> None:
        booking, _ = self._any("requested", "unconfirmed")
        self._try("decline", self.model.decline(booking, self.now), decisions.decline, booking, reason="Opptatt.", by=self.hands["kari"])

    def _lapse(self) -> None:
        expected = self.model.lapse(self.now)
        with self.database.reading() as session:
            due = decisions.unconfirmed(session, self.now)[:1]
        assert sum(self.database.transact(decisions.lapse, one, by=SERVICE, now=self.now) for one in due) == expected, self._where()
        self.done["lapse"] += expected

    def _try(self, act: str, expected: str, verb: Callable[..., Any], *given: object, by: Actor, **more: object) -> int | None:
        """Run a verb; it must be refused for the reason expected, or not at all. Returns the booking's id."""
        found: int | None = None
        refused = ""
        try:
            found = self.database.transact(verb, *given, by=by, now=self.now, **more).id
        except Refusal as refusal:
            refused = refusal.title if refusal.title in ("taken", "declined") else refusal.faults[0].code
            self.shown = str(refusal.details.get("seen", ""))
            self.done["kept for the line"] += any(fault.code == "kept-for-line" for fault in refusal.faults)
        assert refused == expected, f"{act}: {refused or 'done'}, the model says {expected or 'done'}; {self._where()}"
        self.done[f"{act}, {refused}" if refused else act] += 1
        return found

    def _any(self, *states: str) -> tuple[int, Case]:
        """A case in one of the states, or with something ahead, most times, any other now and then: refusals are to be met too."""
        while not self.model.cases:
            self._wish()
        if self.again is not None:
            return self.again, self.model.cases[self.again]
        cases = self.model.cases.items()
        fitting = [b for b, case in cases if (self.model.states[b] in states if states else case.given_up(self.now))]
        booking = self.dice.choice(fitting if fitting and self.dice.random() < 0.85 else list(self.model.cases)[-60:])
        return booking, self.model.cases[booking]

    def _number(self, case: Case) -> int:
        """A date, one that lies ahead most times."""
        ahead = case.given_up(self.now)
        return self.dice.choice(ahead if ahead and self.dice.random() < 0.85 else list(case.dates))

    def _time(self, meeting: float = 0.2) -> tuple[str, datetime, datetime]:
        """A room and a span in it by the wall clock, some days from now, between 9 and 22; one that meets another date so often."""
        if self.model.cases and self.dice.random() < meeting:
            case = self._any()[1]
            start, end = self._walls(case.dates[self._number(case)])
            if start > self._wall(self.now) and (start - start.replace(hour=0, minute=0)) >= DAY and end.date() == start.date():
                return self.dice.choice(list(SPACES)), start, end
        day = self.now.astimezone(OSLO).replace(tzinfo=None, hour=0, minute=0, second=0) + timedelta(
            days=1 + self.dice.randrange(DAYS_AHEAD)
        )
        start = day + timedelta(minutes=30 * self.dice.randrange(18, 39))
        return self.dice.choice(list(SPACES)), start, start + timedelta(minutes=30 * self.dice.randrange(1, 6))

    def _date(self, sort: Sort, room: str, start: datetime, end: datetime, *, is_second: bool = False) -> Date:
        """A date by the clock on the wall; one at an hour that the clock skips is when the clock has gone on."""
        if not (_is_shown(start) and _is_shown(end)):
            begins, ends = _utc(start), _utc(end)
            return Date(room, begins, max(ends, begins + timedelta(minutes=1)), "", sort.before, sort.after, is_missing=True)
        is_repeated = is_second and _utc(start) != _utc(start, fold=1)
        return Date(room, _utc(start, fold=int(is_second)), _utc(end, fold=int(is_repeated)), "", sort.before, sort.after)

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(OSLO).replace(tzinfo=None)

    def _walls(self, date: Date) -> tuple[datetime, datetime]:
        return self._wall(date.start), self._wall(date.end)

    def _later(self, date: Date, days: timedelta) -> Date:
        start, end = (moment + days for moment in self._walls(date))
        return self._at(date, start, end)

    def _on_clock(self, date: Date, start: datetime, end: datetime) -> Date:
        begins = datetime.combine(self._wall(date.start).date(), start.time())
        return self._at(date, begins, begins + (end - start))

    def _at(self, date: Date, start: datetime, end: datetime) -> Date:
        found = self._date(TRAINING, date.room, start, end)
        return replace(date, start=found.start, end=found.end, is_missing=found.is_missing)

    def _ids(self, keys: Collection[Key]) -> list[int]:
        with self.database.reading() as session:
            rows = session.execute(select(Occurrence.booking_id, Occurrence.number, Occurrence.id))
            return [row.id for row in rows if (row.booking_id, row.number) in keys]

    def _modelled(self) -> dict[tuple[int, int], tuple[Any, ...]]:
        cases = self.model.cases.items()
        return {(b, n): date.told for b, case in cases for n, date in case.dates.items()}

    def _where(self) -> str:
        return f"seed {self.seed}, step {sum(self.done.values())}, {self.now:%Y-%m-%d %H:%M}"


def _utc(wall: datetime, fold: int = 0) -> datetime:
    return wall.replace(tzinfo=OSLO, fold=fold).astimezone(UTC)


def _is_shown(wall: datetime) -> bool:
    """Whether the clock shows this time."""
    return _utc(wall).astimezone(OSLO).replace(tzinfo=None) == wall


def _offset(wall: datetime) -> timedelta | None:
    return wall.replace(tzinfo=OSLO).utcoffset()


def _furnished(session: Session) -> tuple[dict[str, Actor], int, dict[str, Stock]]:
    hall = furnish(session, {**POLICY, "rules": [*POLICY["rules"], *RULES]})
    added = [add_resource(session, OREN, NewResource.model_validate(stock), by=hall.olav, now=NOW) for stock in STOCKS]
    stocks = {one.slug: _stock(one.id, stock) for one, stock in zip(added, STOCKS, strict=True)}
    return {name: getattr(hall, name) for name in ("kari", "berit", "nils", "siri", "per", "olav")}, hall.cast.skiold.id, stocks


def _stock(number: int, said: Mapping[str, Any]) -> Stock:
    return Stock(
        number,
        said["quantity"],
        said.get("lot", 1),
        said.get("before_minutes", 0),
        said.get("after_minutes", 0),
        said.get("rooms", tuple(SPACES)),
        "".join(said.get("required_for", ())),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """What a verb that writes no booking answers with."""

    id: int


def _hours(session: Session, room: str, period: Sequence[day_of], minutes: Sequence[int] | None, *, by: Actor, now: datetime) -> Any:
    place, one = subject_of(session, OREN, room)
    clock = [f"{minute // 60:02}:00" for minute in minutes or ()]
    rows = [{"weekday": day, "start": clock[0], "end": clock[1]} for day in range(7)] if minutes else []
    first, last = (None if day in (day_of.min, day_of.max) else day for day in period)
    given = HoursInput.model_validate({"first_day": first, "last_day": last, "rows": rows, "version": (one or place).revision})
    changed = (forget_opening_hours if minutes is None else set_opening_hours)(session, OREN, room, given, by=by, now=now)
    line.ask_again(session, changed, now=now)
    return changed


def _restored(session: Session, path: str, *, version: int, by: Actor, now: datetime) -> Room:
    room = restore_room(session, path, version=version, by=by, now=now)
    line.ask_again(session, room, now=now)
    return room


def _versioned(session: Session, slug: str, verb: Callable[..., Any], *, by: Actor, now: datetime) -> Any:
    """A verb on a room that wants to know which version of it was seen."""
    row = session.scalars(select(Room).where(Room.slug == slug)).one()
    return verb(session, f"{OREN}/{slug}", version=row.revision, by=by, now=now)


def _stocked(session: Session, act: str, number: int, pieces: int, losing: Losing, *, by: Actor, now: datetime) -> Resource:
    if act == "restore":
        return restore_resource(session, number, by=by, now=now)
    if act == "retire":
        return retire_resource(session, number, losing, by=by, now=now)
    row = session.get_one(Resource, number)
    said = {name: getattr(row, name) for name in set(ChangedResource.model_fields) - {"version"}}
    given = ChangedResource.model_validate({**said, "version": row.revision, "quantity": pieces})
    return change_resource(session, number, given, losing, by=by, now=now)


def _outside(session: Session, room: str, seen: str, *, by: Actor, now: datetime) -> _Row:
    return _Row(displace_outside(session, OREN, room, reason="Gulvet", seen=seen, by=by, now=now))


def _changed(session: Session, booking: int, wanted: Change, *, by: Actor, now: datetime) -> Booking:
    return change(session, booking, wanted, by=by, now=now).booking


def _accepted_all(session: Session, booking: int, vain: Sequence[int], *, by: Actor, now: datetime) -> Booking:
    found = offers.accept_all(session, booking, by=by, now=now)
    assert sorted(found.vain) == sorted(vain), f"in vain {found.vain}, the model says {vain}"
    return found.booking


def _released(session: Session, club: int, period: Period, *, by: Actor, now: datetime) -> Booking:
    return release(session, club, period, by=by, now=now)[0]


def _wish(sort: Sort, room: str, time: tuple[datetime, datetime], weeks: int) -> dict[str, Any]:
    wish: dict[str, Any] = {"room": f"{OREN}/{room}", "start": time[0], "end": time[1], "purpose": sort.name}
    wish["activity"] = "culture.concert" if sort in (CONCERT, ASKED_CONCERT) else "sport.training"
    if sort is EVENT:
        wish |= {"kind": "municipal", "activity": "sport.match"}
    if sort not in (PRIVATE, BLOCK, EVENT):
        wish["organisation"] = "313000001"
    if sort is BLOCK:
        wish["kind"] = "block"
    if sort.needs:
        wish["needs"] = [BROKEN]
    if weeks > 1:
        wish["recurrence"] = {"rrule": f"FREQ=WEEKLY;COUNT={weeks}"}
    return wish


def _states(session: Session) -> dict[int, str]:
    return {row.id: str(row.state) for row in session.execute(select(Booking.id, Booking.state))}


def _dates(session: Session) -> dict[tuple[int, int], tuple[Any, ...]]:
    columns = (Occurrence.booking_id, Occurrence.number, Room.slug, Occurrence.starts_at, Occurrence.ends_at, Occurrence.state)
    rows = session.execute(select(*columns).join(Room, Occurrence.room_id == Room.id)).all()
    return {(row.booking_id, row.number): (row.slug, row.starts_at, row.ends_at, str(row.state)) for row in rows}


def _claims(session: Session, now: datetime) -> list[tuple[int, int, str, datetime, datetime]]:
    columns = (Occurrence.booking_id, Occurrence.number, Space.slug, Claim.starts_at, Claim.ends_at, Claim.expires_at)
    joined = select(*columns).join(Occurrence, Claim.occurrence_id == Occurrence.id).join(Space, Claim.space_id == Space.id)
    claims = [(one[:5], one[5]) for one in session.execute(joined)]
    return sorted(claim for claim, expires_at in claims if expires_at is None or expires_at > now)


def overlaps(session: Session) -> list[tuple[Any, ...]]:
    """Claims of one space that overlap, those that ran out among them: none may."""
    rows = session.execute(select(Claim.space_id, Claim.starts_at, Claim.ends_at).order_by(Claim.space_id, Claim.starts_at)).all()
    return [(*one, *other) for one, other in pairwise(rows) if one.space_id == other.space_id and other.starts_at < one.ends_at]


def _theirs(case: Case) -> str:
    """Who acts on the applicant's side: whoever asked, until the club has stood by it."""
    return "berit" if case.is_clubs else HANDS[case.sort.name]


def _acts(session: Session) -> list[tuple[str, int]]:
    found = session.execute(select(Audit.verb, Audit.subject_id).where(Audit.subject == "booking"))
    return [(row.verb, row.subject_id) for row in found]


def _told(session: Session) -> Counter[Told]:
    """What is told their holders of bookings, and of which dates, without what was taken back."""
    to_holder = or_(Notice.person_id == Booking.holder_id, Notice.kind == "confirmation-wanted")
    columns = select(Notice.kind, Notice.booking_id, Notice.facts).join(Booking, Notice.booking_id == Booking.id)
    found = session.execute(columns.where(Notice.state != Delivery.WITHDRAWN, to_holder))
    return Counter((row.kind, row.booking_id, _numbers(row.facts or {})) for row in found)


def _numbers(facts: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(sorted(facts.get("dates", ()))) or ((facts["number"],) if "number" in facts else ())


def _offers(session: Session) -> dict[int, tuple[Any, ...]]:
    columns = (Offer.id, Occurrence.booking_id, Occurrence.number, Room.slug, Offer.starts_at, Offer.ends_at)
    joined = select(*columns).join(Occurrence, Offer.occurrence_id == Occurrence.id).join(Room, Offer.room_id == Room.id)
    return {row.id: tuple(row[1:]) for row in session.execute(joined.where(Offer.state == OfferState.OPEN))}


def _sought(session: Session) -> set[Key]:
    joined = select(Occurrence.booking_id, Occurrence.number).join(Offer, Offer.occurrence_id == Occurrence.id)
    return {(row.booking_id, row.number) for row in session.execute(joined.where(Offer.state == OfferState.SOUGHT))}


def _open_to(key: Key) -> Select[Offer]:
    theirs = (Occurrence.booking_id == key[0], Occurrence.number == key[1], Offer.state == OfferState.OPEN)
    return select(Offer).join(Offer.occurrence).where(*theirs).options(joinedload(Offer.room))
