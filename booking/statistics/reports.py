"""Reports: the figures of a period and place by one dimension, with their whole; what page, export and API show alike."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, null, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor, ApplicantClass
from accounts.models import Organisation
from accounts.queries import names_of_organisations
from booking.models import Booking
from booking.statistics.clock import clock_of
from booking.statistics.counted import Scope, by_booker, by_time, sought, visits
from booking.statistics.labels import name_of
from booking.statistics.measures import FEWEST, Dimension, Figures, shown_by
from booking.statistics.places import Places, Where, places
from booking.statistics.spread import Key, Rates, Spread, add_bookers, add_openings, add_sought, add_times, add_visits, likenesses
from booking.support.grants.models import Rate
from kernel.errors import Fault, Invalid
from kernel.texts import order_of
from policies.taxonomy import Activity
from web.fields import Day, RowId
from web.forms import Input

LONGEST_YEARS = 10
LONGEST = timedelta(days=LONGEST_YEARS * 366)
Slug = str


class Question(Input):
    """What is asked: a dimension, the first and last day, and which place, class, activity or organisation alone."""

    by: Dimension = Dimension.VENUE
    first: Day
    last: Day
    district: str = ""
    venue: str = ""
    room: str = ""
    applicant_class: ApplicantClass | None = None
    activity: Activity | None = None
    organisation: RowId | None = None

    @property
    def where(self) -> Where:
        return Where(self.district, self.venue, self.room)

    @property
    def is_everywhere(self) -> bool:
        """Whether no place was chosen."""
        return self.where == Where()

    @property
    def bookings(self) -> tuple[ColumnElement[bool], ...]:
        """What bookings must be to be counted."""
        found: list[ColumnElement[bool]] = []
        if self.applicant_class:
            found.append(Booking.applicant_class == self.applicant_class)
        if self.activity:
            found.append(or_(Booking.activity == self.activity, Booking.activity.startswith(f"{self.activity}.")))
        if self.organisation:
            found += (Booking.organisation_id == self.organisation, Organisation.number.is_not(None))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one value of the dimension; ``key`` is a path, slug, number or code by which programs know it."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """The lines of a report in order, and the whole, in which no part of a building is counted twice."""

    question: Question
    lines: tuple[Line, ...]
    whole: Figures


def report(session: Session, question: Question, *, by: Actor, now: datetime) -> Report:
    """The figures that a question asks for, for officers; at most twelve statements, however many dates there are.

    Raises Forbidden, Missing for a place that is not there, Invalid for a period that ends before it begins or is too long.
    """
    by.require(by.is_officer, "officer")
    _require_period(question)
    found = places(session, question.where, question.first, question.last)
    spread = Spread(question.by)
    for zone in sorted({room.venue.zone for room in found.near.values()}):
        _add(session, spread, question, found.within(zone), now=now)
    if question.by.is_of_time and not question.bookings:
        rows = sought(session, question.first, question.last)
        add_sought(spread, found, rows, everywhere=question.is_everywhere)
    return _told(session, question, found, spread)


def _require_period(question: Question) -> None:
    if question.last < question.first:
        raise Invalid(Fault("end-before-start", "last", question.last.isoformat(), {"start": question.first.isoformat()}))
    if question.last - question.first > LONGEST:
        raise Invalid(Fault("too-long-span", "last", question.last.isoformat(), {"days": LONGEST.days}))


def _add(session: Session, spread: Spread, question: Question, found: Places, *, now: datetime) -> None:
    """What happened in the rooms of one zone."""
    rates = _rates(session)
    tables = list({part.opening.hours: None for part in found.parts})
    turns = {first for dated in rates.values() for first, _ in dated}
    by_month, by_hour = question.by is Dimension.MONTH, question.by in (Dimension.HOUR, Dimension.WEEK)
    zone = next(iter(found.near.values())).venue.zone
    clock = clock_of(zone, question.first, question.last, tables=tables, turns=turns, monthly=by_month, hourly=by_hour)
    rooms, alike = likenesses(question.by, found, clock)
    wanted = rooms if question.by.is_of_time else {room: number for room, number in rooms.items() if room in found.rooms}
    scope = Scope(clock, now, wanted, len(wanted) == found.known, question.bookings)
    if question.by.is_of_time:
        add_times(spread, alike, clock, list(by_time(session, scope)), rates)
        add_openings(spread, found, clock)
    elif question.by is Dimension.AGE:
        add_visits(spread, visits(session, scope))
    else:
        add_bookers(spread, alike, clock, by_booker(session, scope, *_columns(question.by)), rates)


def _columns(by: Dimension) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What dates are told apart by, and the person or group behind them where these are told of together."""
    is_named = Organisation.number.is_not(None)
    person = case((is_named, None), (Organisation.id.is_not(None), -Organisation.id), else_=Booking.holder_id)
    match by:
        case Dimension.ORGANISATION:
            return case((is_named, cast(Organisation.id, String)), else_=Booking.applicant_class), person
        case Dimension.CLASS:
            return Booking.applicant_class.expression, person
        case _:
            return Booking.activity.expression, null()


def _rates(session: Session) -> Rates:
    found: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for rate in session.scalars(select(Rate).order_by(Rate.first_day)):
        found[rate.room_kind].append((rate.first_day, rate.per_hour))
    return found


def _told(session: Session, question: Question, found: Places, spread: Spread) -> Report:
    """In words and in order: what has an order of its own in that, else by name, what is not known last."""
    numbers = [int(key) for key in spread.sums if question.by is Dimension.ORGANISATION and key.isdigit()]
    organisations = names_of_organisations(session, numbers) if numbers else {}
    hidden, whole_is_hidden = _hidden(question.by, spread)
    shown = shown_by(question.by)
    told = [
        (order, Line(code, name, Figures(sums, shown, key in hidden)))
        for key, sums in spread.sums.items()
        for order, code, name in [name_of(question.by, key, found, organisations)]
        if any(sums.values())
    ]
    lines = tuple(line for _, line in sorted(told, key=lambda one: (one[0], order_of(one[1].name), one[1].key)))
    return Report(question, lines, Figures(spread.whole, shown, whole_is_hidden))


def _hidden(by: Dimension, spread: Spread) -> tuple[Collection[Key], bool]:
    """The keys with figures of too few people, with the smallest other where one alone could be reckoned from the whole; and whether
    the whole is hidden too, because nothing else stands beside it."""
    few = {key for key, sums in spread.sums.items() if by.has_persons and 0 < sums["people"] < FEWEST}
    others = sorted(
        (sums["visits"] or sums["minutes"], str(key), key) for key, sums in spread.sums.items() if key not in few and any(sums.values())
    )
    if len(few) == 1:
        few.update(key for *_, key in others[:1])
    return few, len(few) == 1
