"""Deciding: a date of a calendar of others that met a booking goes before it, or goes without its time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from booking.conflicts import Answer
from booking.displacing import Losers, Loss, Winner, lose, losers, require_precedence
from booking.models import Occurrence
from booking.occupy import ask, peek
from booking.states import Cause, OccurrenceState
from booking.tasks import meets_no_more
from booking.wish import Displacing
from calendars.incoming.matching import IGNORED, MEETS
from calendars.incoming.models import Event, Source
from calendars.incoming.settling import Standing, bring, standing_of, wants_of
from calendars.incoming.sources import source_for
from database.audit import Act, record
from database.locks import lock
from kernel.errors import Conflict, refuse
from kernel.interval import Interval


@dataclass(frozen=True, slots=True)
class Meeting:
    """A date that keeps no time, and what has it: no bookings where it is free by now, or kept for who stands in line."""

    date: Occurrence
    others: Sequence[Occurrence]


def meetings(session: Session, source: Source, *, reason: str = MEETS, now: datetime) -> list[Meeting]:
    """The dates ahead of a source that keep no time for a reason, soonest first, with the bookings that have it."""
    dates = _without_time(session, source, (reason,), now)
    standing = standing_of(session, source, now=now)
    answer = peek(session, wants_of(source, map(_time, dates)), but=[one.occurrence_id for one in standing.stood], now=now, alone=True)
    return [Meeting(date, others) for date, others in zip(dates, others_of(session, answer), strict=True)]


def others_of(session: Session, answer: Answer) -> list[list[Occurrence]]:
    """The dates that have the time of each want of an answer."""
    by_id = {date.id: date for date in losers(session, answer, locked=False).dates}
    return [_others(answer, number, by_id) for number in range(len(answer.wants))]


def go_first(session: Session, source_id: int, dates: Collection[int], asked: Displacing, *, by: Actor, now: datetime) -> Source:
    """Let dates of a calendar, by id, take their time from the bookings that have it, which are told and sought something else for.

    Raises Forbidden, Missing, Conflict (``nothing-meets``) where none of them is without its time, and what ``require_precedence``
    raises: where those that lose are others than were seen, its details carry their sign.
    """
    source = source_for(session, source_id, by=by)
    chosen = _chosen(session, source, dates, MEETS, now)
    standing = standing_of(session, source, now=now)
    wants = wants_of(source, map(_time, chosen))
    foreseen = losers(session, _others_only(peek(session, wants, now=now, alone=True), standing), locked=True)
    lock(session, *standing.keys, *foreseen.keys)
    wanted = standing.wanted(source.room.venue.zone, now=now)
    whole = ask(session, wants_of(source, [one.time for one in wanted]), now=now)
    answer = _others_only(whole, standing)
    ids = {one.occurrence_id: one.name for one in standing.stood}
    numbers = {one.name: number for number, one in enumerate(wanted)}
    won = {numbers[ids[date.id]]: date for date in chosen}
    found = losers(session, _of(answer, won), locked=False)
    winning = [Winner(answer.collisions.get(number, ()), source.strength) for number in won]
    require_precedence(session, found, winning, asked, now=now)
    for date, lost in _by_winner(answer, won, found).items():
        lose(session, lost, Loss(Cause.PRECEDENCE, f"booking:{date.booking_id}", asked.reason), by=by, now=now)
    settled = bring(session, standing, wanted, whole.without(found.ids), by=by, now=now)
    _end_task(session, source, is_over=not settled.all_met, by=by, now=now)
    return source


def set_aside(session: Session, source_id: int, dates: Collection[int], *, ignored: bool, by: Actor, now: datetime) -> Source:
    """Let dates of a calendar, by id, go without their time; or, where they are not ``ignored`` any more, take it once it is free.

    Raises Forbidden, Missing, Conflict (``nothing-meets``).
    """
    source = source_for(session, source_id, by=by)
    chosen = _chosen(session, source, dates, MEETS if ignored else IGNORED, now)
    for date in chosen:
        date.reason, date.changed_at = IGNORED if ignored else MEETS, now
        date.booking.version, date.booking.changed_at = date.booking.version + 1, now
    facts = {"what": IGNORED if ignored else MEETS, "source": source.id}
    acts = [Act("follow", "booking", date.booking_id, facts | {"dates": [date.number]}, source.holder_id) for date in chosen]
    record(session, *acts, by=by, now=now)
    session.flush()
    left = _without_time(session, source, (MEETS,), now)
    source.report = (source.report or {}) | {"met": len(left)}
    _end_task(session, source, is_over=not left, by=by, now=now)
    return source


def _end_task(session: Session, source: Source, *, is_over: bool, by: Actor, now: datetime) -> None:
    if is_over:
        meets_no_more(session, source.id, by=by, now=now)
    session.flush()


def _chosen(session: Session, source: Source, dates: Collection[int], reason: str, now: datetime) -> list[Occurrence]:
    found = [date for date in _without_time(session, source, (reason,), now) if date.id in dates]
    if not found:
        raise refuse(Conflict, "nothing-meets", "dates")
    return found


def _without_time(session: Session, source: Source, reasons: Sequence[str], now: datetime) -> list[Occurrence]:
    query = select(Occurrence).join(Event, Event.occurrence_id == Occurrence.id).where(Event.source_id == source.id)
    query = query.where(Occurrence.state == OccurrenceState.SKIPPED, Occurrence.reason.in_(reasons), Occurrence.starts_at > now)
    return list(session.scalars(query.options(joinedload(Occurrence.booking)).order_by(Occurrence.starts_at, Occurrence.id)))


def _others_only(answer: Answer, standing: Standing) -> Answer:
    """The answer without what the source itself has."""
    return answer.without({one.occurrence_id for one in standing.stood})


def _of(answer: Answer, numbers: Iterable[int]) -> Answer:
    return Answer(answer.wants, collisions={number: answer.collisions.get(number, ()) for number in numbers})


def _others(answer: Answer, number: int, by_id: Mapping[int, Occurrence]) -> list[Occurrence]:
    ids = dict.fromkeys(one.occurrence_id for one in answer.collisions.get(number, ()) if one.occurrence_id is not None)
    return [by_id[one] for one in ids if one in by_id]


def _by_winner(answer: Answer, won: Mapping[int, Occurrence], found: Losers) -> dict[Occurrence, list[Occurrence]]:
    """Each date that loses, with the first of those that go before it."""
    by_id, lost = {date.id: date for date in found.dates}, dict[int, Occurrence]()
    for number, winner in won.items():
        for date in _others(answer, number, by_id):
            lost.setdefault(date.id, winner)
    groups: dict[Occurrence, list[Occurrence]] = {}
    for one, winner in lost.items():
        groups.setdefault(winner, []).append(by_id[one])
    return groups


def _time(date: Occurrence) -> Interval:
    return Interval(date.starts_at, date.ends_at)
