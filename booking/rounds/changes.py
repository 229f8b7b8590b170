"""Changes of a round: what was booked and closed when somebody was told last, what is now, and who did what lies between."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking, Occurrence
from booking.resources import held_by
from booking.rounds.duty import A_DAY, Duty, duties, duty_of, today
from booking.rounds.models import ChangesWanted, RoundSetting, SheetWanted
from booking.states import BookingKind, OccurrenceState
from database.audit import Audit
from database.locks import Key, Subject, lock
from database.outbox import UNDO_WITHIN, post
from kernel.wallclock import to_wall
from venues.models import Closure, Room
from web.formats import HOME_ZONE


class What(StrEnum):
    """What became of a date or a closure since it was told."""

    NEW = "new"
    MOVED = "moved"
    CANCELLED = "cancelled"
    DISPLACED = "displaced"
    RESTATED = "restated"
    CLOSED = "closed"
    OPENED = "opened"


# By its subject and id, start, end and room as JSON keeps them, with a digest of what is to be set up.
Picture = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One date or closure (``subject`` as the log names it) that is not as it was told; ``hands`` did it, ``at`` was the last of that."""

    what: What
    subject: str
    id: int
    was: Sequence[Any] | None
    hands: frozenset[int | None]
    at: datetime | None

    @property
    def facts(self) -> dict[str, Any]:
        return {"what": str(self.what), "subject": self.subject, "id": self.id, "was": self.was}


def to_begin(session: Session, now: datetime) -> list[int]:
    """The persons whose day is to be begun."""
    return [duty.person_id for duty in duties(session, now) if duty.is_due(now)]


def begin(session: Session, person_id: int, *, by: Actor, now: datetime) -> None:
    """Begin somebody's day: send the sheet where it is wanted, and remember what there is, for what changes after it.

    A day is begun once: of two workers the second finds it begun, and so does one that starts again, or whose clock was set back.
    """
    by.require(by.is_administrator, "administrator")
    lock(session, Key(Subject.PERSON, person_id))
    duty = duty_of(session, person_id, now)
    if duty is None or not duty.is_due(now):
        return
    wanted, row = duty.wanted, _own(session, duty)
    row.begun_on, row.told = today(now), look(session, duty.venues, now)
    if wanted.sheet is SheetWanted.ALWAYS or (wanted.sheet is SheetWanted.BUSY and _is_busy(row.told, today(now))):
        post(session, "day-sheet", person_id=person_id, now=now, facts={"day": today(now).isoformat()})
    session.flush()


def look(session: Session, venues: Iterable[int], now: datetime) -> dict[str, Any]:
    """Today and tomorrow as they are, to be remembered as told."""
    days = [today(now), today(now) + A_DAY]
    return {"since": _newest(session), "last": days[1].isoformat(), "picture": _picture(session, venues, days)}


def to_tell(session: Session, now: datetime) -> list[int]:
    """The persons to whom something changed that cannot be undone any more; quick while nothing happens."""
    newest = _newest(session)
    asked = [duty for duty in duties(session, now) if (duty.wanted.told or {}).get("since") != newest]
    return [duty.person_id for duty in asked if any(_is_settled(one, now) for one in _differences(session, duty, now))]


def tell(session: Session, person_id: int, *, by: Actor, now: datetime) -> None:
    """Put what changed today and tomorrow into one notice, but for what the person did, and remember that it was told.

    What can be undone still waits, so that an act which is undone is never told; what one act did is told together.
    """
    by.require(by.is_administrator, "administrator")
    lock(session, Key(Subject.PERSON, person_id))
    duty = duty_of(session, person_id, now)
    found = _differences(session, duty, now) if duty else []
    settled = [one for one in found if _is_settled(one, now)]
    if duty is None or not settled:
        return
    told = [one for one in settled if one.hands - {person_id}]
    if told:
        post(session, "round-changed", person_id=person_id, now=now, facts={"changes": [one.facts for one in told]})
    _remember(session, duty, settled, is_all=len(settled) == len(found), now=now)


def _own(session: Session, duty: Duty) -> RoundSetting:
    """The person's own row; who stands in gets one of their own with it, as the caretaker had it."""
    if duty.is_own:
        return duty.wanted
    row = RoundSetting(person_id=duty.person_id, sheet=duty.wanted.sheet, at_minute=duty.wanted.at_minute, changes=duty.wanted.changes)
    session.add(row)
    return row


def _is_busy(told: Mapping[str, Any] | None, day: date) -> bool:
    """Whether anything reaches into a day."""
    picture: Picture = told["picture"] if told else {}
    return any(one[0] < (day + A_DAY).isoformat() and one[1] > day.isoformat() for one in picture.values())


def _is_settled(one: Difference, now: datetime) -> bool:
    return one.at is None or one.at <= now - UNDO_WITHIN


def _differences(session: Session, duty: Duty, now: datetime) -> list[Difference]:
    """What is not as it was told, in the days of which anything was told and that are not over; two statements, four where there is any."""
    told = duty.wanted.told if duty.is_own else None
    if not told or duty.wanted.changes is ChangesWanted.NEVER:
        return []
    last = date.fromisoformat(told["last"])
    days = [day for day in (today(now), today(now) + A_DAY) if day <= last]
    if not days:
        return []
    was, is_ = told["picture"], _picture(session, duty.venues, days)
    wall = to_wall(now, HOME_ZONE).isoformat()
    differing = [key for key in was.keys() | is_.keys() if was.get(key) != is_.get(key) and _end(was.get(key), is_.get(key)) > wall]
    return _with_hands(session, sorted(differing), was, is_, told["since"]) if differing else []


def _end(*pictures: Sequence[Any] | None) -> str:
    """When the last of them is over."""
    return max(str(one[1]) for one in pictures if one)


def _with_hands(session: Session, keys: Sequence[str], was: Picture, is_: Picture, since: int) -> list[Difference]:
    parted = [(subject, int(number)) for subject, _, number in (key.partition(":") for key in keys)]
    dates = [number for subject, number in parted if subject == "occurrence"]
    rows = {
        row.id: row
        for row in session.execute(select(Occurrence.id, Occurrence.booking_id, Occurrence.state).where(Occurrence.id.in_(dates)))
    }
    bookings = {row.booking_id for row in rows.values()}
    about = [and_(Audit.subject == subject, Audit.subject_id.in_(ids)) for subject, ids in _subjects(parted, bookings).items()]
    acts = session.execute(select(Audit.subject, Audit.subject_id, Audit.hand_id, Audit.at).where(Audit.id > since, or_(*about))).all()
    found = []
    for key, (subject, number) in zip(keys, parted, strict=True):
        theirs = {(subject, number)} | ({("booking", rows[number].booking_id)} if subject == "occurrence" else set())
        done = [act for act in acts if (act.subject, act.subject_id) in theirs]
        # What the service does then, offering something else, is no act of its own.
        done = [act for act in done if act.hand_id is not None] or done
        what = _what(subject, was.get(key), is_.get(key), rows[number].state if subject == "occurrence" else None)
        at = max((act.at for act in done), default=None)
        found.append(Difference(what, subject, number, was.get(key), frozenset(act.hand_id for act in done), at))
    return found


def _subjects(parted: Iterable[tuple[str, int]], bookings: Iterable[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"booking": sorted(bookings)}
    for subject, number in parted:
        found.setdefault(subject, []).append(number)
    return found


def _what(subject: str, was: Sequence[Any] | None, now_is: Sequence[Any] | None, state: OccurrenceState | None) -> What:
    if subject == "closure":
        return What.CLOSED if now_is else What.OPENED
    if now_is is None:
        return (
            {OccurrenceState.BOOKED: What.MOVED, OccurrenceState.DISPLACED: What.DISPLACED}.get(state, What.CANCELLED)
            if state
            else What.CANCELLED
        )
    if was is None:
        return What.NEW
    return What.RESTATED if was[:3] == now_is[:3] else What.MOVED


def _remember(session: Session, duty: Duty, settled: Iterable[Difference], *, is_all: bool, now: datetime) -> None:
    told = dict(duty.wanted.told or {})
    days = [today(now), today(now) + A_DAY]
    is_, picture = _picture(session, duty.venues, days), dict(told["picture"])
    for one in settled:
        key = f"{one.subject}:{one.id}"
        picture.pop(key, None)
        picture |= {key: is_[key]} if key in is_ else {}
    # While something waits, who did it has to be known later.
    since = _newest(session) if is_all else told["since"]
    duty.wanted.told = {**told, "picture": picture, "since": since}
    session.flush()


def _newest(session: Session) -> int:
    """The latest act of all."""
    return session.scalar(select(func.max(Audit.id))) or 0


def _picture(session: Session, venues: Iterable[int], days: Sequence[date]) -> Picture:
    """The booked dates and the closures that reach into these days."""
    first, last = (datetime.combine(day, time()) for day in (days[0], days[-1] + A_DAY))
    ids = sorted(venues)
    columns = (Occurrence.id, Occurrence.local_start, Occurrence.local_end, Occurrence.room_id, Booking.needs)
    there = select(*columns).join(Booking, Occurrence.booking_id == Booking.id).join(Room, Occurrence.room_id == Room.id)
    booked = (Room.venue_id.in_(ids), Occurrence.state == OccurrenceState.BOOKED, Booking.kind != BookingKind.BLOCK)
    rows = session.execute(there.where(*booked, Occurrence.local_end > first, Occurrence.local_start < last)).all()
    beside = held_by(session, [row.id for row in rows])
    found: Picture = {}
    for row in rows:
        # What people wrote themselves stands in their booking and nowhere else.
        set_up = sha256(repr([row.needs, *(one.text for one in beside.get(row.id, ()))]).encode()).hexdigest()[:16]
        found[f"occurrence:{row.id}"] = [row.local_start.isoformat(), row.local_end.isoformat(), row.room_id, set_up]
    closed = (Closure.venue_id.in_(ids), Closure.withdrawn_at.is_(None), Closure.local_start < last, Closure.local_end > first)
    for closure in session.scalars(select(Closure).where(*closed)):
        times = [closure.local_start.isoformat(), closure.local_end.isoformat()]
        found[f"closure:{closure.id}"] = [*times, closure.room_id, ""]
    return found
