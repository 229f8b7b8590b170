"""The line: time that became free is offered to who waits for it, by the policy's rank, then the next."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from booking.alternatives import Passed, offers_to
from booking.case import Case, occupied, span_of
from booking.cases import booking_for
from booking.competing import order_of, time_of
from booking.ending import end_dates, keys_of
from booking.judging import judge
from booking.likeness import place_in, suiting
from booking.models import WAITS, Booking, Claim, Occurrence, Offer, Vacancy
from booking.occupy import peek, run_out, vacate
from booking.offers import Option, book_at_once, case_in, current_to, found_nothing, not_taken, offer, open_offers, passed_over
from booking.reasons import verdicts_of_all
from booking.resources import Needed, may_need, want_of
from booking.revisions import touch, touch_spaces
from booking.states import Accepts, BookingState, OccurrenceState, OfferState
from booking.telling import tell
from booking.waiting import ANSWERS, OVER, line_for, rooms_with
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Invalid
from kernel.interval import Interval, merged
from kernel.wallclock import WallSpan, wall_of
from policies.verdict import Verdict
from venues.models import Resource, Room, Space, Venue
from venues.queries import room_at

STEP = timedelta(minutes=30)
WHOLE_DAY = 48


def vacancies(session: Session, now: datetime) -> Sequence[int]:
    """The times that became free and can no longer be taken back, by id."""
    return session.scalars(select(Vacancy.id).where(Vacancy.due_at <= now).order_by(Vacancy.due_at, Vacancy.id)).all()


def in_line(session: Session, vacancy_id: int, *, now: datetime) -> Sequence[int]:
    """The dates that wait for a time that became free and could have some of it, by id: who lost theirs first, then by rank, then who
    asked first."""
    vacancy = session.get(Vacancy, vacancy_id)
    if vacancy is None or vacancy.ends_at <= now:
        return ()
    query = line_for([vacancy.space_id], Interval(vacancy.starts_at, vacancy.ends_at), now=now).where(~ANSWERS)
    # Of what a unit became free, where it is no part of a room.
    resource = session.scalar(select(Resource).join(Space, Space.resource_id == Resource.id).where(Space.id == vacancy.space_id))
    waiting = [date for date in session.scalars(query) if resource is None or may_need(date.booking, resource)]
    found = [date for date in waiting if _ways(session, date, vacancy, now=now)]
    judged = {date.id: judge(session, case_in(session, date, date.room))[0].verdict for date in found}
    return [date.id for date in sorted(found, key=lambda date: _order(date, judged[date.id]))]


def places(session: Session, booking: Booking, *, now: datetime) -> dict[int, int]:
    """Which place each date that waits has among all that wait for its time, by number, as they were judged last.

    Five statements, none where nothing waits.
    """
    own = [date for date in booking.occurrences if date.state is OccurrenceState.WAITING and date.starts_at > now]
    if not own:
        return {}
    span = Interval(min(date.starts_at for date in own), max(date.ends_at for date in own))
    found = session.scalars(line_for({space.id for date in own for space in date.room.spaces}, span, now=now)).all()
    verdicts = verdicts_of_all(session, {date.booking_id: date.booking for date in found}.values())
    line = sorted(found, key=lambda date: _order(date, verdicts[date.booking_id].get(date.local_start)))
    return {date.number: sum(_meet(date, other) for other in line[:place]) for place, date in enumerate(line, start=1) if date in own}


def offer_vacancy(session: Session, vacancy_id: int, occurrence_id: int, *, by: Actor, now: datetime) -> bool:
    """Offer a date what it waits for, of a time that became free; False when there is nothing for it."""
    by.require(by.is_administrator, "administrator")
    date, vacancy = _locked(session, occurrence_id), session.get(Vacancy, vacancy_id)
    if vacancy is None:
        return False
    options = _ways(session, date, vacancy, now=now)
    if not (date.booking.book_when_free and date.state is OccurrenceState.WAITING):
        return offer(session, date, options, by=by, now=now)
    return book_at_once(session, date, options, by=by, now=now)


def offer_instead(session: Session, offer_id: int, *, by: Actor, now: datetime) -> bool:
    """Find something for a date that lost its time: what is nearest of what is free and allowed, and was not offered before; that
    there is nothing is told."""
    by.require(by.is_administrator, "administrator")
    found = session.get_one(Offer, offer_id)
    date = _locked(session, found.occurrence_id)
    session.refresh(found)
    if found.state is not OfferState.SOUGHT:
        return False
    found.state, found.answered_at = OfferState.NONE, now
    session.flush()
    wall = wall_of(Interval(found.starts_at, found.ends_at), found.zone)
    ways = _instead(session, case_in(session, date, found.room), wall, not_taken(session, date), now=now) if date.starts_at > now else []
    # Its own time may have become free since.
    options = [Option(found.room, wall), *ways]
    is_found = offer(session, date, passed_over(session, date, options), by=by, now=now)
    if not is_found:
        found_nothing(session, date, by=by, now=now)
    return is_found


def _instead(session: Session, case: Case, wall: WallSpan, passed: Collection[Passed], *, now: datetime) -> list[Option]:
    """What is near a date: its own time in another room was asked for with the booking, other times are asked for now."""
    then, since = (offers_to(session, one, wall, passed=passed, now=now) for one in (case, replace(case, submitted=now)))
    own = [way for way in then if way.wall == wall]
    ways = sorted([*own, *(way for way in since if way.wall != wall)], key=lambda way: way.cost)
    return [Option(room_at(session, way.room), way.wall) for way in ways]


def forget_vacancies(session: Session, ids: Collection[int], *, by: Actor, now: datetime) -> None:
    """Everybody in line was asked: what none of them wanted is kept no longer."""
    by.require(by.is_administrator, "administrator")
    spaces = session.scalars(select(Vacancy.space_id).where(Vacancy.id.in_(ids)).distinct()).all()
    lock(session, *(Key(Subject.SPACE, space) for space in spaces))
    session.execute(delete(Vacancy).where(Vacancy.id.in_(ids)))
    touch_spaces(session, spaces)


def holds_over(session: Session, now: datetime) -> Sequence[int]:
    """The requests whose time was kept until now and is no longer, by the ids of their dates."""
    over = (Claim.expires_at <= now, Occurrence.state == OccurrenceState.REQUESTED)
    found = select(Claim.occurrence_id).join(Occurrence, Claim.occurrence_id == Occurrence.id).where(*over)
    return session.scalars(found.distinct().order_by(Claim.occurrence_id)).all()


def end_hold(session: Session, occurrence_id: int, *, by: Actor, now: datetime) -> None:
    """Give up time that was kept for a request until now: it goes on waiting, and who stands in line is asked."""
    by.require(by.is_administrator, "administrator")
    date = _locked(session, occurrence_id)
    lock(session, *keys_of(session, date.booking))
    run_out(session, session.scalars(select(Claim.space_id).where(Claim.occurrence_id == date.id)).all(), now=now)


def ask_again(session: Session, changed: Venue | Room | Resource, *, units: Collection[int] = (), now: datetime) -> None:
    """Let those who stand in line there be asked again: hours or a room's use changed, or there is more of what some of them want.

    Of that it is these ``units`` which are there again: they are kept for them, and asked for first. The spaces are locked.
    """
    venue = changed.id if isinstance(changed, Venue) else changed.venue_id
    here = Room.id == changed.id if isinstance(changed, Room) else Room.venue_id == venue
    waiting = select(Occurrence.id).where(WAITS, Occurrence.starts_at > now)
    query = select(Occurrence).join(Occurrence.booking).join(Occurrence.room).options(joinedload(Occurrence.room).selectinload(Room.spaces))
    dates = session.scalars(query.where(Occurrence.id.in_(waiting), here, Booking.state.not_in(OVER))).all()
    wanting = [date for date in dates if not isinstance(changed, Resource) or may_need(date.booking, changed)]
    left = {(space.id, date.starts_at, date.ends_at) for date in wanting for space in date.room.spaces}
    drawn = merged(Needed(changed, 1).draw(time_of(date)).time for date in wanting) if isinstance(changed, Resource) else ()
    beside = {(unit, time.start, time.end) for time in drawn for unit in units}
    vacate(session, beside, now=now)
    vacate(session, left, now=now)
    touch_spaces(session, {space for space, _, _ in left | beside})


def in_vain(session: Session, now: datetime) -> Sequence[int]:
    """The bookings with dates that wait for time that has begun, and have nothing to answer to, by id."""
    waits = (Occurrence.state == OccurrenceState.WAITING, Occurrence.starts_at <= now)
    return session.scalars(select(Occurrence.booking_id).where(*waits, ~ANSWERS).distinct().order_by(Occurrence.booking_id)).all()


def end_waiting(session: Session, booking_id: int, *, by: Actor, now: datetime) -> bool:
    """Let dates that nothing became free for leave the line; who waits for nothing more is told."""
    by.require(by.is_administrator, "administrator")
    booking = booking_for(session, booking_id)
    answering = open_offers(session, booking)
    waiting = (date for date in booking.occurrences if date.state is OccurrenceState.WAITING and date.id not in answering)
    dates = [date for date in waiting if date.starts_at <= now]
    if not dates:
        return False
    lock(session, *keys_of(session, booking))
    end_dates(session, booking, dates, OccurrenceState.LAPSED, BookingState.LAPSED, now=now)
    touch(session, booking)
    numbers = [date.number for date in dates]
    record(session, Act("end-waiting", "booking", booking.id, {"dates": numbers}, booking.holder_id), by=by, now=now)
    if booking.state is BookingState.LAPSED:
        tell(session, booking, "waited-in-vain", facts={"dates": numbers}, by=by, now=now)
    return True


def _order(date: Occurrence, verdict: Verdict | None) -> tuple[bool, tuple[int, int], datetime, int]:
    return date.state is not OccurrenceState.DISPLACED, order_of(verdict.rank if verdict else None), date.submitted, date.id


def _meet(date: Occurrence, other: Occurrence) -> bool:
    parts = {space.id for space in date.room.spaces} & {space.id for space in other.room.spaces}
    return bool(parts) and time_of(date).overlaps(time_of(other))


def _locked(session: Session, occurrence_id: int) -> Occurrence:
    """The date, once its booking's row is locked."""
    booking_id = session.scalars(select(Occurrence.booking_id).where(Occurrence.id == occurrence_id)).one()
    booking_for(session, booking_id)
    return session.get_one(Occurrence, occurrence_id, populate_existing=True)


def _ways(session: Session, date: Occurrence, vacancy: Vacancy, *, now: datetime) -> Sequence[Option]:
    """What a date could have now of a time that became free, without what it did not want before."""
    # Who lost it has its own time instead of what was found for it, and nothing else.
    theirs = list(_options(session, date, vacancy))[: 1 if current_to(session, date) else None]
    return _free(session, date, passed_over(session, date, theirs), now=now)


def _options(session: Session, date: Occurrence, vacancy: Vacancy) -> Iterator[Option]:
    """What a date could have of a time that became free, what it asked for first."""
    wall = span_of(date).wall
    yield Option(date.room, wall)
    match date.booking.accepts:
        case Accepts.ROOM:
            yield from (Option(date.room, other) for other in _that_day(wall))
        case Accepts.ANY:
            yield from (Option(room, wall) for room in _kindred(session, date, vacancy))
        case Accepts.TIME:
            pass


def _that_day(wall: WallSpan) -> Iterator[WallSpan]:
    """The same length at other times of the day, nearest first."""
    for step in (way * number for number in range(1, WHOLE_DAY) for way in (1, -1)):
        start, end = wall.start + step * STEP, wall.end + step * STEP
        if start.date() == wall.start.date():
            yield WallSpan(start, end, wall.zone)


def _kindred(session: Session, date: Occurrence, vacancy: Vacancy) -> Iterable[Room]:
    """Other rooms of its kind that the time became free in, and that hold as many and have what is needed, last those of which nobody
    knows that."""
    heads = sum(date.booking.participants.values())
    fits = or_(Room.capacity.is_(None), Room.capacity >= heads)
    rooms = rooms_with([vacancy.space_id])
    query = select(Room).where(Room.id.in_(rooms), Room.id != date.room_id, Room.kind == date.room.kind, Room.retired_at.is_(None), fits)
    found = {place_in(room): room for room in session.scalars(query.order_by(Room.capacity, Room.id).options(joinedload(Room.venue)))}
    unknown = suiting(session, found, heads, date.booking.needs)
    return [found[place] for place in sorted(unknown, key=lambda place: len(unknown[place]))]


def _free(session: Session, date: Occurrence, options: Sequence[Option], *, now: datetime) -> list[Option]:
    """The options that lie ahead and are free just now."""
    wants, sound = [], []
    for option in options:
        try:
            time: Interval = occupied(option.wall, date.before_minutes, date.after_minutes)
        except Invalid:  # a time that the clock skips
            continue
        if option.wall.interval().start > now:
            sound.append(option)
            wants.append(want_of(date.booking, option.room, time))
    answer = peek(session, wants, but=[date.id], due_by=now, now=now, alone=True)
    return [sound[number] for number in answer.free]
