"""What-if: past and coming dates judged on their stored facts, as the policies stand and with a draft among them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.compared import Compared, Comparison, Use
from booking.counted import Counts, Spent, Spot
from booking.judging import unfolded
from booking.lifecycle import LIVE
from booking.models import Booking, Judgement, Occurrence
from booking.states import JUDGED, OccurrenceState
from database.transact import Database
from kernel.errors import Invalid, refuse
from kernel.interval import Interval
from kernel.wallclock import to_wall
from policies.document import Document
from policies.evaluate import evaluate_series
from policies.judging import Memo
from policies.layers import Policy, combine
from policies.places import Place
from policies.queries import InForce, Published, in_force_for
from policies.request import Facts, Request
from policies.rules.counts import Counting
from policies.stumbles import stumble_of
from policies.verdict import Outcome, Verdict
from venues.models import Room
from venues.queries import municipality
from web.logs import log_defect

BOOKINGS_A_PAGE = 200
DAY, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)
COLUMNS = (
    *(Occurrence.booking_id, Occurrence.number, Occurrence.room_id, Occurrence.starts_at, Occurrence.ends_at),
    *(Occurrence.local_start, Occurrence.local_end, Booking.reference, Booking.organisation_id, Booking.holder_id),
    *(Booking.team, Occurrence.absent_at, Occurrence.state, Room.venue_id, Room.kind),
)
# What a stored row that can no longer be read raises; pydantic's refusal is a ValueError.
UNREADABLE = (Invalid, LookupError, TypeError, AttributeError, ValueError)
Told = Callable[[int, int], None]
Frozen = tuple[Request, Facts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A draft for a place, and the dates of use on which it is tried; no ``until`` means all that is coming.

    Raises Invalid (``end-before-start``).
    """

    place: Place
    draft: Document
    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until and self.until < self.since:
            raise refuse(Invalid, "end-before-start", "until", self.until.isoformat(), start=self.since.isoformat())


@dataclass(frozen=True, slots=True)
class Dated:
    """A dated use, whether the question is about it, and what was judged of it last, where that can be read."""

    use: Use
    spent: Spent
    is_tried: bool
    judged: Frozen | None


def last_season(session: Session, now: datetime) -> date:
    """Where a question begins that names no date: a year before today in the municipality."""
    return to_wall(now, municipality(session).zone).date() - YEAR


def what_if(database: Database, question: Question, *, by: Actor, now: datetime, told: Told) -> Compared:
    """Judge what was held and what is booked or waits in a place, as the policies stand and with the draft in force instead.

    The facts are those of the last judgement of each date; quotas are counted anew for either side, from the dates that
    were asked for before and that side would have granted. Nothing is written. It reads page by page, and tells after
    each booking how many dates are done, and of how many. Raises Invalid (``rule-not-judged``, ``date-not-judged``) where
    a rule breaks instead of answering, Forbidden to all but officers.
    """
    by.require(by.is_officer, "officer")
    with database.reading() as session:
        policies = _policies(session, question)
        reading = Reading(question, policies.has_counts, now)
        bookings, total = reading.bookings(session)
    judging, done = Judging(policies), 0
    for first in range(0, len(bookings), BOOKINGS_A_PAGE):
        with database.reading() as session:
            page = reading.page(session, bookings[first : first + BOOKINGS_A_PAGE])
        for dates in judging.of_page(page):
            done += sum(one.is_tried for one in dates)
            told(done, total)
    return judging.comparison.compared()


class Policies:
    """The policies of each room by date of use: as published, and with the draft in place of the place's own document."""

    def __init__(self, question: Question, in_force: Mapping[int, InForce]) -> None:
        self._question = question
        self._in_force = in_force
        self._drafted: dict[tuple[Published, ...], Policy] = {}

    @property
    def has_counts(self) -> bool:
        published = (here.parsed.documents[version] for here in self._in_force.values() for scope in here.scopes for version in scope)
        return any(isinstance(rule, Counting) for document in (self._question.draft, *published) for rule in document.rules)

    def on(self, room_id: int, day: date) -> tuple[Policy, Policy]:
        """As published, and with the draft."""
        here = self._in_force[room_id]
        versions = here.asked_on(day)
        if versions not in self._drafted:
            own = (self._question.place.venue_id, self._question.place.room_id)
            asked = zip(versions, here.documents_on(day), strict=True)
            others = [document for version, document in asked if (version.venue_id, version.room_id) != own]
            self._drafted[versions] = combine([*others, self._question.draft])
        return here.on(day), self._drafted[versions]


def _policies(session: Session, question: Question) -> Policies:
    rooms = session.scalars(select(Room).where(question.place.rooms)).all()
    return Policies(question, in_force_for(session, rooms, question.since, question.until or date.max))


class Reading:
    """Reads the dates that the question is about, and with quotas those that count beside them, with what was judged of them."""

    def __init__(self, question: Question, has_counts: bool, now: datetime) -> None:
        is_missed = and_(Occurrence.state == OccurrenceState.CANCELLED, Occurrence.absent_at.is_not(None))
        self._is_tried = and_(question.place.rooms, _within(question.since, question.until), not_(is_missed))
        counted = _within(*_whole_periods(question)) if has_counts else self._is_tried
        is_ahead = and_(Occurrence.state.in_(sorted(LIVE)), Occurrence.ends_at > now)
        counts = or_(Occurrence.state == OccurrenceState.BOOKED, is_ahead, is_missed)
        self._conditions = (counted, counts, Booking.kind.in_(JUDGED))

    def bookings(self, session: Session) -> tuple[list[int], int]:
        """The ids of all bookings in the order in which they were asked for, and how many dates are tried."""
        ids = _joined(select(Occurrence.booking_id)).where(*self._conditions).distinct().order_by(Occurrence.booking_id)
        total = _joined(select(func.count(Occurrence.id))).where(*self._conditions, self._is_tried)
        return list(session.scalars(ids)), session.scalar(total) or 0

    def page(self, session: Session, bookings: Sequence[int]) -> list[list[Dated]]:
        """Their dates, those of one booking in one room together."""
        dates = _joined(select(*COLUMNS, self._is_tried.label("is_tried"))).where(*self._conditions)
        dates = dates.where(Occurrence.booking_id.in_(bookings)).order_by(Occurrence.booking_id, Occurrence.room_id, Occurrence.starts_at)
        rows = session.execute(dates).all()
        judged = _judged_last(session, {row.booking_id for row in rows if row.is_tried})
        together = groupby(rows, key=lambda row: (row.booking_id, row.room_id))
        return [[_dated(row, judged) for row in of_it] for _key, of_it in together]


class Judging:
    """Judges dates in the order in which they were asked for, and counts for either side what it would have granted."""

    def __init__(self, policies: Policies) -> None:
        self.comparison = Comparison()
        self._policies = policies
        self._counts = (Counts(), Counts())

    def of_page(self, page: Sequence[Sequence[Dated]]) -> Iterator[Sequence[Dated]]:
        """Judge the dates of a page; what is found for equal facts is shared within it, and gives its memory back after."""
        memo = Memo()
        for dates in page:
            self._judge(dates, memo)
            yield dates

    def _judge(self, dates: Sequence[Dated], memo: Memo) -> None:
        """The dates of one booking in one room, judged together as series are; what is not judged counts as it stands."""
        tried = [(one, one.judged) for one in dates if one.is_tried and one.judged]
        others = [one for one in dates if not one.is_tried or not one.judged]
        later = [one for one in others if tried and one.use.start > tried[0][0].use.start]
        self.comparison.unknown += sum(one.is_tried for one in others)
        self._count(one for one in others if one not in later)
        now, then = self._both_sides([judged for _one, judged in tried], dates[0], memo)
        for (one, _judged), before, after in zip(tried, now, then, strict=True):
            self.comparison.add(one.use, before, after)
            self._count([one], (before, after))
        self._count(later)

    def _both_sides(self, judged: Sequence[Frozen], first: Dated, memo: Memo) -> list[tuple[Verdict, ...]]:
        """The verdicts as the policies stand and with the draft; raises Invalid, naming rule and date, where a rule breaks."""
        try:
            return [self._verdicts(side, judged, first.spent.spot, memo) for side in (0, 1)]
        except Exception as error:
            where = stumble_of(error)
            log_defect(error, booking=first.use.reference, rule=where.rule)
            code = "rule-not-judged" if where.rule else "date-not-judged"
            start = (where.start or first.use.start).isoformat()
            raise refuse(Invalid, code, value=first.use.reference, start=start, rule=where.rule) from error

    def _count(self, dates: Iterable[Dated], verdicts: tuple[Verdict, ...] = ()) -> None:
        """Count dates on both sides, but not where they are refused."""
        spent = [one.spent for one in dates]
        for side, counts in enumerate(self._counts):
            if not verdicts or verdicts[side].outcome is not Outcome.REFUSED:
                counts.add(spent)

    def _verdicts(self, side: int, judged: Sequence[Frozen], spot: Spot, memo: Memo) -> tuple[Verdict, ...]:
        policies = [self._policies.on(spot.room_id, request.dates[0])[side] for request, _facts in judged]
        wanted = {count for policy, (request, _facts) in zip(policies, judged, strict=True) for count in policy.counts(request)}
        usage = self._counts[side].usage(wanted, spot)
        cases = zip(policies, judged, strict=True)
        counted = [(policy, request, facts if facts.usage == usage else replace(facts, usage=usage)) for policy, (request, facts) in cases]
        return evaluate_series(counted, memo, seek=_nothing)


def _nothing(*_asked: object) -> dict[Any, Any]:
    """No ways out are sought: nobody is to choose among them."""
    return {}


def _whole_periods(question: Question) -> tuple[date, date | None]:
    """The years of the question, and the weeks that reach into them: a quota counts whole periods."""
    last = question.until.replace(month=12, day=31) + WEEK if question.until else None
    return question.since.replace(month=1, day=1) - WEEK, last


def _within(since: date, until: date | None) -> ColumnElement[bool]:
    begun = Occurrence.local_start >= datetime.combine(since, time())
    return and_(begun, Occurrence.local_start < datetime.combine(until + DAY, time())) if until else begun


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(Booking, Occurrence.booking_id == Booking.id).join(Room, Occurrence.room_id == Room.id)


def _judged_last(session: Session, bookings: Collection[int]) -> dict[tuple[int, str], Any]:
    """What was judged last of each date, by booking and wall-clock start, with whether staff asked, as it was judged first:
    a request that an officer approved was asked for by somebody else.

    A judgement that cannot be read hides those before it.
    """
    stored = select(Judgement.booking_id, Judgement.judged["request"], Judgement.judged["facts"])
    found: dict[tuple[int, str], Any] = {}
    by_staff: dict[int, Any] = {}
    for booking_id, request, facts in session.execute(stored.where(Judgement.booking_id.in_(bookings)).order_by(Judgement.id)):
        try:
            rows = unfolded({"request": request, "facts": facts})
            asked = {"by_staff": by_staff.setdefault(booking_id, rows[0]["facts"]["by_staff"])}
            found |= {(booking_id, row["request"]["wall"]["start"]): (row["request"], row["facts"] | asked) for row in rows}
        except UNREADABLE:
            found = {key: kept for key, kept in found.items() if key[0] != booking_id}
    return found


def _dated(row: Row[Any], judged: Mapping[tuple[int, str], Any]) -> Dated:
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    use = Use(
        reference=row.reference,
        number=row.number,
        start=row.local_start,
        end=row.local_end,
        minutes=minutes,
        room=row.room_id,
        organisation=row.organisation_id,
        person=row.holder_id,
    )
    spent = Spent(
        Interval(row.starts_at, row.ends_at),
        row.local_start,
        row.local_end,
        Spot(row.room_id, row.venue_id, row.kind),
        None if row.state is OccurrenceState.UNCONFIRMED else row.organisation_id,
        row.holder_id,
        row.team,
        row.absent_at,
        row.state is not OccurrenceState.CANCELLED,
    )
    stored = judged.get((row.booking_id, row.local_start.isoformat())) if row.is_tried else None
    return Dated(use, spent, bool(row.is_tried), _read(*stored) if stored else None)


def _read(request: Any, facts: Any) -> Frozen | None:
    try:
        return Request.from_json(request), Facts.from_json(facts)
    except UNREADABLE:
        return None
