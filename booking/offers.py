"""Offers: a time and a room kept for a date that waits or was displaced, until its holder answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from accounts.standings import standings_of
from booking.case import Case, in_use, is_in_use, span_of
from booking.cases import booking_at, booking_for, may_see, require_holder
from booking.displacing import seek
from booking.ending import keys_of
from booking.judging import judge, keep
from booking.lifecycle import Act as Doing
from booking.lifecycle import allows, state_of
from booking.models import OPEN, Booking, Occurrence, Offer
from booking.occupy import TO_ASK, Take, ask, free, occupy
from booking.outcome import Declined, Taken
from booking.reservations import ask_longer
from booking.resettle import Plan, case_again, is_granted, lock_for, settle
from booking.revisions import touch
from booking.states import BookingState, OccurrenceState, OfferState
from booking.telling import tell
from booking.waiving import exceptions_of
from booking.wish import DatedSpan
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import UNDO_WITHIN, waiting_about
from kernel.errors import Conflict, Missing, refuse
from kernel.interval import Interval
from kernel.wallclock import WallSpan, at, nearest_interval, to_wall, wall_of
from venues.models import Closure, Room
from venues.scheduling import shut_by

TO_ANSWER = timedelta(hours=24)
# At night nobody is to be awake to answer: what would run out then runs out in the morning, or else the evening before.
EVENING, MORNING, WAKING = timedelta(hours=22), timedelta(hours=7), timedelta(hours=1)
DAY = timedelta(days=1)
DECLINED = "declined"
NOT_TAKEN = (OfferState.DECLINED, OfferState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Option:
    """A room and a time that a date could have."""

    room: Room
    wall: WallSpan


def offer(session: Session, date: Occurrence, options: Sequence[Option], *, by: Actor, now: datetime) -> bool:
    """Keep the first of the options that is free and that the policy allows for the date, and tell its holder.

    The booking's row is locked already. A date whose booking is to be booked when time is free is booked instead. Whatever was
    found for one that lost its time makes way for that. False when nothing is to be had, or the date is no longer one that is
    offered anything.
    """
    by.require(by.is_administrator, "administrator")
    booking = date.booking
    current = current_to(session, date)
    if not allows(Doing.OFFER, date.state) or date.starts_at <= now or not _may_follow(date, current, options):
        return False
    options = [option for option in options if is_in_use(option.room)]
    cases = {option.room.id: case_in(session, date, option.room) for option in options}
    left = [Key(Subject.SPACE, space.id) for space in current.room.spaces] if current else ()
    lock(session, *keys_of(session, booking), *(key for case in cases.values() for key in case.keys), *left)
    found = next(filter(None, (_kept(session, cases[option.room.id], date, option, now=now) for option in options)), None)
    if found is None:
        return False
    booking.version += 1
    touch(session, booking)
    record(session, Act("offer", "booking", booking.id, {"number": date.number}, booking.holder_id), by=by, now=now)
    # Who is about to be told what was lost reads in the same mail what is offered instead.
    if not _is_about_to_be_told(session, date, "dates-displaced"):
        tell(session, booking, "date-offered", facts={"number": date.number, "offer": found.id}, by=by, now=now)
    return True


def book_at_once(session: Session, date: Occurrence, options: Sequence[Option], *, by: Actor, now: datetime) -> bool:
    """Book the first of what became free that is to be had, for a date that asked for that; False when nothing is."""
    by.require(by.is_administrator, "administrator")
    plans = [_plan(date, option, act="book-when-free", offered=now, by=by, now=now) for option in options if is_in_use(option.room)]
    lock_for(session, date.booking, *plans)
    for plan in plans:
        with suppress(Declined, Taken), session.begin_nested():
            _take(session, date, plan, act="book-when-free", by=by, now=now)
            return True
    return False


def found_nothing(session: Session, date: Occurrence, *, by: Actor, now: datetime) -> None:
    """Tell that there is nothing else for a date that lost its time, or nothing more that was not offered already."""
    booking = date.booking
    if date.starts_at > now and not _is_about_to_be_told(session, date, "dates-displaced", "offer-expired"):
        tell(session, booking, "nothing-found", facts={"number": date.number}, by=by, now=now)


def accept(session: Session, offer_id: int, *, by: Actor, now: datetime) -> Booking:
    """Take what is offered: the date is booked, or waits: for a decision where the policy wants one, for the organisation
    while nobody has confirmed the wish.

    Raises Conflict (``offer-answered``, ``offer-expired``), Declined, Taken, Missing, Forbidden.
    """
    found = _answered(session, offer_id, OfferState.ACCEPTED, by=by, now=now)
    in_use(found.room)
    date, plan = found.occurrence, _plan_of(found, by=by, now=now)
    lock_for(session, date.booking, plan)
    _take(session, date, plan, act="accept", by=by, now=now)
    return date.booking


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of all that was offered to a booking: the dates that were taken, and by their ids the offers that were in vain."""

    booking: Booking
    taken: Sequence[Occurrence]
    vain: Sequence[int]


def accept_all(session: Session, booking_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Accepted:
    """``accept`` all that is open to the dates of a booking, the soonest first, each as if it were alone; its holder is told once.

    With the ``version`` that was seen nothing is taken that was not. Raises Conflict (``no-offers``), Stale, Missing, Forbidden.
    """
    booking = booking_at(session, booking_id, version, by=by)
    require_holder(booking, by)
    found = sorted(
        (one for one in open_offers(session, booking).values() if _is_in_time(one, now)), key=lambda one: (one.starts_at, one.id)
    )
    if not found:
        raise refuse(Conflict, "no-offers", "booking", booking.reference)
    plans = {one: _plan_of(one, by=by, now=now) for one in found if is_in_use(one.room)}
    lock_for(session, booking, *plans.values())
    taken = []
    for one, plan in plans.items():
        with suppress(Declined, Taken), session.begin_nested():
            one.state, one.answered_at, one.answered_by = OfferState.ACCEPTED, now, by.person_id
            _settle(session, one.occurrence, plan, act="accept", by=by, now=now)
            taken.append(one)
    dates = [one.occurrence for one in taken]
    _tell_had(session, booking, dates, by=by, now=now)
    # Taking back what was refused has let the session forget what it had read of the booking.
    return Accepted(booking_for(session, booking_id), dates, [one.id for one in found if one not in taken])


def decline(session: Session, offer_id: int, *, by: Actor, now: datetime) -> Booking:
    """Say no to what is offered: the next in line gets it, and the date leaves the line; raises as ``accept``.

    For a date that lost its time something else is sought.
    """
    found = _answered(session, offer_id, OfferState.DECLINED, by=by, now=now)
    date = found.occurrence
    if date.state is OccurrenceState.WAITING:
        date.state, date.reason = OccurrenceState.SKIPPED, DECLINED
    return _let_go(session, found, "decline-offer", by=by, now=now)


def expire(session: Session, offer_id: int, *, by: Actor, now: datetime) -> bool:
    """Let the next have what was not answered in time; the date goes on waiting, and for one that lost its time something else is
    sought. False when it was answered meanwhile."""
    by.require(by.is_administrator, "administrator")
    found = _read(session, offer_id)
    if found.state is not OfferState.OPEN or (found.expires_at and found.expires_at > now):
        return False
    found.state = OfferState.EXPIRED
    booking = _let_go(session, found, "expire-offer", by=by, now=now)
    tell(session, booking, "offer-expired", facts={"number": found.occurrence.number, "offer": found.id}, by=by, now=now)
    return True


def withdraw(session: Session, found: Offer, *, by: Actor, now: datetime) -> None:
    """Close an open offer, all of which is locked, that can no longer be had: its holder is told, and for a date that lost its
    time something else is sought; one that stands in line goes on waiting."""
    date, booking = found.occurrence, found.occurrence.booking
    found.state = OfferState.WITHDRAWN
    _left(session, found, "withdraw-offer", by=by, now=now)
    found.answered_by = None
    # Who has not yet been told of it need not be told that it is gone.
    untold = [one.facts for kind in ("date-offered", "dates-displaced") for one in waiting_about(session, booking.id, kind)]
    if not any(facts.get("offer") == found.id or date.number in facts.get("dates", ()) for facts in untold):
        tell(session, booking, "offer-withdrawn", facts={"number": date.number, "offer": found.id}, by=by, now=now)


def withdraw_vain(session: Session, offer_id: int, *, by: Actor, now: datetime) -> None:
    """Close what its holder said yes to and could not have any more; raises Missing, Forbidden."""
    found = _read(session, offer_id)
    require_holder(found.occurrence.booking, by)
    if found.state is OfferState.OPEN:
        _lock(session, found)
        withdraw(session, found, by=by, now=now)


def overdue(session: Session, now: datetime) -> Sequence[int]:
    """The open offers that were not answered in time, by id."""
    return session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN, Offer.expires_at <= now).order_by(Offer.id)).all()


def sought(session: Session, now: datetime) -> Sequence[int]:
    """The offers that are still to be found, by id, once what took their time can no longer be undone."""
    due = (Offer.state == OfferState.SOUGHT, Offer.created_at <= now - UNDO_WITHIN)
    return session.scalars(select(Offer.id).where(*due).order_by(Offer.id)).all()


def open_offers(session: Session, booking: Booking) -> Mapping[int, Offer]:
    """What is open to the dates of a booking, by their ids."""
    return {date: one for date, one in coming_offers(session, booking).items() if one.state is OfferState.OPEN}


def coming_offers(session: Session, booking: Booking) -> Mapping[int, Offer]:
    """What is open to the dates of a booking, or is still being sought for them, by their ids."""
    ids = [date.id for date in booking.occurrences if allows(Doing.OFFER, date.state) and not date.reason.startswith("policy:")]
    if not ids:
        return {}
    theirs = (Offer.occurrence_id.in_(ids), Offer.state.in_((OfferState.OPEN, OfferState.SOUGHT)))
    found = select(Offer).where(*theirs).options(joinedload(Offer.room).joinedload(Room.venue))
    return {one.occurrence_id: one for one in session.scalars(found)}


def current_to(session: Session, date: Occurrence) -> Offer | None:
    """What is open to a date, or still sought for it."""
    return session.scalar(select(Offer).where(Offer.occurrence_id == date.id, OPEN))


def case_in(session: Session, date: Occurrence, room: Room) -> Case:
    """The case of a date as it would be in a room, at its own time."""
    booking = date.booking
    plan, held = Plan(act="offer", dates=(date,), by_staff=False), exceptions_of(booking).of(date.number)
    return case_again(booking, plan, (date,), room, held=held, standings=standings_of(session, booking.organisation_id))


def passed_over(session: Session, date: Occurrence, options: Iterable[Option]) -> list[Option]:
    """The options without those that were offered to the date before, and not taken, and without the time that it lost to what is
    closed or out of order still."""
    before = not_taken(session, date)
    left = [(option, nearest_interval(option.wall)) for option in options]
    closure = _lost_to(session, date)
    if closure is not None:
        shut = shut_by(session, closure)
        left = [(option, time) for option, time in left if not shut.meets([space.id for space in option.room.spaces], time)]
    return [option for option, time in left if (option.room.id, time.start, time.end) not in before]


def not_taken(session: Session, date: Occurrence) -> Collection[tuple[int, datetime, datetime]]:
    """The room, by id, and the time of all that was offered to a date before, and not taken."""
    said = select(Offer.room_id, Offer.starts_at, Offer.ends_at).where(Offer.occurrence_id == date.id)
    return {(row.room_id, row.starts_at, row.ends_at) for row in session.execute(said.where(Offer.state.in_(NOT_TAKEN)))}


def nothing_for(session: Session, dates: Iterable[Occurrence], offers: Mapping[int, Offer]) -> list[Occurrence]:
    """Those of the dates, of which these offers are open by their ids, that lost their time and for which nothing is sought; one
    statement where any did."""
    lost = [date for date in dates if date.state is OccurrenceState.DISPLACED and date.id not in offers]
    if not lost:
        return []
    theirs = Offer.occurrence_id.in_([date.id for date in lost])
    sought = set(session.scalars(select(Offer.occurrence_id).where(theirs, Offer.state == OfferState.SOUGHT)))
    return [date for date in lost if date.id not in sought]


def answer_by(now: datetime, start: datetime, zone: str) -> datetime:
    """Until when a time that begins at ``start`` is kept for an answer: a day, at most half of what is left.

    Never between 22 and 07 on the wall clock, where another moment is left before the start.
    """
    due = min(now + TO_ANSWER, now + (start - now) / 2)
    wall = to_wall(due, zone)
    if MORNING <= wall - at(wall.date(), timedelta()) < EVENING:
        return due
    night = wall.date() if wall.hour < MORNING // WAKING else wall.date() + DAY
    for day, hour in ((night, MORNING + WAKING), (night - DAY, EVENING - WAKING)):
        moment = nearest_interval(WallSpan(at(day, hour), at(day, hour + WAKING), zone)).start
        if now < moment < start:
            return moment
    return start


def _kept(session: Session, case: Case, date: Occurrence, option: Option, *, now: datetime) -> Offer | None:
    applicant = replace(case.applicant, by_staff=_is_granted(date, option))
    asked_at = _asked_at(date, option, now) or case.submitted
    case = replace(case, dates=(DatedSpan(option.wall),), applicant=applicant, submitted=asked_at, not_before=now)
    judged = judge(session, case)
    if judged[0].is_refused:
        return None
    answer = ask(session, [judged[0].want(case)], due_by=now, now=now).without({date.id})
    if not answer.is_free(0):
        return None
    until = answer_by(now, judged[0].wall.interval().start, judged[0].wall.zone)
    # The worker ends it and asks the next: until it has, nobody else slips in.
    occupy(session, answer, [Take(0, date.id, until + TO_ASK)], release=[date.id], now=now)
    keep(session, date.booking_id, judged, act="offer", now=now)
    made = Offer.of(date, case.room, judged[0].wall, OfferState.OPEN, now=now)
    made.expires_at = until
    session.add(made)
    session.flush()
    return made


def _wall_of(found: Offer) -> WallSpan:
    return wall_of(Interval(found.starts_at, found.ends_at), found.zone)


def _lost_to(session: Session, date: Occurrence) -> Closure | None:
    """The closure that took the date's time, where it stands."""
    what, _colon, number = date.lost_to.partition(":")
    closure = session.get(Closure, int(number)) if what == "closure" else None
    return closure if closure and closure.withdrawn_at is None else None


def _may_follow(date: Occurrence, current: Offer | None, options: Sequence[Option]) -> bool:
    """Whether these options may be offered after what a date has already: nothing else may, but its own time to who lost it."""
    own = Option(date.room, span_of(date).wall)
    has_own = current is not None and current.state is OfferState.OPEN and Option(current.room, _wall_of(current)) == own
    return current is None or (date.state is OccurrenceState.DISPLACED and not has_own and all(option == own for option in options))


def _is_granted(date: Occurrence, option: Option) -> bool:
    return is_granted(date, option.room, nearest_interval(option.wall))


def _asked_at(date: Occurrence, option: Option, offered: datetime) -> datetime | None:
    """When an option is asked for: its own time was with the booking, whatever room it is in; another time is when it is offered."""
    return None if nearest_interval(option.wall) == Interval(date.starts_at, date.ends_at) else offered


def _is_in_time(found: Offer, now: datetime) -> bool:
    return found.expires_at is None or found.expires_at > now


def _plan_of(found: Offer, *, by: Actor, now: datetime) -> Plan:
    """How what is offered is taken."""
    return _plan(found.occurrence, Option(found.room, _wall_of(found)), act="accept", offered=found.created_at, by=by, now=now)


def _plan(date: Occurrence, option: Option, *, act: str, offered: datetime, by: Actor, now: datetime) -> Plan:
    return Plan(
        act=act,
        dates=(date,),
        room=option.room,
        walls={date.id: option.wall},
        by_staff=_is_granted(date, option) or (by.is_officer and not by.is_service),
        due_by=now,
        asked_at=_asked_at(date, option, offered),
        not_before=now,
    )


def _take(session: Session, date: Occurrence, plan: Plan, *, act: str, by: Actor, now: datetime) -> None:
    """Settle the date as planned, and tell that it is had, or what it waits for."""
    _settle(session, date, plan, act=act, by=by, now=now)
    _tell_had(session, date.booking, [date], by=by, now=now)


def _settle(session: Session, date: Occurrence, plan: Plan, *, act: str, by: Actor, now: datetime) -> None:
    booking, left = date.booking, date.room_id
    ask_longer(booking, nearest_interval(plan.walls[date.id]).start, now=now)
    settle(session, booking, plan, now=now)
    touch(session, booking, left={left})
    facts = {"number": date.number, "state": str(date.state), "room": date.room_id, "to": date.starts_at.isoformat()}
    record(session, Act(act, "booking", booking.id, facts, booking.holder_id), by=by, now=now)
    session.flush()


def _tell_had(session: Session, booking: Booking, dates: Sequence[Occurrence], *, by: Actor, now: datetime) -> None:
    """Tell of dates that were taken what one has, and what waits."""
    for state in dict.fromkeys(date.state for date in dates):
        kind = "date-booked" if state is OccurrenceState.BOOKED else f"booking-{state}"
        tell(session, booking, kind, facts={"dates": [date.number for date in dates if date.state is state]}, by=by, now=now)
    session.flush()


def _is_about_to_be_told(session: Session, date: Occurrence, *kinds: str) -> bool:
    """Whether a notice of one of the kinds, about the date, has not left yet."""
    told = (notice.facts for notice in waiting_about(session, date.booking_id, *kinds))
    return any(date.number in (facts.get("dates") or [facts["number"]]) for facts in told)


def _let_go(session: Session, found: Offer, verb: str, *, by: Actor, now: datetime) -> Booking:
    _lock(session, found)
    return _left(session, found, verb, by=by, now=now)


def _lock(session: Session, found: Offer) -> None:
    lock(session, *keys_of(session, found.occurrence.booking), *(Key(Subject.SPACE, space.id) for space in found.room.spaces))


def _left(session: Session, found: Offer, verb: str, *, by: Actor, now: datetime) -> Booking:
    date, booking = found.occurrence, found.occurrence.booking
    found.answered_at, found.answered_by = now, by.person_id
    session.flush()
    free(session, [date.id], now=now)
    if date.state is OccurrenceState.DISPLACED:
        seek(session, date, now=now)
    # Who said no to the last that was waited for waits for nothing.
    last = BookingState.CANCELLED if booking.state is BookingState.WAITING else booking.state
    booking.state = state_of([one.state for one in booking.occurrences], fallback=last)
    booking.version, booking.changed_at = booking.version + 1, now
    touch(session, booking)
    record(session, Act(verb, "booking", booking.id, {"number": date.number, "offer": found.id}, booking.holder_id), by=by, now=now)
    session.flush()
    return booking


def _answered(session: Session, offer_id: int, state: OfferState, *, by: Actor, now: datetime) -> Offer:
    """An open offer, for its holder's answer."""
    by.require_known()
    found = _read(session, offer_id)
    if not may_see(found.occurrence.booking, by):
        raise refuse(Missing, "unknown-offer", "offer", offer_id)
    require_holder(found.occurrence.booking, by)
    if found.state is OfferState.EXPIRED or (found.state is OfferState.OPEN and not _is_in_time(found, now)):
        raise refuse(Conflict, "offer-expired", "offer", offer_id, expired=found.expires_at)
    if found.state is not OfferState.OPEN:
        raise refuse(Conflict, "offer-answered", "offer", offer_id, state=str(found.state))
    found.state, found.answered_at, found.answered_by = state, now, by.person_id
    return found


def _read(session: Session, offer_id: int) -> Offer:
    """The offer as it stands once its booking's row is locked."""
    booking_id = session.scalar(select(Occurrence.booking_id).join(Offer, Offer.occurrence_id == Occurrence.id).where(Offer.id == offer_id))
    if booking_id is None:
        raise refuse(Missing, "unknown-offer", "offer", offer_id)
    booking_for(session, booking_id)
    return session.scalars(select(Offer).where(Offer.id == offer_id).execution_options(populate_existing=True)).one()
