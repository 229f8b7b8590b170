"""Cases: a policy with requests, facts and the verdicts expected of them, as one writes them by hand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from accounts.identity import ApplicantClass, Role
from kernel.errors import Invalid, refuse
from kernel.interval import Interval
from kernel.money import of_kroner
from kernel.wallclock import WallSpan, at
from policies.document import LONGEST, Document, checked
from policies.evaluate import evaluate
from policies.layers import combine
from policies.request import AgeBand, ApplicantFacts, Closure, Day, Entitlement, Facts, Request, RoomFacts, Usage, Window
from policies.rules.base import Band, Model
from policies.taxonomy import Activity
from policies.verdict import Outcome, Verdict
from venues.opening import Openness
from web.faults import fault_of

ANY_ROOM = "venue/room"
NOTICE = timedelta(days=30)


class Opened(Band):
    """A stretch of a local date in which the room is open, or not."""

    date: date
    state: Openness = Openness.OPEN


class Shut(Model):
    """A dated closure, on the wall clock."""

    start: datetime
    end: datetime
    reason: str = ""


class GivenFacts(Model):
    """What is known: opened and shut time on the wall clock, everything else as the engine takes it."""

    room: RoomFacts = RoomFacts()
    open: tuple[Opened, ...] = ()
    hours_known: bool = True
    closures: tuple[Shut, ...] = ()
    days: tuple[Day, ...] = ()
    applicant: ApplicantFacts = ApplicantFacts()
    usage: tuple[Usage, ...] = ()
    entitlement: Entitlement | None = None
    office_holidays: tuple[date, ...] = ()
    by_staff: bool = False


class GivenRequest(Model):
    """What is asked for, on the wall clock; submitted a month before where nothing else is said."""

    room: str = ANY_ROOM
    zone: str = "Europe/Oslo"
    start: datetime
    end: datetime
    submitted: datetime | None = None
    applicant: ApplicantClass = ApplicantClass.ORGANISATION
    activity: Activity = Activity.OTHER
    heads: int | None = None
    participants: tuple[AgeBand, ...] = ()
    organisation: str | None = "1"
    person: str | None = "1"
    age: int | None = None
    commercial: bool = False
    alcohol: bool = False
    open_to_all: bool = False
    in_series: bool = False
    agreement: str | None = None


class Expected(Model):
    """What the verdict should be; only what is stated is compared. Prices in kroner, ``codes`` without their order."""

    outcome: Outcome | None = None
    codes: tuple[str, ...] | None = None
    warnings: tuple[str, ...] | None = None
    price: int | str | None = None
    list_price: int | str | None = None
    decider: Role | None = None
    promised_by: datetime | None = None
    before: int | None = None
    after: int | None = None


class GivenCase(Model):
    """One request with its facts and what is expected; ``reading`` marks an expectation that is no quotation."""

    name: str
    reading: bool = False
    request: GivenRequest
    facts: GivenFacts = GivenFacts()
    expected: Expected


class CaseFile(Model):
    """One or several documents of one place, and the cases to try them on."""

    policies: Annotated[tuple[dict[str, object], ...], Field(min_length=1, max_length=3)]
    cases: Annotated[tuple[GivenCase, ...], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Tried:
    """A case with the verdict it got, and where that differs: name, expected, found."""

    case: GivenCase
    verdict: Verdict
    differences: tuple[tuple[str, object, object], ...]


def read_cases(text: str) -> tuple[list[Document], tuple[GivenCase, ...]]:
    """The documents and cases of a file; raises Invalid with every fault of the first of them that has any."""
    if len(text) > LONGEST * 2:
        raise refuse(Invalid, "document-too-large", value=len(text), most=LONGEST * 2)
    try:
        file = TypeAdapter(CaseFile).validate_json(text)
    except ValidationError as failure:
        raise Invalid(*(fault_of(error, _data(text)) for error in failure.errors(include_url=False))) from None
    return [checked(data) for data in file.policies], file.cases


def tried(documents: list[Document], cases: tuple[GivenCase, ...]) -> Iterator[Tried]:
    """Each case judged by the same code that bookings are."""
    policy = combine(documents)
    for case in cases:
        verdict = evaluate(policy, request_of(case.request), facts_of(case))
        yield Tried(case, verdict, tuple(_differences(case.expected, verdict)))


def request_of(given: GivenRequest) -> Request:
    """The request as the engine takes it; raises Invalid for a time that the clock skips."""
    wall = WallSpan(given.start, given.end, given.zone)
    shared = given.model_dump(include=set(Request.__dataclass_fields__) - {"participants", "submitted"})
    interval = wall.interval()
    return Request(
        **shared, wall=wall, interval=interval, submitted=given.submitted or interval.start - NOTICE, participants=given.participants
    )


def facts_of(case: GivenCase) -> Facts:
    """The facts as the engine takes them; the days of the request are known as ordinary ones where nothing is said."""
    given, zone = case.facts, case.request.zone
    shared = {name: getattr(given, name) for name in set(GivenFacts.model_fields) - {"open", "closures", "days"}}
    said = {day.date for day in given.days}
    touched = [window.date for window in given.open if window.date not in said]
    return Facts(
        **shared,
        windows=tuple(Window(_span(window, zone), window.state) for window in given.open),
        closures=tuple(Closure(WallSpan(shut.start, shut.end, zone).interval(), shut.reason) for shut in given.closures),
        days=(*given.days, *(Day(day) for day in dict.fromkeys(touched))),
    )


def _span(window: Opened, zone: str) -> Interval:
    start, end = (at(window.date, timedelta(minutes=minutes)) for minutes in (window.start, window.end))
    return WallSpan(start, end, zone).interval()


def _differences(expected: Expected, verdict: Verdict) -> Iterator[tuple[str, object, object]]:
    price, decider = verdict.price, verdict.decider
    found: dict[str, object] = {
        "outcome": verdict.outcome,
        "codes": sorted(objection.code for objection in verdict.objections),
        "warnings": sorted(warning.code for warning in verdict.warnings),
        "price": price.charged if price else None,
        "list_price": price.listed if price else None,
        "decider": decider.role if decider else None,
        "promised_by": decider.promised_by if decider else None,
        "before": verdict.buffer_before,
        "after": verdict.buffer_after,
    }
    for name, given in found.items():
        wanted = _comparable(name, getattr(expected, name))
        if name in expected.model_fields_set and wanted != given:
            yield name, wanted, given


def _comparable(name: str, wanted: object) -> object:
    if name in ("codes", "warnings") and isinstance(wanted, tuple):
        return sorted(wanted)
    if name in ("price", "list_price") and isinstance(wanted, int | str):
        return of_kroner(wanted)
    return wanted


def _data(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
