"""Agreements: making and ending them, and the meter of hours that shows how many are used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from accounts.models import Organisation
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.support.classes import price_classes
from booking.support.models import LARGEST_ID, Agreement
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.sql import epoch
from kernel.errors import Fault, Invalid, Missing, refuse
from kernel.wallclock import to_wall
from venues.models import Room, Venue
from venues.queries import municipality, room_at
from web.fields import Day, Line, Prose
from web.forms import Input


def with_point(value: object) -> object:
    """``12,5`` as a number is written in code."""
    return value.replace(",", ".") if isinstance(value, str) else value


class AgreementTerms(Input):
    """What an agreement gives and asks; ``hours`` go in quarters."""

    organisation: int = Field(ge=1, le=LARGEST_ID)
    title: Line
    price_class: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    hours: Annotated[float, BeforeValidator(with_point), Field(gt=0, le=10_000, multiple_of=0.25)]
    first_day: Day
    last_day: Day
    rooms: tuple[str, ...] = Field(min_length=1, max_length=200)
    duties: Prose = Field(default="", max_length=2000)


class Standing(StrEnum):
    """Whether an agreement gives anything today: OVER when its period is past, ENDED when an officer ended it."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Meter:
    """Minutes granted, used by dates that have been, and kept by dates to come or waiting."""

    agreement: Agreement
    standing: Standing
    used: int
    ahead: int

    @property
    def left(self) -> int:
        """What can still be booked; less than nothing where more was booked than granted."""
        return self.agreement.minutes - self.used - self.ahead

    def share(self, minutes: int) -> int:
        """Minutes in thousandths of the meter, which is as long as what was granted, or booked where that is more."""
        return round(1000 * minutes / max(self.agreement.minutes, self.used + self.ahead))


def make_agreement(session: Session, terms: AgreementTerms, *, by: Actor, now: datetime) -> Agreement:
    """Make an agreement; officers only. Raises Invalid with all that is wrong with the terms."""
    by.require(by.is_officer, "officer")
    rooms = _rooms(session, terms.rooms)
    if faults := [*_faults(session, terms, rooms)]:
        raise Invalid(*faults)
    agreement = Agreement(
        organisation_id=terms.organisation,
        title=terms.title,
        price_class=terms.price_class,
        minutes=round(terms.hours * 60),
        first_day=terms.first_day,
        last_day=terms.last_day,
        duties=terms.duties,
        created_at=now,
        changed_at=now,
        rooms=list(rooms.values()),
    )
    session.add(agreement)
    session.flush()
    facts = {"organisation": terms.organisation, "minutes": agreement.minutes}
    record(session, Act("make", "agreement", agreement.id, facts), by=by, now=now)
    return agreement


def end_agreement(session: Session, agreement_id: int, *, by: Actor, now: datetime) -> Agreement:
    """End an agreement: bookings under it stand, new ones are refused."""
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.AGREEMENT, agreement_id))
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or agreement.ended_at is not None:
        raise refuse(Missing, "unknown-agreement", "agreement", agreement_id)
    agreement.ended_at = agreement.changed_at = now
    agreement.version += 1
    record(session, Act("end", "agreement", agreement.id, {}), by=by, now=now)
    session.flush()
    return agreement


def meters(session: Session, *, by: Actor, now: datetime, organisation_id: int | None = None) -> Sequence[Meter]:
    """The agreements with their meters: all for officers, an organisation's own for its delegates; newest first."""
    by.require(by.is_officer or (organisation_id is not None and by.acts_for(organisation_id)), "delegate")
    parts = (joinedload(Agreement.organisation), selectinload(Agreement.rooms).joinedload(Room.venue))
    query = select(Agreement).options(*parts).order_by(Agreement.last_day.desc(), Agreement.id.desc())
    if organisation_id is not None:
        query = query.where(Agreement.organisation_id == organisation_id)
    agreements = session.scalars(query).all()
    if not agreements:
        return []
    used = _minutes(session, [agreement.id for agreement in agreements], now)
    today = to_wall(now, municipality(session).zone).date()
    return [Meter(one, standing_on(today, one), used.get((one.id, True), 0), used.get((one.id, False), 0)) for one in agreements]


def standing_on(day: date, agreement: Agreement) -> Standing:
    """Whether the agreement gives anything on a local date."""
    if agreement.ended_at is not None:
        return Standing.ENDED
    if day < agreement.first_day:
        return Standing.COMING
    return Standing.OVER if day > agreement.last_day else Standing.RUNNING


def _rooms(session: Session, paths: Sequence[str]) -> dict[str, Room]:
    """The rooms that there are, by path, in one query."""
    named = tuple_(Venue.slug, Room.slug).in_([tuple(path.split("/", 1)) for path in paths if "/" in path])
    query = select(Room).join(Room.venue).where(named).options(joinedload(Room.venue)).order_by(Room.id)
    return {f"{room.venue.slug}/{room.slug}": room for room in session.scalars(query)}


def _faults(session: Session, terms: AgreementTerms, rooms: dict[str, Room]) -> Iterator[Fault]:
    if session.get(Organisation, terms.organisation) is None:
        yield Fault("no-such-organisation", "organisation", terms.organisation)
    is_backwards = terms.last_day < terms.first_day
    if is_backwards:
        yield Fault("period-backwards", "last_day", terms.last_day.isoformat(), {"first": terms.first_day})
    for path in terms.rooms:
        if path not in rooms:
            yield _unknown_room(session, path)
        elif rooms[path].retired_at is not None:
            yield Fault("room-retired", "rooms", path)
    if rooms and not is_backwards:
        known = price_classes(session, list(rooms.values()), terms.first_day, terms.last_day)
        if terms.price_class not in known:
            yield Fault("unknown-price-class", "price_class", terms.price_class, {"known": sorted(known)})


def _unknown_room(session: Session, path: str) -> Fault:
    """What the map of rooms says of a path that leads nowhere, at the form's field."""
    try:
        room_at(session, path)
    except Missing as missing:
        fault = missing.faults[0]
        return Fault(fault.code, "rooms", fault.value, fault.facts)
    return Fault("unknown-room", "rooms", path, {"near": ()})


def _minutes(session: Session, ids: Sequence[int], now: datetime) -> dict[tuple[int | None, bool], int]:
    has_been = Occurrence.ends_at <= now
    total = func.sum(epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) / 60
    query = select(Booking.agreement_id, has_been, total).join(Occurrence, Occurrence.booking_id == Booking.id)
    query = query.where(Booking.agreement_id.in_(ids), Occurrence.state.in_(sorted(LIVE))).group_by(Booking.agreement_id, has_been)
    return {(agreement, bool(past)): int(minutes) for agreement, past, minutes in session.execute(query)}
