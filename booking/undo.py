"""Undo: for two minutes, as long as its notices wait, an act on bookings can be taken back by the hand that acted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.case import in_use, span_of
from booking.cases import bookings_for, require_acting
from booking.changed import SAID, WRITE, is_only_said
from booking.conflicts import Collision, Want
from booking.displacing import seek
from booking.drawing import require_not_overdrawn
from booking.ending import keys_of
from booking.images import put_back
from booking.judging import keep_stored
from booking.models import Booking, Judgement, Occurrence, Undo
from booking.narrowing import is_offered, offer_again, offering
from booking.occupy import Take, ask, occupy
from booking.outcome import Taken, shortage_fault
from booking.outside import closed_by_hours
from booking.reasons import judged_last
from booking.resources import lacking_in, needed_in, want_of
from booking.revisions import touch
from booking.states import OccurrenceState
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import UNDO_WITHIN, withdraw
from kernel.errors import Conflict, Fault, Missing, refuse
from kernel.interval import Interval
from kernel.wallclock import to_wall
from venues.models import Closure, Room
from venues.scheduling import shut_by, spaces_of, withdraw_closure
from venues.vocabulary import keeps_out

KEPT = timedelta(days=1)
CLOCK = {"decide_by", "paused_at"}
TOLD = {"state", "starts_at", "ends_at", "room_id"}  # by these SEQUENCE rises


def undo(session: Session, number: int, *, by: Actor, now: datetime) -> Undo:
    """Make everything as it was before an act, through the gate, and withdraw what nobody has been told yet.

    Raises Conflict when it is too late (``undo-too-late``), was undone (``undone-already``), something else happened to one
    of the bookings since and stands (``changed-since``) or the room was closed (``closed-since``), Taken where another has the time;
    Missing to all but the hand that acted and officers, Forbidden (``not-acting``) to a hand that may not act on it any more.
    """
    found = _open(session, number, by=by, now=now)
    bookings = _unchanged(session, found)
    _lock(session, found, bookings)
    if not withdraw(session, found.before["notices"]):
        raise _too_late(found)
    dates = {date.id: date for booking in bookings for date in booking.occurrences}
    left = {dates[one["id"]].room_id for one in found.before["dates"]}
    if found.subject == "closure":
        withdraw_closure(session, found.subject_id, by=by, now=now)
    if offer := found.before.get("offer"):
        offer_again(session, found.subject, found.subject_id, offer, by=by, now=now)
    _put_back(session, found, bookings, dates, now=now)
    for booking in bookings:
        theirs = [date for one in found.before["dates"] if (date := dates[one["id"]]).booking_id == booking.id]
        here = {date.room.venue_id for date in theirs} or {booking.room.venue_id}
        require_acting(booking, by, or_else=by.is_officer or all(map(by.is_caretaker_of, here)))
    _take_back(session, found, dates, now=now)
    require_not_overdrawn(session, [dates[one["id"]] for one in found.before["dates"]])
    for one in found.before["dates"]:
        if dates[one["id"]].state is OccurrenceState.DISPLACED:
            seek(session, dates[one["id"]], now=now)
    for booking in bookings:
        _judge_back(session, found, booking, now=now)
        touch(session, booking, left=left)
    found.undone_at = now
    record(session, *(_recorded(found, booking) for booking in bookings), by=by, now=now)
    session.flush()
    return found


def _recorded(found: Undo, booking: Booking) -> Act:
    changed = {one["id"] for one in found.before["dates"]}
    numbers = [date.number for date in booking.occurrences if date.id in changed]
    kept = next(one for one in found.before["bookings"] if one["id"] == booking.id)
    # By these the acts before it can be undone after it.
    versions = [kept.get("from", kept["version"]), kept["version"]]
    facts = {"act": found.verb, "dates": numbers, "state": str(booking.state), "versions": versions}
    return Act("undo", "booking", booking.id, facts, booking.holder_id)


def last_act(session: Session, subject: str, subject_id: int, *, by: Actor, now: datetime) -> Undo | None:
    """The latest act on something, while this hand may undo it, for pages that offer it."""
    of_it = _still_open(now).where(Undo.subject == subject, Undo.subject_id == subject_id)
    found = session.scalar(of_it.limit(1))
    return found if found is not None and _is_theirs(found, by) and _as_left(session, [found]) else None


def own_acts(session: Session, *, by: Actor, now: datetime) -> Sequence[Undo]:
    """What this hand did and may still undo, newest first."""
    return _as_left(session, session.scalars(_still_open(now).where(Undo.hand_id == by.require_known())).all())


def _still_open(now: datetime) -> Select[Undo]:
    return select(Undo).where(Undo.undone_at.is_(None), Undo.until > now).order_by(Undo.id.desc())


def _as_left(session: Session, acts: Sequence[Undo]) -> list[Undo]:
    """Those of the acts to whose bookings, hours and rooms nothing has happened since that concerns them."""
    if not acts:
        return []
    ids = {one["id"] for act in acts for one in act.before["bookings"]}
    rows = {row.id: row for row in session.scalars(select(Booking).where(Booking.id.in_(ids)).execution_options(populate_existing=True))}
    left = [act for act in acts if all(_is_as_left(session, rows[one["id"]], one) for one in act.before["bookings"])]
    return [act for act in left if not (offer := act.before.get("offer")) or is_offered(session, act.subject, act.subject_id, offer)]


def _is_as_left(session: Session, booking: Booking, kept: Mapping[str, Any]) -> bool:
    """Whether nothing stands that happened to a booking of an act since, but what both sides said; nor that, where both moved a clock."""
    verbs = WRITE if CLOCK & kept["was"].keys() else SAID
    return is_only_said(session, booking, kept["version"], verbs)


def forget_acts(session: Session, *, by: Actor, now: datetime) -> None:
    """Delete what has not been possible to undo for a day."""
    by.require(by.is_administrator, "administrator")
    session.execute(delete(Undo).where(Undo.until < now - KEPT))


def _open(session: Session, number: int, *, by: Actor, now: datetime) -> Undo:
    by.require(by.is_known, "")
    found = session.get(Undo, number, with_for_update=True)
    if found is None or not _is_theirs(found, by):
        raise refuse(Missing, "unknown-act", "undo", number)
    if found.undone_at is not None:
        raise refuse(Conflict, "undone-already", "undo", number)
    if now >= found.until:
        raise _too_late(found)
    return found


def _is_theirs(found: Undo, by: Actor) -> bool:
    return by.is_officer or (by.person_id is not None and by.person_id == found.hand_id)


def _too_late(found: Undo) -> Conflict:
    return Conflict(Fault("undo-too-late", "undo", found.id, {"minutes": UNDO_WITHIN}))


def _unchanged(session: Session, found: Undo) -> Sequence[Booking]:
    """The bookings of an act, locked in order; raises Conflict for those to which something happened since."""
    kept = {one["id"]: one for one in found.before["bookings"]}
    bookings = bookings_for(session, kept)
    faults = [Fault("changed-since", "booking", one.reference) for one in bookings if not _is_as_left(session, one, kept[one.id])]
    if faults:
        raise Conflict(*faults)
    return bookings


def _lock(session: Session, found: Undo, bookings: Sequence[Booking]) -> None:
    """Lock what the bookings count and take, the rooms in which they were and what they had beside them, and what was closed."""
    rooms = {one["was"]["room_id"] for one in found.before["dates"] if "room_id" in one["was"]}
    spaces = [space for room in rooms for space in session.get_one(Room, room).spaces]
    if found.subject == "closure":
        spaces += spaces_of(session, session.get_one(Closure, found.subject_id))
    if found.before.get("offer"):
        spaces += offering(session, found.subject, found.subject_id).spaces
    keys = keys_of(session, *bookings)
    were = {one["id"]: one["was"].get("resources", {}) for one in found.before["bookings"]}
    for booking in bookings:
        there = {date.room_id for date in booking.occurrences} | rooms
        asked = {**booking.resources, **were[booking.id]}
        keys += [one.key for room in there for one in needed_in(session.get_one(Room, room), booking.activity, asked)]
    lock(session, *keys, *(Key(Subject.SPACE, space.id) for space in spaces))


def _put_back(session: Session, found: Undo, bookings: Sequence[Booking], dates: dict[int, Occurrence], *, now: datetime) -> None:
    rows = {booking.id: booking for booking in bookings}
    for one in found.before["bookings"]:
        booking = rows[one["id"]]
        put_back(booking, one["was"])
        booking.version += 1
        booking.changed_at = now
    for one in found.before["dates"]:
        date = dates[one["id"]]
        put_back(date, one["was"])
        date.sequence += bool(TOLD & one["was"].keys())
        date.changed_at = now
    session.flush()
    for row in (*bookings, *dates.values()):
        session.expire(row, ["room"])


def _take_back(session: Session, found: Undo, dates: dict[int, Occurrence], *, now: datetime) -> None:
    """Give up the time that the dates have now and take again what they held before; a hold that has run out is not."""
    held = [(dates[one["id"]], _moment(one["expires"])) for one in found.before["dates"] if one["held"]]
    back = [(date, expires) for date, expires in held if expires is None or expires > now]
    _require_open(session, found, [date for date, _ in back])
    released = [one["id"] for one in found.before["dates"]]
    # What became free by the act, and by undoing what was done after it, is kept for the line, which has not been asked; what others
    # gave up since is the line's alone.
    freed = max([found.at, *_undone_on(session, found)])
    answer = ask(session, [_want(date) for date, _ in back], due_by=freed + UNDO_WITHIN, now=now).without(set(released))
    faults = [_taken(back[number][0], first) for number, (first, *_) in sorted(answer.collisions.items())]
    faults += [shortage_fault(span_of(back[number][0]).wall, first) for number, (first, *_) in sorted(answer.shortages.items())]
    if faults:
        raise Taken(*faults)
    occupy(session, answer, [Take(number, date.id, expires) for number, (date, expires) in enumerate(back)], release=released, now=now)


def _undone_on(session: Session, found: Undo) -> list[datetime]:
    """When later acts on some of the same bookings were undone."""
    ids = {one["id"] for one in found.before["bookings"]}
    later = session.scalars(select(Undo).where(Undo.id > found.id, Undo.undone_at.is_not(None)))
    return [act.undone_at for act in later if act.undone_at and any(one["id"] in ids for one in act.before["bookings"])]


def _require_open(session: Session, found: Undo, dates: Sequence[Occurrence]) -> None:
    """Raises Conflict where a room, or what was had beside it, was retired, or the room closed by another or by its hours, since the
    act."""
    since = select(Closure).where(Closure.created_at >= found.at, Closure.withdrawn_at.is_(None))
    shuts = [shut_by(session, closure) for closure in session.scalars(since)]
    closed = closed_by_hours(session, dates, since=found.at)
    for date in dates:
        if any(at is not None and at > found.at for at in (date.room.retired_at, date.room.venue.retired_at)):
            in_use(date.room)
        if lacking := lacking_in(date.room, date.booking.resources):
            raise Conflict(lacking)
        theirs = (shut for shut in shuts if keeps_out(shut.closure.out_of_order, date.booking.needs))
        is_shut = any(shut.meets([space.id for space in date.room.spaces], Interval(date.starts_at, date.ends_at)) for shut in theirs)
        if is_shut or date in closed:
            raise refuse(Conflict, "closed-since", "start", f"{date.local_start:%Y-%m-%dT%H:%M}")


def _want(date: Occurrence) -> Want:
    time = Interval(date.starts_at, date.ends_at)
    before, after = timedelta(minutes=date.before_minutes), timedelta(minutes=date.after_minutes)
    return want_of(date.booking, date.room, time.widened(before=before, after=after))


def _taken(date: Occurrence, collision: Collision) -> Fault:
    begins, ends = (f"{to_wall(moment, date.zone):%Y-%m-%dT%H:%M}" for moment in (collision.time.start, collision.time.end))
    space = next(space.name for space in date.room.spaces if space.id == collision.space_id)
    return Fault("time-taken", "start", f"{date.local_start:%Y-%m-%dT%H:%M}", {"from": begins, "to": ends, "space": space})


def _judge_back(session: Session, found: Undo, booking: Booking, *, now: datetime) -> None:
    """What was judged is never changed: where the act judged anew, what was said before it is said again."""
    since = select(Judgement.id).where(Judgement.booking_id == booking.id, Judgement.id > found.before["judged"])
    if session.scalar(since.limit(1)):
        rows: list[Any] = list(judged_last(session, booking, until=found.before["judged"])[booking.id].values())
        keep_stored(session, booking.id, rows, act="undo", now=now)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
