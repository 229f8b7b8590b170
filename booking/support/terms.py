"""Terms: what a form or a request says of an agreement or a template, and what is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.models import Organisation
from booking.support.classes import price_classes
from booking.support.models import LARGEST_ID, Agreement, DutyKind, Per
from kernel.errors import Fault, Missing
from policies.entitled import written
from policies.request import FixedTime
from venues.models import Room, Venue
from venues.queries import room_at
from web.fields import Clock, Day, Line, Prose
from web.forms import Input


def with_point(value: object) -> object:
    """``12,5`` as a number is written in code."""
    return value.replace(",", ".") if isinstance(value, str) else value


def numbers_in(value: object) -> object:
    """``60, 14`` as a list; a form has it as the one text of a list."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return value
    return [part for text in texts for part in text.replace(",", " ").split()]


def web_address(text: str) -> str:
    if not re.fullmatch(r"https?://\S+", text):
        raise PydanticCustomError("bad-address", "bad-address")
    return text


Hours = Annotated[float, BeforeValidator(with_point), Field(gt=0, le=10_000, multiple_of=0.25)]
PriceClass = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
DaysBefore = Annotated[int, Field(ge=1, le=366)]


class TimeTerms(Input):
    """A time of the week within which dates lie: ISO weekday and clock times."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    start: Clock
    end: Clock

    @property
    def fixed(self) -> FixedTime:
        return FixedTime(self.weekday, int(self.start.total_seconds()) // 60, int(self.end.total_seconds()) // 60)


class DocumentTerms(Input):
    """A document that belongs to it: what it is called, and where it lies on the web."""

    title: Line
    address: Annotated[str, Field(max_length=500), AfterValidator(web_address)]


class DutyTerms(Input):
    """What is done in return: so many times, or hours of dugnad, by a day; ``id`` is that of one which is there already."""

    id: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    kind: DutyKind
    amount: Annotated[int, Field(ge=1, le=10_000)] = 1
    due_on: Day | None = None
    text: Annotated[str, Field(max_length=300)] = ""


class Principles(Input):
    """What agreements and the templates that they start from have in common."""

    per: Per = Per.SEASON
    times: tuple[TimeTerms, ...] = Field(default=(), max_length=20)
    promised: tuple[DutyTerms, ...] = Field(default=(), max_length=20)
    duties: Prose = Field(default="", max_length=2000)
    contact: Annotated[str, Field(max_length=200)] = ""
    parties: Annotated[str, Field(max_length=500)] = ""
    documents: tuple[DocumentTerms, ...] = Field(default=(), max_length=20)
    remind_days: Annotated[tuple[DaysBefore, ...], BeforeValidator(numbers_in), Field(max_length=10)] = (60, 14)


class TemplateTerms(Principles):
    """A template: its name, and what agreements that start from it begin with."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    title: Annotated[str, Field(max_length=200)] = ""
    price_class: PriceClass | None = None
    hours: Hours | None = None


class AgreementTerms(Principles):
    """What an agreement gives and asks; ``hours`` go in quarters, and are each week's or all of the period's."""

    organisation: int = Field(ge=1, le=LARGEST_ID)
    title: Line
    price_class: PriceClass
    hours: Hours
    first_day: Day
    last_day: Day
    rooms: tuple[str, ...] = Field(min_length=1, max_length=200)
    renew_by: Day | None = None
    renews: int | None = Field(default=None, ge=1, le=LARGEST_ID)


def rooms_named(session: Session, paths: Sequence[str]) -> dict[str, Room]:
    """The rooms that there are, by path, in one query."""
    named = tuple_(Venue.slug, Room.slug).in_([tuple(path.split("/", 1)) for path in paths if "/" in path])
    query = select(Room).join(Room.venue).where(named).options(joinedload(Room.venue)).order_by(Room.id)
    return {f"{room.venue.slug}/{room.slug}": room for room in session.scalars(query)}


def faults_of(session: Session, terms: AgreementTerms, rooms: Mapping[str, Room], *, itself: int | None = None) -> Iterator[Fault]:
    """All that is wrong with terms, also that they meet another agreement of the organisation; ``itself`` is the one they change."""
    if session.get(Organisation, terms.organisation) is None:
        yield Fault("no-such-organisation", "organisation", terms.organisation)
    is_backwards = terms.last_day < terms.first_day
    if is_backwards:
        yield Fault("period-backwards", "last_day", terms.last_day.isoformat(), {"first": terms.first_day})
    if terms.renew_by and not is_backwards and not terms.first_day <= terms.renew_by <= terms.last_day:
        period = {"first": terms.first_day, "last": terms.last_day}
        yield Fault("renewal-outside", "renew_by", terms.renew_by.isoformat(), period)
    for path in terms.rooms:
        if path not in rooms:
            yield _unknown_room(session, path)
        elif rooms[path].retired_at is not None and itself is None:
            yield Fault("room-retired", "rooms", path)
    yield from faults_of_times(terms)
    if rooms and not is_backwards:
        known = price_classes(session, list(rooms.values()), terms.first_day, terms.last_day)
        if terms.price_class not in known:
            yield Fault("unknown-price-class", "price_class", terms.price_class, {"known": sorted(known)})
        yield from _overlaps(session, terms, rooms, itself)


def faults_of_times(terms: Principles) -> Iterator[Fault]:
    """Fixed times that end before they begin, and those that have some time in common."""
    for number, time in enumerate(terms.times):
        if time.end <= time.start:
            yield Fault("time-backwards", f"times[{number}].end", written(time.fixed))
    for (_first, one), (number, other) in combinations(enumerate(terms.times), 2):
        if one.fixed.overlaps(other.fixed):
            yield Fault("times-overlap", f"times[{number}].start", written(other.fixed), {"other": written(one.fixed)})


def _overlaps(session: Session, terms: AgreementTerms, rooms: Mapping[str, Room], itself: int | None) -> Iterator[Fault]:
    """What the organisation has already in the same room, on the same days and at the same times of the week."""
    meets = (Agreement.first_day <= terms.last_day, Agreement.last_day >= terms.first_day, Agreement.ended_at.is_(None))
    query = select(Agreement).where(Agreement.organisation_id == terms.organisation, *meets).options(selectinload(Agreement.rooms))
    for other in session.scalars(query.order_by(Agreement.id)):
        shared = {room.id for room in other.rooms}
        path = next((path for path, room in rooms.items() if room.id in shared), None)
        if other.id != itself and path and _meet([time.fixed for time in terms.times], [FixedTime(**time) for time in other.times]):
            facts = {"title": other.title, "first": other.first_day, "last": other.last_day, "room": path}
            yield Fault("agreement-overlaps", "rooms", path, facts)


def _meet(ours: Sequence[FixedTime], theirs: Sequence[FixedTime]) -> bool:
    return not ours or not theirs or any(one.overlaps(other) for one in ours for other in theirs)


def _unknown_room(session: Session, path: str) -> Fault:
    """What the map of rooms says of a path that leads nowhere, at the form's field."""
    try:
        room_at(session, path)
    except Missing as missing:
        fault = missing.faults[0]
        return Fault(fault.code, "rooms", fault.value, fault.facts)
    return Fault("unknown-room", "rooms", path, {"near": ()})
