"""Supposed (pure): the requests, facts and occupied time that a case written by hand stands for, as the engine takes them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from accounts.identity import ApplicantClass
from kernel.errors import Fault, Invalid, refuse
from kernel.interval import Interval
from kernel.recurrence import dates_of, weekly
from kernel.wallclock import WallSpan, to_utc, to_wall
from policies.given import Closed, GivenCase, GivenFacts, GivenRequest, GivenUsage, GivenWaiver, Hours, Occupied, Repeat
from policies.known import facts_around, office_holidays
from policies.layers import PlacedCount, Policy
from policies.request import LONGEST, Facts, Request, RoomFacts, Usage, Waiver, bands_of
from venues.opening import HOLIDAY, ClosedSpan, Opening, SchoolDays, SchoolSpan, WeeklyHours

NOTICE = timedelta(days=30)
SOMEBODY = "1"
ALL_WEEK = tuple(range(1, 8))
ALWAYS = (Hours.model_validate_json('{"start": "00:00", "end": "24:00"}'),)


@dataclass(frozen=True, slots=True)
class Held:
    """Occupied time, once: in which spaces, when, and until when it is held where it is not booked; ``number`` is its entry's."""

    number: int
    spaces: tuple[str, ...]
    time: Interval
    until: datetime | None


def requests_of(given: GivenRequest) -> tuple[Request, ...]:
    """What is asked for, a request for each date; raises Invalid with the field of the request that is wrong."""
    spans = _spans(given.start, given.end, given.zone, given.repeat)
    intervals = [span.interval() for span in spans]
    submitted = moment(given.submitted, given.zone) if given.submitted else intervals[0].start - NOTICE
    shared = given.model_dump(include=set(Request.__dataclass_fields__) - {"submitted", "participants", "organisation", "in_series"})
    by_organisation = given.applicant is not ApplicantClass.PERSON and "organisation" not in given.model_fields_set
    return tuple(
        Request(
            **shared,
            wall=span,
            interval=interval,
            submitted=submitted,
            participants=bands_of(given.participants),
            organisation=SOMEBODY if by_organisation else given.organisation,
            in_series=given.in_series or given.repeat is not None,
        )
        for span, interval in zip(spans, intervals, strict=True)
    )


def facts_of(case: GivenCase, policy: Policy, requests: Sequence[Request]) -> tuple[Facts, ...]:
    """What is known on each date, in the order of the requests."""
    given, opening = case.facts, _opening(case.facts, case.request.zone)
    room = RoomFacts(given.room.capacity, given.room.kind, given.room.tags)
    counts = {placed: None for request in requests for placed in policy.counts(request)}
    submitted = requests[0].submitted
    holidays = given.office_holidays if given.office_holidays is not None else office_holidays(submitted, case.request.zone)
    said = {day.date: day for day in given.days}
    shared: dict[str, Any] = {
        "applicant": given.applicant,
        "usage": tuple(_usage(placed, given.usage) for placed in counts),
        "entitlement": given.entitlement,
        "agreements": given.agreements,
        "office_holidays": holidays,
        "by_staff": given.by_staff,
        "waivers": tuple(waiver for one in given.waivers for waiver in _waivers(one, policy, requests[0])),
    }
    found = (facts_around(room, opening, request.dates) for request in requests)
    return tuple(replace(facts, days=tuple(said.get(day.date, day) for day in facts.days), **shared) for facts in found)


def held_in(case: GivenCase) -> tuple[Held, ...]:
    """All time that is occupied already; raises Invalid with the entry that is wrong."""
    return tuple(held for number, entry in enumerate(case.facts.occupied) for held in _held(number, entry, case.request.zone))


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Says of every fault within where in the file it stands; with ``place`` for those that concern the whole of it."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid(*at(place, refusal.faults)) from None


def at(place: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults with the place before their fields."""
    return (replace(fault, field=f"{place}.{fault.field}" if fault.field else place) for fault in faults)


def moment(written: datetime, zone: str) -> datetime:
    """The moment of a time on the wall clock, or with an offset."""
    return written if written.tzinfo else to_utc(written, zone)


def wall(written: datetime, zone: str) -> datetime:
    """The same on the wall clock."""
    return to_wall(written, zone) if written.tzinfo else written


def _spans(start: datetime, end: datetime, zone: str, repeat: Repeat | None) -> list[WallSpan]:
    first = WallSpan(wall(start, zone), wall(end, zone), zone)
    if first.interval().length > LONGEST:
        raise refuse(Invalid, "too-long-span", "end", f"{first.end:%Y-%m-%d %H:%M}", days=LONGEST.days)
    if repeat is None:
        return [first]
    rule = repeat.rrule or weekly(until=repeat.weekly_until)
    try:
        return [first.on(day) for day in dates_of(rule, first.start, zone=zone, skip=set(repeat.except_))]
    except Invalid as refusal:
        raise Invalid(*(replace(fault, field="repeat") for fault in refusal.faults)) from None


def _opening(given: GivenFacts, zone: str) -> Opening:
    """The opening of the room as its rows would have it."""
    hours = ALWAYS if given.open is None else given.open
    return Opening(
        zone,
        hours=tuple(row for one in hours for row in _rows(one)),
        closures=tuple(_closed(number, shut, zone) for number, shut in enumerate(given.closures)),
        school=tuple(SchoolSpan(one.first, one.last, one.name, SchoolDays.BREAK, is_common=False) for one in given.breaks),
    )


def _rows(hours: Hours) -> Iterator[WeeklyHours]:
    named = tuple(day - 1 for day in hours.weekdays) + ((HOLIDAY,) if hours.public_holidays else ())
    if hours.date:
        named = (hours.date.weekday(), HOLIDAY)
    for weekday in named or tuple(day - 1 for day in ALL_WEEK):
        yield WeeklyHours(weekday, hours.start, hours.end, hours.state, hours.date, hours.date)


def _closed(number: int, shut: Closed, zone: str) -> ClosedSpan:
    with placed(f"facts.closures[{number}]"):
        return ClosedSpan(WallSpan(wall(shut.start, zone), wall(shut.end, zone), zone).interval(), shut.reason)


def _usage(placed: PlacedCount, given: Sequence[GivenUsage]) -> Usage:
    count = placed.count
    meant = [used for used in given if used.rule == count.key and _lies_in(used.date, count.first, count.last)]
    sums = {name: sum(getattr(used, name) for used in meant) for name in ("minutes", "dates", "minutes_inside")}
    return Usage(count.key, count.first, count.last, **sums)


def _lies_in(day: date | None, first: date, last: date) -> bool:
    return day is None or first <= day <= last


def _waivers(given: GivenWaiver, policy: Policy, request: Request) -> Iterator[Waiver]:
    """Of each of the rules that have the id, in whichever layer."""
    for found in policy.rules:
        if found.rule.id == given.rule:
            yield Waiver(given.rule, found.rule.kind, found.place(request.room), SOMEBODY, given.role, request.submitted, "")


def _held(number: int, entry: Occupied, zone: str) -> Iterator[Held]:
    with placed(f"facts.occupied[{number}]"):
        intervals = [span.interval() for span in _spans(entry.start, entry.end, zone, entry.repeat)]
        until = moment(entry.held_until, zone) if entry.held_until else None
    return (Held(number, entry.spaces, interval, until) for interval in intervals)
