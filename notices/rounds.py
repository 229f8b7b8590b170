"""Letters about rounds: the sheet of a caretaker's day, and what changed after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.models import Person
from accounts.queries import names_of_people, venues
from booking.models import Booking, Occurrence
from booking.rounds.changes import What
from booking.rounds.days import rounds
from booking.rounds.duty import Duty, duty_of, today
from booking.rounds.models import ChangesWanted
from database.outbox import Notice
from notices.letter import Letter, one_line
from notices.smsbox import MOBILE
from settings import Settings
from venues.models import Closure, Room, Venue


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is not as it was: what, when and where it is or was, when and where before where it moved, and who."""

    what: What
    span: tuple[datetime, datetime]
    place: str
    before: tuple[datetime, datetime] | None = None
    where_before: str = ""
    booking: Booking | None = None
    reason: str = ""


def of_sheet(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """The sheet of a day, as it stands when it is sent; None once the day is over, or for who is on duty nowhere any more."""
    day, duty = date.fromisoformat(notice.facts["day"]), duty_of(session, notice.person_id or 0, now)
    person = session.get(Person, notice.person_id)
    if duty is None or person is None or not person.email or day != today(now):
        return None
    places = session.scalars(
        select(Venue).where(Venue.id.in_(duty.venues), Venue.retired_at.is_(None)).order_by(Venue.name, Venue.id)
    ).all()
    [(_day, found)] = rounds(session, places, [day], today=day)
    return Letter(person.email, person.language, "sheet", {"day": day, "rounds": found, "made_at": now}, html="sheet")


def of_changes(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """What changed today and tomorrow at the venues that the reader is on duty for; None where that is nothing any more."""
    person, duty = session.get(Person, notice.person_id), duty_of(session, notice.person_id or 0, now)
    if person is None or duty is None:
        return None
    found = [
        _of_date(session, one, duty) if one["subject"] == "occurrence" else _of_closure(session, one, duty)
        for one in notice.facts["changes"]
    ]
    told = sorted((one for one in found if one), key=lambda one: one.span)
    if not told:
        return None
    mobile = person.phone if duty.wanted.changes is ChangesWanted.SMS and MOBILE.fullmatch(person.phone) else ""
    return Letter(person.email or "", person.language, "changes", {"changes": told, "room": told[0].place, "today": today(now)}, mobile)


def of_deputy(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """That one stands in for a caretaker, where and on which days."""
    person, facts = session.get(Person, notice.person_id), notice.facts
    if person is None or not person.email:
        return None
    names, known = names_of_people(session, [facts["deputy_for"]]), venues(session)
    values = {
        "caretaker": one_line(names.get(facts["deputy_for"], "")),
        "venues": [known[one] for one in facts["venues"] if one in known],
        "first": date.fromisoformat(facts["first"]),
        "last": date.fromisoformat(facts["last"]),
    }
    return Letter(person.email, person.language, "account", values)


def _of_date(session: Session, one: dict[str, Any], duty: Duty) -> Changed | None:
    whole = (joinedload(Occurrence.booking).joinedload(Booking.organisation), joinedload(Occurrence.room).joinedload(Room.venue))
    found = session.scalar(select(Occurrence).where(Occurrence.id == one["id"]).options(*whole))
    was = _was(session, one["was"])
    if found is None or (found.room.venue_id not in duty.venues and (was is None or was[1].venue_id not in duty.venues)):
        return None
    what, span = What(one["what"]), (found.local_start, found.local_end)
    if was is None or what in (What.CANCELLED, What.DISPLACED, What.RESTATED):
        return Changed(what, was[0] if was else span, _named(was[1] if was else found.room), booking=found.booking)
    return Changed(what, span, _named(found.room), was[0], _named(was[1]), found.booking)


def _was(session: Session, told: Sequence[Any] | None) -> tuple[tuple[datetime, datetime], Room] | None:
    room = session.get(Room, told[2]) if told else None
    return ((datetime.fromisoformat(told[0]), datetime.fromisoformat(told[1])), room) if told and room else None


def _of_closure(session: Session, one: dict[str, Any], duty: Duty) -> Changed | None:
    closure = session.get(Closure, one["id"])
    if closure is None or closure.venue_id not in duty.venues:
        return None
    room = session.get(Room, closure.room_id) if closure.room_id else None
    place = _named(room) if room else session.get_one(Venue, closure.venue_id).name
    what = What.OPENED if closure.withdrawn_at else What(one["what"])
    return Changed(what, (closure.local_start, closure.local_end), place, reason=one_line(closure.reason))


def _named(room: Room) -> str:
    return one_line(f"{room.venue.name}, {room.name}")
