"""Alternatives: what to take instead of a time that is taken or refused, the nearest first, and the room that fits most of a series."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from heapq import heappop, heappush
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from accounts.standings import standings_of
from booking.applicants import applicant_in
from booking.case import Case, case_of_booking, span_of
from booking.competing import asked_by_others
from booking.conflicts import Want
from booking.facts import Counts, gathered
from booking.freedom import Free, Freedom, freedom_of
from booking.judging import OUT_OF_ORDER, Judged, broken_at, broken_for, judge_gathered, without_what_is_lacking
from booking.likeness import of_the_kind, suiting
from booking.models import Booking, Occurrence
from booking.nearness import MOST, MOST_OF, Candidate, Change, Place, Term, charged_more, difference, distance, in_the_room, points
from booking.ordinary import Known, place_of
from booking.reservations import Preview
from booking.states import BookingKind
from booking.wish import LEFT_OUT, DatedSpan
from kernel.interval import Interval
from kernel.money import Ore
from kernel.wallclock import WallSpan
from venues.scheduling import Shut

AROUND = timedelta(days=7)
# A room, by its id, and a time in it.
Passed = tuple[int, datetime, datetime]
# A room, by its id, and a time in it in seconds, as forms send it and a refused date keeps it.
MARK = r"\d{1,9}:\d{1,11}-\d{1,11}"
# Offers are looked for on so many of the dates left out, the first ones.
DATES_HELPED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Another room or another time that is open and free just now, and that the rules do not refuse the applicant.

    ``unknown`` are the keys of what is needed of which nobody knows whether the room has it.
    ``changes`` is a ``nearness.Change``, ``cost`` how far it is from what was asked, in points; ``metres`` lie between the
    venues as the crow flies, 0 within one, None where it is not known. ``charged`` is None without a price.
    """

    room: str
    room_id: int
    name: str
    wall: WallSpan
    changes: Change
    cost: int
    charged: Ore | None
    needs_review: bool
    metres: int | None
    unknown: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What tells it among others: its room and its time."""
        return _mark(self.room_id, self.wall.interval())

    def to_json(self) -> dict[str, Any]:
        interval = self.wall.interval()
        return {
            "room": self.room,
            "name": self.name,
            "changes": str(self.changes),
            "start": interval.start.isoformat(),
            "end": interval.end.isoformat(),
            "local_start": f"{self.wall.start:%Y-%m-%dT%H:%M}",
            "local_end": f"{self.wall.end:%Y-%m-%dT%H:%M}",
            "cost": self.cost,
            "charged_price": self.charged,
            "needs_review": self.needs_review,
            "metres": self.metres,
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, slots=True)
class BestRoom:
    """The room in which most dates of a series could be had, those dates, and how many are wanted; one that was taken out is not."""

    room: str
    name: str
    dates: tuple[date, ...]
    wanted: int

    @property
    def fits_all(self) -> bool:
        return len(self.dates) == self.wanted


@dataclass(frozen=True, slots=True)
class Instead:
    """What to take instead in a dry run: offers by the number of the date that is left out, and the room that fits more of a series."""

    offers: Mapping[int, tuple[Offer, ...]]
    room: BestRoom | None = None


def offers_to(
    session: Session, case: Case, wall: WallSpan, *, beside: Sequence[Want] = (), passed: Collection[Passed] = (), now: datetime
) -> tuple[Offer, ...]:
    """The best few that the applicant of a case could take instead of one date, each as a single booking.

    What is offered differs in one thing (``nearness.Change``), is open by right and free with its set-up and clean-up, lies
    ahead, is not what somebody is about to get ``beside`` it nor ``passed`` over, and is not refused to the applicant. The least
    costly come first (``nearness.POINTS``, ``Candidate.order``), no more of a change than ``MOST_OF`` says.
    """
    return _offers(replace(_look(session, case, [wall], now), beside=tuple(beside), passed=passed), [wall])[0]


def offers_instead(
    session: Session, booking: Booking, date: Occurrence, *, apart: bool = False, among: Collection[str] | None = None, now: datetime
) -> tuple[Offer, ...]:
    """What the holder of a booking could ask for now instead of one of its dates, which is left out of what is counted.

    No time is among it that another request asks for, nor one that begins before the answer which it would have to wait for is promised.
    Where the time itself is refused, what is offered is ``apart`` from it: no part of it in the same room. Of what was shown before, by
    its marks, only what of it can still be had is ``among`` it.
    """
    applicant = applicant_in(booking, standings_of(session, booking.organisation_id), by_staff=False)
    span = span_of(date)
    case = replace(case_of_booking(booking, applicant, [span], date.room), submitted=now, settled=(date.id,))
    look = _look(session, case, [span.wall], now)
    beside = tuple(asked_by_others(session, booking, _whole([span.wall])))
    return _offers(replace(look, beside=beside, apart=apart, among=among, in_time=True), [span.wall])[0]


def nearest_first(offers: Iterable[Offer]) -> list[Offer]:
    """Offers by how far their rooms are from the asked one, last those of which nobody knows that; of equal distance as they were.

    Rooms of which it is known that they have what is needed come before all others.
    """
    return sorted(offers, key=lambda offer: (len(offer.unknown), offer.metres is None, offer.metres or 0))


def form_path(offer: Offer) -> str:
    """Where the form for an offer stands, filled in with its time."""
    start, end = offer.wall.start, offer.wall.end
    when = {"date": f"{start:%Y-%m-%d}", "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
    # A form's end of 00:00 is midnight at the end of the day.
    if end > datetime.combine(start.date(), time()) + timedelta(days=1):
        when["end_date"] = f"{end:%Y-%m-%d}"
    return f"/rooms/{offer.room}/book?{urlencode(when)}"


def best_room(session: Session, case: Case, *, kept: int, now: datetime) -> BestRoom | None:
    """The room other than the asked one that fits most dates of a series, None unless it fits more than the ``kept`` ones.

    Of rooms that fit equally many the one most like the asked one, then the first by its path.
    """
    return _best_room(_look(session, case, _sound(case), now), kept)


def instead_of(session: Session, preview: Preview, *, now: datetime) -> Instead:
    """Offers for the first dates that are left out, and of a series that is not whole the room that fits more of it.

    The number of statements grows with neither rooms nor dates.
    """
    lost = [number for number, date in enumerate(preview.dates) if not date.is_kept and _is_helped(date.judged)]
    if not lost:
        return Instead({})
    helped = lost[:DATES_HELPED]
    look = _look(session, preview.case, _sound(preview.case), now)
    found = _offers(look, [preview.dates[number].judged.wall for number in helped])
    room = _best_room(look, sum(date.is_kept for date in preview.dates)) if len(preview.dates) > 1 else None
    return Instead(dict(zip(helped, found, strict=True)), room)


def _is_helped(judged: Judged) -> bool:
    """Whether another time or room can be found for a date: there is such a time, and it is not one of another of its own."""
    return judged.fault is None or judged.fault.code == OUT_OF_ORDER


def _sound(case: Case) -> list[WallSpan]:
    return [span.wall for span in case.dates if span.fault is None]


def _offers(look: "_Look", walls: Sequence[WallSpan]) -> tuple[tuple[Offer, ...], ...]:
    free = [_free(look, wall) for wall in walls]
    for number, elsewhere in enumerate(_free_elsewhere(look, walls)):
        free[number] = sorted([*free[number], *elsewhere], key=lambda one: one.order)
    return tuple(tuple(_best(found, _offering(look, wall))) for found, wall in zip(free, walls, strict=True))


def _best_room(look: "_Look", kept: int) -> BestRoom | None:
    """Rooms are judged as long as they could fit more dates than the best so far, or as many and be more alike."""
    walls, wanted = _sound(look.case), [span for span in look.case.dates if span.fault is None or span.fault.code != LEFT_OUT]
    times = [wall.interval() for wall in walls]
    free = look.freedom.at(times)
    hopes = sorted((_hope(look, place, times, free) for place in look.others), key=lambda hope: (-len(hope.free), hope.unlike))
    found: list[tuple[int, tuple[int, str], BestRoom]] = []
    for hope in hopes:
        if len(hope.free) <= kept or (found and (-len(hope.free), hope.unlike) > found[0][:2]):
            break
        judged = look.judge.on(hope.place, walls, in_series=True)
        dates = tuple(walls[number].start.date() for number in hope.free if _is_had(look, hope.place, judged[number]))
        if len(dates) > kept:
            best = BestRoom(hope.place.path, hope.place.name, dates, len(wanted))
            found = sorted([*found, (-len(dates), hope.unlike, best)], key=lambda one: one[:2])
    return found[0][2] if found else None


class _Hope(NamedTuple):
    """A room with the numbers of the dates on which it is open and free, and how unlike the asked one it is."""

    place: Place
    free: Sequence[int]
    unlike: tuple[int, str]


def _hope(look: "_Look", place: Place, times: Sequence[Interval], free: Free) -> _Hope:
    to_come = [number for number in free.by_right_on(place.id) if times[number].start > look.now]
    return _Hope(place, to_come, (look.unlike(place), place.path))


@dataclass(frozen=True, slots=True)
class _Look:
    """One look around for a case: its room, the rooms that suit, when they are free, and who judges.

    ``own`` is the asked room where it suits, ``others`` are those that share no part with it; ``unknown`` tells, by their ids,
    what of that which is needed nobody knows, ``broken`` is what of it is out of order somewhere.
    """

    case: Case
    asked: Place
    own: tuple[Place, ...]
    others: tuple[Place, ...]
    unknown: Mapping[int, tuple[str, ...]]
    freedom: Freedom
    judge: "_Judge"
    now: datetime
    broken: Sequence[Shut] = ()
    beside: tuple[Want, ...] = ()
    passed: Collection[Passed] = ()
    apart: bool = False
    among: Collection[str] | None = None
    in_time: bool = False

    def unlike(self, place: Place) -> int:
        """The points of a room, as far as it differs from the asked one and nobody knows whether it suits."""
        return points(difference(self.asked, place)) + self.doubt(place)

    def doubt(self, place: Place) -> int:
        """The points of what is needed and not known of a room."""
        keys = self.unknown.get(place.id)
        return points({Term.UNKNOWN: len(keys)}) if keys else 0

    def leaves_out(self, candidate: Candidate) -> bool:
        """Whether a candidate is none of what is looked for."""
        time = candidate.time
        is_passed = (candidate.place.id, time.start, time.end) in self.passed
        return is_passed or (self.among is not None and _mark(candidate.place.id, time) not in self.among)


def _look(session: Session, case: Case, walls: Sequence[WallSpan], now: datetime) -> _Look:
    span, asked = _whole(walls), case.room
    freedom = freedom_of(session, lambda: of_the_kind(session, asked), span, now=now)
    ids = freedom.of_the_kind(asked.id)
    heads = sum(band.heads for band in case.bands)
    found = suiting(session, (freedom.spots[id].place for id in ids), heads, case.needs)
    own = tuple(one for one in found if one.id == asked.id and freedom.spots[one.id].is_used)
    parts = set(case.spaces)
    others = tuple(one for one in found if parts.isdisjoint(freedom.spots[one.id].spaces))
    judge, unknown = _Judge(session, case, freedom), {place.id: keys for place, keys in found.items() if keys}
    return _Look(case, freedom.spots[asked.id].place, own, others, unknown, freedom, judge, now, broken_for(session, case))


def _whole(walls: Sequence[WallSpan]) -> Interval:
    times = [wall.interval() for wall in walls]
    return Interval(min(time.start for time in times) - AROUND, max(time.end for time in times) + AROUND)


def _free(look: _Look, wall: WallSpan) -> list[Candidate]:
    """What is open and free in the asked room itself."""
    tries = [one for place in look.own for one in in_the_room(place, wall) if one.time.start > look.now]
    if look.apart:
        tries = [one for one in tries if not one.time.overlaps(wall.interval())]
    free = look.freedom.at(one.time for one in tries)
    found = [tries[number] for number in free.by_right_on(look.asked.id)]
    return [replace(one, cost=one.cost + doubt) for one in found] if (doubt := sum(map(look.doubt, look.own))) else found


def _free_elsewhere(look: _Look, walls: Sequence[WallSpan]) -> Iterator[list[Candidate]]:
    """The other rooms that are open and free at each of the times."""
    others, times = {place.id: place for place in look.others}, [wall.interval() for wall in walls]
    free, cost = look.freedom.at(times), cache(lambda room: look.unlike(others[room]))
    for number, (wall, when) in enumerate(zip(walls, times, strict=True)):
        rooms = [room for room in free.rooms_by_right(number) if room in others] if when.start > look.now else []
        yield [Candidate(others[room], wall, when, Change.ROOM, cost(room)) for room in rooms]


def _best(free: Sequence[Candidate], offering: Callable[[Candidate], tuple[Candidate, Offer] | None]) -> Iterator[Offer]:
    """The best few in their order, of candidates by what they cost at least; no more are judged than that takes."""
    told: Counter[Change] = Counter()
    judged: list[tuple[Any, Offer]] = []
    for candidate in (*free, None):
        while judged and (candidate is None or judged[0][0] < candidate.order):
            offer = heappop(judged)[1]
            if told[offer.changes] < MOST_OF[offer.changes]:
                told[offer.changes] += 1
                yield offer
            if told.total() == MOST:
                return
        if candidate and told[candidate.change] < MOST_OF[candidate.change] and (found := offering(candidate)):
            heappush(judged, (found[0].order, found[1]))


def _offering(look: _Look, wall: WallSpan) -> Callable[[Candidate], tuple[Candidate, Offer] | None]:
    """What makes an offer of a candidate, with what it costs once it is judged; None where it is refused."""
    asked_price = look.judge.price(look.asked, wall)

    def offering(candidate: Candidate) -> tuple[Candidate, Offer] | None:
        if look.leaves_out(candidate) or look.judge.bars(candidate.place, candidate.wall):
            return None
        (judged,) = look.judge.on(candidate.place, [candidate.wall])
        if not _is_had(look, candidate.place, judged) or (look.in_time and _is_answered_late(judged)):
            return None
        charged = _charged(judged)
        dearer = {Term.DEARER: charged_more(charged or 0, asked_price), Term.REVIEW: int(judged.needs_review)}
        final = replace(candidate, cost=candidate.cost + points(dearer))
        return final, _offer(look, final, judged, charged)

    return offering


def _offer(look: _Look, candidate: Candidate, judged: Judged, charged: Ore | None) -> Offer:
    asked, place = look.asked, candidate.place
    is_known = asked.venue == place.venue or (asked.where and place.where)
    return Offer(
        room=place.path,
        room_id=place.id,
        name=place.name,
        wall=candidate.wall,
        changes=candidate.change,
        cost=candidate.cost,
        charged=charged,
        needs_review=judged.needs_review,
        metres=100 * distance(asked, place) if is_known else None,
        unknown=look.unknown.get(place.id, ()),
    )


def _is_had(look: _Look, place: Place, judged: Judged) -> bool:
    """Whether the rules do not refuse it, and its set-up and clean-up and what is wanted beside the room are free too."""
    if judged.is_refused:
        return False
    want = look.judge.want(place, judged)
    is_promised = any(want.meets(other) for other in look.beside)
    is_whole = broken_at(look.broken, look.freedom.spots[place.id].spaces, judged.wall.interval()) is None
    is_untaken = look.freedom.is_untaken(place.id, want.time) and all(map(look.freedom.has_enough, want.draws))
    return is_whole and not is_promised and is_untaken


def _is_answered_late(judged: Judged) -> bool:
    """Whether somebody has to look at it first, and promises an answer only once it has begun."""
    promised = judged.verdict.decider.promised_by if judged.verdict and judged.verdict.decider and judged.needs_review else None
    return promised is not None and promised >= judged.wall.interval().start


def _mark(room: int, time: Interval) -> str:
    return f"{room}:{time.start.timestamp():.0f}-{time.end.timestamp():.0f}"


def _charged(judged: Judged) -> Ore | None:
    price = judged.verdict.price if judged.verdict else None
    return price.charged if price else None


@dataclass(slots=True)
class _Judge:
    """Judges the case in other rooms and at other times; the database is asked for what is counted, once."""

    session: Session
    case: Case
    freedom: Freedom
    counts: Counts = field(default_factory=Counts)
    known: Known = field(default_factory=Known)

    def on(self, place: Place, walls: Sequence[WallSpan], *, in_series: bool = False) -> tuple[Judged, ...]:
        """The verdicts on the case in a room at other times; an agreement is about its own rooms."""
        return self._judged(place, self._case(place, walls, in_series))

    def price(self, place: Place, wall: WallSpan) -> Ore:
        """What a time in a room costs, whether what is wanted beside it can be had or not; 0 where nothing says."""
        (judged,) = self._judged(place, replace(self._case(place, [wall], in_series=False), resources={}))
        return _charged(judged) or 0

    def _judged(self, place: Place, case: Case) -> tuple[Judged, ...]:
        if case.kind is BookingKind.BLOCK:
            return tuple(Judged(span.wall, span.fault) for span in without_what_is_lacking(case).dates)
        spot = self.freedom.spots[place.id]
        known = gathered(self.session, case, spot.opening, spot.policies, self.counts)
        return judge_gathered(known, case, self.known.memo, seek=lambda *_: {})

    def want(self, place: Place, judged: Judged) -> Want:
        """What a date of the case would occupy in a room."""
        return judged.want(self._case(place, [judged.wall], in_series=False))

    def bars(self, place: Place, wall: WallSpan) -> bool:
        """Whether an ordinary rule lets nobody in: it costs far less than a verdict, and on a public holiday all rooms may have it."""
        if self.case.kind is BookingKind.BLOCK:
            return False
        heads = sum(band.heads for band in self.case.bands) or None
        return place_of(self.freedom.spots[place.id], self.known).is_barred(wall, heads, self.case.submitted)

    def _case(self, place: Place, walls: Sequence[WallSpan], in_series: bool) -> Case:
        spot, applicant = self.freedom.spots[place.id], self.case.applicant
        return replace(
            self.case,
            room=spot.whole,
            path=place.path,
            spaces=spot.spaces,
            applicant=applicant if place.id == self.case.room.id else replace(applicant, agreement=None),
            dates=tuple(DatedSpan(wall) for wall in walls),
            in_series=in_series,
            exceptions=(),
            waivers=(),
        )
